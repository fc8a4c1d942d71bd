"""What a person may have done with what was handed in about them, on both databases."""

from __future__ import annotations

import pytest

from pipeline.domain.errors import WrongUse
from storage.catalogue import Catalogue
from storage.office.store import OfficeStore
from storage.submissions import Decision, NewSubmission, Ruling, State, SubmittedFile
from tests.making.clock import Clock

SUBMITTED, CODE = f"{1:032x}", "CODE-0001"
FIELD = {"name": "full_name", "role": "applicant_card", "declared": "Đặng Thị Mẫu", "read": "Đặng Thị Mẫn"}


@pytest.fixture
def store(catalogue: Catalogue, clock: Clock) -> OfficeStore:
    return OfficeStore(catalogue.database, clock=clock)


def handed_in(store: OfficeStore, state: State, *documents: tuple[str, str]) -> None:
    new = NewSubmission(
        submission_id=SUBMITTED, code=CODE, client_id="c", office="00001", request_key=None, fingerprint="f" * 64,
        procedure="1.004222", declared={"full_name": "Đặng Thị Mẫu"}, proof="p", email="mau@example.vn", phone="0900",
        files=[SubmittedFile(name="Đặng Thị Mẫu.jpg", sha256="a" * 64, size=5, media_type="image/jpeg")],
    )  # fmt: skip
    verdict = {"outcome": "review", "reasons": [], "fields": [dict(FIELD)], "documents": []}
    with store.write() as tables:
        tables.submissions.add(new)
        tables.submissions.decide(
            SUBMITTED, Decision(state=state, outcome="review", verdict=verdict, documents=documents)
        )


def actions(catalogue: Catalogue) -> list[str]:
    with catalogue.unit() as unit:
        return [entry.action for entry in unit.audit.entries() if entry.subject == CODE]


def test_a_blocked_submission_waits_for_nobody_and_is_not_decided(store: OfficeStore, catalogue: Catalogue) -> None:
    handed_in(store, State.IN_REVIEW)
    with store.write() as tables:
        assert tables.personal.block(CODE, reason="tranh chấp", actor="user:lan")
        assert not tables.personal.block(CODE, reason="tranh chấp", actor="user:lan")
        assert (tables.claims.waiting(["00001"]), tables.claims.next_free(["00001"], "user:an")) == (0, None)
        assert tables.submissions.of_offices(["00001"], State.IN_REVIEW, 5) == []
        ruling = Ruling(state=State.ACCEPTED, reasons=[], actor="user:an")
        assert not tables.rulings.rule(SUBMITTED, ruling, [])
        found = tables.submissions.by_code(CODE)
        assert found is not None and found.blocked
        assert tables.personal.unblock(CODE, actor="user:lan")
        assert tables.claims.waiting(["00001"]) == 1
    assert actions(catalogue) == ["submission.blocked", "submission.unblocked"]


def test_an_erased_submission_leaves_its_code_and_state_and_nothing_of_the_person(
    store: OfficeStore, catalogue: Catalogue
) -> None:
    handed_in(store, State.REFUSED)
    with store.write() as tables:
        assert tables.personal.kept_because(CODE) is None
        tables.personal.erase(CODE, decision="QĐ 3/2026", actor="user:lan")
    with store.read() as tables:
        found = tables.submissions.by_code(CODE)
        assert list(tables.personal.all()) == []
    assert found is not None
    assert (found.state, found.declared, found.email, found.phone, found.proof) == (State.REFUSED, {}, None, None, None)
    assert found.verdict is not None and found.verdict["fields"] == [] and "Mẫu" not in found.files[0].name
    assert found.fingerprint != "f" * 64, "a digest of what was declared can be guessed at"
    assert actions(catalogue) == ["submission.erased:QĐ 3/2026"]


@pytest.mark.parametrize(
    ("state", "documents"), [(State.IN_REVIEW, ()), (State.ACCEPTED, [("d1", "HT-1")])], ids=["under way", "kept"]
)
def test_what_the_procedure_still_needs_is_not_erased(
    store: OfficeStore, state: State, documents: list[tuple[str, str]]
) -> None:
    handed_in(store, state, *documents)
    with store.write() as tables:
        assert tables.personal.kept_because(CODE) is not None
        with pytest.raises(WrongUse):
            tables.personal.erase(CODE, decision="QĐ 3/2026", actor="user:lan")


def test_a_correction_is_told_to_whoever_decides_and_changes_no_value(store: OfficeStore, catalogue: Catalogue) -> None:
    handed_in(store, State.IN_REVIEW)
    with store.write() as tables:
        tables.personal.ask_correction(CODE, "full_name", reason="sai dấu", actor="user:lan")
        with pytest.raises(WrongUse):
            tables.personal.ask_correction(CODE, "sex", reason="sai", actor="user:lan")
        found = tables.submissions.by_code(CODE)
    assert found is not None and found.verdict is not None
    assert [(one["code"], one["field"]) for one in found.verdict["reasons"]] == [("person.correction", "full_name")]
    assert found.verdict["fields"] == [FIELD]
    assert actions(catalogue) == ["submission.correction_asked:full_name:sai dấu"]
