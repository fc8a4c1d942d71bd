"""The books' pages: what the archive holds of each book of the person's office, what is missing, what waits; and the
form that says what a book is."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from fastapi.responses import Response

from pipeline.domain.errors import InputError, WrongUse
from pipeline.domain.message import Message
from service.context import ServiceContext
from service.desk.books import book_of_office, describe_book, findings_of, may_describe, sign_book
from service.desk.desk_user import DeskUser, FormUser, PageUser, redirect_to
from service.pages import page
from service.people.access import TheContext
from service.wire.errors import status_of
from storage.described_books import BookFacts, books_held

router = APIRouter(include_in_schema=False, prefix="/ban-duyet/so")

TheBook = Annotated[str, Query(alias="so", min_length=1, max_length=200)]


@router.get("")
def books(context: TheContext, user: PageUser) -> Response:
    """Every book of the office, in order of name."""
    return _list(context, user)


@router.post("")
def describe(context: TheContext, user: FormUser) -> Response:
    """Notes what is said of a book and leads to its page, or shows the form again with what is wrong."""
    try:
        facts = describe_book(context.parts.catalogue, user.person, user.form)
    except (InputError, WrongUse) as error:
        return _list(context, user, problem=error.message, status=status_of(error))
    return redirect_to(_page_of(facts.book))


@router.get("/mot")
def book(book_id: TheBook, context: TheContext, user: PageUser) -> Response:
    """One book: totals, missing numbers and pages, what waits, its measured error, and what is said of it."""
    return _book(context, user, book_id)


@router.post("/ky")
def sign(context: TheContext, user: FormUser) -> Response:
    """Signs the findings of a book and leads back to its page, or shows it again with what is wrong."""
    try:
        signed = sign_book(context.parts.catalogue, user.person, user.form)
    except WrongUse as error:
        return _book(context, user, user.form.get("book", ""), problem=error.message, status=status_of(error))
    return redirect_to(_page_of(signed))


def _book(
    context: ServiceContext, user: DeskUser, book_id: str, *, problem: Message | None = None, status: int = 200
) -> Response:
    held = book_of_office(context.parts.catalogue, user.person, book_id)
    found, signed = findings_of(context.parts.catalogue, user.person, book_id)
    return page(
        "desk_book.html",
        status=status,
        session=user.session,
        held=held,
        found=found,
        signed=signed,
        typed=_typed(held.facts),
        queue_of=_queue_of,
        may_describe=may_describe(user.person),
        problem=problem,
    )


def _list(context: ServiceContext, user: DeskUser, *, problem: Message | None = None, status: int = 200) -> Response:
    return page(
        "desk_books.html",
        status=status,
        session=user.session,
        books=books_held(context.parts.catalogue, user.person.offices),
        queue_of=_queue_of,
        page_of=_page_of,
        may_describe=may_describe(user.person),
        typed=user.form,
        problem=problem,
    )


def _queue_of(book_id: str) -> str:
    return "/ban-duyet?" + urlencode({"book": book_id})


def _page_of(book_id: str) -> str:
    return "/ban-duyet/so/mot?" + urlencode({"so": book_id})


def _typed(facts: BookFacts) -> dict[str, str]:
    """What is said of a book, as its form takes it."""
    span = [str(year) for year in (facts.first_year, facts.last_year) if year is not None]
    return {
        "book": facts.book,
        "folder": facts.folder or "",
        "number": facts.number,
        "years": "-".join(dict.fromkeys(span)),
        "pages": "" if facts.expected_pages is None else str(facts.expected_pages),
    }
