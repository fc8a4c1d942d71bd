"""What became of each input: the line of the summary, the report and `--json`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from pipeline.domain.message import Message
from pipeline.page_ledger import PageElsewhere, PageLedger
from pipeline.records.book_pages import Break


class Fate(StrEnum):
    """`INCOMPLETE`: read and stored, but what became of one of its pages is not known."""

    DONE = "done"
    UNCHANGED = "unchanged"
    SET_ASIDE = "set_aside"
    INCOMPLETE = "incomplete"


_OF_THE_MACHINE = ("resource.", "storage.", "internal.", "output.")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileResult:
    """`accepted` and `review` count fields; `papers` counts documents that a person must look at as a whole;
    `seen_before` those that look like one held before, by itself no reason to look; `ledger` tells where each page
    ended, None where that is not known; `register` is the register's outcome; `seconds` of reading; `breaks`: where
    pages of a book may be missing or doubled before a page of this file.
    """

    file: str
    status: Fate
    code: str | None = None
    message: Message | None = None
    records: tuple[str, ...] = ()
    document_type: str | None = None
    accepted: int = 0
    review: int = 0
    papers: int = 0
    seen_before: int = 0
    pages: int = 0
    seconds: float = 0.0
    register: str | None = None
    ledger: PageLedger | None = None
    breaks: tuple[Break, ...] = ()

    @property
    def open_pages(self) -> tuple[PageElsewhere, ...]:
        """Pages that are in no record and that a person must look at."""
        return () if self.ledger is None else self.ledger.open

    @property
    def for_a_person(self) -> int:
        """So many things of this file wait for a person: fields, papers as a whole, pages, breaks of a book."""
        return self.review + self.papers + len(self.open_pages) + len(self.breaks)

    @property
    def is_whole(self) -> bool:
        """Whether every page came to a record of a known kind, or was decided: single fields may be in doubt."""
        return self.status in (Fate.DONE, Fate.UNCHANGED) and not self.papers and not self.open_pages

    @property
    def failed_here(self) -> bool:
        """Whether it is the machine's doing that this file is not stored, or not delivered: full disk, store out of
        reach, a model that is missing, a fault of ours. The file itself may be good."""
        return self.status is Fate.SET_ASIDE and (self.code or "").startswith(_OF_THE_MACHINE)

    def named(self, name: str) -> FileResult:
        return replace(self, file=name)

    def noted(self, code: str, message: Message) -> FileResult:
        """With something more to tell; the first code stands."""
        if self.message is None:
            return replace(self, code=code, message=message)
        both = Message(f"{self.message.vi}; {message.vi}", f"{self.message.en}; {message.en}")
        return replace(self, message=both)

    def as_json(self) -> dict[str, Any]:
        return {
            "file": self.file,
            "status": self.status.value,
            "code": self.code,
            "message": None if self.message is None else str(self.message),
            "records": list(self.records),
            "document_type": self.document_type,
            "accepted": self.accepted,
            "review": self.review,
            "papers": self.papers,
            "seen_before": self.seen_before,
            "pages": self.pages,
            "open_pages": [page.number for page in self.open_pages],
            "ledger": _ledger(self.ledger),
            "breaks": [_break(one) for one in self.breaks],
            "seconds": round(self.seconds, 3),
            "register": self.register,
        }


def _ledger(ledger: PageLedger | None) -> dict[str, Any] | None:
    """By page: the documents it stands in, or where it is else."""
    if ledger is None:
        return None
    places: dict[int, Any] = {number: list(documents) for number, documents in ledger.records.items()}
    places |= {page.number: page.place.value for page in ledger.elsewhere}
    return {str(number): places[number] for number in sorted(places)}


def _break(one: Break) -> dict[str, Any]:
    between = [{"file": shot.file, "page": shot.page} for shot in (one.before, one.after)]
    finding = one.finding
    counts = {"acts": abs(one.acts), "pages": abs(one.pages)}
    return {"code": finding.code, "message": str(finding.message), **counts, "between": between}


def totals(results: Iterable[FileResult]) -> dict[str, Any]:
    """Sums over the results, for the report."""
    results = list(results)
    fates = Counter(result.status for result in results)
    return {
        "files": len(results),
        "done": fates[Fate.DONE],
        "unchanged": fates[Fate.UNCHANGED],
        "set_aside": fates[Fate.SET_ASIDE],
        "incomplete": fates[Fate.INCOMPLETE],
        "records": sum(len(result.records) for result in results),
        "pages": sum(result.pages for result in results),
        "accepted": sum(result.accepted for result in results),
        "review": sum(result.review for result in results),
        "papers": sum(result.papers for result in results),
        "seen_before": sum(result.seen_before for result in results),
        "open_pages": sum(len(result.open_pages) for result in results),
        "breaks": sum(len(result.breaks) for result in results),
        "seconds": round(sum(result.seconds for result in results), 3),
    }
