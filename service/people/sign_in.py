"""Signing in with login and password: who may try, when, and what a browser keeps of it."""

from __future__ import annotations

import anyio.to_thread
from fastapi import Request

from pipeline.domain.errors import WrongUse
from service.context import ServiceContext
from service.people.access import device_cookie, peer
from service.people.accounts import Session
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
    async with context.hashing.place(address):
        context.sign_in_pace.begin(name, address=address, device=device)
        session = await anyio.to_thread.run_sync(context.accounts.sign_in, login, password, totp)
    return session, context.sign_in_pace.succeeded(name, address=address, device=device)
