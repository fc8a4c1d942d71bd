"""The page that a copy's QR code leads to: genuine, superseded or unknown; what it says only to whoever proves it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import RedirectResponse, Response

from pipeline.domain.message import Message
from service.context import ServiceContext
from service.holdings.check_copy import ShownField, check_copy, is_this_file, show_to_holder
from service.pages import page
from service.people.access import TheContext
from service.people.visiting import bounded, keep_visit, visit_of
from service.wire.errors import Unprocessable

router = APIRouter(include_in_schema=False, dependencies=[Depends(bounded)])

TheCode = Annotated[str, Path(max_length=40)]
_STALE = Message("Trang này để lâu nên đã hết hạn, hãy gửi lần nữa", "This page had expired; please send once more")
_WRONG = Message(
    "Ngày sinh không khớp với bản sao này. Nếu đã thử nhiều lần, hãy đợi 15 phút.",
    "The birth date does not fit this copy. If you tried several times, wait 15 minutes.",
)


@router.get("/kiem-tra")
def ask(ma: Annotated[str, Query(max_length=40)] = "") -> Response:
    """The code typed by hand, where there is no camera."""
    code = "".join(letter for letter in ma if letter.isalnum() or letter == "-")
    return RedirectResponse(f"/kiem-tra/{code}" if code else "/xac-nhan", status_code=303)


@router.get("/kiem-tra/{code}")
def check(code: TheCode, request: Request, context: TheContext, digest: str = "") -> Response:
    """How the copy stands; with a digest, whether that file is it."""
    return _page(request, context, code, digest="".join(digest.split()).removeprefix("sha256:")[:80])


@router.post("/kiem-tra/{code}")
async def prove(code: TheCode, request: Request, context: TheContext) -> Response:
    """What stands on it, for whoever knows the birth date of a person it is about."""
    if not request.headers.get("content-type", "").startswith(
        ("application/x-www-form-urlencoded", "multipart/form-data")
    ):
        raise Unprocessable(Message("Cần biểu mẫu của trang này", "The page's own form is needed"))
    async with request.form(max_files=0, max_fields=4, max_part_size=1000) as form:
        typed = {name: str(form.get(name, ""))[:200] for name in ("birth", "csrf")}
    return await anyio.to_thread.run_sync(_prove, request, context, code, typed)


def _prove(request: Request, context: ServiceContext, code: str, typed: dict[str, str]) -> Response:
    visit = visit_of(request, context)
    if visit is None or not context.visits.came_from_us(visit, typed["csrf"]):
        return _page(request, context, code, problem=_STALE, status=403)
    shown = show_to_holder(context, check_copy(context, code), typed["birth"].strip())
    if shown is None:
        return _page(request, context, code, problem=_WRONG, status=404)
    return _page(request, context, code, shown=shown)


def _page(
    request: Request,
    context: ServiceContext,
    code: str,
    *,
    digest: str = "",
    status: int = 200,
    shown: Sequence[ShownField] | None = None,
    problem: Message | None = None,
) -> Response:
    visit = visit_of(request, context)
    visit = context.visits.begin() if visit is None else context.visits.renewed(visit)
    checked = check_copy(context, code)
    same = is_this_file(checked, digest) if digest and checked.copy is not None else None
    answer = page(
        "check_copy.html", status=status, checked=checked, same=same, digest=digest, shown=shown, problem=problem,
        csrf=context.visits.csrf(visit),
    )  # fmt: skip
    keep_visit(answer, context, visit)
    return answer
