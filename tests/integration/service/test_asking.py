"""Whether a paper may still be asked for, over the real archive and register: who may ask, what the log then holds."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from pipeline.domain.model import RegisterOutcome
from pipeline.judging.asking import load_rules
from pipeline.settling.register import Claims, RegisterAnswer
from service.asking.in_time import RegisterInTime
from service.wire.rates import RateLimiter
from storage.register import SqlRegister, load_register
from tests.integration.service import conftest
from tests.integration.service.conftest import CORRECTION, RESIDENCE, Desk, picture, running_desk
from tests.integration.service.test_holdings import an_act
from tests.integration.service.test_submitting import ACT, APPLICANT
from tests.making.clock import Clock

HEADING = "personal_id,full_name,date_of_birth,sex,residence,father_name,mother_name,deceased\n"
PEOPLE = """001190123456,Nguyễn Thị Mẫu,1990-01-15,female,Số 1 phố Huế,Nguyễn Văn Cha,Trần Thị Mẹ,
001090000002,Trần Văn Thiếu,1990-01-02,male,Số 2 phố Huế,,Lê Thị Mẹ,
001090000003,Lê Văn Khuất,1940-01-02,male,,Lê Văn Cha,Lê Thị Mẹ,1
"""
PERSON, FATHERLESS, DEAD, NOBODY = "001190123456", "001090000002", "001090000003", "001090999999"
CARD = "001190123456|012345678|Nguyễn Thị Mẫu|15011990|Nữ|Số 1 phố Huế|10052021"
QUESTION = {"procedure": RESIDENCE, "paper": "applicant_card", "person": PERSON, "officer": "cb.01"}


class Down:
    """A register that is out of reach."""

    def look_up(self, claims: Claims) -> RegisterAnswer:
        return RegisterAnswer(outcome=RegisterOutcome.UNAVAILABLE)

    def person(self, register_id: str) -> dict[str, str]:
        return {}

    def candidates(self, claims: Claims, *, most: int = 3) -> list[Any]:
        return []


@pytest.fixture
def register(tmp_path: Path) -> Iterator[SqlRegister]:
    file = tmp_path / "people.csv"
    file.write_text(HEADING + PEOPLE, encoding="utf-8")
    opened = SqlRegister.open(f"sqlite:///{tmp_path / 'register.db'}")
    load_register(opened.database, file)
    yield opened
    opened.close()


@pytest.fixture
def desk(home: Path, clock: Clock, register: SqlRegister, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setitem(conftest.THINGS, "act", lambda: [an_act()])
    with running_desk(home, clock=clock, register=register) as made:
        yield made


def ask(desk: Desk, client: str = "counter", *scopes: str, office: str = "00001", **changes: str) -> Any:
    headers = desk.bearer(client, *(scopes or ("ask",)), office=office)
    return desk.http.post("/may-ask", json=QUESTION | changes, headers=headers)


def keep_an_act(desk: Desk) -> str:
    declared = json.dumps(ACT | APPLICANT)
    sent = desk.submit(picture("act"), picture("card"), procedure=CORRECTION, declared=declared)
    desk.context.index.catch_up()
    return str(sent.json()["verdict"]["documents"][0]["holding_code"])


def reads(desk: Desk, subject: str) -> list[Any]:
    with desk.context.store.read() as tables:
        assert tables.reads.verify_chain().ok
        return tables.reads.entries(subject=subject)


@pytest.mark.parametrize(
    ("changes", "outcome", "fields"),
    [
        ({}, "replaced_by_data", ["personal_id", "full_name", "date_of_birth", "sex"]),
        ({"person": CARD}, "replaced_by_data", ["personal_id", "full_name", "date_of_birth", "sex"]),
        ({"person": CARD.replace("15011990", "16021991")}, "incomplete", ["date_of_birth"]),
        ({"person": CARD.replace("Nguyễn Thị Mẫu", "Nguyen Thi Mau")}, "replaced_by_data", None),
        ({"person": "001 190 123 456"}, "replaced_by_data", None),
        ({"person": FATHERLESS, "paper": "kinship"}, "incomplete", ["father_name"]),
        ({"person": DEAD}, "incomplete", ["deceased"]),
        ({"person": NOBODY}, "lawful_to_ask", []),
        ({"person": "001190123457"}, "lawful_to_ask", []),  # a digit beside somebody who is registered
    ],
)
def test_an_office_learns_whether_it_may_ask(
    desk: Desk, changes: dict[str, str], outcome: str, fields: list[str] | None
) -> None:
    answer = ask(desk, **changes).json()
    assert answer["outcome"] == outcome
    assert fields is None or [field["name"] for field in answer["fields"]] == fields


def test_a_stored_paper_is_named_with_its_proof_and_its_article(desk: Desk) -> None:
    code = keep_an_act(desk)
    answer = ask(desk, procedure=CORRECTION, paper="act").json()
    assert (answer["outcome"], answer["holding"]["holding_code"]) == ("replaced_by_holding", code)
    assert re.fullmatch("sha256:[0-9a-f]{64}", answer["holding"]["digest"])
    assert "Luật Chuyển đổi số" in answer["article"]
    assert [source["verified"] for source in answer["rule"]["sources"]] == [False, True]


def test_another_office_s_paper_answers_nothing(desk: Desk) -> None:
    keep_an_act(desk)
    answer = ask(desk, "far", "ask", office="00777", procedure=CORRECTION, paper="act").json()
    assert (answer["outcome"], answer["holding"]) == ("lawful_to_ask", None)


def test_what_another_database_may_hold_has_to_be_looked_up_there_first(desk: Desk) -> None:
    answer = ask(desk, procedure=CORRECTION, paper="act").json()
    assert (answer["outcome"], answer["look_first"]) == ("lawful_to_ask", ["civil_status"])
    assert "trước" in answer["message"]["vi"]


def test_nobody_is_looked_up_where_the_register_does_not_bear_on_the_paper(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up: list[str] = []
    monkeypatch.setattr(RegisterInTime, "registered", lambda _, personal_id, __: looked_up.append(personal_id))
    answer = ask(desk, procedure="1.001193", paper="birth_notification").json()
    assert (answer["register_state"], answer["why"], looked_up) == ("not_asked", "no_rule", [])


def test_no_value_of_the_person_stands_in_answer_or_log(desk: Desk) -> None:
    answer = ask(desk, person=CARD, note="HS 12/2026")
    [line] = reads(desk, answer.json()["log"]["reference"])
    for value in (PERSON, "Mẫu", "1990", "phố Huế", "Cha"):
        assert value not in answer.text
        assert value not in line.purpose


def test_the_log_line_says_who_asked_for_what_and_by_which_rule_it_was_answered(desk: Desk) -> None:
    answer = ask(desk, note="HS 12/2026").json()
    [line] = reads(desk, answer["log"]["reference"])
    assert (line.actor, line.office, line.action) == ("client:counter/cb.01", "00001", "paper.asked")
    assert line.purpose.startswith("1.004222/applicant_card replaced_by_data rule=identity-by-number@1 table=")
    assert line.purpose.endswith(": HS 12/2026")
    assert (line.seq, line.at, line.hash) == tuple(answer["log"][name] for name in ("seq", "at", "hash"))


def test_who_was_asked_about_finds_every_question_about_them(desk: Desk) -> None:
    references = {ask(desk).json()["log"]["reference"], ask(desk, person=CARD).json()["log"]["reference"]}
    ask(desk, person=NOBODY)
    [line] = reads(desk, references.pop())
    digest = re.search("person=([0-9a-f]{16})", line.purpose)
    assert digest is not None
    assert len(reads(desk, f"person:{digest[1]}")) == 2


def test_an_auditor_finds_the_line_by_its_reference(desk: Desk) -> None:
    reference = ask(desk).json()["log"]["reference"]
    found = desk.http.get("/reads", params={"subject": reference}, headers=desk.bearer("auditor", "audit")).json()
    assert (len(found["reads"]), found["whole"]) == (1, True)
    elsewhere = desk.bearer("other", "audit", office="00777")
    assert desk.http.get("/reads", params={"subject": reference}, headers=elsewhere).json()["reads"] == []


def test_what_is_stored_is_found_and_told_with_the_register_down(home: Path, clock: Clock, monkeypatch: Any) -> None:
    monkeypatch.setitem(conftest.THINGS, "act", lambda: [an_act()])
    with running_desk(home, clock=clock, register=Down()) as desk:
        code = keep_an_act(desk)
        kept = ask(desk, paper="kinship").json()
        assert (kept["outcome"], kept["holding"]["holding_code"]) == ("replaced_by_holding", code)
        assert kept["register_state"] == "unavailable"
        asked = ask(desk).json()
        assert (asked["outcome"], asked["why"]) == ("lawful_to_ask", "register_unavailable")
        assert "không trả lời" in asked["register_message"]["vi"]


def test_without_any_register_it_says_that_none_is_connected(home: Path, clock: Clock) -> None:
    with running_desk(home, clock=clock) as desk:
        answer = ask(desk).json()
    assert (answer["outcome"], answer["register_state"]) == ("lawful_to_ask", "not_connected")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"person": "00119012345x"}, "asking.person"),
        ({"person": "a|b|c|d|e|f|g|h"}, "asking.person"),
        ({"procedure": "9.999999"}, "procedure.unknown"),
        ({"paper": "household_book"}, "paper.unknown"),
    ],
)
def test_what_cannot_be_asked_is_refused_and_leaves_no_line(desk: Desk, changes: dict[str, str], code: str) -> None:
    answer = ask(desk, **changes)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    with desk.context.store.read() as tables:
        assert [entry for entry in tables.reads.entries() if entry.action == "paper.asked"] == []


def test_a_client_without_the_scope_asks_nothing(desk: Desk) -> None:
    refused = ask(desk, "sender", "submit", "status", "holdings")
    assert (refused.status_code, refused.json()["code"]) == (403, "auth.scope_missing")


def test_where_the_line_cannot_be_written_nothing_is_answered(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise OSError("no space")

    monkeypatch.setattr("storage.holdings.read_log.ReadLog.append_all", fail)
    assert ask(desk).status_code >= 500


def browser(desk: Desk, role: str, login: str = "lan") -> tuple[TestClient, str]:
    accounts = desk.context.accounts
    accounts.add_by_subject(login, name=login, office="00001", roles=[role], oidc_subject=login)
    with desk.context.store.read() as tables:
        user = tables.users.by_login(login)
    assert user is not None
    session = accounts.begin(user)
    desk.http.cookies.set("hotich", session.token)
    return desk.http, session.csrf


def test_a_clerk_asks_at_the_counter_and_is_shown_article_and_line(desk: Desk) -> None:
    http, csrf = browser(desk, "reviewer")
    form = {"csrf": csrf, "paper": "1.004222/applicant_card", "person": CARD}
    shown = http.post("/ban-duyet/yeu-cau-giay", data=form)
    assert shown.status_code == 200
    assert "NĐ 18/2026/NĐ-CP Điều 13" in shown.text
    assert PERSON not in shown.text
    [reference] = set(re.findall("HG-[A-Z2-7]{16}", shown.text))
    [line] = reads(desk, reference)
    assert line.actor == "user:lan"


def test_the_rules_are_shown_with_their_days_and_what_of_their_sources_was_verified(desk: Desk) -> None:
    http, _ = browser(desk, "auditor")
    shown = http.get("/ban-duyet/yeu-cau-giay/quy-tac").text
    for rule in load_rules().rules:
        assert f"{rule.id}@{rule.version}" in shown
    assert "QĐ 3458/QĐ-BTP (10/12/2025): phần đầu" in shown
    assert ("đã đối chiếu" in shown, "chưa đối chiếu" in shown, "từ 14/01/2026" in shown) == (True, True, True)


@pytest.mark.parametrize(("role", "status"), [("archivist", 200), ("auditor", 403), ("submitter", 403)])
def test_only_roles_that_look_people_up_open_the_page(desk: Desk, role: str, status: int) -> None:
    http, _ = browser(desk, role)
    assert http.get("/ban-duyet/yeu-cau-giay").status_code == status


def test_a_person_who_tries_numbers_is_slowed(desk: Desk) -> None:
    http, csrf = browser(desk, "reviewer")
    desk.context.rates = RateLimiter(now=lambda: 0.0)
    question = QUESTION | {"person": NOBODY}
    answers = [http.post("/may-ask", json=question, headers={"Hotich-Csrf": csrf}).status_code for _ in range(61)]
    assert answers == [200] * 60 + [429]


def test_a_register_that_hangs_counts_as_out_of_reach() -> None:
    let_go = threading.Event()

    class Hangs(Down):
        def look_up(self, claims: Claims) -> RegisterAnswer:
            let_go.wait(20)
            return RegisterAnswer(outcome=RegisterOutcome.NOT_FOUND)

    impatient = RegisterInTime(Hangs(), within_s=0.01)
    assert impatient.registered(PERSON, None).state.value == "unavailable"
    let_go.set()
    impatient.close()


def test_a_register_out_of_reach_is_left_alone_for_a_while() -> None:
    asked: list[float] = []
    now = [0.0]

    class Counted(Down):
        def look_up(self, claims: Claims) -> RegisterAnswer:
            asked.append(now[0])
            return super().look_up(claims)

    patient = RegisterInTime(Counted(), within_s=5.0, rest_s=15.0, now=lambda: now[0])
    for moment in (0.0, 1.0, 14.9, 15.1):
        now[0] = moment
        assert patient.registered(PERSON, None).state.value == "unavailable"
    patient.close()
    assert asked == [0.0, 15.1]
