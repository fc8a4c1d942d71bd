"""What follows when people decide about a submission: who is told of it, and what is refused with a useless scan."""

from __future__ import annotations

from pipeline.domain.message import Message
from service.notices.channels import ChannelName
from service.wire.contract import ReasonModel
from service.wire.keys import Keys
from storage.office.store import OfficeStore, OfficeTables
from storage.submissions import Ruling, State, Submission

ACCEPTED, REFUSED = "review.accepted", "review.refused"
_SEND_AGAIN = Message(
    "Ảnh hoặc bản quét không đọc được; xin chụp hoặc quét lại rồi gửi lại",
    "The photo or scan cannot be read; please take it again and send it once more",
)


def refuse_for_rescan(store: OfficeStore, keys: Keys, document_id: str, login: str) -> None:
    """Refuses the submissions that wait for a document which people found useless: their senders are told to send it
    again. `login`: who found it useless."""
    with store.write() as tables:
        for submission in tables.submissions.of_document(document_id, State.IN_REVIEW):
            reason = ReasonModel(code=REFUSED, message=_SEND_AGAIN, outcome="retake")
            ruling = Ruling(state=State.REFUSED, reasons=[reason.model_dump(mode="json")], actor=f"user:{login}")
            tables.rulings.rule(submission.submission_id, ruling, notices_of(tables, keys, submission))


def notices_of(tables: OfficeTables, keys: Keys, submission: Submission) -> list[tuple[str, str]]:
    """(message id, channel) of what is to be sent about an answer."""
    client = tables.clients.by_id(submission.client_id)
    wanted = {
        ChannelName.WEBHOOK: client is not None and client.active and client.webhook_url,
        ChannelName.EMAIL: submission.email,
        ChannelName.SMS: submission.phone,
    }
    return [(keys.new_id(), channel.value) for channel, target in wanted.items() if target]
