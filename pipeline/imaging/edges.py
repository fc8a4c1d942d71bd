"""The four edges of a sheet or card, measured: where they run, and whether they are there at all."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.domain.geometry import Point, Quad

Lab = NDArray[np.float32]
# Lengths are in pixels of the overview; colour distances are CIE 1976 (L*a*b*). All by trial unless it says otherwise.
STATIONS = 56  # places along a side where its edge is looked for
SPAN = (0.08, 0.92)  # of a side's length: rounded corners and the neighbours' ends are left out
_STEP = 3  # pixels averaged on either side of a step
_LEAST_STEP, _LEAST_RIM = 4.0, 0.7  # colour distance of an edge, and of a card's own faint rim
_MOVED = (4, 8)  # times the reach, and pixels more, that a corner may move before the outline is another thing's
_ON_BORDER = 0.012  # of the frame's longer side: a side this near is the edge of the picture
_UNREST, _FAINTEST_RIM = 3.0, 0.8  # times the background's median step, and at least, from which a step is a rim
_STRONGEST_RIM, _STRONGEST = 8, 30  # colour distance beyond which a step weighs no more in fitting its line
_FEWEST_STEPS, _FEWEST_ON_LINE = 8, 6  # stations with a step, and on the line, without which there is no side
_TRIES = 80  # pairs of stations that lines are tried through (RANSAC)
_ON_LINE = 1.6  # from a line to a step that lies on it
_STEEPEST = 0.12  # slope of a side against its rough line, 7 degrees
_BAND = (2, 7)  # distances from the line, from and before, of the bands inside and outside that are compared
_BEYOND, _STRIP = 24, 3  # distance from the line within which paper goes on, of a printed frame; of what is seen of it


@dataclass(frozen=True, slots=True)
class Side:
    """One measured side. `support`: share of its length on which an edge lies where the line says.

    `difference`: colour distance (CIE 1976) between a broad band inside and one outside; a printed
    frame has an edge but no difference. `inside_lighter` in levels of L*. `beyond`: least colour distance between
    the band inside and any strip further out: a thick printed frame has the same paper on both sides. `cut`: the side
    is the edge of the picture itself.
    """

    start: Point
    end: Point
    support: float
    difference: float
    inside_lighter: float
    beyond: float
    cut: bool


@dataclass(frozen=True, slots=True)
class Outline:
    """Four measured sides (top, right, bottom, left of the rough quadrilateral) and their corners."""

    quad: Quad
    sides: tuple[Side, Side, Side, Side]

    @property
    def real(self) -> list[Side]:
        return [s for s in self.sides if not s.cut]


def measure_outline(lab: Lab, rough: Quad, *, reach: float, outermost: bool = False) -> Outline | None:
    """The outline near a rough quadrilateral, its corners where the measured lines meet.

    Coordinates are pixel centres (OpenCV's). `lab` is an (H, W, 3) float L*a*b* picture; `reach` is
    how far from the rough line a side is looked for, in pixels. A side is where the strongest step
    is or, with `outermost` (on an even background), where the first step from outside is: a card's
    own rim is fainter than its photograph. None when the lines do not make a convex quadrilateral.
    """
    sides = [_measure_side(lab, rough[i], rough[(i + 1) % 4], reach, outermost) for i in range(4)]
    lines = [(side.start, side.end) for side in sides]
    corners = [meeting(lines[i - 1], lines[i]) for i in range(4)]
    if any(c is None for c in corners):
        return None
    quad = tuple(c for c in corners if c is not None)
    if not cv2.isContourConvex(np.array(quad, dtype=np.float32).reshape(-1, 1, 2)):
        return None
    moved = max(float(np.hypot(a[0] - b[0], a[1] - b[1])) for a, b in zip(quad, rough, strict=True))
    if moved > _MOVED[0] * reach + _MOVED[1]:
        return None
    top, right, bottom, left = sides
    return Outline((quad[0], quad[1], quad[2], quad[3]), (top, right, bottom, left))


def _measure_side(lab: Lab, start: Point, end: Point, reach: float, outermost: bool) -> Side:
    height, width = lab.shape[:2]
    a, b = np.array(start), np.array(end)
    length = float(np.linalg.norm(b - a)) or 1.0
    along = (b - a) / length
    outward = np.array([along[1], -along[0]])  # corners run clockwise, y grows downwards
    if _on_border(a, b, width, height):
        return Side(start, end, 0.0, 0.0, 0.0, 0.0, True)
    stations = np.linspace(SPAN[0], SPAN[1], STATIONS) * length
    half = int(np.ceil(reach))
    offsets = np.arange(-half - 2 * _STEP, half + 2 * _STEP + 1)
    grid = a + stations[:, None, None] * along + offsets[None, :, None] * outward
    samples = cv2.remap(
        lab,
        grid[:, :, 0].astype(np.float32),
        grid[:, :, 1].astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    steps = _steps(samples)
    peaks, strength = _outermost(steps) if outermost else _strongest(steps)
    where = offsets[_STEP:][peaks] - 0.5  # a step lies between two pixel centres
    position, support = line_through(stations, where, strength, least=_LEAST_RIM if outermost else _LEAST_STEP)
    difference, lighter, inside = _bands(samples, stations, offsets, position)
    beyond = _beyond(
        lab, grid[:, 0] + (position[0] + position[1] * stations - offsets[0])[:, None] * outward, outward, inside
    )
    ends = [a + d * along + (position[0] + position[1] * d) * outward for d in (0.0, length)]
    (x0, y0), (x1, y1) = ends
    return Side((float(x0), float(y0)), (float(x1), float(y1)), support, difference, lighter, beyond, False)


def _on_border(a: NDArray[np.float64], b: NDArray[np.float64], width: int, height: int) -> bool:
    slack = _ON_BORDER * max(width, height)
    return bool(
        max(a[0], b[0]) < slack
        or min(a[0], b[0]) > width - slack
        or max(a[1], b[1]) < slack
        or min(a[1], b[1]) > height - slack
    )


def _steps(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Colour distance between the `_STEP` pixels before and after each offset, per station."""
    sums = np.cumsum(np.pad(samples, ((0, 0), (1, 0), (0, 0))), axis=1)
    means = (sums[:, _STEP:] - sums[:, :-_STEP]) / _STEP
    return np.asarray(np.linalg.norm(means[:, _STEP:] - means[:, :-_STEP], axis=2), dtype=np.float32)


def _strongest(steps: NDArray[np.float32]) -> tuple[NDArray[np.int_], NDArray[np.float32]]:
    peaks = steps.argmax(axis=1)
    return peaks, steps.max(axis=1)


def _outermost(steps: NDArray[np.float32]) -> tuple[NDArray[np.int_], NDArray[np.float32]]:
    """The first local peak from outside that exceeds the background's own variation, per station."""
    unrest = float(np.median(steps[:, -_STEP:]))
    level = max(_FAINTEST_RIM, _UNREST * unrest)
    rising = np.pad(steps, ((0, 0), (1, 1)))
    peak = (steps >= rising[:, :-2]) & (steps >= rising[:, 2:]) & (steps > level)
    last = steps.shape[1] - 1 - peak[:, ::-1].argmax(axis=1)
    strength = np.where(peak.any(axis=1), np.minimum(steps[np.arange(len(steps)), last], _STRONGEST_RIM), 0)
    return last, strength.astype(np.float32)


def line_through(
    stations: NDArray[np.float64], where: NDArray[np.floating], strength: NDArray[np.float32], *, least: float
) -> tuple[tuple[float, float], float]:
    """offset = c0 + c1 * station through the steps (RANSAC), and the share of all `STATIONS` on it.

    Steps no stronger than `least` are left out; without enough of them the line is the rough one and the share 0.
    """
    valid = strength > least
    if valid.sum() < _FEWEST_STEPS:
        return (0.0, 0.0), 0.0
    s, o, w = stations[valid], where[valid], np.minimum(strength[valid], _STRONGEST)
    pairs = np.random.default_rng(7).integers(0, len(s), (_TRIES, 2))
    i, j = pairs[s[pairs[:, 0]] != s[pairs[:, 1]]].T
    slopes = (o[j] - o[i]) / (s[j] - s[i])
    near = np.abs(o - (o[i, None] + slopes[:, None] * (s - s[i, None]))) <= _ON_LINE
    weights = np.where(np.abs(slopes) <= _STEEPEST, near @ w, -1.0)
    best = near[int(weights.argmax())]
    if best.sum() < _FEWEST_ON_LINE:
        return (0.0, 0.0), 0.0
    slope, start = np.polyfit(s[best], o[best], 1, w=w[best])
    return (float(start), float(slope)), float(best.sum() / STATIONS)


def _bands(
    samples: NDArray[np.float32],
    stations: NDArray[np.float64],
    offsets: NDArray[np.int_],
    line: tuple[float, float],
) -> tuple[float, float, NDArray[np.float32]]:
    """Median colour distance of the bands inside and outside the line, how much lighter inside is, and inside's
    colour at each station."""
    middle = line[0] + line[1] * stations
    rows = np.arange(len(stations))[:, None]
    reach = np.arange(*_BAND)

    def band(direction: int) -> NDArray[np.float32]:
        columns = np.rint(middle[:, None] + direction * reach - offsets[0]).astype(int)
        picked = samples[rows, np.clip(columns, 0, samples.shape[1] - 1)]
        return np.asarray(np.median(picked, axis=1), dtype=np.float32)

    inside, outside = band(-1), band(1)
    distance = np.linalg.norm(inside - outside, axis=1)
    return float(np.median(distance)), float(np.median(inside[:, 0] - outside[:, 0])), inside


def _beyond(lab: Lab, on_line: NDArray[np.float64], outward: NDArray[np.float64], inside: NDArray[np.float32]) -> float:
    """Least median colour distance between inside and a strip outside, `_STRIP` wide, in the picture."""
    away = np.arange(_BAND[0], _BEYOND + 1)[None, :, None] * outward
    grid = (on_line[:, None] + away).astype(np.float32)
    seen = cv2.remap(lab, grid[:, :, 0], grid[:, :, 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    apart = np.linalg.norm(seen - inside[:, None], axis=2)
    strips = np.stack([apart[:, n : apart.shape[1] - _STRIP + 1 + n] for n in range(_STRIP)]).max(axis=0)
    return float(np.median(strips, axis=0).min())


def meeting(first: tuple[Point, Point], second: tuple[Point, Point]) -> Point | None:
    """Where two lines meet, each given by two of its points; None for parallels."""
    (x1, y1), (x2, y2) = first
    (x3, y3), (x4, y4) = second
    bottom = (x1 - x2) * (y3 - y4) - (y1 - y2) * (x3 - x4)
    if abs(bottom) < 1e-6:
        return None
    p, q = x1 * y2 - y1 * x2, x3 * y4 - y3 * x4
    return ((p * (x3 - x4) - (x1 - x2) * q) / bottom, (p * (y3 - y4) - (y1 - y2) * q) / bottom)
