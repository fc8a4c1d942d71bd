"""Finds the dotted and dashed lines that values are written on.

A leader is a row of like dots at an even pitch on one straight line. The marks under ạ ẹ ọ and the
dots of i are neither evenly spaced nor many, so they are no leaders. Once a page has shown what its
leaders look like, shorter stretches of the same kind count too: the two dots in `ngày ..12..`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.domain.recognition import Gray
from pipeline.layout.components import Components
from pipeline.layout.model import Leader
from pipeline.layout.neighbours import connected, pairs_within

_DOT_MM = 0.95  # largest width and height of a leader's dot; by trial
_DASH_MM = (4.5, 0.7)  # largest width and height of a leader's dash; by trial; steady
_SHORTEST_DASH_MM = 0.7  # narrower dashes are dots; by trial
_REACH_MM = 4.2  # from a dot to the next that still stands free (three times as far between dashes); by trial
_FEWEST = 5  # free dots of a row that is found by itself; by trial
_EVEN = 0.72  # share of the dots that must keep to the pitch; by trial
_OFF_PITCH = 0.17  # of the pitch: farther from its place, a dot is a mark under a letter; by trial
_BIGGER = 1.6  # times the dots' median area: a bigger piece is a mark under a letter; by trial
_STEADY = 1.5  # pixels by which the dots of a clean print differ in width; by trial; steady
_STEEPEST = 0.05  # slope of a row on an upright page: 3 degrees; by trial
_ON_LINE = 0.6  # share of a row's dots that must lie on its line; by trial
_SAME_PITCH = 0.035  # relative: rows that differ by less are one kind of leader; by trial; steady
_LONG_ROW = 25  # dots: from here on a row's own pitch and slope are exact enough; by trial
_SEED_PLACES = 40  # places that a short row is followed to either side; by trial
_SEED_INKED = 0.75  # share of a short row's places that must be inked; by trial
_SEED_FEWEST = 3  # inked places of a short row with two free dots; one more for a row with one; by trial
_LEVEL = 1.5  # pixels between the line of another row and a short row that goes on with it; by trial
_LIKE_DOT = 1.5  # pixels by which a short row's dots may differ from the page's most common dot; by trial

Floats = NDArray[np.floating]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class DotRow:
    """A leader: dots at x = origin + n * pitch from `first` to `last`, on the line y = slope * x + base.

    `members` are its free dots among the page's components; others are melted into letters.
    `width` and `height` are those of a dot; one that is bigger by more than `spread` is something else.
    """

    members: NDArray[np.int64]
    first: float
    last: float
    pitch: float
    origin: float
    slope: float
    base: float
    width: float
    height: float
    spread: float
    kind: str

    def places(self) -> Floats:
        """X of every place from `first` to `last`."""
        start = round((self.first - self.origin) / self.pitch)
        end = round((self.last - self.origin) / self.pitch)
        return self.origin + self.pitch * np.arange(start, end + 1)

    def heights(self, x: Floats) -> Floats:
        return self.slope * x + self.base


def find_leaders(ink: Gray, pieces: Components, *, dpi: float) -> tuple[DotRow, ...]:
    """Every row of dots or dashes at an even pitch, followed to both ends under the writing."""
    mm = dpi / 25.4
    width, height = pieces.width, pieces.height
    dots = dot_sized(pieces, dpi=dpi)
    dots[dots] = ~colons(pieces, np.flatnonzero(dots))
    dashes = (height <= _DASH_MM[1] * mm) & (width <= _DASH_MM[0] * mm) & (width >= 2.0 * height)
    dashes &= width > _SHORTEST_DASH_MM * mm
    seen = _rows(pieces, np.flatnonzero(dots), kind="dots", reach=_REACH_MM * mm)
    seen += _rows(pieces, np.flatnonzero(dashes), kind="dashes", reach=3 * _REACH_MM * mm)
    if not seen:
        return ()
    solid = _solid(ink)
    rows = [_followed(row, solid) for row in _agreed(seen, pieces)]
    rows += _short_rows(rows, pieces, np.flatnonzero(dots), solid)
    return tuple(rows)


def to_leader(row: DotRow) -> Leader:
    half_w, half_h = row.width / 2, row.height / 2
    ys = row.heights(np.array([row.first, row.last]))
    box = (row.first - half_w, float(ys.min()) - half_h, row.last + half_w, float(ys.max()) + half_h)
    return Leader(box=box, kind=row.kind, pitch=row.pitch)


def dot_sized(pieces: Components, *, dpi: float) -> Flags:
    """Which pieces are small enough for a leader's dot."""
    most = _DOT_MM * dpi / 25.4
    return np.asarray((pieces.width <= most) & (pieces.height <= most) & (pieces.area >= 2), bool)


def colons(pieces: Components, dots: NDArray[np.int64]) -> Flags:
    """Which of the dots have a like one straight above or below, a small letter's height away.

    Straight is within 2 pixels, alike is within 2 pixels of height, and the two stand 1.6 to 6 dot heights apart (up
    to 8 are looked at). By trial.
    """
    in_colon = np.zeros(len(dots), bool)
    if len(dots) < 2:
        return in_colon
    x, y = _centres(pieces, dots)
    size = float(np.median(pieces.height[dots]))
    a, b = pairs_within(x, y / 8.0, max(1.6, size))
    apart = np.abs(y[a] - y[b]) / np.maximum(1, pieces.height[dots][a])
    alike = np.abs(pieces.height[dots][a] - pieces.height[dots][b]) <= 2
    match = (np.abs(x[a] - x[b]) <= 2) & (apart > 1.6) & (apart < 6.0) & alike
    in_colon[a[match]] = True
    in_colon[b[match]] = True
    return in_colon


def _rows(pieces: Components, chosen: NDArray[np.int64], *, kind: str, reach: float) -> list[DotRow]:
    """The even rows among the chosen pieces.

    Two belong together within `reach` along the row and 0.4 of their height (2 pixels at least) across it, when the
    larger has at most 3 times the area of the smaller and 6 pixels more. By trial.
    """
    if len(chosen) < _FEWEST:
        return []
    x, y = _centres(pieces, chosen)
    level = max(2.0, 0.4 * float(np.median(pieces.height[chosen])))
    # Distances are measured with y stretched, so that a circle of `reach` is a flat ellipse.
    a, b = pairs_within(x, y * (reach / level), reach)
    area = pieces.area[chosen].astype(np.float64)
    alike = np.maximum(area[a], area[b]) <= 3.0 * np.minimum(area[a], area[b]) + 6
    groups = (chosen[group] for group in connected(len(chosen), a[alike], b[alike]) if len(group) >= _FEWEST)
    rows = (_even_row(pieces, group, kind=kind) for group in groups)
    return [row for row in rows if row is not None]


def _even_row(pieces: Components, members: NDArray[np.int64], *, kind: str) -> DotRow | None:
    """The row these pieces make, or None when they are not evenly spaced or not on one line.

    On the line is within 0.35 dot heights (1.6 pixels at least); a mark hangs 0.28 dot heights (1.8 pixels) lower
    than the dots, or is wider than the median by more than twice what the wider sixth of the dots differs by. By trial.
    """
    x, y = _centres(pieces, members)
    order = np.argsort(x)
    x, y, members = x[order], y[order], members[order]
    slope, base = (float(v) for v in np.polyfit(x, y, 1))
    width = float(np.median(pieces.width[members]))
    height = float(np.median(pieces.height[members]))
    on_line = np.abs(y - slope * x - base) <= max(1.6, 0.35 * height)
    if abs(slope) > _STEEPEST or on_line.sum() < _FEWEST or on_line.mean() < _ON_LINE:
        return None
    x, members = x[on_line], members[on_line]
    lattice = _lattice(x, width)
    if lattice is None:
        return None
    pitch, origin, fits = lattice
    # A mark under a letter that happens to stand on the row is bigger than its dots or hangs lower.
    area = pieces.area[members]
    fits &= area <= _BIGGER * np.median(area[fits]) + 4
    widths = pieces.width[members][fits]
    spread = max(_STEADY, 2.0 * float(np.percentile(widths, 84) - width))
    fits &= pieces.width[members] <= width + spread
    hangs = pieces.y1[members] - slope * x
    fits &= hangs - np.median(hangs[fits]) < max(1.8, 0.28 * height)
    if not fits.any():
        return None
    first, last = float(x[fits][0]), float(x[fits][-1])
    return DotRow(
        members=members[fits], first=first, last=last, pitch=pitch, origin=origin, slope=slope, base=base,
        width=width, height=height, spread=spread, kind=kind,
    )  # fmt: skip


def _lattice(x: Floats, width: float) -> tuple[float, float, Flags] | None:
    """Pitch and origin of the even spacing of `x`, and which of them keep to it; None if too few do.

    A dot more than `_OFF_PITCH` (1.2 pixels at least) from its place does not; dots that are four places apart in the
    middle are no row; dots closer than 1.05 of their width touch. By trial.
    """
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
    """The step of which the gaps are multiples: their 35th percentile, refined on the gaps within a quarter of it."""
    rough = float(np.percentile(gaps, 35))
    near = gaps[np.abs(gaps - rough) <= 0.25 * rough]
    return float(near.mean()) if len(near) else rough


def _agreed(rows: Sequence[DotRow], pieces: Components) -> list[DotRow]:
    """The rows, the short ones with pitch and slope taken from the page's long rows, which show them better."""
    counts = np.array([len(row.members) for row in rows], np.float64)
    pitches = np.array([row.pitch for row in rows])
    slopes = np.array([row.slope for row in rows])
    long = counts >= _LONG_ROW
    slope = float(np.average(slopes[long], weights=counts[long])) if long.any() else 0.0
    out = []
    for row in rows:
        if len(row.members) >= _LONG_ROW:
            out.append(row)
            continue
        same = np.abs(pitches - row.pitch) <= _SAME_PITCH * row.pitch
        pitch = float(np.average(pitches[same], weights=counts[same] ** 2))
        x, y = _centres(pieces, row.members)
        out.append(_anchored(row, x, y, pitch, slope))
    return out


def _anchored(row: DotRow, x: Floats, y: Floats, pitch: float, slope: float) -> DotRow:
    """The row with this pitch and slope, fitted to its dots."""
    phase = np.exp(2j * np.pi * x / pitch).mean()
    near = float(x[0])
    shift = float(np.angle(phase)) / (2 * np.pi) * pitch
    origin = shift + pitch * round((near - shift) / pitch)
    return replace(row, pitch=pitch, origin=origin, slope=slope, base=float(np.median(y - slope * x)))


def _solid(ink: Gray) -> Gray:
    """Non-zero where a dot's middle may be, a pixel of tolerance all around."""
    core = cv2.erode(ink, np.ones((2, 2), np.uint8))
    return np.asarray(cv2.dilate(core, np.ones((3, 3), np.uint8)), np.uint8)


def _inked(solid: Gray, x: Floats, y: Floats) -> Flags:
    height, width = solid.shape
    inside = (x >= 0) & (x <= width - 1) & (y >= 0) & (y <= height - 1)
    column = np.rint(x).astype(int).clip(0, width - 1)
    line = np.rint(y).astype(int).clip(0, height - 1)
    return np.asarray(inside & (solid[line, column] > 0), bool)


def _followed(row: DotRow, solid: Gray) -> DotRow:
    """The row extended at both ends, until two places in succession are empty."""
    before = np.arange(row.first - row.pitch, 0, -row.pitch)
    after = np.arange(row.last + row.pitch, solid.shape[1], row.pitch)
    first = row.first - row.pitch * _steps_on(_inked(solid, before, row.heights(before)))
    last = row.last + row.pitch * _steps_on(_inked(solid, after, row.heights(after)))
    return replace(row, first=first, last=last)


def _steps_on(inked: Flags) -> int:
    """How many places to go on: as far as nearly all are inked, never over two empty ones.

    An empty place weighs as much as three inked ones, so that the letters of a label, which meet
    every second place by chance, do not lead the row on.
    """
    ahead = np.append(inked, [False, False])
    stop = int(np.flatnonzero(~ahead[:-1] & ~ahead[1:])[0])
    if stop == 0:
        return 0
    worth = np.cumsum(np.where(inked[:stop], 1, -3))
    best = int(worth.argmax())
    return best + 1 if worth[best] > 0 else 0


def _short_rows(rows: Sequence[DotRow], pieces: Components, dots: NDArray[np.int64], solid: Gray) -> list[DotRow]:
    """Stretches with fewer free dots, of the size and pitch of the page's most common leader.

    From a free dot both ways, at least three places must be inked nearly without a gap, two of them
    by free dots; or four without any gap, level with another leader. The full stops of a sentence
    do not meet that, and the dots of a colon were recognised before.
    """
    known = [row for row in rows if row.kind == "dots"]
    if not known:
        return []
    style = max(known, key=lambda row: len(row.members))
    taken = np.zeros(len(pieces), bool)
    for row in known:
        taken[row.members] = True
        taken[_free_dots_on(row, pieces, dots)] = True
    loose = dots[~taken[dots]]
    like = np.abs(pieces.width[loose] - style.width) <= _LIKE_DOT
    like &= np.abs(pieces.height[loose] - style.height) <= _LIKE_DOT
    loose = loose[like]
    short: list[DotRow] = []
    for seed in loose.tolist():
        if taken[seed]:
            continue
        grown = _grown_from(seed, style, pieces, loose[~taken[loose]], solid, known + short)
        if grown is not None:
            taken[grown.members] = True
            short.append(grown)
    return short


def _grown_from(
    seed: int,
    style: DotRow,
    pieces: Components,
    loose: NDArray[np.int64],
    solid: Gray,
    known: Sequence[DotRow],
) -> DotRow | None:
    x, y = (float(v[0]) for v in _centres(pieces, np.array([seed])))
    row = replace(style, members=np.array([seed]), origin=x, base=y - style.slope * x, first=x, last=x)
    steps = np.arange(1, _SEED_PLACES) * row.pitch
    right, left = x + steps, x - steps
    ahead = _inked(solid, right, row.heights(right))
    behind = _inked(solid, left, row.heights(left))
    on, back = _steps_on(ahead), _steps_on(behind)
    places = 1 + on + back
    inked = 1 + int(ahead[:on].sum()) + int(behind[:back].sum())
    if inked < _SEED_FEWEST or inked < _SEED_INKED * places:
        return None
    row = replace(row, first=x - back * row.pitch, last=x + on * row.pitch)
    members = _free_dots_on(row, pieces, loose)
    level = any(abs(other.slope * x + other.base - y) <= _LEVEL for other in known)
    if len(members) < 2 and not (level and inked > _SEED_FEWEST and inked == places):
        return None
    return replace(row, members=members)


def _free_dots_on(row: DotRow, pieces: Components, dots: NDArray[np.int64]) -> NDArray[np.int64]:
    """Which of `dots` stand on the row's places and on its line: within 0.3 dot heights or 1.3 pixels, by trial."""
    x, y = _centres(pieces, dots)
    steps = (x - row.origin) / row.pitch
    on = np.abs(steps - np.round(steps)) * row.pitch <= max(1.2, _OFF_PITCH * row.pitch)
    on &= (x >= row.first - 0.5 * row.pitch) & (x <= row.last + 0.5 * row.pitch)
    on &= np.abs(y - row.heights(x)) <= max(1.3, 0.3 * row.height)
    return np.asarray(dots[on], np.int64)


def _centres(pieces: Components, chosen: NDArray[np.int64]) -> tuple[Floats, Floats]:
    x = (pieces.x0[chosen] + pieces.x1[chosen] - 1) / 2.0
    y = (pieces.y0[chosen] + pieces.y1[chosen] - 1) / 2.0
    return x, y
