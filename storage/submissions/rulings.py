"""What people decided about submissions: why, against which contradiction, and until when it may be taken back.

Until a ruling is closed nothing of the submission is forgotten and nobody is told; then what may not be kept goes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from storage.catalogue.audit import AuditLog
from storage.submissions.limits import in_use
from storage.submissions.outbox import Outbox
from storage.submissions.states import State
from storage.submissions.tables import submission_rulings, submissions
from storage.times import Clock, time_text

HIDDEN = "•••"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What a person decided about a submission in review. `reasons`: as they stand in the verdict; `against`: what
    contradicted, where it is accepted all the same. `open_for`: how long it may be taken back, and tells nobody."""

    state: State
    reasons: Sequence[Mapping[str, Any]]
    actor: str
    ruling_id: str = ""
    against: Sequence[str] = ()
    open_for: timedelta = timedelta()


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRuling:
    """A ruling that is not closed yet."""

    ruling_id: str
    submission_id: str
    actor: str
    closes_at: str


class Rulings:
    """Rulings within one transaction."""

    def __init__(self, connection: sa.Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def rule(self, submission_id: str, ruling: Ruling, notices: Sequence[tuple[str, str]]) -> bool:
        """Settles a submission in review, with its audit entries and notices; False, and nothing is changed, for any
        other. Of a ruling against a contradiction the audit log has a digest over its reasons too."""
        query = sa.select(submissions.c.code, submissions.c.verdict).where(
            submissions.c.submission_id == submission_id, submissions.c.state == State.IN_REVIEW.value, in_use()
        )
        row = self._connection.execute(query.with_for_update()).one_or_none()
        if row is None:
            return False
        now = self._clock()
        verdict = json.loads(row.verdict)
        verdict["reasons"] = [*ruling.reasons, *verdict["reasons"]]
        self._change(submission_id, state=ruling.state.value, verdict=_json(verdict), decided_at=time_text(now))
        action, ruling_id = f"submission.{ruling.state}", ruling.ruling_id or _made_id(submission_id, time_text(now))
        log = AuditLog(self._connection, self._clock)
        log.append(actor=ruling.actor, action=action, subject=row.code)
        if ruling.against:
            said = _json({"against": list(ruling.against), "reasons": list(ruling.reasons)})
            digest = f"sha256:{hashlib.sha256(said.encode()).hexdigest()}"
            subject = f"{row.code}#{ruling_id}"
            log.append(actor=ruling.actor, action="submission.contradiction_accepted", subject=subject, digest=digest)
        values = {
            "ruling_id": ruling_id,
            "submission_id": submission_id,
            "actor": ruling.actor,
            "state": ruling.state.value,
            "reasons": _json(list(ruling.reasons)),
            "against": _json(list(ruling.against)),
            "at": time_text(now),
            "closes_at": time_text(now + ruling.open_for),
            "closed": False,
            "undone": False,
        }
        self._connection.execute(sa.insert(submission_rulings).values(values))
        outbox = Outbox(self._connection, self._clock)
        for message_id, channel in notices:
            outbox.add(message_id, submission_id=submission_id, channel=channel, event=action, after=ruling.open_for)
        return True

    def undo(self, ruling_id: str, actor: str) -> str | None:
        """Takes a person's own ruling back while it is open: the submission waits again, and nobody is told anything.
        Its id; None, and nothing is changed, where it is closed or somebody else's."""
        now = time_text(self._clock())
        c = submission_rulings.c
        own = (c.ruling_id == ruling_id) & (c.actor == actor) & ~c.closed & ~c.undone & (c.closes_at > now)
        row = self._connection.execute(sa.select(submission_rulings).where(own).with_for_update()).one_or_none()
        if row is None:
            return None
        this = sa.select(submissions.c.code, submissions.c.verdict).where(
            submissions.c.submission_id == row.submission_id
        )
        submission = self._connection.execute(this).one()
        verdict = json.loads(submission.verdict)
        verdict["reasons"] = verdict["reasons"][len(json.loads(row.reasons)) :]
        self._change(row.submission_id, state=State.IN_REVIEW.value, verdict=_json(verdict))
        self._mark(ruling_id, undone=True, closed=True)
        Outbox(self._connection, self._clock).withdraw(row.submission_id, f"submission.{row.state}")
        AuditLog(self._connection, self._clock).append(
            actor=actor, action="submission.reopened", subject=submission.code
        )
        return str(row.submission_id)

    def due(self) -> Iterator[OpenRuling]:
        """The rulings that can no longer be taken back and are not closed."""
        c = submission_rulings.c
        query = sa.select(submission_rulings).where(~c.closed, c.closes_at <= time_text(self._clock()))
        for row in self._connection.execute(query.order_by(c.closes_at)).all():
            yield _open(row)

    def last_open(self, actor: str) -> OpenRuling | None:
        """The last ruling of this person that may still be taken back."""
        c = submission_rulings.c
        own = (c.actor == actor) & ~c.closed & (c.closes_at > time_text(self._clock()))
        row = self._connection.execute(sa.select(submission_rulings).where(own).order_by(c.at.desc()).limit(1)).first()
        return None if row is None else _open(row)

    def close(self, ruling: OpenRuling, *, hide: Collection[str], forget: bool) -> None:
        """Closes a ruling. `hide`: papers, by role, whose values are masked; `forget`: what was declared goes too."""
        this = sa.select(submissions.c.verdict).where(submissions.c.submission_id == ruling.submission_id)
        verdict = json.loads(self._connection.scalar(this) or "{}")
        for field in verdict.get("fields", ()):
            if field["role"] in hide:
                for name in ("declared", "read", "registered"):
                    field[name] = None if field[name] is None else HIDDEN
        values: dict[str, Any] = {"verdict": _json(verdict)}
        if forget:
            values["declared"] = None
        self._change(ruling.submission_id, **values)
        self._mark(ruling.ruling_id, closed=True)

    def held(self) -> set[str]:
        """The submissions whose files a person may still have to see: in review, or ruled and not closed."""
        waiting = sa.select(submissions.c.submission_id).where(submissions.c.state == State.IN_REVIEW.value)
        ruled = sa.select(submission_rulings.c.submission_id).where(~submission_rulings.c.closed)
        return {*self._connection.scalars(waiting), *self._connection.scalars(ruled)}

    def _change(self, submission_id: str, **values: Any) -> None:
        this = submissions.c.submission_id == submission_id
        self._connection.execute(sa.update(submissions).where(this).values(values))

    def _mark(self, ruling_id: str, **values: Any) -> None:
        this = submission_rulings.c.ruling_id == ruling_id
        self._connection.execute(sa.update(submission_rulings).where(this).values(values))


def _open(row: Any) -> OpenRuling:
    return OpenRuling(
        ruling_id=row.ruling_id, submission_id=row.submission_id, actor=row.actor, closes_at=row.closes_at
    )


def _made_id(submission_id: str, at: str) -> str:
    return hashlib.sha256(f"{submission_id} {at}".encode()).hexdigest()[:32]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
