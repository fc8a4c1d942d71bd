"""What the rights of persons need of this machine: pages drawn, and drawn pages forgotten."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from hotich.settings import Settings
from hotich.wiring.processes import view_renderer
from pipeline.domain.message import Message
from storage.files import translated_os_errors
from workers.spool import working_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.catalogue import Catalogue
    from storage.objects import ObjectStore
    from storage.submissions import Submission
    from storage.submissions.tray import Slot
    from workers.persons.drawing import Draw
    from workers.persons.finding import PersonPaper
    from workers.view_jobs import Shown
    from workers.view_renderer import ViewRenderer


def forget_pictures(settings: Settings, catalogue: Catalogue, document_ids: Sequence[str]) -> None:
    """Takes out of home what was drawn of these removed documents."""
    from storage.review.view_cache import ViewCache
    from workers.batch.keep_results import crop_path

    views = ViewCache(settings.home / "views") if (settings.home / "views").is_dir() else None
    for document_id in document_ids:
        shutil.rmtree(crop_path(settings.home / "review" / "crops", document_id, "x").parent, ignore_errors=True)
        stored = catalogue.document(document_id, 1)
        if views is not None and stored is not None:
            views.forget(stored.original.sha256)


@contextlib.contextmanager
def page_drawer(settings: Settings, objects: ObjectStore, slots: Callable[[str], Slot]) -> Iterator[Draw]:
    """Pages of originals and of what waits in the tray, drawn in a bounded process."""
    renderer = view_renderer(settings)
    with working_folder(settings.home / "spool") as folder:
        try:
            yield _Drawer(objects=objects, slots=slots, renderer=renderer, folder=folder)
        finally:
            renderer.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawer:
    objects: ObjectStore
    slots: Callable[[str], Slot]
    renderer: ViewRenderer
    folder: Path

    def paper(self, paper: PersonPaper, page: int) -> Shown:
        key = paper.stored.original
        return self._drawn(key.sha256, lambda: self.objects.open(key), page)

    def waiting(self, submission: Submission, ordinal: int, page: int) -> Shown:
        slot = self.slots(submission.submission_id)
        return self._drawn(submission.files[ordinal - 1].sha256, lambda: slot.open(ordinal), page)

    def _drawn(self, sha256: str, opened: Callable[[], BinaryIO], page: int) -> Shown:
        path = self.folder / sha256
        if not path.exists():
            copying = translated_os_errors(Message("chép bản quét", "copying the scan"))
            with copying, opened() as stored, path.open("wb") as out:
                shutil.copyfileobj(stored, out, 1 << 20)
        return self.renderer.page(path, sha256=sha256, page=page).result()
