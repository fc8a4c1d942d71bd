"""The desk's day in a few lines, for its leader: figures only, nothing personal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from pipeline.domain.message import Message
from pipeline.judging.review.intervals import Interval, exact_interval
from service.desk.overview.overview import VIETNAM, Forecast, Period, forecast_of, span_of
from service.desk.overview.plots import decimal, number, percent
from service.desk.overview.tables_of_work import promised
from storage.review import ReviewStore
from storage.review.statistics import Span, Statistics
from storage.times import time_text

_MEASURED = Period.MONTH


@dataclass(frozen=True, slots=True, kw_only=True)
class DayReport:
    """One day of these offices. `sampled`, `error`: wrong fields among those that the machine accepted and people
    checked, of that day and of the last 30 days; `people`: how many decided."""

    day: date
    offices: tuple[str, ...]
    decisions: int
    people: int
    settled: int
    changed: int
    accepted: int
    fields: int
    sampled: Interval
    error: Interval
    promise: float
    forecast: Forecast

    @property
    def subject(self) -> str:
        return f"Bàn duyệt {self.day:%d/%m/%Y}: {number(self.decisions)} quyết định"

    @property
    def text(self) -> str:
        """The report, each line in Vietnamese and English."""
        lines = [str(line) for line in self._lines()]
        promise_words = promised((self.error.found, self.error.of), self.promise)
        return "\n".join(
            [f"Bàn duyệt, ngày {self.day:%d/%m/%Y} / Review desk", *lines, promise_words.vi, promise_words.en, ""]
        )

    def facts(self) -> dict[str, Any]:
        """The figures for a program."""
        return {**asdict(self), "day": self.day.isoformat(), "offices": list(self.offices)}

    def _lines(self) -> Sequence[Message]:
        share = percent(self.accepted / self.fields if self.fields else None)
        made, read = number(self.decisions), number(self.fields)
        settled, changed, waiting = number(self.settled), number(self.changed), number(self.forecast.waiting)
        days = self.forecast.days
        left = Message("chưa dự báo được", "no forecast yet")
        if days is not None:
            left = Message(f"còn khoảng {decimal(days)} ngày", f"about {decimal(days)} days left")
        wrong, of = self.sampled.found, self.sampled.of
        return (
            Message(f"Quyết định: {made} của {self.people} người", f"Decisions: {made} of {self.people} people"),
            Message(f"Xong: {settled} mục, đã sửa {changed}", f"Settled: {settled}, changed {changed}"),
            Message(
                f"Tự động chấp nhận: {share} của {read} mục đã đọc", f"Accepted unseen: {share} of {read} fields read"
            ),
            Message(f"Mẫu kiểm tra: {wrong} sai trên {of}", f"Sample: {wrong} wrong of {of}"),
            Message(f"Đang chờ: {waiting} mục, {left.vi}", f"Waiting: {waiting}, {left.en}"),
        )


def day_report(store: ReviewStore, *, promise: float, office: str | None = None, day: date | None = None) -> DayReport:
    """The report of one day in Viet Nam, today by default, of one office or of all."""
    now = store.clock()
    wanted = day or now.astimezone(VIETNAM).date()
    begin = datetime(wanted.year, wanted.month, wanted.day, tzinfo=VIETNAM)
    span = Span(since=time_text(begin), until=time_text(begin + timedelta(days=1)))
    with store.read() as tables:
        counted = Statistics(tables.connection, store.clock)
        offices = (office,) if office is not None else tuple(counted.offices())
        if not offices:
            offices = ("",)
        people = [work for _, work in counted.people(offices, span)]
        (settled,) = counted.settled(offices, span)
        (sampled,) = counted.measured(offices, span)
        (error,) = counted.measured(offices, span_of(_MEASURED, now))
        passed = counted.passed(offices, span)
        waiting = sum(group.count for group in counted.backlog(offices, "type"))
        return DayReport(
            day=wanted,
            offices=offices,
            decisions=sum(work.decisions for work in people),
            people=len(people),
            settled=settled.settled,
            changed=settled.changed,
            accepted=sum(form.accepted for form in passed),
            fields=sum(form.fields for form in passed),
            sampled=exact_interval(sampled.wrong, sampled.looked),
            error=exact_interval(error.wrong, error.looked),
            promise=promise,
            forecast=forecast_of(counted, offices, now, waiting),
        )
