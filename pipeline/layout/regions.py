"""Photographs, fingerprints and printed codes: dense areas that hold no text lines."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.domain.recognition import Gray
from pipeline.layout.model import Box

_SMALL = 8  # density is measured on an image this many times smaller; for speed
_WINDOW_MM = 4.0  # side of the window density is averaged over: more than a line of print; by trial
_DENSE = 0.42  # share of ink in such a window; bold capitals stay below it; by trial
_SMALLEST_MM = 11.0  # of both sides of an area; smaller ones are bold words and stamps; by trial
_FILLS = 0.6  # share of its box from which an area is ignored as one; by trial
_OPENED, _KEPT = 0.6, 0.7
"""Of `_SMALLEST_MM`: what is narrower is taken away first, and what is left must be this wide: averaging has eaten half
a window at each side. By trial."""


def find_ignored(ink: Gray, *, dpi: float) -> tuple[Box, ...]:
    """Boxes of areas at least 11 mm in both directions that are mostly ink."""
    mm = dpi / 25.4 / _SMALL
    size = (max(1, ink.shape[1] // _SMALL), max(1, ink.shape[0] // _SMALL))
    density = cv2.resize(ink, size, interpolation=cv2.INTER_AREA)
    window = max(3, int(_WINDOW_MM * mm) | 1)
    dense = cv2.compare(cv2.blur(density, (window, window)), int(_DENSE * 255), cv2.CMP_GT)
    # Take away what is narrower than the smallest area, e.g. a line of bold capitals.
    side = max(3, int(_OPENED * _SMALLEST_MM * mm) | 1)
    dense = cv2.morphologyEx(dense, cv2.MORPH_OPEN, np.ones((side, side), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(dense, connectivity=8)
    out: list[Box] = []
    grow = window // 2
    for number, (x, y, w, h, _) in enumerate(stats[1:].tolist(), start=1):
        if min(w, h) < _KEPT * _SMALLEST_MM * mm:
            continue
        for x0, y0, x1, y1 in _filled(labels[y : y + h, x : x + w] == number, side):
            box = (x + x0 - grow, y + y0 - grow, x + x1 + grow, y + y1 + grow)
            left, top, right, bottom = max(0, box[0]), max(0, box[1]), min(size[0], box[2]), min(size[1], box[3])
            out.append((float(left * _SMALL), float(top * _SMALL), float(right * _SMALL), float(bottom * _SMALL)))
    return tuple(out)


def _filled(area: NDArray[np.bool_], smallest: int) -> Iterator[tuple[int, int, int, int]]:
    """Boxes that hold the area and little else: one where it fills its own, else those of its halves. A scanner's black
    border goes around the page, and the dark fold of a book across it."""
    ys, xs = np.flatnonzero(area.any(axis=1)), np.flatnonzero(area.any(axis=0))
    if not len(ys):
        return
    top, bottom, left, right = int(ys[0]), int(ys[-1]) + 1, int(xs[0]), int(xs[-1]) + 1
    inside = area[top:bottom, left:right]
    height, width = inside.shape
    if inside.mean() >= _FILLS or max(height, width) <= smallest:
        yield left, top, right, bottom
        return
    if height > width:
        halves = [(0, inside[: height // 2]), (height // 2, inside[height // 2 :])]
        yield from (
            (left + a, top + at + b, left + c, top + at + d) for at, h in halves for a, b, c, d in _filled(h, smallest)
        )
    else:
        halves = [(0, inside[:, : width // 2]), (width // 2, inside[:, width // 2 :])]
        yield from (
            (left + at + a, top + b, left + at + c, top + d) for at, h in halves for a, b, c, d in _filled(h, smallest)
        )
