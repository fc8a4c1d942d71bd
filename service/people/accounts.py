"""Signing in with a local account: password, one-time code, session."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from cryptography.fernet import Fernet, InvalidToken

from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from service.desk.preferences import Preferences
from service.people.callers import Caller
from service.people.hashing import BoundedHasher
from service.wire.errors import NotSignedIn, Unprocessable
from service.wire.keys import Keys
from storage.office.store import OfficeStore
from storage.people import Role, Scope, User
from storage.people.offices import offices_seen
from storage.people.users import login_name

SCOPES = {
    Role.SUBMITTER: {Scope.SUBMIT, Scope.STATUS},
    Role.REVIEWER: {Scope.STATUS, Scope.OFFICE, Scope.REVIEW, Scope.ASK},
    Role.ARCHIVIST: {Scope.OFFICE, Scope.HOLDINGS, Scope.USE, Scope.ASK},
    Role.AUDITOR: {Scope.AUDIT},
    Role.ADMIN: {Scope.ADMIN},
}
# Roles that see other people's papers sign in with a second factor.
TOTP_ROLES = frozenset({Role.REVIEWER, Role.ARCHIVIST, Role.AUDITOR, Role.ADMIN})
_STEP_S = 30
_SHORTEST = 12
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A signed-in person. `token` goes into the cookie, `csrf` into every form and script of our pages."""

    token: str
    csrf: str
    caller: Caller
    name: str
    roles: tuple[str, ...]
    preferences: Preferences = field(default_factory=Preferences)


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
    ) -> None:
        self._store = store
        self._keys = keys
        self._hasher = BoundedHasher(hasher or PasswordHasher())
        self._token = token
        self._home_office = home_office
        self._nobody = self._hasher.hash(secrets.token_hex(16))

    def sign_in(self, login: str, password: str, totp: str | None) -> Session:
        """A new session. Raises NotSignedIn."""
        try:
            name = login_name(login)
        except WrongUse:
            name = ""
        with self._store.read() as tables:
            user = tables.users.by_login(name)
        right = self._right_password(user, password)
        step = self._totp_step(user, totp)
        if user is None or not user.active or not right or step is None:
            raise _refused()
        newer = self._hasher.hash(password) if self._hasher.check_needs_rehash(user.password or "") else None
        with self._store.write() as tables:
            fresh = tables.users.login_succeeded(user.user_id, totp_step=step)
            if fresh and newer is not None:
                tables.users.rehash(user.user_id, newer)
        if not fresh:
            raise _refused()
        return self.begin(user)

    def known_as(self, login: str) -> str:
        """`user:<id>` of the account with this login in its one form; empty where there is none."""
        with self._store.read() as tables:
            user = tables.users.by_login(login)
        return "" if user is None else f"user:{user.user_id}"

    def begin(self, user: User) -> Session:
        """A new session for a person who has proved who they are."""
        token = self._token(32)
        with self._store.write() as tables:
            tables.users.begin_session(_digest(token), user.user_id)
        return self._session(token, user)

    def session(self, token: str) -> Session | None:
        """The session of a cookie, None when it has ended."""
        if not _TOKEN.fullmatch(token):
            return None
        with self._store.read() as tables:
            user = tables.users.by_session(_digest(token))
            chosen = "" if user is None else tables.preferences.of(user.user_id)
        return None if user is None else self._session(token, user, Preferences.read(chosen))

    def prefer(self, session: Session, preferences: Preferences) -> None:
        """Keeps what the person chose of their pages."""
        user_id = session.caller.client_id.removeprefix("user:")
        with self._store.write() as tables:
            tables.preferences.keep(user_id, preferences.text())

    def came_from(self, session: Session, token: str) -> bool:
        """Whether a form or script with this token is the session's own: another site's page can make a browser send
        the cookie, but cannot know the token."""
        return hmac.compare_digest(token.encode(), session.csrf.encode())

    def sign_out(self, token: str) -> None:
        with self._store.write() as tables:
            tables.users.end_session(_digest(token))

    def add(self, login: str, *, name: str, office: str, roles: list[str], password: str) -> str | None:
        """Adds an account; returns the secret of its one-time codes as an `otpauth:` address where its roles need one,
        shown only this once. Raises Unprocessable for a weak password, WrongUse for anything else."""
        check_password(password, login)
        needed = TOTP_ROLES & {Role(role) for role in roles if role in {known.value for known in Role}}
        secret = pyotp.random_base32() if needed else None
        with self._store.write() as tables:
            tables.users.add(
                self._keys.new_id(),
                login=login,
                name=name,
                office=office,
                roles=roles,
                password=self._hasher.hash(password),
                totp=None if secret is None else self._box().encrypt(secret.encode()).decode(),
            )
        return None if secret is None else pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name="hotich")

    def add_by_subject(self, login: str, *, name: str, office: str, roles: list[str], oidc_subject: str) -> None:
        """An account without a password, for a person of the identity provider. Raises WrongUse."""
        with self._store.write() as tables:
            tables.users.add(
                self._keys.new_id(), login=login, name=name, office=office, roles=roles, oidc_subject=oidc_subject
            )

    def _session(self, token: str, user: User, preferences: Preferences | None = None) -> Session:
        scopes = frozenset(scope for role in user.roles for scope in SCOPES[role])
        caller = Caller(
            client_id=f"user:{user.user_id}",
            name=f"user:{user.login}",
            office=user.office,
            scopes=scopes,
            more_offices=offices_seen(user.office, self._home_office)[1:],
        )
        csrf = self._keys.digest("csrf", _digest(token))
        return Session(
            token=token,
            csrf=csrf,
            caller=caller,
            name=user.name,
            roles=tuple(sorted(user.roles)),
            preferences=preferences or Preferences(),
        )

    def _right_password(self, user: User | None, password: str) -> bool:
        stored = user.password if user is not None and user.password is not None else None
        try:
            # An unknown login takes the same time as a known one.
            self._hasher.verify(stored or self._nobody, password)
        except (VerificationError, InvalidHashError):
            return False
        return stored is not None

    def _totp_step(self, user: User | None, typed: str | None) -> int | None:
        """The time step of the code, 0 where no code is needed, None for a wrong one."""
        if user is None or user.totp is None:
            return 0 if user is None or not TOTP_ROLES & user.roles else None
        try:
            secret = self._box().decrypt(user.totp.encode()).decode()
        except InvalidToken:
            return None
        now = int(self._store.clock().timestamp()) // _STEP_S
        codes = pyotp.TOTP(secret)
        right_step = None
        for step in (now - 1, now, now + 1):
            if hmac.compare_digest(codes.generate_otp(step).encode(), (typed or "").strip().encode()):
                right_step = step
        return right_step

    def _box(self) -> Fernet:
        return Fernet(base64.urlsafe_b64encode(bytes.fromhex(self._keys.digest("totp"))))


def check_password(password: str, login: str) -> None:
    """Long enough, and not the login (NIST SP 800-63B: length counts, composition rules do not).

    Raises Unprocessable.
    """
    if (
        len(password) < _SHORTEST
        or len(password) > 200
        or len(set(password)) < 5
        or login.casefold() in password.casefold()
    ):
        raise Unprocessable(
            Message(
                f"Mật khẩu cần ít nhất {_SHORTEST} ký tự, không chứa tên đăng nhập",
                f"A password has at least {_SHORTEST} characters and does not hold the login",
            ),
            code="password.weak",
        )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _refused() -> NotSignedIn:
    return NotSignedIn(
        Message("Tên đăng nhập, mật khẩu hoặc mã không đúng", "The login, the password or the code is wrong"),
        code="auth.wrong",
    )
