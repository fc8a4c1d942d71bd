"""What people of the office decide: submissions that the machine left to them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from service.people.access import TheClient, TheContext
from service.submissions.decide_submission import decide_submission, submissions_in_review
from service.submissions.show_submission import show_values
from service.wire.contract import LookupCode, RulingRequest, SubmissionModel, WaitingListModel, WaitingModel
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
    in_review = submissions_in_review(context.store, caller, limit)
    return WaitingListModel(submissions=[_waiting_model(submission) for submission in in_review])


@router.post(
    "/submissions/{code}/decision",
    summary="Accept or refuse a submission in review",
    response_model=SubmissionModel,
    responses=problems(400, 401, 403, 404, 409, 422, 429, 503),
)
def decide(code: LookupCode, body: RulingRequest, context: TheContext, caller: TheClient) -> SubmissionModel:
    """For reviewers of the office it was handed in at. Noted in the audit log; whoever wanted notices gets one."""
    decided = decide_submission(context, code, caller, accept=body.decision == "accept", reasons=body.reasons)
    return show_values(context, decided, caller)


def _waiting_model(submission: Submission) -> WaitingModel:
    verdict = submission.verdict or {}
    return WaitingModel.model_validate(
        {
            "code": submission.code,
            "procedure": submission.procedure,
            "outcome": submission.outcome,
            "received_at": submission.received_at,
            "reasons": list(dict.fromkeys(reason["code"] for reason in verdict.get("reasons", ()))),
        }
    )
