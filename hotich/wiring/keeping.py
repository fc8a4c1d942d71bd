"""Keeping the archive whole, by this machine's settings: checks, checkpoints, replicas; by hand or by deployment."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from hotich.settings import Settings, load_settings
from hotich.wiring.stores import (
    actor,
    checkpoint_places,
    keep_the_rest,
    open_to_check,
    replicate_all,
    stores,
    time_stamp_authority,
    time_stamp_roots,
)
from pipeline.domain.errors import ResourceError, WrongUse
from pipeline.domain.message import Message

if TYPE_CHECKING:
    from storage.catalogue import Catalogue
    from storage.checkpoint_places import Place
    from storage.checks import Checks
    from storage.objects import ObjectKey, ObjectStore
    from storage.taking_checkpoint import Taken
    from storage.verify import GoesOn, VerifyReport

_NOTED_EVERY_S = 10.0


def check(
    settings: Settings,
    catalogue: Catalogue,
    objects: ObjectStore,
    checks: Checks | None,
    *,
    head: str | None = None,
    place: Path | None = None,
    public: str | None = None,
    resume: bool = False,
    progress: Callable[[int], None] | None = None,
) -> VerifyReport:
    """A full check with every checkpoint that is known of, kept among the `checks` where they are given. `resume`: goes
    on where the last one was stopped. Raises HotichError."""
    from storage.checkpoints import read_checkpoints
    from storage.times import time_text, utc_now
    from storage.verify import verify

    checkpoints = read_checkpoints(
        checkpoint_places(settings, objects, place),
        public=public or settings.checkpoint_public,
        roots=time_stamp_roots(settings),
    )
    earlier = checks.unfinished() if resume and checks is not None else None
    begun = time_text(utc_now()) if earlier is None else earlier.begun
    report = verify(
        objects,
        catalogue,
        known_head=head,
        checkpoints=checkpoints,
        progress=progress,
        goes_on=None if checks is None else _goes_on(checks, begun),
    )
    if checks is not None:
        checks.finish(report, begun=begun)
    return report


def _goes_on(checks: Checks, begun: str) -> GoesOn:
    from storage.checks import Unfinished
    from storage.verify import GoesOn as Going

    earlier = checks.unfinished()
    noted = time.monotonic()

    def note(key: ObjectKey, corrupt: Sequence[ObjectKey]) -> None:
        nonlocal noted
        if time.monotonic() - noted >= _NOTED_EVERY_S:
            noted = time.monotonic()
            checks.note_progress(Unfinished(begun=begun, after=key.name, corrupt=tuple(one.name for one in corrupt)))

    if earlier is None or earlier.begun != begun:
        return Going(note=note)
    return Going(after=earlier.after, suspect=frozenset(earlier.corrupt), note=note)


def take_signed(settings: Settings, catalogue: Catalogue, key_file: Path, places: Sequence[Path | Place]) -> Taken:
    """Takes a checkpoint. Raises HotichError."""
    from storage.checkpoints import CheckpointKey
    from storage.files import translated_os_errors
    from storage.taking_checkpoint import take_checkpoint

    key, authority = CheckpointKey.at(key_file), time_stamp_authority(settings)
    with translated_os_errors(Message("ghi điểm mốc", "writing the checkpoint")):
        taken = take_checkpoint(catalogue, key, places, actor=actor(settings), authority=authority)
    keep_the_rest(catalogue)
    return taken


def key_file(settings: Settings, named: Path | None = None) -> Path:
    """Where the key that signs checkpoints lies. Raises WrongUse where none is named, or under home."""
    path = named or (Path(settings.checkpoint_key) if settings.checkpoint_key else None)
    if path is None:
        raise WrongUse(
            Message(
                "Cần tệp khóa ở ngoài kho: --key FILE hoặc thiết lập checkpoint_key",
                "A key file outside the store is wanted: --key FILE or the setting checkpoint_key",
            )
        )
    path = path.expanduser().absolute()
    if path.resolve().is_relative_to(settings.home.resolve()):
        raise WrongUse(
            Message(
                "Khóa không được nằm trong kho: ai sửa được kho cũng ký được",
                "The key may not lie under home: who can change the store could sign too",
            )
        )
    return path


class NotWhole(ResourceError):
    """A check that nobody looks at found something: the deployment fails, so that somebody does."""

    code = "storage.not_whole"


def keep(task: str) -> dict[str, int]:
    """What a deployment does: `replicate`, `checkpoint` or `verify`; gives counts. With `replicate` goes what was half
    sent and is over its term, and what killed processes left. Raises HotichError, NotWhole."""
    from hotich.leftovers import remove_left_behind

    settings = load_settings()
    if task == "replicate":
        with stores(settings) as (catalogue, objects):
            remove_left_behind(settings, catalogue.database)
            keep_the_rest(catalogue)
            made = list(replicate_all(settings, catalogue, objects))
        return {"stores": len(made), "objects": sum(one.objects for one in made)}
    if task == "checkpoint":
        if not settings.checkpoint_key:  # it is signed by hand, with a key that is not here
            return {"checkpoints": 0}
        with stores(settings) as (catalogue, objects):
            taken = take_signed(settings, catalogue, key_file(settings), checkpoint_places(settings, objects))
        return {"checkpoints": 1, "stamped": int(taken.stamped)}
    if task == "verify":
        return _verify(settings)
    raise WrongUse(Message.same(f"no such task: {task}"))


def _verify(settings: Settings) -> dict[str, int]:
    from storage.checks import Checks

    catalogue, objects = open_to_check(settings)
    try:
        report = check(settings, catalogue, objects, Checks(settings.home / "checks"), resume=True)
    finally:
        catalogue.close()
    if not report.ok:
        raise NotWhole(
            Message("Kho không toàn vẹn: hotich verify", "The archive is not whole: hotich verify says what is wrong")
        )
    return {"objects": report.objects, "documents": report.documents}
