"""Decisions and what follows: the item is settled, or a second or third person decides; the trail."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from pipeline.domain.errors import WrongUse
from pipeline.domain.geometry import Quad
from pipeline.domain.message import Message
from pipeline.judging.review.asking import Kind
from pipeline.judging.review.outcome import OF_THE_PAPER, Choice
from pipeline.judging.review.policy import Scheme
from storage.review.items import LAST_STAGE, ItemState, ReviewItem
from storage.review.queue import Person, Queue, freed
from storage.review.review_items import since_edit
from storage.review.tables import IS_OPEN, review_decisions, review_documents, review_items
from storage.review.trail import Trail
from storage.times import Clock, clean, time_text


class NotYours(WrongUse):
    """Somebody else has the item or decided it, or it is no longer asked."""

    code = "review.taken"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDecision:
    """What a person decides of an item. `decision_id`: made by whoever sends it; sent again, it counts once.

    `value`: the normal form, `verbatim` as it stands on the paper, both None where there is no value; `agrees`:
    whether it is what the machine read. `view`: what was shown (digest of the record, place), for the trail.
    """

    decision_id: str
    item_id: str
    lease: str
    choice: Choice
    value: str | None
    verbatim: str | None
    agrees: bool
    comment: str = ""
    page: int | None = None
    box: Quad | None = None
    seconds: float = 0.0
    keys: int = 0
    view: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A decision as it is kept."""

    decision_id: str
    item_id: str
    field: str
    stage: int
    person: str
    choice: Choice
    value: str | None
    verbatim: str | None
    comment: str
    page: int | None
    box: Quad | None
    agrees: bool
    at: str

    @property
    def answer(self) -> tuple[str, str]:
        """What two people must have answered alike to agree: the value, or that there is none, and why."""
        if self.choice in (Choice.ACCEPT, Choice.CORRECT):
            return "value", unicodedata.normalize("NFC", self.value or self.verbatim or "")
        return self.choice.value, ""


class After(StrEnum):
    """What an item waits for after a decision.

    `DONE`: nothing, it is settled. `SECOND`, `ARBITRATION`: another person is to decide. `PAPER`: a person has to look
    at the document itself.
    """

    DONE = "done"
    SECOND = "second"
    ARBITRATION = "arbitration"
    PAPER = "paper"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What came of a decision. `settled`: the decision that holds now, when this one settled the item; `repeated`: it
    was known already."""

    decision_id: str
    item: ReviewItem
    after: After
    repeated: bool = False
    settled: Decision | None = None


class Decisions:
    """Decisions within one transaction."""

    def __init__(self, connection: sa.Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock
        self._trail = Trail(connection, clock)
        self._queue = Queue(connection, clock)

    def decide(self, new: NewDecision, person: Person) -> Decided:
        """Takes a decision. Raises NotYours when the item is not (any more) this person's to decide.

        The lease may have run out, as long as nobody took the item since.
        """
        known = self.decision(new.decision_id)
        if known is not None:
            return self._repeated(known, new, person)
        item = self._locked(new.item_id)
        held = item is not None and item.holder == person.login and item.lease == new.lease
        if item is None or not held or item.state is not ItemState.OPEN or item.office not in person.offices:
            raise _taken()
        if any(decision.person == person.login for decision in self.of_item(item.item_id)):
            raise _taken()
        self._insert(new, item, person)
        self._note("decided", item, person.login, new)
        useless = new.choice is Choice.RETAKE and not item.field
        if new.choice in OF_THE_PAPER and not useless:
            return self._put_aside(item, new)
        return self._advance(item, new)

    def undo(self, decision_id: str, person: Person, tab: str, *, lease_until: str, lease: str) -> ReviewItem:
        """Takes one's own decision back, if nobody decided after it: the item is theirs again.

        Raises NotYours when the decision is somebody else's, was undone, or another decision follows it.
        """
        known = self.decision(decision_id)
        item = None if known is None else self._locked(known.item_id)
        if known is None or item is None or known.person != person.login or item.office not in person.offices:
            raise _taken()
        standing = self.of_item(item.item_id)
        if not standing or standing[-1].decision_id != decision_id or item.state is ItemState.WITHDRAWN:
            raise _taken()
        if item.holder is not None and item.holder != person.login:
            raise _taken()
        this = review_decisions.c.decision_id == decision_id
        self._connection.execute(sa.update(review_decisions).where(this).values(undone=True))
        of_item = review_decisions.c.item_id == item.item_id
        self._connection.execute(sa.update(review_decisions).where(of_item).values(upheld=None))
        values = {
            "state": ItemState.OPEN.value, "stage": known.stage, "result": None, "wrong": None, "done_at": None,
            "holder": person.login, "tab": tab, "lease": lease, "lease_until": lease_until,
        }  # fmt: skip
        self._update(item.item_id, values)
        self._trail.append(
            actor=person.login, action="undone", document_id=item.document_id, field=item.field,
            details={"decision": decision_id},
        )  # fmt: skip
        if item.state is ItemState.DONE and item.kind is not Kind.SEED:
            self.mark_stale(item.document_id)
        reopened = self._queue.item(item.item_id)
        assert reopened is not None
        return reopened

    def decision(self, decision_id: str) -> Decision | None:
        return next(iter(self._select(review_decisions.c.decision_id == decision_id)), None)

    def of_item(self, item_id: str) -> list[Decision]:
        """Decisions on the item that were not undone, in the order of their stages."""
        return self._select((review_decisions.c.item_id == item_id) & ~review_decisions.c.undone)

    def holding(self, document_id: str) -> dict[str, Decision]:
        """What people settled of the document, by field: the last settled item counts."""
        settled = (
            (review_items.c.document_id == document_id)
            & (review_items.c.state == ItemState.DONE.value)
            & (review_items.c.kind != Kind.SEED.value)
            & ~review_decisions.c.undone
            & since_edit()
        )
        in_order = (review_items.c.done_at, review_items.c.item_id, review_decisions.c.stage, review_decisions.c.at)
        return {decision.field: decision for decision in self._select(settled, *in_order)}

    def mark_stale(self, document_id: str) -> None:
        """The document's record is to be put together anew."""
        this = review_documents.c.document_id == document_id
        self._connection.execute(sa.update(review_documents).where(this).values(stale=True))

    def _advance(self, item: ReviewItem, new: NewDecision) -> Decided:
        standing = self.of_item(item.item_id)
        last = standing[-1]
        if item.stage == 1 and item.scheme is not Scheme.SINGLE:
            return self._hand_on(item, new.decision_id, stage=2, after=After.SECOND)
        if item.stage == 2 and standing[0].answer != last.answer:
            return self._hand_on(item, new.decision_id, stage=LAST_STAGE, after=After.ARBITRATION)
        for decision in standing if len(standing) > 1 else ():
            this = review_decisions.c.decision_id == decision.decision_id
            upheld = decision.answer == last.answer
            self._connection.execute(sa.update(review_decisions).where(this).values(upheld=upheld))
        return self._settle(item, last)

    def _hand_on(self, item: ReviewItem, decision_id: str, *, stage: int, after: After) -> Decided:
        self._update(item.item_id, {"stage": stage, **freed()})
        return Decided(decision_id=decision_id, item=item, after=after)

    def _settle(self, item: ReviewItem, last: Decision) -> Decided:
        wrong = self._is_wrong(item, last)
        values = {"state": ItemState.DONE.value, "result": last.choice.value, "wrong": wrong}
        self._update(item.item_id, {**values, "done_at": time_text(self._clock()), **freed()})
        if item.kind is not Kind.SEED:
            details = {"decision": last.decision_id, "choice": last.choice.value, "value": last.value}
            self._trail.append(
                actor=last.person, action="settled", document_id=item.document_id, field=item.field, details=details
            )
            self.mark_stale(item.document_id)
        return Decided(decision_id=last.decision_id, item=item, after=After.DONE, settled=last)

    def _is_wrong(self, item: ReviewItem, last: Decision) -> bool | None:
        """Of a sample: whether the value accepted before differs from the value settled now. Of a seed: whether the
        answer missed the truth.
        """
        if item.kind is Kind.SEED:
            return last.answer != ("value", unicodedata.normalize("NFC", item.truth or ""))
        if item.kind is not Kind.SAMPLE:
            return None
        before = self.holding(item.document_id).get(item.field)
        return not last.agrees if before is None else before.answer != last.answer

    def _put_aside(self, item: ReviewItem, new: NewDecision) -> Decided:
        """Something is wrong with the whole document: its other items are withdrawn."""
        now = time_text(self._clock())
        others = (review_items.c.document_id == item.document_id) & IS_OPEN & (review_items.c.item_id != item.item_id)
        values = {"state": ItemState.WITHDRAWN.value, "done_at": now, **freed()}
        self._connection.execute(sa.update(review_items).where(others).values(values))
        self._update(item.item_id, {"state": ItemState.WITHDRAWN.value, "result": new.choice.value, "done_at": now,
                                    **freed()})  # fmt: skip
        return Decided(decision_id=new.decision_id, item=item, after=After.PAPER)

    def _repeated(self, known: Decision, new: NewDecision, person: Person) -> Decided:
        if known.person != person.login or known.item_id != new.item_id:
            raise WrongUse(Message("Mã quyết định đã dùng", "The decision's id was used before"), code="review.id_used")
        item = self._queue.item(known.item_id)
        assert item is not None
        after = {2: After.SECOND, LAST_STAGE: After.ARBITRATION}.get(item.stage, After.DONE)
        after = After.DONE if item.state is not ItemState.OPEN else after
        return Decided(decision_id=known.decision_id, item=item, after=after, repeated=True)

    def _insert(self, new: NewDecision, item: ReviewItem, person: Person) -> None:
        row = {
            "decision_id": new.decision_id,
            "item_id": item.item_id,
            "stage": item.stage,
            "person": clean(person.login),
            "choice": new.choice.value,
            "value": new.value,
            "verbatim": new.verbatim,
            "comment": clean(new.comment),
            "page": new.page,
            "box": None if new.box is None else json.dumps(new.box),
            "agrees": new.agrees,
            "upheld": None,
            "undone": False,
            "seconds": new.seconds,
            "keys": new.keys,
            "at": time_text(self._clock()),
        }
        self._connection.execute(sa.insert(review_decisions).values(row))

    def _note(self, action: str, item: ReviewItem, actor: str, new: NewDecision) -> None:
        details: dict[str, Any] = {
            "decision": new.decision_id, "stage": item.stage, "choice": new.choice.value, "value": new.value,
            "verbatim": new.verbatim, "view": dict(new.view or {}), "revision": item.revision,
        }  # fmt: skip
        if new.comment:
            details["comment"] = new.comment
        if new.box is not None:
            details["box"], details["page"] = [list(point) for point in new.box], new.page
        self._trail.append(actor=actor, action=action, document_id=item.document_id, field=item.field, details=details)

    def _locked(self, item_id: str) -> ReviewItem | None:
        this = review_items.c.item_id == item_id
        self._connection.execute(sa.select(review_items.c.item_id).where(this).with_for_update())
        return self._queue.item(item_id)

    def _update(self, item_id: str, values: Mapping[str, Any]) -> None:
        this = review_items.c.item_id == item_id
        self._connection.execute(sa.update(review_items).where(this).values(dict(values)))

    def _select(self, which: sa.ColumnElement[bool], *order: sa.ColumnElement[Any]) -> list[Decision]:
        query = (
            sa.select(review_decisions, review_items.c.field)
            .join(review_items, review_items.c.item_id == review_decisions.c.item_id)
            .where(which)
            .order_by(*(order or (review_decisions.c.stage, review_decisions.c.at)))
        )
        return [_decision(row) for row in self._connection.execute(query)]


def _decision(row: Any) -> Decision:
    box = None
    if row.box is not None:
        a, b, c, d = ((float(x), float(y)) for x, y in json.loads(row.box))
        box = (a, b, c, d)
    return Decision(
        decision_id=row.decision_id, item_id=row.item_id, field=row.field, stage=row.stage, person=row.person,
        choice=Choice(row.choice), value=row.value, verbatim=row.verbatim, comment=row.comment, page=row.page,
        box=box, agrees=row.agrees, at=row.at,
    )  # fmt: skip


def _taken() -> NotYours:
    return NotYours(
        Message(
            "Mục này do người khác xử lý hoặc đã được quyết định",
            "Somebody else has this item, or it is decided already",
        )
    )
