"""What the population register says, beside what was read and declared: to whom it is shown, and to whom not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.domain.message import Message
from pipeline.domain.model import DocumentType, Finding, RegisterOutcome, Validation
from storage.register import SqlRegister, load_register
from tests.integration.service import conftest
from tests.integration.service.conftest import CORRECTION, DECLARED, Desk, open_desk, picture, running_desk
from tests.integration.service.page_desk import send, visible_text
from tests.making.clock import Clock
from tests.making.submitted import a_field, a_record

HEADING = "personal_id,full_name,date_of_birth,sex,place_of_origin,residence\n"
PERSON = "001190123456,Nguyễn Thị Mẫu,1990-01-15,female,,Số 1 phố Huế\n"
ACT = {"full_name": "Nguyễn Thị Mẫu", "date_of_birth": "15/01/1990", "personal_id": "001190123456"}
APPLICANT = {"applicant_full_name": "Nguyễn Thị Mẫu", "applicant_personal_id": "001190123456"}
RESIDENT, BIRTH = "1.004222", "1.001193"


@pytest.fixture
def register(tmp_path: Path) -> Iterator[SqlRegister]:
    file = tmp_path / "people.csv"
    strangers = "".join(f"0010990{n:05d},Trần Văn {n},19{n % 60 + 30}-01-02,male,,\n" for n in range(200))
    file.write_text(HEADING + PERSON + strangers, encoding="utf-8")
    opened = SqlRegister.open(f"sqlite:///{tmp_path / 'register.db'}")
    load_register(opened.database, file)
    yield opened
    opened.close()


@pytest.fixture
def desk(home: Path, clock: Clock, register: SqlRegister) -> Iterator[Desk]:
    with running_desk(home, clock=clock, register=register) as made:
        yield made


def an_act(
    monkeypatch: pytest.MonkeyPatch,
    *,
    born: str = "1990-01-15",
    validation: Validation | None = None,
    findings: tuple[Finding, ...] = (),
) -> bytes:
    """The picture of a birth certificate that the readers give these values for."""
    values = {"full_name": "Nguyễn Thị Mẫu", "date_of_birth": born, "document_number": "12/1990"}
    fields = tuple(a_field(name, value) for name, value in values.items())
    record = a_record(DocumentType.BIRTH_CERTIFICATE, "2016", fields=fields, validation=validation or Validation())
    record = record.evolve(findings=findings)
    monkeypatch.setitem(conftest.THINGS, "this act", lambda: [record])
    return picture("this act")


def answered_verdict(
    desk: Desk, act: bytes, *, client: str = "office", declared: dict[str, str] | None = None
) -> dict[str, Any]:
    scopes = ("submit", "status", "office") if client == "office" else ("submit", "status")
    desk.key(client, *scopes)
    data = json.dumps((declared or ACT) | APPLICANT)
    answer = desk.submit(act, picture("card"), procedure=CORRECTION, declared=data, client=client).json()
    verdict: dict[str, Any] = answer["verdict"]
    return verdict


def field(verdict: dict[str, Any], name: str) -> dict[str, Any]:
    fields: list[dict[str, Any]] = verdict["fields"]
    return next(field for field in fields if field["name"] == name)


def named(outcome: str, *conflicts: str) -> Validation:
    return Validation(
        outcome=RegisterOutcome(outcome), register_id="001190123456", match_probability=0.999, conflicts=conflicts
    )


def test_a_clerk_sees_what_is_registered_of_the_person_the_paper_names(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    verdict = answered_verdict(desk, an_act(monkeypatch, validation=named("match")))
    assert field(verdict, "date_of_birth")["registered"] == "1990-01-15"


def test_a_paper_that_the_register_contradicts_goes_to_a_clerk_with_both_values(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    act = an_act(monkeypatch, born="1991-01-15", validation=named("conflict", "date_of_birth"))
    verdict = answered_verdict(desk, act, declared=ACT | {"date_of_birth": "15/01/1991"})
    compared = field(verdict, "date_of_birth")
    assert (compared["read"], compared["registered"]) == ("1991-01-15", "1990-01-15")
    assert "register.unlike" in [reason["code"] for reason in verdict["reasons"]]


def test_an_unsure_difference_goes_to_a_clerk_with_both_values(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    doubt = Finding(code="register.unsure", message=Message("x", "y"), field="date_of_birth")
    act = an_act(monkeypatch, born="1991-01-15", validation=named("unsure"), findings=(doubt,))
    verdict = answered_verdict(desk, act, declared=ACT | {"date_of_birth": "15/01/1991"})
    compared = field(verdict, "date_of_birth")
    assert (compared["read"], compared["registered"]) == ("1991-01-15", "1990-01-15")
    assert [r["code"] for r in verdict["reasons"] if r["field"] == "date_of_birth"] == ["register.unsure"]


def test_of_a_birth_notification_only_the_mothers_values_are_registered(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = {"sex": "male", "date_of_birth": "2021-02-05", "mother_full_name": "Nguyễn Thị Mẫu"}
    fields = tuple(a_field(name, value) for name, value in values.items())
    about = named("match")
    paper = a_record(
        DocumentType.BIRTH_NOTIFICATION, "2012", fields=fields, validation=replace(about, subjects={"mother": about})
    )
    monkeypatch.setitem(conftest.THINGS, "this notification", lambda: [paper])
    desk.key("office", "submit", "status", "office")
    answer = desk.submit(
        picture("this notification"), picture("card"), procedure=BIRTH, declared="{}", client="office"
    ).json()
    registered = {one["name"]: one["registered"] for one in answer["verdict"]["fields"]}
    assert registered["mother_full_name"] == "Nguyễn Thị Mẫu"
    assert registered["date_of_birth"] is registered["sex"] is None


def test_a_card_that_the_register_contradicts_is_a_contradiction(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    (card,) = conftest.THINGS["card"]()
    card = card.evolve(validation=named("conflict", "date_of_birth"))
    monkeypatch.setitem(conftest.THINGS, "card", lambda: [card])
    desk.key("office", "submit", "status", "office")
    verdict = desk.submit(picture("card"), client="office").json()["verdict"]
    assert (verdict["outcome"], verdict["reasons"][0]["code"]) == ("contradicts", "register.differs")


def test_whom_nothing_read_names_is_looked_up_by_what_was_declared(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    verdict = answered_verdict(desk, an_act(monkeypatch))
    assert field(verdict, "date_of_birth")["registered"] == "1990-01-15"


def test_nobody_is_named_by_a_declared_name_alone(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    verdict = answered_verdict(desk, an_act(monkeypatch), declared={"full_name": "Nguyễn Thị Mẫu"})
    assert field(verdict, "date_of_birth")["registered"] is None


def test_nobody_is_named_by_a_declared_name_with_a_birth_date_of_nobody(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    verdict = answered_verdict(desk, an_act(monkeypatch), declared=ACT | {"date_of_birth": "15/01/1977"})
    assert field(verdict, "date_of_birth")["registered"] is None


def test_a_sender_learns_nothing_from_the_register(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same answer whether the register agrees, differs, doubts, knows the person as dead, or knows nobody."""
    dead = Finding(code="register.deceased", message=Message("x", "y"))
    doubt = Finding(code="register.unsure", message=Message("x", "y"), field="date_of_birth")
    told = [
        an_act_told(desk, monkeypatch, validation=named("conflict", "date_of_birth")),
        an_act_told(desk, monkeypatch, validation=named("unsure"), findings=(doubt,)),
        an_act_told(desk, monkeypatch, validation=named("match"), findings=(dead,)),
    ]
    assert told[0] == told[1] == told[2]
    for verdict in told:
        assert {one["registered"] for one in verdict["fields"]} == {None}
        assert "register." not in json.dumps(verdict)
        assert verdict["outcome"] == "review"


def an_act_told(desk: Desk, monkeypatch: pytest.MonkeyPatch, **register: Any) -> dict[str, Any]:
    """What the sender of an act, declared as it is read, is told; without what names the submission."""
    declared = ACT | {"date_of_birth": "15/01/1991"}
    verdict = answered_verdict(
        desk, an_act(monkeypatch, born="1991-01-15", **register), client="sender", declared=declared
    )
    for document in verdict["documents"]:
        document["holding_code"] = document["held_as"] = None
    verdict["reasons"] = [reason for reason in verdict["reasons"] if reason["code"] != "document.held"]
    return verdict


def test_a_citizen_with_code_and_birth_date_learns_no_more_than_a_sender(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    act = an_act(monkeypatch, born="1991-01-15", validation=named("conflict", "date_of_birth"))
    (card,) = conftest.THINGS["card"]()
    undated = card.evolve(fields=tuple(one for one in card.fields if one.name != "date_of_birth"))
    monkeypatch.setitem(conftest.THINGS, "card", lambda: [undated])
    desk.key("office", "submit", "status", "office")
    data = json.dumps(ACT | APPLICANT | {"date_of_birth": "15/01/1991"})
    code = desk.submit(act, picture("card"), procedure=CORRECTION, declared=data, client="office").json()["code"]
    proof = {"Hotich-Birth-Date": "15/01/1991"}
    verdict = desk.http.get(f"/submissions/{code}", headers=proof).json()["verdict"]
    assert field(verdict, "date_of_birth")["registered"] is None
    assert "register." not in json.dumps(verdict)
    registered = {"Hotich-Birth-Date": "15/01/1990"}
    assert desk.http.get(f"/submissions/{code}", headers=registered).json()["code"] == "proof.wrong"


def test_whoever_declared_what_stands_on_the_paper_is_not_told_of_a_mistake(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    (card,) = conftest.THINGS["card"]()
    monkeypatch.setitem(conftest.THINGS, "card", lambda: [card.evolve(validation=named("conflict", "date_of_birth"))])
    text = visible_text(send(desk, picture("card")))
    assert "Đã nhận, cán bộ sẽ xem" in text
    for word in ("khai nhầm", "mistake", "khác với", "cơ sở dữ liệu"):
        assert word not in text


def test_without_a_register_the_verdict_stands_all_the_same(home: Path, clock: Clock) -> None:
    made = open_desk(home, clock=clock)
    with made.http:
        assert made.submit(picture("card"), declared=json.dumps(DECLARED)).json()["verdict"]["outcome"] == "usable"
    made.context.parts.tray.close()
    made.catalogue.close()
