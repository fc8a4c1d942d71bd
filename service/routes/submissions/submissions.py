"""Handing in, asking how it stands, following along."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Annotated, Any

import anyio.to_thread
from fastapi import APIRouter, Header, Path, Request, Response
from fastapi.responses import StreamingResponse
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from pipeline.domain.message import Message
from service.context import ServiceContext
from service.notices.email import checked_address
from service.notices.sms import checked_phone
from service.people.access import MaybeClient, TheClient, TheContext
from service.people.callers import Caller
from service.routes.submissions.uploads import finished
from service.submissions.proof import proves
from service.submissions.receive_submission import Request as Submit
from service.submissions.receive_submission import Upload, declared_values
from service.submissions.views import submission_view
from service.wire.contract import SubmissionModel
from service.wire.errors import NotAllowed, NotThere, TooMany, Unprocessable
from service.wire.keys import normal_code
from service.wire.problems import problems
from storage.people import Scope
from storage.submissions import OutboxMessage, State, Submission
from storage.times import time_text

router = APIRouter(tags=["submissions"])

_HEARTBEAT_S = 15.0
_FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["procedure"],
                    "additionalProperties": False,
                    "properties": {
                        "procedure": {"type": "string", "description": "Code of the procedure", "example": "1.001193"},
                        "declared": {
                            "type": "string",
                            "contentMediaType": "application/json",
                            "description": "The declared form data: a JSON object of short texts",
                            "example": '{"full_name": "Nguyễn Văn An", "date_of_birth": "08/03/1990"}',
                        },
                        "uploads": {
                            "type": "array",
                            "items": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
                            "description": "Ids of finished uploads (see `/uploads`), instead of `files`",
                        },
                        "email": {"type": "string", "format": "email", "description": "Where to tell of the answer"},
                        "phone": {"type": "string", "description": "Where to tell of the answer by text message"},
                        "files": {
                            "type": "array",
                            "minItems": 1,
                            "maxItems": 8,
                            "items": {"type": "string", "contentMediaType": "application/octet-stream"},
                        },
                    },
                }
            }
        },
    }
}
_EVENT: dict[str, Any] = {  # of each event
    "type": "object",
    "required": ["data"],
    "properties": {
        "event": {"type": "string", "const": "status"},
        "data": {
            "type": "string",
            "contentMediaType": "application/json",
            "contentSchema": {"$ref": "#/components/schemas/SubmissionModel"},
        },
    },
}
_KEY = Header(
    alias="Idempotency-Key",
    min_length=8,
    max_length=200,
    pattern=r"^[\x21-\x7e]+$",
    description="The same key with the same request gives the same submission, however often it is sent.",
)
_BIRTH = Header(
    alias="Hotich-Birth-Date",
    max_length=40,
    description="Birth date of the person the submission is about; with the code it proves who asks.",
)
TheCode = Annotated[str, Path(max_length=40, description="The lookup code", examples=["7K3M-Q9XD-2FHW-B6TC"])]


@router.post(
    "/submissions",
    summary="Hand in files for a procedure and get the verdict",
    response_description="The verdict",
    response_model=SubmissionModel,
    responses={
        202: {"model": SubmissionModel, "description": "Recorded and queued; follow `links`"},
        **problems(400, 401, 403, 409, 413, 415, 422, 429, 503, 507),
    },
    openapi_extra=_FORM,
)
async def submit(
    request: Request,
    response: Response,
    context: TheContext,
    caller: TheClient,
    key: Annotated[str | None, _KEY] = None,
) -> SubmissionModel:
    """Recorded before anything is read, so that no answer is lost: 200 with the verdict, or 202 when it takes longer
    than a few seconds."""
    caller.need(Scope.SUBMIT)
    async with _form(request, context) as form:
        submission = await anyio.to_thread.run_sync(_receive, form, context, key, caller)
    submission = await until_answered(context, submission)
    if submission.state is State.RECEIVED:
        response.status_code = 202
        response.headers["Retry-After"] = "2"
    response.headers["Location"] = f"/submissions/{submission.code}"
    return _view(context, submission, full=True, clerk=caller.is_clerk_of(submission))


@router.get(
    "/submissions/{code}",
    summary="How a submission stands",
    response_model=SubmissionModel,
    responses=problems(401, 403, 404, 422, 429, 503),
)
def status(
    code: TheCode,
    context: TheContext,
    caller: MaybeClient,
    birth: Annotated[str | None, _BIRTH] = None,
) -> SubmissionModel:
    """Whoever has the code learns how it stands and what is wrong. Values are shown only to the client that handed it
    in, and to whoever proves with the birth date."""
    submission = found(context, code)
    full = caller is not None and caller.may_see(submission)
    if not full and birth is not None:
        prove(context, submission, birth)
        full = True
        caller = None
    if full:
        note_read(context, submission, caller)
    told = caller if full else None
    clerk = told is not None and told.is_clerk_of(submission)
    return _view(context, submission, full=full, clerk=clerk, notices=told is not None)


@router.get(
    "/submissions/{code}/events",
    summary="Follow a submission until it is answered",
    response_class=StreamingResponse,
    responses={
        200: {"description": "Events named `status`, each a submission without values; ends with the answer",
              "content": {"text/event-stream": {"schema": _EVENT}}},
        **problems(401, 404, 422, 429, 503),
    },
)  # fmt: skip
def events(code: TheCode, context: TheContext, _caller: MaybeClient) -> StreamingResponse:
    """The place in the queue, the pages as they are read, the answer."""
    submission = found(context, code)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_events(context, submission), media_type="text/event-stream", headers=headers)


async def until_answered(context: ServiceContext, submission: Submission) -> Submission:
    """The submission with its answer, or as it stands when the time for waiting is over."""
    loop = asyncio.get_running_loop()
    until = loop.time() + context.limits.answer_s
    with context.hub.listening(submission.submission_id) as changed:
        while True:
            changed.clear()
            submission = await anyio.to_thread.run_sync(_again, context, submission)
            left = until - loop.time()
            if submission.state is not State.RECEIVED or left <= 0:
                return submission
            try:
                await asyncio.wait_for(changed.wait(), left)
            except TimeoutError:
                return await anyio.to_thread.run_sync(_again, context, submission)


def prove(context: ServiceContext, submission: Submission, birth: str) -> None:
    """Raises NotAllowed for a wrong birth date, TooMany after several."""
    locked = submission.proof_locked_until
    if locked is not None and locked > time_text(context.clock()):
        raise TooMany(
            Message(
                "Đã nhập sai nhiều lần, xin thử lại sau 15 phút", "Wrong too often, please try again in 15 minutes"
            ),
            code="proof.locked",
            retry_after=900,
        )
    right = proves(context.keys, submission.code, submission.proof, birth)
    with context.store.write() as tables:
        if right:
            tables.submissions.proof_held(submission.submission_id)
        else:
            tables.submissions.proof_failed(submission.submission_id)
    if not right:
        raise NotAllowed(Message("Ngày sinh không khớp", "The birth date does not match"), code="proof.wrong")


def _form(request: Request, context: ServiceContext) -> Any:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise Unprocessable(
            Message("Cần multipart/form-data", "multipart/form-data is needed"), code="request.not_multipart"
        )
    return request.form(
        max_files=context.limits.max_files, max_fields=8, max_part_size=context.limits.max_declared_bytes
    )


def _receive(form: FormData, context: ServiceContext, key: str | None, caller: Caller) -> Submission:
    """Files that came with the form, then those that were sent before, in pieces."""
    asked = _asked(form, context, key)
    ids = [str(one) for one in form.getlist("uploads")]
    sent = [finished(context, upload_id, caller) for upload_id in ids]
    with contextlib.ExitStack() as stack:
        streams = [stack.enter_context(context.uploads.file(one.upload_id).open("rb")) for one in sent]
        more = [Upload(name=one.name, stream=stream) for one, stream in zip(sent, streams, strict=True)]
        submission = context.reception.receive(replace(asked, files=[*asked.files, *more]), caller)
    for one in sent:
        context.uploads.used(one.upload_id)
    return submission


def _asked(form: FormData, context: ServiceContext, key: str | None) -> Submit:
    unknown = set(form) - {"procedure", "declared", "files", "email", "phone", "uploads"}
    if unknown:
        raise Unprocessable(Message("Có phần không biết trong biểu mẫu", "The form has a part that is not known"))
    uploads = [one for one in form.getlist("files") if isinstance(one, UploadFile)]
    return Submit(
        procedure=_text(form, "procedure"),
        declared=declared_values(_text(form, "declared") or "{}", context.limits),
        files=[Upload(name=one.filename or "", stream=one.file) for one in uploads],
        key=key,
        email=checked_address(email) if (email := _text(form, "email").strip()) else None,
        phone=checked_phone(phone) if (phone := _text(form, "phone").strip()) else None,
    )


def _text(form: FormData, name: str) -> str:
    values = form.getlist(name)
    if len(values) > 1 or not all(isinstance(value, str) for value in values):
        raise Unprocessable(Message(f"Phần “{name}” phải là một đoạn chữ", f"{name!r} must be one text"))
    return str(values[0]) if values else ""


def found(context: ServiceContext, typed: str) -> Submission:
    """The submission of a code as a person may type it. Raises NotThere."""
    code = normal_code(typed)
    if code is not None:
        with context.store.read() as tables:
            submission = tables.submissions.by_code(code)
        if submission is not None:
            return submission
    raise NotThere(
        Message("Không có hồ sơ với mã này", "There is no submission with this code"), code="submission.unknown"
    )


def _again(context: ServiceContext, submission: Submission) -> Submission:
    with context.store.read() as tables:
        found = tables.submissions.by_id(submission.submission_id)
    if found is None:
        raise HTTPException(404)
    return found


def _view(
    context: ServiceContext, submission: Submission, *, full: bool, clerk: bool = False, notices: bool = False
) -> SubmissionModel:
    sent: Sequence[OutboxMessage] = ()
    if notices:
        with context.store.read() as tables:
            sent = tables.outbox.of_submission(submission.submission_id)
    place = context.queue.place(submission.submission_id)
    return submission_view(submission, place, full=full, clerk=clerk, notices=sent)


def shown(context: ServiceContext, submission: Submission, caller: Caller) -> SubmissionModel:
    """All of it, for a clerk of its office."""
    return _view(context, submission, full=True, clerk=caller.is_clerk_of(submission), notices=True)


def note_read(context: ServiceContext, submission: Submission, caller: Caller | None) -> None:
    """Personal data is about to be shown: noted first."""
    with context.store.write() as tables:
        tables.reads.append(
            actor=caller.name if caller else "citizen",
            office=caller.office if caller else "",
            action="submission.read",
            subject=submission.code,
            purpose=f"status:{submission.procedure}",
        )


async def _events(context: ServiceContext, submission: Submission) -> AsyncIterator[str]:
    with context.hub.listening(submission.submission_id) as changed:
        before = ""
        while True:
            changed.clear()
            submission = await anyio.to_thread.run_sync(_again, context, submission)
            now = _view(context, submission, full=False).model_dump_json()
            yield f"event: status\ndata: {now}\n\n" if now != before else ": \n\n"
            before = now
            if submission.state is not State.RECEIVED:
                return
            try:
                await asyncio.wait_for(changed.wait(), _HEARTBEAT_S)
            except TimeoutError:
                continue
