"""Signing in with a local account: password, one-time code, session."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from service.desk.preferences import Preferences
from service.people.callers import Caller
from service.people.hashing import BoundedHasher
from service.people.one_time_codes import OneTimeCodes, address_of
from service.wire.errors import NotSignedIn
from service.wire.keys import Keys
from storage.office.store import OfficeStore
from storage.people import Role, Scope, User
from storage.people.offices import offices_seen
from storage.people.sessions import SHOWN_DIGITS
from storage.people.users import login_name
from storage.times import time_text

SCOPES = {
    Role.SUBMITTER: {Scope.SUBMIT, Scope.STATUS},
    Role.REVIEWER: {Scope.STATUS, Scope.OFFICE, Scope.REVIEW, Scope.ASK},
    Role.ARCHIVIST: {Scope.OFFICE, Scope.HOLDINGS, Scope.USE, Scope.ASK},
    Role.AUDITOR: {Scope.AUDIT},
    Role.ADMIN: {Scope.ADMIN},
}
DESK_ROLES = frozenset({Role.REVIEWER.value, Role.AUDITOR.value, Role.ARCHIVIST.value, Role.ADMIN.value})
# Roles that see other people's papers sign in with a second factor.
TOTP_ROLES = frozenset({Role.REVIEWER, Role.ARCHIVIST, Role.AUDITOR, Role.ADMIN})
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_NOTED_EVERY = timedelta(minutes=1)  # that a session is used, so that not every request writes


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionTimes:
    """A session ends `idle` after it was used last, and `lasts` after it began, however much it is used."""

    idle: timedelta = timedelta(minutes=30)
    lasts: timedelta = timedelta(hours=8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A signed-in person. `token` goes into the cookie, `csrf` into every form and script of our pages. `set_up`: what
    they have to choose before they may do anything else: "password", "totp". `recovered`: signed in by a recovery
    code."""

    token: str
    csrf: str
    caller: Caller
    name: str
    roles: tuple[str, ...]
    user_id: str = ""
    login: str = ""
    set_up: frozenset[str] = frozenset()
    recovered: bool = False
    preferences: Preferences = field(default_factory=Preferences)

    @property
    def session_id(self) -> str:
        """How the list of sessions names it."""
        return digest_of(self.token)[:SHOWN_DIGITS]

    @property
    def sits_at_desk(self) -> bool:
        """Whether one of the person's roles has the desk's pages."""
        return not DESK_ROLES.isdisjoint(self.roles)

    @property
    def home(self) -> str:
        """The page to begin with: the desk, or for whoever has no work there the own account."""
        return "/ban-duyet" if self.sits_at_desk else "/tai-khoan"


class Accounts:
    """Local accounts. A wrong login, password or code and a disabled account are answered alike, after the same time;
    how often somebody may try is `sign_in_pace`'s."""

    def __init__(
        self,
        *,
        store: OfficeStore,
        keys: Keys,
        hasher: PasswordHasher | None = None,
        token: Callable[[int], str] = secrets.token_urlsafe,
        home_office: str = "",
        times: SessionTimes | None = None,
    ) -> None:
        self._store = store
        self._keys = keys
        self._hasher = BoundedHasher(hasher or PasswordHasher())
        self._token = token
        self._home_office = home_office
        self.times = times or SessionTimes()
        self.codes = OneTimeCodes(keys=keys)
        self._nobody = self._hasher.hash(secrets.token_hex(16))

    def sign_in(self, login: str, password: str, totp: str | None, *, address: str = "", browser: str = "") -> Session:
        """A new session. `totp`: a one-time code, or a recovery code. Raises NotSignedIn."""
        try:
            name = login_name(login)
        except WrongUse:
            name = ""
        with self._store.read() as tables:
            user = tables.users.by_login(name)
        right = self.has_password(user, password)
        step, recovery = self._second_factor(user, (totp or "").strip())
        if user is None or not user.active or not right or not _still_good(user, self._store.clock()):
            raise _refused()
        if step is None and recovery is None:
            raise _refused()
        newer = self.hash(password) if self._hasher.check_needs_rehash(user.password or "") else None
        with self._store.write() as tables:
            fresh = tables.users.login_succeeded(user.user_id, totp_step=step or 0)
            if fresh and recovery is not None:
                fresh = tables.users.use_recovery_code(user.user_id, recovery)
            if not fresh:
                raise _refused()
            if newer is not None:
                tables.users.rehash(user.user_id, newer)
        return self.begin(user, address=address, browser=browser, recovered=recovery is not None)

    def known_as(self, login: str) -> str:
        """`user:<id>` of the account with this login in its one form; empty where there is none."""
        with self._store.read() as tables:
            user = tables.users.by_login(login)
        return "" if user is None else f"user:{user.user_id}"

    def begin(self, user: User, *, address: str = "", browser: str = "", recovered: bool = False) -> Session:
        """A new session for a person who has proved who they are."""
        token = self._token(32)
        with self._store.write() as tables:
            tables.sessions.begin(
                digest_of(token), user.user_id, lasts=self.times.lasts, address=address, browser=browser
            )
        return self._session(token, user, recovered=recovered)

    def session(self, token: str, *, used: bool = True) -> Session | None:
        """The session of a cookie, None when it has ended or its person has first to choose a password. `used`: by its
        person, not by a page that stands open."""
        current = self._open(token, used=used)
        return None if current is None or current.set_up else current

    def setting_up(self, token: str) -> Session | None:
        """The session of a person who has yet to choose a password or a second factor; None for any other."""
        current = self._open(token, used=True)
        return current if current is not None and current.set_up else None

    def prefer(self, session: Session, preferences: Preferences) -> None:
        """Keeps what the person chose of their pages."""
        with self._store.write() as tables:
            tables.preferences.keep(session.user_id, preferences.text())

    def came_from(self, session: Session, token: str) -> bool:
        """Whether a form or script with this token is the session's own: another site's page can make a browser send
        the cookie, but cannot know the token."""
        return hmac.compare_digest(token.encode(), session.csrf.encode())

    def sign_out(self, token: str) -> None:
        with self._store.write() as tables:
            tables.sessions.end(digest_of(token))

    def add(self, login: str, *, name: str, office: str, roles: list[str], password: str) -> str | None:
        """Adds an account with a password that was judged before (`administration`); returns the secret of its one-time
        codes as an `otpauth:` address where its roles need one, shown only this once. Raises WrongUse."""
        secret = self.codes.new_secret() if needs_code(roles) else None
        with self._store.write() as tables:
            tables.offices.need(office)
            tables.users.add(
                self._keys.new_id(),
                login=login,
                name=name,
                office=office,
                roles=roles,
                password=self.hash(password),
                totp=None if secret is None else self.codes.sealed(secret),
            )
        return None if secret is None else address_of(secret, login)

    def add_by_subject(self, login: str, *, name: str, office: str, roles: list[str], oidc_subject: str) -> None:
        """An account without a password, for a person of the identity provider. Raises WrongUse."""
        with self._store.write() as tables:
            tables.offices.need(office)
            tables.users.add(
                self._keys.new_id(), login=login, name=name, office=office, roles=roles, oidc_subject=oidc_subject
            )

    def hash(self, password: str) -> str:
        return self._hasher.hash(password)

    def has_password(self, user: User | None, password: str) -> bool:
        """Whether this is the person's password; takes as long for nobody's."""
        stored = user.password if user is not None and user.password is not None else None
        try:
            # An unknown login takes the same time as a known one.
            self._hasher.verify(stored or self._nobody, password)
        except (VerificationError, InvalidHashError):
            return False
        return stored is not None

    def _open(self, token: str, *, used: bool) -> Session | None:
        if not _TOKEN.fullmatch(token):
            return None
        digest, now = digest_of(token), self._store.clock()
        with self._store.read() as tables:
            found = tables.sessions.user_of(digest, idle=self.times.idle)
            chosen = "" if found is None else tables.preferences.of(found[0].user_id)
        if found is None or not _still_good(found[0], now):
            return None
        user, used_at = found
        if used and used_at < time_text(now - _NOTED_EVERY):
            with self._store.write() as tables:
                tables.sessions.touch(digest)
        return self._session(token, user, preferences=Preferences.read(chosen))

    def _session(
        self, token: str, user: User, *, recovered: bool = False, preferences: Preferences | None = None
    ) -> Session:
        scopes = frozenset(scope for role in user.roles for scope in SCOPES[role])
        caller = Caller(
            client_id=f"user:{user.user_id}",
            name=f"user:{user.login}",
            office=user.office,
            scopes=scopes,
            more_offices=offices_seen(user.office, self._home_office)[1:],
        )
        return Session(
            token=token,
            csrf=self._keys.digest("csrf", digest_of(token)),
            caller=caller,
            name=user.name,
            roles=tuple(sorted(user.roles)),
            user_id=user.user_id,
            login=user.login,
            set_up=_to_set_up(user),
            recovered=recovered,
            preferences=preferences or Preferences(),
        )

    def _second_factor(self, user: User | None, typed: str) -> tuple[int | None, str | None]:
        """(the time step of the code, the digest of a recovery code): step 0 where no code is needed, both None for a
        wrong one. Whether the recovery code is one of theirs is found when it is used up."""
        if user is None:
            return 0, None
        if user.totp is None:
            # A second factor is first chosen with a password that was given by hand for that.
            without = not needs_code(user.roles) or user.temporary_until is not None
            return (0, None) if without else (None, None)
        step = self.codes.step_of(user, typed, self._store.clock())
        return step, (None if step is not None else self.codes.recovery_digest(user.user_id, typed))


def needs_code(roles: frozenset[Role] | list[str]) -> bool:
    """Whether people with these roles, by name or not, sign in with a second factor."""
    return not {role.value for role in TOTP_ROLES}.isdisjoint(roles)


def digest_of(token: str) -> str:
    """What is kept of a session's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _to_set_up(user: User) -> frozenset[str]:
    if user.password is None:
        return frozenset()
    wanted = {"password"} if user.temporary_until is not None else set()
    if user.totp is None and needs_code(user.roles):
        wanted.add("totp")
    return frozenset(wanted)


def _still_good(user: User, now: datetime) -> bool:
    """Whether a password that somebody else gave has not run out."""
    return user.temporary_until is None or user.temporary_until > time_text(now)


def _refused() -> NotSignedIn:
    return NotSignedIn(
        Message("Tên đăng nhập, mật khẩu hoặc mã không đúng", "The login, the password or the code is wrong"),
        code="auth.wrong",
    )
