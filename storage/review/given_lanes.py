"""Lanes that are given to people: their own queue offers them first, that of others last.

Nothing is kept from anybody. A lane whose people have decided nothing for its term, or are no reviewers any more,
rests: it is everybody's again until one of them decides something.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from storage.catalogue.audit import AuditLog
from storage.people.offices import offices_seen
from storage.people.tables import users
from storage.review.tables import given_lanes, review_decisions, review_items
from storage.times import Clock, time_text

LONGEST_TERM = 60
_REVIEWER = "reviewer"


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneChoice:
    """Items of an office that are given together; empty: any. At least one of the others is said."""

    office: str
    book: str = ""
    document_type: str = ""
    field_class: str = ""

    def covers(self) -> sa.ColumnElement[bool]:
        """A condition on `review_items`."""
        given = {name: getattr(self, name) for name in ("book", "document_type", "field_class")}
        asked = [review_items.c[name] == value for name, value in given.items() if value]
        return sa.and_(review_items.c.office == self.office, *asked)

    def has(self, book: str, document_type: str, field_class: str) -> bool:
        """Whether items of this kind are among these, the office aside."""
        pairs = ((self.book, book), (self.document_type, document_type), (self.field_class, field_class))
        return all(not wanted or wanted == there for wanted, there in pairs)


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenLane:
    """A lane with its people, by login. `rests`: they have been away for `days`, so it is everybody's."""

    lane_id: str
    choice: LaneChoice
    people: tuple[str, ...]
    days: int
    given_by: str
    given_at: str
    rests: bool


class GivenLanes:
    """Given lanes within one transaction; each change is an entry of the audit log."""

    def __init__(self, connection: sa.Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def give(self, choice: LaneChoice, people: Collection[str], *, days: int, actor: str) -> str:
        """Gives the lane to these people, in place of what was said of the same lane before; returns its id. Raises
        WrongUse for a lane of everything, for nobody, and for a term that is none."""
        if not (choice.book or choice.document_type or choice.field_class) or not people:
            raise WrongUse(
                Message("Cần chọn sổ hoặc loại, và ít nhất một người", "Choose a book or a kind, and somebody")
            )
        if not 1 <= days <= LONGEST_TERM:
            raise WrongUse(Message(f"Thời hạn từ 1 đến {LONGEST_TERM} ngày", f"A term is 1 to {LONGEST_TERM} days"))
        self._connection.execute(sa.delete(given_lanes).where(_same(choice)))
        lane_id = secrets.token_hex(16)
        row = {
            "lane_id": lane_id, "office": choice.office, "book": choice.book, "document_type": choice.document_type,
            "field_class": choice.field_class, "people": json.dumps(sorted(people)), "days": days, "given_by": actor,
            "given_at": time_text(self._clock()),
        }  # fmt: skip
        self._connection.execute(sa.insert(given_lanes).values(row))
        self._note("desk.lane_given", choice, people, actor)
        return lane_id

    def take_back(self, lane_id: str, offices: Sequence[str], *, actor: str) -> bool:
        """The lane is everybody's again. False where these offices have none of this id."""
        found = [lane for lane in self.all(offices) if lane.lane_id == lane_id]
        for lane in found:
            self._connection.execute(sa.delete(given_lanes).where(given_lanes.c.lane_id == lane_id))
            self._note("desk.lane_taken_back", lane.choice, lane.people, actor)
        return bool(found)

    def all(self, offices: Sequence[str]) -> list[GivenLane]:
        """The lanes of these offices, the newest first."""
        query = sa.select(given_lanes).where(given_lanes.c.office.in_(offices))
        rows = self._connection.execute(query.order_by(given_lanes.c.given_at.desc(), given_lanes.c.lane_id)).all()
        active = self._reviewers() if rows else set()
        return [self._lane(row, active) for row in rows]

    def turns(self, login: str, offices: Sequence[str]) -> list[sa.ColumnElement[bool]]:
        """Conditions on `review_items` in the order in which their items are this person's turn: what is urgent and
        nobody else's, their own lanes, what is nobody's, then the lanes of others. Together they hold everything."""
        held = [lane for lane in self.all(offices) if not lane.rests]
        if not held:
            return [sa.true()]
        own = sa.or_(*(lane.choice.covers() for lane in held if login in lane.people), sa.false())
        of_others = sa.or_(*(lane.choice.covers() for lane in held if login not in lane.people), sa.false())
        mine_or_nobodys = sa.or_(own, ~of_others)
        return [sa.and_(mine_or_nobodys, review_items.c.priority > 0), own, mine_or_nobodys, sa.true()]

    def _lane(self, row: Any, active: Collection[str]) -> GivenLane:
        people = tuple(json.loads(row.people))
        since = time_text(self._clock() - timedelta(days=row.days))
        there = [login for login in people if login in active]
        works = (review_decisions.c.person.in_(there)) & (review_decisions.c.at >= since)
        away = row.given_at < since and self._connection.scalar(sa.select(sa.literal(1)).where(works).limit(1)) is None
        choice = LaneChoice(
            office=row.office, book=row.book, document_type=row.document_type, field_class=row.field_class
        )
        return GivenLane(
            lane_id=row.lane_id, choice=choice, people=people, days=row.days, given_by=row.given_by,
            given_at=row.given_at, rests=not there or away,
        )  # fmt: skip

    def _reviewers(self) -> set[str]:
        rows = self._connection.execute(sa.select(users.c.login, users.c.roles).where(users.c.active))
        return {row.login for row in rows if _REVIEWER in json.loads(row.roles)}

    def _note(self, action: str, choice: LaneChoice, people: Collection[str], actor: str) -> None:
        what = ", ".join(part for part in (choice.book, choice.document_type, choice.field_class) if part)
        subject = f"lane:{choice.office}: {what} ({', '.join(sorted(people))})"
        AuditLog(self._connection, self._clock).append(actor=actor, action=action, subject=subject)


def reviewers_of(connection: sa.Connection, offices: Sequence[str], home_office: str) -> list[tuple[str, str]]:
    """(login, name) of the active reviewers who work on papers of any of these offices, in order of name."""
    query = sa.select(users.c.login, users.c.name, users.c.office, users.c.roles).where(users.c.active)
    found = [
        (row.login, row.name)
        for row in connection.execute(query)
        if _REVIEWER in json.loads(row.roles) and not set(offices).isdisjoint(offices_seen(row.office, home_office))
    ]
    return sorted(found, key=lambda one: (one[1], one[0]))


def _same(choice: LaneChoice) -> sa.ColumnElement[bool]:
    c = given_lanes.c
    return (
        (c.office == choice.office)
        & (c.book == choice.book)
        & (c.document_type == choice.document_type)
        & (c.field_class == choice.field_class)
    )
