"""Round stamps without a colour of their own (grey scans, copies, bilevel pages): their rings, taken out of the ink.

A ring that touches a name makes one piece of both, higher than any line, and the name's first letters are lost with
it. Unrolled around its middle a ring is a level line, and what crosses it is thicker there than the line is.
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.domain.recognition import Gray
from pipeline.layout.components import Components

Ring = tuple[float, float, float]
"""Middle and radius, in pixels."""

_COARSE = 4  # rings are looked for on ink so many times smaller than half size
_ACROSS_MM = (14.0, 48.0)  # smallest and largest ring; by trial
_PART_MM, _LARGE_MM = 4.0, 7.0  # longer side of a piece of ring at least, and shorter side of one to look around
_DRAWN = 0.35  # of its box that a piece of rings and letters fills at most: photographs and areas fill more; by trial
_THIN_MM = 1.3  # thickest line of a ring; thicker is what crosses it; by trial
_OFF_MM = (0.7, 0.5, 0.35, 0.25, 0.25)  # by which a ring may lie off where it is looked for, time after time; by trial
_SHOWN = 0.5  # of the way around, in which a ring's line must show; by trial
_STEPS_MM, _LOOKS = (1.4, 0.7, 0.35, 0.17), 180  # by which its middle is moved, and directions it is looked at in
_WIDER = 1.5  # times as thick as the line's middle thickness: the line and what crosses it; by trial
_MOST_LINES = 4  # of one stamp
_INWARD, _OUTWARD = 0.5, 1.12  # of the radius, from where and to where a stamp has rings
_RINGS = 24, 12  # thresholds of Canny and of the votes of the Hough transform, in which touching stamps are parted
_NEAR = (-4, -2, 0, 2, 4)  # pixels of the small image around a voted middle, where the true one may be
_SECTORS = 36  # directions of ten degrees
_RINGED, _WORN_RING = 26, 21  # of the sectors in which a ring must show, and one that a heading or worn ink breaks
_ON_RING = 0.025  # of a ring's radius by which it may be off
_MOST_FILLED = 0.55  # of its box that a round stamp's ink fills; by trial
_SAME_MIDDLE = 0.3  # of a ring's radius: another ring about the same middle is the stamp's own inner one; by trial
_WITHIN = 1.15  # of a ring's radius: what lies within is a part of the stamp; by trial


def without_rings(ink: Gray, half: Components, *, dpi: float) -> Gray:
    """The ink without the lines of round stamps; the same array where there is none. `half` are its pieces at half
    size; what crosses a ring stays whole but for strokes that run along it."""
    out, scale, mm = ink, 2.0 * _COARSE, dpi / 25.4
    for x0, y0, drawn in _drawings(half, mm / 2):
        for x, y, radius in find_rings(_coarse(drawn), mm / scale, _ACROSS_MM, sectors=_WORN_RING):
            if out is ink:
                out = ink.copy()
            _erase(out, (2 * x0 + scale * x, 2 * y0 + scale * y, scale * radius), mm)
    return out


def _drawings(half: Components, mm: float) -> Iterator[tuple[int, int, NDArray[np.bool_]]]:
    """Left, top and ink of places that may hold a ring: around each large drawing, all that is drawn and no letter.

    A ring that writing crosses may have come apart.
    """
    drawn = np.maximum(half.height, half.width) >= _PART_MM * mm
    drawn &= half.area < _DRAWN * half.width * half.height
    large = drawn & (np.minimum(half.height, half.width) >= _LARGE_MM * mm)
    large &= half.height <= _ACROSS_MM[1] * mm
    of_drawing = np.concatenate(([False], drawn))
    reach = int(_ACROSS_MM[1] * mm / 2)
    done: list[tuple[int, int]] = []
    for number in np.argsort(-half.area):
        x, y = (half.x0[number] + half.x1[number]) // 2, (half.y0[number] + half.y1[number]) // 2
        if not large[number] or any(abs(x - a) < reach / 2 and abs(y - b) < reach / 2 for a, b in done):
            continue
        done.append((x, y))
        x0, y0 = max(0, half.x0[number] - reach), max(0, half.y0[number] - reach)
        labels = half.labels[y0 : half.y1[number] + reach, x0 : half.x1[number] + reach]
        yield int(x0), int(y0), of_drawing[labels]


def _coarse(piece: NDArray[np.bool_]) -> Gray:
    """So many times smaller; ink where there was any."""
    height, width = (side // _COARSE * _COARSE for side in piece.shape)
    small = piece[:height, :width].reshape(height // _COARSE, _COARSE, width // _COARSE, _COARSE).any(axis=(1, 3))
    return np.asarray(small * 255, np.uint8)


def _erase(ink: Gray, ring: Ring, mm: float) -> None:
    """Takes the lines of a stamp with this outer ring out of `ink`, in place."""
    x, y, radius = _centred(ink, ring, mm)
    outer = radius * _OUTWARD
    x0, y0 = max(0, int(x - outer)), max(0, int(y - outer))
    part = ink[y0 : int(y + outer) + 1, x0 : int(x + outer) + 1]
    rows, columns = np.mgrid[0 : part.shape[0], 0 : part.shape[1]].astype(np.float32)
    across, down = columns - np.float32(x - x0), rows - np.float32(y - y0)
    gone = _Lines(_unrolled(ink, (x, y, radius)), mm).all()
    turn = np.floor((np.arctan2(down, across) / (2 * np.pi)) % 1.0 * gone.shape[1]).astype(int) % gone.shape[1]
    step = np.rint(np.hypot(across, down) - _INWARD * radius).astype(int)
    inside = (step >= 0) & (step < gone.shape[0])
    part[inside & gone[np.where(inside, step, 0), turn]] = 0


def _centred(ink: Gray, ring: Ring, mm: float) -> Ring:
    """The ring with the middle about which its lines lie level, as sharp as can be: it was found on coarse ink."""
    x, y, radius = ring
    for step in _STEPS_MM:
        ways = [(x + a * step * mm, y + b * step * mm, radius) for a in (-1, 0, 1) for b in (-1, 0, 1)]
        x, y, radius = max(ways, key=lambda way: _sharpness(_unrolled(ink, way, ways=_LOOKS)))
    return x, y, radius


def _sharpness(unrolled: NDArray[np.bool_]) -> float:
    """How much of the way around the best row, with its neighbours, holds ink."""
    return float(np.convolve(unrolled.mean(axis=1), np.ones(3), "valid").max())


def _unrolled(ink: Gray, ring: Ring, *, ways: int | None = None) -> NDArray[np.bool_]:
    """Ink by distance from the middle (rows, a pixel each) and direction (columns; as many as the ring has pixels)."""
    x, y, radius = ring
    ways = ways or int(2 * np.pi * _OUTWARD * radius)
    angles = (np.arange(ways) + 0.5) * (2 * np.pi / ways)
    radii = np.arange(_INWARD * radius, _OUTWARD * radius)[:, None]
    at_x, at_y = (x + radii * np.cos(angles)).astype(np.float32), (y + radii * np.sin(angles)).astype(np.float32)
    return np.asarray(cv2.remap(ink, at_x, at_y, cv2.INTER_NEAREST, borderValue=0)) > 0


class _Lines:
    """The thin level lines of an unrolled stamp, as runs of ink in each column."""

    def __init__(self, unrolled: NDArray[np.bool_], mm: float) -> None:
        self.shape, self.mm = unrolled.shape, mm
        steps = np.diff(np.pad(unrolled.astype(np.int8), ((1, 1), (0, 0))), axis=0).T
        (column, top), bottom = np.nonzero(steps == 1), np.nonzero(steps == -1)[1]
        thin = bottom - top <= _THIN_MM * mm
        self.column, self.top, self.bottom = column[thin], top[thin], bottom[thin]
        angles = np.arange(self.shape[1]) * (2 * np.pi / self.shape[1])
        self.waves = np.stack([np.ones_like(angles), *(f(n * angles) for n in (1, 2) for f in (np.cos, np.sin))], 1)

    @property
    def middle(self) -> NDArray[np.float64]:
        return np.asarray((self.top + self.bottom - 1) / 2, np.float64)

    def all(self) -> NDArray[np.bool_]:
        """The ink of every line that goes most of the way around."""
        edges = np.zeros((self.shape[0] + 1, self.shape[1]), np.int32)
        for _ in range(_MOST_LINES):
            way = self.way()
            if way is None:
                break
            near = np.abs(self.middle - way[self.column]) <= _OFF_MM[-1] * self.mm
            length = self.bottom - self.top
            own = near & (length <= _WIDER * np.median(length[near]))
            np.add.at(edges, (self.top[own], self.column[own]), 1)
            np.add.at(edges, (self.bottom[own], self.column[own]), -1)
            self.column, self.top, self.bottom = self.column[~near], self.top[~near], self.bottom[~near]
        return np.asarray(edges.cumsum(axis=0)[:-1] > 0)

    def way(self) -> NDArray[np.float64] | None:
        """The row, for each column, on which the line lies that goes around in most columns; None where none does.

        A circle seen obliquely, or whose middle is a little off, waves once and twice on the way around.
        """
        middle = self.middle
        weights = np.bincount(middle.astype(int), self.bottom - self.top, minlength=self.shape[0])
        reach = np.ones(2 * round(_OFF_MM[0] * self.mm) + 1)
        way = np.full(self.shape[1], float(np.argmax(np.convolve(weights, reach, "same"))))
        for number, narrow in enumerate(_OFF_MM):
            near = np.abs(middle - way[self.column]) <= narrow * self.mm
            if len(np.unique(self.column[near])) < _SHOWN * self.shape[1]:
                return None
            bent = self.waves[:, : 1 if number == 0 else None]
            of_run, weight = bent[self.column[near]], np.sqrt(self.bottom[near] - self.top[near])
            way = bent @ np.linalg.lstsq(of_run * weight[:, None], middle[near] * weight, rcond=None)[0]
        return np.asarray(way, np.float64)


def find_rings(mask: Gray, mm: float, sizes: tuple[float, float], *, sectors: int = _RINGED) -> list[Ring]:
    """Middle and radius of the round stamps in `mask`, touching ones too, the largest ring of each.

    `sizes` is the least and the most across, in mm; `sectors` how many of 36 must show ink; `mm` is a millimetre in
    pixels of the mask, which is coarse: about 75 dpi or less.
    """
    low, high = (round(size / 2 * mm) for size in sizes)
    edge, votes = _RINGS
    soft = cv2.GaussianBlur(mask, (3, 3), 0)
    found = cv2.HoughCircles(
        soft, cv2.HOUGH_GRADIENT, 1, low / 2, param1=edge, param2=votes, minRadius=low, maxRadius=high
    )
    if found is None:
        return []
    rings: list[Ring] = []
    for x, y, _ in found[0].tolist():  # those with most votes first
        if any(np.hypot(x - a, y - b) < _SAME_MIDDLE * c for a, b, c in rings):
            continue
        around, (x, y, r) = _best_ring(mask, x, y, low, high, sectors)
        if around and all(np.hypot(x - a, y - b) > max(_SAME_MIDDLE * c, _WITHIN * c - r) for a, b, c in rings):
            rings.append((x, y, r))
    return rings


def _best_ring(mask: Gray, x: float, y: float, low: int, high: int, sectors: int) -> tuple[int, Ring]:
    """The best ring about the voted middle or one near it: in how many directions ink lies along it, 0 where no ring
    shows in enough of them or all is filled.

    Where the ways around lie is worked out for each column and each row of middles, not for each middle.
    """
    angles = np.arange(2 * _SECTORS) * np.pi / _SECTORS
    radii = np.arange(low, high + 1.0)
    ways = radii[:, None, None] * (1 + _ON_RING * np.array([-1.0, 0.0, 1.0]))[:, None]
    across, down = ways * np.cos(angles), ways * np.sin(angles)
    height, width = mask.shape
    framed = np.pad(mask > 0, 1).ravel()  # what lies outside is led to the frame, where there is no ink
    columns = {dx: np.clip(np.rint(x + dx + across), -1, width).astype(int) + 1 for dx in _NEAR}
    rows = {dy: (np.clip(np.rint(y + dy + down), -1, height).astype(int) + 1) * (width + 2) for dy in _NEAR}
    best: tuple[int, Ring] = (0, (-np.inf, -np.inf, 0.0))
    for dx in _NEAR:
        for dy in _NEAR:
            along = framed[rows[dy] + columns[dx]].any(axis=1).sum(axis=1)
            best = max(best, _largest_ring(mask, (x + dx, y + dy), along, radii, sectors))
    return best


def _largest_ring(
    mask: Gray, middle: tuple[float, float], along: NDArray[np.int_], radii: NDArray[np.float64], sectors: int
) -> tuple[int, Ring]:
    """The largest ring about this middle; `along`: in how many directions ink lies at each radius."""
    x, y = middle
    ringed = np.flatnonzero(along >= 2 * sectors)
    if len(ringed) == 0:
        return 0, (x, y, 0.0)
    radius = float(radii[ringed[-1]])
    within = tuple(slice(max(0, round(part - radius)), round(part + radius)) for part in (y, x))
    filled = (mask[within] > 0).mean() > _MOST_FILLED
    return (0 if filled else int(along[ringed[-1]])), (x, y, radius)
