"""Administration in a browser: a new person's first sign-in, and every page of it on an office's screen and a phone."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path

import pyotp
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Visitor
from tests.browser.desk_server import DeskServer
from tests.browser.screens import OFFICE
from tests.browser.test_every_page import _SMALL_TEXT
from tests.browser.test_review_desk_pages import _SMALL_TARGETS

OWN = "chó vàng ăn mây tím"
_PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
_OF_THE_MANUAL = {"quan-tri": "admin-people.png", "lan-dau": "first-sign-in.png"}


def right(visitor: Visitor, name: str) -> None:
    """Nothing wrong with the page as it stands, on an office's screen and on a phone."""
    page = visitor.page
    for screen in (OFFICE, PHONE):
        page.set_viewport_size(screen)
        if screen == OFFICE and name in _OF_THE_MANUAL and os.environ.get("HOTICH_SCREENSHOTS"):
            drawn = Image.open(io.BytesIO(page.screenshot(full_page=True)))
            drawn.convert("P", palette=Image.Palette.ADAPTIVE, colors=48).save(_PICTURES / _OF_THE_MANUAL[name])
        assert screen != PHONE or visitor.axe() == [], name
        # The page's own element, waited for: between two pages a document has none.
        assert page.locator("html").evaluate("page => page.scrollWidth <= innerWidth"), name
        # An office's screen holds the desk in one view: its header is smaller than a phone's.
        assert screen != PHONE or page.evaluate(_SMALL_TEXT) == [], name
        assert screen != PHONE or page.evaluate(_SMALL_TARGETS) == [], name
    page.set_viewport_size(OFFICE)


def added(page: Page, login: str, name: str) -> str:
    """The temporary password of a reviewer whom the administrator adds."""
    page.get_by_label("Tên đăng nhập").fill(login)
    page.get_by_label("Họ tên").fill(name)
    page.get_by_label("Cán bộ duyệt").check()
    page.get_by_role("button", name="Thêm và tạo mật khẩu tạm").click()
    return page.locator(".secret").inner_text()


def test_an_administrator_adds_a_person_who_then_signs_in_for_the_first_time(
    desk: DeskServer, come: Callable[..., Visitor]
) -> None:
    desk.person("sep", "admin")
    boss = come(desk, "sep", "/quan-tri", viewport=OFFICE)
    given = added(boss.page, "lan", "Phạm Thị Lan")
    right(boss, "quan-tri-mat-khau-tam")

    lan = come(desk, "sep", "/quan-tri", viewport=OFFICE)
    lan.context.clear_cookies()
    page = lan.open("/dang-nhap")
    page.get_by_label("Tên đăng nhập").fill("lan")
    page.get_by_label("Mật khẩu").fill(given)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Lần đầu đăng nhập")).to_be_visible()
    right(lan, "lan-dau")
    page.get_by_label("Mật khẩu mới", exact=False).first.fill("matkhau123456")
    page.get_by_label("Gõ lại mật khẩu mới").fill("matkhau123456")
    secret = page.locator(".secret-key").inner_text().replace(" ", "")
    page.get_by_label("6 chữ số").fill(pyotp.TOTP(secret).at(desk.clock()))
    page.get_by_role("button", name="Xong").click()
    expect(page.locator("#problem")).to_contain_text("dễ bị đoán")
    assert page.locator(".secret-key").inner_text().replace(" ", "") == secret  # it was scanned already
    page.get_by_label("Mật khẩu mới", exact=False).first.fill(OWN)
    page.get_by_label("Gõ lại mật khẩu mới").fill(OWN)
    page.get_by_label("6 chữ số").fill(pyotp.TOTP(secret).at(desk.clock()))
    page.get_by_role("button", name="Xong").click()
    expect(page.locator(".codes li")).to_have_count(10)
    right(lan, "ma-du-phong")
    page.get_by_role("link", name="Đã cất").click()
    expect(page.get_by_role("heading", name="Tài khoản của tôi")).to_be_visible()
    right(lan, "tai-khoan")
    page.locator("#q-2").fill(OWN)
    page.get_by_role("button", name="Đổi điện thoại").click()
    right(lan, "ma-xac-thuc-moi")

    boss.open("/quan-tri")
    right(boss, "quan-tri")
    boss.page.get_by_role("link", name="lan").click()
    right(boss, "quan-tri-nguoi")
    boss.page.get_by_role("button", name="Kết thúc mọi phiên").click()
    expect(boss.page.get_by_role("status").first).to_contain_text("Đã kết thúc")
    page.reload()
    expect(page.get_by_role("heading", name="Đăng nhập")).to_be_visible()

    boss.page.goto(desk.origin + "/quan-tri/ung-dung")
    boss.page.get_by_label("Mã", exact=False).first.fill("mot-cua")
    boss.page.get_by_label("Tên gọi").fill("Phần mềm một cửa")
    boss.page.get_by_label("gửi hồ sơ").check()
    boss.page.get_by_role("button", name="Thêm và tạo khóa").click()
    expect(boss.page.locator(".secret")).to_contain_text("hk_")
    boss.page.get_by_role("link", name="Đã cất").click()
    boss.page.locator("summary").click()
    right(boss, "quan-tri-ung-dung")
    for name in ("nhat-ky", "dinh-danh"):
        boss.open(f"/quan-tri/{name}")
        right(boss, f"quan-tri-{name}")
