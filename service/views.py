"""A stored submission as it is shown: to whoever may see all of it, and to whoever has only its code."""

from __future__ import annotations

from service.answering import public_verdict
from service.contract import Links, QueueModel, SubmissionModel, VerdictModel
from service.queue import Place
from storage.service import Submission


def submission_view(submission: Submission, place: Place | None, *, full: bool) -> SubmissionModel:
    """`full`: with values and holding codes."""
    verdict = None
    if submission.verdict is not None:
        verdict = VerdictModel.model_validate(submission.verdict) if full else public_verdict(submission.verdict)
    return SubmissionModel(
        code=submission.code,
        status=submission.state.value,
        procedure=submission.procedure,
        received_at=submission.received_at,
        decided_at=submission.decided_at,
        queue=None if place is None or verdict is not None else QueueModel(position=place.position, page=place.page),
        verdict=verdict,
        links=Links(status=f"/submissions/{submission.code}", events=f"/submissions/{submission.code}/events"),
    )
