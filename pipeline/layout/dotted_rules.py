"""Row rules of tables that are drawn as dots: found across the columns, since no run of ink is long enough."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.domain.recognition import Gray
from pipeline.layout.components import find_components
from pipeline.layout.model import Rule

# Lengths in millimetres; all by trial.
_SHORTEST = 25.0  # an upright rule of a table
_TOGETHER = 0.6  # share of the longest that another upright rule of the table runs beside it
_FEWEST = 5  # upright rules: four columns
_NARROWEST = 5.0  # a column in which dots are looked for
_INSET = 1.0  # from the upright rules at which a column's inside begins
_GAP = 1.0  # between two dots at most
_LEAN = 0.4  # by which the dots of one column may lie off one height
_FULL, _CLEAR = 0.9, 0.6  # share of a column that is dots, at their height; beside it, where a line of text is as full
_BESIDE = 0.9  # above and below the dots at which it is clear
_LEVEL = 0.8  # within which the dots of all columns lie from one to the next
_COLUMNS = 0.6  # share of the columns that show the dots
_DOT = 0.9  # a dot's width and height at most


def find_dotted_rules(ink: Gray, rules: Sequence[Rule], *, dpi: float) -> tuple[Rule, ...]:
    """Rows of dots that lie across most columns of a ruled table, from its first upright rule to its last.

    A row of dots within cells is ruled paper as much as a row of a table: what the rows hold tells which, elsewhere.
    """
    mm = dpi / 25.4
    found: list[Rule] = []
    for sides in _tables(rules, mm):
        top, bottom = round(median(r.box[1] for r in sides)), round(median(r.box[3] for r in sides))
        columns = [
            (round(a.box[2] + _INSET * mm), round(b.box[0] - _INSET * mm))
            for a, b in pairwise(sides)
            if b.box[0] - a.box[2] >= _NARROWEST * mm
        ]
        heights = [(top + y, n) for n, (x0, x1) in enumerate(columns) for y in _dots(ink[top:bottom, x0:x1], mm)]
        for level in _levels(sorted(heights), _LEVEL * mm):
            ys = [y for y, _ in level]
            if len({n for _, n in level}) >= _COLUMNS * len(columns) and not _ruled(rules, sides, ys, mm):
                box = (sides[0].box[0], float(min(ys)), sides[-1].box[2], float(max(ys) + 1))
                found.append(Rule(box=box, horizontal=True, thickness=1.0))
    return tuple(found)


def erase_dots(ink: Gray, dotted: Sequence[Rule], *, dpi: float) -> Gray:
    """A copy of the ink without the dots of such rules; letters that reach over a rule stay whole."""
    clean, mm = ink.copy(), dpi / 25.4
    for rule in dotted:
        x0, y0, x1, y1 = (int(v) for v in rule.box)
        top = max(0, round(y0 - 2 * mm))
        strip = clean[top : round(y1 + 2 * mm), x0:x1]
        pieces = find_components(strip)
        middle = (pieces.y0 + pieces.y1) / 2 + top
        dots = (pieces.height <= _DOT * mm) & (pieces.width <= _DOT * mm)
        dots &= (middle >= y0 - _LEAN * mm) & (middle <= y1 + _LEAN * mm)
        gone = np.concatenate([[False], dots])
        strip[gone[pieces.labels]] = 0
    return clean


def _tables(rules: Sequence[Rule], mm: float) -> Iterator[list[Rule]]:
    """The upright rules of each table, from the left."""
    rest = sorted((r for r in rules if not r.horizontal), key=lambda r: r.box[1] - r.box[3])
    while rest and rest[0].box[3] - rest[0].box[1] >= _SHORTEST * mm:
        first = rest[0].box
        own = [
            r
            for r in rest
            if min(r.box[3], first[3]) - max(r.box[1], first[1]) >= _TOGETHER * (first[3] - first[1])
        ]  # fmt: skip
        rest = [r for r in rest if r not in own]
        if len(own) >= _FEWEST:
            yield sorted(own, key=lambda r: r.box[0])


def _dots(inside: Gray, mm: float) -> Iterator[int]:
    """Heights at which a row of dots runs through the inside of a column."""
    if inside.shape[0] < 8 or inside.shape[1] < 8:
        return
    joined = cv2.morphologyEx(inside, cv2.MORPH_CLOSE, np.ones((1, max(3, round(_GAP * mm))), np.uint8))
    reach = max(3, 2 * round(_LEAN * mm / 2) + 1)
    share = _shares(cv2.dilate(joined, np.ones((reach, 1), np.uint8)))
    full = np.flatnonzero(share >= _FULL)
    beside = round(_BESIDE * mm)
    for run in np.split(full, np.flatnonzero(np.diff(full) > 1) + 1):
        if not len(run) or run[-1] - run[0] > beside:
            continue
        above, below = int(run[0]) - beside, int(run[-1]) + beside
        if above >= 0 and below < len(share) and share[above] <= _CLEAR and share[below] <= _CLEAR:
            yield int((run[0] + run[-1]) // 2)


def _shares(mask: Gray) -> NDArray[np.float64]:
    return np.asarray((mask > 0).mean(axis=1), np.float64)


def _levels(heights: Sequence[tuple[int, int]], within: float) -> Iterator[list[tuple[int, int]]]:
    """Heights that lie near one another, from the top."""
    level: list[tuple[int, int]] = []
    for height in heights:
        if level and height[0] - level[-1][0] > within:
            yield level
            level = []
        level.append(height)
    if level:
        yield level


def _ruled(rules: Sequence[Rule], sides: Sequence[Rule], ys: Sequence[int], mm: float) -> bool:
    """Whether a rule that was found anyway lies there through half of the table."""
    left, right = sides[0].box[0], sides[-1].box[2]
    there = [
        r.box for r in rules if r.horizontal and r.box[1] - _LEVEL * mm <= max(ys) and min(ys) <= r.box[3] + _LEVEL * mm
    ]
    return sum(max(0.0, min(right, b[2]) - max(left, b[0])) for b in there) >= (right - left) / 2
