"""Where the parts of a plot stand. Pages draw them as SVG with attributes alone: no script, no style of their own.

Widths and heights are in units of the drawing, which is as wide as a phone: its letters are as large there as the
page's, and larger on a desk.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.domain.message import Message
from pipeline.judging.review.intervals import Interval

WIDTH = 360.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 34.0, 4.0, 8.0, 20.0
_HEIGHT = 170.0
_ROW = 44.0
_LABELS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A line of the scale with what it stands for."""

    at: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A bar with its place. `label` is written only where `labelled`; `said` is its value in words."""

    x: float
    y: float
    width: float
    height: float
    label: str
    labelled: bool
    said: str
    href: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnPlot:
    """Upright bars over time."""

    height: float
    bars: Sequence[Bar]
    marks: Sequence[Mark]
    base: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RowPlot:
    """Lying bars, each under its label."""

    height: float
    bars: Sequence[Bar]


@dataclass(frozen=True, slots=True, kw_only=True)
class Whisker:
    """A share with its interval, under its label. `judged`: kept, broken, open; `at` None where nothing is known."""

    y: float
    low: float
    high: float
    at: float | None
    label: Message
    said: str
    judged: str


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
                said=number(count),
                href=href,
            )
        )
    marks = [Mark(at=round(base - (base - _TOP) * part, 2), text=number(int(most * part))) for part in (0, 0.5, 1)]
    return ColumnPlot(height=_HEIGHT, bars=bars, marks=marks, base=base)


def row_plot(values: Sequence[tuple[str, float, str, str | None]], *, of: float | None = None) -> RowPlot:
    """(label, size, size in words, link) from above; the longest fills the width, or `of` would."""
    most = of or max((size for _, size, _, _ in values), default=0) or 1
    bars = [
        Bar(
            x=0.0,
            y=round(place * _ROW + 20, 2),
            width=round(WIDTH * min(size / most, 1.0), 2),
            height=14.0,
            label=label,
            labelled=True,
            said=said,
            href=href,
        )
        for place, (label, size, said, href) in enumerate(values)
    ]
    return RowPlot(height=len(values) * _ROW, bars=bars)


def whisker_plot(values: Sequence[tuple[Message, Interval]], promise: float) -> WhiskerPlot:
    """Shares from above, those that are known first; the scale ends at five times the promise or at what was counted,
    and longer intervals run out of it."""
    ordered = sorted(values, key=lambda one: -one[1].of)
    shares = [one.share for _, one in ordered if one.share is not None]
    end = min(1.0, max([5 * promise, *(1.25 * share for share in shares)]))
    rows = []
    for place, (label, one) in enumerate(ordered):
        rows.append(
            Whisker(
                y=round(place * _ROW + 30, 2),
                low=_at(one.low, end),
                high=_at(one.high, end),
                at=None if one.share is None else _at(one.share, end),
                label=label,
                said=interval_text(one),
                judged=judged(one, promise),
            )
        )
    steps = [Mark(at=_at(end * part, end), text=percent(end * part)) for part in (0, 0.5, 1)]
    return WhiskerPlot(height=len(rows) * _ROW + 22, rows=rows, promise=_at(promise, end), marks=steps)


def judged(one: Interval, promise: float) -> str:
    """kept, broken, or open: too little was looked at to tell."""
    return "broken" if one.above(promise) else "kept" if one.within(promise) else "open"


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


def interval_text(one: Interval) -> str:
    """The share, and between what the true one lies."""
    return "—" if one.share is None else f"{percent(one.share)} ({percent(one.low)} – {percent(one.high)})"


def _at(share: float, end: float) -> float:
    return round(WIDTH * min(share / end, 1.0), 2)


def _round_up(most: int) -> int:
    """The next number that a scale may well end at; even, so that its half is one too."""
    if most <= 2:
        return 2
    step: int = 10 ** (len(str(most)) - 1)
    return next(int(step * part) for part in (1, 2, 4, 6, 8, 10) if step * part >= most)
