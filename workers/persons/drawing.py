"""Pictures of pages for whoever asked for what is held of them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from pipeline.domain.message import Message
from storage.files import translated_os_errors
from storage.objects import ObjectStore
from storage.submissions import Submission
from storage.submissions.tray import Slot
from workers.persons.finding import PersonPaper
from workers.view_jobs import Shown
from workers.view_renderer import ViewRenderer


class Draw(Protocol):
    """Draws pages in a bounded process. Raises what `workers.draw_view.Viewer` and the pool raise, and the stores'
    errors."""

    def paper(self, paper: PersonPaper, page: int) -> Shown:
        """A page of the paper's original."""

    def waiting(self, submission: Submission, ordinal: int, page: int) -> Shown:
        """A page of a file that waits in the tray."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageDrawer:
    """A `Draw`. `slots`: the place of a submission in the tray, by its id; `folder`: where copies lie meanwhile."""

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
