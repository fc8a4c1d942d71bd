"""Line finding measured apart from reading: are the lines of written values found, and is what is found a line?

A label and its value often stand in one line, so a found line is compared inside the value's own columns. Lines are
matched one to one at an intersection over union of `MATCH`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.layout import Box

MATCH = 0.5
_SAME_ROW = 0.5  # of the lower box's height that two parts of one row share
_REACH = 0.3  # of the lower height by which a line must reach into a value to have to do with it


@dataclass(frozen=True, slots=True)
class Detection:
    """Counts over any number of pages; `+` adds them up.

    `values` were written, `found` of them matched; `lines` reach into values' areas, `right` of them matched.
    """

    values: int = 0
    found: int = 0
    lines: int = 0
    right: int = 0

    def __add__(self, other: Detection) -> Detection:
        return Detection(self.values + other.values, self.found + other.found, self.lines + other.lines,
                         self.right + other.right)  # fmt: skip

    @property
    def recall(self) -> float:
        """Share of the values that were found; 0 where there are none."""
        return self.found / self.values if self.values else 0.0

    @property
    def precision(self) -> float:
        """Share of the lines in values' areas that are a value's line; 0 where there are none."""
        return self.right / self.lines if self.lines else 0.0


def detect(value: Box, boxes: Sequence[Box], cut: Sequence[Box] = ()) -> Detection:
    """Counts of one value (a box of one or more lines) against everything found on its page.

    Found boxes are trimmed to the value's columns; parts of one row count as one line. A value is found when one
    row, or for a value of several lines all rows together, matches it. Truth boxes hold the letters of print but a
    pen font's full height, so lines may be given a second time as they are `cut`, margins included: the value is
    found when either matches.
    """
    close = _detect(value, boxes)
    return close if close.found or not cut else max(close, _detect(value, cut), key=lambda counts: counts.found)


def _detect(value: Box, boxes: Sequence[Box]) -> Detection:
    rows = _rows([part for box in boxes if (part := _inside(box, value)) is not None])
    if not rows:
        return Detection(values=1)
    if max(overlap(row, value) for row in rows) >= MATCH:
        return Detection(1, 1, len(rows), 1)
    if overlap(_around(rows), value) >= MATCH:
        return Detection(1, 1, len(rows), len(rows))
    return Detection(1, 0, len(rows), 0)


def overlap(a: Box, b: Box) -> float:
    """Intersection over union of two boxes; 0 for boxes without area."""
    wide, tall = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    if wide <= 0 or tall <= 0:
        return 0.0
    both = wide * tall
    return both / (_area(a) + _area(b) - both)


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _inside(box: Box, value: Box) -> Box | None:
    """The part of a found box in the value's columns; None when it hardly reaches into the value."""
    x0, x1 = max(box[0], value[0]), min(box[2], value[2])
    tall = min(box[3], value[3]) - max(box[1], value[1])
    if x1 <= x0 or tall < _REACH * min(box[3] - box[1], value[3] - value[1]):
        return None
    return (x0, box[1], x1, box[3])


def _rows(parts: Sequence[Box]) -> list[Box]:
    """Parts that stand beside each other as one box each."""
    rows: list[Box] = []
    for part in sorted(parts, key=lambda box: box[1] + box[3]):
        last = rows[-1] if rows else None
        if last is not None:
            shared = min(last[3], part[3]) - max(last[1], part[1])
            if shared >= _SAME_ROW * min(last[3] - last[1], part[3] - part[1]):
                rows[-1] = _around([last, part])
                continue
        rows.append(part)
    return rows


def _around(boxes: Sequence[Box]) -> Box:
    return (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))
