"""The search page on the wire: who finds what, what is noted, what can be taken away."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.integration.service.conftest import Desk
from tests.integration.service.page_desk import HTML, hidden, visible_text
from tests.making.desk_home import CERTIFICATE, HOUSEHOLD, DeskHome

CHILD = "Đàm Mai Hiền"


@pytest.fixture
def filled(desk: Desk) -> Iterator[Desk]:
    """Two specimens stored in batch."""
    home = DeskHome(folder=desk.home, catalogue=desk.catalogue, objects=desk.objects, clock=desk.clock)
    home.add(CERTIFICATE, book="so-3")
    home.add(HOUSEHOLD, book="so-4")
    yield desk


def come(desk: Desk, login: str, *roles: str, office: str = "hn-01") -> None:
    home = DeskHome(folder=desk.home, catalogue=desk.catalogue, objects=desk.objects, clock=desk.clock)
    home.person(login, *roles, keys=desk.context.keys, office=office)
    with desk.context.store.read() as tables:
        user = tables.users.by_login(login)
    assert user is not None
    desk.http.cookies.set("hotich", desk.context.accounts.begin(user).token)


def search(desk: Desk, **asked: str) -> object:
    given = hidden(desk.http.get("/ban-duyet/tim", headers=HTML).text)
    return desk.http.post("/ban-duyet/tim", data={"csrf": given["csrf"], **asked}, headers=HTML)


def found(answer: object) -> list[str]:
    return re.findall(r'<p class="what"><a href="/ban-duyet/giay/([0-9a-f]{32})"', answer.text)  # type: ignore[attr-defined]


def test_a_paper_is_found_by_a_name_without_marks_and_opened(filled: Desk) -> None:
    come(filled, "lan", "archivist")
    answer = search(filled, name="dam mai hien")
    assert CHILD in visible_text(answer)
    (document_id,) = found(answer)
    assert filled.http.get(f"/ban-duyet/giay/{document_id}", headers=HTML).status_code == 200
    record = filled.http.get(f"/ban-duyet/giay/{document_id}/ho-so.json", headers=HTML)
    assert record.json()["fields"]["full_name"]["value"] == CHILD


def test_what_is_looked_for_stands_in_no_address_and_no_log(filled: Desk) -> None:
    come(filled, "lan", "archivist")
    answer = search(filled, name=CHILD, purpose="trích lục")
    assert str(answer.url).endswith("/ban-duyet/tim")  # type: ignore[attr-defined]
    with filled.context.store.read() as tables:
        entries = tables.reads.entries()
    searched = [entry for entry in entries if entry.action == "archive.searched"]
    assert len(searched) == 1 and searched[0].purpose == "trích lục" and searched[0].actor == "user:lan"
    assert [entry.action for entry in entries].count("archive.found") == 1
    assert not [entry for entry in entries if "hien" in entry.subject.lower() or CHILD in entry.subject]


def test_another_office_finds_nothing_of_this_one(filled: Desk) -> None:
    with filled.catalogue.unit() as unit:
        unit.search.of_office([one.document_id for one in filled.catalogue.all_documents()], "dn-02")
        unit.commit()
    come(filled, "lan", "archivist", "reviewer")
    assert found(search(filled, name=CHILD)) == []
    come(filled, "hoa", "archivist", office="dn-02")
    assert len(found(search(filled, name=CHILD))) == 1


@pytest.mark.parametrize("roles", [("submitter",), ()])
def test_people_without_work_at_the_desk_find_nothing(filled: Desk, roles: tuple[str, ...]) -> None:
    if roles:
        come(filled, "nam", *roles)
        assert filled.http.get("/ban-duyet/tim", headers=HTML).status_code == 403
    else:
        assert filled.http.get("/ban-duyet/tim", headers=HTML, follow_redirects=False).status_code == 303


def test_a_form_from_elsewhere_searches_nothing(filled: Desk) -> None:
    come(filled, "lan", "archivist")
    answer = filled.http.post("/ban-duyet/tim", data={"csrf": "x", "name": CHILD}, headers=HTML)
    assert answer.status_code == 403


def test_what_was_found_is_exported_by_those_who_may(filled: Desk) -> None:
    come(filled, "lan", "archivist")
    table = search(filled, book="so-3", xuat="csv")
    assert table.status_code == 200 and CHILD in table.content.decode("utf-8-sig")  # type: ignore[attr-defined]
    assert "attachment" in table.headers["content-disposition"]  # type: ignore[attr-defined]
    assert list((filled.home / "tray" / "exports").iterdir()) == []
    assert any(entry.action == "documents.exported:csv:1" for entry in filled.catalogue.audit_entries())
    come(filled, "an", "reviewer")
    assert search(filled, book="so-3", xuat="csv").status_code == 403  # type: ignore[attr-defined]


def test_a_date_that_is_none_is_said_on_the_page(filled: Desk) -> None:
    come(filled, "lan", "archivist")
    answer = search(filled, date="31/13/1990")
    assert answer.status_code == 422 and "15/3/1990" in visible_text(answer)  # type: ignore[attr-defined]


def test_everything_is_listed_where_nothing_is_asked_and_status_narrows_it(filled: Desk) -> None:
    come(filled, "lan", "archivist")
    assert len(found(search(filled))) == 2
    assert found(search(filled, status="rejected")) == []
    assert len(found(search(filled, document_type="household_book"))) == 1
