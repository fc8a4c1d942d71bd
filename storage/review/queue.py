"""Who works on which item: claims with a lease, so that no two people work on the same one."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from pipeline.judging.review.outcome import OF_THE_PAPER
from pipeline.judging.review.places import template
from pipeline.judging.review.policy import Scheme
from storage.review.given_lanes import GivenLanes
from storage.review.items import LAST_STAGE, ReviewItem, item_of
from storage.review.tables import IS_OPEN, review_decisions, review_items
from storage.times import Clock, time_text

REVIEWER, AUDITOR = "reviewer", "auditor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who decides. `offices`: whose papers they see."""

    login: str
    offices: tuple[str, ...]
    roles: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which items are wanted; None: any. `field` with `members[]` in it means that field of every member."""

    document_type: str | None = None
    field_class: str | None = None
    field: str | None = None
    book: str | None = None
    reason: str | None = None
    stage: int | None = None
    document_id: str | None = None


class Queue:
    """Open items within one transaction."""

    def __init__(self, connection: sa.Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def claim(
        self, person: Person, tab: str, filters: Filters, count: int, *, lease: timedelta, only: str | None = None
    ) -> list[ReviewItem]:
        """Claims up to `count` free items that this person may decide: the most urgent first, then the oldest, those
        of one document together. They are this person's until the lease ends. `only`: this one item, if it is free.

        Of lanes that are given to people (`storage.review.given_lanes`) one's own come first, those of others last.
        """
        now = self._clock()
        query = sa.select(review_items.c.item_id).where(*self._free(time_text(now)), *_may_decide(person))
        query = query.where(*wanted(filters), review_items.c.office.in_(person.offices))
        if only is not None:
            query = query.where(review_items.c.item_id == only)
        query = query.order_by(
            review_items.c.priority.desc(),
            review_items.c.opened_at,
            review_items.c.document_id,
            review_items.c.position,
        )
        free: list[str] = []
        for turn in GivenLanes(self._connection, self._clock).turns(person.login, person.offices):
            if len(free) < count:
                rest = query.where(turn, review_items.c.item_id.not_in(free)) if free else query.where(turn)
                free += self._connection.scalars(rest.limit(count - len(free)).with_for_update(skip_locked=True))
        until = time_text(now + lease)
        for item_id in free:
            values = {"holder": person.login, "tab": tab, "lease": secrets.token_hex(16), "lease_until": until}
            self._connection.execute(sa.update(review_items).where(review_items.c.item_id == item_id).values(values))
        items = {item.item_id: item for item in self.items(free)}
        return [items[item_id] for item_id in free]

    def has_for(self, person: Person, filters: Filters) -> bool:
        """Whether an item waits that this person may decide: a free one, or one that they hold themselves."""
        is_open, nobodys = self._free(time_text(self._clock()))
        theirs = nobodys | (review_items.c.holder == person.login)
        query = sa.select(review_items.c.item_id).where(is_open, theirs, *_may_decide(person), *wanted(filters))
        query = query.where(review_items.c.office.in_(person.offices)).limit(1)
        return self._connection.execute(query).first() is not None

    def keep(self, person: Person, tab: str, item_ids: Collection[str], *, lease: timedelta) -> list[str]:
        """Renews the leases of these items of this tab; returns those that are still theirs. A lease that ran out is
        renewed too when nobody took the item since.
        """
        held = self._held(person, tab) & review_items.c.item_id.in_(item_ids)
        until = time_text(self._clock() + lease)
        self._connection.execute(sa.update(review_items).where(held).values(lease_until=until))
        return list(self._connection.scalars(sa.select(review_items.c.item_id).where(held)))

    def release(self, person: Person, tab: str, item_ids: Collection[str] | None = None) -> None:
        """Gives up these items of this tab, or all of them."""
        held = self._held(person, tab)
        if item_ids is not None:
            held &= review_items.c.item_id.in_(item_ids)
        self._connection.execute(sa.update(review_items).where(held).values(_NOBODYS))

    def item(self, item_id: str) -> ReviewItem | None:
        return next(iter(self.items([item_id])), None)

    def items(self, item_ids: Sequence[str]) -> list[ReviewItem]:
        query = sa.select(review_items).where(review_items.c.item_id.in_(item_ids))
        return [item_of(row) for row in self._connection.execute(query)]

    def of_document(self, document_id: str) -> list[ReviewItem]:
        """Every item of a document there ever was, in the order of the paper, the newest of a field last."""
        query = sa.select(review_items).where(review_items.c.document_id == document_id)
        query = query.order_by(review_items.c.position, review_items.c.opened_at, review_items.c.item_id)
        return [item_of(row) for row in self._connection.execute(query)]

    def _held(self, person: Person, tab: str) -> sa.ColumnElement[bool]:
        return (review_items.c.holder == person.login) & (review_items.c.tab == tab) & IS_OPEN

    def _free(self, now: str) -> list[sa.ColumnElement[bool]]:
        nobodys = review_items.c.lease_until.is_(None) | (review_items.c.lease_until < now)
        return [IS_OPEN, nobodys]


_NOBODYS = {"holder": None, "tab": None, "lease": None, "lease_until": None}


def freed() -> dict[str, None]:
    """The values of an item that nobody holds."""
    return dict(_NOBODYS)


def wanted(filters: Filters) -> list[sa.ColumnElement[bool]]:
    """The filters as conditions on `review_items`."""
    names = ("document_type", "field_class", "book", "reason", "stage", "document_id")
    given = {name: getattr(filters, name) for name in names}
    if filters.field is not None:
        given["entry" if template(filters.field) == filters.field else "field"] = filters.field
    return [review_items.c[name] == value for name, value in given.items() if value is not None]


def decided_value_before(person: str) -> sa.ColumnElement[bool]:
    """A condition: this person has decided the same value of the same document, in whatever item. A decision about the
    whole document decides no value.
    """
    other = review_items.alias()
    return (
        sa.select(review_decisions.c.decision_id)
        .join(other, other.c.item_id == review_decisions.c.item_id)
        .where(
            other.c.document_id == review_items.c.document_id,
            other.c.field == review_items.c.field,
            review_decisions.c.person == person,
            review_decisions.c.choice.not_in(OF_THE_PAPER),
            ~review_decisions.c.undone,
        )
        .exists()
    )


def _may_decide(person: Person) -> list[sa.ColumnElement[bool]]:
    """Reviewers decide first, auditors audit, anybody arbitrates; nobody decides the same value twice."""
    second = review_items.c.stage == 2
    audited = review_items.c.scheme == Scheme.AUDITED.value
    allowed = [review_items.c.stage == LAST_STAGE]
    if REVIEWER in person.roles:
        allowed += [review_items.c.stage == 1, second & ~audited]
    if AUDITOR in person.roles:
        allowed += [second]
    return [sa.or_(*allowed), ~decided_value_before(person.login)]
