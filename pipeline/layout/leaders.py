"""Dotted and dashed lines that values are written on.

A leader is a row of like dots at an even pitch on one straight line. The marks under ạ ẹ ọ and the
dots of i are neither evenly spaced nor many, so they stay. Where a value stands on the leader its
dots melt into letters; they are taken out at the places where the pitch says they must be.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from pipeline.layout.components import Components
from pipeline.layout.model import Leader
from pipeline.layout.rules import repair
from pipeline.recognition import Gray

_DOT_MM = 0.95
_DASH_MM = (4.5, 0.7)
_REACH_MM = 4.2  # from a dot to the next that still stands free
_FEWEST = 5
_EVEN = 0.72  # share of the dots that must keep to the pitch
_OFF_PITCH = 0.17  # of the pitch: farther from its place, a dot is a mark under a letter
_BIGGER = 1.6
_INKED = 0.7

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class DotRow:
    """Dots found standing free (`members`), on the line y = slope * x + base, at x = origin + n * pitch."""

    members: NDArray[np.int64]
    first: float
    last: float
    pitch: float
    origin: float
    slope: float
    base: float
    width: float
    height: float
    kind: str

    def y(self, x: float) -> float:
        return self.slope * x + self.base


def find_leaders(pieces: Components, *, dpi: float) -> tuple[DotRow, ...]:
    """Rows of at least five like dots or dashes at an even pitch."""
    mm = dpi / 25.4
    width, height = pieces.width, pieces.height
    dots = (width <= _DOT_MM * mm) & (height <= _DOT_MM * mm) & (pieces.area >= 2)
    dashes = (height <= _DASH_MM[1] * mm) & (width <= _DASH_MM[0] * mm) & (width >= 2.0 * height)
    dashes &= width > 0.7 * mm
    rows = _rows(pieces, np.flatnonzero(dots), kind="dots", reach=_REACH_MM * mm)
    rows += _rows(pieces, np.flatnonzero(dashes), kind="dashes", reach=3 * _REACH_MM * mm)
    return tuple(rows)


def _rows(pieces: Components, chosen: NDArray[np.int64], *, kind: str, reach: float) -> list[DotRow]:
    if len(chosen) < _FEWEST:
        return []
    x = (pieces.x0[chosen] + pieces.x1[chosen]) / 2.0
    y = (pieces.y0[chosen] + pieces.y1[chosen]) / 2.0
    tall = float(np.median(pieces.height[chosen]))
    level = max(2.0, 0.4 * tall)
    # Distances are measured with y stretched, so that a circle of `reach` is a flat ellipse.
    tree = cKDTree(np.stack([x, y * (reach / level)], axis=1))
    pairs = tree.query_pairs(reach, output_type="ndarray")
    if len(pairs) == 0:
        return []
    area = pieces.area[chosen].astype(np.float64)
    a, b = pairs[:, 0], pairs[:, 1]
    alike = np.maximum(area[a], area[b]) <= 3.0 * np.minimum(area[a], area[b]) + 6
    links = coo_matrix((np.ones(int(alike.sum())), (a[alike], b[alike])), shape=(len(chosen),) * 2)
    count, group = connected_components(links, directed=False)
    order = np.argsort(group, kind="stable")
    ends = np.searchsorted(group[order], np.arange(count + 1))
    found = []
    for start, end in itertools.pairwise(ends.tolist()):
        if end - start >= _FEWEST:
            row = _even_row(pieces, chosen[order[start:end]], kind=kind)
            if row is not None:
                found.append(row)
    return found


def _even_row(pieces: Components, members: NDArray[np.int64], *, kind: str) -> DotRow | None:
    """The row these pieces make, or None when their spacing or their line is not even."""
    x = (pieces.x0[members] + pieces.x1[members]) / 2.0
    y = (pieces.y0[members] + pieces.y1[members]) / 2.0
    order = np.argsort(x)
    x, y, members = x[order], y[order], members[order]
    slope, base = np.polyfit(x, y, 1)
    width = float(np.median(pieces.width[members]))
    height = float(np.median(pieces.height[members]))
    on_line = np.abs(y - slope * x - base) <= max(1.6, 0.35 * height)
    if abs(slope) > 0.05 or on_line.sum() < _FEWEST or on_line.mean() < 0.6:
        return None
    x, members = x[on_line], members[on_line]
    lattice = _lattice(x, width)
    if lattice is None:
        return None
    pitch, origin, fits = lattice
    # A mark under a letter that happens to stand on the row is bigger than its dots or hangs lower.
    area = pieces.area[members]
    fits &= area <= _BIGGER * np.median(area[fits]) + 4
    fits &= pieces.width[members] < 1.3 * width + 1
    hangs = pieces.y1[members] - slope * x
    fits &= hangs - np.median(hangs[fits]) < max(1.8, 0.28 * height)
    return DotRow(
        members=members[fits],
        first=float(x[fits][0]),
        last=float(x[fits][-1]),
        pitch=pitch,
        origin=origin,
        slope=float(slope),
        base=float(base),
        width=width,
        height=height,
        kind=kind,
    )


def _lattice(x: Floats, width: float) -> tuple[float, float, NDArray[np.bool_]] | None:
    """Pitch and origin of the even spacing of `x`, and which of them keep to it; None if too few do."""
    gaps = np.diff(x)
    free = gaps[gaps > 0.5 * width]
    if len(free) < _FEWEST - 1:
        return None
    pitch = _pitch(free)
    if pitch < 1.05 * width:
        return None
    steps = np.concatenate(([0.0], np.cumsum(np.round(gaps / pitch))))
    fits = np.ones(len(x), bool)
    origin = float(x[0])
    for _ in range(3):  # least squares without the strays
        if len(np.unique(steps[fits])) < _FEWEST:
            return None
        pitch, origin = (float(v) for v in np.polyfit(steps[fits], x[fits], 1))
        if pitch <= 0:
            return None
        steps = np.round((x - origin) / pitch)
        fits = np.abs(x - origin - steps * pitch) <= max(1.2, _OFF_PITCH * pitch)
    if fits.mean() < _EVEN or np.median(np.diff(steps[fits])) > 4:
        return None
    return pitch, origin, fits


def _pitch(gaps: Floats) -> float:
    """The step of which the gaps are multiples: a low quantile, refined on the gaps near it."""
    rough = float(np.percentile(gaps, 35))
    near = gaps[np.abs(gaps - rough) <= 0.25 * rough]
    return float(near.mean()) if len(near) else rough


def erase_leaders(ink: Gray, pieces: Components, rows: tuple[DotRow, ...]) -> Gray:
    """A copy of `ink` without the rows' dots: those standing free wholly, those in letters by pitch."""
    gone = np.zeros(len(pieces) + 1, np.uint8)
    for row in rows:
        gone[row.members + 1] = 255
    clean = ink.copy()
    for row in rows:
        if row.kind == "dots":
            _erase_hidden(clean, pieces, row)
    for row in rows:
        _erase_free(clean, pieces, row, gone)
    return clean


def _erase_free(ink: Gray, pieces: Components, row: DotRow, gone: NDArray[np.uint8]) -> None:
    top = int(pieces.y0[row.members].min())
    bottom = int(pieces.y1[row.members].max())
    left, right = int(pieces.x0[row.members].min()), int(pieces.x1[row.members].max())
    window = (slice(top, bottom), slice(left, right))
    ink[window] = cv2.subtract(ink[window], gone[pieces.labels[window]])


def _erase_hidden(ink: Gray, pieces: Components, row: DotRow) -> None:
    """Dots that melted into letters, between the free ones and beyond both ends of the row.

    They stand a whole number of pitches away, on the row's line. Beyond the ends the row is
    followed until two places in succession are empty.
    """
    places = _followed(ink, row)
    places = places[~_marks_at(ink, pieces, row, places)]
    if len(places) == 0:
        return
    radius = max(1, round(max(row.width, row.height) / 2 + 0.5))
    ys = row.slope * places + row.base
    top, bottom = max(0, int(ys.min()) - 4 * radius), int(ys.max()) + 4 * radius
    left, right = max(0, int(places.min()) - 4 * radius), int(places.max()) + 4 * radius
    view = ink[top:bottom, left:right]
    if view.size == 0:
        return
    dots = np.zeros_like(view)
    for cx, cy in zip(places.tolist(), ys.tolist(), strict=True):
        cv2.circle(dots, (round(cx - left), round(cy - top)), radius, 255, -1)
    drawn = cv2.bitwise_and(view, dots)
    size = 2 * radius + 3
    ink[top:bottom, left:right] = repair(view, drawn, across=size, along=size)


def _marks_at(ink: Gray, pieces: Components, row: DotRow, places: Floats) -> NDArray[np.bool_]:
    """Which places hold a free piece of a mark's size that is no dot of the row and has a letter above."""
    marks = np.zeros(len(places), bool)
    ys = np.rint(row.slope * places + row.base).astype(int)
    owner = pieces.labels[ys, np.rint(places).astype(int)] - 1
    small = (owner >= 0) & (pieces.height[owner] <= 2.0 * row.height + 1)
    small &= pieces.width[owner] <= 2.4 * row.width + 1
    small &= ~np.isin(owner, row.members)
    reach = max(4, round(1.3 * row.height))
    for index in np.flatnonzero(small).tolist():
        piece = int(owner[index])
        top = int(pieces.y0[piece])
        above = ink[max(0, top - reach) : max(0, top - 1), int(pieces.x0[piece]) : int(pieces.x1[piece])]
        marks[index] = above.size > 0 and int(above.max()) > 0
    return marks


def _followed(ink: Gray, row: DotRow) -> Floats:
    """X of the inked lattice places from one end of the row to the other, followed beyond both."""
    width = ink.shape[1]
    low = -int((row.origin - 2) / row.pitch)
    high = int((width - 2 - row.origin) / row.pitch)
    steps = np.arange(low, high + 1)
    xs = row.origin + steps * row.pitch
    ys = row.slope * xs + row.base
    inside = (xs >= 1) & (xs < width - 1) & (ys >= 1) & (ys < ink.shape[0] - 1)
    xs, ys = xs[inside], ys[inside]
    if len(xs) == 0:
        return np.zeros(0)
    top, bottom = max(0, int(ys.min()) - 6), int(ys.max()) + 7
    size = max(1, int(0.6 * min(row.width, row.height)) | 1)
    filled = cv2.blur(ink[top:bottom], (size, size))
    inked = filled[np.rint(ys).astype(int) - top, np.rint(xs).astype(int)] > _INKED * 255
    first = int(np.searchsorted(xs, row.first - 0.5 * row.pitch))
    last = int(np.searchsorted(xs, row.last + 0.5 * row.pitch)) - 1
    first = first - _steps_on(inked[:first][::-1])
    last = last + _steps_on(inked[last + 1 :])
    chosen = np.zeros(len(xs), bool)
    chosen[max(0, first) : last + 1] = True
    return np.asarray(xs[chosen & inked], np.float64)


def _steps_on(inked: NDArray[np.bool_]) -> int:
    """How many places to go on before two in succession are empty."""
    empty = np.flatnonzero(~inked[:-1] & ~inked[1:]) if len(inked) > 1 else np.zeros(0, int)
    return int(empty[0]) if len(empty) else len(inked)


def to_leader(row: DotRow) -> Leader:
    half_w, half_h = row.width / 2, row.height / 2
    ys = (row.y(row.first), row.y(row.last))
    box = (row.first - half_w, min(ys) - half_h, row.last + half_w, max(ys) + half_h)
    return Leader(box=box, kind=row.kind, pitch=row.pitch)
