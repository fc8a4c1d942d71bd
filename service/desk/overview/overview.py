"""The overview: how the work at the desk goes, and whether the promised error is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum

from pipeline.domain.message import Message
from service.desk.overview import tables_of_work as work_tables
from service.desk.overview.plots import ColumnPlot, RowPlot, WhiskerPlot, column_plot, row_plot, whisker_plot
from service.desk.overview.tables import Table, items_link
from service.desk.overview.timed_cache import TimedCache
from storage.people import Role
from storage.review import Person, ReviewStore
from storage.review.statistics import HourCount, Span, Statistics
from storage.times import time_text

VIETNAM = timezone(timedelta(hours=7))
FORECAST_DAYS = 7
_KEEP = timedelta(seconds=60)
# Counted over every field that was read: the most expensive figure, and the slowest to change.
_KEEP_PASSED = timedelta(minutes=10)
_ALL = frozenset({Role.AUDITOR.value, Role.ADMIN.value})


class Period(StrEnum):
    """The time that is looked at: today, or so many days with today."""

    TODAY = "1"
    WEEK = "7"
    MONTH = "30"


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """`days`: how long the waiting work takes at the pace of the last days; None where nothing was settled in them.
    `rough`: fewer than 50 items were settled."""

    waiting: int
    settled: int
    over_days: int
    days: float | None

    @property
    def rough(self) -> bool:
        return self.days is not None and self.settled < 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Everything on the page. `whole`: for somebody who may see all persons, and why something was asked."""

    period: Period
    counted_at: datetime
    whole: bool
    decisions: int
    forecast: Forecast
    promise: float
    passed: tuple[int, int]
    error: tuple[int, int]
    throughput_plot: ColumnPlot
    backlog_plot: RowPlot
    passed_plot: RowPlot
    error_plot: WhiskerPlot
    reasons_plot: RowPlot
    tables: dict[str, Table]


def sees_all(person: Person) -> bool:
    """Whether others' work, and which items were samples, may be shown to this person."""
    return bool(person.roles & _ALL)


class Overview:
    """Counts for a person's offices: those over every field that was read at most ten minutes old, all others one
    minute."""

    def __init__(self, *, store: ReviewStore, promise: float) -> None:
        """`promise`: the greatest share of wrong fields among those accepted unseen."""
        self._store = store
        self._promise = promise
        self._shared: TimedCache[Summary] = TimedCache(clock=store.clock, keep=_KEEP)
        self._passed: TimedCache[work_tables.PassedBy] = TimedCache(clock=store.clock, keep=_KEEP_PASSED)
        self._people: TimedCache[Table] = TimedCache(clock=store.clock, keep=_KEEP)

    def of(self, person: Person, period: Period, *, by: str | None = None) -> Summary:
        """The overview as this person may see it; `by` (class, form or book) splits people's work."""
        whole, offices = sees_all(person), person.offices
        only = None if whole else person.login
        shared = self._shared.get((offices, period, whole), lambda: self._count(offices, period, whole=whole))
        people = self._people.get((offices, period, by, only), lambda: self._count_people(offices, period, only, by))
        return replace(shared, tables={**shared.tables, people.name: people})

    def span(self, period: Period) -> Span:
        """From midnight in Viet Nam, so many days ago with today as the first, until now."""
        return span_of(period, self._store.clock())

    def _count_people(self, offices: Sequence[str], period: Period, only: str | None, by: str | None) -> Table:
        with self._store.read() as tables:
            counted = Statistics(tables.connection, self._store.clock)
            return work_tables.people(counted, offices, self.span(period), only, by, period.value)

    def _count(self, offices: Sequence[str], period: Period, *, whole: bool) -> Summary:
        now = self._store.clock()
        span = span_of(period, now)
        with self._store.read() as tables:
            counted = Statistics(tables.connection, self._store.clock)
            hours = counted.hours(offices, span)
            waiting = counted.backlog(offices, "type")
            ages = counted.ages(offices)
            by = self._passed.get((offices, period), lambda: work_tables.passed_by(counted, offices, span))
            error = counted.measured(offices, span, "class")
            reasons = work_tables.reasons(counted, offices, span)
            forecast = forecast_of(counted, offices, now, sum(counts.count for counts in waiting))
            shown = [
                work_tables.throughput(_columns(hours, period, now), period.value),
                *work_tables.backlog(counted, offices, waiting, ages, now),
                *work_tables.passed(by, period.value),
                *work_tables.measured(counted, offices, span, error, self._promise, period.value, whole=whole),
                work_tables.reasons_table(reasons, period.value, whole=whole),
                *work_tables.worst(counted, offices, span, period.value, whole=whole),
            ]
        return Summary(
            period=period,
            counted_at=now.astimezone(VIETNAM),
            whole=whole,
            decisions=sum(hour.decisions for hour in hours),
            forecast=forecast,
            promise=self._promise,
            passed=(sum(counts.accepted for counts in by["form"]), sum(counts.fields for counts in by["form"])),
            error=(sum(sample.wrong for sample in error), sum(sample.looked for sample in error)),
            throughput_plot=column_plot(_columns(hours, period, now)),
            backlog_plot=row_plot(work_tables.age_bars(ages, now)),
            passed_plot=row_plot(work_tables.passed_bars(by["form"]), of=1.0),
            error_plot=whisker_plot(work_tables.error_rows(error), self._promise),
            reasons_plot=row_plot(work_tables.reason_bars(reasons)),
            tables={table.name: table for table in shown},
        )


def span_of(period: Period, now: datetime) -> Span:
    """From midnight in Viet Nam, so many days ago with today as the first, until now."""
    today = now.astimezone(VIETNAM).replace(hour=0, minute=0, second=0, microsecond=0)
    since = today - timedelta(days=int(period) - 1)
    return Span(since=time_text(since), until=time_text(now + timedelta(seconds=1)))


def forecast_of(counted: Statistics, offices: Sequence[str], now: datetime, waiting: int) -> Forecast:
    """How long the waiting work takes at the pace of the last seven days, nights and days off included; for a desk that
    began later, at its pace since its first day."""
    span = span_of(Period(str(FORECAST_DAYS)), now)
    settled = sum(group.settled for group in counted.settled(offices, span))
    days_with = {_local(hour.hour).date() for hour in counted.hours(offices, span)}
    over = (now.astimezone(VIETNAM).date() - min(days_with)).days + 1 if days_with else FORECAST_DAYS
    days = None if settled == 0 else waiting * over / settled
    return Forecast(waiting=waiting, settled=settled, over_days=over, days=days)


def _columns(hours: Sequence[HourCount], period: Period, now: datetime) -> list[tuple[str, int, str | None]]:
    """(label, decisions, link) of every hour of today, at least from 7 to 17, or of every day."""
    local = now.astimezone(VIETNAM)
    counts: dict[str, int] = {}
    form = "%H" if period is Period.TODAY else "%Y-%m-%d"
    for hour in hours:
        place = _local(hour.hour).strftime(form)
        counts[place] = counts.get(place, 0) + hour.decisions
    if period is Period.TODAY:
        first = min([7, local.hour, *(int(place) for place in counts)])
        return [(f"{hour} h", counts.get(f"{hour:02d}", 0), None) for hour in range(first, max(local.hour, 17) + 1)]
    days = [local.date() - timedelta(days=back) for back in reversed(range(int(period)))]
    return [
        (f"{day.day}/{day.month}", counts.get(day.isoformat(), 0), items_link(state="all", day=day.isoformat()))
        for day in days
    ]


def _local(hour: str) -> datetime:
    return datetime.fromisoformat(f"{hour}:00:00").replace(tzinfo=UTC).astimezone(VIETNAM)


def promised_words(summary: Summary) -> Message:
    """What the sample says of the promise, in one sentence."""
    return work_tables.promised(summary.error, summary.promise)
