"""A stored submission on the wire: with all values, and for whoever has only its code."""

from __future__ import annotations

from collections.abc import Sequence

from service.submissions.answering import public_verdict
from service.submissions.queue import Place
from service.submissions.registered import for_sender
from service.wire.contract import Links, NoticeModel, QueueModel, SubmissionModel, VerdictModel
from storage.submissions import OutboxMessage, Submission


def submission_view(
    submission: Submission,
    place: Place | None,
    *,
    full: bool,
    clerk: bool = False,
    notices: Sequence[OutboxMessage] = (),
) -> SubmissionModel:
    """`full`: with values and holding codes; `clerk`: with what the register says."""
    verdict = None
    if submission.verdict is not None:
        verdict = VerdictModel.model_validate(submission.verdict) if full else public_verdict(submission.verdict)
        if not clerk:
            verdict = for_sender(verdict)
    return SubmissionModel(
        code=submission.code,
        status=submission.state.value,
        procedure=submission.procedure,
        received_at=submission.received_at,
        decided_at=submission.decided_at,
        queue=None if place is None or verdict is not None else QueueModel(position=place.position, page=place.page),
        verdict=verdict,
        notices=[
            NoticeModel.model_validate({name: getattr(notice, name) for name in NoticeModel.model_fields})
            for notice in notices
        ],
        links=Links(status=f"/submissions/{submission.code}", events=f"/submissions/{submission.code}/events"),
    )


def _notice(message: OutboxMessage) -> NoticeModel:
    return NoticeModel.model_validate({name: getattr(message, name) for name in NoticeModel.model_fields})
