"""What people change about themselves: their password, their second factor, their sessions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.domain.message import Message
from service.people.accounts import Accounts, Session, digest_of, needs_code
from service.people.one_time_codes import step_of
from service.people.passwords import check_password
from service.wire.errors import NotSignedIn, Unprocessable
from storage.office.store import OfficeStore, OfficeTables
from storage.people import User
from storage.people.security_log import SecurityEvent, SecurityLog
from storage.people.sessions import OpenSession


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAccount:
    """Each change is noted in the security log. Whether a person is who the session says is proved again, by the
    password, where a change would outlast the session; the routes slow down guesses of it."""

    store: OfficeStore
    accounts: Accounts
    security_log: SecurityLog

    def user(self, session: Session) -> User:
        """Raises NotSignedIn for an account that is gone."""
        with self.store.read() as tables:
            user = tables.users.by_id(session.user_id)
        if user is None:
            raise NotSignedIn(Message("Cần đăng nhập", "Signing in is needed"))
        return user

    def prove(self, session: Session, password: str) -> None:
        """Raises Unprocessable for a wrong password."""
        if not self.accounts.has_password(self.user(session), password):
            raise Unprocessable(
                Message("Mật khẩu hiện tại không đúng", "The present password is wrong"), code="password.wrong"
            )

    def set_up(self, session: Session, *, password: str, again: str, offer: str, code: str, address: str) -> list[str]:
        """At the first sign-in, with a password that was given by hand: an own password and, where their roles need
        one, a second factor, both or neither; its recovery codes, shown this once. Raises Unprocessable."""
        hashed = self._checked(session, password, again) if "password" in session.set_up else None
        proved = self._proved(session, offer, code) if "totp" in session.set_up else None
        codes = self.accounts.codes.new_recovery_codes() if proved else []
        with self.store.write() as tables:
            if hashed is not None:
                tables.users.choose_password(session.user_id, hashed)
            if proved is not None:
                self._take(tables, session, proved, codes)
            tables.sessions.end_all(session.user_id, but=digest_of(session.token))
        if hashed is not None:
            self._note(SecurityEvent.PASSWORD_CHANGED, session, address)
        if proved is not None:
            self._note(SecurityEvent.FACTOR_CHOSEN, session, address)
        return codes

    def choose_password(self, session: Session, password: str, again: str, *, address: str = "") -> None:
        """A new password; every other session ends. Raises Unprocessable."""
        hashed = self._checked(session, password, again)
        with self.store.write() as tables:
            tables.users.choose_password(session.user_id, hashed)
            tables.sessions.end_all(session.user_id, but=digest_of(session.token))
        self._note(SecurityEvent.PASSWORD_CHANGED, session, address)

    def choose_codes(self, session: Session, offer: str, code: str, *, address: str = "") -> list[str]:
        """A second factor, proved by one of its codes; its recovery codes, shown this once. The one before ends, and
        every other session. Raises Unprocessable for a code that is not of what was offered."""
        proved = self._proved(session, offer, code)
        codes = self.accounts.codes.new_recovery_codes()
        with self.store.write() as tables:
            self._take(tables, session, proved, codes)
            tables.sessions.end_all(session.user_id, but=digest_of(session.token))
        self._note(SecurityEvent.FACTOR_CHOSEN, session, address)
        return codes

    def new_recovery_codes(self, session: Session, *, address: str = "") -> list[str]:
        """Recovery codes in place of those before, shown this once."""
        codes = self.accounts.codes.new_recovery_codes()
        with self.store.write() as tables:
            tables.users.set_recovery_codes(session.user_id, self._digests(session, codes))
        self._note(SecurityEvent.RECOVERY_CODES, session, address)
        return codes

    def sessions(self, session: Session) -> Sequence[OpenSession]:
        with self.store.read() as tables:
            return tables.sessions.open(idle=self.accounts.times.idle, user_id=session.user_id)

    def codes_left(self, session: Session) -> int:
        with self.store.read() as tables:
            return tables.users.recovery_codes_left(session.user_id)

    def end_session(self, session: Session, session_id: str, *, address: str = "") -> None:
        """Ends one of their own sessions; a name that is none of theirs ends nothing."""
        with self.store.write() as tables:
            ended = tables.sessions.end_one(session.user_id, session_id)
        self._note(SecurityEvent.SESSION_ENDED, session, address, str(int(ended)))

    def end_others(self, session: Session, *, address: str = "") -> int:
        """Ends every session of theirs but this one; how many."""
        with self.store.write() as tables:
            ended = tables.sessions.end_all(session.user_id, but=digest_of(session.token))
        self._note(SecurityEvent.SESSION_ENDED, session, address, str(ended))
        return ended

    def needs_code(self, session: Session) -> bool:
        """Whether their roles need a second factor, and they have a password for it to be second to."""
        return needs_code(list(session.roles)) and self.user(session).password is not None

    def _checked(self, session: Session, password: str, again: str) -> str:
        """The hash of a new password. Raises Unprocessable."""
        user = self.user(session)
        if password != again:
            raise Unprocessable(
                Message("Hai lần gõ mật khẩu mới không giống nhau", "The new password was typed in two ways"),
                code="password.not_repeated",
            )
        check_password(password, user.login, name=user.name, office=user.office)
        if self.accounts.has_password(user, password):
            raise Unprocessable(
                Message("Mật khẩu mới phải khác mật khẩu đang dùng", "The new password is the present one"),
                code="password.same",
            )
        return self.accounts.hash(password)

    def _proved(self, session: Session, offer: str, code: str) -> tuple[str, int]:
        """(the secret that was offered, the time step of its code). Raises Unprocessable."""
        secret = self.accounts.codes.offered(session.user_id, offer)
        step = None if secret is None else step_of(secret, code, self.store.clock())
        if secret is None or step is None:
            raise Unprocessable(
                Message(
                    "Mã không đúng: hãy quét lại mã QR rồi gõ 6 chữ số đang hiện; kiểm tra giờ của điện thoại",
                    "The code is wrong: scan the QR code and type the 6 digits shown; check the phone's clock",
                ),
                code="totp.wrong",
            )
        return secret, step

    def _take(self, tables: OfficeTables, session: Session, proved: tuple[str, int], codes: list[str]) -> None:
        secret, step = proved
        tables.users.set_totp(session.user_id, self.accounts.codes.sealed(secret), step=step)
        tables.users.set_recovery_codes(session.user_id, self._digests(session, codes))

    def _digests(self, session: Session, codes: list[str]) -> list[str]:
        digests = (self.accounts.codes.recovery_digest(session.user_id, code) for code in codes)
        return [digest for digest in digests if digest is not None]

    def _note(self, event: SecurityEvent, session: Session, address: str, detail: str = "") -> None:
        self.security_log.note(event, about=session.caller.client_id, address=address, detail=detail)
