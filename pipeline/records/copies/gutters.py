"""Straight gutters between acts of one page: acts that lie side by side, or of which some do, are parted by them.

A gutter is a band between what was found of the acts in which nothing was read, as high (or as wide) as the acts beside
it. What was read between the gutter and an act belongs to that act, unless it may be somebody's value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.domain.geometry import Point
from pipeline.gazetteer.people import has_surname

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""

_WIDE = 1.0  # heights of a line that a gutter has at least
_NUMBER = re.compile(r"\d{9,}|\d{1,2}[/.\-]\d{1,2}[/.\-]\d{2,4}")
_ACROSS, _DOWN = 0, 1


@dataclass(frozen=True, slots=True)
class FoundAct:
    """An act's own values on the page, by name, in the frame in which its lines run to the right."""

    values: Mapping[str, Box]

    @property
    def box(self) -> Box:
        lefts, tops, rights, bottoms = zip(*self.values.values(), strict=True)
        return min(lefts), min(tops), max(rights), max(bottoms)

    @property
    def top(self) -> float:
        return self.box[1]

    @property
    def bottom(self) -> float:
        return self.box[3]


@dataclass(frozen=True, slots=True)
class Written:
    """A word that was read, and where."""

    text: str
    box: Box

    @property
    def middle(self) -> Point:
        return middle_of(self.box)


@dataclass(frozen=True, slots=True)
class Part:
    """What of the page is left when gutters have parted others from one act: from where to where, and with whom."""

    box: Box
    acts: tuple[FoundAct, ...]


def part_of(
    own: FoundAct, acts: Sequence[FoundAct], page: Box, words: Sequence[Written], line: float, *, rows_too: bool
) -> Part | None:
    """The part of the page with this act in which the acts left lie below one another, or none but itself, as always
    with `rows_too`; None where acts lie over one another, or no gutter is sure between some. `line`: the height of a
    line."""
    part = Part(page, tuple(acts))
    while len(part.acts) > 1:
        columns = _groups(part.acts, _ACROSS)
        rows = _groups(part.acts, _DOWN)
        if len(columns) > 1:
            groups, along = columns, _ACROSS
        elif rows_too or any(len(row) > 1 for row in rows):
            groups, along = rows, _DOWN
        else:
            return part
        if len(groups) == 1:
            return None
        cut = _cut(own, groups, along, part, words, line)
        if cut is None:
            return None
        part = cut
    return part


def may_be_values(texts: Sequence[str]) -> bool:
    """Whether what was read may say something of somebody: a date, a long number, a name."""
    text = " ".join(texts)
    named = [word[:1].isupper() and not word.isupper() for word in text.split()]
    triples = zip(text.split(), named, named[1:], named[2:], strict=False)
    return _NUMBER.search(text) is not None or any(has_surname(word) and all(capital) for word, *capital in triples)


def middle_of(box: Box) -> Point:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def within(point: Point, box: Box) -> bool:
    """Whether the point lies in the box, or on its edge."""
    return box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]


def _groups(acts: Sequence[FoundAct], along: int) -> list[list[FoundAct]]:
    """Acts that overlap along an axis, in its order."""
    groups: list[list[FoundAct]] = []
    end = float("-inf")
    for act in sorted(acts, key=lambda act: act.box[along]):
        if act.box[along] >= end:
            groups.append([])
        groups[-1].append(act)
        end = max(end, act.box[along + 2])
    return groups


def _cut(
    own: FoundAct,
    groups: Sequence[Sequence[FoundAct]],
    along: int,
    part: Part,
    words: Sequence[Written],
    line: float,
) -> Part | None:
    at = next(n for n, group in enumerate(groups) if own in group)
    limits = list(part.box)
    inside = [word for word in words if within(word.middle, part.box)]
    for other in (at - 1, at + 1):
        if 0 <= other < len(groups):
            gutter = _gutter(groups[at], groups[other], along, inside, line)
            if gutter is None:
                return None
            limits[along if other < at else along + 2] = gutter
    left, top, right, bottom = limits
    return replace(part, box=(left, top, right, bottom), acts=tuple(groups[at]))


def _gutter(
    mine: Sequence[FoundAct], theirs: Sequence[FoundAct], along: int, words: Sequence[Written], line: float
) -> float | None:
    """The middle of the widest free band, or of the one nearest to mine where something that may be a value stands
    between the widest and mine."""
    across = 1 - along
    own, other = _around(mine), _around(theirs)
    begin, end = sorted((own, other), key=lambda box: box[along])
    span = min(own[across], other[across]) - line, max(own[across + 2], other[across + 2]) + line
    beside = [word for word in words if span[0] < word.middle[across] < span[1]]
    free = _free(begin[along + 2], end[along], sorted((w.box[along], w.box[along + 2]) for w in beside))
    bands = [band for band in free if band[1] - band[0] >= _WIDE * line]
    after = own[along] > other[along]
    nearest = bands[-1:] if after else bands[:1]
    for low, high in [*sorted(bands, key=lambda band: band[0] - band[1])[:1], *nearest]:
        middle = (low + high) / 2
        edge = own[along] if after else own[along + 2]
        between = [w.text for w in beside if min(middle, edge) < w.middle[along] < max(middle, edge)]
        if not may_be_values(between):
            return middle
    return None


def _free(low: float, high: float, taken: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    bands = []
    for begin, end in taken:
        if end <= low:
            continue
        if begin >= high:
            break
        if begin > low:
            bands.append((low, begin))
        low = max(low, end)
    return [*bands, (low, high)] if low < high else bands


def _around(acts: Sequence[FoundAct]) -> Box:
    lefts, tops, rights, bottoms = zip(*(act.box for act in acts), strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)
