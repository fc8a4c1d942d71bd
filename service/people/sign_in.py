"""Signing in with login and password: who may try, when, and what a browser keeps of it."""

from __future__ import annotations

import anyio.to_thread
from fastapi import Request

from pipeline.domain.errors import WrongUse
from service.context import ServiceContext
from service.people.access import device_cookie, peer
from service.people.accounts import Session
from service.people.browsers import browser_of
from service.wire.errors import NotSignedIn, TooMany
from storage.people.security_log import SecurityEvent
from storage.people.users import login_name


async def sign_in(
    request: Request, context: ServiceContext, *, login: str, password: str, totp: str | None
) -> tuple[Session, str]:
    """A new session, and the value of the browser's device cookie. Raises NotSignedIn, TooMany, HashingBusy."""
    address, device = peer(request), device_cookie(request, context)
    try:
        name = login_name(login)
    except WrongUse:
        name = ""

    def try_() -> Session:
        browser = browser_of(request.headers.get("user-agent", ""))
        return context.accounts.sign_in(login, password, totp, address=address, browser=browser)

    try:
        async with context.hashing.place(address):
            context.sign_in_pace.begin(name, address=address, device=device)
            session = await anyio.to_thread.run_sync(try_)
    except (NotSignedIn, TooMany) as error:
        event = SecurityEvent.SLOWED if isinstance(error, TooMany) else SecurityEvent.NOT_SIGNED_IN
        about = await anyio.to_thread.run_sync(context.accounts.known_as, name)
        context.security_log.note(event, about=about, address=address)
        raise
    event = SecurityEvent.RECOVERED if session.recovered else SecurityEvent.SIGNED_IN
    context.security_log.note(event, about=session.caller.client_id, address=address)
    return session, context.sign_in_pace.succeeded(name, address=address, device=device)


async def prove_again(request: Request, context: ServiceContext, session: Session, password: str) -> None:
    """That whoever has a session knows its password too; guesses are slowed as at the sign-in. Raises Unprocessable
    for a wrong one, TooMany, HashingBusy."""
    address, device = peer(request), device_cookie(request, context)
    async with context.hashing.place(address):
        context.sign_in_pace.begin(session.login, address=address, device=device)
        await anyio.to_thread.run_sync(context.own_account.prove, session, password)
    context.sign_in_pace.succeeded(session.login, address=address, device=device)
