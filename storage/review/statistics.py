"""Figures from the desk's tables: speed, backlog, how much is accepted unseen, how often that is wrong.

Everything is counted by the database; only counts come out, never a value. The caller names the offices: without any
there are no figures. Times are UTC text, `since` inclusive, `until` exclusive.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from dataclasses import field as _field
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from pipeline.domain.model import Status
from pipeline.judging.review.asking import Kind
from pipeline.judging.review.outcome import Choice
from storage.catalogue.tables import documents, fields
from storage.review.items import LAST_STAGE, ItemState
from storage.review.lanes import of_offices
from storage.review.tables import IS_OPEN, review_decisions, review_documents, review_items
from storage.times import Clock, time_text

AGES = (1, 3, 7, 14, 30)
_TENTHS = 10
_OF_PEOPLE = (Kind.DOUBT.value, Kind.REOPENED.value)
_ITS_ITEM = review_items.c.item_id == review_decisions.c.item_id
_GROUPS = {
    "type": ("document_type",),
    "form": ("document_type", "form"),
    "book": ("book",),
    "class": ("field_class",),
    "reason": ("reason",),
    "office": ("office",),
    "model": ("read_by",),
    "stage": ("stage",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of time, as UTC text."""

    since: str
    until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HourCount:
    """Decisions within one hour, `2026-11-21T08`."""

    hour: str
    decisions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """Open items of one group; `oldest`: when the first of them was opened."""

    group: tuple[str, ...]
    count: int
    oldest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """Fields of papers that were read: how many were accepted unseen, of how many."""

    group: tuple[str, ...]
    accepted: int
    fields: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleResult:
    """Samples that were looked at: how many were wrong, of how many."""

    group: tuple[str, ...]
    wrong: int
    looked: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """Doubtful fields that people settled, and how many of them differed from what the machine had read."""

    group: tuple[str, ...]
    changed: int
    settled: int


@dataclass(slots=True, kw_only=True)
class PersonFigures:
    """One person's work. `agreed` of `compared`: decisions that another person decided too, and that were upheld;
    `wrong` of `seeds`: items of known truth. `median_s` to a tenth of a second.
    """

    person: str
    decisions: int = 0
    changed: int = 0
    keys: int = 0
    agreed: int = 0
    compared: int = 0
    seeds: int = 0
    wrong: int = 0
    _tenths: list[tuple[int, int]] = _field(default_factory=list)

    @property
    def median_s(self) -> float | None:
        """None without decisions."""
        middle = ((self.decisions + 1) // 2, self.decisions // 2 + 1)
        before, middles = 0, []
        for tenths, count in sorted(self._tenths):
            middles += [tenths for rank in middle if before < rank <= before + count]
            before += count
        return sum(middles) / (2 * _TENTHS) if middles else None


class Statistics:
    """Counts within one transaction."""

    def __init__(self, connection: sa.Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def offices(self) -> list[str]:
        """Every office that has papers here."""
        query = sa.select(review_documents.c.office).distinct().order_by(review_documents.c.office)
        return list(self._connection.scalars(query))

    def hours(self, offices: Sequence[str], span: Span, *, person: str | None = None) -> list[HourCount]:
        """Decisions of each hour that had any, in order."""
        hour = sa.func.substr(review_decisions.c.at, 1, 13).label("hour")
        query = sa.select(hour, sa.func.count().label("decisions")).join(review_items, _ITS_ITEM)
        query = query.where(*_decided(offices, span))
        if person is not None:
            query = query.where(review_decisions.c.person == person)
        return [HourCount(**row._mapping) for row in self._connection.execute(query.group_by(hour).order_by(hour))]

    def backlog(self, offices: Sequence[str], by: str, *, most: int = 1000) -> list[Backlog]:
        """Open items by type, book, class, reason, stage or office, the most first."""
        columns = _columns(by)
        count = sa.func.count()
        query = (
            sa.select(*columns, count, sa.func.min(review_items.c.opened_at))
            .where(of_offices(offices), IS_OPEN)
            .group_by(*columns)
            .order_by(count.desc(), *columns)
            .limit(most)
        )
        return [Backlog(group=group, count=a, oldest=b) for group, (a, b) in self._grouped(query, columns)]

    def ages(self, offices: Sequence[str]) -> list[int]:
        """Open items by age: below each of `AGES` days, and the rest."""
        now = self._clock()
        opened = review_items.c.opened_at
        steps = [(opened >= time_text(now - timedelta(days=days)), place) for place, days in enumerate(AGES)]
        place = sa.case(*steps, else_=len(AGES))
        query = sa.select(place, sa.func.count()).where(of_offices(offices), IS_OPEN).group_by(place)
        counts = {row[0]: row[1] for row in self._connection.execute(query)}
        return [counts.get(place, 0) for place in range(len(AGES) + 1)]

    def settled(self, offices: Sequence[str], span: Span, by: str | None = None) -> list[Settled]:
        """Doubtful fields settled in this time by type, form, book, class or reason, the most first; without `by` all
        together."""
        count = sa.func.count()
        changed = _count_if(review_items.c.result != Choice.ACCEPT.value)
        query = sa.select(changed, count).where(*_done(offices, span, _OF_PEOPLE))
        return [Settled(group=g, changed=a, settled=b) for g, (a, b) in self._by(query, by, count)]

    def passed(self, offices: Sequence[str], span: Span, by: str | None = None) -> list[Passed]:
        """Fields of papers read in this time by type, form or book, the most first: how many were accepted unseen."""
        of_paper = {"book": review_documents.c.book, "form": sa.func.coalesce(documents.c.form, "")}
        columns = [of_paper.get(name, documents.c.document_type) for name in _GROUPS[by]] if by else []
        total = sa.func.count()
        accepted = _count_if(fields.c.status == Status.ACCEPTED.value)
        # As the machine had read it, whatever people made of it since.
        read = (documents.c.document_id == review_documents.c.document_id) & (
            documents.c.revision == review_documents.c.base_revision
        )
        its_fields = (fields.c.document_id == documents.c.document_id) & (fields.c.revision == documents.c.revision)
        query = (
            sa.select(*columns, accepted, total)
            .select_from(review_documents)
            .join(documents, read)
            .join(fields, its_fields)
            .where(_in(review_documents.c.office, offices), ~review_documents.c.retired)
            .where(documents.c.committed_at >= span.since, documents.c.committed_at < span.until)
            .group_by(*columns)
            .order_by(total.desc(), *columns)
        )
        return [Passed(group=g, accepted=a, fields=b) for g, (a, b) in self._grouped(query, columns)]

    def measured(self, offices: Sequence[str], span: Span, by: str | None = None) -> list[SampleResult]:
        """The sample of what the machine had accepted, settled in this time, by type, form, book, class or model."""
        return self._looked(offices, span, by, ~decided_before())

    def measured_people(self, offices: Sequence[str], span: Span, by: str | None = None) -> list[SampleResult]:
        """The sample of what people had decided, likewise."""
        return self._looked(offices, span, by, decided_before())

    def people(
        self, offices: Sequence[str], span: Span, *, person: str | None = None, by: str | None = None
    ) -> list[tuple[tuple[str, ...], PersonFigures]]:
        """The work of each person, the most first; with `by` for each type, form, book or class."""
        figures_of: dict[tuple[tuple[str, ...], str], PersonFigures] = {}
        for group, name, row in self._decisions_of(offices, span, person, by):
            figures = figures_of.setdefault((group, name), PersonFigures(person=name))
            figures.decisions += row.decisions
            figures.changed += row.changed
            figures.keys += row.keys_hit
            figures.agreed += row.agreed
            figures.compared += row.compared
            figures._tenths.append((int(row.tenths), row.decisions))
        for group, name, row in self._seeds_of(offices, span, person, by):
            if (group, name) in figures_of:
                figures_of[group, name].seeds, figures_of[group, name].wrong = row.seeds, row.wrong
        ordered = sorted(figures_of.items(), key=lambda entry: (-entry[1].decisions, entry[0]))
        return [(group, person_figures) for (group, _), person_figures in ordered]

    def _decisions_of(self, offices: Sequence[str], span: Span, person: str | None, by: str | None) -> Iterable[Any]:
        d = review_decisions.c
        beside = d.upheld.is_not(None) & (d.stage < LAST_STAGE)
        tenths = sa.func.round(d.seconds * _TENTHS).label("tenths")
        columns = _columns(by) if by else []
        query = sa.select(
            *columns,
            d.person,
            tenths,
            sa.func.count().label("decisions"),
            _count_if(d.choice != Choice.ACCEPT.value).label("changed"),
            sa.func.sum(d["keys"]).label("keys_hit"),
            _count_if(beside & d.upheld).label("agreed"),
            _count_if(beside).label("compared"),
        ).select_from(review_decisions)
        query = query.join(review_items, _ITS_ITEM).where(*_decided(offices, span))
        query = query.where(d.person == person) if person is not None else query
        for row in self._connection.execute(query.group_by(*columns, d.person, tenths)):
            yield _texts(row[: len(columns)]), row.person, row

    def _seeds_of(self, offices: Sequence[str], span: Span, person: str | None, by: str | None) -> Iterable[Any]:
        d = review_decisions.c
        columns = _columns(by) if by else []
        query = (
            sa.select(
                *columns,
                d.person,
                sa.func.count().label("seeds"),
                _count_if(review_items.c.wrong).label("wrong"),
            )
            .select_from(review_items)
            .join(review_decisions, _ITS_ITEM)
            .where(*_done(offices, span, (Kind.SEED.value,)), ~d.undone)
            .group_by(*columns, d.person)
        )
        query = query.where(d.person == person) if person is not None else query
        for row in self._connection.execute(query):
            yield _texts(row[: len(columns)]), row.person, row

    def _looked(
        self, offices: Sequence[str], span: Span, by: str | None, which: sa.ColumnElement[bool]
    ) -> list[SampleResult]:
        count = sa.func.count()
        query = sa.select(_count_if(review_items.c.wrong), count)
        query = query.where(*_done(offices, span, (Kind.SAMPLE.value,)), which)
        return [SampleResult(group=g, wrong=a, looked=b) for g, (a, b) in self._by(query, by, count)]

    def _by(
        self, query: sa.Select[Any], by: str | None, count: sa.ColumnElement[int]
    ) -> Iterable[tuple[tuple[str, ...], Sequence[Any]]]:
        columns = _columns(by) if by else []
        if not columns:
            return [((), [value or 0 for value in self._connection.execute(query).one()])]
        grouped = query.with_only_columns(*columns, *query.selected_columns).group_by(*columns)
        return self._grouped(grouped.order_by(count.desc(), *columns), columns)

    def _grouped(
        self, query: sa.Select[Any], columns: Sequence[Any]
    ) -> Iterable[tuple[tuple[str, ...], Sequence[Any]]]:
        for row in self._connection.execute(query):
            yield _texts(row[: len(columns)]), row[len(columns) :]


def _columns(by: str) -> list[sa.ColumnElement[Any]]:
    return [review_items.c[name] for name in _GROUPS[by]]


def _texts(values: Iterable[Any]) -> tuple[str, ...]:
    return tuple(str(value) for value in values)


def _in(column: sa.ColumnElement[str], offices: Sequence[str]) -> sa.ColumnElement[bool]:
    return column == offices[0] if len(offices) == 1 else column.in_(offices)


def _decided(offices: Sequence[str], span: Span) -> list[sa.ColumnElement[bool]]:
    """Conditions: decisions in this time that were not undone, on items of these offices."""
    d = review_decisions.c
    return [of_offices(offices), d.at >= span.since, d.at < span.until, ~d.undone]


def _done(offices: Sequence[str], span: Span, kinds: Sequence[str]) -> list[sa.ColumnElement[bool]]:
    """Items of these kinds that were settled in this time."""
    c = review_items.c
    done = c.state == ItemState.DONE.value
    return [of_offices(offices), _in(c.kind, kinds), c.done_at >= span.since, c.done_at < span.until, done]


def decided_before() -> sa.ColumnElement[bool]:
    """A condition: the sampled value was settled by people before; otherwise it was the machine's own."""
    earlier = review_items.alias()
    return (
        sa.select(earlier.c.item_id)
        .where(
            earlier.c.document_id == review_items.c.document_id,
            earlier.c.field == review_items.c.field,
            earlier.c.kind.in_(_OF_PEOPLE),
            earlier.c.state == ItemState.DONE.value,
            earlier.c.done_at <= review_items.c.opened_at,
        )
        .exists()
    )


def _count_if(condition: Any) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)
