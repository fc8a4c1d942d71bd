"""The search page: stored papers by what stands on them, and what was found to take away.

What is looked for comes in a form's body, never in an address: browsers keep addresses, and servers note them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Final

from fastapi import APIRouter
from fastapi.responses import FileResponse, Response
from starlette.background import BackgroundTask

from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from pipeline.domain.model import Status
from pipeline.records.searching import Question
from service.context import ServiceContext
from service.desk import wording
from service.desk.desk_user import DeskUser, FormUser, PageUser
from service.desk.paper_view import types_of_paper
from service.pages import page
from service.people.access import TheContext
from service.wire.errors import NotAllowed, status_of
from storage.catalogue import Finds
from storage.catalogue.search import MOST_COUNTED
from storage.people import Role
from workers.exporting import ExportFormat
from workers.finding import CLOSENESS, Seeker

router = APIRouter(include_in_schema=False, prefix="/ban-duyet/tim")

ON_A_PAGE: Final = 50
_ASKED: Final = ("text", "name", "number", "date", "born", "place", "book", "document_type", "status")
_LONGEST: Final = 200
_TAKES_AWAY: Final = frozenset({Role.ARCHIVIST.value, Role.AUDITOR.value, Role.ADMIN.value})
_PURPOSE: Final = "tra cứu kho"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    finds: Finds
    number: int
    pages: int


@router.get("")
def form(context: TheContext, user: PageUser) -> Response:
    """The empty form."""
    return _page(context, user)


@router.post("")
def search(context: TheContext, user: FormUser) -> Response:
    """What was found, a page of it; or all of it as a file."""
    try:
        question = _question(user)
        if user.text("xuat"):
            return _export(context, user, question)
        most_pages = math.ceil(MOST_COUNTED / ON_A_PAGE)
        number = min(int(user.text("trang")), most_pages) if user.text("trang").isdecimal() else 1
        number = max(number, 1)
        finds = context.finder.find(question, _seeker(user), most=ON_A_PAGE, skip=(number - 1) * ON_A_PAGE)
    except WrongUse as error:
        return _page(context, user, problem=error.message, status=status_of(error))
    pages = min(math.ceil(finds.count / ON_A_PAGE), most_pages)
    return _page(context, user, shown=_Shown(finds=finds, number=number, pages=pages))


def _question(user: DeskUser) -> Question:
    asked = {name: user.text(name)[:_LONGEST] for name in _ASKED}
    return Question(**asked, near=user.text("near") == "1", offices=user.person.offices)


def _seeker(user: DeskUser) -> Seeker:
    purpose = user.text("purpose")[:_LONGEST] or _PURPOSE
    return Seeker(actor=f"user:{user.person.login}", office=user.person.offices[0], purpose=purpose)


def _export(context: ServiceContext, user: DeskUser, question: Question) -> Response:
    """Raises NotAllowed for roles that take nothing away."""
    if not _may_take_away(user):
        raise NotAllowed(Message("Vai trò này không xuất dữ liệu", "This role exports nothing"), code="auth.role")
    try:
        kind = ExportFormat(user.text("xuat"))
    except ValueError:
        raise WrongUse(Message("Không có định dạng này", "There is no such format")) from None
    folder = context.parts.tray.folder / "exports"
    folder.mkdir(mode=0o700, exist_ok=True)
    path: FilePath = folder / f"{context.keys.new_id()}.{kind.value}"
    context.finder.export(question, _seeker(user), path, kind)
    return FileResponse(
        path, media_type=kind.media_type, filename=f"giay-to.{kind.value}", background=BackgroundTask(path.unlink)
    )


def _may_take_away(user: DeskUser) -> bool:
    return not _TAKES_AWAY.isdisjoint(user.person.roles)


def _page(
    context: ServiceContext,
    user: DeskUser,
    *,
    shown: _Shown | None = None,
    problem: Message | None = None,
    status: int = 200,
) -> Response:
    return page(
        "desk_search.html",
        status=status,
        session=user.session,
        typed=user.form,
        types=types_of_paper(),
        statuses=[status.value for status in Status],
        shown=shown,
        closeness=CLOSENESS,
        may_export=_may_take_away(user),
        incomplete=not context.parts.catalogue.finds_everything(),
        most_counted=MOST_COUNTED,
        problem=problem,
        wording=wording,
    )
