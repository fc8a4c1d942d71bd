"""The page where whoever leads the desk gives books and kinds to people, and takes them back."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Path
from fastapi.responses import Response

from pipeline.domain.errors import InputError, WrongUse
from pipeline.domain.message import Message
from service.context import ServiceContext
from service.desk import wording
from service.desk.desk_user import DeskUser, FormUser, PageUser, redirect_to
from service.desk.given_lanes import give_lane, lanes_to_give, take_lane_back
from service.pages import page
from service.people.access import TheContext
from service.wire.errors import status_of

router = APIRouter(include_in_schema=False, prefix="/ban-duyet/giao-viec")

_PERSON: Final = "nguoi."
_LONGEST: Final = 200


@router.get("")
def given(context: TheContext, user: PageUser) -> Response:
    """What is given to whom, and the form to give more."""
    return _page(context, user)


@router.post("")
def give(context: TheContext, user: FormUser) -> Response:
    """Gives a lane, or shows the form again with what is wrong with it."""
    people = [name.removeprefix(_PERSON) for name, value in user.form.items() if name.startswith(_PERSON) and value]
    days = user.text("days")
    try:
        give_lane(
            context.reviews,
            user.person,
            people=people,
            days=int(days) if days.isdecimal() else 0,
            book=user.text("book")[:_LONGEST],
            kind=user.text("document_type")[:_LONGEST],
            field_class=user.text("field_class")[:_LONGEST],
        )
    except (InputError, WrongUse) as error:
        return _page(context, user, problem=error.message, status=status_of(error))
    return redirect_to("/ban-duyet/giao-viec")


@router.post("/{lane_id}/thu-lai")
def take_back(
    lane_id: Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")], context: TheContext, user: FormUser
) -> Response:
    """The lane is everybody's again."""
    take_lane_back(context.reviews, user.person, lane_id)
    return redirect_to("/ban-duyet/giao-viec")


def _page(context: ServiceContext, user: DeskUser, *, problem: Message | None = None, status: int = 200) -> Response:
    view = lanes_to_give(context.reviews, user.person)
    return page(
        "desk_given_lanes.html",
        status=status,
        session=user.session,
        view=view,
        names=dict(view.people),
        typed=user.form,
        problem=problem,
        wording=wording,
    )
