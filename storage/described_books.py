"""Books as an office describes them, and what the archive holds of each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa

from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from pipeline.domain.model import Status
from pipeline.judging.review.asking import Kind
from storage.catalogue import Catalogue, UnitOfWork, checked_book
from storage.catalogue.tables import book_facts, documents, search_documents
from storage.review.items import ItemState
from storage.review.tables import IS_OPEN, review_documents, review_items
from storage.telling import touch

_YEARS = re.compile(r"(\d{4})(?:\s*[-–]\s*(\d{4}))?")
_FIRST_NUMBER = re.compile(r"\s*(\d{1,6})")
_MOST_GAPS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class BookFacts:
    """What is said of a book. `folder`: where its scans lie, as their names begin; None: wherever."""

    book: str
    folder: str | None = None
    number: str = ""
    first_year: int | None = None
    last_year: int | None = None
    office: str = ""
    expected_pages: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BookHeld:
    """What is held of a book: papers by status, their pages, open items, samples looked at and how many were wrong,
    and the numbers of acts that are missing between the first and the last."""

    facts: BookFacts
    papers: int
    accepted: int
    pages: int
    open_items: int
    looked_at: int
    wrong: int
    gaps: tuple[int, ...]

    @property
    def missing_pages(self) -> int | None:
        """How many pages fewer are held than expected; None where nobody said how many there are."""
        expected = self.facts.expected_pages
        return None if expected is None else max(0, expected - self.pages)


def facts_of(
    *, book: str, folder: str = "", number: str = "", years: str = "", office: str = "", pages: str = ""
) -> BookFacts:
    """What is said of a book, as people write it: years as 1990 or 1990-1995, pages as a number. Raises WrongUse."""
    span = _YEARS.fullmatch(years.strip())
    first, last = (int(span[1]), int(span[2] or span[1])) if span else (None, None)
    unclear = (years.strip() and span is None) or (first and last and first > last)
    if not book.strip() or unclear or (pages.strip() and not pages.strip().isdecimal()):
        raise WrongUse(
            Message(
                "Cần mã sổ; năm dạng 1990 hoặc 1990-1995; số trang là số",
                "A book's id is needed; years as 1990 or 1990-1995; pages as a number",
            )
        )
    return BookFacts(
        book=checked_book(book.strip()),
        folder=folder.strip().strip("/") or None,
        number=number.strip(),
        first_year=first,
        last_year=last,
        office=office.strip(),
        expected_pages=int(pages) if pages.strip() else None,
    )


def describe_books(catalogue: Catalogue, books: Iterable[BookFacts], *, actor: str) -> int:
    """Notes what is said of these books, in place of what was said before; returns how many. Papers that lie in their
    folders are of them from now on, in search and at the desk. All or none; each is in the audit log."""
    count = 0
    with catalogue.unit() as unit:
        for facts in books:
            facts = replace(facts, book=checked_book(facts.book))
            unit.connection.execute(sa.delete(book_facts).where(book_facts.c.book == facts.book))
            if facts.folder:
                of_folder = book_facts.c.folder == facts.folder
                for other in unit.connection.scalars(sa.select(book_facts.c.book).where(of_folder)).all():
                    touch(unit.connection, book_facts, book=other)
                unit.connection.execute(sa.delete(book_facts).where(of_folder))
            touch(unit.connection, book_facts, book=facts.book)
            row = {name: getattr(facts, name) for name in facts.__slots__}
            unit.connection.execute(sa.insert(book_facts).values(row))
            if facts.folder:
                _move(unit, facts.folder, facts.book)
            unit.audit.append(actor=actor, action="book.described", subject=f"book:{facts.book}")
            count += 1
        unit.commit()
    return count


def books_held(catalogue: Catalogue, offices: Sequence[str] | None = None) -> list[BookHeld]:
    """Every book that is described or has a paper, of these offices (None: of all), in order of name."""
    with catalogue.database.read() as connection:
        described = {row.book: BookFacts(**row._mapping) for row in connection.execute(sa.select(book_facts))}
        query = sa.select(search_documents.c.book).where(search_documents.c.book != "").distinct()
        if offices is not None:
            query = query.where(search_documents.c.office.in_(offices))
        names = set(connection.scalars(query))
        names |= {name for name, facts in described.items() if offices is None or facts.office in offices}
        return [held_of(connection, described.get(name) or BookFacts(book=name), offices) for name in sorted(names)]


def book_held(catalogue: Catalogue, book: str, offices: Sequence[str]) -> BookHeld | None:
    """What these offices hold of a book; None where none of them described it or has a paper of it."""
    with catalogue.database.read() as connection:
        row = connection.execute(sa.select(book_facts).where(book_facts.c.book == book)).one_or_none()
        facts = BookFacts(book=book) if row is None else BookFacts(**row._mapping)
        held = held_of(connection, facts, offices)
        ours = row is not None and facts.office in offices
        return held if ours or held.papers or held.open_items else None


def describer_of(catalogue: Catalogue, *, book: str = "", folder: str | None = None) -> BookFacts | None:
    """What is said of the book of this id, or of the one whose scans lie in this folder, whosever it is."""
    c = book_facts.c
    this = c.book == book if book else (c.folder == folder if folder else sa.false())
    with catalogue.database.read() as connection:
        row = connection.execute(sa.select(book_facts).where(this)).one_or_none()
    return None if row is None else BookFacts(**row._mapping)


def _move(unit: UnitOfWork, folder: str, book: str) -> None:
    unit.search.of_folder(folder)
    if sa.inspect(unit.connection).has_table(review_items.name):
        for table in (review_items, review_documents):
            unit.connection.execute(sa.update(table).where(table.c.book == folder).values(book=book))


def held_of(connection: sa.Connection, facts: BookFacts, offices: Sequence[str] | None) -> BookHeld:
    """What these offices (None: all) hold of a book."""
    of_book = [search_documents.c.book == facts.book]
    if offices is not None:
        of_book.append(search_documents.c.office.in_(offices))
    query = (
        sa.select(search_documents.c.source_sha256, search_documents.c.pages, search_documents.c.number,
                  documents.c.status)
        .join(documents, (documents.c.document_id == search_documents.c.document_id)
              & (documents.c.revision == search_documents.c.revision))
        .where(*of_book)
    )  # fmt: skip
    rows = connection.execute(query).all()
    pages = {(row.source_sha256, page) for row in rows for page in row.pages.strip("[]").split(", ") if page}
    open_items = looked_at = wrong = 0
    if sa.inspect(connection).has_table(review_items.name):
        c = review_items.c
        mine = c.book == facts.book if offices is None else (c.book == facts.book) & c.office.in_(offices)
        sample = (c.kind == Kind.SAMPLE.value) & (c.state == ItemState.DONE.value)
        count = sa.select(sa.func.count()).select_from(review_items)
        open_items = connection.scalar(count.where(mine, IS_OPEN)) or 0
        looked_at = connection.scalar(count.where(mine, sample)) or 0
        wrong = connection.scalar(count.where(mine, sample, c.wrong)) or 0
    return BookHeld(
        facts=facts,
        papers=len(rows),
        accepted=sum(row.status == Status.ACCEPTED.value for row in rows),
        pages=len(pages),
        open_items=open_items,
        looked_at=looked_at,
        wrong=wrong,
        gaps=_gaps(row.number for row in rows),
    )


def _gaps(numbers: Iterable[str]) -> tuple[int, ...]:
    """Numbers that are missing between the first and the last, as far as the papers' numbers say; none where they do
    not run on (more missing than there)."""
    known = {int(found[1]) for number in numbers if (found := _FIRST_NUMBER.match(number))}
    if len(known) < 2:
        return ()
    missing = [number for number in range(min(known), max(known)) if number not in known]
    return tuple(missing[:_MOST_GAPS]) if len(missing) <= len(known) else ()
