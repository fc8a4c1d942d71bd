"""What a person of the office decides about a submission that the machine left to people."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.domain.message import Message
from service.context import ServiceContext
from service.people.callers import Caller
from service.submissions.closing import close_rulings
from service.submissions.deciding import ACCEPTED, REFUSED, notices_of
from service.submissions.look_up_submission import look_up_submission
from service.wire.contract import ClerkReason, ReasonModel
from service.wire.errors import Conflict, NotAllowed, Unprocessable
from storage.office.store import OfficeStore
from storage.people import Scope
from storage.submissions import Ruling, State, Submission

_NUMBER = re.compile(r"\d(?:[\s.-]?\d){8,}")


def submissions_in_review(store: OfficeStore, caller: Caller, limit: int) -> list[Submission]:
    """The office's submissions that wait for a person, longest first. Raises NotAllowed."""
    caller.need(Scope.OFFICE)
    with store.read() as tables:
        return tables.submissions.of_offices(caller.offices, State.IN_REVIEW, limit)


def decide_submission(
    context: ServiceContext, typed_code: str, caller: Caller, *, accept: bool, reasons: Sequence[ClerkReason]
) -> Submission:
    """Decides once: of two people who decide at the same time, the second gets Conflict. Decision, audit entry and
    notices are written in one transaction.

    Returns the submission as it then stands. Raises NotThere, NotAllowed for another office's, Conflict for one that is
    not in review (any more), Unprocessable for reasons that anybody with the code must not read, or none where it is
    refused or a contradiction is accepted.
    """
    submission = submission_to_decide(context, typed_code, caller)
    against = contradictions(submission) if accept else []
    check_reasons([text for reason in reasons for text in (reason.vi, reason.en or "")])
    if not accept and not reasons:
        raise Unprocessable(Message("Từ chối phải có lý do", "A refusal needs its reasons"), code="review.no_reason")
    if against and not reasons:
        raise no_reason_for_contradiction()
    ruling = Ruling(
        state=State.ACCEPTED if accept else State.REFUSED,
        reasons=[_reason_model(reason, accept=accept).model_dump(mode="json") for reason in reasons],
        actor=caller.name,
        against=against,
    )
    with context.store.write() as tables:
        notices = notices_of(tables, context.keys, submission)
        decided = tables.rulings.rule(submission.submission_id, ruling, notices)
        tables.claims.release(submission.submission_id)
    if not decided:
        raise not_in_review()
    close_rulings(context.store, context.parts.tray)
    context.changes.publish(submission.submission_id)
    return look_up_submission(context.store, submission.code)


def submission_to_decide(context: ServiceContext, typed_code: str, caller: Caller) -> Submission:
    """The submission, where this caller may decide it. Raises NotThere, NotAllowed."""
    submission = look_up_submission(context.store, typed_code)
    caller.need(Scope.REVIEW)
    if not caller.is_clerk_of(submission):
        raise NotAllowed(
            Message("Hồ sơ của cơ quan khác", "The submission is another office's"), code="auth.other_office"
        )
    return submission


def contradictions(submission: Submission) -> list[str]:
    """What contradicts, by the declared name, or by the paper where no entry is named; each once."""
    verdict = submission.verdict or {}
    told = [reason for reason in verdict.get("reasons", ()) if reason["outcome"] == "contradicts"]
    return list(dict.fromkeys(reason["field"] or reason["role"] or reason["code"] for reason in told))


def not_in_review() -> Conflict:
    return Conflict(
        Message("Hồ sơ này không chờ cán bộ xem xét", "The submission is not waiting for a decision"),
        code="submission.not_in_review",
    )


def no_reason_for_contradiction() -> Unprocessable:
    return Unprocessable(
        Message("Chấp nhận khi có chỗ mâu thuẫn thì phải ghi lý do", "Accepting a contradiction needs a reason"),
        code="review.no_reason",
    )


def check_reasons(texts: Sequence[str]) -> None:
    """Raises Unprocessable for a reason that anybody with the code must not read."""
    if any(_NUMBER.search(text) for text in texts):
        raise Unprocessable(
            Message(
                "Lý do không được chứa số định danh hay số điện thoại: ai có mã hồ sơ đều đọc được",
                "A reason must hold no personal or telephone number: whoever has the code can read it",
            ),
            code="review.personal_number",
        )


def _reason_model(reason: ClerkReason, *, accept: bool) -> ReasonModel:
    return ReasonModel(
        code=ACCEPTED if accept else REFUSED,
        message=Message(reason.vi.strip(), (reason.en or reason.vi).strip()),
        outcome="usable" if accept else "retake",
        field=reason.field,
    )
