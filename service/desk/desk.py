"""Deciding items of the review desk: claims, decisions, and what follows them."""

from __future__ import annotations

import contextlib
import logging
import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import lru_cache

from pipeline.domain.errors import HotichError
from pipeline.domain.geometry import Quad
from pipeline.domain.message import Message
from pipeline.domain.model import CivilRecord, FieldValue
from pipeline.judging.review.asking import NewItem
from pipeline.judging.review.display import display_value
from pipeline.judging.review.outcome import OF_THE_PAPER
from pipeline.judging.review.places import grammar_of
from pipeline.judging.review.policy import Scheme
from pipeline.judging.review.typed_value import read_typed
from pipeline.records.contract import read_record
from pipeline.settling.triage import reason_message
from service.desk.evidence import page_asked
from service.desk.overview.timed_cache import TimedCache
from service.wire.errors import Conflict, NotThere, Unprocessable
from storage.catalogue import Catalogue, StoredDocument
from storage.objects import ObjectKey, ObjectStore
from storage.office.store import OfficeStore
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
    ReviewTables,
    TrailEntry,
)
from storage.review.lanes import Lane, lanes
from storage.review.waiting import WaitingPaper, waiting_papers
from storage.times import time_text

_log = logging.getLogger(__name__)
_PURPOSE = "review"
_LANES_KEPT = timedelta(seconds=3)
_CHOICE_WORDS = {
    Choice.ILLEGIBLE: Message("không đọc được", "illegible"),
    Choice.ABSENT: Message("không có trên giấy tờ", "not on the form"),
    Choice.WRONG_TYPE: Message("sai loại giấy tờ", "wrong type"),
    Choice.WRONG_SPLIT: Message("sai cách tách trang", "wrong pages"),
    Choice.RETAKE: Message("cần quét lại", "to be scanned again"),
}


class DecisionState(StrEnum):
    """What follows a decision: nothing, a second person's decision, or a third one's between two that differ."""

    DONE = "done"
    SECOND = "second"
    ARBITRATION = "arbitration"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedDecision:
    """A decision as a person sends it. `text`: as typed, None to take the reading; `insist`: keep what is written even
    where it does not have the form of the field. `seconds` the item was looked at; `keys` that were pressed."""

    decision_id: str
    item_id: str
    lease: str
    choice: Choice
    text: str | None = None
    comment: str = ""
    insist: bool = False
    page: int | None = None
    box: Quad | None = None
    seconds: float = 0.0
    keys: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionReceipt:
    """A decision as it was recorded. `recorded`: its content in words, for the person who decided; `repeated`: this
    very decision had come before."""

    decision_id: str
    item_id: str
    state: DecisionState
    recorded: Message
    repeated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemToDecide:
    """An item with its document and the record that the machine read. `opinions` (text, choice) of the two people who
    disagree, without their names; empty unless this is the arbitration."""

    item: ReviewItem
    document: StoredDocument
    record: CivilRecord
    opinions: tuple[tuple[str, str], ...] = ()

    @property
    def field(self) -> FieldValue | None:
        return next((field for field in self.record.fields if field.name == self.item.field), None)


class ReviewDesk:
    """The use cases of deciding. Every read of a document's values is noted in the read log, with who and why."""

    def __init__(
        self,
        *,
        store: ReviewStore,
        office: OfficeStore,
        catalogue: Catalogue,
        objects: ObjectStore,
        releasing: Releasing,
        on_released: Callable[[], object] = lambda: None,
        on_settled: Callable[[ReviewItem, StoredDocument, FieldValue], object] = lambda *_: None,
        on_retake: Callable[[str, Person], object] = lambda *_: None,
    ) -> None:
        """`on_settled` is called for each value that people settled, with the field as it now is; `on_retake` for each
        document that has to be scanned again, with the person who decided so."""
        self._store = store
        self._office = office
        self._catalogue = catalogue
        self._objects = objects
        self._releasing = releasing
        self._on_released = on_released
        self._on_settled = on_settled
        self._on_retake = on_retake
        self._lanes: TimedCache[Sequence[Lane]] = TimedCache(clock=store.clock, keep=_LANES_KEPT)
        self._record = lru_cache(maxsize=256)(self._load)

    @property
    def lease(self) -> timedelta:
        return timedelta(seconds=self._store.policy.lease_s)

    def claim(
        self, person: Person, tab: str, filters: Filters, count: int, *, only: str | None = None
    ) -> list[ReviewItem]:
        """Items for this tab of this person; the read of each document is noted in the read log."""
        with self._store.write() as tables:
            items = tables.queue.claim(person, tab, filters, count, lease=self.lease, only=only)
        seen = dict.fromkeys(item.document_id for item in items)
        self._note_reads(person, seen, "desk.item")
        return items

    def lanes(self, person: Person, filters: Filters) -> Sequence[Lane]:
        """The waiting items of this person's offices, grouped by what is decided alike; at most three seconds old."""

        def count() -> Sequence[Lane]:
            with self._store.read() as tables:
                return lanes(tables.connection, person.offices, filters)

        return self._lanes.get((person.offices, filters), count)

    def has_work_for(self, person: Person, filters: Filters) -> bool:
        """Whether an item of these waits that this person would be given to decide."""
        with self._store.read() as tables:
            return tables.queue.has_for(person, filters)

    def waiting_papers(self, person: Person, filters: Filters) -> list[WaitingPaper]:
        """The documents with items that wait in this person's offices, as the queue comes."""
        with self._store.read() as tables:
            return waiting_papers(tables.connection, person.offices, filters)

    def keep(self, person: Person, tab: str, item_ids: Collection[str]) -> list[str]:
        """Renews the leases of these items; returns those that are still this tab's."""
        with self._store.write() as tables:
            return tables.queue.keep(person, tab, item_ids, lease=self.lease)

    def release(self, person: Person, tab: str, item_ids: Collection[str] | None = None) -> None:
        """Gives these items back, or all that this tab holds."""
        with self._store.write() as tables:
            tables.queue.release(person, tab, item_ids)

    def item_to_decide(self, person: Person, item_id: str) -> ItemToDecide:
        """An item with what it is about. Raises NotThere for what this person may not see."""
        with self._store.read() as tables:
            item = tables.queue.item(item_id)
            standing = [] if item is None or item.stage != 3 else tables.decisions.of_item(item_id)
        if item is None or item.office not in person.offices:
            raise NotThere(Message("Không có mục này", "There is no such item"))
        document, record = self._reading_of(item)
        opinions = tuple(dict.fromkeys((decision.verbatim or "", decision.choice.value) for decision in standing))
        return ItemToDecide(item=item, document=document, record=record, opinions=opinions)

    def decide(self, person: Person, proposed: ProposedDecision) -> DecisionReceipt:
        """Records a decision; the same decision again changes nothing. Raises Conflict when the item is no longer this
        person's, Unprocessable (`review.invalid_form`) for what cannot be in that field, unless it is insisted on."""
        to_decide = self.item_to_decide(person, proposed.item_id)
        new, recorded = _new_decision(proposed, to_decide)
        try:
            with self._store.write() as tables:
                done = tables.decisions.decide(new, person)
                if done.settled is not None:
                    tables.causes.follow(done)
                if done.after == "paper" or (not to_decide.item.field and done.settled is not None):
                    self._decide_whole_paper(tables, to_decide.item, proposed.choice)
        except NotYours as error:
            raise Conflict(error.message, code=error.code) from error
        if not done.repeated:
            self._follow_up(done, person)
        return DecisionReceipt(
            decision_id=done.decision_id,
            item_id=to_decide.item.item_id,
            state=DecisionState.DONE if done.after == "paper" else DecisionState(done.after),
            recorded=recorded,
            repeated=done.repeated,
        )

    def undo(self, person: Person, decision_id: str, tab: str) -> ReviewItem:
        """Takes the person's own last decision on an item back; the item is this tab's again. Raises Conflict."""
        until = time_text(self._store.clock() + self.lease)
        try:
            with self._store.write() as tables:
                item = tables.decisions.undo(decision_id, person, tab, lease_until=until, lease=secrets.token_hex(16))
        except NotYours as error:
            raise Conflict(error.message, code=error.code) from error
        self._release(item.document_id, person)
        return item

    def history(self, person: Person, document_id: str, field: str | None = None) -> list[TrailEntry]:
        """The trail of a document's values. Raises NotThere for what this person may not see."""
        self.document(person, document_id)
        with self._store.read() as tables:
            return tables.trail.of(document_id, field)

    def document(self, person: Person, document_id: str) -> tuple[StoredDocument, CivilRecord, list[ReviewItem]]:
        """A document, its record as it stands, and all its items. Raises NotThere for another office's."""
        with self._store.read() as tables:
            items = tables.queue.of_document(document_id)
            known = tables.items.document(document_id)
        if known is None or known.office not in person.offices:
            raise NotThere(Message("Không có giấy tờ này", "There is no such document"))
        document = self._catalogue.document(document_id)
        if document is None:
            raise NotThere(Message("Giấy tờ này đã được rút khỏi kho", "The document was withdrawn"))
        self._note_reads(person, [document_id], "desk.document")
        record = self._releasing.current(document_id) or self._record(document.json)
        return document, record, items

    def next_in_file(self, document: StoredDocument) -> StoredDocument | None:
        """The document that follows in the same file; None after the last one."""
        with self._catalogue.unit() as unit:
            documents = unit.documents.of_source(document.source_sha256)
        later = [other for other in documents if other.current and other.ordinal > document.ordinal]
        return min(later, key=lambda other: other.ordinal, default=None)

    def alike(self, person: Person, document_id: str) -> list[StoredDocument]:
        """The documents that look like the same paper or act as this one, of those that this person may see."""
        found = self._catalogue.alike(document_id)
        if not found:
            return []
        with self._store.read() as tables:
            known = {other.document_id: tables.items.document(other.document_id) for other in found}
        return [
            other
            for other in found
            if (facts := known[other.document_id]) is not None and facts.office in person.offices
        ]

    def catch_up(self) -> int:
        """Opens items for the documents stored since the last call, and releases what a crash left unreleased. Returns
        how many documents came."""
        count = 0
        while True:
            with self._store.write() as tables:
                pending = tables.items.pending(_BATCH)
                suspended = tables.suspended()
                for seq, document_id, revision in pending:
                    tables.items.open_for_revision(document_id, revision, suspended=suspended)
                    tables.items.mark_followed(seq)
            count += len(pending)
            if len(pending) < _BATCH:
                break
        if count:
            with self._store.write() as tables:
                tables.items.sweep()
        for document_id in self._releasing.stale(_BATCH):
            with contextlib.suppress(HotichError):
                self._releasing.release(document_id, actor="hotich")
        return count

    def _follow_up(self, done: Decided, person: Person) -> None:
        if done.settled is None:
            return
        self._release(done.item.document_id, person)
        settled = done.settled
        if settled.choice is Choice.RETAKE:
            self._on_retake(done.item.document_id, person)
        if done.item.kind is not Kind.SEED and settled.choice in (Choice.ACCEPT, Choice.CORRECT):
            document, record = self._reading_of(done.item)
            field = next((field for field in record.fields if field.name == done.item.field), None)
            if field is not None:
                placed = field.evolve(
                    verbatim=settled.verbatim or "", page=settled.page or field.page, box=settled.box or field.box
                )
                with contextlib.suppress(HotichError):
                    self._on_settled(done.item, document, placed)

    def _release(self, document_id: str, person: Person) -> None:
        """Releases the document's record anew. When this fails the decision stands, and `catch_up` releases later."""
        try:
            if self._releasing.release(document_id, actor=person.login) is not None:
                self._on_released()
        except HotichError as error:
            _log.error("desk.release document=%s code=%s", document_id, error.code)

    def _decide_whole_paper(self, tables: ReviewTables, item: ReviewItem, choice: Choice) -> None:
        """What follows a decision about the whole document."""
        if choice is Choice.RETAKE and not item.field:
            return
        if choice in OF_THE_PAPER:
            document = tables.items.document(item.document_id)
            if document is not None:
                new = NewItem(field="", kind=Kind.PAPER, reason=f"paper.{choice}", scheme=Scheme.SINGLE, page=0)
                tables.items.open(document, [new])
            return
        tables.items.confirm(item.document_id)
        tables.items.restore(item.document_id)

    def _reading_of(self, item: ReviewItem) -> tuple[StoredDocument, CivilRecord]:
        """The revision that the item was opened for: the machine's reading, without what others decided since."""
        document = self._catalogue.document(item.document_id, item.revision)
        if document is None:
            raise NotThere(Message("Không có giấy tờ này", "There is no such document"))
        return document, self._record(document.json)

    def _load(self, key: ObjectKey) -> CivilRecord:
        return read_record(self._objects.get(key))

    def _note_reads(self, person: Person, document_ids: Collection[str], action: str) -> None:
        if document_ids:
            with self._office.write() as tables:
                tables.reads.append_all(
                    [(action, document_id) for document_id in document_ids],
                    actor=f"user:{person.login}",
                    office=person.offices[0],
                    purpose=_PURPOSE,
                )


_BATCH = 50  # documents in one transaction: people who decide at the same time wait for no more than these


def _new_decision(proposed: ProposedDecision, to_decide: ItemToDecide) -> tuple[NewDecision, Message]:
    """The decision with its normal form, and what is recorded, in words."""
    field = to_decide.field
    value, verbatim, agrees, recorded = None, None, False, _CHOICE_WORDS.get(proposed.choice, Message.same(""))
    choice = proposed.choice
    if choice is Choice.ACCEPT and not to_decide.item.field:
        agrees, recorded = True, Message("giấy tờ đúng", "the document is right")
    elif choice in (Choice.ACCEPT, Choice.CORRECT):
        typed = proposed.text if choice is Choice.CORRECT else None
        value, verbatim, text = _value(to_decide, typed, insist=proposed.insist)
        recorded = Message.same(text)
        agrees = field is not None and (value or verbatim) == (field.value or field.verbatim)
    view = {
        "record": to_decide.document.json.name,
        "revision": to_decide.document.revision,
        "page": page_asked(to_decide.item, to_decide.record),
        "box": [list(point) for point in field.box] if field is not None else None,
    }
    new = NewDecision(
        decision_id=proposed.decision_id, item_id=proposed.item_id, lease=proposed.lease, choice=choice, value=value,
        verbatim=verbatim, agrees=agrees, comment=proposed.comment.strip(), page=proposed.page, box=proposed.box,
        seconds=proposed.seconds, keys=proposed.keys, view=view,
    )  # fmt: skip
    return new, recorded


def _value(to_decide: ItemToDecide, typed: str | None, *, insist: bool) -> tuple[str | None, str, str]:
    """(normal form, as written, as people write it) of what was typed, or of the reading."""
    field, item = to_decide.field, to_decide.item
    grammar = grammar_of(item.document_type, item.form or None, item.field)
    if typed is None:
        if field is None or not (field.value or field.verbatim):
            raise Unprocessable(
                Message("Chưa có chữ nào để nhận", "There is nothing read to accept"), code="review.nothing_read"
            )
        if field.value is not None:
            return field.value, field.verbatim, display_value(grammar, field.value)
        typed = field.verbatim
    reading = read_typed(grammar, typed)
    if reading.wrong_form and not insist:
        why = reason_message(reading.findings[0]) if reading.findings else Message("Sai dạng", "Not of the right form")
        raise Unprocessable(why, code="review.invalid_form")
    return reading.value, reading.verbatim, reading.shown or reading.verbatim
