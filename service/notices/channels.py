"""What a notice says, and the interface of what sends it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from pipeline.domain.errors import ResourceError
from pipeline.domain.message import Message


class ChannelName(StrEnum):
    """The ways a notice can go."""

    WEBHOOK = "webhook"
    EMAIL = "email"
    SMS = "sms"


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
        return f"Hồ sơ {self.code}: {self._status_words.vi}"

    @property
    def text(self) -> str:
        status = self._status_words
        return f"Hồ sơ {self.code}: {status.vi}.\nSubmission {self.code}: {status.en}.\n{self.link}\n"

    @property
    def short(self) -> str:
        """The notice in one line, for a text message."""
        return f"{self.code}: {self._status_words}. {self.link}"

    @property
    def _status_words(self) -> Message:
        return _STATUS.get(self.status, Message.same(self.status))


class Channel(Protocol):
    """Sends notices one way. `target`: an e-mail address, a telephone number or a client's id, depending on the
    channel."""

    def send(self, notice: Notice, target: str) -> None:
        """Returns when the other side has taken it. Raises NoticeFailed."""
        ...


_STATUS = {
    "accepted": Message("đã được chấp nhận", "accepted"),
    "in_review": Message("đang được cán bộ xem xét", "a clerk is looking at it"),
    "refused": Message("cần gửi lại, xem lý do trên trang tra cứu", "to be sent again; see the reasons on its page"),
    "received": Message("đã nhận", "received"),
}
