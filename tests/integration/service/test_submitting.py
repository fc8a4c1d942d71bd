"""From files and declared data to a verdict."""

from __future__ import annotations

import json
from dataclasses import replace

from pipeline.domain.errors import HotichError, ResourceError
from pipeline.domain.message import Message
from tests.integration.service.conftest import CORRECTION, RESIDENCE, Desk, picture

ACT = {"full_name": "Nguyễn Thị Mẫu", "date_of_birth": "15/01/1990", "document_number": "12/1990"}
APPLICANT = {"applicant_full_name": "Nguyễn Thị Mẫu", "applicant_personal_id": "001190123456"}


def test_a_good_card_is_usable_within_the_request(desk: Desk) -> None:
    answer = desk.submit(picture("card"))
    assert (answer.status_code, answer.json()["status"]) == (200, "accepted")
    assert answer.json()["verdict"]["outcome"] == "usable"


def test_the_answer_tells_each_field_as_declared_and_as_read(desk: Desk) -> None:
    answer = desk.submit(picture("act"), picture("card"), procedure=CORRECTION, declared=json.dumps(ACT | APPLICANT))
    fields = {field["name"]: field for field in answer.json()["verdict"]["fields"]}
    birth = fields["date_of_birth"]
    assert (birth["declared"], birth["read"], birth["agreement"], birth["file"]) == (
        "1990-01-15",
        "1990-01-15",
        "same",
        1,
    )


def test_values_of_a_card_that_is_only_shown_are_masked(desk: Desk) -> None:
    fields = desk.submit(picture("card")).json()["verdict"]["fields"]
    assert {field["read"] for field in fields} == {"•••"}
    assert {field["agreement"] for field in fields} == {"same"}


def test_a_card_that_is_only_shown_leaves_nothing_behind(desk: Desk) -> None:
    desk.submit(picture("card"))
    assert desk.stored() == set()
    assert list((desk.home / "tray").glob("*/*")) == []
    assert list((desk.home / "spool").iterdir()) == []
    assert "001190123456" not in (desk.home / "catalogue.db").read_bytes().decode("latin-1")


def test_what_was_declared_for_a_card_that_is_only_shown_is_forgotten_when_it_must_come_again(desk: Desk) -> None:
    code = desk.submit(picture("nonsense")).json()["code"]
    with desk.context.store.read() as tables:
        submission = tables.submissions.by_code(code)
    assert submission is not None
    assert (submission.outcome, submission.declared) == ("retake", {})
    assert "001190123456" not in json.dumps(submission.verdict)


def test_a_kept_paper_is_archived_with_its_record_and_copy(desk: Desk) -> None:
    answer = desk.submit(picture("act"), picture("card"), procedure=CORRECTION, declared=json.dumps(ACT | APPLICANT))
    assert answer.json()["status"] == "accepted"
    (document,) = desk.catalogue.all_documents()
    assert document.archival is not None
    with desk.catalogue.page_ledgers() as ledgers:
        [pages] = ledgers.all().values()
    assert {document.original.name, document.archival.name, document.json.name, pages.name} == desk.stored()
    assert answer.json()["verdict"]["documents"][0]["holding_code"] == document.holding_code


def test_the_two_sides_of_a_card_may_come_as_two_photos(desk: Desk) -> None:
    answer = desk.submit(picture("back"), picture("front")).json()
    assert answer["verdict"]["outcome"] == "usable"
    (document,) = answer["verdict"]["documents"]
    assert document["sides"] == ["front", "back"]
    assert {field["file"] for field in answer["verdict"]["fields"]} == {2}


def test_sides_of_two_cards_are_never_joined(desk: Desk) -> None:
    answer = desk.submit(picture("front"), picture("other back")).json()
    assert len(answer["verdict"]["documents"]) == 2
    assert answer["verdict"]["outcome"] == "retake"


def test_papers_to_keep_and_to_show_in_one_file_are_asked_for_apart(desk: Desk) -> None:
    from tests.integration.service import conftest

    both = lambda: [*conftest.THINGS["act"](), *conftest.THINGS["card"]()]  # noqa: E731
    conftest.THINGS["both"] = both
    answer = desk.submit(picture("both"), procedure=CORRECTION, declared=json.dumps(ACT | APPLICANT)).json()
    assert answer["verdict"]["reasons"][0]["code"] == "file.mixed"
    assert desk.stored() == set()


def test_a_damaged_file_is_to_be_sent_again(desk: Desk) -> None:
    answer = desk.submit(picture("nonsense")).json()
    assert (answer["status"], answer["verdict"]["outcome"]) == ("refused", "retake")
    assert answer["verdict"]["reasons"][0]["file"] == 1


def test_when_reading_takes_longer_the_answer_is_a_place_in_the_queue(desk: Desk) -> None:
    desk.context.limits = replace(desk.context.limits, answer_s=0.05)
    desk.reader.gate.clear()
    first, second = desk.submit(picture("card")), desk.submit(picture("card", 2))
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json()["queue"]["position"] == 0
    assert second.json()["queue"]["position"] == 1
    desk.reader.gate.set()


def test_events_follow_a_submission_to_its_answer(desk: Desk) -> None:
    desk.context.limits = replace(desk.context.limits, answer_s=0.05)
    desk.reader.gate.clear()
    code = desk.submit(picture("card")).json()["code"]
    desk.reader.gate.set()
    with desk.http.stream("GET", f"/submissions/{code}/events") as stream:
        events = [json.loads(line.removeprefix("data: ")) for line in stream.iter_lines() if line.startswith("data: ")]
    assert events[-1]["status"] == "accepted"
    assert events[-1]["verdict"]["fields"] == []


def test_what_the_machine_cannot_now_is_tried_again_and_never_answered_with_a_guess(desk: Desk) -> None:
    desk.reader.fault = ResourceError(Message("x", "x"))
    answer = desk.submit(picture("card"))
    assert (answer.status_code, answer.json()["status"]) == (200, "accepted")
    assert len(desk.reader.read) == 2


def test_a_file_over_which_the_program_fails_once_is_read_again(desk: Desk) -> None:
    desk.reader.fault = HotichError(Message("x", "x"), code="internal.error")
    assert desk.submit(picture("card")).json()["status"] == "accepted"
    assert len(desk.reader.read) == 2


def test_a_file_over_which_the_program_fails_twice_is_answered_with_the_reason(desk: Desk) -> None:
    desk.reader.fault, desk.reader.faults = HotichError(Message("x", "x"), code="internal.error"), 100
    answer = desk.submit(picture("card"))
    assert (answer.status_code, answer.json()["verdict"]["outcome"]) == (200, "retake")
    (reason,) = [r for r in answer.json()["verdict"]["reasons"] if r["code"] == "document.unreadable"]
    assert "failed twice" in reason["message"]["en"]
    assert len(desk.reader.read) == 2
    assert desk.http.get("/health").json()["status"] == "ok"


def test_an_unknown_procedure_is_refused_and_stores_nothing(desk: Desk) -> None:
    answer = desk.submit(picture("card"), procedure="9.999999")
    assert (answer.status_code, answer.json()["code"]) == (422, "procedure.unknown")
    assert list((desk.home / "tray").glob("*/*")) == []


def test_every_name_a_procedure_compares_is_published(desk: Desk) -> None:
    procedures = {procedure["code"]: procedure for procedure in desk.http.get("/procedures").json()["procedures"]}
    assert "personal_id" in procedures[RESIDENCE]["papers"][0]["compare"]


def test_a_full_queue_says_so_and_takes_nothing(desk: Desk) -> None:
    desk.context.limits = replace(desk.context.limits, max_open=0)
    answer = desk.submit(picture("card"))
    assert (answer.status_code, answer.json()["code"]) == (503, "queue.full")
    assert answer.headers["Retry-After"]


def test_declared_values_may_be_left_out(desk: Desk) -> None:
    assert desk.submit(picture("card"), declared="{}").status_code == 200
