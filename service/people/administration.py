"""Acts of administration upon people, by whoever orders them: an administrator in the browser, or the command line.

An administrator of an office administers that office and no other, and never themselves: what somebody changes about
themselves is in `own_account`. The command line, which the machine's users have, administers all. Every act leaves an
entry in the sealed log of reads, in the transaction of the act, and a line in `security.jsonl`; neither holds a secret.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from pipeline.domain.message import Message
from service.people.accounts import Accounts, needs_code
from service.people.callers import Caller
from service.people.one_time_codes import address_of
from service.people.passwords import check_password, temporary_password
from service.wire.errors import Conflict, NotAllowed, NotThere
from service.wire.keys import Keys
from storage.office.store import OfficeStore, OfficeTables
from storage.people import Role, Scope, User
from storage.people.security_log import SecurityEvent, SecurityLog
from storage.people.sessions import OpenSession
from storage.people.users import login_name
from storage.times import time_text

TEMPORARY = timedelta(days=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Administrator:
    """Who orders. `name`: as the sealed log tells it (`user:<login>`, `system:<user>`); `about`: as the security log
    does (`user:<id>`, `system:<user>`); `office`: the one they administer, None for the command line: every one."""

    name: str
    about: str
    office: str | None

    @staticmethod
    def of(caller: Caller) -> Administrator:
        """Raises NotAllowed for anybody who is no administrator."""
        caller.need(Scope.ADMIN)
        return Administrator(name=caller.name, about=caller.client_id, office=caller.office)

    def may_see(self, office: str) -> bool:
        return self.office is None or self.office == office

    def may_act_for(self, office: str) -> None:
        """Raises NotAllowed for an office that is not theirs."""
        if not self.may_see(office):
            raise NotAllowed(
                Message("Chỉ quản trị được cơ quan của mình", "Only one's own office can be administered"),
                code="auth.other_office",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What is to be handed over, shown this once. `password`: temporary, None where the person has one already;
    `totp`: address of the one-time codes, None where the person chooses them at the first sign-in, or needs none."""

    login: str
    password: str | None = None
    totp: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Acts:
    """Notes acts of administration: sealed, in the transaction; and after it in the security log."""

    store: OfficeStore
    security_log: SecurityLog = field(default_factory=SecurityLog)

    def note(
        self,
        tables: OfficeTables,
        by: Administrator,
        event: SecurityEvent,
        about: str,
        *,
        office: str,
        detail: str = "",
    ) -> None:
        """In the transaction. `office`: whose auditors and administrators find it."""
        tables.reads.append(actor=by.name, office=office, action=event.value, subject=about, purpose=detail)

    def told(self, by: Administrator, event: SecurityEvent, about: str, detail: str = "") -> None:
        """After the transaction."""
        self.security_log.note(event, about=about, by=by.about, detail=detail)


@dataclass(frozen=True, slots=True, kw_only=True)
class Administration:
    """People: who works here, as what, and how they sign in."""

    store: OfficeStore
    keys: Keys
    accounts: Accounts
    acts: Acts

    def people(self, by: Administrator) -> Sequence[User]:
        with self.store.read() as tables:
            return tables.users.all(office=by.office)

    def office_name(self, office: str) -> str:
        """The office's name, empty where it is not listed."""
        with self.store.read() as tables:
            return tables.offices.name_of(office)

    def person(self, by: Administrator, user_id: str) -> User:
        """Raises NotThere, also for another office's people."""
        with self.store.read() as tables:
            return self._theirs(tables.users.by_id(user_id), by)

    def sessions(self, by: Administrator, *, user_id: str | None = None) -> Sequence[OpenSession]:
        with self.store.read() as tables:
            return tables.sessions.open(idle=self.accounts.times.idle, user_id=user_id, office=by.office)

    def add(
        self,
        by: Administrator,
        login: str,
        *,
        name: str,
        office: str,
        roles: Sequence[str],
        password: str | None = None,
        oidc_subject: str | None = None,
    ) -> Given:
        """A new account. Without a `password` it gets a temporary one, with `oidc_subject` none. Raises WrongUse,
        Unprocessable for a weak password, NotAllowed."""
        by.may_act_for(office)
        given, secret, until = password, None, None
        if oidc_subject is None and password is None:
            given, until = temporary_password(), time_text(self.store.clock() + TEMPORARY)
        elif password is not None:
            check_password(password, login, name=name, office=office)
            secret = self.accounts.codes.new_secret() if needs_code(list(roles)) else None
        user_id, detail = self.keys.new_id(), ",".join(sorted(roles))
        hashed = None if given is None else self.accounts.hash(given)
        with self.store.write() as tables:
            tables.offices.need(office)
            tables.users.add(
                user_id,
                login=login,
                name=name,
                office=office,
                roles=roles,
                password=hashed,
                totp=None if secret is None else self.accounts.codes.sealed(secret),
                oidc_subject=oidc_subject,
                temporary_until=until,
            )
            self._note(tables, by, SecurityEvent.USER_ADDED, user_id, office, detail)
        self.acts.told(by, SecurityEvent.USER_ADDED, f"user:{user_id}", detail)
        totp = None if secret is None else address_of(secret, login_name(login))
        return Given(login=login_name(login), password=given if password is None else None, totp=totp)

    def describe(
        self, by: Administrator, user_id: str, *, name: str, roles: Sequence[str], office: str | None = None
    ) -> Given:
        """Changes name, roles and office, and ends the person's sessions where what they may do has changed. Somebody
        whose new roles need a second factor gets a temporary password to choose it with. Raises WrongUse, NotThere,
        NotAllowed, Conflict for oneself and for an office's last administrator."""
        given = Given(login="")
        with self.store.write() as tables:
            user = self._other(tables.users.by_id(user_id), by)
            to = user.office if office is None else office
            by.may_act_for(to)
            if to != user.office:
                tables.offices.need(to)
            if Role.ADMIN not in roles or to != user.office:
                self._not_last(tables, by, user)
            tables.users.describe(user_id, name=name, office=to, roles=roles)
            if set(roles) != user.roles or to != user.office:
                tables.sessions.end_all(user_id)
            if user.password is not None and user.totp is None and needs_code(list(roles)):
                given = self._temporary(tables, user)
            detail = ",".join(sorted(roles)) + ("" if to == user.office else f" office={to}")
            self._note(tables, by, SecurityEvent.USER_CHANGED, user_id, user.office, detail)
        self.acts.told(by, SecurityEvent.USER_CHANGED, f"user:{user_id}", detail)
        return given if given.password else Given(login=user.login)

    def set_active(self, by: Administrator, user_id: str, active: bool) -> None:
        """Lets a person in, or shuts them out and ends their sessions. Raises NotThere, Conflict for oneself and for
        an office's last administrator."""
        event = SecurityEvent.USER_ENABLED if active else SecurityEvent.USER_DISABLED
        with self.store.write() as tables:
            user = self._other(tables.users.by_id(user_id), by)
            if active:
                tables.offices.need(user.office)
            else:
                self._not_last(tables, by, user)
            tables.users.set_active(user.login, active)
            self._note(tables, by, event, user_id, user.office)
        self.acts.told(by, event, f"user:{user_id}")

    def new_password(self, by: Administrator, user_id: str) -> Given:
        """A temporary password for somebody who forgot theirs; the second factor stays. Raises NotThere, Conflict."""
        return self._give(by, user_id, SecurityEvent.PASSWORD_GIVEN, lost_phone=False)

    def lost_phone(self, by: Administrator, user_id: str) -> Given:
        """For somebody whose phone is gone: the second factor and its recovery codes end, and a temporary password,
        given by hand to whom one knows, lets them choose another. Raises NotThere, Conflict."""
        return self._give(by, user_id, SecurityEvent.FACTOR_RESET, lost_phone=True)

    def end_sessions(self, by: Administrator, user_id: str, session_id: str | None = None) -> int:
        """Ends a person's sessions, or the one that is named so; how many. Raises NotThere."""
        with self.store.write() as tables:
            user = self._theirs(tables.users.by_id(user_id), by)
            if session_id is None:
                ended = tables.sessions.end_all(user_id)
            else:
                ended = int(tables.sessions.end_one(user_id, session_id))
            self._note(tables, by, SecurityEvent.SESSION_ENDED, user_id, user.office, str(ended))
        self.acts.told(by, SecurityEvent.SESSION_ENDED, f"user:{user_id}", str(ended))
        return ended

    def _give(self, by: Administrator, user_id: str, event: SecurityEvent, *, lost_phone: bool) -> Given:
        with self.store.write() as tables:
            user = self._other(tables.users.by_id(user_id), by)
            if user.password is None:
                raise Conflict(
                    Message(
                        "Người này đăng nhập qua hệ thống định danh, không có mật khẩu ở đây",
                        "This person signs in by the identity provider and has no password here",
                    ),
                    code="administration.no_password",
                )
            given = self._temporary(tables, user)
            if lost_phone:
                tables.users.set_totp(user_id, None)
            self._note(tables, by, event, user_id, user.office)
        self.acts.told(by, event, f"user:{user_id}")
        return given

    def _temporary(self, tables: OfficeTables, user: User) -> Given:
        password = temporary_password()
        until = time_text(self.store.clock() + TEMPORARY)
        tables.users.set_password(user.user_id, self.accounts.hash(password), temporary_until=until)
        return Given(login=user.login, password=password)

    def _note(
        self,
        tables: OfficeTables,
        by: Administrator,
        event: SecurityEvent,
        user_id: str,
        office: str,
        detail: str = "",
    ) -> None:
        self.acts.note(tables, by, event, f"user:{user_id}", office=office, detail=detail)

    def _theirs(self, user: User | None, by: Administrator) -> User:
        """Somebody whom they administer; another office's people are not there for them."""
        if user is None or not by.may_see(user.office):
            raise NotThere(Message("Không có tài khoản này", "There is no such account"))
        return user

    def _other(self, user: User | None, by: Administrator) -> User:
        found = self._theirs(user, by)
        if by.about == f"user:{found.user_id}":
            raise Conflict(
                Message(
                    "Không tự quản trị chính mình; nhờ người quản trị khác",
                    "Nobody administers themselves; ask another administrator",
                ),
                code="administration.self",
            )
        return found

    def _not_last(self, tables: OfficeTables, by: Administrator, user: User) -> None:
        """Whoever has the machine may shut out an office's last administrator, a fellow administrator may not."""
        if by.office is None:
            return
        left = [one for one in tables.users.administrators(user.office) if one.user_id != user.user_id]
        if Role.ADMIN in user.roles and not left:
            raise Conflict(
                Message(
                    "Đây là người quản trị cuối cùng của cơ quan; hãy thêm người khác trước",
                    "This is the office's last administrator; add another first",
                ),
                code="administration.last",
            )
