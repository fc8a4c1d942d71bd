"""The pages that look something up: a submission by its code, a copy by its holding code and digest."""

from __future__ import annotations

from urllib.parse import quote

import anyio.to_thread
from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from pipeline.domain.message import Message
from service.context import ServiceContext
from service.holdings.holdings import confirm_copy
from service.pages import page
from service.pages.results import result_of
from service.people.access import TheContext
from service.people.visiting import bounded, keep_visit, visit_of
from service.submissions.follow_submission import wait_for_answer
from service.submissions.look_up_submission import find_submission, look_up_submission
from service.submissions.prove_birth_date import is_birth_date_proved
from service.submissions.show_submission import show_on_page
from service.wire.errors import Unprocessable
from storage.issued_copies import checked_copy_code
from storage.submissions import Submission

router = APIRouter(include_in_schema=False, dependencies=[Depends(bounded)])

_STALE = Message("Trang này để lâu nên đã hết hạn, hãy gửi lần nữa", "This page had expired; please send once more")
_NOT_FOUND = Message(
    "Không có hồ sơ khớp với mã và ngày sinh đã nhập. Nếu đã thử nhiều lần, hãy đợi 15 phút.",
    "No submission fits this code and birth date. If you tried several times, wait 15 minutes.",
)


@router.get("/ket-qua/{code}")
async def result(code: str, request: Request, context: TheContext) -> Response:
    """How a submission stands; its values for the visit that handed it in, or that proved the birth date."""
    submission = await anyio.to_thread.run_sync(look_up_submission, context.store, code)
    if "hotich-script" not in request.headers:
        # A browser without scripts cannot follow events: its page waits a few seconds for the answer.
        submission = await wait_for_answer(context, submission)
    return await anyio.to_thread.run_sync(_result_page, request, context, submission)


@router.get("/tra-cuu")
def look(request: Request, context: TheContext) -> Response:
    """The form to look a submission up."""
    return _look_page(request, context)


@router.post("/tra-cuu")
async def look_up(request: Request, context: TheContext) -> Response:
    """Redirects to the submission. An unknown code and a wrong birth date have the same answer."""
    if not request.headers.get("content-type", "").startswith(
        ("application/x-www-form-urlencoded", "multipart/form-data")
    ):
        raise Unprocessable(Message("Cần biểu mẫu của trang này", "The page's own form is needed"))
    async with request.form(max_files=0, max_fields=8, max_part_size=1000) as form:
        typed = {name: str(form.get(name, ""))[:200] for name in ("code", "birth", "csrf")}
    return await anyio.to_thread.run_sync(_look_up, request, context, typed)


@router.get("/xac-nhan")
def confirm(context: TheContext, code: str = "", digest: str = "") -> Response:
    """Whether a copy is authentic; shows nothing of its content."""
    code, digest = code.strip()[:40], "".join(digest.split()).removeprefix("sha256:")[:80]
    if (copy_code := checked_copy_code(code)) is not None and code.upper().startswith("BS"):
        return RedirectResponse(f"/kiem-tra/{copy_code}?digest={quote(digest)}", status_code=303)
    confirmation = confirm_copy(context.store, code, digest) if code and digest else None
    return page("confirm.html", code=code, digest=digest, confirmation=confirmation)


@router.get("/quyen-cua-ban")
def rights(context: TheContext) -> Response:
    """What becomes of what a citizen sends, and what they may ask the office."""
    citizens = context.parts.citizens
    office_name = "" if citizens is None else context.administration.office_name(citizens.office)
    return page("rights.html", office_name=office_name)


def _look_up(request: Request, context: ServiceContext, typed: dict[str, str]) -> Response:
    visit = visit_of(request, context)
    if visit is None or not context.visits.came_from_us(visit, typed["csrf"]):
        return _look_page(request, context, code=typed["code"], problem=_STALE, status=403)
    submission = find_submission(context.store, typed["code"])
    birth = typed["birth"].strip()
    if not birth and submission is not None:
        return RedirectResponse(f"/ket-qua/{submission.code}", status_code=303)
    if not is_birth_date_proved(context.store, context.keys, submission, birth) or submission is None:
        return _look_page(request, context, code=typed["code"], problem=_NOT_FOUND, status=404)
    answer = RedirectResponse(f"/ket-qua/{submission.code}", status_code=303)
    keep_visit(answer, context, context.visits.renewed(visit, proved=submission.code))
    return answer


def _result_page(request: Request, context: ServiceContext, submission: Submission) -> Response:
    visit = visit_of(request, context)
    full = visit is not None and visit.may_see(submission)
    shown = result_of(show_on_page(context, submission, full=full), submission, full=full)
    visit = context.visits.begin() if visit is None else visit
    answer = page(
        "result.html", result=shown, csrf=context.visits.csrf(visit), open_here=context.parts.citizens is not None
    )
    keep_visit(answer, context, visit)
    return answer


def _look_page(
    request: Request, context: ServiceContext, *, code: str = "", problem: Message | None = None, status: int = 200
) -> Response:
    visit = visit_of(request, context)
    visit = context.visits.begin() if visit is None else context.visits.renewed(visit)
    answer = page("lookup.html", status=status, code=code, problem=problem, csrf=context.visits.csrf(visit))
    keep_visit(answer, context, visit)
    return answer
