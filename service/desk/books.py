"""Books by their pages: what is held of each, and the form by which an office says what a book is."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.domain.message import Message
from service.wire.errors import Conflict, NotAllowed, NotThere
from storage.book_findings import BookFindings, SignOff, find_in_book, sign_off, sign_offs
from storage.catalogue import Catalogue
from storage.described_books import BookFacts, BookHeld, book_held, describe_books, describer_of, facts_of
from storage.people import Role
from storage.review import Person

_DESCRIBE = frozenset({Role.ARCHIVIST.value, Role.ADMIN.value})
_ENTRIES = ("book", "folder", "number", "years", "pages")


def may_describe(person: Person) -> bool:
    return not _DESCRIBE.isdisjoint(person.roles)


def book_of_office(catalogue: Catalogue, person: Person, book: str) -> BookHeld:
    """What this person's offices hold of a book. Raises NotThere for one that they have nothing of."""
    held = book_held(catalogue, book, person.offices)
    if held is None:
        raise NotThere(Message("Cơ quan không có sổ này", "The office has no such book"))
    return held


def describe_book(catalogue: Catalogue, person: Person, form: Mapping[str, str]) -> BookFacts:
    """Notes what the form says of a book of the person's office: a new one, or one it described before. Raises
    NotAllowed, WrongUse, and Conflict for another office's book or a folder that another book has."""
    if not may_describe(person):
        raise NotAllowed(
            Message("Cần vai trò lưu trữ hoặc quản trị", "An archivist's or administrator's role is needed"),
            code="auth.role",
        )
    facts = facts_of(**{name: form.get(name, "") for name in _ENTRIES}, office=person.offices[0])
    known = describer_of(catalogue, book=facts.book)
    if known is not None and known.office not in person.offices:
        raise Conflict(Message("Mã sổ này đã dùng ở cơ quan khác", "Another office has a book of this id"))
    beside = describer_of(catalogue, folder=facts.folder)
    if beside is not None and beside.book != facts.book:
        raise Conflict(
            Message(
                f"Thư mục này đã là của sổ {beside.book}" if beside.office in person.offices else
                "Thư mục này đã là của sổ khác",
                "The folder is another book's already",
            )
        )  # fmt: skip
    describe_books(catalogue, [facts], actor=person.login)
    return facts


def findings_of(catalogue: Catalogue, person: Person, book: str) -> tuple[BookFindings | None, list[SignOff]]:
    """What there is to say of a book of the person's offices, and what was signed of it, the last first."""
    return find_in_book(catalogue, book, person.offices), sign_offs(catalogue, book)


def sign_book(catalogue: Catalogue, person: Person, form: Mapping[str, str]) -> str:
    """Signs the findings that the form shows; gives the book. Raises NotAllowed, NotThere, WrongUse."""
    if not may_describe(person):
        raise NotAllowed(
            Message("Cần vai trò lưu trữ hoặc quản trị", "An archivist's or administrator's role is needed"),
            code="auth.role",
        )
    book = form.get("book", "")
    book_of_office(catalogue, person, book)
    sign_off(
        catalogue, book, form.get("digest", ""), note=form.get("note", ""), actor=person.login, offices=person.offices
    )
    return book
