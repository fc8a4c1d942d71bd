"""Where one act stands on a page that it shares with others, so that nothing of theirs is handed out with it.

The place is told by the values that were found of every act, each found as well as the others. Acts that lie side by
side are parted by straight gutters (`gutters`). Where they lie below one another like the rows of a ledger or the
entries of a leaf it is sure only at even distances: an act that nobody read would leave a gap. Whoever is not sure
abstains.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from pipeline.domain.geometry import Point, Quad, bounds
from pipeline.domain.model import CivilRecord, DocumentType, PageReport
from pipeline.records.copies.gutters import Box, FoundAct, Part, Written, may_be_values, middle_of, part_of, within


class Word(NamedTuple):
    """What was read, its middle in scan pixels, and how far it is from there to its end."""

    text: str
    middle: Point
    half: Point = (0.0, 0.0)


_FOUND = 0.5  # share of the best found act's values from which an act counts as found
_EVEN = (0.6, 1.45)  # distances of neighbours, to the usual one
_NEAR = 1.0  # of the larger of two acts, that lie alone on a page, by which they may be apart
_ENTRY = 5.0  # heights of a line from which an act is an entry of its own and no row
_EDGE = 3  # values at the upper or lower edge of the best found act, one of which an entry has to begin or end with
_AIR = 0.4  # heights of a line, above and below what was found
_SAME = 4.0  # pixels by which a value may differ that several acts take from one place
_ROOM = 0.6  # of an act's height: in less than that above or below it there is no room for one that nobody read


def own_places(
    mine: CivilRecord, others: Sequence[CivilRecord], page: PageReport, words: Sequence[Word] = ()
) -> tuple[Quad, ...] | None:
    """What of the page may be seen with this act: its strip from side to side, or to the gutter where acts lie side by
    side, and of a register the head of the page where no value of anybody stands in it; None where the place is not
    sure. In scan pixels. `others`: every other act on the page, in use or not; `words`: what was read on the page.
    """
    if page.width is None or page.height is None:
        return None
    turn = _upright([mine, *others], page.number)
    acts, common = _apart([_placed(record, page.number, turn) for record in (mine, *others)])
    fullest = max(acts, key=lambda act: len(act.values))
    if any(len(act.values) < max(2, _FOUND * len(fullest.values)) for act in acts):
        return None
    own, line = acts[0], median(box[3] - box[1] for act in acts for box in act.values.values())
    frame = bounds([turn.into(corner) for corner in _corners(page.width, page.height)])
    written = [turn.word(word) for word in words]
    mixed = not all(_same_form(record, mine) for record in others)
    if mixed and not all(act.bottom - act.top >= _ENTRY * line for act in acts):
        return None  # papers of several forms on a sheet are as high as papers are
    part = part_of(own, acts, frame, written, line, rows_too=mixed)
    if part is None:
        return None
    # What gutters part it from need not begin or end as it does.
    alike = [act for act, record in zip(acts, (mine, *others), strict=True) if _same_form(record, mine)]
    if not _are_whole([own] if len(part.acts) == 1 else acts, max(alike, key=lambda act: len(act.values)), line):
        return None
    inside = [word for word in written if within(word.middle, part.box)]
    if len(part.acts) == 1:
        shown = [_alone(own, part.box, inside, line)]
    elif (strip := _strip(mine, own, part, inside, line, common)) is not None:
        shown = strip
    else:
        return None
    of_page = [common[name] for name in sorted(common) if name in {field.name for field in mine.fields}]
    shown += [box for box in of_page if not any(within(middle_of(box), place) for place in shown)]
    return tuple(turn.back(box) for box in shown)


def _strip(
    mine: CivilRecord, own: FoundAct, part: Part, words: Sequence[Written], line: float, common: Mapping[str, Box]
) -> list[Box] | None:
    """Of acts that lie below one another the own one, and the head; None where one may be missing between them."""
    acts = sorted(part.acts, key=lambda act: act.top)
    if not _is_even(acts):
        return None
    left, top, right, bottom = part.box
    at = acts.index(own)
    pitch = median(lower.top - upper.top for upper, lower in pairwise(acts))
    first = acts[0].top - _AIR * line
    head = _head(mine, first, words, common)
    air = max(_AIR * line, median(lower.top - upper.bottom for upper, lower in pairwise(acts)) / 2)
    begins = (acts[at - 1].bottom + own.top) / 2 if at else (top if head else max(top, own.top - air))
    ends = (own.bottom + acts[at + 1].top) / 2 if at + 1 < len(acts) else own.top + pitch
    shown = [(left, begins, right, min(max(ends, own.bottom + _AIR * line), bottom))]
    if at and head:
        shown.append((left, top, right, first))
    return shown


def _alone(own: FoundAct, box: Box, words: Sequence[Written], line: float) -> Box:
    """An act that gutters parted from all others: as much of its part as no other act can stand in."""
    left, top, right, bottom = box
    above = [word.text for word in words if word.middle[1] < own.top]
    below = [word.text for word in words if word.middle[1] > own.bottom]
    room, air = _ROOM * (own.bottom - own.top), _AIR * line
    begins = top if own.top - top < room and not may_be_values(above) else max(top, own.top - air)
    ends = bottom if bottom - own.bottom < room and not may_be_values(below) else min(bottom, own.bottom + air)
    return left, begins, right, ends


@dataclass(frozen=True, slots=True)
class _Turn:
    """Between scan pixels and a frame in which lines run to the right."""

    cos: float
    sin: float

    def into(self, point: Point) -> Point:
        return point[0] * self.cos + point[1] * self.sin, point[1] * self.cos - point[0] * self.sin

    def word(self, word: Word) -> Written:
        x, y = self.into(word.middle)
        along, across = (abs(value) for value in self.into(word.half))
        return Written(word.text, (x - along, y - across, x + along, y + across))

    def back(self, box: Box) -> Quad:
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


def _placed(record: CivilRecord, number: int, turn: _Turn) -> dict[str, Box]:
    return {
        field.name: bounds([turn.into(corner) for corner in field.box])
        for field in record.fields
        if field.page == number and len(set(field.box)) > 1
    }


def _apart(
    placed: Sequence[Mapping[str, Box]],
) -> tuple[list[FoundAct], dict[str, Box]]:
    """What each act has of its own, and what several take from one place: it is the page's."""
    common: dict[str, Box] = {}
    for n, values in enumerate(placed):
        for other in placed[n + 1 :]:
            common |= {name: box for name, box in values.items() if name in other and _same(box, other[name])}
    return [
        FoundAct({name: box for name, box in values.items() if name not in common or not _same(box, common[name])})
        for values in placed
    ], common


def _same(one: Sequence[float], other: Sequence[float]) -> bool:
    return all(abs(a - b) <= _SAME for a, b in zip(one, other, strict=True))


def _is_even(acts: Sequence[FoundAct]) -> bool:
    """Whether they lie below one another, none over another, and none is missing between them."""
    gaps = [lower.top - upper.bottom for upper, lower in pairwise(acts)]
    if min(gaps) <= 0:
        return False
    if len(acts) == 2:
        return gaps[0] <= _NEAR * max(act.bottom - act.top for act in acts)
    steps = [lower.top - upper.top for upper, lower in pairwise(acts)]
    usual = median(steps)
    return all(_EVEN[0] * usual <= step <= _EVEN[1] * usual for step in steps)


def _same_form(one: CivilRecord, other: CivilRecord) -> bool:
    return (one.document_type, one.form) == (other.document_type, other.form)


def _are_whole(acts: Sequence[FoundAct], fullest: FoundAct, line: float) -> bool:
    """Whether entries begin and end as the best found one does; rows stand on a line or two whatever was found."""
    if median(act.bottom - act.top for act in acts) < _ENTRY * line:
        return True
    upper, lower = set(_edge(fullest, upper=True)), set(_edge(fullest, upper=False))
    return all(
        not upper.isdisjoint(_edge(act, upper=True)[:1]) and not lower.isdisjoint(_edge(act, upper=False)[:1])
        for act in acts
    )


def _edge(act: FoundAct, *, upper: bool) -> list[str]:
    """The names of the values nearest to this edge, nearest first."""
    names = sorted(act.values, key=lambda name: act.values[name][1 if upper else 3], reverse=not upper)
    return names[:_EDGE]


def _head(mine: CivilRecord, first: float, words: Sequence[Written], common: Mapping[str, Box]) -> bool:
    """Whether the head of a register's page holds what is printed and what is the page's, and no value of anybody."""
    if mine.document_type is not DocumentType.BIRTH_REGISTER_ENTRY or not words:
        return False
    above = [
        word.text.strip()
        for word in words
        if word.middle[1] < first and not any(within(word.middle, box) for box in common.values())
    ]
    return not may_be_values(above)


def _corners(width: int, height: int) -> Quad:
    return (0.0, 0.0), (float(width), 0.0), (float(width), float(height)), (0.0, float(height))
