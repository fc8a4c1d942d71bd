"""The same request again: the same answer, and nothing stored twice, whatever happened in between."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipeline.domain.message import Message
from storage.errors import StoreUnavailable
from tests.integration.service.conftest import CORRECTION, Desk, open_desk, picture
from tests.integration.service.test_submitting import ACT, APPLICANT
from tests.making.clock import Clock

KEY = "2f1c7b9e-same"
BOTH = json.dumps(ACT | APPLICANT)


def test_the_same_request_again_gives_the_same_answer(desk: Desk) -> None:
    first, again = (desk.submit(picture("card"), key=KEY) for _ in range(2))
    assert first.json() == again.json()
    assert len(desk.reader.read) == 1


def test_another_request_with_a_used_key_is_refused(desk: Desk) -> None:
    desk.submit(picture("card"), key=KEY)
    answer = desk.submit(picture("card", 2), key=KEY)
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency.mismatch")


def test_a_key_belongs_to_its_client(desk: Desk) -> None:
    codes = {desk.submit(picture("card"), key=KEY, client=client).json()["code"] for client in ("one", "two")}
    assert len(codes) == 2


def test_two_requests_with_one_key_at_once_make_one_submission(desk: Desk) -> None:
    desk.key()
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: desk.submit(picture("card"), key=KEY).json()["code"], range(4)))
    assert len(set(answers)) == 1
    assert len(desk.reader.read) == 1


def test_the_same_paper_handed_in_twice_is_kept_once(desk: Desk) -> None:
    for _ in range(2):
        desk.submit(picture("act"), picture("card"), procedure=CORRECTION, declared=BOTH)
    assert len(list(desk.catalogue.all_documents())) == 1
    assert len(desk.stored()) == 4  # original, copy, record, page ledger


def test_a_submission_received_before_a_crash_is_answered_after_the_restart(home: Path, clock: Clock) -> None:
    dead = open_desk(home, clock=clock)  # receives, and never gets to read
    dead.context.queue.close()
    code = _submit_without_loop(dead)
    dead.context.parts.tray.close()
    alive = open_desk(home, clock=clock)
    with alive.http, alive.http.stream("GET", f"/submissions/{code}/events") as stream:
        last = [line for line in stream.iter_lines() if line.startswith("data: ")][-1]
    assert json.loads(last.removeprefix("data: "))["status"] == "accepted"


def test_files_that_were_never_recorded_are_swept_at_the_start(home: Path, clock: Clock) -> None:
    orphan = home / "tray" / ("a" * 32)
    orphan.mkdir(parents=True)
    (orphan / "1").write_bytes(picture("card"))
    made = open_desk(home, clock=clock)
    with made.http:
        made.http.get("/health")
    assert not orphan.exists()


def test_a_crash_between_archive_and_answer_is_made_good(
    home: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead = open_desk(home, clock=clock)
    dead.context.queue.close()
    _submit_without_loop(dead, picture("act"), picture("card"), procedure=CORRECTION, declared=ACT | APPLICANT)
    (submission_id,) = dead.context.processor.unfinished()

    def crash(*_args: object, **_more: object) -> None:
        raise StoreUnavailable(Message("x", "x"))

    with monkeypatch.context() as broken:
        broken.setattr("storage.submissions.submissions.Submissions.decide", crash)
        with pytest.raises(StoreUnavailable):
            dead.context.processor.process(submission_id)
    assert list(dead.catalogue.all_documents()) == []
    dead.context.processor.process(submission_id)
    assert len(list(dead.catalogue.all_documents())) == 1
    assert len(dead.stored()) == 4  # original, copy, record, page ledger
    with dead.context.store.read() as tables:
        submission = tables.submissions.by_id(submission_id)
    assert submission is not None and submission.outcome == "usable"


def _submit_without_loop(
    desk: Desk, *pictures: bytes, procedure: str = "1.004222", declared: dict[str, str] | None = None
) -> str:
    """Receives as a request would, with nobody to read it."""
    import io

    from service.people.callers import Caller
    from service.submissions.receive_submission import SubmissionRequest, Upload, receive_submission
    from storage.people import Scope
    from tests.integration.service.conftest import DECLARED

    uploads = [Upload(name="a.jpg", stream=io.BytesIO(content)) for content in pictures or (picture("card"),)]
    caller = Caller(client_id="onestop", name="client:onestop", office="00001", scopes=frozenset({Scope.SUBMIT}))
    request = SubmissionRequest(procedure=procedure, declared=declared or DECLARED, files=uploads)
    return receive_submission(desk.context, request, caller).code
