"""Signing in and out for people who work with the service."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field

from service.context import ServiceContext
from service.people.access import TheClient, TheContext, TheSession, cookie_name, limited
from service.people.accounts import Session
from service.wire.contract import Contract
from service.wire.problems import problems
from storage.people import Scope
from storage.people.users import SESSION

router = APIRouter(tags=["people"])


class LoginRequest(Contract):
    login: str = Field(min_length=1, max_length=80)
    password: str = Field(min_length=1, max_length=200)
    totp: str | None = Field(default=None, max_length=10, description="The one-time code, for roles that need one")


class SessionModel(Contract):
    """Who is signed in, `person` for always the same one. Requests that change something send `csrf` as the header
    `Hotich-Csrf`."""

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
    responses=problems(400, 401, 422, 429, 503),
    dependencies=[Depends(limited)],
)
def login(body: LoginRequest, response: Response, context: TheContext) -> SessionModel:
    """After five wrong tries an account is locked for a quarter of an hour. The answer never tells what was wrong."""
    session = context.accounts.sign_in(body.login, body.password, body.totp)
    set_cookie(response, context, session)
    return _model(session)


@router.post("/auth/logout", status_code=204, summary="Sign out", responses=problems(401, 403, 429, 503))
def logout(response: Response, context: TheContext, session: TheSession) -> None:
    """Ends the session."""
    context.accounts.sign_out(session.token)
    response.delete_cookie(cookie_name(context), path="/")


@router.get("/auth/me", summary="Who is signed in", response_model=SessionModel, responses=problems(401, 429, 503))
def me(session: TheSession) -> SessionModel:
    """The session of the cookie that came."""
    return _model(session)


@router.get(
    "/reads", summary="Who read which record", response_model=ReadsModel, responses=problems(401, 403, 422, 429, 503)
)
def reads(
    context: TheContext,
    caller: TheClient,
    subject: Annotated[str, Query(min_length=1, max_length=60, description="A lookup code or holding code")],
) -> ReadsModel:
    """For auditors."""
    caller.need(Scope.AUDIT)
    with context.store.read() as tables:
        found = tables.reads.entries(subject=subject)
        whole = tables.reads.verify_chain().ok
    return ReadsModel(
        reads=[ReadModel.model_validate({n: getattr(one, n) for n in ReadModel.model_fields}) for one in found],
        whole=whole,
    )


def set_cookie(response: Response, context: ServiceContext, session: Session) -> None:
    """The session's cookie: for this host only, over TLS only, never to scripts, never from another site."""
    response.set_cookie(
        cookie_name(context),
        session.token,
        max_age=int(SESSION.total_seconds()),
        path="/",
        secure=context.secure,
        httponly=True,
        samesite="strict",
    )


def _model(session: Session) -> SessionModel:
    return SessionModel(
        person=session.caller.client_id.removeprefix("user:"),
        name=session.name,
        roles=list(session.roles),
        office=session.caller.office,
        csrf=session.csrf,
    )
