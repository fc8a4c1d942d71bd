"""Where each page of a file ended: in records, decided, or open for a person. None ends nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pipeline.codes import Separator
from pipeline.domain.message import Message
from pipeline.domain.model import CivilRecord, Finding, PageReport

UNACCOUNTED = "input.pages_unaccounted"


class Place(StrEnum):
    """Where a page is that stands in no record: decided (blank, duplicate, separator), or open for a person."""

    BLANK = "blank"
    DUPLICATE = "duplicate"
    SEPARATOR = "separator"
    UNREADABLE = "unreadable"
    OPEN = "open"

    @property
    def is_open(self) -> bool:
        return self in (Place.UNREADABLE, Place.OPEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageElsewhere:
    """A page that stands in no record. `code` and `message`: why, as a finding says it; `beside`: the document that
    comes before it in the file, else the first after it: there a person is asked; `book`: of the papers after
    it, as a separator sheet says."""

    number: int
    place: Place
    code: str
    message: Message
    beside: str
    book: str | None = None

    @property
    def finding(self) -> Finding:
        return Finding(code=self.code, message=self.message)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLedger:
    """Every page of one file, 1 to `pages`, exactly once: in `records` (the documents it stands in, in reading order)
    or in `elsewhere`."""

    pages: int
    records: Mapping[int, tuple[str, ...]]
    elsewhere: tuple[PageElsewhere, ...]

    @property
    def open(self) -> tuple[PageElsewhere, ...]:
        """What a person must look at."""
        return tuple(page for page in self.elsewhere if page.place.is_open)

    @property
    def decided(self) -> tuple[PageElsewhere, ...]:
        return tuple(page for page in self.elsewhere if not page.place.is_open)

    def book_of(self, document: str) -> str | None:
        """The book that the last separator sheet before the document's first page names, or None."""
        first = min((number for number, documents in self.records.items() if document in documents), default=0)
        sheets = [p for p in self.elsewhere if p.place is Place.SEPARATOR and p.number < first]
        return sheets[-1].book if sheets else None

    @property
    def unaccounted(self) -> tuple[int, ...]:
        """Pages of which nobody said what became of them: the sum of pages was found wrong."""
        return tuple(page.number for page in self.elsewhere if page.code == UNACCOUNTED)


def close_ledger(
    pages: int, in_records: Sequence[tuple[str, Iterable[int]]], elsewhere: Iterable[PageElsewhere] = ()
) -> PageLedger:
    """The ledger of a file of so many pages. `in_records`: each document and its pages, in reading order.

    What neither stands in a record nor is told of `elsewhere` becomes an open page with the finding
    `input.pages_unaccounted`, and so does a page that is told of in both.
    """
    records: dict[int, tuple[str, ...]] = {}
    for document, numbers in in_records:
        for number in numbers:
            records[number] = (*records.get(number, ()), document)
    told: dict[int, list[PageElsewhere]] = {}
    for page in elsewhere:
        told.setdefault(page.number, []).append(page)
    closed: list[PageElsewhere] = []
    for number in range(1, pages + 1):
        said = told.get(number, [])
        if (number in records) + len(said) != 1:
            records.pop(number, None)
            said = [_unaccounted(number, beside(number, in_records))]
        closed += said
    return PageLedger(
        pages=pages,
        records={number: records[number] for number in sorted(records) if 1 <= number <= pages},
        elsewhere=tuple(closed),
    )


def ledger_of(records: Sequence[CivilRecord], elsewhere: Iterable[PageElsewhere] = ()) -> PageLedger:
    """The ledger of the file that these records, one at least, were read from."""
    in_records = [(record.document_id, [report.number for report in record.pages]) for record in records]
    return close_ledger(records[0].source.pages, in_records, elsewhere)


def where_else(
    reports: Iterable[PageReport],
    in_records: Sequence[tuple[str, Iterable[int]]],
    missed: Mapping[int, Finding],
    separators: Mapping[int, Separator],
    *,
    blank_pages: str,
) -> tuple[PageElsewhere, ...]:
    """Where the pages are that stand in no record. `missed`: those that could not be read, with the reason;
    `separators`: the separator sheets, with what they say."""
    kept = {number for _, numbers in in_records for number in numbers}
    return tuple(
        _elsewhere(
            report,
            beside(report.number, in_records),
            missed.get(report.number),
            separators.get(report.number),
            blank_pages,
        )
        for report in reports
        if report.number not in kept
    )


def beside(number: int, in_records: Sequence[tuple[str, Iterable[int]]]) -> str:
    """The document whose pages come last before this one, else the one whose pages come first after it."""
    places = [(page, -at, document) for at, (document, numbers) in enumerate(in_records) for page in numbers]
    before = [place for place in places if place[0] < number]
    if before:
        return max(before)[2]
    after = [place for place in places if place[0] > number]
    if after:
        return min(after, key=lambda place: (place[0], -place[1]))[2]
    return in_records[0][0] if in_records else ""


def _elsewhere(
    report: PageReport, document: str, missed: Finding | None, separator: Separator | None, blank_pages: str
) -> PageElsewhere:
    place, finding, book = Place.OPEN, _no_record(report.number), None
    if missed is not None:
        place, finding = Place.UNREADABLE, missed
    elif separator is not None:
        place, finding, book = Place.SEPARATOR, _separator(separator), separator.book or None
    elif report.blank and blank_pages == "ask":
        place, finding = Place.OPEN, _looks_blank(report.number)
    elif report.blank:
        place, finding = Place.BLANK, _BLANK
    return PageElsewhere(
        number=report.number, place=place, code=finding.code, message=finding.message, beside=document, book=book
    )


_BLANK = Finding(code="page.blank", message=Message("Trang trắng", "Blank page"))


def _separator(says: Separator) -> Finding:
    named = (("sổ", "book", says.book), ("loại", "type", says.document_type), ("cơ quan", "office", says.office))
    vi = ["Tờ ngăn", *(f"{what} {value}" for what, _, value in named if value)]
    en = ["Separator sheet", *(f"{what} {value}" for _, what, value in named if value)]
    return Finding(code="page.separator", message=Message("; ".join(vi), "; ".join(en)))


def _looks_blank(number: int) -> Finding:
    return Finding(
        code="page.looks_blank",
        message=Message(
            f"Trang {number} có vẻ trắng; hãy xem có chữ không",
            f"Page {number} looks blank: look whether anything is written on it",
        ),
    )


def _no_record(number: int) -> Finding:
    return Finding(
        code="page.no_record",
        message=Message(
            f"Trang {number} có nội dung nhưng không thuộc hồ sơ nào; hãy xem trang đó",
            f"Page {number} holds something and is in no record: look at it",
        ),
    )


def _unaccounted(number: int, document: str) -> PageElsewhere:
    message = Message(
        f"Không rõ trang {number} đã đi đâu: số trang không khớp; hãy xem trang đó và báo lỗi",
        f"What became of page {number} is not known, the pages do not add up: look at it and report the fault",
    )
    return PageElsewhere(number=number, place=Place.OPEN, code=UNACCOUNTED, message=message, beside=document)
