"""Citizens who hand in by the page, without an account: how they are recognised, and how much they may send."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

from pipeline.domain.message import Message
from service.people.callers import Caller
from service.wire.errors import TooMany
from service.wire.keys import Keys, normal_code
from storage.office.store import OfficeStore
from storage.people import Scope
from storage.submissions import Submission

VISIT_FOR = timedelta(hours=2)
_HOUR_S = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CitizenIntake:
    """The citizens' page takes submissions for `office`, which runs the service. `per_hour`: submissions from one
    address."""

    office: str = ""
    per_hour: int = 30

    def admit(self, address: str, take: Callable[..., None]) -> None:
        """Raises TooMany when this address has sent enough for now. `take`: of the rate limiter."""
        try:
            take(f"citizen:{address}", self.per_hour, per_s=_HOUR_S)
        except TooMany as error:
            minutes = -(-error.retry_after // 60)
            raise TooMany(
                Message(
                    f"Nơi này đã gửi quá nhiều hồ sơ, xin thử lại sau {minutes} phút",
                    f"Too many submissions came from here, please try again in {minutes} minutes",
                ),
                code="citizen.too_many",
                retry_after=error.retry_after,
            ) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One browser's use of the pages. `begun` in seconds since 1970; `proved`: the lookup code whose birth date was
    proved last, empty while there is none."""

    visit_id: str
    begun: int
    proved: str = ""

    @property
    def client_id(self) -> str:
        """The owner of what is handed in during the visit."""
        return f"citizen:{self.visit_id}"

    def caller(self, intake: CitizenIntake) -> Caller:
        return Caller(
            client_id=self.client_id,
            name="citizen",
            office=intake.office,
            scopes=frozenset({Scope.SUBMIT, Scope.STATUS}),
        )

    def may_see(self, submission: Submission) -> bool:
        """Whether values of this submission may be shown: it was handed in, or proved, during the visit."""
        return submission.client_id == self.client_id or submission.code == self.proved


@dataclass(frozen=True, slots=True, kw_only=True)
class Visits:
    """Visits are kept in signed cookies, and on the server which of them were ended."""

    keys: Keys
    store: OfficeStore
    token: Callable[[int], str] = field(default=secrets.token_hex)

    def begin(self) -> Visit:
        return Visit(visit_id=self.token(16), begun=self._now())

    def renewed(self, visit: Visit, *, proved: str | None = None) -> Visit:
        """The same visit, which now lasts two hours from this moment."""
        return replace(visit, begun=self._now(), proved=visit.proved if proved is None else proved)

    def sealed(self, visit: Visit) -> str:
        """The visit as the cookie's signed value."""
        content = f"{visit.visit_id}.{visit.begun}.{visit.proved}"
        return f"{content}.{self.keys.digest('visit', content)}"

    def opened(self, cookie: str) -> Visit | None:
        """The visit of a cookie; None for one that has ended or whose signature is wrong."""
        content, _, mac = cookie.rpartition(".")
        if not hmac.compare_digest(self.keys.digest("visit", content).encode(), mac.encode()):
            return None
        visit_id, begun, proved = content.split(".")
        if not 0 <= self._now() - int(begun) <= VISIT_FOR.total_seconds():
            return None
        with self.store.read() as tables:
            if tables.ended_visits.has_ended(visit_id):
                return None
        return Visit(visit_id=visit_id, begun=int(begun), proved=normal_code(proved) or "")

    def end(self, visit: Visit) -> None:
        """No cookie of this visit is good any more, wherever it was copied to."""
        with self.store.write() as tables:
            tables.ended_visits.end(visit.visit_id, lasts=VISIT_FOR)

    def csrf(self, visit: Visit) -> str:
        """The token that this visit's forms carry."""
        return self.keys.digest("visit-csrf", visit.visit_id)

    def came_from_us(self, visit: Visit | None, token: str) -> bool:
        """Whether a form with this token is one of this visit's. Another site's page can make a browser send the
        cookie, but cannot know the token."""
        return visit is not None and hmac.compare_digest(self.csrf(visit).encode(), token.encode())

    def _now(self) -> int:
        return int(self.store.clock().timestamp())
