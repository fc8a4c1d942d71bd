"""Pieces of ink into runs of text.

Each letter-like piece is drawn as a flat bar through its middle, as long as the piece and a share
of its height at both ends. Bars of one run of text touch, bars of different lines do not, whatever
marks and descenders do above and below; vertical rules cut them. Marks, dots and commas join the
run whose letters they stand closest to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.layout.components import Components, Ints
from pipeline.layout.model import Box
from pipeline.recognition import Gray

_SMALL = 2  # bars are drawn at half the scale of the pieces
_SIDE = 0.95  # of a letter's height, added to the bar at each end
_LETTER_MM = (1.0, 16.0)
_TALLEST = 6.5  # times the small letters: a heading's capitals; bigger are drawings and signatures
_SHORTEST_WALL_MM = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """`owner[i]` is the run (from 0) of piece i, -1 for none.

    `boxes` (runs, 4) holds all of a run's ink, `cores` only its letters; `heights` is the typical
    letter height of each run.
    """

    owner: Ints
    boxes: NDArray[np.float64]
    heights: NDArray[np.float64]
    cores: NDArray[np.float64]


def group(pieces: Components, walls: Sequence[Box], *, dpi: float) -> Runs:
    """Runs of text among `pieces`; no run crosses a wall (a vertical rule's box)."""
    mm = dpi / 25.4
    height, width = pieces.height, pieces.width
    typical = _typical_height(pieces, mm)
    low, high = max(_LETTER_MM[0] * mm, 0.55 * typical), min(_LETTER_MM[1] * mm, _TALLEST * typical)
    core = (height >= low) & (height <= high) & (width <= 120 * mm) & (pieces.area > 4)
    core |= (width >= 2.2 * typical) & (height >= 0.3 * typical) & (height <= high)
    chosen = np.flatnonzero(core)
    if len(chosen) == 0:
        empty = np.zeros((0, 4))
        return Runs(owner=np.full(len(pieces), -1, np.int32), boxes=empty, heights=np.zeros(0), cores=empty)
    canvas = _bars(pieces, chosen, typical, reach=_SIDE)
    letters = _bars(pieces, chosen, typical, reach=0.0)
    _point_bars(canvas, letters, pieces, core, typical)
    _cut(canvas, walls, mm)
    _, labels = cv2.connectedComponents(canvas, connectivity=4, ltype=cv2.CV_32S)
    owner = np.full(len(pieces), -1, np.int32)
    cx = ((pieces.x0[chosen] + pieces.x1[chosen]) // (2 * _SMALL)).clip(0, canvas.shape[1] - 1)
    cy = ((pieces.y0[chosen] + pieces.y1[chosen]) // (2 * _SMALL)).clip(0, canvas.shape[0] - 1)
    found = labels[cy, cx]
    owner[chosen] = _renumbered(np.where(found == 0, -1, found))
    return _finish(pieces, owner, chosen)


def _typical_height(pieces: Components, mm: float) -> float:
    """Height of a small letter: the area-weighted median of letter-sized pieces."""
    sized = (pieces.height >= 0.9 * mm) & (pieces.height <= 9 * mm) & (pieces.width <= 12 * mm)
    sized &= pieces.width >= 0.35 * mm
    if not sized.any():
        return 2.0 * mm
    heights = np.sort(pieces.height[sized])
    return float(heights[len(heights) // 2])


def _bars(pieces: Components, chosen: NDArray[np.int64], typical: float, *, reach: float) -> Gray:
    """Flat bars through the middles of the chosen pieces, on a canvas at `1/_SMALL` scale.

    `reach` is how far a bar goes beyond its piece, in letter heights.
    """
    shape = (pieces.labels.shape[0] // _SMALL + 1, pieces.labels.shape[1] // _SMALL + 1)
    canvas = np.zeros(shape, np.uint8)
    heights = pieces.height[chosen].astype(np.float64)
    side = np.clip(heights, 0.8 * typical, 1.8 * typical + 0.3 * heights) * reach
    half = np.maximum(0.22 * heights, 1.5)
    middle = (pieces.y0[chosen] + pieces.y1[chosen]) / 2.0
    corners = np.stack(
        [pieces.x0[chosen] - side, middle - half, pieces.x1[chosen] + side, middle + half], axis=1
    )
    _fill(canvas, corners)
    return canvas


def _fill(canvas: Gray, corners: NDArray[np.float64]) -> None:
    for x0, y0, x1, y1 in np.rint(corners / _SMALL).astype(int).tolist():
        cv2.rectangle(canvas, (x0, y0), (x1, y1), 255, -1)


def _point_bars(
    canvas: Gray, letters: Gray, pieces: Components, core: NDArray[np.bool_], typical: float
) -> None:
    """Bars for full stops, commas and hyphens, at the height of the letters they stand beside.

    Without them a comma and a wide space would part a line.
    """
    small = ~core & (pieces.height >= 0.15 * typical) & (pieces.width <= 1.3 * typical)
    small &= (pieces.width >= 0.1 * typical) & (pieces.height <= 1.2 * typical)
    chosen = np.flatnonzero(small)
    chosen = chosen[~_is_mark(letters, pieces, chosen, typical)]
    side = _SIDE * typical
    bottom = pieces.y1[chosen]
    corners = np.stack(
        [pieces.x0[chosen] - side, bottom - 0.8 * typical, pieces.x1[chosen] + side, bottom - 0.35 * typical],
        axis=1,
    )
    _fill(canvas, corners)


def _is_mark(
    letters: Gray, pieces: Components, small: NDArray[np.int64], typical: float
) -> NDArray[np.bool_]:
    """Which small pieces stand right above or below a letter: marks, not points of the sentence."""
    x = (pieces.x0[small] + pieces.x1[small]) // (2 * _SMALL)
    middle = (pieces.y0[small] + pieces.y1[small]) / 2.0
    found = np.zeros(len(small), bool)
    for offset in (-1.3, -1.0, -0.7, 0.7, 1.0, 1.3):
        y = ((middle + offset * typical) / _SMALL).astype(int).clip(0, letters.shape[0] - 1)
        for beside in (-2, 0, 2):
            found |= letters[y, (x + beside).clip(0, letters.shape[1] - 1)] > 0
    return found


def _cut(canvas: Gray, walls: Sequence[Box], mm: float) -> None:
    for box in walls:
        if box[3] - box[1] >= _SHORTEST_WALL_MM * mm:
            x0, y0, x1, y1 = (round(v / _SMALL) for v in box)
            cv2.rectangle(canvas, (x0, y0), (max(x0, x1), y1), 0, -1)


def _finish(pieces: Components, owner: Ints, chosen: NDArray[np.int64]) -> Runs:
    count = int(owner.max()) + 1
    cores = _extents(pieces, owner, count)
    heights = _medians(pieces.height[chosen].astype(np.float64), owner[chosen], count)
    host = _marks_of(cores, heights)
    if (host >= 0).any():
        # A mark over a big letter is as large as small print, so it made a run of its own.
        owner = np.where((owner >= 0) & (host[owner] >= 0), host[owner], owner).astype(np.int32)
        owner = _renumbered(owner)
        return _finish(pieces, owner, chosen)
    loose = np.flatnonzero(owner < 0)
    if len(loose) and count:
        owner[loose] = _nearest(pieces, loose, cores, heights)
    boxes = _extents(pieces, owner, count)
    return Runs(owner=owner, boxes=boxes, heights=heights, cores=cores)


def _marks_of(cores: NDArray[np.float64], heights: NDArray[np.float64]) -> Ints:
    """For each run the run of much bigger letters that it is a mark of, else -1."""
    x0, y0, x1, y1 = (cores[:, i, None] for i in range(4))
    big = heights[None, :]
    inside = (x0 >= cores[:, 0] - 0.3 * big) & (x1 <= cores[:, 2] + 0.3 * big)
    gap = np.maximum(cores[:, 1] - y1, y0 - cores[:, 3])
    fits = inside & (gap < 0.3 * big) & (x1 - x0 < 0.9 * big) & (heights[:, None] < 0.6 * big)
    fits &= y1 - y0 < 0.6 * big
    return np.where(fits.any(axis=1), fits.argmax(axis=1), -1).astype(np.int32)


def _renumbered(owner: Ints) -> Ints:
    """The same grouping with run numbers 0, 1, 2, … and -1 kept."""
    numbers, compact = np.unique(owner, return_inverse=True)
    return (compact - int(numbers[0] < 0)).astype(np.int32)


def _extents(pieces: Components, owner: Ints, count: int) -> NDArray[np.float64]:
    out = np.empty((count, 4))
    out[:, :2], out[:, 2:] = np.inf, -np.inf
    own = owner >= 0
    for column, values, reduce in (
        (0, pieces.x0, np.minimum),
        (1, pieces.y0, np.minimum),
        (2, pieces.x1, np.maximum),
        (3, pieces.y1, np.maximum),
    ):
        reduce.at(out[:, column], owner[own], values[own])
    return out


def _medians(values: NDArray[np.float64], group_of: Ints, count: int) -> NDArray[np.float64]:
    order = np.lexsort((values, group_of))
    starts = np.searchsorted(group_of[order], np.arange(count))
    sizes = np.bincount(group_of[group_of >= 0], minlength=count)
    return np.asarray(values[order][starts + sizes // 2], np.float64)


def _nearest(
    pieces: Components, loose: NDArray[np.int64], cores: NDArray[np.float64], heights: NDArray[np.float64]
) -> Ints:
    """For each loose piece the run it belongs to: inside its reach and vertically closest, else -1."""
    x = ((pieces.x0[loose] + pieces.x1[loose]) / 2.0)[:, None]
    y = ((pieces.y0[loose] + pieces.y1[loose]) / 2.0)[:, None]
    h = heights[None, :]
    dx = np.maximum(np.maximum(cores[:, 0] - x, x - cores[:, 2]), 0.0)
    above = np.maximum(cores[:, 1] - y, 0.0)
    below = np.maximum(y - cores[:, 3], 0.0)
    near = (dx <= 1.2 * h) & (above <= 0.9 * h) & (below <= 0.7 * h)
    near &= pieces.height[loose][:, None] <= 2.5 * h
    cost = np.where(near, (dx + above + 1.3 * below) / h, np.inf)
    best = cost.argmin(axis=1)
    reach = cost[np.arange(len(loose)), best]
    return np.where(np.isfinite(reach), best, -1).astype(np.int32)
