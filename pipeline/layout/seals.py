"""Coloured stamps: found by colour and size, and removed by using the channel of their own colour."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.domain.model import Colour
from pipeline.domain.recognition import Gray
from pipeline.layout.ground import divide_ground
from pipeline.layout.model import Box, Seal

_SMALL = 4  # stamps are looked for on an image this many times smaller; for speed
_SIZE_MM = (14.0, 48.0)  # shortest and longest side of a stamp; by trial
_LONGEST = 1.7  # times as long as high: longer are lines of a heading or of pen; by trial
_MIN_CHROMA = 45  # levels by which stamp ink's channel leads both others at its strongest; less is no stamp; by trial
_RED_CHROMA, _BLUE_CHROMA = 30, 30  # and from which a pixel counts as stamped: paler parts of a stamp too; by trial
_CLOSED_MM = 1.6  # gaps between a stamp's ring and its words that are closed; by trial
_RING, _BOX_EDGE = 0.84, 0.86  # of the way from the middle to the edge, from where ink is a ring's, a frame's; by trial
_SECTORS, _FRAMED = 36, 24  # directions of 10 degrees, and in how many of them a frame must show; by trial
_DARKEST_STAMP = 150.0  # grey level in its own channel: darker is not stamp ink; by trial
_STAMP_LEVEL = 12  # percentile of the stamp's own channel that is lifted to white: its darker parts; by trial
_FEWEST_STAMPED = 100  # pixels; with fewer the stamp's darkness is taken to be _USUAL_STAMP; by trial
_USUAL_STAMP = 220.0  # grey level in its own channel; by trial
_LIGHTEST_STAMP = 250.0  # grey level: nothing lighter is lifted
_AROUND_MM = 0.6  # around a stamp's box that is looked through too: its soft edge; by trial


def find_seals(colour: Colour, *, dpi: float) -> tuple[Seal, ...]:
    """Red and blue stamps between 14 and 48 mm in both directions; on grey images none can be found.

    A heading in red is flat and stays; blue handwriting is loose, so a blue stamp must show a frame.
    """
    half = cv2.resize(colour, None, fx=2 / _SMALL, fy=2 / _SMALL, interpolation=cv2.INTER_AREA)
    small = cv2.resize(half, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    blue, green, red = cv2.split(small)
    seals: list[Seal] = []
    for name, own, others in (("red", red, cv2.max(blue, green)), ("blue", blue, cv2.max(red, green))):
        chroma = cv2.subtract(own, others)
        if int(chroma.max()) < _MIN_CHROMA:
            continue
        mask = cv2.compare(chroma, _RED_CHROMA if name == "red" else _BLUE_CHROMA, cv2.CMP_GT)
        seals.extend(Seal(box=box, colour=name) for box in _stamps(np.asarray(mask, np.uint8), dpi / _SMALL))
    return tuple(s for s in seals if not any(_holds(other.box, s.box) for other in seals if other is not s))


def _holds(outer: Box, inner: Box) -> bool:
    return outer[0] <= inner[0] and outer[1] <= inner[1] and inner[2] <= outer[2] and inner[3] <= outer[3]


def _stamps(mask: Gray, dpi: float) -> list[Box]:
    mm = dpi / 25.4
    reach = max(3, int(_CLOSED_MM * mm) | 1)
    closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(closed, connectivity=8)
    out: list[Box] = []
    for x, y, w, h, _area in stats[1:].tolist():
        small, large = min(w, h) / mm, max(w, h) / mm
        if not (_SIZE_MM[0] <= small and large <= _SIZE_MM[1] and large < _LONGEST * small):
            continue
        if _framed(mask[y : y + h, x : x + w]):
            out.append(tuple(float(v * _SMALL) for v in (x, y, x + w, y + h)))  # type: ignore[arg-type]
    return out


def _framed(mask: Gray) -> bool:
    """Whether ink lies along a ring or a rectangle just inside the box, in most directions."""
    height, width = mask.shape
    ys, xs = np.nonzero(mask)
    u, v = (xs - (width - 1) / 2) / (width / 2), (ys - (height - 1) / 2) / (height / 2)
    sector = ((np.arctan2(v, u) + np.pi) / (2 * np.pi) * _SECTORS).astype(int) % _SECTORS
    round_frame = np.unique(sector[np.hypot(u, v) > _RING])
    square_frame = np.unique(sector[np.maximum(np.abs(u), np.abs(v)) > _BOX_EDGE])
    return max(len(round_frame), len(square_frame)) >= _FRAMED


def see_through(grey: Gray, colour: Colour, seals: tuple[Seal, ...], *, dpi: float) -> Gray:
    """A copy of `grey` in which each seal's ink is paper: there the seal's own colour channel stands in.

    Red ink is nearly as bright as paper in the red channel, while black and blue strokes under it
    stay dark; the little darkness that the stamp keeps there is measured and lifted to white.
    """
    out = grey.copy()
    for seal in seals:
        x0, y0, x1, y1 = _grown(seal.box, grey.shape, by=int(_AROUND_MM * dpi / 25.4))
        blue, green, red = cv2.split(colour[y0:y1, x0:x1])
        own, others = (red, cv2.max(blue, green)) if seal.colour == "red" else (blue, cv2.max(red, green))
        even = divide_ground(own, dpi=dpi)
        stamped = even[cv2.subtract(own, others) > _MIN_CHROMA // 2]  # half: its soft edges too
        level = float(np.percentile(stamped, _STAMP_LEVEL)) if stamped.size > _FEWEST_STAMPED else _USUAL_STAMP
        lift = 255.0 / min(_LIGHTEST_STAMP, max(_DARKEST_STAMP, level))
        out[y0:y1, x0:x1] = cv2.convertScaleAbs(even, alpha=lift)
    return out


def _grown(box: Box, shape: tuple[int, ...], *, by: int) -> tuple[int, int, int, int]:
    x0, y0, x1, y1 = (int(v) for v in box)
    return max(0, x0 - by), max(0, y0 - by), min(shape[1], x1 + by), min(shape[0], y1 + by)
