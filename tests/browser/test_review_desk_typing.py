"""Typing at the desk: what is led to, turned, refused, taken back; places drawn; problems of the paper."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.desk_clerk import Clerk, decisions
from tests.browser.desk_server import DeskServer
from tests.making.desk_home import CERTIFICATE, truths

Come = Callable[..., Visitor]
_SELECTED = """() => { const at = document.getElementById("answer");
  return at.value.slice(at.selectionStart, at.selectionEnd); }"""


@pytest.fixture
def document(desk: DeskServer) -> str:
    desk.person("an")
    stored = desk.home.add(CERTIFICATE, doubt=["full_name", "date_of_birth", "mother_full_name"])
    desk.take_in()
    return stored.document_id


def _of(desk: DeskServer, document: str, field: str) -> list[tuple[str, str | None]]:
    return [(choice, value) for name, _, choice, value in decisions(desk, document) if name == field]


def test_typing_replaces_the_doubtful_letter_that_is_led_to(desk: DeskServer, come: Come, document: str) -> None:
    clerk = Clerk(come(desk, "an"))
    clerk.start("?field=full_name")
    expect(clerk.page.locator("#answer")).to_be_focused()
    assert clerk.page.evaluate(_SELECTED) == "u"
    expect(clerk.page.locator(".reading mark")).to_have_text("u")
    clerk.press("n", "Enter")
    clerk.nothing_left()
    clerk.all_sent()
    assert _of(desk, document, "full_name") == [("correct", "Đàm Mai Hiền")]


def test_telex_turns_typed_words_and_leaves_what_an_input_method_wrote(
    desk: DeskServer, come: Come, document: str
) -> None:
    clerk = Clerk(come(desk, "an"))
    clerk.start("?field=full_name")
    clerk.press("Control+a")
    clerk.type("DDamf Mai")
    expect(clerk.page.locator("#answer")).to_have_value("DDamf Mai")  # off by itself
    clerk.press("Escape", "Alt+t", "Control+a")
    clerk.type("DDamf Mai Hieenf")
    clerk.press("Enter")
    clerk.nothing_left()
    clerk.start("?field=mother_full_name")  # remembered
    clerk.press("Control+a")
    clerk.page.keyboard.insert_text(unicodedata.normalize("NFD", "Cao Hoà Uyên"))  # as some keyboards give it
    clerk.press("Enter")
    clerk.nothing_left()
    clerk.all_sent()
    assert _of(desk, document, "full_name") == [("correct", "Đàm Mai Hiền")]
    [(_, value)] = _of(desk, document, "mother_full_name")
    assert value == unicodedata.normalize("NFC", "Cao Hoà Uyên")


def test_a_date_that_cannot_be_comes_back_and_can_be_insisted_on(desk: DeskServer, come: Come, document: str) -> None:
    clerk = Clerk(come(desk, "an"))
    item = clerk.start("?field_class=date")
    clerk.press("Control+a")
    clerk.type("31/02/2026")
    clerk.press("Enter")
    expect(clerk.page.locator("#form-error")).to_contain_text("Ctrl+Enter")
    expect(clerk.page.locator("#answer")).to_be_focused()
    assert clerk.at().item == item.item
    assert clerk.visitor.axe() == []
    assert decisions(desk, document) == []
    clerk.press("Control+Enter")
    clerk.nothing_left()
    clerk.all_sent()
    assert [choice for choice, _ in _of(desk, document, "date_of_birth")] == ["correct"]


def test_the_last_decision_is_taken_back_and_made_anew(desk: DeskServer, come: Come, document: str) -> None:
    clerk = Clerk(come(desk, "an"))
    first = clerk.start(f"?document_id={document}")
    clerk.press("F2")
    clerk.moved_on(first)
    clerk.all_sent()
    clerk.press("F8")
    clerk.page.wait_for_function("item => document.querySelector('main')?.dataset.shown === item", arg=first.item)
    clerk.at()
    clerk.press("Enter")
    clerk.moved_on(first)
    clerk.all_sent()
    assert [choice for choice, _ in _of(desk, document, first.field)] == ["illegible", "accept"]
    with desk.context.reviews.read() as tables:
        assert [entry.action for entry in tables.trail.of(document) if entry.field == first.field][:4] == [
            "decided", "settled", "undone", "decided",
        ]  # fmt: skip


def test_an_empty_answer_is_asked_about(desk: DeskServer, come: Come, document: str) -> None:
    clerk = Clerk(come(desk, "an"))
    clerk.start("?field=full_name")
    clerk.press("Control+a", "Delete", "Enter")
    expect(clerk.page.locator("#form-error")).to_contain_text("chọn “Giấy tờ không ghi”")
    clerk.press("F3")
    clerk.nothing_left()
    clerk.all_sent()
    assert _of(desk, document, "full_name") == [("absent", None)]


def test_digits_are_typed_where_digits_stand_and_pick_where_letters_do(
    desk: DeskServer, come: Come, document: str
) -> None:
    clerk = Clerk(come(desk, "an"))
    clerk.start("?field_class=date")
    clerk.press("1")  # over the doubtful digit
    expect(clerk.page.locator("#answer")).to_have_value("11/07/2026")
    clerk.press("Enter")
    clerk.nothing_left()
    clerk.start("?field=full_name")
    clerk.press("1")
    clerk.nothing_left()
    clerk.all_sent()
    assert _of(desk, document, "date_of_birth") == [("correct", "2026-07-11")]
    assert _of(desk, document, "full_name") == [("correct", "Đàm Mai Hiền")]


def test_a_place_is_drawn_by_keys_and_by_mouse_and_goes_with_the_decision(
    desk: DeskServer, come: Come, document: str
) -> None:
    clerk = Clerk(come(desk, "an"))
    clerk.start("?field=full_name")
    clerk.page.locator(".sheet image[href^='blob']").wait_for(state="attached")
    clerk.press("Alt+b", "ArrowRight", "ArrowRight", "Shift+ArrowDown", "Enter")
    expect(clerk.page.locator("#answer")).to_be_focused()
    clerk.press("1")
    clerk.nothing_left()
    clerk.start("?field=mother_full_name")
    clerk.page.locator(".sheet image[href^='blob']").wait_for(state="attached")
    clerk.press("Alt+b")
    stage = clerk.page.locator(".sheet svg").bounding_box()
    assert stage
    clerk.page.mouse.move(stage["x"] + 100, stage["y"] + 60)
    clerk.page.mouse.down()
    clerk.page.mouse.move(stage["x"] + 300, stage["y"] + 110)
    clerk.page.mouse.up()
    clerk.press("1")
    clerk.nothing_left()
    clerk.all_sent()
    with desk.context.reviews.read() as tables:
        boxes = {
            entry.field: entry.details["box"]
            for entry in tables.trail.of(document)
            if entry.action == "decided" and "box" in entry.details
        }
    before = truths()[CERTIFICATE].fields["full_name"][3]
    assert boxes["full_name"][0][0] > before[0][0]
    (left, top), _, (right, bottom), _ = boxes["mother_full_name"]
    assert (right - left) / (bottom - top) == pytest.approx(4.0, rel=0.05)


def test_escape_leaves_the_place_as_it_was(desk: DeskServer, come: Come, document: str) -> None:
    clerk = Clerk(come(desk, "an"))
    clerk.start("?field=full_name")
    clerk.press("Alt+b", "ArrowRight", "Escape", "1")
    clerk.nothing_left()
    clerk.all_sent()
    with desk.context.reviews.read() as tables:
        [entry] = [entry for entry in tables.trail.of(document) if entry.action == "decided"]
    assert "box" not in entry.details


def test_a_comment_goes_with_the_decision(desk: DeskServer, come: Come, document: str) -> None:
    clerk = Clerk(come(desk, "an"))
    clerk.start("?field=full_name")
    clerk.press("Alt+c")
    clerk.type("nét mờ")
    assert clerk.visitor.axe() == []
    clerk.press("Control+Enter", "Enter")
    clerk.nothing_left()
    clerk.all_sent()
    with desk.context.reviews.read() as tables:
        [entry] = [entry for entry in tables.trail.of(document) if entry.action == "decided"]
    assert entry.details["comment"] == "nét mờ"


def test_a_problem_of_the_paper_is_said_from_any_item(desk: DeskServer, come: Come, document: str) -> None:
    clerk = Clerk(come(desk, "an"))
    clerk.start("?field=full_name")
    clerk.press("F4")
    assert clerk.visitor.axe() == []
    clerk.press("3")
    clerk.nothing_left()
    clerk.all_sent()
    assert _of(desk, document, "full_name") == [("retake", None)]


def test_a_skipped_item_comes_last(desk: DeskServer, come: Come, document: str) -> None:
    clerk = Clerk(come(desk, "an"))
    first = clerk.start(f"?document_id={document}")
    clerk.press("F9")
    clerk.moved_on(first)
    seen = []
    for _ in range(2):
        item = clerk.at()
        seen.append(item.item)
        clerk.press("Enter")
        clerk.moved_on(item)
    assert first.item not in seen
    assert clerk.at().item == first.item


def test_the_keys_are_told(desk: DeskServer, come: Come, document: str) -> None:
    clerk = Clerk(come(desk, "an"))
    clerk.start()
    clerk.press("F1")
    expect(clerk.page.get_by_role("heading", name="Phím của bàn duyệt")).to_be_visible()
    assert clerk.visitor.axe() == []
    clerk.press("Escape")
    expect(clerk.page.locator("#answer")).to_be_focused()
