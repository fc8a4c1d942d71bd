"""`hotich repair`: what is damaged in one store comes back from another, or from a good file."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from hotich.progress import counter
from hotich.settings import Settings, load_settings
from hotich.wiring.stores import actor, first_store, open_replicas, stores
from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message

if TYPE_CHECKING:
    from storage.catalogue import Catalogue
    from storage.objects import ObjectKey
    from storage.repairing import Healed
    from storage.replicas import Store

_WAS = {"damaged": "hỏng / damaged", "missing": "thiếu / missing"}
_DAY_S = 24 * 3600.0


def run(arguments: Namespace) -> int:
    """Exit code 0 when every store is whole now; 3 where something is whole nowhere, or with --dry-run is not whole."""
    from storage.paper_classes import classes_of_object
    from storage.repairing import erased, named_objects, note_repair, repair, taken_out

    if arguments.orphans is not None and arguments.orphans < 1:
        raise WrongUse(Message("--orphans: ít nhất 1 ngày", "at least 1 day"))
    settings = load_settings(arguments.home)
    with stores(settings) as (catalogue, objects):
        first = first_store(settings, objects)
        every = [first, *open_replicas(settings, for_writing=not arguments.dry_run)]
        with catalogue.database.snapshot() as connection:
            made = repair(
                every,
                wanted=named_objects(connection),
                without=taken_out(connection),
                erased=erased(connection),
                good=[file for path in arguments.files for file in _files(path)],
                dry_run=arguments.dry_run,
                on_object=counter("đã so / compared", arguments.quiet),
                classes=lambda key: classes_of_object(connection, key),
            )
        if not arguments.dry_run:
            note_repair(catalogue, made, first.name, actor=actor(settings))
        collected = _collect(arguments, settings, catalogue, every)
    if arguments.json:
        facts = asdict(made) | {"collected": [key.name for key in collected]}
        print(json.dumps(facts, ensure_ascii=False, indent=2))
    for healed in made.healed:
        print(f"  {_line(healed, dry_run=arguments.dry_run)}", file=sys.stderr)
    for name in made.lost:
        print(f"  không nơi nào còn nguyên / whole nowhere: {name}", file=sys.stderr)
    for name in made.erased:
        print(f"  giấy tờ đã hủy, bỏ khỏi kho / of a removed paper, taken out: {name}", file=sys.stderr)
    for name in made.kept:
        print(
            f"  giấy tờ đã hủy nhưng kho không cho xóa / of a removed paper, kept by the store: {name}", file=sys.stderr
        )
    for key in collected:
        print(f"  đã bỏ / taken out: {key}", file=sys.stderr)
    done = ("sẽ chữa", "to be healed") if arguments.dry_run else ("đã chữa", "healed")
    healed_vi, healed_en = f"{done[0]} {len(made.healed)}", f"{len(made.healed)} {done[1]}"
    print(
        f"{len(every)} kho, {made.objects} đối tượng, {made.files} tệp: {healed_vi}, mất {len(made.lost)} / "
        f"{len(every)} stores, {made.objects} objects, {made.files} files: {healed_en}, {len(made.lost)} lost",
        file=sys.stderr,
    )
    return 3 if made.lost or (arguments.dry_run and made.healed) else 0


def _line(healed: Healed, *, dry_run: bool) -> str:
    done = "có thể lấy từ / could come from" if dry_run else "lấy lại từ / came from"
    return f"{_WAS[healed.was]}: {healed.name} ({healed.store}), {done} {healed.source}"


def _files(path: Path) -> Iterator[Path]:
    """The file, or every file below the folder."""
    yield from sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]


def _collect(arguments: Namespace, settings: Settings, catalogue: Catalogue, every: list[Store]) -> list[ObjectKey]:
    if arguments.orphans is None or arguments.dry_run:
        return []
    from storage.repairing import collect_orphans
    from storage.verify import verify

    report = verify(every[0].objects, catalogue)
    if not report.ok:  # what names an object may be what is damaged
        print("Kho chưa toàn vẹn nên không bỏ gì / not whole, so nothing is taken out: hotich verify", file=sys.stderr)
        return []
    return collect_orphans(
        catalogue, every, report.orphans, older_than_s=arguments.orphans * _DAY_S, actor=actor(settings)
    )
