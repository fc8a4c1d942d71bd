"""Where one act stands on a page that it shares with others, so that nothing of theirs is handed out with it.

The place is told by the values that were found of every act. It is sure only where the acts lie below one another like
the rows of a ledger or the entries of a leaf, each found as well as the others and at even distances: an act that
nobody read would leave a gap. Whoever is not sure abstains.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from pipeline.domain.geometry import Point, Quad, bounds
from pipeline.domain.model import CivilRecord, DocumentType, PageReport
from pipeline.gazetteer.people import has_surname

Word = tuple[str, Point]
"""What was read, and its middle in scan pixels."""

_FOUND = 0.5  # share of the best found act's values from which an act counts as found
_EVEN = (0.6, 1.45)  # distances of neighbours, to the usual one
_NEAR = 1.0  # of the larger of two acts, that lie alone on a page, by which they may be apart
_ENTRY = 5.0  # heights of a line from which an act is an entry of its own and no row
_EDGE = 3  # values at the upper or lower edge of the best found act, one of which an entry has to begin or end with
_AIR = 0.4  # heights of a line, above and below what was found
_SAME = 4.0  # pixels by which a value may differ that several acts take from one place
_NUMBER = re.compile(r"\d{9,}|\d{1,2}[/.\-]\d{1,2}[/.\-]\d{2,4}")


@dataclass(frozen=True, slots=True)
class _Found:
    """An act's values on the page, by name: left, top, right, bottom in the page's upright frame."""

    values: Mapping[str, tuple[float, float, float, float]]

    @property
    def top(self) -> float:
        return min(box[1] for box in self.values.values())

    @property
    def bottom(self) -> float:
        return max(box[3] for box in self.values.values())

    def edge(self, *, upper: bool) -> list[str]:
        """The names of the values nearest to this edge, nearest first."""
        names = sorted(self.values, key=lambda name: self.values[name][1 if upper else 3], reverse=not upper)
        return names[:_EDGE]


def own_places(
    mine: CivilRecord, others: Sequence[CivilRecord], page: PageReport, words: Sequence[Word] = ()
) -> tuple[Quad, ...] | None:
    """What of the page may be seen with this act: its strip from side to side, and of a register the head of the page
    where no value of anybody stands in it; None where the place is not sure. In scan pixels. `others`: every other act
    on the page, in use or not; `words`: what was read on the page.
    """
    if page.width is None or page.height is None:
        return None
    turn = _upright([mine, *others], page.number)
    records = [mine, *others]
    acts, common = _apart([_placed(record, page.number, turn) for record in records])
    fullest = max(acts, key=lambda act: len(act.values))
    if any(len(act.values) < max(2, _FOUND * len(fullest.values)) for act in acts):
        return None
    own, acts = acts[0], sorted(acts, key=lambda act: act.top)
    line = median(box[3] - box[1] for act in acts for box in act.values.values())
    if not _is_even(acts) or not _are_whole(acts, fullest, line):
        return None
    frame = [turn.into(corner) for corner in _corners(page.width, page.height)]
    left, top, right, bottom = bounds(frame)
    at = acts.index(own)
    pitch = median(lower.top - upper.top for upper, lower in pairwise(acts))
    head = _head(mine, acts[0].top - _AIR * line, turn, words, common)
    first = acts[0].top - _AIR * line
    air = max(_AIR * line, median(lower.top - upper.bottom for upper, lower in pairwise(acts)) / 2)
    begins = (acts[at - 1].bottom + own.top) / 2 if at else (top if head else max(top, own.top - air))
    ends = (own.bottom + acts[at + 1].top) / 2 if at + 1 < len(acts) else own.top + pitch
    shown = [(left, begins, right, min(max(ends, own.bottom + _AIR * line), bottom))]
    if at and head:
        shown.append((left, top, right, first))
    shown += [] if head else [common[name] for name in sorted(common) if name in {f.name for f in mine.fields}]
    return tuple(turn.back(box) for box in shown)


@dataclass(frozen=True, slots=True)
class _Turn:
    """Between scan pixels and a frame in which lines run to the right."""

    cos: float
    sin: float

    def into(self, point: Point) -> Point:
        return point[0] * self.cos + point[1] * self.sin, point[1] * self.cos - point[0] * self.sin

    def back(self, box: tuple[float, float, float, float]) -> Quad:
        def scan(x: float, y: float) -> Point:
            return x * self.cos - y * self.sin, x * self.sin + y * self.cos

        x0, y0, x1, y1 = box
        return scan(x0, y0), scan(x1, y0), scan(x1, y1), scan(x0, y1)


def _upright(records: Sequence[CivilRecord], number: int) -> _Turn:
    """By the direction in which the values run, the longer the more."""
    right = down = 0.0
    for record in records:
        for field in record.fields:
            if field.page == number and len(set(field.box)) > 1:
                (ax, ay), (bx, by), (cx, cy), (dx, dy) = field.box
                right, down = right + bx - ax + cx - dx, down + by - ay + cy - dy
    length = math.hypot(right, down) or 1.0
    return _Turn(right / length, down / length) if right or down else _Turn(1.0, 0.0)


def _placed(record: CivilRecord, number: int, turn: _Turn) -> dict[str, tuple[float, float, float, float]]:
    return {
        field.name: bounds([turn.into(corner) for corner in field.box])
        for field in record.fields
        if field.page == number and len(set(field.box)) > 1
    }


def _apart(
    placed: Sequence[Mapping[str, tuple[float, float, float, float]]],
) -> tuple[list[_Found], dict[str, tuple[float, float, float, float]]]:
    """What each act has of its own, and what several take from one place: it is the page's."""
    common: dict[str, tuple[float, float, float, float]] = {}
    for n, values in enumerate(placed):
        for other in placed[n + 1 :]:
            common |= {name: box for name, box in values.items() if name in other and _same(box, other[name])}
    return [
        _Found({name: box for name, box in values.items() if name not in common or not _same(box, common[name])})
        for values in placed
    ], common


def _same(one: Sequence[float], other: Sequence[float]) -> bool:
    return all(abs(a - b) <= _SAME for a, b in zip(one, other, strict=True))


def _is_even(acts: Sequence[_Found]) -> bool:
    """Whether they lie below one another, none over another, and none is missing between them."""
    gaps = [lower.top - upper.bottom for upper, lower in pairwise(acts)]
    if min(gaps) <= 0:
        return False
    if len(acts) == 2:
        return gaps[0] <= _NEAR * max(act.bottom - act.top for act in acts)
    steps = [lower.top - upper.top for upper, lower in pairwise(acts)]
    usual = median(steps)
    return all(_EVEN[0] * usual <= step <= _EVEN[1] * usual for step in steps)


def _are_whole(acts: Sequence[_Found], fullest: _Found, line: float) -> bool:
    """Whether entries begin and end as the best found one does; rows stand on a line or two whatever was found."""
    if median(act.bottom - act.top for act in acts) < _ENTRY * line:
        return True
    upper, lower = set(fullest.edge(upper=True)), set(fullest.edge(upper=False))
    return all(
        not upper.isdisjoint(act.edge(upper=True)[:1]) and not lower.isdisjoint(act.edge(upper=False)[:1])
        for act in acts
    )


def _head(
    mine: CivilRecord,
    first: float,
    turn: _Turn,
    words: Sequence[Word],
    common: Mapping[str, tuple[float, float, float, float]],
) -> bool:
    """Whether the head of a register's page holds what is printed and what is the page's, and no value of anybody."""
    if mine.document_type is not DocumentType.BIRTH_REGISTER_ENTRY or not words:
        return False
    above = []
    for word, place in words:
        x, y = turn.into(place)
        of_page = any(box[0] <= x <= box[2] and box[1] <= y <= box[3] for box in common.values())
        if y < first and not of_page:
            above.append(word.strip())
    text = " ".join(above)
    named = [word[:1].isupper() and not word.isupper() for word in text.split()]
    triples = zip(text.split(), named, named[1:], named[2:], strict=False)
    return _NUMBER.search(text) is None and not any(has_surname(word) and all(capital) for word, *capital in triples)


def _corners(width: int, height: int) -> Quad:
    return (0.0, 0.0), (float(width), 0.0), (float(width), float(height)), (0.0, float(height))
