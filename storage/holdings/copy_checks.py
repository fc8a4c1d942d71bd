"""Tries to prove whose a signed copy is: counted, and refused for a while after several wrong ones."""

from __future__ import annotations

import sqlalchemy as sa

from storage.holdings.tables import copy_checks
from storage.submissions.submissions import PROOF_LOCK, PROOF_TRIES
from storage.times import Clock, insert_new, time_text


class CopyChecks:
    """The counts within one transaction."""

    def __init__(self, connection: sa.Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def is_locked(self, copy_code: str) -> bool:
        """Whether every birth date is refused for this copy now."""
        until = self._connection.scalar(
            sa.select(copy_checks.c.locked_until).where(copy_checks.c.copy_code == copy_code)
        )
        return until is not None and until > time_text(self._clock())

    def count(self, copy_code: str, *, right: bool) -> None:
        """Notes a try. After `PROOF_TRIES` wrong ones the copy is locked for `PROOF_LOCK`; a right one begins anew."""
        insert_new(self._connection, copy_checks, {"copy_code": copy_code, "failures": 0, "locked_until": None})
        this = copy_checks.c.copy_code == copy_code
        locked = sa.select(copy_checks.c.failures).where(this).with_for_update()
        failures = 0 if right else int(self._connection.scalar(locked) or 0) + 1
        values: dict[str, int | str | None] = {"failures": failures, "locked_until": None}
        if failures >= PROOF_TRIES:
            values = {"failures": 0, "locked_until": time_text(self._clock() + PROOF_LOCK)}
        self._connection.execute(sa.update(copy_checks).where(this).values(values))
