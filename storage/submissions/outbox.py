"""Notices to be sent. They are written in the transaction of the answer, so that none is lost, and sent afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from storage.submissions.tables import outbox
from storage.times import Clock, clean, time_text

PAUSES = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
_HELD = timedelta(minutes=2)


class NoticeChannel(StrEnum):
    """How a notice is sent."""

    WEBHOOK = "webhook"
    EMAIL = "email"
    SMS = "sms"


class OutboxState(StrEnum):
    """`FAILED`: given up, for a person to see."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxMessage:
    """One notice, and how far its sending is."""

    message_id: str
    submission_id: str
    channel: NoticeChannel
    event: str
    state: OutboxState
    attempts: int
    next_at: str
    error: str | None
    created_at: str
    sent_at: str | None


class Outbox:
    """The messages within one transaction."""

    def __init__(self, connection: sa.Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def add(
        self, message_id: str, *, submission_id: str, channel: str, event: str, after: timedelta = timedelta()
    ) -> None:
        """`after`: it is not sent before so much time has passed."""
        now = self._clock()
        row = {
            "message_id": message_id,
            "submission_id": submission_id,
            "channel": channel,
            "event": event,
            "state": OutboxState.WAITING.value,
            "attempts": 0,
            "next_at": time_text(now + after),
            "created_at": time_text(now),
        }
        self._connection.execute(sa.insert(outbox).values(row))

    def withdraw(self, submission_id: str, event: str) -> None:
        """Removes what was not sent yet of this event."""
        unsent = (outbox.c.state == OutboxState.WAITING.value) & (outbox.c.attempts == 0)
        these = (outbox.c.submission_id == submission_id) & (outbox.c.event == event)
        self._connection.execute(sa.delete(outbox).where(these, unsent))

    def take_due(self, limit: int) -> list[OutboxMessage]:
        """Messages that are due, held for this sender for two minutes: nobody else takes them meanwhile."""
        now = self._clock()
        due = (outbox.c.state == OutboxState.WAITING.value) & (outbox.c.next_at <= time_text(now))
        query = sa.select(outbox).where(due).order_by(outbox.c.next_at).limit(limit).with_for_update(skip_locked=True)
        messages = [_message(row) for row in self._connection.execute(query)]
        ids = [message.message_id for message in messages]
        held = sa.update(outbox).where(outbox.c.message_id.in_(ids)).values(next_at=time_text(now + _HELD))
        if ids:
            self._connection.execute(held)
        return messages

    def mark_sent(self, message_id: str) -> None:
        self._change(message_id, state=OutboxState.SENT.value, error=None, sent_at=time_text(self._clock()))

    def mark_failed(self, message_id: str, error: str) -> None:
        """Counts the attempt; the message is tried again later, and given up after the last of `PAUSES`."""
        attempts = self._connection.scalar(sa.select(outbox.c.attempts).where(outbox.c.message_id == message_id)) or 0
        values: dict[str, Any] = {"attempts": attempts + 1, "error": clean(error)[:300]}
        if attempts >= len(PAUSES):
            values["state"] = OutboxState.FAILED.value
        else:
            values["next_at"] = time_text(self._clock() + PAUSES[attempts])
        self._change(message_id, **values)

    def of_submission(self, submission_id: str) -> Sequence[OutboxMessage]:
        query = sa.select(outbox).where(outbox.c.submission_id == submission_id)
        return [
            _message(row) for row in self._connection.execute(query.order_by(outbox.c.created_at, outbox.c.channel))
        ]

    def failing(self, limit: int = 100) -> Sequence[OutboxMessage]:
        """Messages that were given up, or failed and wait for another try, newest first."""
        tried = (outbox.c.state == OutboxState.WAITING.value) & (outbox.c.attempts > 0)
        troubled = (outbox.c.state == OutboxState.FAILED.value) | tried
        query = sa.select(outbox).where(troubled).order_by(outbox.c.created_at.desc()).limit(limit)
        return [_message(row) for row in self._connection.execute(query)]

    def _change(self, message_id: str, **values: Any) -> None:
        self._connection.execute(sa.update(outbox).where(outbox.c.message_id == message_id).values(values))


def _message(row: Any) -> OutboxMessage:
    values = {name: row._mapping[name] for name in OutboxMessage.__slots__}
    values["channel"], values["state"] = NoticeChannel(values["channel"]), OutboxState(values["state"])
    return OutboxMessage(**values)
