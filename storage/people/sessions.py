"""Sessions of people who signed in: they end by time, by not being used, by their person, by an administrator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from storage.people.tables import sessions, users
from storage.people.users import User, user_of
from storage.times import Clock, clean, time_text

SHOWN_DIGITS = 16
"""Of a session's digest, by which it is named; the token cannot be found from it."""
_LONGEST = timedelta(hours=8)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSession:
    """`session_id`: the beginning of its digest. `address` and `browser`: whence it was begun, for its person to know
    it by."""

    session_id: str
    user_id: str
    login: str
    office: str
    created_at: str
    used_at: str
    address: str
    browser: str


class Sessions:
    """The sessions within one transaction. Tokens are random and long: their SHA-256 alone is kept."""

    def __init__(self, connection: sa.Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def begin(
        self, digest: str, user_id: str, *, lasts: timedelta = _LONGEST, address: str = "", browser: str = ""
    ) -> None:
        """`lasts`: at most, however much it is used. Forgets those that have ended."""
        now = self._clock()
        self._connection.execute(sa.delete(sessions).where(sessions.c.expires_at < time_text(now)))
        row = {
            "digest": digest,
            "user_id": user_id,
            "created_at": time_text(now),
            "expires_at": time_text(now + lasts),
            "used_at": time_text(now),
            "address": clean(address)[:80],
            "browser": clean(browser)[:80],
        }
        self._connection.execute(sa.insert(sessions).values(row))

    def user_of(self, digest: str, *, idle: timedelta) -> tuple[User, str] | None:
        """The active user whose session this is, and when it was used last as far as that is noted; None where it has
        ended, or was not used for `idle`."""
        query = sa.select(users, sessions.c.used_at).join(sessions)
        lasting = self._lasting(idle)
        row = self._connection.execute(query.where(sessions.c.digest == digest, users.c.active, lasting)).one_or_none()
        return None if row is None else (user_of(row), row.used_at)

    def touch(self, digest: str) -> None:
        """Notes that it is used now."""
        change = sa.update(sessions).where(sessions.c.digest == digest).values(used_at=time_text(self._clock()))
        self._connection.execute(change)

    def open(self, *, idle: timedelta, user_id: str | None = None, office: str | None = None) -> Sequence[OpenSession]:
        """Those that last, the one used last first: of a person, of an office, or all."""
        query = (
            sa.select(sessions, users.c.login, users.c.office).join(users).where(self._lasting(idle), users.c.active)
        )
        if user_id is not None:
            query = query.where(sessions.c.user_id == user_id)
        if office is not None:
            query = query.where(users.c.office == clean(office))
        rows = self._connection.execute(query.order_by(sessions.c.used_at.desc()))
        names = [name for name in OpenSession.__slots__ if name != "session_id"]
        return [
            OpenSession(session_id=row.digest[:SHOWN_DIGITS], **{name: row._mapping[name] for name in names})
            for row in rows
        ]

    def end(self, digest: str) -> None:
        self._connection.execute(sa.delete(sessions).where(sessions.c.digest == digest))

    def end_one(self, user_id: str, session_id: str) -> bool:
        """Ends the session of this person that is named so; False where there is none."""
        named = sa.func.substr(sessions.c.digest, 1, SHOWN_DIGITS) == session_id
        return self._connection.execute(sa.delete(sessions).where(sessions.c.user_id == user_id, named)).rowcount > 0

    def end_all(self, user_id: str, *, but: str | None = None) -> int:
        """Ends a person's sessions, but the one with this digest; how many."""
        which = sessions.c.user_id == user_id
        if but is not None:
            which &= sessions.c.digest != but
        return self._connection.execute(sa.delete(sessions).where(which)).rowcount

    def _lasting(self, idle: timedelta) -> sa.ColumnElement[bool]:
        now = self._clock()
        return (sessions.c.expires_at > time_text(now)) & (sessions.c.used_at > time_text(now - idle))
