"""The citizen's pages: handing in without an account."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import anyio.to_thread
from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData, UploadFile

from pipeline.domain.errors import HotichError, InputError, WrongUse
from pipeline.domain.message import Message
from pipeline.judging.verdict import Procedure, load_procedures, procedure
from service.context import ServiceContext
from service.notices.email import checked_address
from service.notices.sms import checked_phone
from service.pages import page
from service.pages.assets import assets
from service.pages.questions import check, missing_files, sections_of
from service.people.access import TheContext, peer
from service.people.citizens import CitizenIntake, Visit
from service.people.visiting import bounded, forget_visit, keep_visit, visit_of
from service.submissions.follow_submission import wait_for_answer
from service.submissions.hand_in import hand_in_from_page
from service.submissions.receive_submission import SubmissionRequest, Upload, declared_values
from service.wire.errors import NotAllowed, NotThere, TooMany, Unprocessable, status_of
from service.wire.form_with_files import form_with_files
from storage.errors import StoreBusy
from storage.submissions import Submission
from storage.submissions.tray import TooLarge

router = APIRouter(include_in_schema=False, dependencies=[Depends(bounded)])
static = APIRouter(include_in_schema=False)

_DECLARED = "declared."
_PARTS = frozenset({"csrf", "key", "files", "email", "phone"})
_KEY = re.compile(r"[0-9a-f]{32}")
_STALE = Message("Trang này để lâu nên đã hết hạn, hãy bấm gửi lần nữa", "This page had expired; please send once more")


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledForm:
    """A form as it came, and what is wrong with it."""

    typed: Mapping[str, str] = field(default_factory=dict)
    email: str = ""
    phone: str = ""
    wrong: Mapping[str, Message] = field(default_factory=dict)
    problem: Message | None = None


@router.get("/")
def home(context: TheContext) -> Response:
    """The procedures to choose from, and the way to the other pages."""
    shown = list(load_procedures().values()) if context.parts.citizens else []
    return page("home.html", procedures=shown)


@router.get("/nop")
def choose() -> Response:
    return RedirectResponse("/", status_code=303)


@router.get("/nop/{code}")
def ask(code: str, request: Request, context: TheContext) -> Response:
    """The form of one procedure."""
    wanted, _ = _procedure(context, code)
    return _form_page(request, context, wanted, FilledForm())


@router.post("/nop/{code}")
async def hand_in(code: str, request: Request, context: TheContext) -> Response:
    """Takes the form. Leads to the submission's page, or shows the form again with what is wrong."""
    wanted, intake = _procedure(context, code)
    most = context.limits.citizen_bytes
    stated = request.headers.get("content-length", "0")
    if stated.isdigit() and int(stated) > most + (64 << 10):
        raise TooLarge(Message(f"Các tệp lớn hơn {most >> 20} MB", f"The files are larger than {most >> 20} MB"))
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise Unprocessable(
            Message("Cần multipart/form-data", "multipart/form-data is needed"), code="request.not_multipart"
        )
    limits = context.limits
    visit = await anyio.to_thread.run_sync(visit_of, request, context)
    async with form_with_files(
        request,
        admits=lambda csrf: context.visits.came_from_us(visit, csrf),
        max_files=40,
        max_fields=40,
        max_part_size=limits.max_declared_bytes,
    ) as form:
        answer = await anyio.to_thread.run_sync(_take, form, request, context, wanted, intake, visit)
    if isinstance(answer, Response):
        return answer
    if "hotich-script" not in request.headers:
        await wait_for_answer(context, answer)
    return RedirectResponse(f"/ket-qua/{answer.code}", status_code=303)


@router.post("/ket-thuc")
async def finish(request: Request, context: TheContext) -> Response:
    """Ends the visit: whoever uses this browser next sees nothing of it."""
    async with request.form(max_files=0, max_fields=4, max_part_size=1000) as form:
        csrf = _text(form, "csrf")
    await anyio.to_thread.run_sync(_end, request, context, csrf)
    answer = RedirectResponse("/", status_code=303)
    forget_visit(answer, context)
    return answer


def _end(request: Request, context: ServiceContext, csrf: str) -> None:
    visit = visit_of(request, context)
    if visit is None or not context.visits.came_from_us(visit, csrf):
        raise NotAllowed(_STALE, code="page.expired")
    context.visits.end(visit)


@static.get("/static/{name}")
def static_file(name: str, request: Request) -> Response:
    """The pages' own script and style."""
    asset = assets().get(name)
    if asset is None:
        raise NotThere(Message("Không có ở đây", "There is nothing here"))
    headers = {"ETag": asset.etag, "Cache-Control": "public, no-cache"}
    if request.headers.get("if-none-match") == asset.etag:
        return Response(status_code=304, headers=headers)
    return Response(asset.data, media_type=asset.media_type, headers=headers)


def _procedure(context: ServiceContext, code: str) -> tuple[Procedure, CitizenIntake]:
    intake = context.parts.citizens
    if intake is None:
        raise NotThere(Message("Nơi này không nhận hồ sơ qua trang này", "This page takes no submissions here"))
    try:
        return procedure(code), intake
    except WrongUse as error:
        raise NotThere(error.message, code=error.code) from error


def _take(
    form: FormData,
    request: Request,
    context: ServiceContext,
    wanted: Procedure,
    intake: CitizenIntake,
    visit: Visit | None,
) -> Submission | Response:
    """The submission as recorded, or the form's page with what is wrong."""
    filled, uploads = _filled(form, wanted)

    def again(problem: Message | None, status: int, headers: Mapping[str, str] | None = None) -> Response:
        return _form_page(request, context, wanted, replace(filled, problem=problem), status=status, headers=headers)

    if visit is None or not context.visits.came_from_us(visit, _text(form, "csrf")):
        return again(_STALE, 403)
    if filled.wrong:
        return again(None, 422)
    submission_request = SubmissionRequest(
        procedure=wanted.code,
        declared=declared_values(json.dumps(filled.typed), context.limits),
        files=[Upload(name=upload.filename or "", stream=upload.file) for upload in uploads],
        key=key if _KEY.fullmatch(key := _text(form, "key")) else None,
        email=filled.email or None,
        phone=filled.phone or None,
    )
    size = sum(upload.size or 0 for upload in uploads)
    try:
        return hand_in_from_page(context, submission_request, visit, intake, size=size, address=peer(request))
    except (InputError, StoreBusy) as error:
        return again(error.message, status_of(error), _retry_after(error))


def _filled(form: FormData, wanted: Procedure) -> tuple[FilledForm, list[UploadFile]]:
    """What came, checked. Raises Unprocessable for parts that this form does not have."""
    names = {_DECLARED + question.name for section in sections_of(wanted) for question in section.questions}
    if set(form) - _PARTS - names:
        raise Unprocessable(Message("Có phần không biết trong biểu mẫu", "The form has a part that is not known"))
    typed = {name.removeprefix(_DECLARED): _text(form, name) for name in names}
    values, wrong = check(wanted, typed)
    email, phone = _text(form, "email").strip(), _text(form, "phone").strip()
    for name, value, checked in (("email", email, checked_address), ("phone", phone, checked_phone)):
        try:
            if value:
                checked(value)
        except Unprocessable as error:
            wrong[name] = error.message
    # A place for a photo that was left empty comes as a file without a name.
    files = [file for file in form.getlist("files") if isinstance(file, UploadFile)]
    uploads = [file for file in files if file.filename or file.size]
    if not uploads:
        wrong["files"] = missing_files(wanted)
    return FilledForm(typed=values, email=email, phone=phone, wrong=wrong), uploads


def _form_page(
    request: Request,
    context: ServiceContext,
    wanted: Procedure,
    filled: FilledForm,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    visit = visit_of(request, context)
    visit = context.visits.begin() if visit is None else context.visits.renewed(visit)
    answer = page(
        "submit.html",
        status=status,
        headers=headers,
        procedure=wanted,
        sections=sections_of(wanted),
        filled=filled,
        csrf=context.visits.csrf(visit),
        key=secrets.token_hex(16),
        most_files=context.limits.max_files,
        most_bytes=min(context.limits.citizen_bytes, context.limits.max_file_bytes),
        channels=frozenset(context.parts.channels),
    )
    keep_visit(answer, context, visit)
    return answer


def _text(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def _retry_after(error: HotichError) -> dict[str, str]:
    if isinstance(error, TooMany):
        return {"Retry-After": str(error.retry_after)}
    return {"Retry-After": "30"} if isinstance(error, StoreBusy) else {}
