"""The language of pages: Vietnamese first with the English beside it, or one of them alone, as a browser chose."""

from __future__ import annotations

import re

import pytest

from tests.integration.service.conftest import Desk
from tests.integration.service.office_people import come, get
from tests.integration.service.page_desk import visible_text

_MARKS = re.compile("[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)


def choose(desk: Desk, language: str, to: str = "/") -> str:
    answer = desk.http.get("/ngon-ngu", params={"chon": language, "toi": to}, follow_redirects=False)
    return str(answer.headers["location"])


def test_without_a_choice_a_page_is_vietnamese_first_with_the_english_beside_it(desk: Desk) -> None:
    text = visible_text(get(desk, "/tra-cuu"))
    assert text.index("Tra cứu") < text.index("Look up")
    assert '<html lang="vi">' in get(desk, "/").text


def test_english_alone_says_nothing_in_vietnamese(desk: Desk) -> None:
    assert choose(desk, "en") == "/"
    page = get(desk, "/tra-cuu")
    assert '<html lang="en"' in page.text
    assert not _MARKS.findall(visible_text(page))
    assert "<title>Look up" in page.text
    come(desk, "an", "reviewer")
    assert not _MARKS.findall(visible_text(get(desk, "/ban-duyet")))


def test_vietnamese_alone_says_nothing_twice(desk: Desk) -> None:
    choose(desk, "vi")
    assert "Look up" not in get(desk, "/tra-cuu").text


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org", "/\\\\example.org", "javascript:x"])
def test_the_switch_leads_nowhere_else(desk: Desk, elsewhere: str) -> None:
    assert choose(desk, "en", elsewhere) == "/"


def test_no_other_language_is_taken(desk: Desk) -> None:
    assert desk.http.get("/ngon-ngu", params={"chon": "fr"}).status_code == 422
    desk.http.cookies.set("hotich-language", "fr")
    assert '<html lang="vi">' in get(desk, "/").text
