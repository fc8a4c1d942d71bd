"""The overview's pages: figures of the person's own office, links to what is behind them, tables to take away."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from service.people.access import cookie_name
from tests.contract.storage.test_desk_statistics import NOW, Rows
from tests.integration.service.conftest import Desk
from tests.integration.service.page_desk import visible_text

HTML = {"Accept": "text/html"}


@dataclass
class Office:
    """The desk's service with people of an office, and rows written straight into its tables."""

    desk: Desk

    def sign_in(self, login: str, *roles: str, office: str = "00001") -> None:
        accounts = self.desk.context.accounts
        accounts.add_by_subject(login, name=login, office=office, roles=list(roles), oidc_subject=login)
        with self.desk.context.store.read() as tables:
            user = tables.users.by_login(login)
        assert user is not None
        self.desk.http.cookies.set(cookie_name(self.desk.context), accounts.begin(user).token)

    def write(self, fill: Any) -> None:
        with self.desk.catalogue.database.write() as connection:
            fill(Rows(connection))

    def get(self, path: str) -> Any:
        return self.desk.http.get(path, headers=HTML, follow_redirects=False)

    def table(self, name: str, query: str = "period=7") -> list[list[str]]:
        answer = self.get(f"/ban-duyet/tong-quan/{name}.csv?{query}")
        assert answer.status_code == 200, answer.text
        return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


@pytest.fixture
def office(desk: Desk) -> Iterator[Office]:
    assert desk.clock() == NOW
    yield Office(desk)


def links(page: str) -> list[str]:
    return [html.unescape(href) for href in re.findall(r'href="(/ban-duyet/muc[^"]*)"', page)]


def a_busy_office(rows: Rows) -> None:
    """Three wait; two reviewers decided four, one sample of three was wrong."""
    for days in (0.2, 2, 40):
        rows.item(opened_h=24 * days)
    rows.decided("lan", item={"result": "correct"}, choice="correct", keys=6, seconds=4.0, upheld=True)
    rows.decided("lan", seconds=2.0)
    rows.decided("mai", hours=30, item={"done_h": 30})
    rows.decided("mai", item={"kind": "seed", "wrong": True})
    rows.item(kind="sample", done_h=2, wrong=True)
    rows.item(kind="sample", done_h=2, wrong=False)
    rows.item(kind="sample", done_h=2, wrong=False, field_class="date")


def test_whoever_is_not_signed_in_is_led_there_and_back(office: Office) -> None:
    answer = office.get("/ban-duyet/tong-quan?period=30")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/dang-nhap?toi=/ban-duyet/tong-quan%3Fperiod%3D30"


def test_who_only_hands_in_has_nothing_to_see_here(office: Office) -> None:
    office.sign_in("nop", "submitter")
    for path in ("/ban-duyet/tong-quan", "/ban-duyet/tong-quan/people.csv", "/ban-duyet/muc"):
        assert office.get(path).status_code == 403


def test_an_empty_desk_says_that_nothing_is_known(office: Office) -> None:
    office.sign_in("kiem", "auditor")
    shown = visible_text(office.get("/ban-duyet/tong-quan"))
    assert "Không còn mục nào đang chờ." in shown
    assert "Chưa có mẫu kiểm tra trong thời gian này." in shown


def test_the_figures_are_told(office: Office) -> None:
    office.write(a_busy_office)
    office.sign_in("kiem", "auditor")
    shown = visible_text(office.get("/ban-duyet/tong-quan"))
    assert "Đang chờ Waiting 3" in shown
    assert "3 mục đang chờ, 3 mục đã xong trong 2 ngày qua" in shown
    assert "Còn khoảng 2,0 ngày" in shown
    assert "Đo được 33,3 % (0,8 % – 90,6 %) trên 3 mục. Mẫu còn ít, chưa kết luận được." in shown


def test_without_any_speed_nothing_is_forecast(office: Office) -> None:
    office.write(lambda rows: rows.item())
    office.sign_in("kiem", "auditor")
    assert "nên chưa dự báo được" in visible_text(office.get("/ban-duyet/tong-quan"))


def test_a_broken_promise_is_said(office: Office) -> None:
    office.write(lambda rows: [rows.item(kind="sample", done_h=2, wrong=n < 9) for n in range(100)])
    office.sign_in("kiem", "auditor")
    assert "Cam kết bị vượt." in visible_text(office.get("/ban-duyet/tong-quan"))


def test_each_period_counts_its_own(office: Office) -> None:
    office.write(a_busy_office)
    office.sign_in("kiem", "auditor")
    assert sum(int(row[1]) for row in office.table("throughput", "period=1")[1:]) == 3
    days = office.table("throughput", "period=7")[1:]
    assert [row for row in days if row[1] != "0"] == [["20/11", "1"], ["21/11", "3"]]
    assert len(office.table("throughput", "period=30")) == 31


def test_a_reviewer_sees_no_other_persons_line(office: Office) -> None:
    office.write(a_busy_office)
    office.sign_in("lan", "reviewer")
    page = office.get("/ban-duyet/tong-quan")
    assert "Bạn chỉ thấy số liệu của mình." in visible_text(page)
    assert "mai" not in visible_text(page)
    assert [row[0] for row in office.table("people")[1:]] == ["lan"]


def test_what_one_person_sees_is_not_kept_for_another(office: Office) -> None:
    office.write(a_busy_office)
    office.sign_in("kiem", "auditor")
    assert [row[0] for row in office.table("people")[1:]] == ["lan", "mai"]
    office.sign_in("lan", "reviewer")
    assert [row[0] for row in office.table("people")[1:]] == ["lan"]
    office.sign_in("xa", "auditor", office="00002")
    assert office.table("people")[1:] == []


def test_people_are_measured(office: Office) -> None:
    office.write(a_busy_office)
    office.sign_in("kiem", "auditor")
    assert office.table("people")[1:] == [
        ["lan", "2", "3", "3.5", "0.5", "1", ""],
        ["mai", "2", "2", "1", "0", "", "1"],
    ]
    by_class = office.table("people", "period=7&by=class")
    assert by_class[1][:3] == ["lan", "Họ tên", "2"]


def test_another_office_sees_nothing_of_it(office: Office) -> None:
    office.write(a_busy_office)
    office.sign_in("xa", "auditor", office="00002")
    assert "Đang chờ Waiting 0" in visible_text(office.get("/ban-duyet/tong-quan"))
    assert "Không có mục nào." in visible_text(office.get("/ban-duyet/muc?state=all"))


def test_every_number_leads_to_a_list_of_its_items(office: Office) -> None:
    office.write(a_busy_office)
    office.sign_in("kiem", "auditor")
    hrefs = links(office.get("/ban-duyet/tong-quan?by=class").text)
    assert len(hrefs) > 20
    for href in set(hrefs):
        answer = office.get(href)
        assert answer.status_code == 200, href
        assert answer.text.count("<tr>") <= 101


def test_the_list_behind_a_number_is_as_long_as_the_number(office: Office) -> None:
    office.write(a_busy_office)
    office.sign_in("kiem", "auditor")
    page = office.get("/ban-duyet/tong-quan").text
    pairs = re.findall(r'<a href="(/ban-duyet/muc[^"]*)"><span class="vi">(\d+)</span>', page)
    assert len(pairs) > 15
    for href, count in pairs:
        listed = office.get(html.unescape(href)).text
        assert listed.count('<th scope="row">') == int(count), href


def test_a_list_shows_no_value_and_leads_to_paper_and_history(office: Office) -> None:
    office.write(lambda rows: rows.item(document_id="a" * 32, truth="Bí Mật"))
    office.sign_in("lan", "reviewer")
    page = office.get("/ban-duyet/muc?state=open").text
    assert "Bí Mật" not in page
    assert f'href="/ban-duyet/giay/{"a" * 32}"' in page
    assert f'href="/ban-duyet/lich-su/{"a" * 32}?field=full_name"' in page


@pytest.mark.parametrize("query", ["kind=seed", "kind=sample", "wrong=1", "by_people=0", "person=mai", "kind=doubt"])
def test_a_reviewer_learns_neither_why_something_was_asked_nor_what_others_did(office: Office, query: str) -> None:
    office.sign_in("lan", "reviewer")
    assert office.get(f"/ban-duyet/muc?state=done&{query}").status_code == 403
    assert "kind=" not in office.get("/ban-duyet/tong-quan").text


def test_open_samples_are_told_to_nobody(office: Office) -> None:
    office.write(lambda rows: rows.item(kind="sample"))
    office.sign_in("kiem", "auditor", "admin")
    assert "Không có mục nào." in visible_text(office.get("/ban-duyet/muc?state=open&kind=sample"))


@pytest.mark.parametrize("query", ["state=lost", "stage=4", "kind=paper", "period=8", "day=2026-13-01", "trang=0"])
def test_filters_that_there_are_not_are_refused(office: Office, query: str) -> None:
    office.sign_in("kiem", "auditor")
    assert office.get(f"/ban-duyet/muc?{query}").status_code == 422


def test_long_lists_are_turned_over(office: Office) -> None:
    office.write(lambda rows: [rows.item() for _ in range(130)])
    office.sign_in("kiem", "auditor")
    first, second = office.get("/ban-duyet/muc?state=open"), office.get("/ban-duyet/muc?state=open&trang=2")
    assert (first.text.count('<th scope="row">'), second.text.count('<th scope="row">')) == (100, 30)
    assert "/ban-duyet/muc?state=open&amp;trang=2" in first.text


def test_tables_for_spreadsheets_hold_no_formulas_and_begin_with_the_mark(office: Office) -> None:
    office.write(lambda rows: rows.item(book='=HYPERLINK("x")'))
    office.sign_in("kiem", "auditor")
    answer = office.get("/ban-duyet/tong-quan/backlog-book.csv")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert answer.headers["content-disposition"] == 'attachment; filename="backlog-book.csv"'
    assert office.table("backlog-book")[1][0] == '\'=HYPERLINK("x")'


def test_there_is_no_table_of_another_name(office: Office) -> None:
    office.sign_in("kiem", "auditor")
    assert office.get("/ban-duyet/tong-quan/users.csv").status_code == 404


def test_the_page_needs_no_style_or_script_of_its_own(office: Office) -> None:
    office.write(a_busy_office)
    office.sign_in("kiem", "auditor")
    page = office.get("/ban-duyet/tong-quan").text
    assert not re.search(r"<[^>]*\sstyle=|<script(?![^>]*src=)|\son\w+=|<style", page)


def test_a_plot_says_what_it_shows(office: Office) -> None:
    office.write(a_busy_office)
    office.sign_in("kiem", "auditor")
    page = office.get("/ban-duyet/tong-quan").text
    for drawing in re.findall(r"<svg.*?</svg>", page, re.DOTALL):
        named = re.search(r'role="img" aria-labelledby="(\S+) (\S+)"', drawing)
        assert named is not None
        assert f'<title id="{named[1]}">' in drawing
        assert f'<desc id="{named[2]}">' in drawing


def test_it_is_counted_anew_after_a_minute(office: Office) -> None:
    office.sign_in("kiem", "auditor")
    assert "Đang chờ Waiting 0" in visible_text(office.get("/ban-duyet/tong-quan"))
    office.write(lambda rows: rows.item())
    assert "Đang chờ Waiting 0" in visible_text(office.get("/ban-duyet/tong-quan"))
    office.desk.clock.advance(timedelta(seconds=61))
    assert "Đang chờ Waiting 1" in visible_text(office.get("/ban-duyet/tong-quan"))
