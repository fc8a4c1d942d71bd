"""Sends the messages of the outbox, with retries, until each is delivered or given up."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from pipeline.domain.message import Message
from service.background import RepeatedWork
from service.notices.channels import Channel, ChannelName, Notice, NoticeFailed
from storage.office.store import OfficeStore
from storage.submissions import OutboxMessage, Submission

_log = logging.getLogger(__name__)
_AT_ONCE = 20


class Dispatcher:
    """`run_once` sends what is due; `start` does so every few seconds in a thread of its own.

    Each message is sent at least once: receivers recognise repeats by its id. What fails is tried again after growing
    pauses, and is kept, marked as failed, when it is given up.
    """

    def __init__(
        self, *, store: OfficeStore, channels: Mapping[str, Channel], public_url: str, every_s: float = 3.0
    ) -> None:
        self._store = store
        self._channels = channels
        self._public_url = public_url.rstrip("/")
        self._repeating = RepeatedWork(self.run_once, every_s=every_s, name="hotich-notices")

    def start(self) -> None:
        self._repeating.start()

    def stop(self) -> None:
        self._repeating.stop()

    def run_once(self) -> int:
        """Sends what is due; returns how many messages were delivered."""
        with self._store.write() as tables:
            due = tables.outbox.take_due(_AT_ONCE)
        return sum(self._send(message) for message in due)

    def failing(self) -> int:
        """How many notices were given up, or were tried and wait for another try; counted up to a hundred."""
        with self._store.read() as tables:
            return len(tables.outbox.failing())

    def _send(self, message: OutboxMessage) -> bool:
        with self._store.read() as tables:
            submission = tables.submissions.by_id(message.submission_id)
        assert submission is not None
        try:
            channel = self._channels.get(message.channel)
            target = _target(submission, message.channel)
            if channel is None or target is None:
                raise NoticeFailed(Message("Kênh này chưa được thiết lập", "This channel is not set up"))
            channel.send(self._notice(message, submission), target)
        except NoticeFailed as error:
            _log.warning("notice.failed id=%s channel=%s", message.message_id, message.channel)
            with self._store.write() as tables:
                tables.outbox.mark_failed(message.message_id, str(error.message))
            return False
        with self._store.write() as tables:
            tables.outbox.mark_sent(message.message_id)
        return True

    def _notice(self, message: OutboxMessage, submission: Submission) -> Notice:
        return Notice(
            message_id=message.message_id,
            event=message.event,
            code=submission.code,
            status=submission.state.value,
            outcome=submission.outcome,
            procedure=submission.procedure,
            decided_at=submission.decided_at,
            link=f"{self._public_url}/ket-qua/{submission.code}",
        )


def _target(submission: Submission, channel: str) -> str | None:
    targets: dict[str, str | None] = {
        ChannelName.WEBHOOK: submission.client_id,
        ChannelName.EMAIL: submission.email,
        ChannelName.SMS: submission.phone,
    }
    return targets.get(channel)
