"""The work that waits: inputs in batches, offices in turn, nothing lost when whoever reads them is.

An input waits in `queued` from the moment it is found until its work is done or set aside, in the ledger's own
transaction. Batches are how it is handed out: one run each. A batch that came to nothing leaves its inputs in the
queue, and they come into another.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from storage.catalogue.ledger import Ledger, WorkKey, WorkState
from storage.catalogue.owner import Owner
from storage.catalogue.queue_tables import known_inputs, queue_totals, queued, queued_batches
from storage.catalogue.tables import work
from storage.times import Clock, clean, insert_new, lease_time, time_text

MOST_LOSSES = 4
"""So many times whoever read an input may be lost; then it is set aside. From the third on it is read by itself."""

_MOST_BYTES = 256 << 20
_FILES_AFTER_LOSS = (None, 8, 1)  # how many share a batch after so many losses


class Urgency(IntEnum):
    """What overtakes what: a person waits for a submission, nobody for a batch."""

    SUBMISSION = 0
    BATCH = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedInput:
    """An input as it was found. `place`: where it lies, for any machine; `stamp`: another one is another content;
    `pages`: how many it may have; `after_sha256`: the file that its name goes on from."""

    place: str
    stamp: str
    sha256: str
    name: str
    size: int
    pages: int = 1
    after_sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingInput:
    """One line of the queue. `losses`: how often whoever read it was lost."""

    sha256: str
    place: str
    name: str
    size: int
    office: str
    urgency: Urgency
    after_sha256: str | None
    losses: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Inputs that one run reads. `run`: Prefect's run that was started for it; `began`: whether somebody reads it."""

    batch: str
    office: str
    urgency: Urgency
    run: str | None = None
    began: bool = False
    started_at: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Depth:
    """How much of one office waits: files, pages as far as they can be told, and since when."""

    office: str
    urgency: Urgency
    files: int
    pages: int
    oldest: str


class WorkQueue:
    """The queue within one transaction."""

    def __init__(self, connection: sa.Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def known(self, stamps: Mapping[str, str]) -> dict[str, str]:
        """Of these places with their stamps the ones that hold what they held, with its SHA-256."""
        rows: list[Any] = []
        for some in _at_most(list(stamps), 500):
            query = sa.select(known_inputs).where(known_inputs.c.place.in_([clean(place) for place in some]))
            rows += self._connection.execute(query)
        found = {row.place: row for row in rows}
        return {
            place: found[clean(place)].sha256
            for place, stamp in stamps.items()
            if clean(place) in found and found[clean(place)].stamp == stamp
        }

    def add(self, inputs: Sequence[QueuedInput], *, office: str, urgency: Urgency) -> list[QueuedInput]:
        """Lets new inputs wait; those that are none. What was done or set aside before by any release, or waits
        already, does not wait once more; as a submission it comes before batches from now on."""
        now = time_text(self._clock())
        known: list[QueuedInput] = []
        ledger = Ledger(self._connection, self._clock)
        for one in inputs:
            ledger.note_source(one.sha256, size=one.size, name=one.name)
            self._know(one)
            if self._is_at_its_end(one.sha256):
                known.append(one)
                continue
            row = {
                "input_sha256": one.sha256,
                "place": clean(one.place),
                "name": clean(one.name),
                "size": one.size,
                "pages": one.pages,
                "office": clean(office),
                "urgency": int(urgency),
                "after_sha256": one.after_sha256,
                "losses": 0,
                "not_before": now,
                "queued_at": now,
            }
            if insert_new(self._connection, queued, row):
                continue
            known.append(one)
            later = (queued.c.input_sha256 == one.sha256) & (queued.c.urgency > int(urgency))
            self._connection.execute(sa.update(queued).where(later).values(urgency=int(urgency), batch=None))
        return known

    def waiting(self) -> int:
        """How many inputs wait or are being read."""
        return self._connection.scalar(sa.select(sa.func.count()).select_from(queued)) or 0

    def is_waiting(self, sha256: str) -> bool:
        """Whether this input does."""
        return self._connection.scalar(sa.select(queued.c.number).where(queued.c.input_sha256 == sha256)) is not None

    def depths(self) -> list[Depth]:
        """How much of each office waits or is being read."""
        query = sa.select(
            queued.c.office,
            queued.c.urgency,
            sa.func.count().label("files"),
            sa.func.sum(queued.c.pages).label("pages"),
            sa.func.min(queued.c.queued_at).label("oldest"),
        ).group_by(queued.c.office, queued.c.urgency)
        rows = self._connection.execute(query.order_by(queued.c.office, queued.c.urgency))
        return [
            Depth(
                office=row.office,
                urgency=Urgency(row.urgency),
                files=row.files,
                pages=int(row.pages),
                oldest=row.oldest,
            )
            for row in rows
        ]

    def form_batches(self, *, pages: int = 50) -> int:
        """Puts what waits by itself into batches of some `pages` of one office; how many. After losses the batches are
        small, and in the end one input is alone: then only its own fault can be its loss."""
        formed = 0
        groups: dict[tuple[str, int, int], list[Any]] = {}
        for row in self._connection.execute(self._without_batch()):
            groups.setdefault((row.office, row.urgency, min(row.losses, len(_FILES_AFTER_LOSS) - 1)), []).append(row)
        for (office, urgency, losses), rows in groups.items():
            for numbers in _cut(rows, pages=pages, files=_FILES_AFTER_LOSS[losses]):
                # Of those made at one moment the first by name is the one that came first.
                batch, now = f"{numbers[0]:012x}{uuid.uuid4().hex[:20]}", time_text(self._clock())
                made = {"batch": batch, "office": office, "urgency": urgency, "made_at": now}
                self._connection.execute(sa.insert(queued_batches).values(made))
                members = queued.c.number.in_(numbers) & queued.c.batch.is_(None)
                self._connection.execute(sa.update(queued).where(members).values(batch=batch))
                formed += 1
        return formed

    def take(self, room: int) -> list[Batch]:
        """Batches to start a run for, each given to one caller only: every submission, and while fewer than `room`
        batches are started, the oldest of the office that has fewest."""
        not_started = sa.select(queued_batches).where(queued_batches.c.started_at.is_(None))
        locked = not_started.order_by(queued_batches.c.made_at, queued_batches.c.batch)
        rows = list(self._connection.execute(locked.with_for_update(skip_locked=True)))
        started = sa.select(queued_batches.c.office).where(
            queued_batches.c.started_at.is_not(None), queued_batches.c.urgency != int(Urgency.SUBMISSION)
        )
        out: Counter[str] = Counter(self._connection.scalars(started))
        chosen = [row for row in rows if row.urgency == Urgency.SUBMISSION]
        waiting = [row for row in rows if row.urgency != Urgency.SUBMISSION]
        while waiting and out.total() < room:
            row = min(waiting, key=lambda one: out[one.office])
            waiting.remove(row)
            out[row.office] += 1
            chosen.append(row)
        now = time_text(self._clock())
        for row in chosen:
            self._change(row.batch, started_at=now)
        return [_batch(row) for row in chosen]

    def started(self, batch: str, run: str) -> None:
        """Notes which run was started for the batch."""
        self._change(batch, run=run)

    def begin(self, batch: str, owner: Owner, *, lease: timedelta) -> list[WaitingInput]:
        """The inputs of the batch that still wait, for this process to read; none of a batch that is no more, or that
        another reads."""
        now = lease_time(self._connection, self._clock)
        this = queued_batches.c.batch == batch
        holder = self._connection.scalar(sa.select(queued_batches.c.node).where(this))
        free = queued_batches.c.lease_until.is_(None) | (queued_batches.c.lease_until < time_text(now))
        if holder == str(owner) or self._is_gone(holder):
            free |= queued_batches.c.node == holder
        mine = this & free
        held = {"node": str(owner), "lease_until": time_text(now + lease)}
        if self._connection.execute(sa.update(queued_batches).where(mine).values(held)).rowcount != 1:
            return []
        query = sa.select(queued).where(queued.c.batch == batch).order_by(queued.c.number)
        return [_waiting(row) for row in self._connection.execute(query)]

    def renew(self, batch: str, owner: Owner, *, lease: timedelta) -> None:
        """This process still reads the batch."""
        until = time_text(lease_time(self._connection, self._clock) + lease)
        mine = (queued_batches.c.batch == batch) & (queued_batches.c.node == str(owner))
        self._connection.execute(sa.update(queued_batches).where(mine).values(lease_until=until))

    def end(self, batch: str, *, owner: Owner | None = None, again_in: timedelta = timedelta(0)) -> int:
        """The run is over: what it left waits for another batch, `again_in` from now; how many inputs. With an `owner`:
        only where this process reads the batch."""
        if owner is not None:
            query = sa.select(queued_batches.c.node).where(queued_batches.c.batch == batch)
            if self._connection.scalar(query) != str(owner):
                return 0
        mine = queued.c.batch == batch
        later = {"batch": None, "not_before": time_text(self._clock() + again_in)}
        left = self._connection.execute(sa.update(queued).where(mine).values(later)).rowcount
        self._connection.execute(sa.delete(queued_batches).where(queued_batches.c.batch == batch))
        return left

    def postpone(self, sha256: str, *, again_in: timedelta) -> None:
        """The input waits for another batch, `again_in` from now."""
        later = {"batch": None, "not_before": time_text(self._clock() + again_in)}
        self._connection.execute(sa.update(queued).where(queued.c.input_sha256 == sha256).values(later))

    def drop(self, sha256: str) -> None:
        """The input waits no longer: what lies at its place is another one."""
        self._connection.execute(sa.delete(queued).where(queued.c.input_sha256 == sha256))

    def expire(self) -> tuple[list[WorkKey], list[WorkKey]]:
        """Takes work back whose holder was lost: what waits again, and what was lost so often that it is to be set
        aside."""
        again: list[WorkKey] = []
        hopeless: list[WorkKey] = []
        for key in Ledger(self._connection, self._clock).expire():
            this = queued.c.input_sha256 == key.input_sha256
            losses = self._connection.scalar(sa.select(queued.c.losses).where(this))
            if losses is None:
                continue
            self._connection.execute(sa.update(queued).where(this).values(losses=losses + 1, batch=None))
            self.count("", {"lost_leases": 1})
            (again if losses + 1 < MOST_LOSSES else hopeless).append(key)
        return again, hopeless

    def abandoned(self) -> list[Batch]:
        """Batches whose reader was not heard of any more, or is known to have ended."""
        now = time_text(lease_time(self._connection, self._clock))
        rows = self._connection.execute(self._batches(queued_batches.c.lease_until.is_not(None)))
        return [_batch(row) for row in rows if row.lease_until < now or self._is_gone(row.node)]

    def alive(self) -> set[str]:
        """Batches that somebody reads, as far as can be seen from here."""
        now = time_text(lease_time(self._connection, self._clock))
        query = sa.select(queued_batches.c.batch, queued_batches.c.node).where(queued_batches.c.lease_until >= now)
        return {row.batch for row in self._connection.execute(query) if not self._is_gone(row.node)}

    def not_begun(self) -> list[Batch]:
        """Batches a run was started for, or was to be, and that nobody reads yet."""
        waits = queued_batches.c.started_at.is_not(None) & queued_batches.c.lease_until.is_(None)
        return [_batch(row) for row in self._connection.execute(self._batches(waits))]

    def not_started(self) -> int:
        """How many batches wait for their run."""
        waits = queued_batches.c.started_at.is_(None)
        return self._connection.scalar(sa.select(sa.func.count()).select_from(queued_batches).where(waits)) or 0

    def count(self, office: str, figures: Mapping[str, float]) -> None:
        """Adds to what was done since the first day."""
        rows = [{"office": clean(office), "figure": name, "value": float(of)} for name, of in sorted(figures.items())]
        kind = sqlite if self._connection.dialect.name == "sqlite" else postgresql
        new = kind.insert(queue_totals)
        added = {"value": queue_totals.c.value + new.excluded.value}
        if rows:
            self._connection.execute(new.on_conflict_do_update(index_elements=["office", "figure"], set_=added), rows)

    def totals(self) -> list[tuple[str, str, float]]:
        """Office, figure, value of everything that was counted."""
        query = sa.select(queue_totals).order_by(queue_totals.c.office, queue_totals.c.figure)
        return [(row.office, row.figure, row.value) for row in self._connection.execute(query)]

    def _is_gone(self, holder: str | None) -> bool:
        """Whether who holds a batch is known to have ended. Versions before this one noted a number only."""
        if holder is None or "/" not in holder:
            return False
        return Owner.parse(holder).is_gone(one_machine=self._connection.dialect.name == "sqlite")

    def _know(self, one: QueuedInput) -> None:
        row = {"place": clean(one.place), "stamp": one.stamp, "sha256": one.sha256}
        if not insert_new(self._connection, known_inputs, row):
            here = known_inputs.c.place == row["place"]
            values = {"stamp": one.stamp, "sha256": one.sha256}
            self._connection.execute(sa.update(known_inputs).where(here).values(values))

    def _is_at_its_end(self, sha256: str) -> bool:
        ended = work.c.state.in_([WorkState.DONE.value, WorkState.SET_ASIDE.value])
        query = sa.select(work.c.work_id).where((work.c.input_sha256 == sha256) & ended).limit(1)
        return self._connection.scalar(query) is not None

    def _without_batch(self) -> sa.Select[Any]:
        """What may come into a batch now; not what somebody is reading."""
        now = time_text(self._clock())
        held = sa.exists().where(
            (work.c.input_sha256 == queued.c.input_sha256) & (work.c.state == WorkState.RUNNING.value)
        )
        waits = queued.c.batch.is_(None) & (queued.c.not_before <= now) & ~held
        return sa.select(queued).where(waits).order_by(queued.c.number).with_for_update(skip_locked=True)

    def _batches(self, which: sa.ColumnElement[bool]) -> sa.Select[Any]:
        return sa.select(queued_batches).where(which).order_by(queued_batches.c.made_at, queued_batches.c.batch)

    def _change(self, batch: str, **values: Any) -> None:
        this = queued_batches.c.batch == batch
        self._connection.execute(sa.update(queued_batches).where(this).values(values))


def _cut(rows: Iterable[Any], *, pages: int, files: int | None) -> list[list[int]]:
    """Numbers of rows in runs of at most so many pages, files and, beyond the first, bytes."""
    out: list[list[int]] = []
    room, space = 0, 0
    for row in rows:
        full = not out or row.pages > room or row.size > space or (files is not None and len(out[-1]) >= files)
        if full:
            out.append([])
            room, space = pages, _MOST_BYTES
        out[-1].append(row.number)
        room, space = room - row.pages, space - row.size
    return out


def _at_most(items: list[str], most: int) -> Iterable[list[str]]:
    return (items[start : start + most] for start in range(0, len(items), most))


def _batch(row: Any) -> Batch:
    return Batch(
        batch=row.batch,
        office=row.office,
        urgency=Urgency(row.urgency),
        run=row.run,
        began=row.lease_until is not None,
        started_at=row.started_at,
    )


def _waiting(row: Any) -> WaitingInput:
    return WaitingInput(
        sha256=row.input_sha256,
        place=row.place,
        name=row.name,
        size=row.size,
        office=row.office,
        urgency=Urgency(row.urgency),
        after_sha256=row.after_sha256,
        losses=row.losses,
    )
