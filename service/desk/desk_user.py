"""The signed-in person at the review desk: dependencies of its routes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

import anyio.to_thread
from fastapi import Depends, Request
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from pipeline.domain.message import Message
from service.context import ServiceContext
from service.people.access import TheContext, session, signed_in
from service.people.accounts import Session
from service.people.office_user import to_sign_in
from service.people.reviewers import person_of
from service.wire.errors import NotAllowed
from storage.review import Person

_STALE = Message("Trang này đã hết hạn; hãy mở lại rồi gửi", "This page had expired; please open it again and send")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskUser:
    """A person with a role at the desk. `form`: the texts that their page sent, empty for anything but a form."""

    session: Session
    person: Person
    form: Mapping[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str:
        return self.form.get(name, "").strip()


def visitor(request: Request, context: TheContext) -> DeskUser:
    """The person who opens a page of the desk. Without a session the browser is redirected to the sign-in page."""
    session_of_cookie = signed_in(request, context)
    if session_of_cookie is None:
        raise to_sign_in(request, context)
    return DeskUser(session=session_of_cookie, person=_person(context, session_of_cookie))


async def form_visitor(request: Request, context: TheContext) -> DeskUser:
    """The person who sent a form of the desk's pages. Raises NotAllowed for a form that none of their pages made."""
    async with request.form(max_files=0, max_fields=60, max_part_size=20_000) as form:
        sent = texts(form)
    user = await anyio.to_thread.run_sync(visitor, request, context)
    if not context.accounts.came_from(user.session, sent.pop("csrf", "")):
        raise NotAllowed(_STALE, code="auth.csrf")
    return DeskUser(session=user.session, person=user.person, form=sent)


def program(context: TheContext, current: Annotated[Session, Depends(session)]) -> DeskUser:
    """The person who sends JSON, with the session's token in the header `Hotich-Csrf`."""
    return DeskUser(session=current, person=_person(context, current))


def texts(form: FormData) -> dict[str, str]:
    """The texts of a form; of several with one name the last."""
    return {name: value for name, value in form.multi_items() if isinstance(value, str)}


def redirect_to(path: str) -> RedirectResponse:
    """To the page that follows a form (303: the browser asks with GET)."""
    return RedirectResponse(path, status_code=303)


def _person(context: ServiceContext, session_of_user: Session) -> Person:
    return person_of(session_of_user, home_office=context.parts.home_office)


PageUser = Annotated[DeskUser, Depends(visitor)]
FormUser = Annotated[DeskUser, Depends(form_visitor)]
JsonUser = Annotated[DeskUser, Depends(program)]
