"""One thing of the review list, and where its pictures and pages are from a page that lies in some folder."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from pipeline.judging.review.wording import label_of, paper_label

SEEN = "seen_before"
BROKEN = "book_pages"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewItem:
    """One thing to decide: a doubtful field, or, where `field` is empty, a paper (`record`), a page that is in no
    record, or before which pages of its book may be missing or doubled (`page`), or a whole file that was set aside.
    A paper whose `status` is `seen_before` is only told: which one already held it looks like. `book`: what the
    separator sheet before the paper says.
    `pdf`: the copy that was delivered; `desk`: the address of the paper at the review desk.
    """

    file: str
    record: str = ""
    document_type: str = ""
    field: str = ""
    read: str = ""
    status: str
    reason: str
    page: int | None = None
    box: str = ""
    crop: Path | None = None
    book: str = ""
    form: str | None = None
    confidence: float | None = None
    pdf: Path | None = None
    desk: str = ""

    @property
    def type_name(self) -> str:
        """The type of paper as clerks call it."""
        return paper_label(self.document_type, self.form)[0] if self.document_type else ""

    @property
    def field_name(self) -> str:
        """The entry as clerks call it."""
        return label_of(self.field)[0]


def relative(path: Path | None, folder: Path) -> str:
    return "" if path is None else Path(os.path.relpath(path, folder)).as_posix()


def link_to(path: Path | None, folder: Path) -> str:
    """A link to a file from a page that lies in `folder`."""
    return quote(relative(path, folder))


def page_of_pdf(item: ReviewItem, folder: Path) -> str:
    """A link to the item's page in the delivered copy; empty without one."""
    if item.pdf is None:
        return ""
    return quote(relative(item.pdf, folder)) + (f"#page={item.page}" if item.page is not None else "")
