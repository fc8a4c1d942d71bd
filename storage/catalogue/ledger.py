"""The work ledger: each input is done once per version of software, models and settings."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from pipeline.domain.message import Message
from pipeline.domain.model import Provenance
from pipeline.domain.recognition import ModelIdentity
from storage.catalogue.owner import Owner
from storage.catalogue.queue_tables import queued
from storage.catalogue.tables import source_books, source_names, source_places, sources, work
from storage.errors import ClaimLost
from storage.telling import touch
from storage.times import Clock, clean, insert_new, lease_time, time_text

EXPIRED = "work.lease_expired"
"""Why work is pending again whose holder was not heard of any more."""


class WorkState(StrEnum):
    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    SET_ASIDE = "set_aside"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkKey:
    """What decides a result: the input's bytes and everything that reads them. Equal keys give equal results."""

    input_sha256: str
    software: str
    models_sha256: str
    settings_sha256: str

    @staticmethod
    def of(input_sha256: str, provenance: Provenance) -> WorkKey:
        return WorkKey(
            input_sha256=input_sha256,
            software=provenance.software,
            models_sha256=models_digest(provenance.models),
            settings_sha256=provenance.settings_sha256,
        )

    @property
    def work_id(self) -> str:
        parts = [self.input_sha256, self.software, self.models_sha256, self.settings_sha256]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def models_digest(models: Iterable[ModelIdentity]) -> str:
    """One SHA-256 for a set of models, whatever their order."""
    named = sorted([model.name, model.sha256] for model in models)
    return hashlib.sha256(json.dumps(named).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The right to finish one piece of work; lost when another process takes it over."""

    key: WorkKey
    owner: Owner
    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkItem:
    """One line of the ledger. `claim` is set when this call got the work; then nobody else has it.

    Without a claim: DONE (nothing to do), SET_ASIDE (with code and message), RUNNING (a living process
    has it), PENDING (nobody has it).
    """

    key: WorkKey
    state: WorkState
    attempts: int
    code: str | None
    message: Message | None
    changed_at: str
    claim: Claim | None = None


class Ledger:
    """The ledger within one transaction."""

    def __init__(self, connection: sa.Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def note_source(self, sha256: str, *, size: int, name: str) -> None:
        """Notes a source file's digest and one name it was found under. Idempotent."""
        now = time_text(self._clock())
        insert_new(self._connection, sources, {"sha256": sha256, "size": size, "first_seen": now})
        row = {"sha256": sha256, "name": clean(name), "first_seen": now}
        if insert_new(self._connection, source_names, row):
            self._touch_known(source_names, sha256)

    def of_book(self, sha256: str, book: str) -> None:
        """Notes which book the source file belongs to; a later note replaces it."""
        other = (source_books.c.sha256 == sha256) & (source_books.c.book != clean(book))
        changed = self._connection.execute(sa.update(source_books).where(other).values(book=clean(book))).rowcount
        if changed or insert_new(self._connection, source_books, {"sha256": sha256, "book": clean(book)}):
            self._touch_known(source_books, sha256)

    def names(self, sha256: str) -> list[str]:
        """Every name the source file was found under, in order of name."""
        query = sa.select(source_names.c.name).where(source_names.c.sha256 == sha256)
        return list(self._connection.scalars(query.order_by(source_names.c.name)))

    def note_place(self, sha256: str, place: str) -> None:
        """Notes where a known source file was found. Idempotent."""
        row = {"sha256": sha256, "place": clean(place), "first_seen": time_text(self._clock())}
        if insert_new(self._connection, source_places, row):
            self._touch_known(source_places, sha256)

    def places(self, sha256: str) -> list[str]:
        """Everywhere the source file was found, in order of time."""
        query = sa.select(source_places.c.place).where(source_places.c.sha256 == sha256)
        return list(self._connection.scalars(query.order_by(source_places.c.first_seen, source_places.c.place)))

    def item(self, key: WorkKey) -> WorkItem | None:
        row = self._row(key)
        return None if row is None else _item(row)

    def done_before(self, sha256: str, *, models_sha256: str | None = None) -> WorkItem | None:
        """The newest finished work on an input, of any software; of these models only where they are given."""
        finished = (work.c.input_sha256 == sha256) & (work.c.state == WorkState.DONE.value)
        if models_sha256 is not None:
            finished &= work.c.models_sha256 == models_sha256
        query = sa.select(work).where(finished).order_by(work.c.changed_at.desc(), work.c.work_id).limit(1)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else _item(row)

    def claim(
        self, key: WorkKey, owner: Owner, *, lease: timedelta, retry_set_aside: bool, alone: bool = False
    ) -> WorkItem:
        """Takes the work unless it is done, set aside, or held by a process that may still live. Waits for nobody: what
        another process is just taking is as good as taken. `alone`: also what another release is reading is left."""
        now = lease_time(self._connection, self._clock)
        insert_new(self._connection, work, self._new_row(key))
        row = self._row(key, lock=True)
        if row is None or (alone and self._is_read_by_another(key)):
            seen = self._row(key)
            assert seen is not None
            return replace(_item(seen), state=WorkState.RUNNING)
        if not self._is_free(row, retry_set_aside):
            return _item(row)
        changes: dict[str, Any] = {
            "state": WorkState.RUNNING.value,
            "owner": str(owner),
            "lease_until": time_text(now + lease),
            "attempts": row.attempts + 1,
            "changed_at": time_text(now),
        }
        self._connection.execute(sa.update(work).where(work.c.work_id == key.work_id).values(changes))
        return WorkItem(
            key=key,
            state=WorkState.RUNNING,
            attempts=row.attempts + 1,
            code=row.code,
            message=None if row.message is None else Message.parse(row.message),
            changed_at=changes["changed_at"],
            claim=Claim(key=key, owner=owner, attempt=row.attempts + 1),
        )

    def renew(self, claim: Claim, *, lease: timedelta) -> None:
        """Extends the lease. Raises ClaimLost."""
        self._change(claim, lease_until=time_text(lease_time(self._connection, self._clock) + lease))

    def has_lost(self, claim: Claim) -> bool:
        """Whether another took the work, or was to: not where it came to its end under this claim."""
        row = self._row(claim.key)
        return row is None or row.attempts != claim.attempt or row.code == EXPIRED

    def finish(self, claim: Claim) -> None:
        """Marks the work done: it waits no longer. Raises ClaimLost: then the whole transaction must not commit."""
        self._change(claim, state=WorkState.DONE.value, owner=None, code=None, message=None)
        self._waits_no_longer(claim.key)
        self._touch_all(claim.key)

    def set_aside(self, claim: Claim, *, code: str, message: Message) -> None:
        """Marks the input as one that cannot be done, with the reason. Raises ClaimLost."""
        self._change(claim, state=WorkState.SET_ASIDE.value, owner=None, code=code, message=clean(str(message)))
        self._waits_no_longer(claim.key)
        self._touch_all(claim.key)

    def release(self, claim: Claim, *, code: str | None, message: Message | None) -> None:
        """Gives the work back undone (stopped, retryable error): anyone may take it. Raises ClaimLost."""
        text = None if message is None else clean(str(message))
        self._change(claim, state=WorkState.PENDING.value, owner=None, code=code, message=text)

    def expire(self) -> list[WorkKey]:
        """Makes work pending again whose holder let the lease run out, or is known to have ended; which."""
        query = sa.select(work).where(work.c.state == WorkState.RUNNING.value)
        if self._connection.dialect.name != "sqlite":
            late = work.c.lease_until < time_text(lease_time(self._connection, self._clock))
            query = query.where(late | work.c.owner.startswith(Owner.current().machine, autoescape=True))
        expired = list(self._connection.execute(query.with_for_update(skip_locked=True)))
        keys = [_item(row).key for row in expired if self._is_free(row, False)]
        changes = {"state": WorkState.PENDING.value, "owner": None, "code": EXPIRED, "message": None}
        changes["changed_at"] = time_text(self._clock())
        for key in keys:
            self._connection.execute(sa.update(work).where(work.c.work_id == key.work_id).values(changes))
        return keys

    def unfinished(self) -> list[WorkItem]:
        """Work that was begun or given back and is held by no living process, oldest first."""
        open_states = [WorkState.PENDING.value, WorkState.RUNNING.value]
        query = sa.select(work).where(work.c.state.in_(open_states)).order_by(work.c.created_at, work.c.work_id)
        return [_item(row) for row in self._connection.execute(query) if self._is_free(row, False)]

    def set_aside_items(self) -> list[WorkItem]:
        """Everything set aside, oldest first."""
        query = sa.select(work).where(work.c.state == WorkState.SET_ASIDE.value)
        return [_item(row) for row in self._connection.execute(query.order_by(work.c.changed_at))]

    def _waits_no_longer(self, key: WorkKey) -> None:
        self._connection.execute(sa.delete(queued).where(queued.c.input_sha256 == key.input_sha256))

    def _is_read_by_another(self, key: WorkKey) -> bool:
        others = (work.c.input_sha256 == key.input_sha256) & (work.c.work_id != key.work_id)
        query = sa.select(work).where(others & (work.c.state == WorkState.RUNNING.value))
        return any(not self._is_free(row, False) for row in self._connection.execute(query))

    def _touch_all(self, key: WorkKey) -> None:
        """The work is at its end: everything that is known of its source file is told with it."""
        for table in (sources, source_names, source_places, source_books):
            touch(self._connection, table, sha256=key.input_sha256)
        touch(self._connection, work, work_id=key.work_id)

    def _touch_known(self, table: sa.Table, sha256: str) -> None:
        """Something new is known of a source file: of one without finished work it is told when that ends."""
        ended = work.c.state.in_([WorkState.DONE.value, WorkState.SET_ASIDE.value])
        query = sa.select(work.c.work_id).where(work.c.input_sha256 == sha256, ended).limit(1)
        if self._connection.scalar(query) is not None:
            touch(self._connection, table, sha256=sha256)

    def _row(self, key: WorkKey, *, lock: bool = False) -> Any:
        query = sa.select(work).where(work.c.work_id == key.work_id)
        return self._connection.execute(query.with_for_update(skip_locked=True) if lock else query).one_or_none()

    def _new_row(self, key: WorkKey) -> dict[str, Any]:
        now = time_text(self._clock())
        return {
            "work_id": key.work_id,
            "input_sha256": key.input_sha256,
            "software": key.software,
            "models_sha256": key.models_sha256,
            "settings_sha256": key.settings_sha256,
            "state": WorkState.PENDING.value,
            "attempts": 0,
            "created_at": now,
            "changed_at": now,
        }

    def _is_free(self, row: Any, retry_set_aside: bool) -> bool:
        if row.state == WorkState.PENDING:
            return True
        if row.state == WorkState.SET_ASIDE:
            return retry_set_aside
        if row.state == WorkState.DONE:
            return False
        if row.lease_until < time_text(lease_time(self._connection, self._clock)):
            return True
        one_machine = self._connection.dialect.name == "sqlite"
        return Owner.parse(row.owner).is_gone(one_machine=one_machine)

    def _change(self, claim: Claim, **values: Any) -> None:
        of_claim = (
            (work.c.work_id == claim.key.work_id)
            & (work.c.state == WorkState.RUNNING.value)
            & (work.c.owner == str(claim.owner))
            & (work.c.attempts == claim.attempt)
        )
        values["changed_at"] = time_text(self._clock())
        if self._connection.execute(sa.update(work).where(of_claim).values(values)).rowcount != 1:
            raise ClaimLost(
                Message(
                    "Việc này đã do tiến trình khác đảm nhận.",
                    "Another process has taken this work over; nothing was stored twice.",
                )
            )


def _item(row: Any) -> WorkItem:
    return WorkItem(
        key=WorkKey(
            input_sha256=row.input_sha256,
            software=row.software,
            models_sha256=row.models_sha256,
            settings_sha256=row.settings_sha256,
        ),
        state=WorkState(row.state),
        attempts=row.attempts,
        code=row.code,
        message=None if row.message is None else Message.parse(row.message),
        changed_at=row.changed_at,
    )
