"""The desk's pages: readable for everybody, on a phone, without scripts; a household book of thirty pages."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from tests.browser.conftest import PHONE, Visitor, visit
from tests.browser.desk_clerk import Clerk, all_decisions
from tests.browser.desk_server import DeskServer, desk_server
from tests.browser.screens import OFFICE
from tests.browser.test_every_page import _LANGUAGES, _SMALL_TEXT
from tests.making.desk_home import CERTIFICATE, PASSWORD, PEN_CERTIFICATE, long_book
from tests.making.waiting_submission import waiting_submission

Come = Callable[..., Visitor]
_PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
_MOST_BYTES = 150_000
_SMALL_TARGETS = """() => [...document.querySelectorAll("main a, button, summary, select, input:not([type=hidden])")]
  .filter(e => e.checkVisibility() && !e.closest("svg, .skip, td, label.check, .of, dl"))
  .map(e => [e.outerHTML.slice(0, 90), e.getBoundingClientRect().height]).filter(([, high]) => high < 43.5)"""
_TOO_SMALL = """() => [...document.querySelectorAll("main a, button")]
  .filter(e => e.checkVisibility() && !e.closest("svg")).map(e => [e.outerHTML.slice(0, 90), e.getBoundingClientRect()])
  .filter(([, box]) => box.height < 24).map(([html]) => html)"""
PAGES = (
    "/dang-nhap",
    "/ban-duyet",
    "/ban-duyet/lam",
    "/ban-duyet/ho-so",
    "/ban-duyet/tim",
    "/ban-duyet/so",
    "/ban-duyet/so/mot?so=so-3",
    "giay",
    "lich-su",
    "giay?trang=17",
)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[DeskServer, dict[str, str]]]:
    """A desk with two certificates and a book of thirty pages; what their documents are called."""
    with desk_server(tmp_path_factory.mktemp("desk") / "home") as server:
        server.person("an")
        certificate = server.home.add(
            CERTIFICATE, doubt=lambda name: name.endswith(("full_name", "birth")), book="so-3"
        )
        server.home.add(PEN_CERTIFICATE, doubt=["full_name", "place_of_birth"], book="so-3")
        data, truth = long_book()
        book = server.home.add(data=data, truth=truth, doubt=lambda name: name.endswith("date_of_birth"))
        server.take_in()
        yield server, {"certificate": certificate.document_id, "book": book.document_id}


def _path(page: str, named: dict[str, str]) -> str:
    if page.startswith("/"):
        return page
    kind, _, query = page.partition("?")
    return f"/ban-duyet/{kind}/{named['book' if query else 'certificate']}" + (f"?{query}" if query else "")


@pytest.fixture(scope="module")
def phone_at_desk(browser: Browser, filled: tuple[DeskServer, dict[str, str]]) -> Iterator[Visitor]:
    server, _ = filled
    visitor = visit(browser, server.origin, viewport=PHONE, has_touch=True, is_mobile=True)
    page = visitor.open("/ban-duyet")
    page.get_by_label("Tên đăng nhập").fill("an")
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_label("Mã xác thực một lần (OTP)").fill(server.home.code("an"))
    page.get_by_role("button", name="Đăng nhập").tap()
    page.locator("main[data-person]").wait_for()
    yield visitor
    visitor.context.close()
    assert visitor.troubles == []


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_for_everybody_and_fits_a_phone(
    filled: tuple[DeskServer, dict[str, str]], phone_at_desk: Visitor, path: str
) -> None:
    page = phone_at_desk.open(_path(path, filled[1]))
    if path.endswith("/lam"):
        Clerk(phone_at_desk).at()
    assert phone_at_desk.axe() == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.evaluate(_SMALL_TEXT) == []
    assert page.evaluate(_SMALL_TARGETS) == []
    assert page.evaluate(_TOO_SMALL) == []
    assert page.evaluate(_LANGUAGES) == []
    assert page.locator("html").get_attribute("lang") == "vi"
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.set_viewport_size(PHONE)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_for_everybody_at_a_desk(
    filled: tuple[DeskServer, dict[str, str]], phone_at_desk: Visitor, path: str
) -> None:
    phone_at_desk.page.set_viewport_size({"width": 1280, "height": 900})
    phone_at_desk.open(_path(path, filled[1]))
    if path.endswith("/lam"):
        Clerk(phone_at_desk).at()
    violations = phone_at_desk.axe()
    phone_at_desk.page.set_viewport_size(PHONE)
    assert violations == []


def test_items_are_decided_by_touch_on_a_phone(desk: DeskServer, come: Come) -> None:
    desk.person("an")
    desk.home.add(doubt=["full_name", "date_of_birth"])
    desk.take_in()
    clerk = Clerk(come(desk, "an", viewport=PHONE, has_touch=True, is_mobile=True))
    item = clerk.start()
    clerk.page.locator("[data-pick='1']").tap()
    clerk.moved_on(item)
    clerk.page.locator("[data-do='illegible']").tap()
    clerk.nothing_left()
    clerk.all_sent()
    assert len(all_decisions(desk)) == 2


def test_the_desk_is_browsed_and_a_value_corrected_without_scripts(
    filled: tuple[DeskServer, dict[str, str]], phone_at_desk: Visitor, browser: Browser
) -> None:
    server, named = filled
    context = browser.new_context(java_script_enabled=False, storage_state=phone_at_desk.context.storage_state())
    page = context.new_page()
    page.goto(f"{server.origin}/ban-duyet")
    page.get_by_label("Sổ").select_option("so-3")
    page.get_by_role("button", name="Lọc").click()
    assert "book=so-3" in page.url
    assert "thành viên" not in page.locator(".lanes").inner_text()
    page.goto(f"{server.origin}/ban-duyet/giay/{named['certificate']}")
    page.locator("tr", has_text="Dân tộc của cha").get_by_role("link", name="sửa").click()
    form = page.locator("form[action$='/sua']")
    expect(form.get_by_label("Trên giấy tờ ghi")).to_have_value("Kinh")
    form.get_by_label("Trên giấy tờ ghi").fill("Tày")
    form.get_by_label("Lý do").fill("đọc nhầm")
    form.get_by_role("button", name="Sửa một giá trị").click()
    expect(page.locator(".done")).to_contain_text("Đã ghi bản sửa")
    expect(page.locator("tr", has_text="Dân tộc của cha")).to_contain_text("Tày")
    context.close()


def test_a_household_book_of_thirty_pages(desk: DeskServer, come: Come) -> None:
    desk.person("an")
    data, truth = long_book(30)
    missed = "members[40].occupation"
    truth = replace(truth, fields={name: place for name, place in truth.fields.items() if name != missed})
    document = desk.home.add(
        data=data, truth=truth, doubt=lambda name: name in ("members[0].full_name", "members[40].date_of_birth")
    ).document_id
    desk.take_in()
    clerk = Clerk(come(desk, "an", f"/ban-duyet/giay/{document}"))
    page = clerk.page
    assert page.locator("nav.pages li").count() == 30
    late = truth.fields["members[40].date_of_birth"][2]
    assert late > 15
    page.locator("nav.pages").get_by_role("link", name=re.compile(f"{late}.*còn mục chờ")).click()
    expect(page.locator(".scan polygon.waits")).to_have_count(1)
    assert clerk.visitor.axe() == []
    page.get_by_role("link", name="chờ quyết định").click()
    clerk.at()
    expect(page.locator("#item-label")).to_contain_text("thành viên 41")
    clerk.press("Alt+1")
    clerk.nothing_left()
    clerk.all_sent()

    page.goto(f"{desk.origin}/ban-duyet/giay/{document}?trang={late}")
    add = page.locator("form[action$='/them']")
    page.locator("details#them summary").click()
    add.locator("#a-field").select_option("members[].occupation")
    add.get_by_label("Thành viên số").fill("41")
    add.get_by_label("Trên giấy tờ ghi").fill("Thợ may")
    add.get_by_label("Lý do").fill("máy bỏ sót")
    add.get_by_role("button").click()
    expect(page.locator(".done")).to_contain_text("Đã ghi mục thêm")
    expect(page.locator("tr", has_text="Nghề nghiệp (thành viên 41)")).to_contain_text("Thợ may")

    page.locator("details#tach summary").click()
    cut = page.locator("form[action$='/tach']")
    cut.get_by_label("Từ trang này").select_option("20")
    cut.get_by_label("Lý do").fill("hai sổ trong một tệp")
    cut.get_by_role("button").click()
    expect(page.locator(".done")).to_contain_text("Đã tách")
    assert page.locator("nav.pages li").count() == 19
    page.locator("details#gop summary").click()
    join = page.locator("form[action$='/gop']")
    join.get_by_label("Lý do").fill("tách nhầm")
    join.get_by_role("button").click()
    expect(page.locator(".done")).to_contain_text("Đã gộp")
    assert page.locator("nav.pages li").count() == 30
    text = clerk.context_text(f"/ban-duyet/lich-su/{document}")
    assert "hai sổ trong một tệp" in text
    assert "tách nhầm" in text


@pytest.mark.skipif(not os.environ.get("HOTICH_SCREENSHOTS"), reason="HOTICH_SCREENSHOTS=1 draws the README's pictures")
def test_the_pictures_of_the_documentation_are_drawn(desk: DeskServer, come: Come, tmp_path: Path) -> None:
    desk.person("an")
    certificate = desk.home.add(PEN_CERTIFICATE, doubt=["full_name", "date_of_birth", "place_of_birth"], book="so-3")
    desk.home.add(CERTIFICATE, doubt=["full_name", "mother_full_name"], book="so-3")
    data, truth = long_book()
    desk.home.add(data=data, truth=truth, doubt=lambda name: name.endswith("date_of_birth"), book="so-ho-khau")
    desk.take_in()
    clerk = Clerk(come(desk, "an", viewport=OFFICE))
    _draw(clerk, tmp_path, "desk-queue")
    clerk.start("?field=full_name")
    clerk.page.locator(".sheet image[href^='blob']").wait_for(state="attached")
    _draw(clerk, tmp_path, "desk-work")
    clerk.visitor.open(f"/ban-duyet/giay/{certificate.document_id}")
    clerk.page.wait_for_load_state("networkidle")
    _draw(clerk, tmp_path, "desk-paper")
    waiting_submission(desk.context)
    clerk.visitor.open("/ban-duyet/ho-so/tiep")
    clerk.page.locator(".sheet image[href^='blob']").wait_for(state="attached")
    _draw(clerk, tmp_path, "desk-submission")
    clerk.page.set_viewport_size(PHONE)
    clerk.start("?field=full_name")
    _draw(clerk, tmp_path, "desk-work-390")


def _draw(clerk: Clerk, folder: Path, name: str) -> None:
    clerk.page.screenshot(path=folder / f"{name}.png")
    _PICTURES.mkdir(parents=True, exist_ok=True)
    with Image.open(folder / f"{name}.png") as taken:
        drawn = taken.convert("RGB")
        for colours in (128, 64, 32, 16):
            drawn.quantize(colours, dither=Image.Dither.NONE).save(_PICTURES / f"{name}.png", optimize=True)
            if (_PICTURES / f"{name}.png").stat().st_size < _MOST_BYTES:
                return
    raise AssertionError(f"{name}.png stays larger than {_MOST_BYTES} bytes")
