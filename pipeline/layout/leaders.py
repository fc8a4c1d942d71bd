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
_EVEN = 0.72  # share of gaps that must be whole multiples of the pitch


@dataclass(frozen=True, slots=True, kw_only=True)
class DotRow:
    """Dots found standing free: member indices, and the line y = slope * x + base they lie on."""

    members: NDArray[np.int64]
    first: float
    last: float
    pitch: float
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
    gaps = np.diff(x)
    gaps = gaps[gaps > 0.5 * width]
    if len(gaps) < _FEWEST - 1:
        return None
    pitch = _pitch(gaps)
    multiples = gaps / pitch
    if pitch < 1.05 * width or (np.abs(multiples - np.round(multiples)) < 0.22).mean() < _EVEN:
        return None
    if (multiples < 4.5).mean() < 0.5:
        return None
    return DotRow(
        members=members,
        first=float(x[0]),
        last=float(x[-1]),
        pitch=pitch,
        slope=float(slope),
        base=float(base),
        width=width,
        height=height,
        kind=kind,
    )


def _pitch(gaps: NDArray[np.float64]) -> float:
    """The step of which the gaps are multiples: the lower median, refined on the gaps near it."""
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
        _erase_free(clean, pieces, row, gone)
    for row in rows:
        if row.kind == "dots":
            _erase_hidden(clean, row, pieces)
    return clean


def _erase_free(ink: Gray, pieces: Components, row: DotRow, gone: NDArray[np.uint8]) -> None:
    top = int(pieces.y0[row.members].min())
    bottom = int(pieces.y1[row.members].max())
    left, right = int(pieces.x0[row.members].min()), int(pieces.x1[row.members].max())
    window = (slice(top, bottom), slice(left, right))
    ink[window] = cv2.subtract(ink[window], gone[pieces.labels[window]])


def _erase_hidden(ink: Gray, row: DotRow, pieces: Components) -> None:
    """Dots that melted into letters between free ones: one pitch apart, on the row's line."""
    x = np.sort((pieces.x0[row.members] + pieces.x1[row.members]) / 2.0)
    wide = np.flatnonzero(np.diff(x) > 1.5 * row.pitch)
    centres = [np.linspace(x[i], x[i + 1], round((x[i + 1] - x[i]) / row.pitch) + 1)[1:-1] for i in wide]
    if not centres:
        return
    places = np.concatenate(centres)
    radius = max(1, round(max(row.width, row.height) / 2 + 0.5))
    ys = row.slope * places + row.base
    top, bottom = int(ys.min()) - 4 * radius, int(ys.max()) + 4 * radius
    left, right = int(places.min()) - 4 * radius, int(places.max()) + 4 * radius
    top, left = max(0, top), max(0, left)
    view = ink[top:bottom, left:right]
    if view.size == 0:
        return
    dots = np.zeros_like(view)
    for cx, cy in zip(places.tolist(), ys.tolist(), strict=True):
        cv2.circle(dots, (round(cx - left), round(cy - top)), radius, 255, -1)
    drawn = cv2.bitwise_and(view, dots)
    size = 2 * radius + 3
    ink[top:bottom, left:right] = repair(view, drawn, across=size, along=size)


def to_leader(row: DotRow) -> Leader:
    half_w, half_h = row.width / 2, row.height / 2
    ys = (row.y(row.first), row.y(row.last))
    box = (row.first - half_w, min(ys) - half_h, row.last + half_w, max(ys) + half_h)
    return Leader(box=box, kind=row.kind, pitch=row.pitch)
