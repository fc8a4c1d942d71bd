"""The desk's pages and routes without a browser: who gets in, whose papers, what a second person learns, forgeries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from pipeline.domain.model import Continuation
from service.wire.keys import Keys
from storage.review.review_items import CurrentDocument, ReviewItems
from tests.integration.service.conftest import MASTER, Desk, open_desk
from tests.integration.service.page_desk import HTML, hidden, visible_text
from tests.making.clock import Clock
from tests.making.desk_home import CERTIFICATE, PASSWORD, PEN_CERTIFICATE, DeskHome, copy_of, sure, truths

TAB, OTHER_TAB = "a" * 32, "b" * 32


@dataclass
class Office:
    """A desk with one certificate: its name and its mother's name are doubtful, the name for two people."""

    desk: Desk
    home: DeskHome
    document: str
    people: dict[str, TestClient] = field(default_factory=dict)

    def sign_in(self, login: str, *roles: str, office: str = "") -> TestClient:
        """A browser of somebody's own, signed in by the page."""
        if login not in self.people:
            self.home.person(login, *(roles or ("reviewer",)), keys=Keys(master=MASTER), office=office)
            self.people[login] = TestClient(self.desk.http.app, raise_server_exceptions=False)
            answer = sign_in(self, self.people[login], login)
            assert answer.status_code == 303, visible_text(answer)
        return self.people[login]

    def send(self, login: str, path: str, **body: Any) -> Any:
        client = self.sign_in(login)
        csrf = client.get("/auth/me").json()["csrf"]
        return client.post(path, json=body, headers={"Hotich-Csrf": csrf})

    def claim(self, login: str, **filters: Any) -> list[dict[str, str]]:
        answer = self.send(login, "/desk/claims", tab=TAB, **filters)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, str]] = answer.json()["items"]
        return items

    def decide(self, login: str, item: dict[str, str], decision_id: str, **more: Any) -> Any:
        body = {"decision_id": decision_id, "item_id": item["item_id"], "lease": item["lease"], "tab": TAB}
        return self.send(login, "/desk/decisions", **body, **more)

    def form(self, login: str, path: str, data: dict[str, str], page: str) -> Any:
        client = self.sign_in(login)
        csrf = hidden(client.get(page, headers=HTML).text)["csrf"]
        return client.post(path, data={"csrf": csrf, **data}, headers=HTML)


def sign_in(office: Office, client: TestClient, login: str, *, toi: str = "", **changed: str) -> Any:
    given = hidden(client.get("/dang-nhap", params={"toi": toi}, headers=HTML).text)
    data = {**given, "login": login, "password": PASSWORD, "totp": office.home.code(login), **changed}
    return client.post("/dang-nhap", data=data, headers=HTML, follow_redirects=False)


@pytest.fixture
def office(home: Path, clock: Clock) -> Iterator[Office]:
    desk = open_desk(home, clock=clock)
    papers = DeskHome(folder=home, catalogue=desk.catalogue, objects=desk.objects, clock=clock)
    stored = papers.add(CERTIFICATE, doubt=["full_name", "mother_full_name"])
    with desk.http:
        desk.context.desk.catch_up()
        yield Office(desk, papers, stored.document_id)
    desk.context.parts.tray.close()
    desk.catalogue.close()


def test_whoever_is_not_signed_in_is_led_to_the_form_and_back(office: Office) -> None:
    asked = "/ban-duyet/lam?field_class=name"
    answer = office.desk.http.get(asked, headers=HTML, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/dang-nhap?toi=/ban-duyet/lam%3Ffield_class%3Dname",
    )
    office.home.person("an", "reviewer", keys=Keys(master=MASTER))
    assert sign_in(office, office.desk.http, "an", toi=asked).headers["location"] == asked


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org", "/ban-duyet@example.org", "/nop"])
def test_signing_in_leads_nowhere_else(office: Office, elsewhere: str) -> None:
    office.home.person("an", "reviewer", keys=Keys(master=MASTER))
    assert sign_in(office, office.desk.http, "an", toi=elsewhere).headers["location"] == "/ban-duyet"


def test_a_wrong_password_and_a_wrong_code_look_alike(office: Office) -> None:
    office.home.person("an", "reviewer", keys=Keys(master=MASTER))
    wrong = [
        sign_in(office, office.desk.http, "an", password="x" * 20),
        sign_in(office, office.desk.http, "an", totp="0"),
    ]
    assert [answer.status_code for answer in wrong] == [401, 401]
    assert visible_text(wrong[0]) == visible_text(wrong[1])
    assert PASSWORD not in wrong[1].text


def test_another_site_can_sign_nobody_in_or_out(office: Office) -> None:
    client = office.sign_in("an")
    assert sign_in(office, client, "an", csrf="0" * 64).status_code == 403
    assert client.post("/dang-xuat", data={"csrf": "0" * 64}, headers=HTML).status_code == 403
    assert client.get("/auth/me").status_code == 200
    csrf = client.get("/auth/me").json()["csrf"]
    client.post("/dang-xuat", data={"csrf": csrf}, headers=HTML)
    assert client.get("/auth/me").status_code == 401


def test_a_form_without_the_session_s_token_changes_nothing(office: Office) -> None:
    client = office.sign_in("an")
    data = {"field": "sex", "text": "Nam", "reason": "thử"}
    for token in ({}, {"csrf": "0" * 64}):
        answer = client.post(f"/ban-duyet/giay/{office.document}/sua", data=data | token, headers=HTML)
        assert answer.status_code == 403
    assert client.post("/desk/claims", json={"tab": TAB}).status_code == 403


def test_the_desk_is_for_reviewers_and_auditors(office: Office) -> None:
    assert office.sign_in("nop", "submitter").get("/ban-duyet", headers=HTML).status_code == 403
    assert office.send("nop", "/desk/claims", tab=TAB).status_code == 403
    auditor = office.sign_in("kiem", "auditor")
    assert auditor.get("/ban-duyet", headers=HTML).status_code == 200
    answer = office.form(
        "kiem", f"/ban-duyet/giay/{office.document}/sua", {"field": "sex", "text": "Nam", "reason": "x"}, "/ban-duyet"
    )
    assert answer.status_code == 403


def test_another_office_s_papers_are_not_there(office: Office) -> None:
    object.__setattr__(office.desk.context.parts, "home_office", "00001")
    stranger = office.sign_in("la", office="00002")
    own = office.sign_in("an", office="00001")
    document = office.document
    for path in (
        f"/ban-duyet/giay/{document}",
        f"/ban-duyet/lich-su/{document}",
        f"/ban-duyet/giay/{document}/trang/1.jpg",
    ):
        assert stranger.get(path, headers=HTML).status_code == 404
    assert office.claim("la") == []
    assert own.get("/ban-duyet", headers=HTML).status_code == 200


def alike_on(page: str) -> list[str]:
    return re.findall(r'href="/ban-duyet/giay/([0-9a-f]{32})">(?:(?!</a>).)*cùng một giấy tờ', page)


def test_a_paper_leads_to_another_of_the_same_act_and_back(office: Office) -> None:
    second = office.home.add(CERTIFICATE, copy=1)
    office.home.add(PEN_CERTIFICATE)
    office.desk.context.desk.catch_up()
    own = office.sign_in("an")
    pages = {one: own.get(f"/ban-duyet/giay/{one}", headers=HTML).text for one in (office.document, second.document_id)}
    assert {one: alike_on(page) for one, page in pages.items()} == {
        office.document: [second.document_id],
        second.document_id: [office.document],
    }


def test_nobody_is_led_to_another_office_s_paper_of_the_same_act(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = office.home.add(CERTIFICATE, copy=1)
    office.desk.context.desk.catch_up()
    real = ReviewItems.document

    def document(items: ReviewItems, document_id: str) -> CurrentDocument | None:
        found = real(items, document_id)
        return replace(found, office="00002") if found and document_id == second.document_id else found

    monkeypatch.setattr(ReviewItems, "document", document)
    page = office.sign_in("an").get(f"/ban-duyet/giay/{office.document}", headers=HTML)
    assert (page.status_code, alike_on(page.text)) == (200, [])


def test_a_decision_counts_once_however_often_it_comes(office: Office) -> None:
    item = next(claimed for claimed in office.claim("an") if 'data-field="mother_full_name"' in claimed["html"])
    first, again = (office.decide("an", item, "1" * 32, choice="correct", text="Cao Hải Uyên") for _ in range(2))
    assert (first.status_code, first.json()["repeated"], first.json()["said"]["vi"]) == (200, False, "Cao Hải Uyên")
    assert (again.status_code, again.json()["repeated"]) == (200, True)


def test_an_item_that_somebody_else_took_is_a_conflict(office: Office) -> None:
    [item, *_] = office.claim("an", field="mother_full_name")
    office.desk.clock.advance(timedelta(minutes=5))
    [theirs, *_] = office.claim("binh", field="mother_full_name")
    assert theirs["item_id"] == item["item_id"]
    assert office.decide("an", item, "1" * 32, choice="accept").status_code == 409
    assert office.decide("binh", theirs, "2" * 32, choice="accept").status_code == 200


def test_a_second_person_learns_nothing_of_the_first_s_value(office: Office) -> None:
    [item] = office.claim("an", field="full_name")
    assert office.decide("an", item, "1" * 32, choice="correct", text="Trần Văn Nghĩa").json()["state"] == "second"
    second = office.sign_in("binh")
    [theirs] = office.claim("binh", field="full_name")
    seen = [theirs["html"], second.get(f"/desk/items/{theirs['item_id']}/view.json").text]
    seen += [
        second.get(path, headers=HTML).text
        for path in ("/ban-duyet", f"/ban-duyet/giay/{office.document}", f"/ban-duyet/lich-su/{office.document}")
    ]
    assert not [text for text in seen if "Nghĩa" in text]
    assert "quyết định" in seen[-1]


def test_nobody_is_told_why_an_item_is_asked(office: Office) -> None:
    for item in office.claim("an"):
        view = office.sign_in("an").get(f"/desk/items/{item['item_id']}/view.json").json()
        assert not {"kind", "truth", "scheme", "priority"} & set(view)
        assert not [word for word in ("doubt", "sample", "seed", "reopened") if f'"{word}"' in item["html"]]


def test_a_value_is_corrected_with_a_reason_and_not_without(office: Office) -> None:
    path, page = f"/ban-duyet/giay/{office.document}/sua", f"/ban-duyet/giay/{office.document}"
    without = office.form("an", path, {"field": "father_ethnicity", "text": "Tày"}, page)
    assert without.status_code == 422
    assert "Cần ghi lý do" in visible_text(without)
    assert 'value="Tày"' in without.text  # nothing typed is lost
    answer = office.form("an", path, {"field": "father_ethnicity", "text": "Tày", "reason": "đọc nhầm"}, page)
    assert "Đã ghi bản sửa" in visible_text(answer)
    history = office.sign_in("an").get(
        f"/ban-duyet/lich-su/{office.document}", params={"field": "father_ethnicity"}, headers=HTML
    )
    assert "đọc nhầm" in visible_text(history)


def test_markup_in_what_was_typed_is_shown_as_text(office: Office) -> None:
    [item, *_] = office.claim("an", field="mother_full_name")
    office.decide("an", item, "1" * 32, choice="correct", text="<b>Cao</b>", comment="<i>x</i>", insist=True)
    history = office.sign_in("an").get(f"/ban-duyet/lich-su/{office.document}", headers=HTML)
    assert "<b>Cao" not in history.text
    assert "<i>x" not in history.text


@pytest.mark.parametrize("path", ["/ban-duyet?stage=9", "/ban-duyet/lam?stage=x"])
def test_a_stage_that_there_is_not_is_refused(office: Office, path: str) -> None:
    assert office.sign_in("an").get(path, headers=HTML).status_code == 422


def test_pages_and_pictures_are_kept_by_no_browser(office: Office) -> None:
    client = office.sign_in("an")
    for path in ("/ban-duyet", "/ban-duyet/lam", f"/ban-duyet/giay/{office.document}"):
        answer = client.get(path, headers=HTML)
        assert answer.headers["cache-control"] == "no-store"
        assert "style=" not in answer.text
        assert "onclick" not in answer.text


def test_only_pages_that_somebody_may_open_are_offered(office: Office) -> None:
    offered = {
        role: "/ban-duyet/ho-so" in office.sign_in(role, role).get("/ban-duyet", headers=HTML).text
        for role in ("reviewer", "auditor")
    }
    assert offered == {"reviewer": True, "auditor": False}


@pytest.mark.parametrize("role", ["submitter", "archivist", "reviewer", "auditor", "admin"])
def test_every_page_that_somebody_is_offered_opens(office: Office, role: str) -> None:
    client = office.sign_in(role, role)
    header = client.get("/tai-khoan", headers=HTML).text.partition("</header>")[0]
    answers = {
        path: client.get(path, headers=HTML).status_code for path in re.findall(r'<a [^>]*href="(/[^"]*)"', header)
    }
    assert "/tai-khoan" in answers
    assert set(answers.values()) == {200}, answers


def test_a_leaf_leads_to_the_leaf_before_it_in_another_file(office: Office) -> None:
    papers = office.home
    begun = office.document
    truth = truths()[CERTIFICATE]
    data = copy_of(CERTIFICATE, 7)
    leaf = papers.record(truth, [sure(name, *one) for name, one in truth.fields.items()], data)
    stored = papers.store(leaf.evolve(continues=Continuation(document_id=begun, members=2)), data)
    reviewer = office.sign_in("rv", "reviewer")
    linked = {
        document: f'href="/ban-duyet/giay/{begun}">‹' in reviewer.get(f"/ban-duyet/giay/{document}", headers=HTML).text
        for document in (begun, stored.document_id)
    }
    assert linked == {begun: False, stored.document_id: True}
