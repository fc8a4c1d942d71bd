"""Signing in and out by page, for people of the office."""

from __future__ import annotations

import re
from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response

from pipeline.domain.message import Message
from service.context import ServiceContext
from service.desk.desk_user import FormUser, texts
from service.pages import page
from service.people.access import TheContext, cookie_name, limited, set_device_cookie, set_session_cookie
from service.people.hashing import HashingBusy
from service.people.office_user import SET_UP
from service.people.sign_in import sign_in
from service.people.visiting import bounded, keep_visit, visit_of
from service.wire.errors import NotSignedIn, TooMany, status_of
from storage.people.security_log import SecurityEvent

router = APIRouter(include_in_schema=False, dependencies=[Depends(bounded)])

_OURS = re.compile(r"/(?:ban-duyet|quan-tri|tai-khoan)(?:[/?][\x21-\x7e]*)?")  # no redirect to another site
_STALE = Message("Trang này để lâu nên đã hết hạn, hãy bấm lần nữa", "This page had expired; please try once more")


@router.get("/dang-nhap")
def ask(request: Request, context: TheContext, toi: Annotated[str, Query(max_length=2000)] = "") -> Response:
    """The form. `toi`: the page to open after signing in."""
    return _form(request, context, toi)


@router.post("/dang-nhap", dependencies=[Depends(limited)])
async def take(request: Request, context: TheContext) -> Response:
    """Begins a session, or shows the form again; it never says what was wrong."""
    async with request.form(max_files=0, max_fields=8, max_part_size=4000) as form:
        sent = texts(form)
    return await _signed_in(request, context, sent)


@router.post("/dang-xuat")
def leave(user: FormUser, context: TheContext) -> Response:
    """Ends the session. What the desk had not sent yet stays in the browser."""
    context.accounts.sign_out(user.session.token)
    context.security_log.note(SecurityEvent.SIGNED_OUT, about=user.session.caller.client_id)
    answer = RedirectResponse("/dang-nhap", status_code=303)
    answer.delete_cookie(cookie_name(context), path="/")
    return answer


async def _signed_in(request: Request, context: ServiceContext, sent: dict[str, str]) -> Response:
    toi, login = sent.get("toi", ""), sent.get("login", "")[:80]
    # A form of another site could sign somebody in as somebody else.
    if not context.visits.came_from_us(
        await anyio.to_thread.run_sync(visit_of, request, context), sent.get("csrf", "")
    ):
        return await _again(request, context, toi, login, _STALE, 403)
    try:
        session, device = await sign_in(
            request,
            context,
            login=login,
            password=sent.get("password", "")[:200],
            totp=sent.get("totp", "")[:40] or None,
        )
    except (NotSignedIn, TooMany, HashingBusy) as error:
        return await _again(request, context, toi, login, error.message, status_of(error))
    to = toi if _OURS.fullmatch(toi) else session.home
    if session.set_up or session.recovered:
        to = SET_UP if session.set_up else "/tai-khoan?xong=khoi-phuc"
    answer = RedirectResponse(to, status_code=303)
    set_session_cookie(answer, context, session)
    set_device_cookie(answer, context, device)
    return answer


async def _again(
    request: Request, context: ServiceContext, toi: str, login: str, problem: Message, status: int
) -> Response:
    def made() -> Response:
        return _form(request, context, toi, login=login, problem=problem, status=status)

    return await anyio.to_thread.run_sync(made)


def _form(
    request: Request,
    context: ServiceContext,
    toi: str,
    *,
    login: str = "",
    problem: Message | None = None,
    status: int = 200,
) -> Response:
    visit = visit_of(request, context)
    visit = context.visits.begin() if visit is None else context.visits.renewed(visit)
    answer = page(
        "sign_in.html",
        status=status,
        session=None,
        csrf=context.visits.csrf(visit),
        toi=toi,
        login=login,
        problem=problem,
        provider=context.oidc is not None,
    )
    keep_visit(answer, context, visit)
    return answer
