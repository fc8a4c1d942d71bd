"""What the machine left to people is decided by a reviewer of the office, once, and told on."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyotp
import pytest

from pipeline.domain.model import Status
from service.desk.desk import ProposedDecision
from storage.catalogue.audit import AuditLog
from storage.review import Choice, Filters, Person
from tests.integration.service import conftest
from tests.integration.service.conftest import CORRECTION, Desk, picture
from tests.integration.service.test_security import account, sign_in
from tests.integration.service.test_submitting import ACT, APPLICANT

BOTH = json.dumps(ACT | APPLICANT)
WHY = [{"vi": "Giấy bị tẩy xóa ở ngày sinh", "en": "The birth date was altered", "field": "date_of_birth"}]


@pytest.fixture
def code(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> str:
    """A submission that the machine left to people: its act is not sure."""
    (act,) = conftest.THINGS["act"]()
    monkeypatch.setitem(conftest.THINGS, "act", lambda: [act.evolve(status=Status.REVIEW)])
    submission = desk.submit(picture("act"), picture("card"), procedure=CORRECTION, declared=BOTH).json()
    assert submission["status"] == "in_review"
    return str(submission["code"])


def decide(
    desk: Desk,
    code: str,
    decision: str = "accept",
    reasons: Sequence[dict[str, str]] = (),
    *,
    client: str = "reviewer",
    scopes: Sequence[str] = ("status", "office", "review"),
    office: str = "00001",
) -> Any:
    desk.key(client, *scopes, office=office)
    body = {"decision": decision, "reasons": list(reasons)}
    return desk.http.post(f"/submissions/{code}/decision", json=body, headers=desk.bearer(client))


def test_a_reviewer_accepts_what_was_in_review(desk: Desk, code: str) -> None:
    answer = decide(desk, code)
    assert (answer.status_code, answer.json()["status"]) == (200, "accepted")
    assert desk.http.get(f"/submissions/{code}").json()["status"] == "accepted"


def test_a_blocked_submission_that_is_sent_again_shows_no_values(desk: Desk) -> None:
    first = desk.submit(picture("card"), key="once-and-again-1").json()
    assert first["verdict"]["fields"]
    with desk.context.store.write() as tables:
        tables.personal.block(first["code"], reason="tranh chấp", actor="user:lan")
    again = desk.submit(picture("card"), key="once-and-again-1").json()
    assert (again["code"], again["verdict"]["fields"]) == (first["code"], [])


def test_a_submission_that_its_person_had_blocked_is_shown_to_and_decided_by_nobody(desk: Desk, code: str) -> None:
    with desk.context.store.write() as tables:
        tables.personal.block(code, reason="tranh chấp", actor="user:lan")
    answers = [decide(desk, code), desk.http.get(f"/submissions/{code}"), desk.http.get(f"/ket-qua/{code}")]
    assert [answer.status_code for answer in answers] == [409, 409, 409]
    assert answers[0].json()["code"] == answers[1].json()["code"] == "submission.blocked"


def test_a_refusal_tells_its_reasons_to_whoever_has_the_code(desk: Desk, code: str) -> None:
    assert decide(desk, code, "refuse", WHY).json()["status"] == "refused"
    submission = desk.http.get(f"/submissions/{code}").json()
    assert submission["status"] == "refused"
    first = submission["verdict"]["reasons"][0]
    assert (first["code"], first["message"]["vi"], first["field"]) == ("review.refused", WHY[0]["vi"], "date_of_birth")


def test_a_refusal_needs_a_reason(desk: Desk, code: str) -> None:
    answer = decide(desk, code, "refuse")
    assert (answer.status_code, answer.json()["code"]) == (422, "review.no_reason")


def test_a_reason_with_a_personal_number_is_refused(desk: Desk, code: str) -> None:
    answer = decide(desk, code, "refuse", [{"vi": "Số 001 190 123 456 không đúng"}])
    assert (answer.status_code, answer.json()["code"]) == (422, "review.personal_number")
    assert "190" not in answer.text


def test_a_decision_is_made_once(desk: Desk, code: str) -> None:
    with ThreadPoolExecutor(2) as pool:
        desk.key("reviewer", "status", "office", "review")
        answers = list(pool.map(lambda how: decide(desk, code, how, WHY).status_code, ("accept", "refuse")))
    assert sorted(answers) == [200, 409]
    assert decide(desk, code).json()["code"] == "submission.not_in_review"


def test_what_needs_no_person_cannot_be_decided(desk: Desk) -> None:
    code = desk.submit(picture("card")).json()["code"]
    assert decide(desk, code, "refuse", WHY).status_code == 409


@pytest.mark.parametrize("scopes", [("submit", "status"), ("status", "office"), ("audit",), ("admin",)])
def test_without_the_scope_nothing_is_decided(desk: Desk, code: str, scopes: tuple[str, ...]) -> None:
    answer = decide(desk, code, client="other", scopes=scopes)
    assert (answer.status_code, answer.json()["code"]) == (403, "auth.scope_missing")


def test_another_office_decides_nothing(desk: Desk, code: str) -> None:
    answer = decide(desk, code, client="stranger", office="00999")
    assert (answer.status_code, answer.json()["code"]) == (403, "auth.other_office")
    assert desk.http.get(f"/submissions/{code}").json()["status"] == "in_review"


def test_nobody_decides_without_saying_who_they_are(desk: Desk, code: str) -> None:
    answer = desk.http.post(f"/submissions/{code}/decision", json={"decision": "accept"})
    assert answer.status_code == 401


def test_a_reviewer_signed_in_decides_with_the_token_of_the_session_alone(desk: Desk, code: str) -> None:
    uri = account(desk, "binh.cb", role="reviewer")
    totp = pyotp.parse_uri(uri or "")
    assert isinstance(totp, pyotp.TOTP)
    session = sign_in(desk, "binh.cb", totp=totp.at(desk.clock.now)).json()
    body = {"decision": "accept"}
    assert desk.http.post(f"/submissions/{code}/decision", json=body).json()["code"] == "auth.csrf"
    answer = desk.http.post(f"/submissions/{code}/decision", json=body, headers={"Hotich-Csrf": session["csrf"]})
    assert answer.json()["status"] == "accepted"
    with desk.catalogue.database.read() as connection:
        (entry,) = AuditLog(connection, desk.clock).entries(subject=code)
    assert (entry.actor, entry.action) == ("user:binh.cb", "submission.accepted")


def test_a_decision_is_told_to_whoever_wanted_notices(desk: Desk, code: str) -> None:
    from storage.people.tables import clients

    with desk.catalogue.database.write() as connection:
        connection.execute(clients.update().where(clients.c.client_id == "onestop").values(webhook_url="https://x/"))
    decide(desk, code, "refuse", WHY)
    submission = desk.http.get(f"/submissions/{code}", headers=desk.bearer("onestop")).json()
    assert [(notice["channel"], notice["event"]) for notice in submission["notices"]] == [
        ("webhook", "submission.refused")
    ]


def test_the_office_sees_what_waits_for_it_without_personal_data(desk: Desk, code: str) -> None:
    desk.key("reviewer", "status", "office", "review")
    desk.key("stranger", "status", "office", "review", office="00999")
    answer = desk.http.get("/submissions", headers=desk.bearer("reviewer"))
    (line,) = answer.json()["submissions"]
    assert (line["code"], line["procedure"]) == (code, CORRECTION)
    assert "Mẫu" not in answer.text
    assert desk.http.get("/submissions", headers=desk.bearer("stranger")).json() == {"submissions": []}
    decide(desk, code)
    assert desk.http.get("/submissions", headers=desk.bearer("reviewer")).json() == {"submissions": []}


def test_reading_a_submission_to_decide_it_is_noted(desk: Desk, code: str) -> None:
    decide(desk, code)
    with desk.context.store.read() as tables:
        assert "client:reviewer" in [read.actor for read in tables.reads.entries(subject=code)]


def test_a_document_that_a_clerk_finds_useless_sends_its_submission_back(desk: Desk, code: str) -> None:
    desk.context.desk.catch_up()
    person = Person(login="lan", offices=("00001",), roles=frozenset({"reviewer"}))
    item = desk.context.desk.claim(person, "tab", Filters(), 1)[0]
    useless = ProposedDecision(
        decision_id=secrets.token_hex(16), item_id=item.item_id, lease=item.lease or "", choice=Choice.RETAKE
    )
    desk.context.desk.decide(person, useless)
    assert desk.http.get(f"/submissions/{code}").json()["status"] == "refused"
