"""Handing in a submission, asking for its status, following it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Annotated, Any

import anyio.to_thread
from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import StreamingResponse
from starlette.datastructures import FormData, UploadFile

from pipeline.domain.message import Message
from service.context import ServiceContext
from service.notices.email import checked_address
from service.notices.sms import checked_phone
from service.people.access import MaybeClient, TheClient, TheContext
from service.people.callers import Caller
from service.submissions.follow_submission import follow_submission, wait_for_answer
from service.submissions.hand_in import hand_in_with_uploads
from service.submissions.look_up_submission import look_up_submission
from service.submissions.receive_submission import SubmissionRequest, Upload, declared_values
from service.submissions.show_submission import show_submission, view_of
from service.wire.contract import LookupCode, SubmissionModel
from service.wire.errors import Unprocessable
from service.wire.form_with_files import form_with_files
from service.wire.problems import problems
from storage.people import Scope
from storage.submissions import State, Submission

router = APIRouter(tags=["submissions"])

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


@router.post(
    "/submissions",
    summary="Hand in files for a procedure and get the verdict",
    response_description="The verdict",
    response_model=SubmissionModel,
    responses={
        202: {"model": SubmissionModel, "description": "Recorded and queued; follow `links`"},
        **problems(400, 401, 403, 404, 409, 413, 415, 422, 429, 503, 507),
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
    """The submission is recorded before anything is read, so that no answer is lost: 200 with the verdict, or 202 when
    it takes longer than a few seconds."""
    caller.need(Scope.SUBMIT)
    async with _form(request, context) as form:
        submission = await anyio.to_thread.run_sync(_receive, form, context, key, caller)
    submission = await wait_for_answer(context, submission)
    if submission.state is State.RECEIVED:
        response.status_code = 202
        response.headers["Retry-After"] = "2"
    response.headers["Location"] = f"/submissions/{submission.code}"
    return view_of(context, submission, full=True, clerk=caller.is_clerk_of(submission))


@router.get(
    "/submissions/{code}",
    summary="How a submission stands",
    response_model=SubmissionModel,
    responses=problems(401, 403, 404, 409, 422, 429, 503),
)
def status(
    code: LookupCode,
    context: TheContext,
    caller: MaybeClient,
    birth: Annotated[str | None, _BIRTH] = None,
) -> SubmissionModel:
    """Anybody with the code learns the status and what is wrong. Values are shown only to the client that handed it in,
    to a clerk of its office, and to whoever proves the birth date."""
    return show_submission(context, code, caller, birth)


@router.get(
    "/submissions/{code}/events",
    summary="Follow a submission until it is answered",
    response_class=StreamingResponse,
    responses={
        200: {"description": "Events named `status`, each a submission without values; ends with the answer",
              "content": {"text/event-stream": {"schema": _EVENT}}},
        **problems(401, 404, 409, 422, 429, 503),
    },
)  # fmt: skip
def events(code: LookupCode, context: TheContext, _caller: MaybeClient) -> StreamingResponse:
    """The place in the queue, the pages as they are read, the answer."""
    submission = look_up_submission(context.store, code)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_events(context, submission), media_type="text/event-stream", headers=headers)


async def _events(context: ServiceContext, submission: Submission) -> AsyncIterator[str]:
    """Server-sent events; a comment, which clients ignore, as a sign of life."""
    async for view in follow_submission(context, submission):
        yield f"event: status\ndata: {view.model_dump_json()}\n\n" if view is not None else ": \n\n"


def _form(request: Request, context: ServiceContext) -> AbstractAsyncContextManager[FormData]:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise Unprocessable(
            Message("Cần multipart/form-data", "multipart/form-data is needed"), code="request.not_multipart"
        )
    limits = context.limits
    return form_with_files(request, max_files=limits.max_files, max_fields=8, max_part_size=limits.max_declared_bytes)


def _receive(form: FormData, context: ServiceContext, key: str | None, caller: Caller) -> Submission:
    request = _submission_request(form, context, key)
    return hand_in_with_uploads(context, request, [str(upload_id) for upload_id in form.getlist("uploads")], caller)


def _submission_request(form: FormData, context: ServiceContext, key: str | None) -> SubmissionRequest:
    unknown = set(form) - {"procedure", "declared", "files", "email", "phone", "uploads"}
    if unknown:
        raise Unprocessable(Message("Có phần không biết trong biểu mẫu", "The form has a part that is not known"))
    files = [file for file in form.getlist("files") if isinstance(file, UploadFile)]
    return SubmissionRequest(
        procedure=_text(form, "procedure"),
        declared=declared_values(_text(form, "declared") or "{}", context.limits),
        files=[Upload(name=file.filename or "", stream=file.file) for file in files],
        key=key,
        email=checked_address(email) if (email := _text(form, "email").strip()) else None,
        phone=checked_phone(phone) if (phone := _text(form, "phone").strip()) else None,
    )


def _text(form: FormData, name: str) -> str:
    values = form.getlist(name)
    if len(values) > 1 or not all(isinstance(value, str) for value in values):
        raise Unprocessable(Message(f"Phần “{name}” phải là một đoạn chữ", f"{name!r} must be one text"))
    return str(values[0]) if values else ""
