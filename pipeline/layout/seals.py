"""Coloured stamps: found by colour and size, taken out by looking through their own colour."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.domain.model import Colour
from pipeline.domain.recognition import Gray
from pipeline.layout.ground import divide_ground
from pipeline.layout.model import Box, Seal

_SMALL = 4
_SIZE_MM = (14.0, 48.0)
_MIN_CHROMA = 45
_DARKEST_STAMP = 150.0  # darker than this in its own channel is not stamp ink


def find_seals(colour: Colour, *, dpi: float) -> tuple[Seal, ...]:
    """Red and blue stamps between 14 and 48 mm in both directions. Grey images have none to find.

    A heading in red is flat and stays; blue handwriting is loose, so a blue stamp must show a frame.
    """
    half = cv2.resize(colour, None, fx=2 / _SMALL, fy=2 / _SMALL, interpolation=cv2.INTER_AREA)
    small = cv2.resize(half, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    blue, green, red = cv2.split(small)
    found: list[Seal] = []
    for name, own, others in (("red", red, cv2.max(blue, green)), ("blue", blue, cv2.max(red, green))):
        chroma = cv2.subtract(own, others)
        if int(chroma.max()) < _MIN_CHROMA:
            continue
        mask = cv2.compare(chroma, _MIN_CHROMA - 15 if name == "red" else 30, cv2.CMP_GT)
        found.extend(Seal(box=box, colour=name) for box in _stamps(np.asarray(mask, np.uint8), dpi / _SMALL))
    return tuple(s for s in found if not any(_holds(other.box, s.box) for other in found if other is not s))


def _holds(outer: Box, inner: Box) -> bool:
    return outer[0] <= inner[0] and outer[1] <= inner[1] and inner[2] <= outer[2] and inner[3] <= outer[3]


def _stamps(mask: Gray, dpi: float) -> list[Box]:
    mm = dpi / 25.4
    reach = max(3, int(1.6 * mm) | 1)
    closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(closed, connectivity=8)
    out: list[Box] = []
    for x, y, w, h, _area in stats[1:].tolist():
        small, large = min(w, h) / mm, max(w, h) / mm
        if not (_SIZE_MM[0] <= small and large <= _SIZE_MM[1] and large < 1.7 * small):
            continue
        if _framed(mask[y : y + h, x : x + w]):
            out.append(tuple(float(v * _SMALL) for v in (x, y, x + w, y + h)))  # type: ignore[arg-type]
    return out


def _framed(mask: Gray) -> bool:
    """Whether ink lies along a ring or a rectangle just inside the box, in most directions."""
    height, width = mask.shape
    ys, xs = np.nonzero(mask)
    u, v = (xs - (width - 1) / 2) / (width / 2), (ys - (height - 1) / 2) / (height / 2)
    sector = ((np.arctan2(v, u) + np.pi) / (2 * np.pi) * 36).astype(int) % 36
    round_frame = np.unique(sector[np.hypot(u, v) > 0.84])
    square_frame = np.unique(sector[np.maximum(np.abs(u), np.abs(v)) > 0.86])
    return max(len(round_frame), len(square_frame)) >= 24


def see_through(grey: Gray, colour: Colour, seals: tuple[Seal, ...], *, dpi: float) -> Gray:
    """A copy of `grey` in which each seal's ink is paper: there the seal's own colour channel stands in.

    Red ink is nearly as bright as paper in the red channel, while black and blue strokes under it
    stay dark; the little darkness that the stamp keeps there is measured and lifted to white.
    """
    out = grey.copy()
    for seal in seals:
        x0, y0, x1, y1 = _grown(seal.box, grey.shape, by=int(0.6 * dpi / 25.4))
        blue, green, red = cv2.split(colour[y0:y1, x0:x1])
        own, others = (red, cv2.max(blue, green)) if seal.colour == "red" else (blue, cv2.max(red, green))
        even = divide_ground(own, dpi=dpi)
        stamped = even[cv2.subtract(own, others) > _MIN_CHROMA // 2]
        level = float(np.percentile(stamped, 12)) if stamped.size > 100 else 220.0
        lift = 255.0 / min(250.0, max(_DARKEST_STAMP, level))
        out[y0:y1, x0:x1] = cv2.convertScaleAbs(even, alpha=lift)
    return out


def _grown(box: Box, shape: tuple[int, ...], *, by: int) -> tuple[int, int, int, int]:
    x0, y0, x1, y1 = (int(v) for v in box)
    return max(0, x0 - by), max(0, y0 - by), min(shape[1], x1 + by), min(shape[0], y1 + by)
