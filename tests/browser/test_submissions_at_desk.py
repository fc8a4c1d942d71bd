"""A submission is decided with its paper in view, by a few keys, on an office's screen and on a phone."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Visitor
from tests.browser.desk_server import DeskServer
from tests.browser.screens import OFFICE, OUT_OF_SIGHT
from tests.browser.test_every_page import _SMALL_TEXT
from tests.browser.test_review_desk_pages import _SMALL_TARGETS
from tests.making.waiting_submission import waiting_submission

Come = Callable[..., Visitor]
_ACTIONS = ".rulings summary, .rulings [data-skip] button, .tools button, .compare thead, .compare .differs"


def shown(page: Page) -> None:
    """The paper is drawn, with the place of the entry that differs."""
    page.locator("main[data-shown]").wait_for()
    page.locator(".sheet image[href^='blob']").wait_for(state="attached")
    expect(page.locator(".sheet polygon.place.stroke")).to_have_count(1)


def keys(page: Page, *wanted: str) -> int:
    for key in wanted:
        page.keyboard.press(key)
    return len(wanted)


def state(server: DeskServer, code: str) -> Any:
    with server.context.store.read() as tables:
        submission = tables.submissions.by_code(code)
    assert submission is not None
    return submission.state.value


def test_a_submission_is_decided_by_a_few_keys_with_everything_in_view(desk: DeskServer, come: Come) -> None:
    desk.person("lan")
    first, second = (waiting_submission(desk.context, n) for n in range(2))
    visitor = come(desk, "lan", "/ban-duyet", viewport=OFFICE)
    page = visitor.page
    page.get_by_role("link", name="Xem hồ sơ gửi đến").click()
    shown(page)
    assert page.url.endswith(first)
    row = page.locator(".compare .differs")
    for text in ("Ngày sinh", "khai khác với giấy tờ", "01/01/1999", "14/09/2009"):
        expect(row).to_contain_text(text)
    assert page.evaluate(OUT_OF_SIGHT, _ACTIONS) == []
    assert visitor.axe() == []

    pressed = keys(page, "1", "4", "Enter")
    page.wait_for_url(f"**/{second}?xong=*")
    shown(page)
    assert pressed <= 6
    assert (state(desk, first), state(desk, second)) == ("accepted", "in_review")

    keys(page, "F8")  # taken back
    page.wait_for_url(f"**/{first}")
    shown(page)
    assert state(desk, first) == "in_review"
    keys(page, "3", "2")
    assert page.evaluate(OUT_OF_SIGHT, ".rulings details[open] button, .rulings details[open] .choice") == []
    assert visitor.axe() == []
    keys(page, "Enter")
    page.wait_for_url(f"**/{second}?xong=*")
    assert state(desk, first) == "refused"
    page.get_by_role("button", name="Bỏ qua").click()
    page.wait_for_url("**/ban-duyet/ho-so")
    expect(page.locator("main")).to_contain_text(second)


@pytest.mark.slow
def test_a_decision_takes_no_longer_than_a_clerk_has(desk: DeskServer, come: Come) -> None:
    """Judges speed, and so stands apart from the tests of every change."""
    desk.person("lan")
    _, second = (waiting_submission(desk.context, n) for n in range(2))
    page = come(desk, "lan", "/ban-duyet", viewport=OFFICE).page
    page.get_by_role("link", name="Xem hồ sơ gửi đến").click()
    shown(page)
    begun = time.perf_counter()
    keys(page, "1", "4", "Enter")
    page.wait_for_url(f"**/{second}?xong=*")
    shown(page)
    assert time.perf_counter() - begun <= 15


def test_a_submission_is_decided_by_touch_on_a_phone(desk: DeskServer, come: Come) -> None:
    desk.person("lan")
    code = waiting_submission(desk.context)
    visitor = come(desk, "lan", f"/ban-duyet/ho-so/{code}", viewport=PHONE, has_touch=True, is_mobile=True)
    page = visitor.page
    shown(page)
    assert visitor.axe() == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.evaluate(_SMALL_TEXT) == []
    assert page.evaluate(_SMALL_TARGETS) == []
    assert page.evaluate(OUT_OF_SIGHT, ".rulings summary") == []  # at the foot of the screen, wherever one reads
    page.get_by_text("Mang giấy tờ đến").tap()
    page.get_by_text("Ảnh chưa đủ để kết luận").tap()
    page.get_by_role("button", name="Yêu cầu mang đến").tap()
    page.wait_for_url("**/ban-duyet/ho-so?xong=*")
    assert visitor.axe() == []
    assert state(desk, code) == "refused"
