"""Submissions that wait for a person: the list, and the page where one is decided with its paper in view."""

from __future__ import annotations

from typing import Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from pipeline.domain.errors import InputError, WrongUse
from pipeline.domain.message import Message
from pipeline.judging.verdict import procedure
from service.context import ServiceContext
from service.desk import wording
from service.desk.desk_user import DeskUser, FormUser, PageUser, redirect_to
from service.desk.keys import BY_NAME
from service.pages import page
from service.people.access import TheContext
from service.submissions.at_desk import (
    Opened,
    decide_at_desk,
    keep_claim,
    leave_submission,
    next_submission,
    open_submission,
    page_of_file,
    undo_ruling,
)
from service.submissions.clerk_reasons import REASONS, ClerkDecision, wanted_photos
from service.submissions.decide_submission import submissions_in_review
from service.wire.errors import status_of
from storage.people import Scope
from storage.submissions import Submission

router = APIRouter(include_in_schema=False, prefix="/ban-duyet/ho-so")

TheCode = Annotated[str, Path(max_length=40)]
TheRuling = Annotated[str, Query(pattern=r"^([0-9a-f]{32})?$")]
_MOST: Final = 50
_SKIPPED: Final = "hotich-desk-skipped"
_MOST_SKIPPED: Final = 20


@router.get("")
def submissions(context: TheContext, user: PageUser, xong: TheRuling = "") -> Response:
    """The submissions of the person's offices that the machine left to people, longest first."""
    waiting = submissions_in_review(context.store, user.session.caller, _MOST)
    return page(
        "desk_submissions.html",
        session=user.session,
        waiting=[(submission, _procedure(submission), _reasons(submission)) for submission in waiting],
        may_decide=Scope.REVIEW in user.session.caller.scopes,
        done=xong,
        wording=wording,
    )


@router.get("/tiep")
def following(
    request: Request,
    context: TheContext,
    user: PageUser,
    xong: TheRuling = "",
) -> Response:
    """Leads to the submission that waits longest and that nobody else has open; to the list when none is left."""
    code = next_submission(context, user.session.caller, skipped=_skipped(request))
    return redirect_to(f"/ban-duyet/ho-so{'/' + code if code else ''}{'?xong=' + xong if xong else ''}")


@router.post("/hoan-tac/{ruling}")
def undo(ruling: Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")], context: TheContext, user: FormUser) -> Response:
    """Takes one's own decision back and leads to the submission."""
    return redirect_to(f"/ban-duyet/ho-so/{undo_ruling(context, ruling, user.session.caller)}")


@router.get("/{code}")
def submission(code: TheCode, context: TheContext, user: PageUser, xong: TheRuling = "") -> Response:
    """One submission: its scan, what was declared, read and registered, and the decisions."""
    return _page(context, user, code, done=xong)


@router.post("/{code}")
def rule(code: TheCode, context: TheContext, user: FormUser) -> Response:
    """Decides it and leads to the next; shows the page again with what is wrong."""
    try:
        ruling = decide_at_desk(context, code, user.session.caller, user.form)
    except InputError as error:
        return _page(context, user, code, problem=error.message, status=status_of(error))
    return redirect_to(f"/ban-duyet/ho-so/tiep?xong={ruling}")


@router.post("/{code}/giu")
def keep(code: TheCode, context: TheContext, user: FormUser) -> Response:
    """Renews the claim of an open page: 204, or 409 where somebody else has the submission by now."""
    return Response(status_code=204 if keep_claim(context, code, user.session.caller) else 409)


@router.post("/{code}/de-lai")
def skip(request: Request, code: TheCode, context: TheContext, user: FormUser) -> Response:
    """Leaves it to others, and leads to the next."""
    leave_submission(context, code, user.session.caller)
    answer = redirect_to("/ban-duyet/ho-so/tiep")
    skipped = [*_skipped(request), code][-_MOST_SKIPPED:]
    answer.set_cookie(
        _SKIPPED, ".".join(skipped), max_age=3600, path="/ban-duyet/ho-so", httponly=True, samesite="strict"
    )
    return answer


@router.get("/{code}/tep/{number}/trang/{page_number}.jpg")
def picture(
    code: TheCode,
    number: Annotated[int, Path(ge=1, le=100)],
    page_number: Annotated[int, Path(ge=1, le=10_000)],
    context: TheContext,
    user: PageUser,
) -> Response:
    """A page as it was sent. The browser must not keep it. `Hotich-Scan`: its size in scan pixels."""
    shown = page_of_file(context, code, user.session.caller, number, page_number)
    width, height = shown.scan_size
    headers = {"Cache-Control": "no-store", "Hotich-Scan": f"{width} {height}"}
    return Response(shown.picture, media_type="image/jpeg", headers=headers)


def _page(
    context: ServiceContext,
    user: DeskUser,
    code: str,
    *,
    done: str = "",
    problem: Message | None = None,
    status: int = 200,
) -> Response:
    opened: Opened = open_submission(context, code, user.session.caller)
    papers = opened.view.procedure.papers if opened.view.procedure else ()
    return page(
        "desk_submission.html",
        status=status,
        session=user.session,
        view=opened.view,
        keys=user.session.preferences.desk_keys,
        actions=BY_NAME,
        lease=opened.lease,
        may_decide=Scope.REVIEW in user.session.caller.scopes,
        waits=opened.view.submission.state.value == "in_review",
        reasons={decision.value: list(words.items()) for decision, words in REASONS.items()},
        photos=wanted_photos(papers),
        papers=[(paper.role, paper.name) for paper in papers],
        typed=user.form,
        done=done,
        problem=problem,
        decisions=ClerkDecision,
        wording=wording,
    )


def _skipped(request: Request) -> list[str]:
    return [quote(code) for code in request.cookies.get(_SKIPPED, "")[:1000].split(".") if code]


def _procedure(submission: Submission) -> Message:
    try:
        wanted = procedure(submission.procedure)
    except WrongUse:
        return Message(submission.procedure, submission.procedure)
    return wanted.name


def _reasons(submission: Submission) -> list[Message]:
    messages = [Message(**reason["message"]) for reason in (submission.verdict or {}).get("reasons", ())]
    return list(dict.fromkeys(messages))
