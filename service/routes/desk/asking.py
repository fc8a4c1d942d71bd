"""The page at the counter: may this paper still be asked for?

The number comes in a form's body, never in an address, and is not shown again.
"""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter
from fastapi.responses import Response

from pipeline.domain.message import Message
from pipeline.judging.asking import load_rules
from pipeline.judging.verdict import load_procedures
from service.asking.ask import ask_about
from service.asking.contract import AskModel, AskRequest
from service.asking.wording import BASES, FIELDS, KINDS
from service.desk import wording
from service.desk.desk_user import DeskUser, FormUser, PageUser
from service.pages import page
from service.people.access import TheContext
from service.wire.errors import Unprocessable, status_of
from storage.people import Scope

router = APIRouter(include_in_schema=False, prefix="/ban-duyet/yeu-cau-giay")

_CHOOSE: Final = Message("Hãy chọn giấy tờ", "Choose a paper")
_LONGEST: Final = 600
_BASES: Final = {base.value: name for base, name in BASES.items()}


@router.get("")
def form(user: PageUser) -> Response:
    """The empty form. Raises NotAllowed for roles that look nobody up."""
    user.session.caller.need(Scope.ASK)
    return _page(user)


@router.post("")
def ask(context: TheContext, user: FormUser) -> Response:
    """The answer above the form, which is ready for the next person. Raises NotAllowed as above."""
    user.session.caller.need(Scope.ASK)
    code, _, role = user.text("paper").partition("/")
    try:
        if not code or not role:
            raise Unprocessable(_CHOOSE, code="paper.unknown")
        request = AskRequest.model_construct(
            procedure=code,
            paper=role,
            person=user.text("person")[:_LONGEST],
            officer=user.session.caller.name,
            note=user.text("note")[:200],
        )
        answer = ask_about(context, request, user.session.caller)
    except Unprocessable as error:
        return _page(user, problem=error.message, status=status_of(error))
    return _page(user, answer=answer)


@router.get("/quy-tac")
def rules(user: PageUser) -> Response:
    """The rules as they stand, for whoever wants to check an answer: nobody's data are on it."""
    book = load_rules()
    names = {code: wanted.name for code, wanted in load_procedures().items()}
    return page(
        "desk_asking_rules.html",
        session=user.session,
        book=book,
        names=names,
        bases=_BASES,
        kinds=KINDS,
        fields=FIELDS,
        wording=wording,
    )


def _page(
    user: DeskUser, *, answer: AskModel | None = None, problem: Message | None = None, status: int = 200
) -> Response:
    chosen = user.text("paper")
    procedures = load_procedures()
    wanted = procedures.get(chosen.partition("/")[0])
    paper = next((p for p in wanted.papers if p.role == chosen.partition("/")[2]), None) if wanted else None
    return page(
        "desk_asking.html",
        status=status,
        session=user.session,
        procedures=procedures.values(),
        chosen=chosen,
        wanted=wanted,
        paper=paper,
        note=user.text("note"),
        answer=answer,
        bases=_BASES,
        problem=problem,
        wording=wording,
    )
