"""What a person chooses of the desk's pages: colours, typing, keys."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from pipeline.domain.message import Message
from service.desk.desk_user import DeskUser, FormUser, PageUser, redirect_to
from service.desk.keys import ACTIONS, BY_NAME, CHOICES, WrongKeys, changed_keys, shown_key
from service.desk.preferences import THEMES, TYPINGS, Preferences
from service.pages import page
from service.people.access import TheContext

router = APIRouter(include_in_schema=False, prefix="/ban-duyet/tuy-chinh")


@router.get("")
def ask(user: PageUser, xong: Annotated[str, Query(max_length=3)] = "") -> Response:
    """The form, with what the person chose before."""
    return _form(user, user.session.preferences, done=bool(xong))


@router.post("")
def keep(context: TheContext, user: FormUser) -> Response:
    """Keeps everything that is on the form; keys that cannot be are said, and nothing is kept then."""
    if user.text("again"):
        context.accounts.prefer(user.session, Preferences())
        return redirect_to("/ban-duyet/tuy-chinh?xong=1")
    wanted = {action.name: user.text(f"key.{action.name}") for action in ACTIONS}
    chosen = _chosen(user, replace(user.session.preferences, keys=wanted))
    try:
        chosen = replace(chosen, keys=changed_keys(wanted))
    except WrongKeys as wrong:
        return _form(user, chosen, problem=wrong.message, status=422)
    context.accounts.prefer(user.session, chosen)
    return redirect_to("/ban-duyet/tuy-chinh?xong=1")


@router.post("/giao-dien", status_code=204)
def theme(context: TheContext, user: FormUser) -> None:
    """Keeps the colours alone, for the switch on every page."""
    context.accounts.prefer(user.session, _chosen(user, user.session.preferences))


@router.post("/go", status_code=204)
def typing(context: TheContext, user: FormUser) -> None:
    """Keeps the way of typing alone, for the switch beside the item."""
    context.accounts.prefer(user.session, _chosen(user, user.session.preferences))


def _chosen(user: DeskUser, before: Preferences) -> Preferences:
    """What the form says of colours and typing; what it does not name stays."""
    wanted_theme, wanted_typing = user.form.get("theme", before.theme), user.form.get("typing", before.typing)
    return replace(
        before,
        theme=wanted_theme if wanted_theme in THEMES else before.theme,
        typing=wanted_typing if wanted_typing in TYPINGS else before.typing,
    )


def _form(
    user: DeskUser, typed: Preferences, *, problem: Message | None = None, done: bool = False, status: int = 200
) -> Response:
    return page(
        "desk_preferences.html",
        status=status,
        session=user.session,
        typed=typed,
        problem=problem,
        done=done,
        themes=THEMES,
        typings=TYPINGS,
        actions=BY_NAME,
        choices=[(key, shown_key(key)) for key in CHOICES],
    )
