"""People who work with the service, and their sessions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from storage.people.tables import sessions, users
from storage.times import Clock, clean, time_text

SESSION = timedelta(hours=8)


class Role(StrEnum):
    """What somebody works as; a person may have several."""

    ARCHIVIST = "archivist"
    SUBMITTER = "submitter"
    REVIEWER = "reviewer"
    AUDITOR = "auditor"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """`password`: an argon2 hash, None for people who come by OpenID Connect only; `totp`: an encrypted secret."""

    user_id: str
    login: str
    name: str
    office: str
    roles: frozenset[Role]
    password: str | None
    totp: str | None
    totp_step: int
    active: bool
    oidc_subject: str | None


class Users:
    """The users and sessions within one transaction."""

    def __init__(self, connection: sa.Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def add(
        self,
        user_id: str,
        *,
        login: str,
        name: str,
        office: str,
        roles: Iterable[str],
        password: str | None = None,
        totp: str | None = None,
        oidc_subject: str | None = None,
    ) -> None:
        """Raises WrongUse for a taken or empty login or an unknown role."""
        known = {role.value for role in Role}
        given = set(roles)
        if not given or given - known:
            raise WrongUse(Message("Vai trò phải thuộc", f"Roles must be among: {', '.join(sorted(known))}"))
        login = login_name(login)
        if self.by_login(login) is not None:
            raise WrongUse(Message("Đã có tài khoản này", "There is such an account already"))
        row = {
            "user_id": user_id,
            "login": login,
            "name": clean(name),
            "office": clean(office),
            "roles": json.dumps(sorted(given)),
            "password": password,
            "totp": totp,
            "totp_step": 0,
            "failures": 0,
            "active": True,
            "oidc_subject": oidc_subject,
            "created_at": time_text(self._clock()),
        }
        self._connection.execute(sa.insert(users).values(row))

    def by_login(self, login: str) -> User | None:
        return self._one(users.c.login == login)

    def by_subject(self, oidc_subject: str) -> User | None:
        return self._one(users.c.oidc_subject == oidc_subject)

    def all(self) -> Sequence[User]:
        return [_user(row) for row in self._connection.execute(sa.select(users).order_by(users.c.login))]

    def set_active(self, login: str, active: bool) -> None:
        """Lets a person in, or shuts them out and ends their sessions. Raises WrongUse for an unknown login."""
        user = self.by_login(login_name(login))
        if user is None:
            raise WrongUse(Message("Không có tài khoản này", "There is no such account"))
        self._change(user.user_id, active=active)
        if not active:
            self.end_sessions(user.user_id)

    def set_password(self, user_id: str, password: str) -> None:
        """Stores a new hash and ends every session."""
        self._change(user_id, password=password)
        self.end_sessions(user_id)

    def rehash(self, user_id: str, password: str) -> None:
        """Stores a hash of the same password with newer parameters."""
        self._change(user_id, password=password)

    def login_succeeded(self, user_id: str, *, totp_step: int) -> bool:
        """Notes the one-time code; False when this one, or a later one, was used before."""
        fresh = (users.c.user_id == user_id) & (users.c.totp_step < totp_step if totp_step else sa.true())
        values = {"totp_step": totp_step} if totp_step else {"active": users.c.active}
        return self._connection.execute(sa.update(users).where(fresh).values(values)).rowcount == 1

    def begin_session(self, digest: str, user_id: str) -> None:
        now = self._clock()
        self._connection.execute(sa.delete(sessions).where(sessions.c.expires_at < time_text(now)))
        row = {
            "digest": digest,
            "user_id": user_id,
            "created_at": time_text(now),
            "expires_at": time_text(now + SESSION),
        }
        self._connection.execute(sa.insert(sessions).values(row))

    def by_session(self, digest: str) -> User | None:
        """The active user whose session this is, if it has not ended."""
        valid = (sessions.c.digest == digest) & (sessions.c.expires_at > time_text(self._clock()))
        row = self._connection.execute(sa.select(users).join(sessions).where(valid, users.c.active)).one_or_none()
        return None if row is None else _user(row)

    def end_session(self, digest: str) -> None:
        self._connection.execute(sa.delete(sessions).where(sessions.c.digest == digest))

    def end_sessions(self, user_id: str) -> None:
        self._connection.execute(sa.delete(sessions).where(sessions.c.user_id == user_id))

    def _one(self, which: sa.ColumnElement[bool]) -> User | None:
        row = self._connection.execute(sa.select(users).where(which)).one_or_none()
        return None if row is None else _user(row)

    def _change(self, user_id: str, **values: Any) -> None:
        self._connection.execute(sa.update(users).where(users.c.user_id == user_id).values(values))


def login_name(typed: str) -> str:
    """A login in its one form. Raises WrongUse for a text that cannot be a login."""
    bare = typed.strip().casefold()
    if not 2 <= len(bare) <= 80 or not all(c.isalnum() or c in "._@-" for c in bare):
        raise WrongUse(Message("Tên đăng nhập không hợp lệ", "Not a valid login"))
    return bare


def _user(row: Any) -> User:
    known = {role.value for role in Role}
    values = {name: row._mapping[name] for name in User.__slots__ if name != "roles"}
    return User(**values, roles=frozenset(Role(role) for role in json.loads(row.roles) if role in known))
