"""Signing in through the office's identity provider."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from pipeline.domain.message import Message
from service.context import ServiceContext
from service.people.access import TheContext, limited, peer, set_session_cookie
from service.people.browsers import browser_of
from service.people.oidc import OidcSignIn
from service.wire.errors import NotSignedIn, NotThere
from service.wire.problems import problems
from storage.people.security_log import SecurityEvent

router = APIRouter(tags=["people"], dependencies=[Depends(limited)])

_COOKIE = "hotich-oidc"
# A page, not a redirect: browsers do not send our strict cookie on a redirect that another site began.
_PAGE = (
    '<!doctype html><html lang="vi"><head><meta charset="utf-8"><meta http-equiv="refresh" '
    'content="0; url={to}"><title>hotich</title></head>'
    '<body><p><a href="{to}">Tiếp tục / Continue</a></p></body></html>'
)


@router.get(
    "/auth/oidc/login",
    status_code=302,
    summary="Sign in through the identity provider",
    response_class=RedirectResponse,
    responses=problems(404, 429, 503),
)
def login(context: TheContext) -> RedirectResponse:
    """Redirects to the provider; 404 where none is set."""
    started = _provider_sign_in(context).begin()
    answer = RedirectResponse(started.url, status_code=302)
    answer.set_cookie(
        _COOKIE, started.sealed, max_age=600, path="/auth/oidc", secure=context.secure, httponly=True, samesite="lax"
    )
    return answer


@router.get(
    "/auth/oidc/callback",
    summary="Come back from the identity provider",
    response_class=HTMLResponse,
    responses=problems(401, 404, 422, 429, 503),
)
def callback(
    request: Request,
    context: TheContext,
    state: Annotated[str, Query(max_length=200)],
    code: Annotated[str, Query(max_length=2000)] = "",
) -> HTMLResponse:
    """Begins a session for a person whom an account names."""
    sign_in = _provider_sign_in(context)
    sealed = request.cookies.get(_COOKIE)
    address = peer(request)
    try:
        if not code or not sealed:
            raise NotSignedIn(Message("Đăng nhập không thành công", "Signing in did not succeed"), code="auth.wrong")
        person = sign_in.finish(code=code, state=state, sealed=sealed)
        browser = browser_of(request.headers.get("user-agent", ""))
        session = context.accounts.begin(person, address=address, browser=browser)
    except NotSignedIn:
        context.security_log.note(SecurityEvent.NOT_SIGNED_IN, address=address, detail="oidc")
        raise
    context.security_log.note(SecurityEvent.SIGNED_IN, about=session.caller.client_id, address=address, detail="oidc")
    answer = HTMLResponse(_PAGE.format(to="/ban-duyet" if session.sits_at_desk else "/"))
    answer.delete_cookie(_COOKIE, path="/auth/oidc")
    set_session_cookie(answer, context, session)
    return answer


def _provider_sign_in(context: ServiceContext) -> OidcSignIn:
    if context.oidc is None:
        raise NotThere(Message("Chưa đặt hệ thống định danh", "No identity provider is set"), code="auth.no_provider")
    return context.oidc
