"""Whoever leads the desk gives a book to somebody by the page; the queue of each says so."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage.review.given_lanes import GivenLanes
from tests.integration.service.conftest import Desk
from tests.integration.service.office_people import come, get, papers_of, post
from tests.integration.service.page_desk import visible_text

PAGE = "/ban-duyet/giao-viec"


@pytest.fixture
def two_books(desk: Desk) -> Desk:
    """Two books with a doubt each; the reviewers Lan and Minh, and an administrator who sits at the browser."""
    papers = papers_of(desk)
    for copy, book in enumerate(("so-1", "so-2")):
        papers.add(doubt=["ethnicity"], copy=copy, book=book)
    desk.context.desk.catch_up()
    for login in ("lan", "minh"):
        papers.person(login, "reviewer", keys=desk.context.keys)
    come(desk, "quan", "admin")
    return desk


def books_in_order(desk: Desk, login: str) -> list[str]:
    come(desk, login)
    text = visible_text(get(desk, "/ban-duyet")).partition("Theo từng giấy tờ")[0]
    text = text[text.index("mục đang chờ") :]
    at = {book: text.rindex(f"sổ book {book}") for book in ("so-1", "so-2")}
    return sorted(at, key=at.__getitem__)


def test_a_book_given_to_a_clerk_comes_first_in_their_queue_and_last_in_others(two_books: Desk) -> None:
    form = {"book": "so-2", "document_type": "", "field_class": "", "days": "3", "nguoi.lan": "1"}
    assert "vắng 3 ngày" in visible_text(post(two_books, PAGE, **form))
    assert books_in_order(two_books, "lan") == ["so-2", "so-1"]
    assert "giao cho given to lan" in visible_text(get(two_books, "/ban-duyet"))
    assert books_in_order(two_books, "minh") == ["so-1", "so-2"]


def test_a_lane_that_rests_is_told_and_can_be_taken_back(two_books: Desk) -> None:
    post(two_books, PAGE, **{"book": "so-2", "days": "3", "nguoi.lan": "1"})
    two_books.clock.advance(timedelta(days=4))
    come(two_books, "minh")
    assert "3 ngày không ai làm" in visible_text(get(two_books, "/ban-duyet"))
    come(two_books, "quan")
    with two_books.context.reviews.read() as tables:
        [lane] = GivenLanes(tables.connection, two_books.clock).all([""])
    post(two_books, f"{PAGE}/{lane.lane_id}/thu-lai", PAGE)
    assert "3 ngày không ai làm" not in visible_text(get(two_books, "/ban-duyet"))


def test_a_lane_of_nobody_is_told_as_wrong_and_nobody_but_a_lead_gives_one(two_books: Desk) -> None:
    answer = post(two_books, PAGE, **{"book": "so-2", "days": "3"})
    assert (answer.status_code, "ít nhất một người" in visible_text(answer)) == (422, True)
    assert post(two_books, PAGE, **{"book": "so-2", "days": "3", "nguoi.quan": "1"}).status_code == 422
    come(two_books, "lan")
    assert get(two_books, PAGE).status_code == 403
    assert post(two_books, PAGE, "/ban-duyet", **{"book": "so-2", "days": "3", "nguoi.lan": "1"}).status_code == 403


def test_a_lead_of_no_office_gives_lanes_to_the_reviewers_of_every_office_that_sees_the_papers(two_books: Desk) -> None:
    papers_of(two_books).person("hoa", "reviewer", keys=two_books.context.keys, office="00001")
    assert "vắng 3 ngày" in visible_text(post(two_books, PAGE, **{"book": "so-2", "days": "3", "nguoi.hoa": "1"}))
