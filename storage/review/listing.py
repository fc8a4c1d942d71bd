"""The items behind a figure of the overview."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from pipeline.judging.review.asking import Kind
from pipeline.judging.review.outcome import Choice
from storage.review.items import ItemState
from storage.review.lanes import of_offices
from storage.review.statistics import Span, decided_before
from storage.review.tables import IS_OPEN, review_decisions, review_items

_COLUMNS = (
    "item_id", "document_id", "field", "page", "office", "book", "document_type", "form", "field_class", "reason",
    "stage", "state", "result", "opened_at", "done_at",
)  # fmt: skip
_EQUAL = ("document_type", "form", "book", "field_class", "field", "reason", "stage", "read_by", "document_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFilter:
    """Which items; None: any. `state`: open, done or all; `span`: when they were done, or opened where they are open.

    `kinds`, `wrong` and `by_people` reveal why something was asked, so only done items are listed by them, whatever
    `state` is. `by_people`: of a sample, whether people had decided the value before. `person`, `decided`: decided by
    this person, in this time, whatever became of it.
    """

    state: str = "open"
    document_type: str | None = None
    form: str | None = None
    book: str | None = None
    field_class: str | None = None
    field: str | None = None
    reason: str | None = None
    stage: int | None = None
    read_by: str | None = None
    document_id: str | None = None
    changed: bool = False
    person: str | None = None
    decided: Span | None = None
    kinds: tuple[Kind, ...] = ()
    by_people: bool | None = None
    wrong: bool = False
    span: Span | None = None
    older_than: str | None = None
    younger_than: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedItem:
    """An item without any value and without why it was asked."""

    item_id: str
    document_id: str
    field: str
    page: int
    office: str
    book: str
    document_type: str
    form: str
    field_class: str
    reason: str
    stage: int
    state: str
    result: str | None
    opened_at: str
    done_at: str | None


def select_items(
    connection: sa.Connection, offices: Sequence[str], wanted: ItemFilter, *, most: int = 100, skip: int = 0
) -> list[ListedItem]:
    """Items of these offices: open ones in the order of the queue, others by when they were done, the last first."""
    c = review_items.c
    query = sa.select(*(c[name] for name in _COLUMNS)).where(of_offices(offices), *_conditions(wanted))
    if wanted.state == "open":
        query = query.order_by(c.priority.desc(), c.opened_at, c.document_id, c.position)
    else:
        query = query.order_by(sa.func.coalesce(c.done_at, c.opened_at).desc(), c.item_id)
    query = query.limit(most).offset(skip)
    return [ListedItem(**row._mapping) for row in connection.execute(query)]


def _conditions(wanted: ItemFilter) -> list[sa.ColumnElement[bool]]:
    c = review_items.c
    out = [c[name] == value for name in _EQUAL if (value := getattr(wanted, name)) is not None]
    told_apart = bool(wanted.kinds) or wanted.wrong or wanted.by_people is not None
    if wanted.state == "open":
        out.append(IS_OPEN)
    if wanted.state == "done" or told_apart:
        out.append(c.state == ItemState.DONE.value)
    if wanted.kinds:
        out.append(c.kind.in_([kind.value for kind in wanted.kinds]))
    if wanted.wrong:
        out.append(c.wrong)
    if wanted.by_people is not None:
        out.append(decided_before() if wanted.by_people else ~decided_before())
    if wanted.changed:
        out.append(c.result != Choice.ACCEPT.value)
    if wanted.person is not None or wanted.decided is not None:
        out.append(_decided(wanted.person, wanted.decided))
    if wanted.span is not None:
        when = c.opened_at if wanted.state == "open" else c.done_at
        out += [when >= wanted.span.since, when < wanted.span.until]
    if wanted.older_than is not None:
        out.append(c.opened_at < wanted.older_than)
    if wanted.younger_than is not None:
        out.append(c.opened_at >= wanted.younger_than)
    return out


def _decided(person: str | None, span: Span | None) -> sa.ColumnElement[bool]:
    d = review_decisions.c
    which = [~d.undone]
    if person is not None:
        which.append(d.person == person)
    if span is not None:
        which += [d.at >= span.since, d.at < span.until]
    return review_items.c.item_id.in_(sa.select(d.item_id).where(*which))
