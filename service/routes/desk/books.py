"""The books page: what the archive holds of each book of the person's office, what is missing, what waits."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import Response

from service.desk.desk_user import PageUser
from service.pages import page
from service.people.access import TheContext
from storage.described_books import books_held

router = APIRouter(include_in_schema=False, prefix="/ban-duyet/so")


@router.get("")
def books(context: TheContext, user: PageUser) -> Response:
    """Every book of the office, in order of name."""
    return page(
        "desk_books.html",
        session=user.session,
        books=books_held(context.parts.catalogue, user.person.offices),
        queue_of=lambda book: "/ban-duyet?" + urlencode({"book": book}),
    )
