"""Which submission somebody has on the screen: one person at a time, for as long as the lease is renewed."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa

from storage.submissions.limits import in_use
from storage.submissions.states import State
from storage.submissions.tables import submission_claims, submissions
from storage.times import Clock, time_text


class Claims:
    """Claims within one transaction. A person who comes again, by whatever tab, has their own claim back at once."""

    def __init__(self, connection: sa.Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def claim(self, submission_id: str, person: str, lease: timedelta) -> str | None:
        """The lease of this submission, now this person's; None while somebody else has it, or where it does not wait
        for a person."""
        now = self._clock()
        this = (submissions.c.submission_id == submission_id) & (submissions.c.state == State.IN_REVIEW.value)
        this &= in_use()
        row = sa.select(submissions.c.submission_id).where(this).with_for_update()
        if self._connection.scalar(row) is None:
            return None
        of_this = submission_claims.c.submission_id == submission_id
        held = self._connection.execute(sa.select(submission_claims).where(of_this)).one_or_none()
        if held is not None and held.person != person and held.lease_until >= time_text(now):
            return None
        values = {"person": person, "lease": secrets.token_hex(16), "lease_until": time_text(now + lease)}
        if held is not None and held.person == person:
            values["lease"] = held.lease
        if held is None:
            self._connection.execute(sa.insert(submission_claims).values(submission_id=submission_id, **values))
        else:
            self._connection.execute(sa.update(submission_claims).where(of_this).values(values))
        return str(values["lease"])

    def next_free(self, offices: Sequence[str], person: str, *, after: Sequence[str] = ()) -> str | None:
        """The submission of these offices that waits longest and that nobody else has; of `after`, which were left to
        others, none."""
        free = (
            submission_claims.c.person.is_(None)
            | (submission_claims.c.person == person)
            | (submission_claims.c.lease_until < time_text(self._clock()))
        )
        query = (
            sa.select(submissions.c.submission_id)
            .outerjoin(submission_claims, submission_claims.c.submission_id == submissions.c.submission_id)
            .where(submissions.c.office.in_(offices), submissions.c.state == State.IN_REVIEW.value, free, in_use())
            .where(submissions.c.submission_id.not_in(after))
            .order_by(submissions.c.received_at, submissions.c.submission_id)
        )
        return self._connection.scalar(query.limit(1))

    def is_held(self, submission_id: str, person: str, lease: str) -> bool:
        """Whether the claim is still this person's. One that ran out is, when nobody took the submission since."""
        this = submission_claims.c.submission_id == submission_id
        row = self._connection.execute(sa.select(submission_claims).where(this)).one_or_none()
        return row is not None and row.person == person and row.lease == lease

    def release(self, submission_id: str, person: str | None = None) -> None:
        """Ends the claim of this person, or whosever it is."""
        this = submission_claims.c.submission_id == submission_id
        if person is not None:
            this &= submission_claims.c.person == person
        self._connection.execute(sa.delete(submission_claims).where(this))

    def waiting(self, offices: Sequence[str]) -> int:
        """How many submissions of these offices wait for a person."""
        waits = submissions.c.office.in_(offices) & (submissions.c.state == State.IN_REVIEW.value) & in_use()
        return self._connection.scalar(sa.select(sa.func.count()).where(waits)) or 0
