"""The items behind a number of the overview: the filters of a query, and their words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from pipeline.domain.message import Message
from service.desk import wording
from service.desk.overview.overview import VIETNAM, Period, sees_all, span_of
from service.wire.errors import NotAllowed, Unprocessable
from storage.review import Kind, Person, ReviewStore
from storage.review.listing import ItemFilter, ListedItem, select_items
from storage.review.statistics import Span
from storage.times import time_text

_PLAIN: Final = ("document_type", "form", "book", "field_class", "field", "reason", "read_by", "document_id")
_KINDS: Final = {"sample": (Kind.SAMPLE,), "seed": (Kind.SEED,), "doubt": (Kind.DOUBT, Kind.REOPENED)}
_ASKABLE_STATES: Final = ("open", "done", "all")
PERIODS: Final = {
    Period.TODAY: Message("Hôm nay", "Today"),
    Period.WEEK: Message("7 ngày", "7 days"),
    Period.MONTH: Message("30 ngày", "30 days"),
}
STATES: Final = {
    "open": Message("đang chờ", "waiting"),
    "done": Message("đã quyết định", "decided"),
    "withdrawn": Message("không hỏi nữa", "withdrawn"),
    "all": Message("mọi trạng thái", "whatever became of them"),
}
RESULTS: Final = {
    "accept": Message("nhận", "accepted"),
    "correct": Message("sửa", "corrected"),
    "illegible": Message("không đọc được", "illegible"),
    "absent": Message("giấy không ghi", "not on the form"),
    "wrong_type": Message("sai loại giấy tờ", "wrong type"),
    "wrong_split": Message("sai cách tách trang", "wrong pages"),
    "retake": Message("cần quét lại", "to be scanned again"),
}
_KIND_WORDS: Final = {
    "sample": Message("mẫu kiểm tra ngẫu nhiên", "random sample"),
    "seed": Message("mục có sẵn đáp án", "seeded"),
    "doubt": Message("máy chưa chắc", "doubtful"),
}


def list_items(
    store: ReviewStore, person: Person, query: Mapping[str, str], *, most: int, skip: int
) -> Sequence[ListedItem]:
    """The items that a query of the overview's links asks for, in this person's offices. Raises Unprocessable,
    NotAllowed."""
    wanted = _wanted(person, query, store.clock())
    with store.read() as tables:
        return select_items(tables.connection, person.offices, wanted, most=most, skip=skip)


def _wanted(person: Person, query: Mapping[str, str], now: datetime) -> ItemFilter:
    """What was asked for. Raises Unprocessable for what does not exist, NotAllowed for others' work and for why
    something was asked, which only auditors and administrators may see."""
    state, stage, kind, decided_by = (query.get(name, "") for name in ("state", "stage", "kind", "person"))
    if state not in (*_ASKABLE_STATES, "") or stage not in ("", "1", "2", "3") or kind not in (*_KINDS, ""):
        raise Unprocessable(Message("Không có cách lọc này", "There is no such filter"))
    tells_why = kind or query.get("wrong") or query.get("by_people")
    if (tells_why or decided_by not in ("", person.login)) and not sees_all(person):
        raise NotAllowed(Message("Cần vai trò kiểm tra", "An auditor's role is needed"), code="auth.role")
    return ItemFilter(
        state=state or "open",
        **{name: query.get(name) for name in _PLAIN},
        stage=int(stage) if stage else None,
        changed=bool(query.get("changed")),
        person=decided_by or None,
        kinds=_KINDS.get(kind, ()),
        by_people={"0": False, "1": True}.get(query.get("by_people", "")),
        wrong=bool(query.get("wrong")),
        span=_period(query.get("period", ""), now),
        decided=_day(query["day"]) if query.get("day") else _period(query.get("decided", ""), now),
        older_than=query.get("older_than"),
        younger_than=query.get("younger_than"),
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


def filters_in_words(query: Mapping[str, str]) -> list[Message]:
    """What a query asks for, one text for each filter."""
    filters = [STATES[query.get("state") or "open"]]
    if query.get("document_type"):
        filters.append(wording.paper_words(query["document_type"], query.get("form")))
    if query.get("field_class"):
        filters.append(wording.CLASSES.get(query["field_class"], Message.same(query["field_class"])))
    if query.get("book"):
        filters.append(Message(f"sổ {query['book']}", f"book {query['book']}"))
    if query.get("reason"):
        filters.append(wording.reason_words(query["reason"]))
    if query.get("kind"):
        filters.append(_KIND_WORDS[query["kind"]])
    if query.get("wrong"):
        filters.append(Message("máy hoặc người đã sai", "found wrong"))
    if query.get("changed"):
        filters.append(Message("đã sửa", "changed"))
    if query.get("person"):
        filters.append(Message(f"do {query['person']} quyết định", f"decided by {query['person']}"))
    for name in ("period", "decided"):
        if query.get(name):
            filters.append(PERIODS[Period(query[name])])
    if query.get("day"):
        filters.append(Message(f"ngày {query['day']}", f"on {query['day']}"))
    return filters
