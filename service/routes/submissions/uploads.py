"""Resumable upload by the tus protocol 1.0 (core, creation, expiration, termination).

A file is sent in as many pieces as the network allows; `POST /submissions` then names the finished upload by its id
instead of carrying the file.
"""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter, Header, Path, Request, Response
from starlette.requests import ClientDisconnect

from pipeline.domain.message import Message
from service.people.access import TheClient, TheContext
from service.submissions.partial_uploads import begin_upload, look_up_upload
from service.wire.errors import Unprocessable
from service.wire.problems import problems
from storage.submissions.uploads import PartialUpload

router = APIRouter(tags=["uploads"])

_VERSION = "1.0.0"
_PIECE = "application/offset+octet-stream"
UploadId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
_BODY = {"requestBody": {"required": True, "content": {_PIECE: {"schema": {"type": "string"}}}}}


@router.options("/uploads", status_code=204, summary="What the server knows of tus")
def options(context: TheContext, response: Response) -> None:
    """Version, extensions and the largest file."""
    response.headers["Tus-Resumable"] = response.headers["Tus-Version"] = _VERSION
    response.headers["Tus-Extension"] = "creation,expiration,termination"
    response.headers["Tus-Max-Size"] = str(context.limits.max_file_bytes)


@router.post(
    "/uploads", status_code=201, summary="Begin an upload", responses=problems(401, 403, 412, 413, 422, 429, 503)
)
def begin(
    context: TheContext,
    caller: TheClient,
    response: Response,
    length: Annotated[int, Header(alias="Upload-Length", ge=1)],
    metadata: Annotated[str, Header(alias="Upload-Metadata", max_length=2000)] = "",
    resumable: Annotated[str | None, Header(alias="Tus-Resumable")] = None,
) -> None:
    """`Upload-Metadata` may hold `filename`. The answer's `Location` is where pieces go, until `Upload-Expires`."""
    _check_version(resumable)
    upload = begin_upload(context, caller, name=_metadata(metadata).get("filename", ""), length=length)
    _set_headers(response, upload)
    response.headers["Location"] = f"/uploads/{upload.upload_id}"


@router.head("/uploads/{upload_id}", summary="How much of it is here", responses=problems(401, 404, 412, 422, 429, 503))
def where(
    upload_id: UploadId,
    context: TheContext,
    caller: TheClient,
    response: Response,
    resumable: Annotated[str | None, Header(alias="Tus-Resumable")] = None,
) -> None:
    """`Upload-Offset` is where the next piece begins."""
    _check_version(resumable)
    _set_headers(response, look_up_upload(context.uploads, upload_id, caller))


@router.patch(
    "/uploads/{upload_id}",
    status_code=204,
    summary="Send a piece",
    responses=problems(401, 403, 404, 409, 412, 415, 422, 429, 503),
    openapi_extra=_BODY,
)
async def piece(
    upload_id: UploadId,
    request: Request,
    context: TheContext,
    caller: TheClient,
    response: Response,
    offset: Annotated[int, Header(alias="Upload-Offset", ge=0)],
    resumable: Annotated[str | None, Header(alias="Tus-Resumable")] = None,
) -> None:
    """All bytes that arrive are kept, also when the connection breaks."""
    _check_version(resumable)
    if request.headers.get("content-type") != _PIECE:
        raise Unprocessable(Message(f"Cần {_PIECE}", f"{_PIECE} is needed"), code="upload.type")
    upload = await anyio.to_thread.run_sync(look_up_upload, context.uploads, upload_id, caller)
    writer = await anyio.to_thread.run_sync(context.uploads.append, upload, offset)
    try:
        async for chunk in request.stream():
            await anyio.to_thread.run_sync(writer.write, chunk)
    except ClientDisconnect:
        return
    finally:
        await anyio.to_thread.run_sync(writer.close)
    _set_headers(response, await anyio.to_thread.run_sync(look_up_upload, context.uploads, upload_id, caller))


@router.delete(
    "/uploads/{upload_id}", status_code=204, summary="Give it up", responses=problems(401, 403, 404, 412, 422, 429, 503)
)
def give_up(
    upload_id: UploadId,
    context: TheContext,
    caller: TheClient,
    response: Response,
    resumable: Annotated[str | None, Header(alias="Tus-Resumable")] = None,
) -> None:
    """Removes the upload."""
    _check_version(resumable)
    context.uploads.remove(look_up_upload(context.uploads, upload_id, caller).upload_id)
    response.headers["Tus-Resumable"] = _VERSION


def _set_headers(response: Response, upload: PartialUpload) -> None:
    expires = datetime.fromisoformat(upload.expires_at).astimezone(UTC)
    response.headers["Tus-Resumable"] = _VERSION
    response.headers["Upload-Offset"] = str(upload.offset)
    response.headers["Upload-Length"] = str(upload.length)
    response.headers["Upload-Expires"] = format_datetime(expires, usegmt=True)
    response.headers["Cache-Control"] = "no-store"


def _check_version(resumable: str | None) -> None:
    if resumable != _VERSION:
        raise Unprocessable(
            Message("Cần Tus-Resumable: 1.0.0", "Tus-Resumable: 1.0.0 is needed"), code="upload.version"
        )


def _metadata(header: str) -> dict[str, str]:
    """`name base64, name base64` as the protocol has it. What is not such a pair is left out."""
    metadata: dict[str, str] = {}
    for pair in header.split(","):
        name, _, value = pair.strip().partition(" ")
        try:
            metadata[name] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            continue
    return metadata
