"""At the counter: whether a paper may still be asked for, by number or by the card's code, on screen and phone."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from storage.register import SqlRegister, load_register
from tests.browser.conftest import PHONE, Visitor
from tests.browser.desk_server import DeskServer
from tests.browser.screens import OFFICE
from tests.browser.test_every_page import _SMALL_TEXT
from tests.browser.test_review_desk_pages import _SMALL_TARGETS

CARD = "001190123456|012345678|Nguyễn Thị Mẫu|15011990|Nữ|Số 1 phố Huế|10052021"
PEOPLE = """personal_id,full_name,date_of_birth,sex,residence,father_name,mother_name
001190123456,Nguyễn Thị Mẫu,1990-01-15,female,Số 1 phố Huế,Nguyễn Văn Cha,Trần Thị Mẹ
001090000002,Trần Văn Thiếu,1990-01-02,male,Số 2 phố Huế,,Lê Thị Mẹ
"""


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_a_clerk_asks_by_keys_and_reads_what_may_be_asked(desk: DeskServer, come: Callable[..., Visitor]) -> None:
    people = desk.home.folder / "people.csv"
    people.write_text(PEOPLE, encoding="utf-8")
    register = SqlRegister.open(f"sqlite:///{desk.home.folder / 'register.db'}")
    load_register(register.database, people)
    register.close()
    desk.person("lan")
    visitor = come(desk, "lan", "/ban-duyet/yeu-cau-giay", viewport=OFFICE)
    page, person = visitor.page, visitor.page.get_by_label("Số định danh hoặc mã QR trên thẻ")
    answer, why = page.locator("#answer"), page.locator("#why")
    expect(page.locator("#a-paper")).to_be_focused()
    page.locator("#a-paper").select_option("1.004222/kinship")
    person.fill(CARD)
    page.keyboard.press("Enter")
    expect(answer).to_contain_text("Không được yêu cầu giấy tờ này: dữ liệu đã thay thế")
    expect(why).to_contain_text("chưa đối chiếu hết với văn bản gốc")
    expect(person).to_be_focused()  # the next card can be scanned at once
    assert "001190123456" not in page.content()
    assert visitor.axe() == []
    assert fits(page)

    page.keyboard.type("001090000002")
    page.keyboard.press("Enter")
    expect(answer).to_contain_text("không khớp: chỉ được hỏi thêm")
    expect(why.locator("dd").first).to_contain_text("Họ tên cha")

    page.set_viewport_size(PHONE)
    page.keyboard.type("12 số")
    page.keyboard.press("Enter")
    expect(page.locator("#problem")).to_contain_text("Cần 12 chữ số")
    person.fill("001090999999")
    page.keyboard.press("Enter")
    expect(answer).to_contain_text("không có dữ liệu thì được yêu cầu giấy tờ này")
    expect(answer.locator("h2")).to_be_in_viewport(timeout=500)
    why.locator("summary").click()
    assert visitor.axe() == []
    assert fits(page)
    assert page.evaluate(_SMALL_TEXT) == []
    assert page.evaluate(_SMALL_TARGETS) == []

    page.get_by_role("link", name="Tất cả quy tắc").click()
    expect(page.get_by_text("identity-by-number@1")).to_be_visible()
    assert visitor.axe() == []
    assert fits(page)
