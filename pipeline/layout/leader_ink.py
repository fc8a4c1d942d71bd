"""Removes dotted and dashed lines from the ink, so that the letters on them stay whole.

Where a value stands on a leader, its dots melt into letters; they are taken out at the places where
the pitch says they must be, except the pixels that bridge strokes on both sides.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.domain.recognition import Gray
from pipeline.layout.components import Components
from pipeline.layout.leaders import DotRow, Flags, Floats, colons, dot_sized
from pipeline.layout.rules import repair


def erase_leaders(ink: Gray, pieces: Components, rows: tuple[DotRow, ...], *, dpi: float) -> Gray:
    """A copy of `ink` without the rows' dots: those standing free wholly, those in letters by pitch.

    Kept are a piece of a mark's size that is bigger than a dot and has a letter above it, and the
    dots of a colon that happens to stand on a place.
    """
    if not rows:
        return ink
    colon = np.zeros(len(pieces), bool)
    dots = np.flatnonzero(dot_sized(pieces, dpi=dpi))
    colon[dots[colons(pieces, dots)]] = True
    erased = np.zeros(len(pieces) + 1, np.uint8)
    clean = ink.copy()
    for row in rows:
        places = row.places()
        owners = _owners(pieces, row, places)
        kept = (owners >= 0) & colon[owners]
        places, owners = places[~kept], owners[~kept]
        free = _dot_sized(pieces, row, owners)
        erased[row.members + 1] = 255
        erased[owners[free] + 1] = 255
        _erase_hidden(clean, row, places[~free & ~_marks(ink, pieces, row, owners)])
    for row in rows:
        _erase_free(clean, pieces, row, erased)
    return clean


def _owners(pieces: Components, row: DotRow, places: Floats) -> NDArray[np.int64]:
    """The component at each place, -1 where there is none."""
    height, width = pieces.labels.shape
    x = np.rint(places).astype(int).clip(0, width - 1)
    y = np.rint(row.heights(places)).astype(int).clip(0, height - 1)
    return np.asarray(pieces.labels[y, x], np.int64) - 1


def _dot_sized(pieces: Components, row: DotRow, owners: NDArray[np.int64]) -> Flags:
    sized = (owners >= 0) & (pieces.width[owners] <= row.width + row.spread)
    return np.asarray(sized & (pieces.height[owners] <= row.height + row.spread), bool)


def _marks(ink: Gray, pieces: Components, row: DotRow, owners: NDArray[np.int64]) -> Flags:
    """Places held by a free piece of a mark's size that is no dot of the row and has a letter above.

    A mark is at most 2 dot heights high and 2.4 dot widths wide (and a pixel); its letter stands at most 1.3 dot
    heights above it. By trial.
    """
    marks = np.zeros(len(owners), bool)
    small = (owners >= 0) & ~_dot_sized(pieces, row, owners)
    small &= (pieces.height[owners] <= 2.0 * row.height + 1) & (pieces.width[owners] <= 2.4 * row.width + 1)
    reach = max(4, round(1.3 * row.height))
    for index in np.flatnonzero(small).tolist():
        piece = int(owners[index])
        top = int(pieces.y0[piece])
        above = ink[max(0, top - reach) : max(0, top - 1), int(pieces.x0[piece]) : int(pieces.x1[piece])]
        marks[index] = above.size > 0 and int(above.max()) > 0
    return marks


def _erase_free(ink: Gray, pieces: Components, row: DotRow, erased: NDArray[np.uint8]) -> None:
    ys = row.heights(np.array([row.first, row.last]))
    reach = int(row.height) + 4
    top, bottom = max(0, int(ys.min()) - reach), int(ys.max()) + reach
    left, right = max(0, int(row.first - row.width) - 2), int(row.last + row.width) + 3
    window = (slice(top, bottom), slice(left, right))
    ink[window] = cv2.subtract(ink[window], erased[pieces.labels[window]])


def _erase_hidden(ink: Gray, row: DotRow, places: Floats) -> None:
    if len(places) == 0:
        return
    half_w = max(1, round(row.width / 2 + 0.5))
    half_h = max(1, round(row.height / 2 + 0.5))
    ys = row.heights(places)
    reach = 4 * max(half_w, half_h)
    top, left = max(0, int(ys.min()) - reach), max(0, int(places.min()) - reach)
    view = ink[top : int(ys.max()) + reach, left : int(places.max()) + reach]
    if view.size == 0:
        return
    dots = np.zeros_like(view)
    for x, y in zip((places - left).tolist(), (ys - top).tolist(), strict=True):
        if row.kind == "dots":
            cv2.ellipse(dots, (round(x), round(y)), (half_w, half_h), 0, 0, 360, 255, -1)
        else:
            corners = ((round(x - half_w), round(y - half_h)), (round(x + half_w), round(y + half_h)))
            cv2.rectangle(dots, *corners, 255, -1)
    drawn = cv2.bitwise_and(view, dots)
    along = 2 * half_w + 3 if row.kind == "dots" else 0
    view[:] = repair(view, drawn, across=2 * half_h + 3, along=along)
