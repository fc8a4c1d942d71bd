"""What people of the office decide: submissions that the machine left to them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from service.people.access import TheClient, TheContext
from service.routes.submissions.submissions import TheCode, found, note_read, shown
from service.wire.contract import RulingRequest, SubmissionModel, WaitingListModel, WaitingModel
from service.wire.problems import problems
from storage.submissions import Submission

router = APIRouter(tags=["reviews"])


@router.get(
    "/submissions",
    summary="Submissions of the office that wait for a person",
    response_model=WaitingListModel,
    responses=problems(401, 403, 422, 429, 503),
)
def waiting(
    context: TheContext, caller: TheClient, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> WaitingListModel:
    """The longest waiting first, without personal data."""
    return WaitingListModel(submissions=[_line(one) for one in context.deciding.waiting(caller, limit)])


@router.post(
    "/submissions/{code}/decision",
    summary="Accept or refuse a submission in review",
    response_model=SubmissionModel,
    responses=problems(400, 401, 403, 404, 409, 422, 429, 503),
)
def decide(code: TheCode, body: RulingRequest, context: TheContext, caller: TheClient) -> SubmissionModel:
    """For reviewers of the office it was handed in at. Noted in the audit log; whoever wanted notices gets one."""
    submission = found(context, code)
    context.deciding.decide(submission, caller, accept=body.decision == "accept", reasons=body.reasons)
    context.hub.publish(submission.submission_id)
    note_read(context, submission, caller)
    return shown(context, found(context, code), caller)


def _line(one: Submission) -> WaitingModel:
    verdict = one.verdict or {}
    return WaitingModel.model_validate(
        {
            "code": one.code,
            "procedure": one.procedure,
            "outcome": one.outcome,
            "received_at": one.received_at,
            "reasons": list(dict.fromkeys(reason["code"] for reason in verdict.get("reasons", ()))),
        }
    )
