"""Whether a paper may still be asked for, for programs of offices."""

from __future__ import annotations

from fastapi import APIRouter

from service.asking.ask import ask_about
from service.asking.contract import AskModel, AskRequest
from service.people.access import TheClient, TheContext
from service.wire.problems import problems

router = APIRouter(tags=["holdings"])


@router.post(
    "/may-ask",
    summary="Whether a paper may still be asked for",
    response_model=AskModel,
    responses=problems(400, 401, 403, 422, 429, 503),
)
def may_ask(body: AskRequest, context: TheContext, caller: TheClient) -> AskModel:
    """Replaced by data, replaced by a stored paper, incomplete (which fields), or lawful to ask for; by which rule and
    article. Shows no value of the person. Logged before it is answered; `log.reference` names the entry."""
    return ask_about(context, body, caller)
