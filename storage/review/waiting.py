"""Which documents come next, for people who decide one paper after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from storage.review.queue import Filters, wanted
from storage.review.tables import IS_OPEN, review_items

_ITEMS = 400  # the next items that documents are told from: a queue page shows no more


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingPaper:
    """A document with open items. `count`: of those that come next; `urgent`: they come before others."""

    document_id: str
    document_type: str
    form: str
    book: str
    count: int
    oldest: str
    urgent: bool


def waiting_papers(
    connection: sa.Connection, offices: Sequence[str], filters: Filters, *, most: int = 40
) -> list[WaitingPaper]:
    """The documents of the next open items of these offices, in the order of the queue."""
    rows = [row for office in offices for row in _next(connection, office, filters)]
    rows.sort(key=lambda row: (-row.priority, row.opened_at, row.document_id))
    papers: dict[str, WaitingPaper] = {}
    for row in rows:
        known = papers.get(row.document_id)
        if known is not None:
            papers[row.document_id] = replace(known, count=known.count + 1)
        elif len(papers) < most:
            papers[row.document_id] = WaitingPaper(
                document_id=row.document_id,
                document_type=row.document_type,
                form=row.form,
                book=row.book,
                count=1,
                oldest=row.opened_at,
                urgent=row.priority > 0,
            )
    return list(papers.values())


def _next(connection: sa.Connection, office: str, filters: Filters) -> list[Any]:
    item = review_items.c
    query = sa.select(item.document_id, item.document_type, item.form, item.book, item.opened_at, item.priority)
    query = query.where(item.office == office, IS_OPEN, *wanted(filters))
    query = query.order_by(item.priority.desc(), item.opened_at, item.document_id, item.position).limit(_ITEMS)
    return list(connection.execute(query))
