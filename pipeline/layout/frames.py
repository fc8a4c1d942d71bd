"""Finds frames of dots and dashes around a page: they are no writing, and their marks are no letters.

A frame has two upright sides of like marks that follow each other as closely as they are long, far apart and equally
high, and rows of such marks at their ends. One column alone may be letters under each other, a row alone a leader.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.recognition import Gray
from pipeline.layout.components import Components
from pipeline.layout.neighbours import connected, pairs_within

# All by trial, on papers laid out by the workshop.
_MARK_MM = (0.35, 6.0)  # least and largest longer side of a mark
_THICK_MM = 2.2  # largest shorter side
_NEXT = 2.6  # times the marks' extent along the row, at most from one middle to the next
_OFF_LINE = 0.6  # times their extent across it, at most from one middle to the next
_ALIKE = 0.3  # relative: how far two marks may differ in size
_FEWEST = 20  # marks of a side
_LONG = 0.35  # of the page's width or height that a side reaches over, at least
_STRAIGHT = 0.006  # of its length by which a side's middles may leave a straight line
_APART, _LEVEL = 0.4, 0.08  # of the width between two upright sides, at least; of the height by which their ends differ

Flags = NDArray[np.bool_]
Floats = NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class _Side:
    """A straight chain of marks: their numbers, where it runs across, and from where to where along."""

    marks: NDArray[np.int64]
    across: float
    first: float
    last: float
    size: float  # of a mark: its area


def frame_marks(pieces: Components, shape: tuple[int, int], *, dpi: float) -> Flags:
    """Which pieces are marks of a frame; `shape` is the page's (height, width)."""
    mm = dpi / 25.4
    long = np.maximum(pieces.width, pieces.height)
    short = np.minimum(pieces.width, pieces.height)
    marks = np.flatnonzero((long >= _MARK_MM[0] * mm) & (long <= _MARK_MM[1] * mm) & (short <= _THICK_MM * mm))
    found = np.zeros(len(pieces), bool)
    if len(marks) < 2 * _FEWEST:
        return found
    x = (pieces.x0[marks] + pieces.x1[marks]) / 2.0
    y = (pieces.y0[marks] + pieces.y1[marks]) / 2.0
    wide, high = pieces.width[marks].astype(float), pieces.height[marks].astype(float)
    a, b = pairs_within(x, y, _NEXT * _MARK_MM[1] * mm)
    like = (abs(wide[a] - wide[b]) <= 1 + _ALIKE * np.minimum(wide[a], wide[b])) & (
        abs(high[a] - high[b]) <= 1 + _ALIKE * np.minimum(high[a], high[b])
    )
    a, b = a[like], b[like]
    height, width = shape
    upright = list(_sides(y, x, high, wide, a, b, _LONG * height))
    pairs = [
        (left, right)
        for left, right in combinations(upright, 2)
        if abs(left.across - right.across) >= _APART * width
        and abs(left.first - right.first) <= _LEVEL * height
        and abs(left.last - right.last) <= _LEVEL * height
        and abs(left.size - right.size) <= 2 * _ALIKE * max(left.size, right.size)
    ]
    if not pairs:
        return found
    level = list(_sides(x, y, wide, high, a, b, _LONG * width))
    for left, right in pairs:
        ends = (min(left.first, right.first), max(left.last, right.last))
        rows = [row for row in level if min(abs(row.across - end) for end in ends) <= _LEVEL * height]
        for side in (left, right, *rows):
            found[marks[side.marks]] = True
    return found


def _sides(
    along: Floats, across: Floats, size: Floats, thick: Floats, a: NDArray[np.int64], b: NDArray[np.int64], least: float
) -> Iterator[_Side]:
    """Straight chains of marks, at least so long, that follow each other closely along one axis."""
    step = abs(along[a] - along[b])
    next_to = (step <= _NEXT * np.minimum(size[a], size[b])) & (step > 0)
    next_to &= abs(across[a] - across[b]) <= 1 + _OFF_LINE * np.minimum(thick[a], thick[b])
    for group in connected(len(along), a[next_to], b[next_to]):
        first, last = float(along[group].min()), float(along[group].max())
        if len(group) >= _FEWEST and last - first >= least and _straight(along[group], across[group]):
            area = float(np.median(size[group] * thick[group]))
            yield _Side(group, float(np.median(across[group])), first, last, area)


def _straight(along: NDArray[np.floating], across: NDArray[np.floating]) -> bool:
    """Whether points lie on a line, up to the little that a photograph bends it."""
    slope, base = np.polyfit(along, across, 1)
    return bool(np.median(abs(across - slope * along - base)) <= 1 + _STRAIGHT * np.ptp(along))


def without_frames(ink: Gray, pieces: Components, *, dpi: float) -> Gray:
    """The ink without the marks of frames; the same picture where there are none."""
    marks = frame_marks(pieces, (ink.shape[0], ink.shape[1]), dpi=dpi)
    if not marks.any():
        return ink
    erased = np.concatenate(([False], marks))
    clean = ink.copy()
    clean[erased[pieces.labels]] = 0
    return clean
