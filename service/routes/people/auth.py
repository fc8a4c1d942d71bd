"""Signing in and out for people who work with the service."""

from __future__ import annotations

from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from pipeline.domain.message import Message
from service.people.access import (
    TheClient,
    TheContext,
    TheSession,
    cookie_name,
    limited,
    set_device_cookie,
    set_session_cookie,
)
from service.people.accounts import Session
from service.people.look_up_reads import look_up_reads
from service.people.sign_in import sign_in
from service.wire.contract import Contract
from service.wire.errors import NotAllowed
from service.wire.problems import problems
from storage.people.security_log import SecurityEvent

router = APIRouter(tags=["people"])


class LoginRequest(Contract):
    login: str = Field(min_length=1, max_length=80)
    password: str = Field(min_length=1, max_length=200)
    totp: str | None = Field(
        default=None, max_length=40, description="The one-time code, for roles that need one, or a recovery code"
    )


class SessionModel(Contract):
    """Who is signed in; `person` is always the same for one person. Requests that change something send `csrf` as the
    header `Hotich-Csrf`."""

    person: str
    name: str
    roles: list[str]
    office: str
    csrf: str


class ReadModel(Contract):
    seq: int
    at: str
    actor: str
    office: str
    action: str
    subject: str
    purpose: str
    hash: str


class ReadsModel(Contract):
    reads: list[ReadModel]
    whole: bool = Field(description="Whether the log's chain of hashes holds")


@router.post(
    "/auth/login",
    summary="Sign in",
    response_model=SessionModel,
    responses=problems(400, 401, 403, 422, 429, 503),
    dependencies=[Depends(limited)],
)
async def login(body: LoginRequest, request: Request, response: Response, context: TheContext) -> SessionModel:
    """After five wrong tries from one place each further one there waits longer, up to a quarter of an hour; people who
    signed in from their browser before are not kept waiting by what others try. The answer never says what was wrong.
    A password that an administrator gave is refused here: it is good for choosing another by page.
    """
    session, device = await sign_in(request, context, login=body.login, password=body.password, totp=body.totp)
    if session.set_up:
        await anyio.to_thread.run_sync(context.accounts.sign_out, session.token)
        raise NotAllowed(
            Message(
                "Hãy đăng nhập trên trang web để đặt mật khẩu và mã xác thực của mình trước",
                "Sign in by the page first, to choose a password and a second factor",
            ),
            code="auth.set_up_first",
        )
    set_session_cookie(response, context, session)
    set_device_cookie(response, context, device)
    return _session_model(session)


@router.post("/auth/logout", status_code=204, summary="Sign out", responses=problems(401, 403, 429, 503))
def logout(response: Response, context: TheContext, session: TheSession) -> None:
    """Ends the session."""
    context.accounts.sign_out(session.token)
    context.security_log.note(SecurityEvent.SIGNED_OUT, about=session.caller.client_id)
    response.delete_cookie(cookie_name(context), path="/")


@router.get("/auth/me", summary="Who is signed in", response_model=SessionModel, responses=problems(401, 429, 503))
def me(session: TheSession) -> SessionModel:
    """The session of the request's cookie."""
    return _session_model(session)


@router.get(
    "/reads", summary="Who read which record", response_model=ReadsModel, responses=problems(401, 403, 422, 429, 503)
)
def read_log(
    context: TheContext,
    caller: TheClient,
    subject: Annotated[str, Query(min_length=1, max_length=60, description="A lookup code or holding code")],
) -> ReadsModel:
    """For auditors, of their own office's submissions and holdings."""
    reads, whole = look_up_reads(context.store, caller, subject, home_office=context.parts.home_office)
    return ReadsModel(
        reads=[
            ReadModel.model_validate({name: getattr(read, name) for name in ReadModel.model_fields}) for read in reads
        ],
        whole=whole,
    )


def _session_model(session: Session) -> SessionModel:
    return SessionModel(
        person=session.caller.client_id.removeprefix("user:"),
        name=session.name,
        roles=list(session.roles),
        office=session.caller.office,
        csrf=session.csrf,
    )
