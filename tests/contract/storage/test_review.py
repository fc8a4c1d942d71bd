"""The desk's store on both databases: who gets what, what two people make of it, what becomes of records."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.domain.errors import HotichError
from pipeline.domain.message import Message
from pipeline.domain.model import CivilRecord, DocumentType, FieldSource, FieldValue, Status
from pipeline.judging.review.asking import UNSURE, NewItem
from pipeline.judging.review.policy import ReviewPolicy, Scheme, default_policy
from pipeline.page_ledger import PageElsewhere, Place
from pipeline.records.contract import read_record, record_bytes
from storage.catalogue import Catalogue, StoredDocument, WorkKey
from storage.commit import Digitized, commit_documents
from storage.objects import LocalStore
from storage.review import (
    Choice,
    Decided,
    Filters,
    Kind,
    NewDecision,
    NotYours,
    Person,
    Releasing,
    ReviewItem,
    ReviewStore,
    check_trail,
)
from storage.review.tables import review_decisions, review_trail
from storage.verify import verify
from tests.making.clock import Clock
from tests.making.desk_home import CERTIFICATE, DeskHome, doubtful, truths

LAN = Person(login="lan", offices=("",), roles=frozenset({"reviewer"}))
MINH = Person(login="minh", offices=("",), roles=frozenset({"reviewer"}))
HOA = Person(login="hoa", offices=("",), roles=frozenset({"reviewer"}))
AUDITOR = Person(login="kiem", offices=("",), roles=frozenset({"auditor"}))
PLAIN = replace(default_policy(), sample_accepted=0.0, sample_reviewed=0.0, seed_share=0.0)
NAME, BIRTH, ETHNICITY = "full_name", "date_of_birth", "ethnicity"


@dataclass
class Desk:
    """A desk over a home of specimens, with shorthand for what people do at it."""

    home: DeskHome
    catalogue: Catalogue
    objects: LocalStore
    clock: Clock
    store: ReviewStore
    releasing: Releasing

    def with_policy(self, policy: ReviewPolicy) -> Desk:
        self.store.policy = policy
        return self

    def follow(self) -> None:
        with self.store.write() as tables:
            for seq, document_id, revision in tables.items.pending(1000):
                tables.items.open_for_revision(document_id, revision, suspended=tables.suspended())
                tables.items.mark_followed(seq)
            tables.items.sweep()

    def add(self, *doubt: str, copy: int = 0, book: str = "") -> StoredDocument:
        stored = self.home.add(CERTIFICATE, doubt=doubt, copy=copy, book=book)
        self.follow()
        return stored

    def claim(self, person: Person, count: int = 10, tab: str = "tab", **wanted: Any) -> list[ReviewItem]:
        with self.store.write() as tables:
            return tables.queue.claim(person, tab, Filters(**wanted), count, lease=timedelta(minutes=2))

    def decide(self, item: ReviewItem, person: Person, text: str | None = None, **more: Any) -> Decided:
        """Accepts the reading, or says that it is `text`."""
        stored = self.catalogue.document(item.document_id, item.revision)
        assert stored is not None
        field = next((one for one in self.record(stored).fields if one.name == item.field), None)
        read = None if field is None else field.value
        value = read if text is None else text
        choice = more.pop("choice", Choice.ACCEPT if value == read else Choice.CORRECT)
        new = NewDecision(
            decision_id=secrets.token_hex(16), item_id=item.item_id, lease=item.lease or "", choice=choice,
            value=value, verbatim=value, agrees=value == read,
        )  # fmt: skip
        with self.store.write() as tables:
            done = tables.decisions.decide(replace(new, **more), person)
            if done.settled is not None:
                tables.causes.follow(done)
        return done

    def settle(self, item: ReviewItem, *people: Person, text: str | None = None) -> None:
        for person in people:
            [mine] = self.claim(person, 1, document_id=item.document_id, field=item.field)
            self.decide(mine, person, text)

    def release(self, document_id: str) -> StoredDocument | None:
        return self.releasing.release(document_id, actor="lan")

    def field(self, document_id: str, name: str) -> FieldValue:
        stored = self.catalogue.document(document_id)
        assert stored is not None
        return next(one for one in self.record(stored).fields if one.name == name)

    def record(self, stored: StoredDocument) -> CivilRecord:
        return read_record(self.objects.get(stored.json))


def drawn(name: str) -> float:
    return int(hashlib.sha256(name.encode()).hexdigest()[:13], 16) / 16**13


@pytest.fixture
def desk(catalogue: Catalogue, objects: LocalStore, clock: Clock, tmp_path: Path) -> Iterator[Desk]:
    home = DeskHome(folder=tmp_path, catalogue=catalogue, objects=objects, clock=clock)
    store = ReviewStore(catalogue.database, policy=PLAIN, draw=drawn, clock=clock)
    yield Desk(home, catalogue, objects, clock, store, Releasing(store=store, catalogue=catalogue, objects=objects))
    report = verify(objects, catalogue)
    assert report.ok, f"whatever the desk does, the archive is whole after it: {report}"


def test_every_doubtful_field_of_a_stored_document_is_asked_for_once(desk: Desk) -> None:
    desk.add(NAME, ETHNICITY)
    desk.follow()
    assert sorted(item.field for item in desk.claim(LAN)) == [ETHNICITY, NAME]


def test_a_document_nobody_doubts_asks_nothing(desk: Desk) -> None:
    desk.add()
    assert desk.claim(LAN) == []


def test_a_claimed_item_is_nobody_elses(desk: Desk) -> None:
    desk.add(ETHNICITY)
    assert len(desk.claim(LAN)) == 1
    assert desk.claim(MINH) == []


def test_two_tabs_of_one_person_get_different_items(desk: Desk) -> None:
    desk.add(NAME, ETHNICITY)
    first, second = desk.claim(LAN, 1, tab="one"), desk.claim(LAN, 1, tab="two")
    assert {first[0].field, second[0].field} == {NAME, ETHNICITY}


def test_an_item_whose_lease_ran_out_is_free_again(desk: Desk) -> None:
    desk.add(ETHNICITY)
    desk.claim(LAN)
    desk.clock.advance(timedelta(minutes=3))
    assert len(desk.claim(MINH)) == 1


def test_a_renewed_lease_keeps_others_away(desk: Desk) -> None:
    desk.add(ETHNICITY)
    [item] = desk.claim(LAN)
    desk.clock.advance(timedelta(seconds=100))
    with desk.store.write() as tables:
        assert tables.queue.keep(LAN, "tab", [item.item_id], lease=timedelta(minutes=2)) == [item.item_id]
    desk.clock.advance(timedelta(seconds=100))
    assert desk.claim(MINH) == []


def test_a_released_item_is_free_at_once(desk: Desk) -> None:
    desk.add(ETHNICITY)
    [item] = desk.claim(LAN)
    with desk.store.write() as tables:
        tables.queue.release(LAN, "tab", [item.item_id])
    assert len(desk.claim(MINH)) == 1


def test_a_late_decision_counts_when_nobody_took_the_item_since(desk: Desk) -> None:
    desk.add(ETHNICITY)
    [item] = desk.claim(LAN)
    desk.clock.advance(timedelta(minutes=30))
    assert desk.decide(item, LAN).after == "done"


def test_a_late_decision_is_refused_when_somebody_took_the_item(desk: Desk) -> None:
    desk.add(ETHNICITY)
    [item] = desk.claim(LAN)
    desk.clock.advance(timedelta(minutes=30))
    desk.claim(MINH)
    with pytest.raises(NotYours):
        desk.decide(item, LAN)


def test_the_same_decision_sent_twice_counts_once(desk: Desk) -> None:
    desk.add(ETHNICITY)
    [item] = desk.claim(LAN)
    first = desk.decide(item, LAN, decision_id="a" * 32)
    again = desk.decide(item, LAN, decision_id="a" * 32)
    assert (first.repeated, again.repeated, again.after) == (False, True, "done")
    with desk.store.read() as tables:
        assert len(tables.decisions.of_item(item.item_id)) == 1


def test_another_offices_items_are_not_handed_out(desk: Desk) -> None:
    desk.add(ETHNICITY)
    assert desk.claim(replace(LAN, offices=("00002",))) == []


def test_one_person_settles_a_single_field(desk: Desk) -> None:
    stored = desk.add(ETHNICITY)
    desk.settle(_item(desk, stored, ETHNICITY), LAN, text="Tày")
    desk.release(stored.document_id)
    field = desk.field(stored.document_id, ETHNICITY)
    assert (field.value, field.source, field.status) == ("Tày", FieldSource.REVIEWER, Status.ACCEPTED)


def test_a_name_waits_for_a_second_person(desk: Desk) -> None:
    desk.add(NAME)
    [item] = desk.claim(LAN)
    assert desk.decide(item, LAN).after == "second"
    assert desk.claim(LAN) == []
    [again] = desk.claim(MINH)
    assert (again.item_id, again.stage) == (item.item_id, 2)


def test_two_who_agree_settle_it(desk: Desk) -> None:
    stored = desk.add(NAME)
    desk.settle(_item(desk, stored, NAME), LAN, MINH, text="Nguyễn Văn Tám")
    desk.release(stored.document_id)
    assert desk.field(stored.document_id, NAME).value == "Nguyễn Văn Tám"


def test_two_who_differ_leave_it_to_a_third(desk: Desk) -> None:
    stored = desk.add(NAME)
    [item] = desk.claim(LAN)
    desk.decide(item, LAN, "Nguyễn Văn Tám")
    [item] = desk.claim(MINH)
    assert desk.decide(item, MINH, "Nguyễn Văn Tâm").after == "arbitration"
    assert desk.claim(LAN) == [] and desk.claim(MINH) == []
    [item] = desk.claim(HOA)
    assert desk.decide(item, HOA, "Nguyễn Văn Tám").after == "done"
    with desk.store.read() as tables:
        assert tables.decisions.holding(stored.document_id)[NAME].value == "Nguyễn Văn Tám"


def test_arbitration_says_who_was_upheld(desk: Desk) -> None:
    desk.add(NAME)
    for person, text in ((LAN, "Lê An"), (MINH, "Lê Ân"), (HOA, "Lê Ân")):
        [item] = desk.claim(person)
        desk.decide(item, person, text)
    with desk.catalogue.database.read() as connection:
        upheld = {row.person: row.upheld for row in connection.execute(review_decisions.select())}
    assert upheld == {"lan": False, "minh": True, "hoa": True}


def test_an_audited_fields_second_person_is_an_auditor(desk: Desk) -> None:
    desk.with_policy(replace(PLAIN, schemes_by_field={ETHNICITY: Scheme.AUDITED}))
    desk.add(ETHNICITY)
    [item] = desk.claim(LAN)
    desk.decide(item, LAN)
    assert desk.claim(MINH) == []
    assert len(desk.claim(AUDITOR)) == 1


def test_an_auditor_gets_no_first_decisions(desk: Desk) -> None:
    desk.add(ETHNICITY)
    assert desk.claim(AUDITOR) == []


def test_a_record_is_released_when_its_last_doubt_is_settled(desk: Desk) -> None:
    stored = desk.add(ETHNICITY, "mother_ethnicity")
    desk.settle(_item(desk, stored, ETHNICITY), LAN)
    assert desk.release(stored.document_id) is None
    desk.settle(_item(desk, stored, "mother_ethnicity"), LAN)
    made = desk.release(stored.document_id)
    assert made is not None and made.revision == 2 and made.status is Status.ACCEPTED


def test_the_machines_reading_stays_stored(desk: Desk) -> None:
    stored = desk.add(ETHNICITY)
    before = desk.record(stored)
    desk.settle(_item(desk, stored, ETHNICITY), LAN, text="Tày")
    desk.release(stored.document_id)
    first = desk.catalogue.document(stored.document_id, 1)
    assert first is not None and desk.record(first) == before


def test_an_undone_decision_gives_the_item_back(desk: Desk) -> None:
    desk.add(ETHNICITY)
    [item] = desk.claim(LAN)
    done = desk.decide(item, LAN)
    with desk.store.write() as tables:
        again = tables.decisions.undo(
            done.decision_id, LAN, "tab", lease_until="2026-11-21T09:00:00.000000Z", lease="b" * 32
        )
    assert desk.decide(again, LAN, "Tày").after == "done"


def test_nobody_undoes_what_another_has_decided_upon(desk: Desk) -> None:
    stored = desk.add(NAME)
    [item] = desk.claim(LAN)
    first = desk.decide(item, LAN)
    desk.settle(_item(desk, stored, NAME), MINH)
    with pytest.raises(NotYours), desk.store.write() as tables:
        tables.decisions.undo(first.decision_id, LAN, "tab", lease_until="2026", lease="b" * 32)


def test_undoing_in_a_released_record_brings_the_doubt_back(desk: Desk) -> None:
    stored = desk.add(ETHNICITY)
    [item] = desk.claim(LAN)
    done = desk.decide(item, LAN)
    desk.release(stored.document_id)
    with desk.store.write() as tables:
        tables.decisions.undo(done.decision_id, LAN, "tab", lease_until="2026", lease="b" * 32)
    desk.release(stored.document_id)
    assert desk.field(stored.document_id, ETHNICITY).status is Status.REVIEW


def test_decisions_outlive_a_newer_reading(desk: Desk) -> None:
    stored = desk.add(ETHNICITY, NAME)
    desk.settle(_item(desk, stored, ETHNICITY), LAN, text="Tày")
    desk.home.provenance = replace(desk.home.provenance, software="hotich newer")
    desk.add(ETHNICITY, NAME)
    assert [item.field for item in desk.claim(MINH)] == [NAME]
    with desk.store.read() as tables:
        assert tables.decisions.holding(stored.document_id)[ETHNICITY].value == "Tày"


def test_an_illegible_value_is_rejected_and_empty(desk: Desk) -> None:
    stored = desk.add(ETHNICITY)
    [item] = desk.claim(LAN)
    desk.decide(item, LAN, choice=Choice.ILLEGIBLE, value=None, verbatim=None)
    made = desk.release(stored.document_id)
    field = desk.field(stored.document_id, ETHNICITY)
    assert made is not None
    assert (field.value, field.status, made.status) == (None, Status.REJECTED, Status.REJECTED)


def test_a_word_about_the_whole_document_takes_its_items_away(desk: Desk) -> None:
    desk.add(ETHNICITY, NAME)
    item = desk.claim(LAN, 1)[0]
    assert desk.decide(item, LAN, choice=Choice.WRONG_TYPE).after == "paper"
    assert desk.claim(MINH) == []


def stack_of_two(desk: Desk, said: str) -> list[StoredDocument]:
    """Two certificates of one file in the folder "so-3", a separator sheet between them that names this book."""
    data = b"a stack"
    truth = truths()[CERTIFICATE]
    fields = [doubtful(name, *one) for name, one in truth.fields.items() if name == NAME]
    record = desk.home.record(truth, fields, data)
    record = record.evolve(source=record.source.evolve(pages=3))
    papers = [
        record.evolve(document_id=f"d{page}", pages=tuple(replace(one, number=page) for one in record.pages))
        for page in (1, 3)
    ]
    sheet = PageElsewhere(
        number=2, place=Place.SEPARATOR, code="page.separator", message=Message.same("x"), beside="d1", book=said
    )
    claim = desk.catalogue.claim(WorkKey.of(record.source.sha256, record.provenance), name="so-3/a.jpg", size=7).claim
    assert claim is not None
    stored = commit_documents(
        desk.objects, desk.catalogue, claim, original=data, actor="test", elsewhere=[sheet],
        documents=[Digitized(record=paper, record_json=record_bytes(paper), archival=None) for paper in papers],
    )  # fmt: skip
    desk.follow()
    return stored


@pytest.mark.parametrize(("said", "attached"), [("so-7", "so-7"), ("sổ <7>", "so-3"), ("", "so-3")])
def test_papers_after_a_separator_are_of_the_book_that_it_names(desk: Desk, said: str, attached: str) -> None:
    before, after = stack_of_two(desk, said)
    books = {item.document_id: item.book for item in desk.claim(LAN)}
    assert books == {before.document_id: "so-3", after.document_id: attached}


def test_an_error_in_a_sample_reopens_what_shares_its_cause(desk: Desk) -> None:
    desk.with_policy(replace(PLAIN, sample_accepted=1.0))
    first = desk.add(copy=0, book="so-3")
    desk.with_policy(PLAIN)
    second, other = desk.add(copy=1, book="so-3"), desk.add(copy=2, book="so-4")
    desk.settle(_item(desk, first, ETHNICITY), LAN, MINH, text="Tày")
    asked = {(item.document_id, item.field) for item in desk.claim(HOA, 100) if item.kind is Kind.REOPENED}
    assert asked == {(second.document_id, ETHNICITY)}
    assert other.document_id not in {document for document, _ in asked}


def test_a_sample_cannot_be_told_from_a_doubt(desk: Desk) -> None:
    desk.with_policy(replace(PLAIN, sample_accepted=1.0))
    desk.add(ETHNICITY)
    items = desk.claim(LAN, 100)
    assert {item.kind for item in items} == {Kind.DOUBT, Kind.SAMPLE}
    assert {item.reason for item in items} == {"field.low_confidence"}


def test_a_reopened_value_is_in_doubt_in_its_record(desk: Desk) -> None:
    desk.with_policy(replace(PLAIN, sample_accepted=1.0))
    first = desk.add(copy=0, book="so-3")
    desk.with_policy(PLAIN)
    second = desk.add(copy=1, book="so-3")
    desk.settle(_item(desk, first, ETHNICITY), LAN, MINH, text="Tày")
    desk.release(second.document_id)
    assert desk.field(second.document_id, ETHNICITY).status is Status.REVIEW


def test_an_error_of_a_person_reopens_what_that_person_decided(desk: Desk) -> None:
    one, two, three = (desk.add(ETHNICITY, copy=n, book="so-3") for n in range(3))
    for stored, person in ((one, LAN), (two, LAN), (three, MINH)):
        desk.settle(_item(desk, stored, ETHNICITY), person, text="Kinh")
    with desk.store.write() as tables:
        document = tables.items.document(one.document_id)
        assert document is not None
        sample = NewItem(field=ETHNICITY, kind=Kind.SAMPLE, reason=UNSURE, scheme=Scheme.DOUBLE)
        tables.items.open(document, [sample])
    desk.settle(_item(desk, one, ETHNICITY), MINH, HOA, text="Tày")
    asked = {item.document_id for item in desk.claim(AUDITOR, 100)} | {
        item.document_id for item in desk.claim(HOA, 100) if item.kind is Kind.REOPENED
    }
    assert asked == {two.document_id}


def test_a_class_whose_sample_breaks_the_promise_is_accepted_no_more(desk: Desk) -> None:
    desk.with_policy(replace(PLAIN, sample_accepted=1.0, sample_least=2))
    for stored in [desk.add(copy=copy, book=f"so-{copy}") for copy in range(2)]:
        for name in (ETHNICITY, "father_ethnicity", "mother_ethnicity"):
            desk.settle(_item(desk, stored, name), LAN, MINH, text="Tày")
    desk.with_policy(replace(PLAIN, sample_least=2))
    new = desk.add(copy=9, book="so-9")
    asked = {item.field for item in desk.claim(LAN, 100, document_id=new.document_id)}
    assert {ETHNICITY, "father_ethnicity", "mother_ethnicity"} <= asked


def test_what_people_decided_wrongly_is_not_held_against_the_machine(desk: Desk) -> None:
    desk.with_policy(replace(PLAIN, sample_least=2))
    for stored in [desk.add(ETHNICITY, copy=copy, book=f"so-{copy}") for copy in range(2)]:
        desk.settle(_item(desk, stored, ETHNICITY), LAN, text="Kinh")
        with desk.store.write() as tables:
            document = tables.items.document(stored.document_id)
            assert document is not None
            sample = NewItem(field=ETHNICITY, kind=Kind.SAMPLE, reason=UNSURE, scheme=Scheme.DOUBLE)
            tables.items.open(document, [sample])
        desk.settle(_item(desk, stored, ETHNICITY), MINH, HOA, text="Tày")
    with desk.store.read() as tables:
        assert tables.suspended() == frozenset()


def test_a_seed_measures_and_changes_nothing(desk: Desk) -> None:
    stored = desk.add()
    with desk.store.write() as tables:
        document = tables.items.document(stored.document_id)
        assert document is not None
        seed = NewItem(field=ETHNICITY, kind=Kind.SEED, reason=UNSURE, scheme=Scheme.SINGLE, truth="Kinh")
        tables.items.open(document, [seed])
    item = _item(desk, stored, ETHNICITY)
    desk.settle(item, LAN, text="Tày")
    with desk.store.read() as tables:
        after = tables.queue.item(item.item_id)
    assert after is not None and after.wrong is True
    assert desk.release(stored.document_id) is None


def test_the_trail_refuses_any_change(desk: Desk) -> None:
    stored = desk.add(ETHNICITY)
    desk.settle(_item(desk, stored, ETHNICITY), LAN)
    with desk.catalogue.database.read() as connection:
        report = check_trail(connection)
    assert report is not None and report.ok
    with pytest.raises(HotichError), desk.catalogue.database.write() as connection:
        connection.execute(review_trail.update().values(actor="minh"))


def test_the_trail_tells_reading_decision_and_release(desk: Desk) -> None:
    stored = desk.add(ETHNICITY)
    desk.settle(_item(desk, stored, ETHNICITY), LAN, text="Tày")
    desk.release(stored.document_id)
    with desk.store.read() as tables:
        actions = [entry.action for entry in tables.trail.of(stored.document_id)]
    assert actions == ["document.read", "decided", "settled", "released"]


def _item(desk: Desk, stored: StoredDocument, field: str) -> ReviewItem:
    with desk.store.read() as tables:
        return [one for one in tables.queue.of_document(stored.document_id) if one.field == field][-1]


def test_a_page_that_could_not_be_read_is_asked_about_at_the_paper_beside_it(desk: Desk) -> None:
    stored = desk.home.add(CERTIFICATE, doubt=[BIRTH], open_pages=[2, 3])
    desk.follow()
    asked = [(item.field, item.kind, item.page, item.reason) for item in desk.claim(LAN)]
    assert asked[0] == ("", Kind.PAPER, 2, "page.unreadable")
    assert [field for field, *_ in asked[1:]] == [BIRTH]
    assert desk.release(stored.document_id) is None


def test_an_accepted_paper_beside_an_open_page_is_asked_about(desk: Desk) -> None:
    desk.home.add(CERTIFICATE, open_pages=[2])
    desk.follow()
    assert [(item.field, item.reason) for item in desk.claim(LAN)] == [("", "page.unreadable")]


def test_a_paper_of_no_known_kind_that_a_person_found_right_is_asked_of_nobody_else(desk: Desk) -> None:
    data = b"of no known kind"
    record = desk.home.record(truths()[CERTIFICATE], [], data)
    stored = desk.home.store(record.evolve(document_type=DocumentType.UNKNOWN, form=None), data)
    desk.follow()
    [item] = desk.claim(LAN)
    assert (item.field, item.reason) == ("", "paper.unknown_type")
    desk.decide(item, LAN, choice=Choice.ACCEPT)
    with desk.store.write() as tables:
        tables.items.confirm(stored.document_id)
    desk.release(stored.document_id)
    assert desk.claim(MINH) == []
    assert desk.claim(LAN) == []
