"""The overview's pages: how the work goes, the items behind each number, each table as CSV."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from pipeline.domain.message import Message
from pipeline.settling.triage import TriageSettings
from service.context import ServiceContext
from service.desk import wording
from service.desk.overview.overview import VIETNAM, Overview, Period, promised_words, sees_all, span_of
from service.desk.overview.plots import decimal, english, number, percent
from service.desk.overview.tables import csv_bytes
from service.desk.visit import AtDesk, Visitor
from service.pages import page
from service.people.access import TheContext
from service.wire.errors import NotAllowed, NotThere, Unprocessable
from storage.review import Kind
from storage.review.listing import Wanted, listed
from storage.review.statistics import Span
from storage.times import time_text

router = APIRouter(include_in_schema=False, prefix="/ban-duyet")

_PAGE: Final = 100
_FURTHEST: Final = 100  # pages: who wants more narrows it down, or takes the CSV of another table
_PLAIN: Final = ("document_type", "form", "book", "field_class", "field", "reason", "read_by", "document_id")
_KINDS: Final = {"sample": (Kind.SAMPLE,), "seed": (Kind.SEED,), "doubt": (Kind.DOUBT, Kind.REOPENED)}
_STATES: Final = ("open", "done", "all")
ThePeriod = Annotated[Period, Query()]
By = Annotated[Literal["class", "form", "book"] | None, Query()]


def the_overview(request: Request, context: TheContext) -> Overview:
    """The one that keeps what it counted; made when it is first asked for."""
    state = request.app.state
    if not hasattr(state, "overview"):
        promise = 1.0 - TriageSettings().accept_at
        state.overview = Overview(store=context.reviews, promise=promise)
    found: Overview = state.overview
    return found


TheOverview = Annotated[Overview, Depends(the_overview)]


@router.get("/tong-quan")
def overview(at: Visitor, counted: TheOverview, period: ThePeriod = Period.WEEK, by: By = None) -> Response:
    """How the work goes in the person's office."""
    summary = counted.of(at.person, period, by=by)
    return page(
        "overview.html",
        session=at.session,
        summary=summary,
        promised=promised_words(summary),
        by=by,
        periods=[(one.value, _PERIODS[one]) for one in Period],
        number=number,
        percent=percent,
        english=english,
        days=lambda value: decimal(value, 0 if value >= 10 else 1),
    )


@router.get("/tong-quan/{name}.csv")
def table(name: str, at: Visitor, counted: TheOverview, period: ThePeriod = Period.WEEK, by: By = None) -> Response:
    """One of its tables for a spreadsheet."""
    found = counted.of(at.person, period, by=by).tables.get(name)
    if found is None:
        raise NotThere(Message("Không có bảng này", "There is no such table"))
    headers = {"Content-Disposition": f'attachment; filename="{found.name}.csv"'}
    return Response(csv_bytes(found), media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/muc")
def items(
    request: Request, context: TheContext, at: Visitor, trang: Annotated[int, Query(ge=1, le=_FURTHEST)] = 1
) -> Response:
    """The items behind a number: what they are and how they stand, without a value."""
    asked = {name: value[:200] for name, value in request.query_params.items() if name != "trang"}
    wanted = _wanted(context, at, asked)
    with context.reviews.read() as tables:
        found = listed(tables.connection, at.person.offices, wanted, most=_PAGE + 1, skip=(trang - 1) * _PAGE)
    return page(
        "overview_items.html",
        session=at.session,
        items=found[:_PAGE],
        more=len(found) > _PAGE and trang < _FURTHEST,
        at_page=trang,
        asked=asked,
        told=_told(asked),
        wording=wording,
        results=_RESULTS,
        states=_STATE_WORDS,
    )


_PERIODS: Final = {
    Period.TODAY: Message("Hôm nay", "Today"),
    Period.WEEK: Message("7 ngày", "7 days"),
    Period.MONTH: Message("30 ngày", "30 days"),
}
_STATE_WORDS: Final = {
    "open": Message("đang chờ", "waiting"),
    "done": Message("đã quyết định", "decided"),
    "withdrawn": Message("không hỏi nữa", "withdrawn"),
    "all": Message("mọi trạng thái", "whatever became of them"),
}
_RESULTS: Final = {
    "accept": Message("nhận", "accepted"),
    "correct": Message("sửa", "corrected"),
    "illegible": Message("không đọc được", "illegible"),
    "absent": Message("giấy không ghi", "not on the form"),
    "wrong_type": Message("sai loại giấy", "wrong type"),
    "wrong_split": Message("sai cách tách trang", "wrong pages"),
    "retake": Message("cần quét lại", "to be scanned again"),
}
_KIND_WORDS: Final = {
    "sample": Message("mẫu kiểm tra ngẫu nhiên", "random sample"),
    "seed": Message("mục có sẵn đáp án", "seeded"),
    "doubt": Message("máy chưa chắc", "doubtful"),
}


def _wanted(context: ServiceContext, at: AtDesk, asked: dict[str, str]) -> Wanted:
    """What was asked for. Raises Unprocessable for what there is not, NotAllowed for others' work and for why
    something was asked, which only auditors and administrators may see."""
    state, stage, kind, person = (asked.get(name, "") for name in ("state", "stage", "kind", "person"))
    if state not in (*_STATES, "") or stage not in ("", "1", "2", "3") or kind not in (*_KINDS, ""):
        raise Unprocessable(Message("Không có cách lọc này", "There is no such filter"))
    telling = kind or asked.get("wrong") or asked.get("by_people")
    if (telling or person not in ("", at.person.login)) and not sees_all(at.person):
        raise NotAllowed(Message("Cần vai trò kiểm tra", "An auditor's role is needed"), code="auth.role")
    now = context.reviews.clock()
    return Wanted(
        state=state or "open",
        **{name: asked.get(name) for name in _PLAIN},
        stage=int(stage) if stage else None,
        changed=bool(asked.get("changed")),
        person=person or None,
        kinds=_KINDS.get(kind, ()),
        by_people={"0": False, "1": True}.get(asked.get("by_people", "")),
        wrong=bool(asked.get("wrong")),
        span=_period(asked.get("period", ""), now),
        decided=_day(asked["day"]) if asked.get("day") else _period(asked.get("decided", ""), now),
        older_than=asked.get("older_than"),
        younger_than=asked.get("younger_than"),
    )


def _period(text: str, now: datetime) -> Span | None:
    if not text:
        return None
    if text not in set(Period):
        raise Unprocessable(Message("Không có khoảng thời gian này", "There is no such period"))
    return span_of(Period(text), now)


def _day(text: str) -> Span:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise Unprocessable(Message("Ngày không hợp lệ", "Not a date")) from error
    begin = datetime(day.year, day.month, day.day, tzinfo=VIETNAM)
    return Span(since=time_text(begin), until=time_text(begin + timedelta(days=1)))


def _told(asked: dict[str, str]) -> list[Message]:
    """What is shown, in words."""
    told = [_STATE_WORDS[asked.get("state") or "open"]]
    if asked.get("document_type"):
        told.append(wording.paper_words(asked["document_type"], asked.get("form")))
    if asked.get("field_class"):
        told.append(wording.CLASSES.get(asked["field_class"], Message.same(asked["field_class"])))
    if asked.get("book"):
        told.append(Message(f"sổ {asked['book']}", f"book {asked['book']}"))
    if asked.get("reason"):
        told.append(wording.reason_words(asked["reason"]))
    if asked.get("kind"):
        told.append(_KIND_WORDS[asked["kind"]])
    if asked.get("wrong"):
        told.append(Message("máy hoặc người đã sai", "found wrong"))
    if asked.get("changed"):
        told.append(Message("đã sửa", "changed"))
    if asked.get("person"):
        told.append(Message(f"do {asked['person']} quyết định", f"decided by {asked['person']}"))
    for name in ("period", "decided"):
        if asked.get(name):
            told.append(_PERIODS[Period(asked[name])])
    if asked.get("day"):
        told.append(Message(f"ngày {asked['day']}", f"on {asked['day']}"))
    return told
