"""Open items counted by what is decided alike: the lanes of the queue page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from storage.review.queue import Filters, wanted
from storage.review.tables import IS_OPEN, review_items

MOST = 200
_ALIKE = ("document_type", "field_class", "entry", "book", "stage")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """Open items that are decided alike. `reason` is empty where they have several; `oldest`: when the first of them
    was opened; `priority` the highest of them."""

    document_type: str
    field_class: str
    entry: str
    book: str
    stage: int
    reason: str
    count: int
    oldest: str
    priority: int


def lanes(connection: sa.Connection, offices: Sequence[str], filters: Filters, *, most: int = MOST) -> Sequence[Lane]:
    """The open items of these offices by type, class, field, book and stage: urgent lanes first, then large ones.

    Read from `ix_review_items_lanes` alone. Without offices there are no lanes.
    """
    of_each = [_of_office(office, filters) for office in offices]
    if not of_each:
        return []
    query = of_each[0] if len(of_each) == 1 else _together(of_each)
    columns = query.selected_columns
    order = (columns.priority.desc(), columns.count.desc(), *(columns[name] for name in _ALIKE))
    return [_lane(row) for row in connection.execute(query.order_by(*order).limit(most))]


def _of_office(office: str, filters: Filters) -> sa.Select[Any]:
    """Grouped within one office: its rows come in the order of the index, so nothing is sorted to count them."""
    alike = [review_items.c[name] for name in _ALIKE]
    return (
        sa.select(
            *alike,
            sa.func.min(review_items.c.reason).label("least"),
            sa.func.max(review_items.c.reason).label("greatest"),
            sa.func.count().label("count"),
            sa.func.min(review_items.c.opened_at).label("oldest"),
            sa.func.max(review_items.c.priority).label("priority"),
        )
        .where(review_items.c.office == office, IS_OPEN, *wanted(filters))
        .group_by(*alike)
    )


def _together(of_each: Sequence[sa.Select[Any]]) -> sa.Select[Any]:
    lanes_of_each = sa.union_all(*of_each).subquery()
    alike = [lanes_of_each.c[name] for name in _ALIKE]
    return sa.select(
        *alike,
        sa.func.min(lanes_of_each.c.least).label("least"),
        sa.func.max(lanes_of_each.c.greatest).label("greatest"),
        sa.func.sum(lanes_of_each.c.count).label("count"),
        sa.func.min(lanes_of_each.c.oldest).label("oldest"),
        sa.func.max(lanes_of_each.c.priority).label("priority"),
    ).group_by(*alike)


def _lane(row: Any) -> Lane:
    values = {name: row._mapping[name] for name in (*_ALIKE, "oldest", "priority")}
    return Lane(**values, reason=row.least if row.least == row.greatest else "", count=int(row._mapping["count"]))


def of_offices(offices: Sequence[str]) -> sa.ColumnElement[bool]:
    """A condition: the item belongs to one of these offices. A single office is compared by equality, so that rows
    come in the index's order.
    """
    return review_items.c.office == offices[0] if len(offices) == 1 else review_items.c.office.in_(offices)
