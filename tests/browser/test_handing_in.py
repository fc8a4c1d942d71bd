"""A citizen hands in, on a phone, on a keyboard, without scripts: to the real service, with specimens as photos."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import CARD, CERTIFICATE, Visitor, visit

_FOCUS = """() => {
  const at = document.activeElement;
  const shown = getComputedStyle(at).opacity === "0" ? at.nextElementSibling : at;
  const box = at.type === "radio" ? at.closest("label") : shown;
  const seen = getComputedStyle(box);
  return {id: at.id, tag: at.tagName, text: at.innerText ?? "", name: at.name ?? "",
          visible: seen.outlineStyle !== "none" && parseFloat(seen.outlineWidth) >= 2};
}"""
_SHADES = """canvas => {
  const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  let least = 255, most = 0;
  for (let at = 0; at < data.length; at += 4) { least = Math.min(least, data[at]); most = Math.max(most, data[at]); }
  return most - least;
}"""
_LOSE_THE_FIRST_ANSWER = """
const add = XMLHttpRequest.prototype.addEventListener;
XMLHttpRequest.prototype.addEventListener = function (type, listener) {
  if (type !== "load" || window.received) return add.call(this, type, listener);
  add.call(this, "load", () => { window.received = this.responseURL; this.dispatchEvent(new ProgressEvent("error")); });
};
"""


def tab_to(page: Page, wanted: str) -> None:
    """Presses Tab until the element with this id has the focus, which must be seen at every step."""
    for _ in range(60):
        page.keyboard.press("Tab")
        at: Any = page.evaluate(_FOCUS)
        assert at["visible"], f"no visible focus: {at}"
        if wanted in (at["id"], at["name"], at["text"].partition("\n")[0]):
            return
    raise AssertionError(f"Tab does not lead to {wanted}")


def test_a_blurred_photo_is_to_be_retaken_and_the_good_one_is_usable(phone: Visitor, blurred: Path) -> None:
    phone.open("/").get_by_role("link", name="Đăng ký thường trú").click()
    phone.fill_card(blurred)
    expect(phone.page.locator(".chosen canvas")).to_be_visible()
    # The browser sees it before anything is sent: a hint, and nothing is held back.
    expect(phone.page.locator(".blur-hint")).to_contain_text("Ảnh có vẻ mờ")
    assert phone.axe() == []
    phone.send()
    page = phone.answered("retake")
    expect(page.locator("h1")).to_be_focused()
    expect(page.locator(".notes")).to_contain_text("Ảnh mờ")
    expect(page.locator(".notes")).to_contain_text("Mặt trước")
    assert phone.axe() == []

    # The place is marked on the citizen's own photo.
    photo, mark = page.locator(".stage canvas").bounding_box(), page.locator(".stage .line").first.bounding_box()
    assert photo and mark
    assert photo["x"] <= mark["x"] and mark["x"] + mark["width"] <= photo["x"] + photo["width"] + 1
    assert photo["y"] <= mark["y"] and mark["y"] + mark["height"] <= photo["y"] + photo["height"] + 1
    assert mark["width"] > 40
    assert page.locator(".stage canvas").evaluate(_SHADES) > 50
    assert re.search(r"Vị trí 1: ", page.locator(".places").inner_text())

    # The form comes back as it was filled in, and says which photo to take again.
    page.get_by_role("link", name="Sửa và gửi lại").click()
    expect(page.get_by_label("Họ, chữ đệm, tên")).to_have_value("Phạm Phương Thùy Trà")
    expect(page.locator(".slot.wrong legend")).to_contain_text("Mặt trước")
    assert phone.axe() == []
    page.locator("#p-applicant_card-front").set_input_files(str(CARD))
    expect(page.locator(".chosen canvas")).to_be_visible()
    expect(page.locator(".blur-hint")).to_have_count(0)
    phone.send()
    page = phone.answered("usable")
    expect(page.locator(".piece").first).to_be_visible()
    # A card that is only shown is not kept: its values are seen on the citizen's own photo.
    for piece in page.locator(".piece").all():
        assert piece.evaluate(_SHADES) > 60
    expect(page.locator(".line").first).to_contain_text("Phạm Phương Thùy Trà")
    assert page.locator(".line.same").count() == 4
    assert phone.axe() == []


def test_what_was_declared_wrongly_is_shown_beside_what_was_read(phone: Visitor, browser: Any) -> None:
    page = phone.open("/nop/1.004884")
    typed = {
        "full_name": "Đàm Mai Hiền",
        "date_of_birth": "11/07/2025",
        "mother_full_name": "Cao Hải Uyên",
        "father_full_name": "Đàm Văn Hợp",
        "declarant_full_name": "Phạm Phương Thùy Trà",
        "declarant_personal_id": "001309914353",
    }
    for name, value in typed.items():
        page.locator(f"#f-{name}").fill(value)
    page.get_by_label("Nữ").check()
    page.locator("#p-birth_paper").set_input_files(str(CERTIFICATE))
    page.locator("#p-declarant_card-front").set_input_files(str(CARD))
    phone.send()
    page = phone.answered("contradicts")
    line = page.locator('[data-name="date_of_birth"]')
    for text in ("11/07/2025", "11/07/2026", "Khác nhau", "Differs"):
        expect(line).to_contain_text(text)
    expect(line.locator(".piece")).to_be_visible()
    expect(page.locator(".stage circle")).not_to_have_count(0)
    assert phone.axe() == []

    # Somebody else with the code learns how it stands; with the birth date as declared, the values.
    code = page.locator("[data-code]").inner_text()
    other = visit(browser, phone.origin)
    page = other.open("/tra-cuu")
    page.get_by_label("Mã hồ sơ").fill(code.lower())
    page.get_by_role("button", name="Tra cứu").click()
    expect(page.locator("h1")).to_contain_text("khác với giấy tờ")
    assert "Đàm" not in page.content()
    assert other.axe() == []
    page.get_by_label("Ngày sinh của người trong hồ sơ").fill("11/7/2025")
    held: list[Route] = []  # the script comes later than the citizen's choice, as over a slow line
    page.route("**/static/pages.js", lambda route: held.append(route), times=1)
    page.get_by_role("button", name="Xem See").click(no_wait_after=True)
    expect(page.locator(".lines")).to_contain_text("Đàm Văn Hợp")
    page.get_by_label("Chọn lại ảnh").first.set_input_files(str(CERTIFICATE))
    held[0].continue_()
    expect(page.locator(".stage canvas")).to_be_visible()
    assert other.axe() == []
    page.get_by_role("button", name="Xong, xóa khỏi máy này").click()
    other.open(f"/ket-qua/{code}")
    assert "Đàm" not in other.page.content()
    assert other.troubles == []
    other.context.close()


def test_the_keyboard_alone_is_enough(desktop: Visitor) -> None:
    page = desktop.open("/nop/1.004222")
    # Choosers are caught from here on: `expect_file_chooser` asks for it without waiting, and Enter may be faster.
    page.on("filechooser", lambda _: None)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    for name, value in (
        ("f-full_name", "Phạm Phương Thùy Trà"),
        ("f-personal_id", "001309914353"),
        ("f-date_of_birth", "14.9.2009"),
    ):
        tab_to(page, name)
        page.keyboard.type(value)
    tab_to(page, "declared.sex")
    page.keyboard.press("Space")
    tab_to(page, "p-applicant_card-front")
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files(str(CARD))
    tab_to(page, "Gửi")
    page.keyboard.press("Enter")
    page = desktop.answered("usable")
    expect(page.locator("h1")).to_be_focused()
    tab_to(page, "Gửi hồ sơ khác")
    tab_to(page, "Xong, xóa khỏi máy này")


def test_what_is_wrong_is_led_to_by_the_keyboard_and_clears_when_mended(desktop: Visitor) -> None:
    page = desktop.open("/nop/1.004222")
    desktop.send()
    expect(page.locator("#problem")).to_be_focused()
    assert desktop.axe() == []
    tab_to(page, "Họ, chữ đệm, tên Full name")
    page.keyboard.press("Enter")
    expect(page.locator("#f-full_name")).to_be_focused()
    expect(page.locator("#f-full_name")).to_have_attribute("aria-invalid", "true")
    page.keyboard.type("Phạm Phương Thùy Trà")
    expect(page.locator("#e-full_name")).to_be_hidden()


def test_without_scripts_a_form_and_a_page_do_the_same(plain: Visitor, browser: Any) -> None:
    plain.fill_card(CARD)
    plain.send()
    page = plain.page
    page.wait_for_url("**/ket-qua/*")
    while page.locator("main[data-waiting]").count():  # busy: the page says so and has a button
        page.get_by_role("link", name="Xem kết quả").click()
    expect(page.locator("h1")).to_contain_text("Giấy tờ dùng được")
    code = page.locator("[data-code]").inner_text()
    page.get_by_role("link", name="Tra cứu").click()
    page.get_by_label("Mã hồ sơ").fill(code)
    page.get_by_label("Ngày sinh").fill("1/1/1999")
    page.get_by_role("button", name="Tra cứu").click()
    expect(page.locator("#problem")).to_contain_text("Không có hồ sơ khớp")


def test_whoever_waits_is_told_the_place_and_then_the_answer(phone: Visitor) -> None:
    with httpx.Client(base_url=phone.origin, headers={"Accept": "text/html", "Hotich-Script": "1"}) as others:
        for _ in range(2):
            _hand_in(others)
    phone.fill_card(CARD)
    phone.send()
    expect(phone.page.locator("[data-queue]")).to_contain_text("Trước bạn còn")
    assert phone.axe() == []
    phone.answered("usable")


def test_where_events_do_not_come_through_the_page_asks_by_itself(phone: Visitor, blurred: Path) -> None:
    phone.page.route("**/events", lambda route: route.abort())
    phone.fill_card(blurred)
    phone.send()
    phone.answered("retake")


def test_a_lost_connection_loses_nothing_and_sends_nothing_twice(phone: Visitor, blurred: Path) -> None:
    phone.page.add_init_script(_LOSE_THE_FIRST_ANSWER)
    phone.fill_card(blurred)
    phone.send()
    expect(phone.page.locator("#problem")).to_contain_text("Mất kết nối")
    received = phone.page.evaluate("window.received")
    phone.send()
    phone.answered("retake")
    assert phone.page.url == received


def test_a_file_that_is_no_picture_is_said_so_and_the_rest_stays(phone: Visitor, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"<svg onload=alert(1)>")
    phone.fill_card(tmp_path / "a.jpg")
    phone.send()
    expect(phone.page.locator("#problem")).to_contain_text("không phải ảnh hoặc PDF")
    expect(phone.page.get_by_label("Họ, chữ đệm, tên")).to_have_value("Phạm Phương Thùy Trà")


def _hand_in(client: httpx.Client) -> None:
    """Somebody else hands the same card in."""
    page = client.get("/nop/1.004222").text
    data = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
    data |= {
        "declared.full_name": "Phạm Phương Thùy Trà",
        "declared.personal_id": "001309914353",
        "declared.date_of_birth": "14/9/2009",
        "declared.sex": "Nữ",
    }
    answer = client.post("/nop/1.004222", data=data, files={"files": ("the.jpg", CARD.read_bytes())})
    assert answer.status_code == 303


def test_a_draft_is_kept_if_one_says_so_and_is_gone_when_one_says_so(phone: Visitor) -> None:
    phone.fill_card()
    phone.page.close()
    phone.page = phone.context.new_page()
    page = phone.open("/nop/1.004222")
    expect(page.get_by_label("Họ, chữ đệm, tên")).to_have_value("")  # nobody asked for it

    page.get_by_label("Giữ bản nháp").check()
    page.get_by_label("Họ, chữ đệm, tên").fill("Phạm Phương Thùy Trà")
    page.get_by_label("Số định danh cá nhân").fill("001309914353")
    page.get_by_label("Nữ").check()
    page.close()
    phone.page = phone.context.new_page()
    page = phone.open("/nop/1.004222")
    expect(page.locator("[data-draft-told]")).to_contain_text("Đã điền lại")
    expect(page.get_by_label("Họ, chữ đệm, tên")).to_have_value("Phạm Phương Thùy Trà")
    expect(page.get_by_label("Nữ")).to_be_checked()
    expect(page.get_by_label("Số định danh cá nhân")).to_have_value("")
    assert phone.axe() == []

    page.evaluate("""() => { for (const key of Object.keys(localStorage)) {
      const draft = JSON.parse(localStorage[key]); draft.until = 1; localStorage[key] = JSON.stringify(draft); } }""")
    page.reload()
    expect(page.get_by_label("Họ, chữ đệm, tên")).to_have_value("")
    assert page.evaluate("localStorage.length") == 0

    page.get_by_label("Giữ bản nháp").check()
    page.get_by_label("Họ, chữ đệm, tên").fill("Phạm")
    assert page.evaluate("localStorage.length") == 1
    page.get_by_role("button", name="Xóa bản nháp").click()
    assert page.evaluate("localStorage.length") == 0
    expect(page.get_by_label("Giữ bản nháp")).not_to_be_checked()
