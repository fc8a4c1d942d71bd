"""Who makes a request: dependencies of the routes."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Depends, Request, Response, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from pipeline.domain.message import Message
from service.context import ServiceContext
from service.people.accounts import Session
from service.people.callers import Caller
from service.wire.addresses import network_of
from service.wire.errors import NotAllowed, NotSignedIn
from storage.people.security_log import SecurityEvent

_bearer = HTTPBearer(
    auto_error=False, scheme_name="clientKey", description="A client's API key, `hk_…`, made by `hotich client add`."
)
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_PER_USER = 600
_DEVICE_S = 365 * 24 * 3600
# What pages ask by themselves while they stand open: a session is not kept alive by it.
_BY_ITSELF = re.compile(r"/desk/claims/keep|/ban-duyet/ho-so/[^/]+/giu")


async def the_context(request: Request) -> ServiceContext:
    context: ServiceContext = request.app.state.context
    return context


TheContext = Annotated[ServiceContext, Depends(the_context)]
SentKey = Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]


def peer(request: Request) -> str:
    """The address a request came from; of an IPv6 address the /64 network, which one household has. A proxy in front
    has to be named to the server that listens."""
    return network_of(request.client.host if request.client else "?")


def limited(request: Request, context: TheContext) -> None:
    """Bounds how often one address may ask without signing in or a key. Raises TooMany."""
    context.rates.take(f"address:{peer(request)}", context.limits.anonymous_per_minute)


def cookie_name(context: ServiceContext) -> str:
    """The name of the session's cookie: over TLS one that no other host can set."""
    return "__Host-hotich" if context.secure else "hotich"


def set_session_cookie(response: Response, context: ServiceContext, session: Session) -> None:
    """The session's cookie: for this host only, over TLS only, never to scripts, never from another site."""
    response.set_cookie(
        cookie_name(context),
        session.token,
        max_age=int(context.accounts.times.lasts.total_seconds()),
        path="/",
        secure=context.secure,
        httponly=True,
        samesite="strict",
    )


def device_cookie(request: Request, context: ServiceContext) -> str:
    """What a browser in which somebody signed in before carries; empty for others."""
    return request.cookies.get(_device_name(context), "")[:400]


def set_device_cookie(response: Response, context: ServiceContext, value: str) -> None:
    """Marks the browser as one that its people signed in from. Gives no right but to tries of its own."""
    response.set_cookie(
        _device_name(context),
        value,
        max_age=_DEVICE_S,
        path="/",
        secure=context.secure,
        httponly=True,
        samesite="strict",
    )


def _device_name(context: ServiceContext) -> str:
    return "__Host-hotich-device" if context.secure else "hotich-device"


def signed_in(request: Request, context: ServiceContext) -> Session | None:
    """The session of the cookie, None without one. A caller that changes something checks `Accounts.came_from` as
    well."""
    token = request.cookies.get(cookie_name(context))
    used = _BY_ITSELF.fullmatch(request.url.path) is None
    current = context.accounts.session(token, used=used) if token else None
    if current is not None:
        request.state.caller = current.caller.client_id
        context.rates.take(current.caller.client_id, _PER_USER)
    return current


def setting_up(request: Request, context: ServiceContext) -> Session | None:
    """The session of somebody who has yet to choose a password or a second factor, None for anybody else."""
    token = request.cookies.get(cookie_name(context))
    return context.accounts.setting_up(token) if token else None


def maybe_session(request: Request, context: TheContext) -> Session | None:
    """The session of the cookie, None without one. Raises NotAllowed where a request that changes something lacks the
    session's token."""
    current = signed_in(request, context)
    if current is None or request.method in _SAFE:
        return current
    if not context.accounts.came_from(current, request.headers.get("hotich-csrf", "")):
        raise NotAllowed(
            Message("Thiếu mã chống giả mạo", "The Hotich-Csrf header is missing or wrong"), code="auth.csrf"
        )
    return current


def session(request: Request, context: TheContext) -> Session:
    """The session. Raises NotSignedIn without one."""
    current = maybe_session(request, context)
    if current is None:
        limited(request, context)
        raise NotSignedIn(Message("Cần đăng nhập", "Signing in is needed"))
    return current


def maybe_client(request: Request, context: TheContext, api_key: SentKey) -> Caller | None:
    """The client whose key came, or the person whose session it is; None for anybody else. Raises NotSignedIn for a
    wrong key, which counts against its address, and TooMany."""
    if api_key is None:
        person = maybe_session(request, context)
        if person is not None:
            return person.caller
        limited(request, context)
        return None
    with context.store.read() as tables:
        sender = tables.clients.by_key(api_key.credentials)
    if sender is None:
        context.security_log.note(SecurityEvent.KEY_REFUSED, address=peer(request))
        limited(request, context)
        raise NotSignedIn(
            Message("Khóa API không đúng hoặc đã hết hạn", "The API key is wrong or has expired"), code="auth.key"
        )
    request.state.caller = f"client:{sender.client_id}"
    context.rates.take(f"client:{sender.client_id}", sender.rate_per_minute)
    return Caller.of(sender)


def client(request: Request, context: TheContext, api_key: SentKey) -> Caller:
    """The client or the signed-in person. Raises NotSignedIn for anybody else, TooMany."""
    caller = maybe_client(request, context, api_key)
    if caller is None:
        raise NotSignedIn(Message("Cần khóa API hoặc đăng nhập", "An API key or a session is needed"))
    return caller


TheClient = Annotated[Caller, Depends(client)]
MaybeClient = Annotated[Caller | None, Depends(maybe_client)]
TheSession = Annotated[Session, Depends(session)]
