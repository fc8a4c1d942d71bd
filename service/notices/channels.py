"""What a notice says, and the interface of what sends it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from pipeline.domain.errors import ResourceError


class NoticeFailed(ResourceError):
    """A notice was not delivered. The message says why, without an address or a name."""

    code = "notice.failed"
    retryable = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What a notice says about a submission: nothing personal, since anybody may read a mailbox. `link` leads to its
    page."""

    message_id: str
    event: str
    code: str
    status: str
    outcome: str | None
    procedure: str
    decided_at: str | None
    link: str

    @property
    def subject(self) -> str:
        return f"Hồ sơ {self.code}: {_STATUS.get(self.status, (self.status, self.status))[0]}"

    @property
    def text(self) -> str:
        vi, en = _STATUS.get(self.status, (self.status, self.status))
        return f"Hồ sơ {self.code}: {vi}.\nSubmission {self.code}: {en}.\n{self.link}\n"

    @property
    def short(self) -> str:
        """The notice in one line, for a text message."""
        vi, en = _STATUS.get(self.status, (self.status, self.status))
        return f"{self.code}: {vi} / {en}. {self.link}"


class Channel(Protocol):
    """Sends notices one way. `target`: an e-mail address, a telephone number or a client's id, depending on the
    channel."""

    def send(self, notice: Notice, target: str) -> None:
        """Returns when the other side has taken it. Raises NoticeFailed."""
        ...


_STATUS = {
    "accepted": ("đã được chấp nhận", "accepted"),
    "in_review": ("đang được cán bộ xem xét", "a clerk is looking at it"),
    "refused": ("cần gửi lại, xem lý do trên trang tra cứu", "to be sent again; see the reasons on its page"),
    "received": ("đã nhận", "received"),
}
