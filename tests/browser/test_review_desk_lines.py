"""What goes wrong between browser and desk: a dead network, lost answers, closed tabs, others at the same item."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.browser.conftest import Visitor
from tests.browser.desk_clerk import Clerk, all_decisions, decisions
from tests.browser.desk_server import DeskServer
from tests.making.desk_home import CERTIFICATE

Come = Callable[..., Visitor]
_LOOK = "() => document.dispatchEvent(new Event('visibilitychange'))"


@pytest.fixture
def document(desk: DeskServer) -> str:
    """A certificate with seven doubtful names and dates; two clerks, An and Bình."""
    desk.person("an")
    desk.person("binh")
    stored = desk.home.add(CERTIFICATE, doubt=lambda name: name.endswith(("full_name", "birth", "year")))
    desk.take_in()
    return stored.document_id


def _unsent(page: Page, count: int) -> None:
    expect(page.locator("[data-unsent]")).to_contain_text(f"{count} quyết định chưa gửi")


def test_a_dead_network_loses_no_decision_and_sends_none_twice(desk: DeskServer, come: Come, document: str) -> None:
    clerk = Clerk(come(desk, "an"))
    tried: list[Any] = []

    def finished(request: Request) -> None:
        if request.url.endswith("/desk/decisions"):
            tried.append(request)

    clerk.page.on("requestfinished", finished)
    clerk.start()
    clerk.press("Enter")
    clerk.all_sent()
    clerk.visitor.context.set_offline(True)
    for _ in range(3):
        item = clerk.at()
        clerk.press("Enter")
        clerk.moved_on(item)  # work goes on with what was claimed ahead
    _unsent(clerk.page, 3)
    assert len(all_decisions(desk)) == 1
    clerk.visitor.context.set_offline(False)
    clerk.all_sent()
    assert len(set(all_decisions(desk))) == len(all_decisions(desk)) == 4
    assert len(tried) == 4
    assert len(decisions(desk, document)) == 4


def test_a_lost_answer_is_asked_for_with_the_same_decision(desk: DeskServer, come: Come, document: str) -> None:
    clerk = Clerk(come(desk, "an"))
    sent: list[str] = []

    def lose_the_first(route: Route) -> None:
        body = route.request.post_data_json
        assert body is not None
        sent.append(body["decision_id"])
        if len(sent) == 1:
            route.fetch()  # it came through, and nobody heard
            route.abort()
        else:
            route.continue_()

    clerk.page.route("**/desk/decisions", lose_the_first)
    clerk.start()
    clerk.press("Enter")
    clerk.at()
    clerk.all_sent()
    assert len(sent) == 2
    assert sent[0] == sent[1]
    assert all_decisions(desk) == [sent[0]]


def test_what_a_closed_tab_had_not_sent_goes_out_from_the_next_page(
    desk: DeskServer, come: Come, document: str
) -> None:
    clerk = Clerk(come(desk, "an"))
    clerk.start()
    clerk.visitor.context.set_offline(True)
    clerk.press("Enter")
    _unsent(clerk.page, 1)
    clerk.page.close()
    assert all_decisions(desk) == []
    clerk.visitor.context.set_offline(False)
    clerk.visitor.page = clerk.visitor.context.new_page()
    clerk.visitor.open("/ban-duyet")
    clerk.all_sent()
    assert len(all_decisions(desk)) == 1


def test_signed_out_in_between_nothing_is_lost(desk: DeskServer, come: Come, document: str) -> None:
    clerk = Clerk(come(desk, "an"))
    clerk.start()
    cookies: Any = clerk.visitor.context.cookies()
    clerk.visitor.context.clear_cookies()
    clerk.press("Enter")
    expect(clerk.page.locator(".notice")).to_contain_text("đăng nhập lại")
    _unsent(clerk.page, 1)
    assert clerk.visitor.axe() == []
    clerk.visitor.context.add_cookies(cookies)
    clerk.page.evaluate("() => window.dispatchEvent(new Event('focus'))")
    clerk.all_sent()
    assert len(all_decisions(desk)) == 1


def test_nobody_sends_what_another_decided_in_the_same_browser(desk: DeskServer, come: Come, document: str) -> None:
    clerk = Clerk(come(desk, "an"))
    clerk.start()
    context = clerk.visitor.context
    hers: Any = context.cookies()
    context.add_cookies([{"name": "hotich", "value": desk.session("binh"), "url": desk.origin}])
    clerk.press("Enter")
    expect(clerk.page.locator(".notice")).to_contain_text("đăng nhập lại")
    _unsent(clerk.page, 1)
    assert all_decisions(desk) == []
    context.add_cookies(hers)
    clerk.page.evaluate("() => window.dispatchEvent(new Event('focus'))")
    clerk.all_sent()
    assert [person for _, person, _, _ in decisions(desk, document)] == ["an"]


def test_of_two_who_decide_one_item_the_second_is_told_and_works_on(
    desk: DeskServer, come: Come, document: str
) -> None:
    first, second = Clerk(come(desk, "an")), Clerk(come(desk, "binh"))
    item = first.start()
    desk.clock.advance(timedelta(minutes=5))  # An was away: the lease ran out
    assert second.start().item == item.item
    second.press("1" if not item.digits else "Alt+1")
    second.all_sent()
    with first.page.expect_response("**/desk/decisions") as answer:
        first.press("Enter")
    assert answer.value.status == 409
    expect(first.page.locator(".notice.taken")).to_contain_text("người khác đã quyết định")
    assert first.visitor.axe() == []
    assert [person for _, person, _, _ in decisions(desk, document)] == ["binh"]
    assert first.page.locator("[data-done]").inner_text() == "0"


def test_a_lease_that_is_lost_takes_the_item_off_the_page(desk: DeskServer, come: Come, document: str) -> None:
    first, second = Clerk(come(desk, "an")), Clerk(come(desk, "binh"))
    item = first.start()
    desk.clock.advance(timedelta(minutes=5))
    assert second.start().item == item.item
    first.page.evaluate(_LOOK)  # An looks at the page again
    expect(first.page.locator(".notice.taken")).to_contain_text("đã chuyển cho người khác")
    second.press("Enter")
    second.all_sent()
    assert len(all_decisions(desk)) == 1


def test_two_tabs_of_one_person_never_hold_the_same_item(desk: DeskServer, come: Come, document: str) -> None:
    clerk = Clerk(come(desk, "an"))
    for copy in range(1, 21):
        desk.home.add(CERTIFICATE, copy=copy, doubt=["full_name"])
    desk.take_in()
    first = clerk.start()
    with clerk.visitor.context.expect_page() as opened:
        clerk.page.evaluate("() => window.open(location.href)")  # a copy of the tab, with its session storage
    other = Clerk(Visitor(context=clerk.visitor.context, page=opened.value, origin=desk.origin))
    two = other.at()
    assert first.item != two.item
    seen = [first.item, two.item]
    for tab in (clerk, other, clerk, other):
        before = tab.at()
        tab.press("Enter")
        tab.moved_on(before)
        seen.append(tab.at().item)
    clerk.all_sent()
    assert len(set(seen)) == len(seen)
    assert len(set(all_decisions(desk))) == len(all_decisions(desk)) == 4


def test_whoever_leaves_gives_the_items_back_at_once(desk: DeskServer, come: Come, document: str) -> None:
    first, second = Clerk(come(desk, "an")), Clerk(come(desk, "binh"))
    item = first.start()
    first.visitor.open("/ban-duyet")
    while _held(desk, item.item):
        first.page.wait_for_timeout(10)  # the request that gives back outlives its page
    assert second.start().item == item.item


def _held(desk: DeskServer, item: str) -> bool:
    with desk.context.reviews.read() as tables:
        queued = tables.queue.item(item)
    return queued is not None and queued.holder is not None
