"""The pages that look something up: a submission by its code, a copy by its holding code and digest."""

from __future__ import annotations

import anyio.to_thread
from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from pipeline.domain.message import Message
from service.context import ServiceContext
from service.pages import page
from service.pages.results import result_of
from service.people.access import TheContext
from service.people.visiting import bounded, keep_visit, visit_of
from service.routes.holdings import CONFIRMED
from service.routes.submissions.submissions import until_answered
from service.submissions.proof import proves
from service.submissions.views import submission_view
from service.wire.errors import NotThere, Unprocessable
from service.wire.keys import normal_code
from storage.submissions import Submission
from storage.times import time_text

router = APIRouter(include_in_schema=False, dependencies=[Depends(bounded)])

_STALE = Message("Trang này để lâu nên đã hết hạn, hãy gửi lần nữa", "This page had expired; please send once more")
_NOT_FOUND = Message(
    "Không có hồ sơ khớp với mã và ngày sinh đã nhập. Nếu đã thử nhiều lần, hãy đợi 15 phút.",
    "No submission fits this code and birth date. If you tried several times, wait 15 minutes.",
)
_NOBODY = "0000-0000-0000-0000"


@router.get("/ket-qua/{code}")
async def result(code: str, request: Request, context: TheContext) -> Response:
    """How a submission stands; its values for the visit that handed it in, or that proved the birth date."""
    submission = await anyio.to_thread.run_sync(_found, context, code)
    if submission is None:
        raise NotThere(
            Message("Không có hồ sơ với mã này", "There is no submission with this code"), code="submission.unknown"
        )
    if "hotich-script" not in request.headers:
        # A browser without scripts cannot follow along: its page comes with the answer, if that is soon.
        submission = await until_answered(context, submission)
    return await anyio.to_thread.run_sync(_result_page, request, context, submission)


@router.get("/tra-cuu")
def look(request: Request, context: TheContext) -> Response:
    """The form to look a submission up."""
    return _look_page(request, context)


@router.post("/tra-cuu")
async def look_up(request: Request, context: TheContext) -> Response:
    """Leads to the submission. An unknown code and a birth date that does not fit are answered alike."""
    if not request.headers.get("content-type", "").startswith(
        ("application/x-www-form-urlencoded", "multipart/form-data")
    ):
        raise Unprocessable(Message("Cần biểu mẫu của trang này", "The page's own form is needed"))
    async with request.form(max_files=0, max_fields=8, max_part_size=1000) as form:
        typed = {name: str(form.get(name, ""))[:200] for name in ("code", "birth", "csrf")}
    return await anyio.to_thread.run_sync(_look_up, request, context, typed)


@router.get("/xac-nhan")
def confirm(context: TheContext, code: str = "", digest: str = "") -> Response:
    """Whether a copy is authentic; shows nothing of what stands in it."""
    code, digest = code.strip()[:40], "".join(digest.split()).removeprefix("sha256:")[:80]
    found = context.holdings.confirm(code, digest) if code and digest else None
    message = CONFIRMED[found] if found else None
    return page("confirm.html", code=code, digest=digest, found=found, message=message)


def _look_up(request: Request, context: ServiceContext, typed: dict[str, str]) -> Response:
    visit = visit_of(request, context)
    if visit is None or not context.visits.came_from_us(visit, typed["csrf"]):
        return _look_page(request, context, code=typed["code"], problem=_STALE, status=403)
    submission = _found(context, typed["code"])
    birth = typed["birth"].strip()
    if not birth and submission is not None:
        return RedirectResponse(f"/ket-qua/{submission.code}", status_code=303)
    if not _proved(context, submission, birth) or submission is None:
        return _look_page(request, context, code=typed["code"], problem=_NOT_FOUND, status=404)
    answer = RedirectResponse(f"/ket-qua/{submission.code}", status_code=303)
    keep_visit(answer, context, context.visits.renewed(visit, proved=submission.code))
    return answer


def _proved(context: ServiceContext, submission: Submission | None, birth: str) -> bool:
    """Whether the date proves; wrong tries are counted, and after several none is looked at for a while."""
    if submission is None:
        proves(context.keys, _NOBODY, None, birth)
        return False
    locked = submission.proof_locked_until
    right = proves(context.keys, submission.code, submission.proof, birth)
    if locked is not None and locked > time_text(context.clock()):
        return False
    with context.store.write() as tables:
        if right:
            tables.submissions.proof_held(submission.submission_id)
        else:
            tables.submissions.proof_failed(submission.submission_id)
    return right


def _result_page(request: Request, context: ServiceContext, submission: Submission) -> Response:
    visit = visit_of(request, context)
    full = visit is not None and visit.may_see(submission)
    if full and submission.verdict is not None:
        with context.store.write() as tables:
            tables.reads.append(
                actor="citizen",
                office="",
                action="submission.read",
                subject=submission.code,
                purpose=f"page:{submission.procedure}",
            )
    place = context.queue.place(submission.submission_id)
    shown = result_of(submission_view(submission, place, full=full), submission, full=full)
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


def _found(context: ServiceContext, typed: str) -> Submission | None:
    code = normal_code(typed)
    if code is None:
        return None
    with context.store.read() as tables:
        return tables.submissions.by_code(code)
