"""What only a browser shows of the desk: all decisions in view without scrolling, dark colours, a page that is zoomed,
what a dead tab held, preferences that stay."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Visitor
from tests.browser.desk_clerk import Clerk
from tests.browser.desk_server import DeskServer, desk_server
from tests.browser.screens import OFFICE, OUT_OF_SIGHT
from tests.making.desk_home import CERTIFICATE
from tests.making.waiting_submission import waiting_submission

Come = Callable[..., Visitor]
_DECISIONS = ".accept, [data-pick], [data-actions] button, .sheet .tools button, .sheet .tools a, #answer"
_VIEW = "() => document.querySelector('.scan svg').getAttribute('viewBox').split(' ').map(Number)"
_KINDS = ("full_name", "personal_id", "date_of_birth", "mother_residence")


@dataclass(frozen=True, slots=True)
class Filled:
    """A desk that several tests share. None decides anything."""

    server: DeskServer
    document: str
    submission: str


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    with desk_server(tmp_path_factory.mktemp("desk") / "home") as server:
        for login in ("an", "binh"):
            server.person(login)
        server.person("sep", "admin", "auditor", "reviewer")
        document = server.home.add(CERTIFICATE, doubt=_KINDS, book="so-3").document_id
        server.take_in()
        yield Filled(server, document, waiting_submission(server.context))


def _view(page: Page) -> list[float]:
    found: list[float] = page.evaluate(_VIEW)
    return found


def test_every_decision_of_an_item_is_in_view_at_a_desk_and_in_reach_on_a_phone(filled: Filled, come: Come) -> None:
    clerk = Clerk(come(filled.server, "an", viewport=OFFICE))
    for field in _KINDS:
        clerk.page.set_viewport_size(OFFICE)
        clerk.start(f"?field={field}")
        assert clerk.page.evaluate("document.documentElement.scrollHeight") <= OFFICE["height"], field
        assert clerk.page.evaluate(OUT_OF_SIGHT, _DECISIONS) == [], field
    clerk.page.set_viewport_size(PHONE)
    for decision in clerk.page.locator(_DECISIONS).all():
        decision.scroll_into_view_if_needed()
        place = decision.bounding_box()
        assert place
        assert 0 <= place["x"] <= place["x"] + place["width"] <= PHONE["width"]
    expect(clerk.page.locator(".who")).to_be_visible()  # the way to one's own account


def test_nothing_is_wrong_with_any_page_in_dark(filled: Filled, come: Come) -> None:
    visitor = come(filled.server, "an", "/ban-duyet/tuy-chinh", viewport=OFFICE, color_scheme="dark")
    pages = ("lam", f"giay/{filled.document}", f"ho-so/{filled.submission}", "so", "tim")
    assert visitor.axe() == []
    for path in pages:
        page = visitor.open(f"/ban-duyet/{path}")
        if path == "lam":
            Clerk(visitor).at()
        assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
        assert visitor.axe() == [], path


def test_a_paper_is_zoomed_by_wheel_and_keys_and_moved_by_mouse_with_its_tools_in_view(
    filled: Filled, come: Come
) -> None:
    page = come(filled.server, "an", f"/ban-duyet/giay/{filled.document}", viewport=OFFICE).page
    assert page.evaluate(OUT_OF_SIGHT, ".scan .tools button") == []
    whole, place = _view(page), page.locator(".scan svg").bounding_box()
    assert place
    x, y = place["x"] + place["width"] / 3, place["y"] + place["height"] / 3
    page.mouse.move(x, y)
    page.mouse.wheel(0, -300)
    page.wait_for_function(f"wide => ({_VIEW})()[2] < wide", arg=whole[2])
    wheeled = _view(page)
    page.mouse.down()
    page.mouse.move(x + 80, y + 40, steps=3)
    page.mouse.up()
    dragged = _view(page)
    assert (dragged[0] < wheeled[0], dragged[1] < wheeled[1], dragged[2]) == (True, True, wheeled[2])
    page.keyboard.press("Alt++")
    assert _view(page)[2] < dragged[2]
    page.keyboard.press("Alt+9")
    assert _view(page) == whole
    page.locator(".to-place").first.click()
    assert _view(page)[2] < whole[2] / 2


def test_what_a_dead_tab_held_is_free_at_once(filled: Filled, come: Come) -> None:
    first = Clerk(come(filled.server, "an", viewport=OFFICE))
    held = first.start("?field=full_name")
    dead, first.visitor.page = first.page, first.visitor.context.new_page()
    dead.route("**/desk/**", lambda route: route.abort())  # it dies without a word
    dead.close()
    assert first.start("?field=full_name").item == held.item


def test_preferences_are_kept(filled: Filled, come: Come) -> None:
    page = come(filled.server, "binh", "/ban-duyet/tuy-chinh", viewport=OFFICE).page
    page.get_by_role("radio", name="Tối").check()
    page.get_by_label("Telex", exact=True).check()
    page.locator("#k-illegible").select_option("F6")
    page.get_by_role("button", name="Lưu").click()
    expect(page.get_by_role("status").filter(has_text="Đã lưu")).to_be_visible()
    elsewhere = Clerk(come(filled.server, "binh", viewport=OFFICE))
    elsewhere.start()
    assert elsewhere.page.locator("html").get_attribute("data-theme") == "dark"
    expect(elsewhere.page.locator("[data-typing-state]")).to_contain_text("Telex")
    expect(elsewhere.page.locator("[data-do=illegible] kbd")).to_have_text("F6")


def test_tables_scroll_within_themselves_on_a_phone(filled: Filled, come: Come) -> None:
    """Last: it takes the paper away."""
    page = come(filled.server, "sep", f"/ban-duyet/giay/{filled.document}", viewport=PHONE).page
    page.locator("summary", has_text="Rút khỏi kho").click()
    page.locator("#w-reason").fill("quét hai lần")
    page.get_by_role("button", name="Rút khỏi kho").click()
    for path in ("da-rut", "giao-viec"):
        page.goto(f"{filled.server.origin}/ban-duyet/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
