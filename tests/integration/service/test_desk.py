"""What people do at the desk, and what becomes of records: without a browser, over real stores."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.domain.message import Message
from pipeline.domain.model import CivilRecord, DocumentType, FieldSource, FieldValue, Finding, RegisterOutcome, Status
from pipeline.judging.review.policy import default_policy
from pipeline.records.contract import read_record
from pipeline.settling.register import Claims, RegisterAnswer
from service.desk.desk import DecisionReceipt, ProposedDecision, ReviewDesk
from service.desk.document_edits import DocumentEdits
from service.wire.errors import Conflict, NotAllowed, NotThere, Unprocessable
from storage.catalogue import StoredDocument
from storage.office.store import OfficeStore
from storage.review import Choice, Editing, Filters, Person, Releasing, ReviewItem, ReviewStore
from storage.verify import verify
from tests.making.desk_home import CERTIFICATE, HOUSEHOLD, DeskHome, copy_of, doubtful, sure, truths

LAN = Person(login="lan", offices=("",), roles=frozenset({"reviewer"}))
MINH = Person(login="minh", offices=("",), roles=frozenset({"reviewer"}))
AUDITOR = Person(login="kiem", offices=("",), roles=frozenset({"auditor"}))
ELSEWHERE = Person(login="xa", offices=("00002",), roles=frozenset({"reviewer"}))
PLAIN = replace(default_policy(), sample_accepted=0.0, sample_reviewed=0.0, seed_share=0.0)
ETHNICITY, BIRTH, REGISTERED = "ethnicity", "date_of_birth", "date_of_registration"


@dataclass
class FakeRegister:
    """Says what a test lays in its mouth."""

    answer: RegisterAnswer = field(default_factory=lambda: RegisterAnswer(outcome=RegisterOutcome.NOT_FOUND))
    asked: list[Claims] = field(default_factory=list)

    def look_up(self, claims: Claims) -> RegisterAnswer:
        self.asked.append(claims)
        return self.answer


@dataclass
class Sitting:
    home: DeskHome
    desk: ReviewDesk
    papers: DocumentEdits
    office: OfficeStore
    settled: list[tuple[ReviewItem, FieldValue]]
    register: FakeRegister
    store: ReviewStore

    def add_with(self, finding: Finding, *doubt: str) -> StoredDocument:
        """A document of which something is said as a whole."""
        truth, data = truths()[CERTIFICATE], copy_of(CERTIFICATE, 0)
        fields = [(doubtful if name in doubt else sure)(name, *reading) for name, reading in truth.fields.items()]
        record = self.home.record(truth, fields, data)
        stored = self.home.store(record.evolve(findings=(finding,)), data)
        self.desk.catch_up()
        return stored

    def add(self, *doubt: str, file: str = CERTIFICATE, copy: int = 0) -> StoredDocument:
        stored = self.home.add(file, doubt=doubt, copy=copy)
        self.desk.catch_up()
        return stored

    def sample_everything(self) -> None:
        self.store.policy = replace(PLAIN, sample_accepted=1.0)

    def claim(self, person: Person, field: str | None = None) -> ReviewItem:
        [item] = self.desk.claim(person, "tab", Filters(field=field), 1)
        return item

    def say(
        self, item: ReviewItem, person: Person, choice: Choice, text: str | None = None, **more: Any
    ) -> DecisionReceipt:
        given = ProposedDecision(
            decision_id=secrets.token_hex(16), item_id=item.item_id, lease=item.lease or "", choice=choice, text=text
        )
        return self.desk.decide(person, replace(given, **more))

    def record(self, document_id: str) -> CivilRecord:
        stored = self.home.catalogue.document(document_id)
        assert stored is not None
        return read_record(self.home.objects.get(stored.json))

    def field_of(self, document_id: str, name: str) -> FieldValue:
        return next(field for field in self.record(document_id).fields if field.name == name)


@pytest.fixture
def sitting(tmp_path: Path) -> Iterator[Sitting]:
    home = DeskHome.open(tmp_path)
    office = OfficeStore(home.catalogue.database)
    store = ReviewStore(home.catalogue.database, policy=PLAIN, draw=lambda _: 0.5)
    register = FakeRegister()
    releasing = Releasing(store=store, catalogue=home.catalogue, objects=home.objects, register=register)
    settled: list[tuple[ReviewItem, FieldValue]] = []
    desk = ReviewDesk(
        store=store, office=office, catalogue=home.catalogue, objects=home.objects, releasing=releasing,
        on_settled=lambda item, _, field: settled.append((item, field)),
    )  # fmt: skip
    editing = Editing(store=store, catalogue=home.catalogue, objects=home.objects, releasing=releasing)
    papers = DocumentEdits(desk=desk, store=store, editing=editing, on_changed=int)
    yield Sitting(home, desk, papers, office, settled, register, store)
    report = verify(home.objects, home.catalogue)
    assert report.ok, f"whatever people do, the archive is whole after it: {report}"
    home.close()


def test_accepting_takes_the_reading_as_it_is(sitting: Sitting) -> None:
    stored = sitting.add(ETHNICITY)
    read = sitting.field_of(stored.document_id, ETHNICITY)
    sitting.say(sitting.claim(LAN), LAN, Choice.ACCEPT)
    after = sitting.field_of(stored.document_id, ETHNICITY)
    assert (after.value, after.verbatim, after.source) == (read.value, read.verbatim, FieldSource.REVIEWER)


def test_a_date_typed_as_people_write_it_is_stored_in_its_normal_form(sitting: Sitting) -> None:
    stored = sitting.add(REGISTERED)
    receipt = sitting.say(sitting.claim(LAN), LAN, Choice.CORRECT, "8/3/1957")
    after = sitting.field_of(stored.document_id, REGISTERED)
    assert (receipt.recorded.vi, after.value, after.verbatim) == ("08/03/1957", "1957-03-08", "8/3/1957")


def test_an_impossible_date_is_asked_about_once_more(sitting: Sitting) -> None:
    sitting.add(REGISTERED)
    item = sitting.claim(LAN)
    with pytest.raises(Unprocessable) as refused:
        sitting.say(item, LAN, Choice.CORRECT, "31/02/1957")
    assert refused.value.code == "review.invalid_form"


def test_what_is_insisted_on_is_kept_as_it_is_written(sitting: Sitting) -> None:
    stored = sitting.add(REGISTERED)
    sitting.say(sitting.claim(LAN), LAN, Choice.CORRECT, "31/02/1957", insist=True)
    assert sitting.field_of(stored.document_id, REGISTERED).verbatim == "31/02/1957"


def test_decomposed_letters_are_stored_composed(sitting: Sitting) -> None:
    stored = sitting.add(ETHNICITY)
    sitting.say(sitting.claim(LAN), LAN, Choice.CORRECT, "Ta\u0300y")
    assert sitting.field_of(stored.document_id, ETHNICITY).value == "Tày"


def test_a_fully_decided_document_is_accepted(sitting: Sitting) -> None:
    stored = sitting.add(ETHNICITY)
    sitting.say(sitting.claim(LAN), LAN, Choice.ACCEPT)
    assert sitting.record(stored.document_id).status is Status.ACCEPTED


def test_a_value_that_is_not_on_the_form_leaves_the_record(sitting: Sitting) -> None:
    stored = sitting.add(ETHNICITY)
    sitting.say(sitting.claim(LAN), LAN, Choice.ABSENT)
    assert all(field.name != ETHNICITY for field in sitting.record(stored.document_id).fields)


def test_the_second_person_is_shown_the_reading_and_no_opinions(sitting: Sitting) -> None:
    sitting.add(BIRTH)
    sitting.say(sitting.claim(LAN), LAN, Choice.CORRECT, "01/01/1957")
    to_decide = sitting.desk.item_to_decide(MINH, sitting.claim(MINH).item_id)
    assert to_decide.opinions == ()
    assert to_decide.field is not None and to_decide.field.source is not FieldSource.REVIEWER


def test_arbitration_shows_both_opinions_without_names(sitting: Sitting) -> None:
    sitting.add(BIRTH)
    sitting.say(sitting.claim(LAN), LAN, Choice.CORRECT, "01/01/1957")
    sitting.say(sitting.claim(MINH), MINH, Choice.CORRECT, "01/01/1951")
    to_decide = sitting.desk.item_to_decide(AUDITOR, sitting.claim(AUDITOR).item_id)
    assert {text for text, _ in to_decide.opinions} == {"01/01/1957", "01/01/1951"}


def test_two_who_decide_at_once_are_told_apart(sitting: Sitting) -> None:
    sitting.add(ETHNICITY)
    item = sitting.claim(LAN)
    sitting.desk.release(LAN, "tab")
    other = sitting.claim(MINH)
    sitting.say(other, MINH, Choice.ACCEPT)
    with pytest.raises(Conflict):
        sitting.say(item, LAN, Choice.ACCEPT)


def test_another_offices_item_is_not_there(sitting: Sitting) -> None:
    sitting.add(ETHNICITY)
    item = sitting.claim(LAN)
    with pytest.raises(NotThere):
        sitting.desk.item_to_decide(ELSEWHERE, item.item_id)


def test_another_offices_document_is_not_there(sitting: Sitting) -> None:
    stored = sitting.add(ETHNICITY)
    with pytest.raises(NotThere):
        sitting.desk.document(ELSEWHERE, stored.document_id)


def test_every_read_of_a_document_is_noted(sitting: Sitting) -> None:
    stored = sitting.add(ETHNICITY)
    sitting.claim(LAN)
    with sitting.office.read() as tables:
        read = [(read.actor, read.action, read.purpose) for read in tables.reads.entries(subject=stored.document_id)]
    assert read == [("user:lan", "desk.item", "review")]


def test_an_undone_decision_takes_the_value_back(sitting: Sitting) -> None:
    stored = sitting.add(ETHNICITY)
    receipt = sitting.say(sitting.claim(LAN), LAN, Choice.CORRECT, "Tày")
    again = sitting.desk.undo(LAN, receipt.decision_id, "tab")
    assert sitting.field_of(stored.document_id, ETHNICITY).status is Status.REVIEW
    assert sitting.say(again, LAN, Choice.ACCEPT).state == "done"


def test_who_listens_is_told_of_settled_values_as_written(sitting: Sitting) -> None:
    sitting.add(REGISTERED)
    sitting.say(sitting.claim(LAN), LAN, Choice.CORRECT, "8/3/1957")
    [(_, field)] = sitting.settled
    assert field.verbatim == "8/3/1957"


def test_a_wrong_type_waits_for_whoever_names_the_right_one(sitting: Sitting) -> None:
    sitting.add(ETHNICITY, REGISTERED)
    sitting.say(sitting.claim(LAN), LAN, Choice.WRONG_TYPE)
    [item] = sitting.desk.claim(MINH, "tab", Filters(), 10)
    assert (item.field, item.reason) == ("", "paper.wrong_type")


def test_a_document_found_right_after_all_is_asked_about_again(sitting: Sitting) -> None:
    sitting.add(ETHNICITY)
    sitting.say(sitting.claim(LAN), LAN, Choice.WRONG_TYPE)
    sitting.say(sitting.claim(MINH), MINH, Choice.ACCEPT)
    assert sitting.claim(LAN).field == ETHNICITY


def test_a_useless_scan_is_rejected_once_two_looked_at_it(sitting: Sitting) -> None:
    stored = sitting.add(ETHNICITY)
    sitting.say(sitting.claim(LAN), LAN, Choice.RETAKE)
    sitting.say(sitting.claim(MINH), MINH, Choice.RETAKE)
    assert sitting.record(stored.document_id).status is Status.REJECTED
    assert sitting.desk.claim(AUDITOR, "tab", Filters(), 10) == []


def test_what_is_said_of_the_document_itself_is_asked_about_last(sitting: Sitting) -> None:
    """Else a record would stay in review with nothing left to decide."""
    stored = sitting.add_with(Finding(code="page.unreadable", message=Message("Trang 2", "Page 2")), ETHNICITY)
    sitting.say(sitting.claim(LAN), LAN, Choice.ACCEPT)
    item = sitting.claim(LAN)
    assert (item.field, item.reason) == ("", "paper.findings")
    sitting.say(item, LAN, Choice.ACCEPT)
    assert sitting.record(stored.document_id).status is Status.ACCEPTED


def test_a_sample_that_waits_keeps_no_document_from_being_asked_about(sitting: Sitting) -> None:
    sitting.sample_everything()
    sitting.add_with(Finding(code="page.unreadable", message=Message("Trang 2", "Page 2")), ETHNICITY)
    sitting.say(sitting.claim(LAN, ETHNICITY), LAN, Choice.ACCEPT)
    assert "paper.findings" in {item.reason for item in sitting.desk.claim(MINH, "tab", Filters(), 50)}


def test_the_register_is_asked_anew_about_whom_people_say_it_is(sitting: Sitting) -> None:
    stored = sitting.add(ETHNICITY)
    sitting.register.answer = RegisterAnswer(outcome=RegisterOutcome.MATCH, register_id="001", match_probability=0.999)
    sitting.say(sitting.claim(LAN), LAN, Choice.CORRECT, "Tày")
    assert sitting.record(stored.document_id).validation.outcome == "match"
    assert sitting.register.asked[-1].fields["ethnicity"].value == "Tày"


def test_a_register_out_of_reach_takes_nothing_back(sitting: Sitting) -> None:
    stored = sitting.add(ETHNICITY)
    before = sitting.record(stored.document_id).validation
    sitting.register.answer = RegisterAnswer(outcome=RegisterOutcome.UNAVAILABLE)
    sitting.say(sitting.claim(LAN), LAN, Choice.ACCEPT)
    assert sitting.record(stored.document_id).validation == before


def test_a_retyped_document_keeps_the_fields_of_its_new_type(sitting: Sitting) -> None:
    stored = sitting.add(ETHNICITY)
    sitting.papers.retype(LAN, stored.document_id, "birth_extract", None, "đây là trích lục")
    record = sitting.record(stored.document_id)
    assert record.document_type is DocumentType.BIRTH_EXTRACT
    assert any(field.name == "full_name" for field in record.fields)


def test_a_book_cut_in_two_is_two_documents(sitting: Sitting) -> None:
    stored = sitting.add(file=HOUSEHOLD)
    at = max(page for _, _, page, _ in truths()[HOUSEHOLD].fields.values())
    first, second = sitting.papers.split(LAN, stored.document_id, at, "hai sổ quét chung")
    assert first.document_id == stored.document_id != second.document_id
    assert all(field.page < at for field in sitting.record(first.document_id).fields)
    assert all(field.page >= at for field in sitting.record(second.document_id).fields)


def test_what_was_cut_can_be_joined_again(sitting: Sitting) -> None:
    stored = sitting.add(file=HOUSEHOLD)
    before = {(field.page, field.verbatim) for field in sitting.record(stored.document_id).fields}
    at = max(page for page, _ in before)
    _, second = sitting.papers.split(LAN, stored.document_id, at, "nhầm")
    sitting.papers.merge(LAN, stored.document_id, second.document_id, "tách nhầm")
    assert {(field.page, field.verbatim) for field in sitting.record(stored.document_id).fields} == before
    assert sitting.home.catalogue.document(second.document_id) is None


def test_a_retyped_document_stays_so_when_its_file_is_read_anew(sitting: Sitting) -> None:
    stored = sitting.add(ETHNICITY)
    sitting.papers.retype(LAN, stored.document_id, "birth_extract", None, "đây là trích lục")
    sitting.home.provenance = replace(sitting.home.provenance, software="hotich newer")
    sitting.add(ETHNICITY)
    assert sitting.record(stored.document_id).document_type is DocumentType.BIRTH_EXTRACT


def test_changing_a_document_needs_a_reason(sitting: Sitting) -> None:
    stored = sitting.add(ETHNICITY)
    with pytest.raises(Unprocessable):
        sitting.papers.retype(LAN, stored.document_id, "birth_extract", None, "  ")


def test_an_auditor_changes_no_document(sitting: Sitting) -> None:
    stored = sitting.add(ETHNICITY)
    with pytest.raises(NotAllowed):
        sitting.papers.retype(AUDITOR, stored.document_id, "birth_extract", None, "vì")


def test_a_released_value_is_corrected_with_a_reason(sitting: Sitting) -> None:
    stored = sitting.add()
    sitting.papers.correct(LAN, stored.document_id, ETHNICITY, "Tày", "đối chiếu sổ gốc", tab="tab")
    assert sitting.field_of(stored.document_id, ETHNICITY).value == "Tày"
    history = sitting.desk.history(LAN, stored.document_id, ETHNICITY)
    assert any(entry.details.get("comment") == "đối chiếu sổ gốc" for entry in history)


def test_correcting_a_birth_date_waits_for_a_second_person(sitting: Sitting) -> None:
    stored = sitting.add()
    before = sitting.field_of(stored.document_id, BIRTH).value
    sitting.papers.correct(LAN, stored.document_id, BIRTH, "01/01/1957", "đối chiếu sổ gốc", tab="tab")
    assert sitting.field_of(stored.document_id, BIRTH).value == before
    sitting.say(sitting.claim(MINH, BIRTH), MINH, Choice.CORRECT, "1/1/1957")
    assert sitting.field_of(stored.document_id, BIRTH).value == "1957-01-01"


def test_a_missed_value_is_added(sitting: Sitting) -> None:
    stored = sitting.add()
    sitting.papers.correct(LAN, stored.document_id, "father_occupation", "Làm ruộng", "máy bỏ sót", tab="tab")
    assert sitting.field_of(stored.document_id, "father_occupation").value == "Làm ruộng"


def test_what_a_crash_left_unreleased_is_released_at_the_next_round(
    sitting: Sitting, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = sitting.add(ETHNICITY)
    item = sitting.claim(LAN)
    monkeypatch.setattr(sitting.desk, "_release", lambda *_: None)
    sitting.say(item, LAN, Choice.ACCEPT)
    assert sitting.record(stored.document_id).status is Status.REVIEW
    sitting.desk.catch_up()
    assert sitting.record(stored.document_id).status is Status.ACCEPTED
