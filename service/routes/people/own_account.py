"""The page of one's own account: password, second factor, recovery codes, sessions; and the first sign-in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import anyio.to_thread
from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import RedirectResponse, Response

from pipeline.domain.message import Message
from service.context import ServiceContext
from service.desk.wording import when
from service.pages import page
from service.people.access import TheContext, cookie_name, peer
from service.people.accounts import Session
from service.people.hashing import HashingBusy
from service.people.office_user import AnyFormUser, AnyUser, OfficeUser, SetUpUser
from service.people.one_time_codes import address_of, qr_picture
from service.people.sign_in import prove_again
from service.people.visiting import bounded
from service.people.wording import ROLES
from service.wire.errors import TooMany, Unprocessable, status_of

router = APIRouter(include_in_schema=False, prefix="/tai-khoan", dependencies=[Depends(bounded)])

_DONE = {
    "mat-khau": Message("Đã đổi mật khẩu; các phiên khác đã kết thúc", "The password is changed; other sessions ended"),
    "phien": Message("Đã kết thúc phiên", "The session has ended"),
    "khoi-phuc": Message(
        "Bạn vừa đăng nhập bằng mã dự phòng. Nếu mất điện thoại, hãy đặt lại mã xác thực bên dưới",
        "You signed in by a recovery code. If your phone is lost, choose a new second factor below",
    ),
}
SessionId = Annotated[str, Path(pattern=r"^[0-9a-f]{16}$")]


@router.get("")
def own(context: TheContext, user: AnyUser, xong: str = "") -> Response:
    """The account. `xong`: what was just done."""
    return _page(context, user.session, done=_DONE.get(xong))


@router.post("/mat-khau")
async def change_password(request: Request, context: TheContext, user: AnyFormUser) -> Response:
    """A new password, for whoever types the present one."""

    def change() -> Response:
        context.own_account.choose_password(user.session, user.raw("new"), user.raw("again"), address=peer(request))
        return RedirectResponse("/tai-khoan?xong=mat-khau", status_code=303)

    return await _proved(request, context, user, change)


@router.post("/ma-xac-thuc")
async def offer_codes(request: Request, context: TheContext, user: AnyFormUser) -> Response:
    """A new second factor is offered, for whoever types the password."""

    def offer() -> Response:
        return page("own_codes.html", session=user.session, problem=None, shown=_offer(context, user.session))

    return await _proved(request, context, user, offer)


@router.post("/ma-xac-thuc/nhan")
def take_codes(request: Request, context: TheContext, user: AnyFormUser) -> Response:
    """The second factor, proved by one of its codes; shows the recovery codes."""
    offer, code = user.raw("offer"), user.text("code")
    try:
        codes = context.own_account.choose_codes(user.session, offer, code, address=peer(request))
    except Unprocessable as error:
        shown = _offer(context, user.session, offer)
        return page("own_codes.html", status=422, session=user.session, problem=error.message, shown=shown)
    return page("recovery_codes.html", session=user.session, codes=codes)


@router.post("/ma-du-phong")
async def recovery_codes(request: Request, context: TheContext, user: AnyFormUser) -> Response:
    """New recovery codes, for whoever types the password."""

    def make() -> Response:
        codes = context.own_account.new_recovery_codes(user.session, address=peer(request))
        return page("recovery_codes.html", session=user.session, codes=codes)

    return await _proved(request, context, user, make)


@router.post("/phien/{session_id}")
def end_session(session_id: SessionId, request: Request, context: TheContext, user: AnyFormUser) -> Response:
    """Ends one of one's own sessions."""
    context.own_account.end_session(user.session, session_id, address=peer(request))
    return RedirectResponse("/tai-khoan?xong=phien", status_code=303)


@router.post("/phien-khac")
def end_others(request: Request, context: TheContext, user: AnyFormUser) -> Response:
    """Ends every other session of one's own."""
    context.own_account.end_others(user.session, address=peer(request))
    return RedirectResponse("/tai-khoan?xong=phien", status_code=303)


@router.get("/lan-dau")
def first(context: TheContext, user: SetUpUser) -> Response:
    """An own password and a second factor, before anything else."""
    return _first_page(context, user.session)


@router.post("/lan-dau")
async def set_up(request: Request, context: TheContext, user: SetUpUser) -> Response:
    """Takes both, or says what is wrong; shows the recovery codes."""
    offer = user.raw("offer")

    def take() -> list[str]:
        return context.own_account.set_up(
            user.session,
            password=user.raw("new"),
            again=user.raw("again"),
            offer=offer,
            code=user.text("code"),
            address=peer(request),
        )

    try:
        async with context.hashing.place(peer(request)):
            codes = await anyio.to_thread.run_sync(take)
    except (Unprocessable, HashingBusy) as error:
        return _first_page(context, user.session, offer, problem=error.message, status=status_of(error))
    if not codes:
        return RedirectResponse(user.session.home, status_code=303)
    return page("recovery_codes.html", session=user.session, codes=codes)


@router.post("/lan-dau/thoi")
def later(context: TheContext, user: SetUpUser) -> Response:
    """Signs out without having chosen anything."""
    context.accounts.sign_out(user.session.token)
    answer = RedirectResponse("/dang-nhap", status_code=303)
    answer.delete_cookie(cookie_name(context), path="/")
    return answer


async def _proved(request: Request, context: ServiceContext, user: OfficeUser, act: Any) -> Response:
    """What follows the right password, or the page with what is wrong."""
    try:
        await prove_again(request, context, user.session, user.raw("password"))
        answer: Response = await anyio.to_thread.run_sync(act)
    except (Unprocessable, TooMany, HashingBusy) as error:
        problem, status = error.message, status_of(error)
        return await anyio.to_thread.run_sync(lambda: _page(context, user.session, problem=problem, status=status))
    return answer


def _page(
    context: ServiceContext,
    session: Session,
    *,
    done: Message | None = None,
    problem: Message | None = None,
    status: int = 200,
) -> Response:
    own_account = context.own_account
    user = own_account.user(session)
    return page(
        "own_account.html",
        status=status,
        session=session,
        user=user,
        roles=[ROLES[role] for role in session.roles],
        sessions=own_account.sessions(session),
        codes_left=own_account.codes_left(session),
        needs_code=own_account.needs_code(session),
        times=context.accounts.times,
        when=when,
        done=done,
        problem=problem,
    )


def _offer(context: ServiceContext, session: Session, before: str = "") -> dict[str, str]:
    """A secret with its picture: the one that was offered before, while that is good, so that nobody has to scan
    anew."""
    codes = context.accounts.codes
    secret = codes.offered(session.user_id, before) if before else None
    offer = before
    if secret is None:
        secret, offer = codes.offer(session.user_id)
    return {"offer": offer, "picture": qr_picture(address_of(secret, session.login)), "secret": _in_fours(secret)}


def _first_page(
    context: ServiceContext, session: Session, before: str = "", *, problem: Message | None = None, status: int = 200
) -> Response:
    offer = _offer(context, session, before) if "totp" in session.set_up else {"offer": "", "picture": "", "secret": ""}
    return page(
        "first_sign_in.html",
        status=status,
        session=None,
        csrf=session.csrf,
        login=session.login,
        wanted=session.set_up,
        problem=problem,
        shown=offer,
    )


def _in_fours(secret: str) -> str:
    return " ".join(_parts(secret))


def _parts(secret: str) -> Sequence[str]:
    return [secret[at : at + 4] for at in range(0, len(secret), 4)]
