"""The people of an office: who works here, as what, how they sign in."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import RedirectResponse, Response

from pipeline.domain.errors import InputError, WrongUse
from pipeline.domain.message import Message
from service.context import ServiceContext
from service.desk.wording import when
from service.pages import page
from service.people.access import TheContext
from service.people.administration import Given
from service.people.office_user import AdminFormUser, AdministeringUser, AdminUser
from service.people.wording import ROLE_HINTS, ROLES
from service.wire.errors import Conflict, Unprocessable, status_of

router = APIRouter(include_in_schema=False, prefix="/quan-tri")

UserId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
_DONE = {
    "doi": Message("Đã ghi thay đổi", "The change is recorded"),
    "khoa": Message("Đã khóa tài khoản, các phiên đã kết thúc", "The account is disabled, its sessions have ended"),
    "mo": Message("Đã mở lại tài khoản", "The account is enabled again"),
    "phien": Message("Đã kết thúc phiên đăng nhập", "Sessions have ended"),
}


@router.get("")
def people(context: TheContext, admin: AdminUser) -> Response:
    """Everybody of the office, and the form for one more."""
    return _people(context, admin)


@router.post("/them")
def add(context: TheContext, admin: AdminFormUser) -> Response:
    """A new account; shows its temporary password, this once."""
    sent = admin.user
    typed: dict[str, str | list[str]] = {
        "login": sent.text("login", 80),
        "name": sent.text("name"),
        "roles": sent.texts("role"),
    }
    try:
        given = context.administration.add(
            admin.by,
            sent.text("login", 80),
            name=sent.text("name") or sent.text("login", 80),
            office=admin.session.caller.office,
            roles=sent.texts("role"),
        )
    except (WrongUse, Unprocessable) as error:
        return _people(context, admin, problem=error.message, status=422, typed=typed)
    return _given(admin, given)


@router.get("/nguoi/{user_id}")
def person(user_id: UserId, context: TheContext, admin: AdminUser, xong: str = "") -> Response:
    """One person of the office. `xong`: what was just done."""
    return _person(context, admin, user_id, done=_DONE.get(xong))


@router.post("/nguoi/{user_id}/doi")
def change(user_id: UserId, context: TheContext, admin: AdminFormUser) -> Response:
    """Name and roles."""
    try:
        given = context.administration.describe(
            admin.by, user_id, name=admin.user.text("name"), roles=admin.user.texts("role")
        )
    except (WrongUse, Conflict) as error:
        return _person(context, admin, user_id, problem=error.message, status=_status(error))
    return _given(admin, given) if given.password else _back(user_id, "doi")


@router.post("/nguoi/{user_id}/khoa")
def disable(user_id: UserId, context: TheContext, admin: AdminFormUser) -> Response:
    """Shuts them out."""
    return _act(context, admin, user_id, "khoa", active=False)


@router.post("/nguoi/{user_id}/mo")
def enable(user_id: UserId, context: TheContext, admin: AdminFormUser) -> Response:
    """Lets them in again."""
    return _act(context, admin, user_id, "mo", active=True)


@router.post("/nguoi/{user_id}/mat-khau")
def new_password(user_id: UserId, context: TheContext, admin: AdminFormUser) -> Response:
    """A temporary password, shown this once."""
    try:
        return _given(admin, context.administration.new_password(admin.by, user_id))
    except Conflict as error:
        return _person(context, admin, user_id, problem=error.message, status=409)


@router.post("/nguoi/{user_id}/mat-dien-thoai")
def lost_phone(user_id: UserId, context: TheContext, admin: AdminFormUser) -> Response:
    """Ends the second factor; a temporary password, shown this once."""
    try:
        return _given(admin, context.administration.lost_phone(admin.by, user_id))
    except Conflict as error:
        return _person(context, admin, user_id, problem=error.message, status=409)


@router.post("/nguoi/{user_id}/phien")
def end_sessions(user_id: UserId, context: TheContext, admin: AdminFormUser) -> Response:
    """Ends one session that the form names, or all."""
    context.administration.end_sessions(admin.by, user_id, admin.user.text("session", 16) or None)
    return _back(user_id, "phien")


def _act(context: ServiceContext, admin: AdministeringUser, user_id: str, done: str, *, active: bool) -> Response:
    try:
        context.administration.set_active(admin.by, user_id, active)
    except (WrongUse, Conflict) as error:
        return _person(context, admin, user_id, problem=error.message, status=_status(error))
    return _back(user_id, done)


def _back(user_id: str, done: str) -> Response:
    return RedirectResponse(f"/quan-tri/nguoi/{user_id}?xong={done}", status_code=303)


def _given(admin: AdministeringUser, given: Given) -> Response:
    return page("admin_given.html", session=admin.session, given=given)


def _people(
    context: ServiceContext,
    admin: AdministeringUser,
    *,
    problem: Message | None = None,
    status: int = 200,
    typed: dict[str, str | list[str]] | None = None,
) -> Response:
    office = admin.session.caller.office
    open_sessions = context.administration.sessions(admin.by)
    return page(
        "admin_people.html",
        status=status,
        session=admin.session,
        office=office,
        office_name=context.administration.office_name(office),
        people=context.administration.people(admin.by),
        signed_in={one.user_id for one in open_sessions},
        roles=ROLES,
        hints=ROLE_HINTS,
        typed=typed or {"login": "", "name": "", "roles": []},
        problem=problem,
        when=when,
    )


def _person(
    context: ServiceContext,
    admin: AdministeringUser,
    user_id: str,
    *,
    done: Message | None = None,
    problem: Message | None = None,
    status: int = 200,
) -> Response:
    return page(
        "admin_person.html",
        status=status,
        session=admin.session,
        person=context.administration.person(admin.by, user_id),
        sessions=context.administration.sessions(admin.by, user_id=user_id),
        roles=ROLES,
        hints=ROLE_HINTS,
        done=done,
        problem=problem,
        when=when,
    )


def _status(error: WrongUse | InputError) -> int:
    return status_of(error)
