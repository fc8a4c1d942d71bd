"""A book said by a form in the browser, and its page."""

from __future__ import annotations

import pytest

from storage.book_findings import find_in_book
from storage.described_books import describe_books, facts_of
from tests.integration.service.conftest import Desk
from tests.integration.service.office_people import come, get, papers_of, post
from tests.integration.service.page_desk import visible_text

PAGE = "/ban-duyet/so"
FORM = {"book": "KS-1976", "number": "01", "years": "1976-1978", "pages": "3", "folder": "khai-sinh/1976"}


@pytest.fixture
def archive(desk: Desk) -> Desk:
    """A paper with a doubt in a folder that no book is said of; an archivist sits at the browser."""
    papers_of(desk).add(doubt=["ethnicity"], book="khai-sinh/1976")
    desk.context.desk.catch_up()
    come(desk, "luu", "archivist")
    return desk


def test_a_folder_becomes_a_book_by_the_form_and_its_page_tells_what_is_held(archive: Desk) -> None:
    answer = post(archive, PAGE, **FORM)
    assert str(answer.url).endswith("/ban-duyet/so/mot?so=KS-1976")
    text = visible_text(answer)
    assert "1976–1978" in text
    assert "1 / 3, thiếu missing 2" in text
    assert "1 mục" in text
    assert "chưa đo" in text
    queue = get(archive, "/ban-duyet?book=KS-1976")
    assert "1 mục đang chờ" in visible_text(queue)
    assert "0 mục đang chờ" in visible_text(get(archive, "/ban-duyet?book=khac"))


def test_the_form_of_a_book_changes_what_is_said_of_it(archive: Desk) -> None:
    post(archive, PAGE, **FORM)
    assert "1 / 5" in visible_text(post(archive, PAGE, **{**FORM, "pages": "5"}))


@pytest.mark.parametrize("wrong", [{"years": "76"}, {"years": "1980-1976"}, {"pages": "nhiều"}, {"book": "a?b"}])
def test_what_cannot_be_a_book_is_told_and_what_was_typed_stays(archive: Desk, wrong: dict[str, str]) -> None:
    answer = post(archive, PAGE, **{**FORM, **wrong})
    assert answer.status_code == 422
    assert 'value="khai-sinh/1976"' in answer.text


def test_another_books_folder_and_another_offices_book_are_refused(archive: Desk) -> None:
    post(archive, PAGE, **FORM)
    assert post(archive, PAGE, **{**FORM, "book": "KS-khac"}).status_code == 409
    describe_books(archive.catalogue, [facts_of(book="xa-khac", office="hn-02")], actor="test")
    assert post(archive, PAGE, **{**FORM, "book": "xa-khac", "folder": ""}).status_code == 409
    assert get(archive, "/ban-duyet/so/mot?so=xa-khac").status_code == 404


def test_a_reviewer_sees_books_and_says_nothing_of_them(archive: Desk) -> None:
    come(archive, "an", "reviewer")
    assert "Thêm một sổ" not in visible_text(get(archive, PAGE))
    assert post(archive, PAGE, **FORM).status_code == 403


def test_an_archivist_signs_the_findings_of_a_book(archive: Desk) -> None:
    post(archive, PAGE, **FORM)
    found = find_in_book(archive.catalogue, "KS-1976")
    assert found is not None
    refused = post(archive, f"{PAGE}/ky", PAGE, book="KS-1976", digest=found.digest, note="")
    assert refused.status_code == 422 and "ghi rõ đã xử lý" in visible_text(refused)
    answer = post(archive, f"{PAGE}/ky", PAGE, book="KS-1976", digest=found.digest, note="hai trang còn ở kho cũ")
    assert "Đã ký xác nhận" in visible_text(answer) and "hai trang còn ở kho cũ" in visible_text(answer)
    come(archive, "an", "reviewer")
    signing = {"book": "KS-1976", "digest": found.digest, "note": "x"}
    assert post(archive, f"{PAGE}/ky", "/ban-duyet", **signing).status_code == 403
