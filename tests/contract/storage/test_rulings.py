"""Submissions at the desk on both databases: one person at a time, decided once, taken back, closed and forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from storage.catalogue import Catalogue
from storage.office.store import OfficeStore
from storage.submissions import Decision, NewSubmission, Ruling, State, SubmittedFile
from tests.making.clock import Clock

LEASE, OPEN = timedelta(minutes=2), timedelta(minutes=2)
FIELD = {"name": "full_name", "role": "card", "declared": "An", "read": "Ân", "registered": None}
VERDICT = {"reasons": [{"code": "declared.differs"}], "fields": [FIELD, FIELD | {"role": "act"}]}
WHY = {"code": "review.accepted", "message": {"vi": "Đã xem", "en": "Seen"}}


@pytest.fixture
def store(catalogue: Catalogue, clock: Clock) -> Iterator[OfficeStore]:
    made = OfficeStore(catalogue.database, clock=clock)
    for n in range(2):
        with made.write() as tables:
            file = SubmittedFile(name="a.jpg", sha256="0" * 64, size=1, media_type="image/jpeg")
            new = NewSubmission(
                submission_id=f"{n:032x}", code=f"CODE-{n}", client_id="x", office="A", request_key=None,
                fingerprint="", procedure="1.004222", declared={"full_name": "An"}, files=[file],
            )  # fmt: skip
            assert tables.submissions.add(new)
            decision = Decision(state=State.IN_REVIEW, outcome="contradicts", verdict=VERDICT, turns={1: [0, 90]})
            assert tables.submissions.decide(new.submission_id, decision)
        clock.advance(timedelta(seconds=1))
    yield made


FIRST, SECOND = f"{0:032x}", f"{1:032x}"


def ruling(actor: str = "user:lan", *, open_for: timedelta = OPEN) -> Ruling:
    return Ruling(
        state=State.ACCEPTED, reasons=[WHY], actor=actor, ruling_id="a" * 32, against=["full_name"], open_for=open_for
    )


def test_two_people_are_given_two_submissions_and_a_lease_runs_out(store: OfficeStore, clock: Clock) -> None:
    with store.write() as tables:
        claims = tables.claims
        assert claims.waiting(["A"]) == 2
        lease = claims.claim(FIRST, "lan", LEASE)
        assert lease is not None
        assert claims.claim(FIRST, "lan", LEASE) == lease  # her own dead tab
        assert claims.claim(FIRST, "minh", LEASE) is None
        assert (claims.next_free(["A"], "lan"), claims.next_free(["A"], "minh")) == (FIRST, SECOND)
        assert claims.next_free(["A"], "lan", after=[FIRST, SECOND]) is None
        assert claims.next_free(["B"], "lan") is None
    clock.advance(LEASE + timedelta(seconds=1))
    with store.write() as tables:
        assert tables.claims.is_held(FIRST, "lan", lease)  # nobody took it since
        assert tables.claims.claim(FIRST, "minh", LEASE) is not None
        assert not tables.claims.is_held(FIRST, "lan", lease)
        tables.claims.release(FIRST, "lan")
        assert tables.claims.next_free(["A"], "lan") == SECOND
        tables.claims.release(FIRST, "minh")
        assert tables.claims.next_free(["A"], "lan") == FIRST


def test_a_ruling_counts_once_is_taken_back_by_its_own_person_alone_and_tells_nobody_before(
    store: OfficeStore, clock: Clock
) -> None:
    notice = [("m" * 32, "email")]
    with store.write() as tables:
        assert tables.rulings.rule(FIRST, ruling(), notice)
        assert not tables.rulings.rule(FIRST, ruling("user:minh"), [])
        assert tables.claims.claim(FIRST, "minh", LEASE) is None
    with store.write() as tables:
        assert [one for one in tables.outbox.take_due(5) if one.submission_id == FIRST] == []
        assert tables.rulings.undo("a" * 32, "user:minh") is None
        assert tables.rulings.undo("a" * 32, "user:lan") == FIRST
        assert tables.rulings.undo("a" * 32, "user:lan") is None
        submission = tables.submissions.by_id(FIRST)
        assert submission is not None
        assert (submission.state, submission.verdict) == (State.IN_REVIEW, VERDICT)
        assert tables.outbox.of_submission(FIRST) == []
        assert submission.files[0].turns == (0, 90)


def test_what_is_closed_is_masked_and_forgotten_and_no_longer_taken_back(store: OfficeStore, clock: Clock) -> None:
    with store.write() as tables:
        tables.rulings.rule(FIRST, ruling(), [])
        assert list(tables.rulings.due()) == []
        assert tables.rulings.held() == {FIRST, SECOND}
    clock.advance(OPEN)
    with store.write() as tables:
        assert tables.rulings.undo("a" * 32, "user:lan") is None
        [due] = tables.rulings.due()
        tables.rulings.close(due, hide={"card"}, forget=True)
        assert list(tables.rulings.due()) == []
        assert tables.rulings.held() == {SECOND}
        submission = tables.submissions.by_id(FIRST)
    assert submission is not None and submission.verdict is not None
    assert submission.declared == {}
    hidden, shown = submission.verdict["fields"]
    assert (hidden["declared"], hidden["read"], hidden["registered"]) == ("•••", "•••", None)
    assert (shown["declared"], shown["read"]) == ("An", "Ân")
