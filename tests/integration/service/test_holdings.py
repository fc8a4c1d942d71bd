"""Stored documents instead of paper."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest

from pipeline.domain.model import CivilRecord, DocumentType, Status
from storage.trash import withdraw
from tests.integration.service import conftest
from tests.integration.service.conftest import CORRECTION, Desk, picture
from tests.integration.service.test_submitting import ACT, APPLICANT
from tests.making.submitted import a_field, a_record

PERSON = "001190123456"
FIND = {"personal_id": PERSON, "document_type": "birth_certificate", "purpose": "Đăng ký thường trú"}
USE = {"procedure": "1.004222", "purpose": "Đăng ký thường trú", "officer": "cb.01"}


def an_act(
    *,
    status: Status = Status.ACCEPTED,
    sure: bool = True,
    kind: DocumentType = DocumentType.BIRTH_CERTIFICATE,
    **more: str,
) -> CivilRecord:
    values = {"full_name": "Nguyễn Thị Mẫu", "date_of_birth": "1990-01-15", "document_number": "12/1990"}
    values |= {"personal_id": PERSON} | more
    fields = tuple(a_field(name, value, sure=sure) for name, value in values.items())
    return a_record(kind, "2016", fields=fields, status=status)


@pytest.fixture(autouse=True)
def papers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(conftest.THINGS, "act", lambda: [an_act()])
    monkeypatch.setitem(conftest.THINGS, "unsure act", lambda: [an_act(status=Status.REVIEW)])
    monkeypatch.setitem(conftest.THINGS, "unsure id", lambda: [an_act(sure=False, status=Status.REVIEW)])


def hand_in(desk: Desk, what: str = "act", client: str = "onestop") -> str:
    sent = desk.submit(
        picture(what), picture("card"), procedure=CORRECTION, declared=json.dumps(ACT | APPLICANT), client=client
    )
    desk.context.index.catch_up()
    return str(sent.json()["verdict"]["documents"][0]["holding_code"])


def find(desk: Desk, **changes: str) -> Any:
    return desk.http.get("/holdings", params=FIND | changes, headers=desk.bearer("office", "holdings", "use"))


def use(desk: Desk, code: str, *, key: str | None = None, **changes: str) -> Any:
    headers = desk.bearer("office", "holdings", "use") | ({"Idempotency-Key": key} if key else {})
    return desk.http.post(f"/holdings/{code}/use", json=USE | changes, headers=headers)


def test_an_office_learns_what_can_stand_in_for_a_paper(desk: Desk) -> None:
    code = hand_in(desk)
    (holding,) = find(desk).json()["holdings"]
    assert (holding["holding_code"], holding["current"], holding["verified"]["accepted"]) == (code, True, True)
    assert "full_name" in holding["verified"]["fields_accepted"]


def test_no_value_of_a_person_stands_in_the_answer(desk: Desk) -> None:
    hand_in(desk)
    assert PERSON not in find(desk).text
    assert "Mẫu" not in find(desk).text


def test_a_certificate_stands_in_for_an_extract(desk: Desk) -> None:
    code = hand_in(desk)
    (holding,) = find(desk, document_type="birth_extract").json()["holdings"]
    assert holding["holding_code"] == code


def test_another_office_s_documents_are_not_shown(desk: Desk) -> None:
    desk.key("far", "submit", "status", office="00777")
    hand_in(desk, client="far")
    assert find(desk).json()["holdings"] == []


def test_a_document_with_a_doubtful_number_is_found_by_nobody(desk: Desk) -> None:
    hand_in(desk, "unsure id")
    assert find(desk).json()["holdings"] == []


def test_a_withdrawn_paper_is_told_as_not_current(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    book = an_act(kind=DocumentType.HOUSEHOLD_BOOK)
    monkeypatch.setitem(conftest.THINGS, "act", lambda: [book])
    desk.submit(picture("act"), picture("card"), procedure="1.010041", declared=json.dumps(conftest.DECLARED))
    desk.context.index.catch_up()
    (holding,) = find(desk, document_type="household_book").json()["holdings"]
    assert (holding["current"], holding["reasons"][0]["code"]) == (False, "document.withdrawn")
    assert use(desk, holding["holding_code"]).json()["code"] == "holding.not_current"


def test_a_use_gives_the_copy_with_its_digest_and_provenance(desk: Desk) -> None:
    code = hand_in(desk)
    used = use(desk, code)
    assert used.status_code == 201
    copy = desk.http.get(used.json()["copy_url"], headers=desk.bearer("office"))
    assert copy.headers["content-type"] == "application/pdf"
    assert used.json()["digest"] == "sha256:" + hashlib.sha256(copy.content).hexdigest()
    assert used.json()["provenance"]["original_sha256"] == hashlib.sha256(picture("act")).hexdigest()


def test_of_a_file_with_another_persons_paper_no_copy_of_the_whole_is_handed_out(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = an_act(full_name="Trần Văn Thử", personal_id="001090654321", document_number="13/1990")
    monkeypatch.setitem(conftest.THINGS, "act", lambda: [an_act(), other])
    code = hand_in(desk)
    refused = use(desk, code)
    assert (refused.status_code, refused.json()["code"]) == (409, "holding.shared_file")
    with desk.catalogue.unit() as unit:
        mine = unit.documents.current(str(unit.documents.named(code)))
        assert mine is not None
        in_file = {one.document_id for one in unit.documents.of_source(mine.source_sha256)}
        (theirs,) = in_file - {mine.document_id}
        withdraw(unit, desk.objects, [theirs], reason="nhập nhầm", actor="lan")
        unit.commit()
    assert use(desk, code).json()["code"] == "holding.shared_file", "what was withdrawn is in the file all the same"
    with desk.context.store.read() as tables:
        assert not [entry for entry in tables.reads.entries() if entry.action in {"holding.used", "holding.copied"}]


def test_the_same_use_again_is_recorded_once(desk: Desk) -> None:
    code = hand_in(desk)
    assert use(desk, code, key="use-0001").json() == use(desk, code, key="use-0001").json()
    with desk.context.store.read() as tables:
        assert len(tables.holdings.uses(code)) == 1


def test_a_copy_can_be_fetched_for_an_hour_by_who_used_it(desk: Desk) -> None:
    url = use(desk, hand_in(desk)).json()["copy_url"]
    stranger = desk.bearer("other", "use")
    assert desk.http.get(url, headers=stranger).status_code == 404
    desk.clock.advance(timedelta(hours=2))
    assert desk.http.get(url, headers=desk.bearer("office")).json()["code"] == "use.expired"


def test_an_unverified_document_stands_in_for_nothing(desk: Desk) -> None:
    code = hand_in(desk, "unsure act")
    assert use(desk, code).json()["code"] == "holding.not_verified"


def test_every_look_and_use_is_logged_with_its_purpose(desk: Desk) -> None:
    code = hand_in(desk)
    find(desk)
    used = use(desk, code)
    desk.http.get(used.json()["copy_url"], headers=desk.bearer("office"))
    with desk.context.store.read() as tables:
        reads = tables.reads.entries(subject=code)
        assert tables.reads.verify_chain().ok
    assert [read.action for read in reads] == ["holding.found", "holding.used", "holding.copied"]
    assert all("Đăng ký thường trú" in read.purpose for read in reads)


def test_anybody_can_confirm_a_copy_and_learns_nothing_else(desk: Desk) -> None:
    code = hand_in(desk)
    digest = use(desk, code).json()["digest"].removeprefix("sha256:")
    assert desk.http.get(f"/confirm/{code}/{digest}").json()["result"] == "current"
    wrong = desk.http.get(f"/confirm/{code}/{'0' * 64}")
    missing = desk.http.get(f"/confirm/HT-AAAAAAAAAAAAAAAA/{digest}")
    assert wrong.json() == missing.json()
    assert wrong.json()["result"] == "unknown"


def test_the_same_document_handed_in_again_is_told_as_held(desk: Desk) -> None:
    code = hand_in(desk)
    again = desk.submit(
        picture("act", 2), picture("card"), procedure=CORRECTION, declared=json.dumps(ACT | APPLICANT)
    ).json()
    assert again["verdict"]["documents"][0]["held_as"] == code


def test_looking_up_needs_its_scope(desk: Desk) -> None:
    answer = desk.http.get("/holdings", params=FIND, headers=desk.bearer())
    assert (answer.status_code, answer.json()["code"]) == (403, "auth.scope_missing")
