"""Pictures of pages for whoever asked for what is held of them."""

from __future__ import annotations

from typing import Protocol

from storage.submissions import Submission
from workers.persons.finding import PersonPaper
from workers.view_jobs import Shown


class Draw(Protocol):
    """Draws pages in a bounded process. Raises what `workers.draw_view.Viewer` and the pool raise."""

    def paper(self, paper: PersonPaper, page: int) -> Shown:
        """A page of the paper's original."""

    def waiting(self, submission: Submission, ordinal: int, page: int) -> Shown:
        """A page of a file that waits in the tray."""
