"""A clerk's day at the desk, in a real browser: decided by keys, pictures loaded ahead, two people and a third."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import expect

from pipeline.judging.review.policy import Scheme
from storage.review import Person
from tests.browser.conftest import Visitor
from tests.browser.desk_clerk import Clerk, Shown, all_decisions, decisions, telex
from tests.browser.desk_server import DeskServer, desk_server, one_pair_of_eyes
from tests.making.desk_home import CERTIFICATE, HOUSEHOLD, PEN_CERTIFICATE, Truth, truths

Come = Callable[..., Visitor]
_RESULTS = Path(__file__).resolve().parents[2] / "build" / "desk-browser.json"
_DAY = (
    (CERTIFICATE, 0), (CERTIFICATE, 1), (PEN_CERTIFICATE, 0), (HOUSEHOLD, 0), ("giay-khai-sinh-1976-danh-may.jpg", 0),
    ("ket-hon-2016-xoay.jpg", 0), ("can-cuoc-cong-dan-chip.jpg", 0), ("so-khai-sinh-1961.jpg", 0),
    ("giay-chung-sinh-2025.pdf", 0),
)  # fmt: skip
_DOUBTED = (
    "full_name",
    "date_of_birth",
    "personal_id",
    "residence",
    "place_of_birth",
    "date_of_registration",
    "ethnicity",
)


def _papers(desk: DeskServer) -> dict[str, Truth]:
    """Papers of every kind, somewhat more than a hundred doubtful entries in all."""
    known = {}
    for file, copy in _DAY:
        stored = desk.home.add(file, copy=copy, book="so-3", doubt=lambda name: name.endswith(_DOUBTED))
        known[stored.document_id] = truths()[file]
    desk.take_in()
    return known


def _decide(clerk: Clerk, item: Shown, turn: int) -> tuple[str, str]:
    """One decision, each kind in its turn; (kind, what the record must say)."""
    right = clerk.stands(item)
    number = item.picks.index(right) + 1 if right in item.picks else 0
    kind = ("pick", "letter", "confirm", "all", "pick", "letter", "illegible", "pick", "letter", "all")[turn % 10]
    if kind == "pick" and number:
        clerk.press(f"Alt+{number}" if item.digits else str(number))
        return "pick", right
    if kind in ("pick", "letter") and len(right) == len(item.shown):
        wrong = [at for at, (shown, wanted) in enumerate(zip(item.shown, right, strict=True)) if shown != wanted]
        chosen = clerk.page.evaluate("() => document.getElementById('answer').selectionStart")
        if wrong == [chosen]:
            clerk.type(right[chosen])
            clerk.press("Enter")
            return "letter", right
    if kind == "confirm":
        clerk.press("Enter")
        return "confirm", item.shown
    if kind == "illegible":
        clerk.press("F2")
        return "illegible", ""
    clerk.press("Control+a")
    clerk.type(telex(right))
    clerk.press("Enter")
    return "all", right


def test_a_hundred_mixed_items_are_decided_by_the_keyboard_alone(desk: DeskServer, come: Come) -> None:
    desk.person("an")
    papers = _papers(desk)  # before the queue is opened: nobody is offered a start without work
    clerk = Clerk(come(desk, "an", typed=True), papers)
    clerk.press(*["Tab"] * 12)  # the way to the work page needs no mouse either
    clerk.page.get_by_role("link", name="Bắt đầu duyệt").focus()
    clerk.press("Enter")
    clerk.page.wait_for_url("**/lam")
    clerk.at()
    clerk.press("Alt+t")  # Telex
    wanted, late, waits = [], [], []
    for turn in range(100):
        item = clerk.at()
        kind, text = _decide(clerk, item, turn)
        clerk.moved_on(item)
        wanted.append((item.document, item.field, kind, text))
        if clerk.page.locator("main").get_attribute("data-preloaded") != "true":
            late.append(turn)
        clerk.page.wait_for_function("n => performance.getEntriesByName('hotich:next').length >= n", arg=turn + 2)
    clerk.all_sent()
    waits = clerk.page.evaluate("() => performance.getEntriesByName('hotich:next').slice(1).map(one => one.duration)")
    _note(desk, wanted, waits, late=len(late))

    decided = {(document, decision[0]): decision for document in clerk.papers for decision in decisions(desk, document)}
    assert len(all_decisions(desk)) == 100
    for document, name, kind, text in wanted:
        _, _, choice, value = decided[document, name]
        assert choice == {"confirm": "accept", "illegible": "illegible"}.get(kind, "correct"), (name, kind)
        if kind in ("pick", "letter", "all"):
            assert value == clerk.papers[document].fields[name][0], (name, kind, text)


def _note(desk: DeskServer, wanted: list[tuple[str, str, str, str]], waits: list[float], *, late: int) -> None:
    """Figures of the run, for the documentation; nothing is judged by them here."""
    keys: dict[str, list[int]] = {}
    seconds: dict[str, list[float]] = {}
    with desk.context.reviews.read() as tables:
        for document, name, kind, _ in wanted:
            [item] = [queued for queued in tables.queue.of_document(document) if queued.field == name]
            row = tables.connection.exec_driver_sql(
                "SELECT keys, seconds FROM review_decisions WHERE item_id = ?", (item.item_id,)
            ).one()
            told_keys, told_seconds = row
            keys.setdefault(kind, []).append(told_keys)
            seconds.setdefault(kind, []).append(told_seconds)
    figures = {
        "items": len(wanted),
        "not_preloaded_in_time": late,
        "next_visible_ms": {
            "median": round(statistics.median(waits), 1),
            "p95": round(sorted(waits)[int(len(waits) * 0.95)], 1),
            "most": round(max(waits), 1),
        },
        "keys": {kind: {"median": statistics.median(counts), "of": len(counts)} for kind, counts in keys.items()},
        "seconds": {kind: round(statistics.median(times), 2) for kind, times in seconds.items()},
    }
    _RESULTS.parent.mkdir(exist_ok=True)
    _RESULTS.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(figures))


def test_two_people_who_differ_are_settled_by_a_third_who_sees_both(come: Come, tmp_path: Path) -> None:
    policy = replace(one_pair_of_eyes(), schemes_by_field={"full_name": Scheme.DOUBLE})
    with desk_server(tmp_path / "home", policy=policy) as desk:
        for login in ("an", "binh", "cuong"):
            desk.person(login)
        document = desk.home.add(doubt=["full_name"]).document_id
        desk.take_in()
        first, second, third = (Clerk(come(desk, login)) for login in ("an", "binh", "cuong"))

        item = first.start()
        first.press("Control+a")
        first.type("Tran Van Nghia")
        first.press("Enter")
        first.nothing_left()  # the same person is not asked again
        first.all_sent()

        assert second.start().item == item.item
        assert "Nghia" not in second.page.content()  # blind
        history = second.context_text(f"/ban-duyet/lich-su/{document}")
        assert "Nghia" not in history
        second.start()
        second.press("1")
        second.nothing_left()
        second.all_sent()

        third.start()
        expect(third.page.locator(".opinions")).to_contain_text("Tran Van Nghia")
        expect(third.page.locator(".opinions")).to_contain_text("Đàm Mai Hiền")
        assert third.visitor.axe() == []
        third.press("1")
        third.nothing_left()
        third.all_sent()
        values = [(person, value) for _, person, _, value in decisions(desk, document)]
        assert values == [("an", "Tran Van Nghia"), ("binh", "Đàm Mai Hiền"), ("cuong", "Đàm Mai Hiền")]
        _, record, _ = desk.context.desk.document(_person(desk), document)
        assert next(field.value for field in record.fields if field.name == "full_name") == "Đàm Mai Hiền"


def _person(desk: DeskServer) -> Person:
    return Person(login="an", offices=("",), roles=frozenset({"reviewer"}))
