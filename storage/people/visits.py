"""Visits of citizens' pages that were ended by their button: their cookies, wherever copied, are good no longer."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import sqlalchemy as sa

from storage.people.tables import ended_visits
from storage.times import Clock, time_text


class EndedVisits:
    """Within one transaction. Kept as digests, and only as long as a cookie could have lasted."""

    def __init__(self, connection: sa.Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def end(self, visit_id: str, *, lasts: timedelta) -> None:
        """Ends a visit; `lasts`: how long cookies of it may still be shown. Twice is once."""
        now = self._clock()
        self._connection.execute(sa.delete(ended_visits).where(ended_visits.c.until < time_text(now)))
        if not self.has_ended(visit_id):
            row = {"digest": _digest(visit_id), "until": time_text(now + lasts)}
            self._connection.execute(sa.insert(ended_visits).values(row))

    def has_ended(self, visit_id: str) -> bool:
        query = sa.select(ended_visits.c.digest).where(ended_visits.c.digest == _digest(visit_id))
        return self._connection.execute(query).first() is not None


def _digest(visit_id: str) -> str:
    return hashlib.sha256(visit_id.encode()).hexdigest()
