"""The review desk's pages: the queue, the work page, the history of a value, submissions that wait for a person."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from pipeline.domain.message import Message
from service.context import ServiceContext
from service.desk import wording
from service.desk.desk_user import DeskUser, PageUser, redirect_to
from service.desk.given_lanes import given_to_people, leads_the_desk, turn_of, whose
from service.desk.keys import BY_NAME, FIXED
from service.desk.stranded import look_for_stranded, sees_stranded
from service.pages import page
from service.people.access import TheContext
from service.people.reviewers import decides
from service.submissions.at_desk import submissions_waiting
from service.wire.errors import Unprocessable
from storage.review import Filters
from storage.review.lanes import Lane

router = APIRouter(include_in_schema=False, prefix="/ban-duyet")

TheDocument = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
_FILTERS: Final = ("document_type", "field_class", "field", "book", "reason", "stage", "document_id", "item")
_LAST: Final = "hotich-desk-last"


@router.get("")
def queue(request: Request, context: TheContext, user: PageUser) -> Response:
    """The waiting items of the person's office, grouped by what is decided alike, and the next whole papers."""
    context.evidence.wake()
    chosen = _chosen(request)
    filters = _filters(chosen)
    given = given_to_people(context.reviews, user.person)
    lanes = sorted(context.desk.lanes(user.person, filters), key=lambda lane: turn_of(lane, given, user.person.login))
    return page(
        "desk_queue.html",
        session=user.session,
        chosen=chosen,
        groups=_grouped(lanes),
        total=sum(lane.count for lane in lanes),
        options=_options(lanes, chosen),
        papers=context.desk.waiting_papers(user.person, filters),
        decides=decides(user.person),
        has_work=bool(lanes) and decides(user.person) and context.desk.has_work_for(user.person, filters),
        query=_query(chosen),
        last=request.cookies.get(_LAST, ""),
        submissions=submissions_waiting(context, user.session.caller),
        stranded=_stranded(context, user),
        whose=lambda lane: whose(lane, given),
        resting=[lane for lane in given if lane.rests],
        leads=leads_the_desk(user.person),
        link=_link,
        wording=wording,
    )


@router.get("/lam")
def work(request: Request, context: TheContext, user: PageUser) -> Response:
    """The page where items of one selection are decided, one after the other."""
    if not decides(user.person):
        return redirect_to("/ban-duyet")
    context.evidence.wake()
    chosen = _chosen(request)
    filters = {name: int(value) if name == "stage" else value for name, value in chosen.items()}
    answer = page(
        "desk_work.html",
        session=user.session,
        filters=json.dumps(filters),
        chosen=_in_words(chosen),
        keys=user.session.preferences.desk_keys,
        actions=BY_NAME,
        fixed=FIXED,
    )
    answer.set_cookie(_LAST, _query(chosen), max_age=90 * 86_400, path="/ban-duyet", httponly=True, samesite="strict")
    return answer


@router.get("/lich-su/{document_id}")
def trail(
    document_id: TheDocument,
    context: TheContext,
    user: PageUser,
    field: Annotated[str | None, Query(max_length=100)] = None,
) -> Response:
    """Who did what to which value, when and why. What a person is still to decide independently is not shown."""
    document, _, items = context.desk.document(user.person, document_id)
    entries = context.desk.history(user.person, document_id, field or None)
    blind = {item.field for item in items if item.state == "open" and item.stage > 1}
    lines = [(entry, wording.details_of(entry.details, hidden=entry.field in blind)) for entry in entries]
    return page(
        "desk_trail.html",
        session=user.session,
        document=document,
        field=field,
        lines=lines,
        blind=blind,
        wording=wording,
    )


def _stranded(context: ServiceContext, user: DeskUser) -> int:
    """How many open things nobody sees, for who can mend it; 0 for anybody else."""
    if not sees_stranded(user.person):
        return 0
    view = look_for_stranded(context.reviews, user.person, home_office=context.parts.home_office)
    return view.items + view.submissions


def _chosen(request: Request) -> dict[str, str]:
    """The filters of the address. Raises Unprocessable for a stage that does not exist."""
    filters = {name: request.query_params.get(name, "")[:200] for name in _FILTERS}
    if filters["stage"] and filters["stage"] not in ("1", "2", "3"):
        raise Unprocessable(Message("Không có lần duyệt này", "There is no such stage"))
    return {name: value for name, value in filters.items() if value}


def _filters(chosen: dict[str, str]) -> Filters:
    filters = {name: value for name, value in chosen.items() if name not in ("item", "stage")}
    return Filters(**filters, stage=int(chosen["stage"]) if "stage" in chosen else None)


def _query(chosen: dict[str, str]) -> str:
    return urlencode(chosen)


def _link(lane: Lane) -> str:
    filters = {"document_type": lane.document_type, "field_class": lane.field_class, "field": lane.entry,
            "book": lane.book, "stage": lane.stage}  # fmt: skip
    return "/ban-duyet/lam?" + urlencode({name: value for name, value in filters.items() if value != ""})


def _grouped(lanes: Sequence[Lane]) -> list[tuple[str, int, list[Lane]]]:
    """(class of field, how many items, its lanes), the most urgent class first."""
    groups: dict[str, list[Lane]] = {}
    for lane in lanes:
        groups.setdefault(lane.field_class, []).append(lane)
    return [(name, sum(lane.count for lane in lanes), lanes) for name, lanes in groups.items()]


def _options(lanes: Sequence[Lane], chosen: dict[str, str]) -> dict[str, list[str]]:
    """The choices of each filter: what waits, and what is chosen already."""
    names = ("document_type", "field_class", "book", "reason")
    options: dict[str, set[str]] = {name: {chosen[name]} if name in chosen else set() for name in names}
    for lane in lanes:
        for name in names:
            options[name].add(getattr(lane, name))
    return {name: sorted(values - {""}) for name, values in options.items()}


def _in_words(chosen: dict[str, str]) -> list[Message]:
    in_words: dict[str, Callable[[str], Message]] = {
        "document_type": wording.paper_words,
        "field_class": lambda value: wording.CLASSES.get(value, Message.same(value)),
        "field": wording.field_words,
        "book": lambda value: Message(f"sổ {value}", f"book {value}"),
        "reason": wording.reason_words,
        "stage": lambda value: wording.STAGES[int(value)],
        "document_id": lambda _: Message("một giấy tờ", "one paper"),
        "item": lambda _: Message("một mục", "one item"),
    }
    return [
        in_words[name](value) for name, value in chosen.items() if not (name == "field_class" and "field" in chosen)
    ]
