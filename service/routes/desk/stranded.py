"""The administrator's page of what is in nobody's queue, with the move to an office that has people for it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from pipeline.domain.message import Message
from service.context import ServiceContext
from service.desk import wording
from service.desk.desk_user import DeskUser, FormUser, PageUser, redirect_to
from service.desk.stranded import look_for_stranded, move_stranded
from service.pages import page
from service.people.access import TheContext
from service.wire.errors import Conflict, Unprocessable, status_of

router = APIRouter(include_in_schema=False, prefix="/ban-duyet/khong-ai-thay")


@router.get("")
def stranded(
    context: TheContext, user: PageUser, xong: Annotated[str, Query(pattern=r"^(\d{1,9}-\d{1,9})?$")] = ""
) -> Response:
    """What waits for nobody, by office, and the form of the move."""
    return _page(context, user, done=xong)


@router.post("")
def move(context: TheContext, user: FormUser) -> Response:
    """First asks whether that many shall go there; moves them where that was confirmed."""
    to = user.text("to")
    if user.text("sure") != "1":
        return _page(context, user, to=to)
    try:
        moved = move_stranded(
            context.reviews, user.person, to=to, seen=user.text("seen"), home_office=context.parts.home_office
        )
    except (Conflict, Unprocessable) as error:
        return _page(context, user, to=to, problem=error.message, status=status_of(error))
    return redirect_to(f"/ban-duyet/khong-ai-thay?xong={moved.items}-{moved.submissions}")


def _page(
    context: ServiceContext,
    user: DeskUser,
    *,
    to: str = "",
    done: str = "",
    problem: Message | None = None,
    status: int = 200,
) -> Response:
    view = look_for_stranded(context.reviews, user.person, home_office=context.parts.home_office)
    return page(
        "desk_stranded.html",
        status=status,
        session=user.session,
        view=view,
        to=to if to in view.offices else None,
        asked=user.form.get("to") is not None,
        done=done.split("-") if done else None,
        problem=problem,
        wording=wording,
    )
