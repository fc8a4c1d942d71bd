"""What holds for every page: reachable for everybody, readable on a small screen, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser.conftest import CARD, Visitor, visit

PAGES = [
    "/",
    "/nop/1.004222",
    "/nop/1.001193",
    "/tra-cuu",
    "/quyen-cua-ban",
    "/docs",
    "/xac-nhan",
    "/kiem-tra/BS-AAAAAAAAAAAAAAAA",
    "/xac-nhan?code=HT-AAAAAAAAAAAAAAAA&digest=" + "0" * 64,
    "/nothing",
    "/ket-qua/7K3M-Q9XD-2FHW-B6TC",
]
_SMALL_TEXT = """() => [...document.querySelectorAll("body *")]
  .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) && e.checkVisibility())
  .filter(e => parseFloat(getComputedStyle(e).fontSize) < 16).map(e => e.outerHTML.slice(0, 90))"""
_SMALL_TARGETS = """() => [...document.querySelectorAll("a, button, summary, label.radio, input:not([type=hidden])")]
  .filter(e => e.checkVisibility() && !e.closest(".skip, .radio > *, p:not(.back):not(.noscript-only), li > :not(a)"))
  .map(e => [e.outerHTML.slice(0, 90), e.getBoundingClientRect().height])
  .filter(([, high]) => high < 44)"""
_LANGUAGES = """() => [...document.querySelectorAll(".en")].filter(e => e.lang !== "en").map(e => e.outerHTML)"""


@pytest.fixture(scope="module", params=PAGES)
def shown(request: pytest.FixtureRequest, browser: Browser, origin: str) -> Iterator[Visitor]:
    """A phone that has opened the page."""
    visitor = visit(browser, origin, has_touch=True, is_mobile=True)
    visitor.open(request.param)
    yield visitor
    visitor.context.close()
    assert visitor.troubles == []


def test_axe_finds_nothing_wrong(shown: Visitor) -> None:
    assert shown.axe() == []


def test_it_is_readable_and_to_be_touched_on_a_small_screen(shown: Visitor) -> None:
    assert shown.page.evaluate(_SMALL_TEXT) == []
    assert shown.page.evaluate(_SMALL_TARGETS) == []
    shown.page.set_viewport_size({"width": 320, "height": 640})
    assert shown.page.evaluate("document.documentElement.scrollWidth") <= 320


def test_vietnamese_stands_first_and_english_is_marked_as_such(shown: Visitor) -> None:
    assert shown.page.locator("html").get_attribute("lang") == "vi"
    assert shown.page.evaluate(_LANGUAGES) == []
    assert shown.page.evaluate("!document.querySelector('.en + .vi')")


def test_a_phone_has_the_camera_at_hand(phone: Visitor) -> None:
    page = phone.open("/nop/1.004222")
    page.on("filechooser", lambda _: None)  # `expect_file_chooser` asks for choosers without waiting
    camera = page.locator("#c-applicant_card-front")
    assert (camera.get_attribute("capture"), camera.get_attribute("accept")) == ("environment", "image/*")
    with page.expect_file_chooser() as chooser:
        page.locator("#c-applicant_card-front + label").click(force=True)
    chooser.value.set_files(str(CARD))
    expect(page.locator(".slot.filled")).to_have_count(1)
    # A file in its stead takes its place.
    page.locator("#p-applicant_card-front").set_input_files(str(CARD))
    assert page.evaluate("document.getElementById('c-applicant_card-front').files.length") == 0
    page.get_by_role("button", name="Xóa ảnh").click()
    expect(page.locator(".slot.filled")).to_have_count(0)


def test_a_copy_s_digest_is_made_in_the_browser(desktop: Visitor) -> None:
    page = desktop.open("/xac-nhan")
    page.get_by_label("Mã giấy tờ").fill("HT-AAAAAAAAAAAAAAAA")
    page.get_by_label("Tệp bản sao").set_input_files(str(CARD))
    expect(page.get_by_label("Mã SHA-256")).not_to_have_value("")
    page.get_by_role("button", name="Kiểm tra").click()
    expect(page.locator(".answer")).to_contain_text("Không xác nhận được")


def test_a_file_chosen_before_the_script_came_is_not_lost(desktop: Visitor) -> None:
    held: list[Route] = []
    page = desktop.page
    page.route("**/static/pages.js", lambda route: held.append(route), times=1)
    page.goto(f"{desktop.origin}/xac-nhan", wait_until="commit")
    page.get_by_label("Tệp bản sao").set_input_files(str(CARD))
    held[0].continue_()
    expect(page.get_by_label("Mã SHA-256")).not_to_have_value("")


def test_unknown_code_and_wrong_proof_look_alike(phone: Visitor) -> None:
    page = phone.open("/tra-cuu")
    page.get_by_label("Mã hồ sơ").fill("7K3M-Q9XD-2FHW-B6TC")
    page.get_by_role("button", name="Tra cứu").click()
    expect(page.locator("#problem")).to_be_focused()
    expect(page.locator("#problem")).to_contain_text("Không có hồ sơ khớp")
    assert phone.axe() == []
