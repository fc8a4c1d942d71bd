"""The bookkeeping of a register: which numbers run on, which are missing or there twice, how many acts and pages there
are; and what an archivist has signed of it.

Numbers run from 1 through a calendar year and begin anew in the next (NĐ 158/2005 Điều 68), so each year of a book is
told by itself. Findings name papers by their holding codes and say nothing of anybody.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from pipeline.domain.model import Status
from storage.catalogue import Catalogue
from storage.catalogue.tables import book_facts, book_sign_offs, documents, search_documents
from storage.described_books import BookFacts, BookHeld, held_of
from storage.sealed_log import seal
from storage.telling import touch
from storage.times import clean, time_text

_NUMBER = re.compile(r"\s*0*(\d{1,6})(?:\s*/\s*(?:\D*?)((?:19|20)\d\d))?")
_MOST_GAPS = 1000
_LONGEST_NOTE = 1000
SIGNED = "book.signed_off"
"""Of a book: the digest is that of the findings that were signed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubled:
    """One number of a year that several papers have, by their holding codes."""

    number: int
    papers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class YearOfActs:
    """`year` None: of papers whose number does not say it and whose book holds several years. `missing` are the numbers
    between the first and the last that no paper has, the first thousand of `missing_in_all`."""

    year: int | None
    acts: int
    first: int
    last: int
    missing: tuple[int, ...]
    missing_in_all: int
    doubled: tuple[Doubled, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BookFindings:
    """`without_number`: holding codes of papers whose number was not read or is none; `waiting`: of papers with
    something open for a person."""

    book: str
    papers: int
    pages: int
    expected_pages: int | None
    years: tuple[YearOfActs, ...]
    without_number: tuple[str, ...]
    waiting: tuple[str, ...]

    @property
    def text(self) -> str:
        """In a fixed form: what is signed."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @property
    def digest(self) -> str:
        return seal(self.text)

    @property
    def count(self) -> int:
        """How many things there are to look at."""
        of_years = sum(year.missing_in_all + len(year.doubled) for year in self.years)
        pages = int(self.expected_pages is not None and self.expected_pages != self.pages)
        return of_years + len(self.without_number) + len(self.waiting) + pages


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOff:
    """Who signed which findings of a book, and what they noted. `digest`: of the findings' text."""

    book: str
    number: int
    digest: str
    findings: str
    note: str
    actor: str
    signed_at: str


def find_in_book(catalogue: Catalogue, book: str, offices: Sequence[str] | None = None) -> BookFindings | None:
    """What there is to say of a book, of these offices' papers (None: of all); None where there is no such book."""
    with catalogue.database.read() as connection:
        return _find(connection, book, offices)


def sign_off(
    catalogue: Catalogue, book: str, digest: str, *, note: str, actor: str, offices: Sequence[str] | None = None
) -> SignOff:
    """An archivist signs the findings that they saw: `digest` says which. Kept, and noted in the audit log. Raises
    WrongUse where there is no such book, where the findings are others meanwhile, and where things are to be looked at
    and nothing is noted about them."""
    note = clean(note.strip())[:_LONGEST_NOTE]
    with catalogue.unit() as unit:
        found = _find(unit.connection, book, offices)
        if found is None or found.digest != digest:
            raise WrongUse(
                Message(
                    f"{book}: không có sổ này, hoặc kết quả kiểm đã khác; xem lại rồi ký",
                    "no such book, or its findings are others by now: look again, then sign",
                )
            )
        if found.count and not note:
            raise WrongUse(
                Message(
                    "Còn điều phải xem: ghi rõ đã xử lý hay chấp nhận thế nào",
                    "There are findings: note what was done about them",
                )
            )
        of_book = book_sign_offs.c.book == book
        last = unit.connection.scalar(sa.select(sa.func.max(book_sign_offs.c.number)).where(of_book)) or 0
        signed = SignOff(
            book=book, number=last + 1, digest=digest, findings=found.text, note=note, actor=clean(actor),
            signed_at=time_text(unit.clock()),
        )  # fmt: skip
        unit.connection.execute(sa.insert(book_sign_offs).values(asdict(signed)))
        touch(unit.connection, book_sign_offs, book=book, number=last + 1)
        unit.audit.append(actor=actor, action=f"{SIGNED}:{last + 1}", subject=f"book:{book}", digest=digest)
        unit.commit()
    return signed


def sign_offs(catalogue: Catalogue, book: str) -> list[SignOff]:
    """What was signed of the book, the last first."""
    query = sa.select(book_sign_offs).where(book_sign_offs.c.book == book)
    with catalogue.database.read() as connection:
        rows = connection.execute(query.order_by(book_sign_offs.c.number.desc()))
        return [SignOff(**row._mapping) for row in rows]


def _find(connection: sa.Connection, book: str, offices: Sequence[str] | None) -> BookFindings | None:
    row = connection.execute(sa.select(book_facts).where(book_facts.c.book == book)).one_or_none()
    facts = BookFacts(book=book) if row is None else BookFacts(**row._mapping)
    held = held_of(connection, facts, offices)
    ours = row is not None and (offices is None or facts.office in offices)
    if not held.papers and not ours:
        return None
    of_book = search_documents.c.book == book
    if offices is not None:
        of_book &= search_documents.c.office.in_(offices)
    query = (
        sa.select(search_documents.c.number, documents.c.holding_code, documents.c.status)
        .join(documents, (documents.c.document_id == search_documents.c.document_id)
              & (documents.c.revision == search_documents.c.revision))
        .where(of_book)
        .order_by(documents.c.holding_code)
    )  # fmt: skip
    return _findings(facts, held, connection.execute(query).all())


def _findings(facts: BookFacts, held: BookHeld, rows: Sequence[Any]) -> BookFindings:
    years: dict[int | None, dict[int, list[str]]] = {}
    without = []
    only = facts.first_year if facts.first_year == facts.last_year else None
    for number, code, _ in rows:
        match = _NUMBER.match(number)
        if match is None:
            without.append(code)
        else:
            year = int(match[2]) if match[2] else only
            years.setdefault(year, {}).setdefault(int(match[1]), []).append(code)
    ordered = sorted(years, key=lambda year: (year is None, year or 0))
    return BookFindings(
        book=facts.book,
        papers=held.papers,
        pages=held.pages,
        expected_pages=facts.expected_pages,
        years=tuple(_of_year(year, years[year]) for year in ordered),
        without_number=tuple(without),
        waiting=tuple(code for _, code, status in rows if status != Status.ACCEPTED.value),
    )


def _of_year(year: int | None, numbers: dict[int, list[str]]) -> YearOfActs:
    first, last = min(numbers), max(numbers)
    missing = last - first + 1 - len(numbers)
    return YearOfActs(
        year=year,
        acts=sum(map(len, numbers.values())),
        first=first,
        last=last,
        missing=tuple(_first_missing(numbers, first, last)),
        missing_in_all=missing,
        doubled=tuple(Doubled(number=n, papers=tuple(papers)) for n, papers in sorted(numbers.items())
                      if len(papers) > 1),
    )  # fmt: skip


def _first_missing(numbers: dict[int, list[str]], first: int, last: int) -> Iterable[int]:
    found = 0
    for number in range(first, last):
        if number not in numbers:
            found += 1
            yield number
            if found == _MOST_GAPS:
                return
