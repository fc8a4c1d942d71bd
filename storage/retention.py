"""Papers whose term is over, by the class of paper; nothing is removed here."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from pipeline.domain.model import DocumentType
from storage.catalogue import Catalogue
from storage.catalogue.tables import documents
from storage.removing import PERMANENT, kept_because
from storage.times import time_text

_TERM = re.compile(r"(\d{1,4})\s*([ymd])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    years: int = 0
    months: int = 0
    days: int = 0

    def before(self, now: datetime) -> datetime:
        """The moment that lies the term before `now`; of a month that is shorter its last day."""
        months = now.year * 12 + now.month - 1 - self.years * 12 - self.months
        year, month = divmod(months, 12)
        day = min(now.day, monthrange(year, month + 1)[1])
        return now.replace(year=year, month=month + 1, day=day) - timedelta(days=self.days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A paper in force whose term is over. `kept_because`: why it cannot go; None where nothing speaks against it."""

    document_id: str
    holding_code: str
    document_type: str
    stored_at: str
    kept_because: Message | None


def terms_of(setting: str) -> dict[str, Term]:
    """`birth_notification=5y, national_id_9=18m, unknown=90d`. Raises WrongUse; registers are kept for ever and have no
    term."""
    found = {}
    for part in filter(None, (part.strip() for part in setting.split(","))):
        kind, _, term = (piece.strip() for piece in part.partition("="))
        match = _TERM.fullmatch(term)
        if kind not in {one.value for one in DocumentType} or kind in PERMANENT or match is None:
            raise WrongUse(
                Message(
                    f"retention: không hiểu “{part}”; dạng loại=5y, 18m hoặc 90d; sổ hộ tịch lưu vĩnh viễn",
                    f"retention: “{part}” is no term; wanted is type=5y, 18m or 90d; registers are kept for ever",
                )
            )
        count = int(match[1])
        found[kind] = {"y": Term(years=count), "m": Term(months=count), "d": Term(days=count)}[match[2]]
    return found


def due_papers(catalogue: Catalogue, terms: Mapping[str, Term]) -> Iterator[Due]:
    """Papers in force that were stored first longer ago than the term of their type, the oldest first."""
    now = catalogue.now()
    first = documents.alias()
    since = (
        sa.select(sa.func.min(first.c.committed_at))
        .where(first.c.document_id == documents.c.document_id)
        .scalar_subquery()
    )
    with catalogue.database.read() as connection:
        for kind, term in sorted(terms.items()):
            query = (
                sa.select(documents, since.label("since"))
                .where(documents.c.current, documents.c.document_type == kind, since < time_text(term.before(now)))
                .order_by(since, documents.c.document_id)
            )
            for row in connection.execute(query).all():
                yield Due(
                    document_id=row.document_id,
                    holding_code=row.holding_code,
                    document_type=kind,
                    stored_at=row.since,
                    kept_because=kept_because(connection, row.document_id),
                )
