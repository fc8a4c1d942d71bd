"""Whoever is signed in, whatever their role, and administrators: dependencies of the pages about people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated
from urllib.parse import quote

import anyio.to_thread
from fastapi import Depends, HTTPException, Request

from pipeline.domain.message import Message
from service.context import ServiceContext
from service.people.access import TheContext, setting_up, signed_in
from service.people.accounts import Session
from service.people.administration import Administrator
from service.wire.errors import NotAllowed

SET_UP = "/tai-khoan/lan-dau"
STALE = Message("Trang này đã hết hạn; hãy mở lại rồi gửi", "This page had expired; please open it again and send")


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeUser:
    """A signed-in person. `form`: what their page sent, by name; empty for anything but a form."""

    session: Session
    form: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def text(self, name: str, most: int = 200) -> str:
        """The last text of this name, without spaces around it."""
        return (self.raw(name) or "").strip()[:most]

    def raw(self, name: str) -> str:
        """The last text of this name as it was typed: passwords keep their spaces."""
        return self.form[name][-1] if self.form.get(name) else ""

    def texts(self, name: str) -> list[str]:
        """Every text of this name, as ticked boxes send them."""
        return list(self.form.get(name, ()))


def to_sign_in(request: Request, context: ServiceContext) -> HTTPException:
    """Leads to the sign-in page, or somebody who has yet to choose a password to where that is done."""
    if setting_up(request, context) is not None:
        return HTTPException(303, headers={"Location": SET_UP})
    address = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return HTTPException(303, headers={"Location": f"/dang-nhap?toi={quote(address)}"})


def visitor(request: Request, context: TheContext) -> OfficeUser:
    """The person who opens a page. Without a session the browser is redirected to the sign-in page."""
    current = signed_in(request, context)
    if current is None:
        raise to_sign_in(request, context)
    return OfficeUser(session=current)


async def form_visitor(request: Request, context: TheContext) -> OfficeUser:
    """The person who sent a form. Raises NotAllowed for a form that none of their pages made."""
    sent = await form_of(request)
    user = await anyio.to_thread.run_sync(visitor, request, context)
    return came_from(context, user.session, sent)


async def set_up_visitor(request: Request, context: TheContext) -> OfficeUser:
    """Somebody who has yet to choose a password; of a form its sender. Anybody else is led to the sign-in page."""
    sent = await form_of(request) if request.method == "POST" else None
    current = await anyio.to_thread.run_sync(setting_up, request, context)
    if current is None:
        raise HTTPException(303, headers={"Location": "/dang-nhap?toi=/tai-khoan"})
    return OfficeUser(session=current) if sent is None else came_from(context, current, sent)


def came_from(context: ServiceContext, session: Session, sent: dict[str, list[str]]) -> OfficeUser:
    """The sender of a form. Raises NotAllowed for one that another page made."""
    token = sent.pop("csrf", [""])[-1]
    if not context.accounts.came_from(session, token):
        raise NotAllowed(STALE, code="auth.csrf")
    return OfficeUser(session=session, form=sent)


async def form_of(request: Request) -> dict[str, list[str]]:
    """The texts of a form by their names."""
    async with request.form(max_files=0, max_fields=60, max_part_size=8_000) as form:
        found: dict[str, list[str]] = {}
        for name, value in form.multi_items():
            if isinstance(value, str):
                found.setdefault(name, []).append(value)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class AdministeringUser:
    """An administrator of an office, at its pages."""

    user: OfficeUser
    by: Administrator

    @property
    def session(self) -> Session:
        return self.user.session


def administrator(user: Annotated[OfficeUser, Depends(visitor)]) -> AdministeringUser:
    """Raises NotAllowed for anybody who is no administrator."""
    return AdministeringUser(user=user, by=Administrator.of(user.session.caller))


def form_administrator(user: Annotated[OfficeUser, Depends(form_visitor)]) -> AdministeringUser:
    """Raises NotAllowed likewise, and for a form that none of their pages made."""
    return AdministeringUser(user=user, by=Administrator.of(user.session.caller))


AnyUser = Annotated[OfficeUser, Depends(visitor)]
AnyFormUser = Annotated[OfficeUser, Depends(form_visitor)]
SetUpUser = Annotated[OfficeUser, Depends(set_up_visitor)]
AdminUser = Annotated[AdministeringUser, Depends(administrator)]
AdminFormUser = Annotated[AdministeringUser, Depends(form_administrator)]
