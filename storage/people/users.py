"""People who work with the service: accounts, roles, what they prove themselves by."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from storage.people.tables import recovery_codes, sessions, users
from storage.times import Clock, clean, time_text


class Role(StrEnum):
    """What somebody works as; a person may have several."""

    ARCHIVIST = "archivist"
    SUBMITTER = "submitter"
    REVIEWER = "reviewer"
    AUDITOR = "auditor"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """`password`: an argon2 hash, None for people who come by OpenID Connect only; `totp`: an encrypted secret.
    `temporary_until`: of a password that somebody else gave: good until then, and for nothing but taking another."""

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
    temporary_until: str | None = None
    signed_in_at: str | None = None


class Users:
    """The users within one transaction."""

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
        temporary_until: str | None = None,
    ) -> None:
        """Raises WrongUse for a taken or empty login or an unknown role."""
        given = known_roles(roles)
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
            "temporary_until": temporary_until,
        }
        self._connection.execute(sa.insert(users).values(row))

    def by_id(self, user_id: str) -> User | None:
        return self._one(users.c.user_id == user_id)

    def by_login(self, login: str) -> User | None:
        return self._one(users.c.login == login)

    def by_subject(self, oidc_subject: str) -> User | None:
        return self._one(users.c.oidc_subject == oidc_subject)

    def all(self, *, office: str | None = None) -> Sequence[User]:
        """In order of login; of one office, or of all."""
        query = sa.select(users).order_by(users.c.login)
        if office is not None:
            query = query.where(users.c.office == clean(office))
        return [user_of(row) for row in self._connection.execute(query)]

    def administrators(self, office: str) -> Sequence[User]:
        """The active administrators of an office. Whoever asks in a transaction that writes keeps others from changing
        them until it ends."""
        query = sa.select(users).where(users.c.office == clean(office), users.c.active).order_by(users.c.login)
        found = [user_of(row) for row in self._connection.execute(query.with_for_update())]
        return [user for user in found if Role.ADMIN in user.roles]

    def set_active(self, login: str, active: bool) -> None:
        """Lets a person in, or shuts them out and ends their sessions. Raises WrongUse for an unknown login."""
        user = self.by_login(login_name(login))
        if user is None:
            raise WrongUse(Message("Không có tài khoản này", "There is no such account"))
        self._change(user.user_id, active=active)
        if not active:
            self._end_sessions(user.user_id)

    def describe(self, user_id: str, *, name: str, office: str, roles: Iterable[str]) -> None:
        """Changes name, office and roles. Raises WrongUse for an unknown role."""
        given = json.dumps(sorted(known_roles(roles)))
        self._change(user_id, name=clean(name), office=clean(office), roles=given)

    def set_password(self, user_id: str, password: str, *, temporary_until: str | None = None) -> None:
        """Stores a new hash and ends every session. `temporary_until`: of one that somebody else gave."""
        self._change(user_id, password=password, temporary_until=temporary_until)
        self._end_sessions(user_id)

    def choose_password(self, user_id: str, password: str) -> None:
        """Stores the hash of a password that the person chose."""
        self._change(user_id, password=password, temporary_until=None)

    def rehash(self, user_id: str, password: str) -> None:
        """Stores a hash of the same password with newer parameters."""
        self._change(user_id, password=password)

    def set_totp(self, user_id: str, totp: str | None, *, step: int = 0) -> None:
        """The encrypted secret of one-time codes, or none; the recovery codes of the old one end with it. `step`: the
        time step of the code that proved it, which is used up."""
        self._change(user_id, totp=totp, totp_step=step)
        self.set_recovery_codes(user_id, ())

    def set_recovery_codes(self, user_id: str, digests: Iterable[str]) -> None:
        """These codes, and none of those before."""
        self._connection.execute(sa.delete(recovery_codes).where(recovery_codes.c.user_id == user_id))
        rows = [{"digest": d, "user_id": user_id, "created_at": time_text(self._clock())} for d in digests]
        if rows:
            self._connection.execute(sa.insert(recovery_codes), rows)

    def use_recovery_code(self, user_id: str, digest: str) -> bool:
        """Uses one up; False where there is none such."""
        this = (recovery_codes.c.user_id == user_id) & (recovery_codes.c.digest == digest)
        return self._connection.execute(sa.delete(recovery_codes).where(this)).rowcount == 1

    def recovery_codes_left(self, user_id: str) -> int:
        query = sa.select(sa.func.count()).where(recovery_codes.c.user_id == user_id)
        return self._connection.scalar(query) or 0

    def login_succeeded(self, user_id: str, *, totp_step: int) -> bool:
        """Notes the one-time code; False when this one, or a later one, was used before."""
        fresh = (users.c.user_id == user_id) & (users.c.totp_step < totp_step if totp_step else sa.true())
        values: dict[str, Any] = {"signed_in_at": time_text(self._clock())}
        values |= {"totp_step": totp_step} if totp_step else {}
        return self._connection.execute(sa.update(users).where(fresh).values(values)).rowcount == 1

    def _end_sessions(self, user_id: str) -> None:
        self._connection.execute(sa.delete(sessions).where(sessions.c.user_id == user_id))

    def _one(self, which: sa.ColumnElement[bool]) -> User | None:
        row = self._connection.execute(sa.select(users).where(which)).one_or_none()
        return None if row is None else user_of(row)

    def _change(self, user_id: str, **values: Any) -> None:
        self._connection.execute(sa.update(users).where(users.c.user_id == user_id).values(values))


def known_roles(roles: Iterable[str]) -> set[str]:
    """The roles by name. Raises WrongUse for none and for an unknown one."""
    known = {role.value for role in Role}
    given = set(roles)
    if not given or given - known:
        raise WrongUse(Message("Vai trò phải thuộc", f"Roles must be among: {', '.join(sorted(known))}"))
    return given


def login_name(typed: str) -> str:
    """A login in its one form. Raises WrongUse for a text that cannot be a login."""
    bare = typed.strip().casefold()
    if not 2 <= len(bare) <= 80 or not all(c.isalnum() or c in "._@-" for c in bare):
        raise WrongUse(Message("Tên đăng nhập không hợp lệ", "Not a valid login"))
    return bare


def user_of(row: Any) -> User:
    """The user of a row of the table."""
    known = {role.value for role in Role}
    values = {name: row._mapping[name] for name in User.__slots__ if name != "roles"}
    return User(**values, roles=frozenset(Role(role) for role in json.loads(row.roles) if role in known))
