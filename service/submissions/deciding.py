"""What a person of the office decides about a submission that the machine left to people."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.domain.message import Message
from service.people.callers import Caller
from service.wire.contract import ClerkReason, ReasonModel
from service.wire.errors import Conflict, NotAllowed, Unprocessable
from service.wire.keys import Keys
from storage.office.store import OfficeStore, OfficeTables
from storage.people import Scope
from storage.submissions import Ruling, State, Submission

ACCEPTED, REFUSED = "review.accepted", "review.refused"
_AGAIN = Message(
    "Ảnh hoặc bản quét không đọc được; xin chụp hoặc quét lại rồi gửi lại",
    "The photo or scan cannot be read; please take it again and send it once more",
)
_NUMBER = re.compile(r"\d(?:[\s.-]?\d){8,}")


class Deciding:
    """Decides once: of two people who decide at the same time, the second is told that it is done."""

    def __init__(self, *, store: OfficeStore, keys: Keys) -> None:
        self._store = store
        self._keys = keys

    def waiting(self, caller: Caller, limit: int) -> list[Submission]:
        """The office's submissions that wait for a person, longest first."""
        caller.need(Scope.OFFICE)
        with self._store.read() as tables:
            return tables.submissions.of_office(caller.office, State.IN_REVIEW, limit)

    def decide(self, submission: Submission, caller: Caller, *, accept: bool, reasons: Sequence[ClerkReason]) -> None:
        """Writes decision, audit entry and notices in one transaction.

        Raises NotAllowed for another office's, Conflict for one that is not in review (any more), Unprocessable for
        reasons that anybody with the code must not read, or none where it is refused.
        """
        caller.need(Scope.REVIEW)
        if not caller.is_clerk_of(submission):
            raise NotAllowed(
                Message("Hồ sơ của cơ quan khác", "The submission is another office's"), code="auth.other_office"
            )
        _check(reasons, accept=accept)
        ruling = Ruling(
            state=State.ACCEPTED if accept else State.REFUSED,
            reasons=[_told(one, accept=accept).model_dump(mode="json") for one in reasons],
            actor=caller.name,
        )
        with self._store.write() as tables:
            notices = notices_of(tables, self._keys, submission)
            decided = tables.submissions.rule(submission.submission_id, ruling, notices)
        if not decided:
            raise Conflict(
                Message("Hồ sơ này không chờ cán bộ xem xét", "The submission is not waiting for a decision"),
                code="submission.not_in_review",
            )

    def scan_again(self, document_id: str, login: str) -> None:
        """Refuses what waits for a document that people found useless: its sender is told to send it again."""
        with self._store.write() as tables:
            for one in tables.submissions.of_document(document_id, State.IN_REVIEW):
                reason = ReasonModel(code=REFUSED, message=_AGAIN, outcome="retake")
                ruling = Ruling(state=State.REFUSED, reasons=[reason.model_dump(mode="json")], actor=f"user:{login}")
                tables.submissions.rule(one.submission_id, ruling, notices_of(tables, self._keys, one))


def notices_of(tables: OfficeTables, keys: Keys, submission: Submission) -> list[tuple[str, str]]:
    """(message id, channel) of what is to be sent about an answer."""
    client = tables.clients.by_id(submission.client_id)
    wanted = {
        "webhook": client is not None and client.active and client.webhook_url,
        "email": submission.email,
        "sms": submission.phone,
    }
    return [(keys.new_id(), channel) for channel, target in wanted.items() if target]


def _check(reasons: Sequence[ClerkReason], *, accept: bool) -> None:
    if not accept and not reasons:
        raise Unprocessable(Message("Từ chối phải có lý do", "A refusal needs its reasons"), code="review.no_reason")
    if any(_NUMBER.search(text) for one in reasons for text in (one.vi, one.en or "")):
        raise Unprocessable(
            Message(
                "Lý do không được chứa số định danh hay số điện thoại: ai có mã hồ sơ đều đọc được",
                "A reason must hold no personal or telephone number: whoever has the code can read it",
            ),
            code="review.personal_number",
        )


def _told(one: ClerkReason, *, accept: bool) -> ReasonModel:
    return ReasonModel(
        code=ACCEPTED if accept else REFUSED,
        message=Message(one.vi.strip(), (one.en or one.vi).strip()),
        outcome="usable" if accept else "retake",
        field=one.field,
    )
