"""An administrator moves what is in nobody's queue to an office that has people, by the page."""

from __future__ import annotations

import re
from typing import Any

import pytest

from service.people.reviewers import person_of
from storage.review import Filters
from storage.review.stranded import find_stranded
from tests.integration.service.conftest import Desk
from tests.integration.service.office_people import come, get, papers_of, post
from tests.integration.service.page_desk import visible_text

PAGE = "/ban-duyet/khong-ai-thay"


@pytest.fixture
def stranded(desk: Desk) -> Desk:
    """Two open items of an office whose only reviewer works elsewhere; an administrator is there."""
    papers = papers_of(desk)
    papers.add(doubt=["full_name", "mother_full_name"])
    desk.context.desk.catch_up()
    papers.person("an", "reviewer", keys=desk.context.keys, office="moi")
    with desk.context.reviews.write() as tables:
        tables.connection.exec_driver_sql("UPDATE review_items SET office = 'cu'")
    come(desk, "quan", "admin")
    return desk


def confirmed(desk: Desk, to: str) -> dict[str, str]:
    asked = post(desk, PAGE, to=to).text
    return dict(re.findall(r'<input type="hidden" name="(to|seen|sure)" value="([^"]*)">', asked))


def waiting(desk: Desk, login: str) -> Any:
    come(desk, login)
    session = desk.context.accounts.session(desk.http.cookies["hotich"])
    assert session is not None
    person = person_of(session, home_office="")
    return sum(lane.count for lane in desk.context.desk.lanes(person, Filters()))


def test_the_queue_tells_the_administrator_what_nobody_sees(stranded: Desk) -> None:
    assert "2 việc đang mở mà không ai thấy được" in visible_text(get(stranded, "/ban-duyet"))
    assert "chưa có người duyệt đang hoạt động" in visible_text(get(stranded, PAGE))


def test_a_confirmed_move_gives_them_to_the_office_and_is_in_the_log(stranded: Desk) -> None:
    form = confirmed(stranded, "moi")
    assert form["sure"] == "1"
    answer = post(stranded, PAGE, **form)
    assert "Đã chuyển 2 mục, 0 hồ sơ" in visible_text(answer)
    assert waiting(stranded, "an") == 2
    [entry] = [one for one in stranded.catalogue.audit_entries() if one.action == "desk.moved"]
    assert (entry.actor, entry.subject.startswith("office:moi (2 items")) == ("quan", True)


def test_nothing_is_moved_before_it_was_confirmed(stranded: Desk) -> None:
    asked = visible_text(post(stranded, PAGE, to="moi"))
    assert "Chuyển 2 mục và 0 hồ sơ đến" in asked
    with stranded.context.reviews.read() as tables:
        assert len(find_stranded(tables.connection, "")[0].items) == 2


def test_what_was_not_seen_is_not_moved(stranded: Desk) -> None:
    form = confirmed(stranded, "moi")
    papers_of(stranded).add(doubt=["full_name"], copy=1)
    stranded.context.desk.catch_up()
    with stranded.context.reviews.write() as tables:
        tables.connection.exec_driver_sql("UPDATE review_items SET office = 'cu'")
    answer = post(stranded, PAGE, **form)
    assert answer.status_code == 409
    assert "Danh sách vừa thay đổi" in visible_text(answer)


def test_only_administrators_see_and_move_it(stranded: Desk) -> None:
    form = confirmed(stranded, "moi")
    come(stranded, "kiem", "auditor")
    assert "không ai thấy được" not in visible_text(get(stranded, "/ban-duyet"))
    assert get(stranded, PAGE).status_code == 403
    assert post(stranded, PAGE, "/ban-duyet", **form).status_code == 403
