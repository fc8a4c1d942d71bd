"""The programs of an office: what they may do, and their keys. Rights beyond the office are refused, and that is
noted."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import RedirectResponse, Response

from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from service.context import ServiceContext
from service.pages import page
from service.people.access import TheContext
from service.people.client_administration import BEYOND_AN_OFFICE
from service.people.office_user import AdminFormUser, AdministeringUser, AdminUser
from service.people.wording import SCOPES
from service.wire.errors import status_of
from storage.people import Scope

router = APIRouter(include_in_schema=False, prefix="/quan-tri/ung-dung")

ClientId = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9-]{1,30}$")]
_MOST = 10_000  # requests a minute
_LONGEST_OVERLAP_H = 24 * 30
_DONE = {
    "doi": Message("Đã ghi thay đổi", "The change is recorded"),
    "khoa": Message("Đã khóa ứng dụng khách", "The client is disabled"),
    "mo": Message("Đã mở lại ứng dụng khách", "The client is enabled again"),
}


@router.get("")
def clients(context: TheContext, admin: AdminUser, xong: str = "") -> Response:
    """Every client of the office, and the form for one more."""
    return _page(context, admin, done=_DONE.get(xong))


@router.post("/them")
def add(context: TheContext, admin: AdminFormUser) -> Response:
    """A new client; shows its key, this once."""
    sent = admin.user
    client = sent.text("client", 40)
    try:
        key = context.client_administration.add(
            admin.by,
            client,
            name=sent.text("name") or client,
            office=admin.session.caller.office,
            scopes=sent.texts("scope"),
            rate_per_minute=_number(sent.text("rate", 6), 600, _MOST),
        )
    except WrongUse as error:
        return _page(context, admin, problem=error.message, status=status_of(error))
    return page("admin_key.html", session=admin.session, client=client, key=key)


@router.post("/{client_id}/doi")
def change(client_id: ClientId, context: TheContext, admin: AdminFormUser) -> Response:
    """Name, scopes and rate."""
    sent = admin.user
    before = context.client_administration.client(admin.by, client_id)
    try:
        context.client_administration.describe(
            admin.by,
            client_id,
            name=sent.text("name") or before.name,
            scopes=sent.texts("scope"),
            rate_per_minute=_number(sent.text("rate", 6), before.rate_per_minute, _MOST),
        )
    except WrongUse as error:
        return _page(context, admin, problem=error.message, status=status_of(error))
    return _back("doi")


@router.post("/{client_id}/khoa-moi")
def new_key(client_id: ClientId, context: TheContext, admin: AdminFormUser) -> Response:
    """A new key, shown this once; older ones stay good for so many hours."""
    hours = _number(admin.user.text("overlap", 6), 24, _LONGEST_OVERLAP_H)
    key = context.client_administration.new_key(admin.by, client_id, overlap=timedelta(hours=hours))
    return page("admin_key.html", session=admin.session, client=client_id, key=key)


@router.post("/{client_id}/khoa")
def disable(client_id: ClientId, context: TheContext, admin: AdminFormUser) -> Response:
    """Shuts it out."""
    context.client_administration.set_active(admin.by, client_id, False)
    return _back("khoa")


@router.post("/{client_id}/mo")
def enable(client_id: ClientId, context: TheContext, admin: AdminFormUser) -> Response:
    """Lets it in again."""
    try:
        context.client_administration.set_active(admin.by, client_id, True)
    except WrongUse as error:
        return _page(context, admin, problem=error.message, status=status_of(error))
    return _back("mo")


def _back(done: str) -> Response:
    return RedirectResponse(f"/quan-tri/ung-dung?xong={done}", status_code=303)


def _number(typed: str, otherwise: int, most: int) -> int:
    return min(int(typed), most) if typed.isascii() and typed.isdigit() else otherwise


def _page(
    context: ServiceContext,
    admin: AdministeringUser,
    *,
    done: Message | None = None,
    problem: Message | None = None,
    status: int = 200,
) -> Response:
    return page(
        "admin_clients.html",
        status=status,
        session=admin.session,
        clients=context.client_administration.clients(admin.by),
        scopes={scope: words for scope, words in SCOPES.items() if scope not in BEYOND_AN_OFFICE},
        names=SCOPES,
        beyond={scope.value for scope in BEYOND_AN_OFFICE},
        status_scope=Scope.STATUS.value,
        done=done,
        problem=problem,
    )
