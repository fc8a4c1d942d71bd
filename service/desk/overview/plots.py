"""The geometry of plots. Pages draw them as SVG with attributes alone: no script, no style of their own.

Widths and heights are in units of the drawing, which is 360 wide: on a phone its letters are as large as the page's, on
a wider screen larger.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pipeline.domain.message import Message
from pipeline.judging.review.intervals import Interval

WIDTH = 360.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 34.0, 4.0, 8.0, 20.0
_HEIGHT = 170.0
_ROW = 44.0
_LABELS = 8


class PromiseState(StrEnum):
    """What a sample says of the promise. `OPEN`: it is too small to tell."""

    KEPT = "kept"
    BROKEN = "broken"
    OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A line of the scale with what it stands for."""

    at: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A bar with its place. `label` is written only where `labelled`; `value_text` is its value in words."""

    x: float
    y: float
    width: float
    height: float
    label: str
    labelled: bool
    value_text: str
    href: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnPlot:
    """Vertical bars over time."""

    height: float
    bars: Sequence[Bar]
    marks: Sequence[Mark]
    base: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RowPlot:
    """Horizontal bars, each under its label."""

    height: float
    bars: Sequence[Bar]


@dataclass(frozen=True, slots=True, kw_only=True)
class Whisker:
    """A share with its interval, under its label. `at` None where nothing is known."""

    y: float
    low: float
    high: float
    at: float | None
    label: Message
    value_text: str
    state: PromiseState


@dataclass(frozen=True, slots=True, kw_only=True)
class WhiskerPlot:
    """Shares with their intervals beside what was promised."""

    height: float
    rows: Sequence[Whisker]
    promise: float
    marks: Sequence[Mark]


def column_plot(values: Sequence[tuple[str, int, str | None]]) -> ColumnPlot:
    """(label, count, link) from left to right; at most eight labels are written."""
    most = _round_up(max((count for _, count, _ in values), default=0))
    base = _HEIGHT - _BOTTOM
    step = (WIDTH - _LEFT - _RIGHT) / max(len(values), 1)
    every = math.ceil(len(values) / _LABELS) or 1
    bars = []
    for place, (label, count, href) in enumerate(values):
        height = (base - _TOP) * count / most
        bars.append(
            Bar(
                x=round(_LEFT + place * step + step * 0.12, 2),
                y=round(base - height, 2),
                width=round(step * 0.76, 2),
                height=round(height, 2),
                label=label,
                labelled=(len(values) - 1 - place) % every == 0,
                value_text=number(count),
                href=href,
            )
        )
    marks = [Mark(at=round(base - (base - _TOP) * part, 2), text=number(int(most * part))) for part in (0, 0.5, 1)]
    return ColumnPlot(height=_HEIGHT, bars=bars, marks=marks, base=base)


def row_plot(values: Sequence[tuple[str, float, str, str | None]], *, of: float | None = None) -> RowPlot:
    """(label, size, size in words, link) from the top down; the full width stands for `of`, or for the largest size."""
    most = of or max((size for _, size, _, _ in values), default=0) or 1
    bars = [
        Bar(
            x=0.0,
            y=round(place * _ROW + 20, 2),
            width=round(WIDTH * min(size / most, 1.0), 2),
            height=14.0,
            label=label,
            labelled=True,
            value_text=value_text,
            href=href,
        )
        for place, (label, size, value_text, href) in enumerate(values)
    ]
    return RowPlot(height=len(values) * _ROW, bars=bars)


def whisker_plot(values: Sequence[tuple[Message, Interval]], promise: float) -> WhiskerPlot:
    """Shares from the top down, the largest samples first. The scale ends at five times the promise or a quarter beyond
    the largest share; intervals that are longer are cut there."""
    ordered = sorted(values, key=lambda row: -row[1].of)
    shares = [interval.share for _, interval in ordered if interval.share is not None]
    end = min(1.0, max([5 * promise, *(1.25 * share for share in shares)]))
    rows = []
    for place, (label, interval) in enumerate(ordered):
        rows.append(
            Whisker(
                y=round(place * _ROW + 30, 2),
                low=_at(interval.low, end),
                high=_at(interval.high, end),
                at=None if interval.share is None else _at(interval.share, end),
                label=label,
                value_text=interval_text(interval),
                state=promise_state(interval, promise),
            )
        )
    steps = [Mark(at=_at(end * part, end), text=percent(end * part)) for part in (0, 0.5, 1)]
    return WhiskerPlot(height=len(rows) * _ROW + 22, rows=rows, promise=_at(promise, end), marks=steps)


def promise_state(interval: Interval, promise: float) -> PromiseState:
    """What an interval of the measured share says of the promised one."""
    if interval.above(promise):
        return PromiseState.BROKEN
    return PromiseState.KEPT if interval.within(promise) else PromiseState.OPEN


def number(value: int) -> str:
    """As it is written in Viet Nam: 12.345."""
    return f"{value:,}".replace(",", ".")


def percent(share: float | None, digits: int = 1) -> str:
    """1,5 %; a dash where nothing is known."""
    return "—" if share is None else f"{100 * share:.{digits}f} %".replace(".", ",")


def decimal(value: float | None, digits: int = 1) -> str:
    """3,2; a dash where nothing is known."""
    return "—" if value is None else f"{value:.{digits}f}".replace(".", ",")


def english(text: str) -> str:
    """A text with its numbers as English has them: 12,345 and 1.5 %."""
    return re.sub(r"(?<=\d)[.,](?=\d)", lambda mark: "," if mark[0] == "." else ".", text)


def interval_text(interval: Interval) -> str:
    """The share, and the bounds that the true one lies between."""
    return (
        "—"
        if interval.share is None
        else f"{percent(interval.share)} ({percent(interval.low)} – {percent(interval.high)})"
    )


def _at(share: float, end: float) -> float:
    return round(WIDTH * min(share / end, 1.0), 2)


def _round_up(most: int) -> int:
    """The next round number for the end of a scale; even, so that its half is a whole number too."""
    if most <= 2:
        return 2
    step: int = 10 ** (len(str(most)) - 1)
    return next(int(step * part) for part in (1, 2, 4, 6, 8, 10) if step * part >= most)
