"""Requests of persons within one transaction: taken down, answered once, kept."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import sqlalchemy as sa

from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from storage.catalogue.audit import AuditLog
from storage.requests.tables import person_requests
from storage.times import Clock, clean, time_text

TAKEN = "person.request_taken"
"""The action of an audit entry: a request's kind, the day it came and the day it is due, behind colons."""
ANSWERED = "person.request_answered"
_LONGEST = 500


class RequestKind(StrEnum):
    """What a person may ask for: to see, a copy, a correction, that papers are not used, that they are removed."""

    ACCESS = "access"
    EXPORT = "export"
    CORRECT = "correct"
    BLOCK = "block"
    ERASE = "erase"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRequest:
    request_id: str
    kind: RequestKind
    person: str
    office: str
    note: str
    received_on: date
    due_on: date
    taken_by: str
    taken_at: str
    answer: str | None
    answered_by: str | None
    answered_at: str | None

    def is_late(self, today: date) -> bool:
        return self.answered_at is None and today > self.due_on


class PersonRequests:
    def __init__(self, connection: sa.Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def take(
        self, kind: RequestKind, person: str, *, office: str, note: str, received_on: date, due_on: date, actor: str
    ) -> PersonRequest:
        """Notes a request. `person`: a keyed digest, never a number or a name."""
        row = {
            "request_id": secrets.token_hex(6), "kind": kind.value, "person": person, "office": clean(office),
            "note": clean(note.strip())[:_LONGEST], "received_on": received_on.isoformat(),
            "due_on": due_on.isoformat(), "taken_by": clean(actor), "taken_at": time_text(self._clock()),
        }  # fmt: skip
        self._connection.execute(sa.insert(person_requests).values(row))
        term = f"{kind.value}:{row['received_on']}:{row['due_on']}"
        self._log(f"{TAKEN}:{term}", row["request_id"], actor)
        return self._of(person_requests.c.request_id == row["request_id"])[0]

    def answer(self, request_id: str, answer: str, *, actor: str) -> PersonRequest:
        """Notes what was answered. Raises WrongUse for an unknown request, one that is answered, and without words."""
        answer = clean(answer.strip())[:_LONGEST]
        found = self._of(person_requests.c.request_id == request_id)
        if not found or found[0].answered_at is not None or not answer:
            raise WrongUse(
                Message(
                    f"{request_id}: không có yêu cầu này, đã trả lời, hoặc chưa ghi trả lời gì",
                    "no such request, it is answered, or what was answered is not said",
                )
            )
        values = {"answer": answer, "answered_by": clean(actor), "answered_at": time_text(self._clock())}
        this = person_requests.c.request_id == request_id
        self._connection.execute(sa.update(person_requests).where(this).values(values))
        self._log(ANSWERED, request_id, actor)
        return self._of(this)[0]

    def open(self, offices: Sequence[str] | None = None) -> list[PersonRequest]:
        """Not answered, the one that is due first first; of these offices (None: of all)."""
        which = person_requests.c.answered_at.is_(None)
        return self._of(which if offices is None else which & person_requests.c.office.in_(offices))

    def all(self) -> list[PersonRequest]:
        return self._of(sa.true())

    def _log(self, action: str, request_id: str, actor: str) -> None:
        AuditLog(self._connection, self._clock).append(actor=actor, action=action, subject=f"request:{request_id}")

    def _of(self, which: sa.ColumnElement[bool]) -> list[PersonRequest]:
        query = sa.select(person_requests).where(which)
        query = query.order_by(person_requests.c.due_on, person_requests.c.taken_at, person_requests.c.request_id)
        return [
            PersonRequest(
                **{
                    **row._mapping,
                    "kind": RequestKind(row.kind),
                    "received_on": date.fromisoformat(row.received_on),
                    "due_on": date.fromisoformat(row.due_on),
                }
            )
            for row in self._connection.execute(query)
        ]
