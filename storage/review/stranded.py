"""What is open and can be decided by nobody: told to whoever administers, never left to be found out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from pipeline.domain.message import Message
from pipeline.judging.review.outcome import OF_THE_PAPER
from pipeline.judging.review.policy import Scheme
from storage.database import Database
from storage.people.offices import offices_seen
from storage.people.tables import clients, users
from storage.review.items import LAST_STAGE
from storage.review.queue import AUDITOR, REVIEWER
from storage.review.tables import IS_OPEN, review_decisions, review_items
from storage.submissions.states import State
from storage.submissions.tables import submissions

_PROGRAM = {"office", "review"}  # scopes by which a program decides submissions


class Lack(StrEnum):
    """Who is missing: anybody who may decide it, or somebody besides those who decided the value before."""

    REVIEWER = "reviewer"
    AUDITOR = "auditor"
    OTHER_PERSON = "other_person"

    @property
    def words(self) -> Message:
        """Who is missing, for whoever administers."""
        return _WORDS[self]


_WORDS = {
    Lack.REVIEWER: Message("chưa có người duyệt đang hoạt động", "no active reviewer"),
    Lack.AUDITOR: Message("chưa có kiểm tra viên (auditor) đang hoạt động", "no active auditor"),
    Lack.OTHER_PERSON: Message(
        "cần một người khác với người đã duyệt", "a person other than who decided before is needed"
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranded:
    """What of one office waits for somebody who is not there. `oldest`: since when the first of it waits."""

    office: str
    lack: Lack
    items: tuple[str, ...] = ()
    submissions: tuple[str, ...] = ()
    oldest: str = ""


@dataclass(frozen=True, slots=True)
class _Worker:
    login: str
    offices: tuple[str, ...]
    roles: frozenset[str]

    def may_decide(self, office: str, stage: int, scheme: str) -> bool:
        """As `storage.review.queue` lets items be claimed."""
        if office not in self.offices:
            return False
        if stage == LAST_STAGE:
            return bool(self.roles & {REVIEWER, AUDITOR})
        if stage == 2 and AUDITOR in self.roles:
            return True
        return REVIEWER in self.roles and (stage == 1 or scheme != Scheme.AUDITED.value)


def find_stranded(connection: sa.Connection, home_office: str) -> list[Stranded]:
    """The open items, and the submissions in review, that no active person or program may decide. Changes nothing;
    where the desk was never opened there are none."""
    there = sa.inspect(connection)
    workers = list(_workers(connection, home_office)) if there.has_table(users.name) else []
    found: dict[tuple[str, Lack], Stranded] = {}
    if there.has_table(review_items.name):
        _items(connection, workers, found)
    if there.has_table(submissions.name):
        _submissions(connection, workers, found)
    return [found[key] for key in sorted(found)]


def stranded_in(database: Database, home_office: str) -> list[Stranded]:
    """`find_stranded` in a transaction of its own."""
    with database.read() as connection:
        return find_stranded(connection, home_office)


def reviewer_offices(connection: sa.Connection) -> set[str]:
    """The offices that have an active reviewer of their own."""
    rows = connection.execute(sa.select(users.c.office, users.c.roles).where(users.c.active))
    return {row.office for row in rows if REVIEWER in json.loads(row.roles)}


def _workers(connection: sa.Connection, home_office: str) -> Iterator[_Worker]:
    for row in connection.execute(sa.select(users.c.login, users.c.office, users.c.roles).where(users.c.active)):
        yield _Worker(row.login, offices_seen(row.office, home_office), frozenset(json.loads(row.roles)))


def _items(connection: sa.Connection, workers: Iterable[_Worker], found: dict[tuple[str, Lack], Stranded]) -> None:
    c = review_items.c
    groups = connection.execute(sa.select(c.office, c.stage, c.scheme).where(IS_OPEN).distinct()).all()
    able = {tuple(group): {w.login for w in workers if w.may_decide(*group)} for group in groups}
    for group, logins in able.items():
        if not logins:
            office, stage, scheme = group
            audited = stage == 2 and scheme == Scheme.AUDITED.value
            these = IS_OPEN & (c.office == office) & (c.stage == stage) & (c.scheme == scheme)
            rows = connection.execute(sa.select(c.item_id, c.opened_at).where(these)).all()
            _add(found, office, Lack.AUDITOR if audited else Lack.REVIEWER, items=rows)
    for row, people in _decided_before(connection).items():
        logins = able[(row.office, row.stage, row.scheme)]
        if logins and logins <= people:
            _add(found, row.office, Lack.OTHER_PERSON, items=[row])


def _decided_before(connection: sa.Connection) -> Mapping[Any, set[str]]:
    """For each open item whose value was decided before, who did: none of them decides it again."""
    item, other, d = review_items.c, review_items.alias(), review_decisions.c
    query = (
        sa.select(item.item_id, item.opened_at, item.office, item.stage, item.scheme, d.person)
        .join(other, (other.c.document_id == item.document_id) & (other.c.field == item.field))
        .join(review_decisions, d.item_id == other.c.item_id)
        .where(IS_OPEN, ~d.undone, d.choice.not_in(OF_THE_PAPER))
        .order_by(item.item_id)
    )
    people: dict[str, tuple[Any, set[str]]] = {}
    for row in connection.execute(query):
        people.setdefault(row.item_id, (row, set()))[1].add(row.person)
    return dict(people.values())


def _submissions(
    connection: sa.Connection, workers: Iterable[_Worker], found: dict[tuple[str, Lack], Stranded]
) -> None:
    c = submissions.c
    seen = {office for worker in workers if REVIEWER in worker.roles for office in worker.offices}
    programs = connection.execute(sa.select(clients.c.office, clients.c.scopes).where(clients.c.active))
    seen |= {row.office for row in programs if set(json.loads(row.scopes)) >= _PROGRAM}
    waiting = c.state == State.IN_REVIEW.value
    for office in connection.scalars(sa.select(c.office).where(waiting).distinct()):
        if office not in seen:
            of_office = sa.select(c.submission_id, c.received_at).where(waiting, c.office == office)
            _add(found, office, Lack.REVIEWER, submissions=connection.execute(of_office).all())


def _add(
    found: dict[tuple[str, Lack], Stranded],
    office: str,
    lack: Lack,
    *,
    items: Iterable[Any] = (),
    submissions: Iterable[Any] = (),
) -> None:
    known = found.get((office, lack), Stranded(office=office, lack=lack))
    opened, received = list(items), list(submissions)
    times = [known.oldest, *(row.opened_at for row in opened), *(row.received_at for row in received)]
    found[(office, lack)] = Stranded(
        office=office,
        lack=lack,
        items=(*known.items, *(row.item_id for row in opened)),
        submissions=(*known.submissions, *(row.submission_id for row in received)),
        oldest=min(filter(None, times), default=""),
    )
