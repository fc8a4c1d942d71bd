"""Pages of files that a browser cannot show by itself (PDF, TIFF, HEIC), drawn for whoever sent them."""

from __future__ import annotations

import hashlib
from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response

from pipeline.domain.message import Message
from service.context import ServiceContext
from service.desk.views import ScanViewer
from service.people.access import TheContext, peer
from service.people.visiting import bounded, visit_of
from service.submissions.look_up_submission import find_submission
from service.wire.errors import NotAllowed, NotThere, Unprocessable
from storage.submissions import SubmittedFile

router = APIRouter(include_in_schema=False, dependencies=[Depends(bounded)])

_PER_MINUTE = 30


@router.post("/ket-qua/{code}/trang/{ordinal}")
async def drawn(
    code: str,
    ordinal: Annotated[int, Path(ge=1, le=100)],
    request: Request,
    context: TheContext,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
    csrf: Annotated[str, Header(alias="Hotich-Csrf", max_length=200)] = "",
) -> Response:
    """A page of a file that was handed in, drawn from the file itself, which the visit that may see the submission
    sends again.

    Papers that are only shown are not stored, so there is nothing else to draw from; what comes is drawn and deleted.
    `Hotich-Scan` is the page's width and height in scan pixels, the unit of marked places.
    """
    wanted, viewer = await anyio.to_thread.run_sync(_wanted, context, request, code, ordinal, csrf)
    digest, came = hashlib.sha256(), 0
    with viewer.lent() as path:
        async with await anyio.open_file(path, "wb") as file:
            async for chunk in request.stream():
                came += len(chunk)
                if came > wanted.size:
                    break
                digest.update(chunk)
                await file.write(chunk)
        if came != wanted.size or digest.hexdigest() != wanted.sha256:
            raise Unprocessable(
                Message("Không phải tệp đã gửi trong hồ sơ này", "This is not the file that was sent"),
                code="page.other_file",
            )
        view = await anyio.to_thread.run_sync(lambda: viewer.once(path, sha256=wanted.sha256, page=page))
    width, height = view.scan_size
    return Response(view.picture, media_type="image/jpeg", headers={"Hotich-Scan": f"{width} {height}"})


def _wanted(
    context: ServiceContext, request: Request, code: str, ordinal: int, csrf: str
) -> tuple[SubmittedFile, ScanViewer]:
    """The file that may be drawn. Raises TooMany, NotAllowed, NotThere."""
    context.rates.take(f"drawn:{peer(request)}", _PER_MINUTE)
    visit = visit_of(request, context)
    if visit is None or not context.visits.came_from_us(visit, csrf):
        raise NotAllowed(Message("Trang này đã hết hạn", "This page had expired"), code="page.expired")
    viewer, submission = context.parts.viewer, find_submission(context.store, code)
    if viewer is None or submission is None or submission.blocked:
        raise NotThere(Message("Không có tệp này", "There is no such file"))
    if not visit.may_see(submission) or ordinal > len(submission.files):
        raise NotThere(Message("Không có tệp này", "There is no such file"))
    return submission.files[ordinal - 1], viewer
