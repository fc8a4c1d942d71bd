"""Coloured stamps: found by colour and size, and taken out of what is written under them by how inks absorb light."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.domain.model import Colour
from pipeline.domain.recognition import Gray
from pipeline.layout.ground import divide_ground
from pipeline.layout.model import Box, Seal
from pipeline.layout.rings import find_rings

_SMALL = 4  # stamps are looked for on an image this many times smaller; for speed
_SIZE_MM = (14.0, 48.0)  # shortest and longest side of a stamp; by trial
_LONGEST = 1.7  # times as long as high: longer are lines of a heading or of pen; by trial
_MIN_CHROMA = 45  # levels by which stamp ink's channel leads both others at its strongest; less is no stamp; by trial
_STAMPED = 30  # and from which a pixel counts as stamped: paler parts of a stamp too; by trial
_COLOURS = ("red", "blue", "violet")
_CLOSED_MM = 1.6  # gaps between a stamp's ring and its words that are closed; by trial
_RING, _BOX_EDGE = 0.84, 0.86  # of the way from the middle to the edge, from where ink is a ring's, a frame's; by trial
_SECTORS, _FRAMED = 36, 24  # directions of 10 degrees, and in how many of them a frame must show; by trial
_INSIDE, _BEYOND, _BEYOND_MM = (
    0.25,
    0.8,
    4.0,
)  # shares of a line that are seen in a box and beyond it, and how far; by trial
_GOING_ON = 3  # such lines: a table's
_TINT, _ABOVE_TINT = 80, 12  # percentile of a page's colour that is its paper's, and levels by which a stamp exceeds it
_SPARE = 1.07  # of a ring's radius that its box reaches: its middle is known to a millimetre
_PURE = 85  # percentile of how little a stamp's ink absorbs of its own colour: so many of its pixels become paper
_FEWEST_STAMPED = 100  # pixels; with fewer the stamp is taken to absorb _USUAL; by trial
_USUAL, _MOST_ABSORBED = 0.15, 0.6  # log of its own colour's light over that of others; most of what is believed
_AROUND_MM = 0.6  # around a stamp's box that is looked through too: its soft edge; by trial
_WHITE = 250.0  # grey level of even paper, as `pipeline.layout.ground` makes it


def find_seals(colour: Colour, *, dpi: float) -> tuple[Seal, ...]:
    """Red, blue and violet stamps between 14 and 48 mm in both directions; on grey images none can be found.

    A heading in red is flat and stays; blue handwriting is loose, so a blue stamp must show a frame. Paper of a
    stamp's own hue is no stamp: what exceeds its colour is. Stamps that touch are parted.
    """
    half = cv2.resize(colour, None, fx=2 / _SMALL, fy=2 / _SMALL, interpolation=cv2.INTER_AREA)
    small = cv2.resize(half, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    seals: list[Seal] = []
    for name in _COLOURS:
        own, others = _channels(small, name)
        chroma = cv2.subtract(own, others)
        if int(chroma.max()) < _MIN_CHROMA:
            continue
        levels = _stamped_from(chroma), _stamped_from(chroma, share=0.5)
        mask, pale = (np.asarray(cv2.compare(chroma, level, cv2.CMP_GT), np.uint8) for level in levels)
        seals.extend(Seal(box=box, colour=name) for box in _stamps(mask, pale, dpi / _SMALL))
    return tuple(s for s in seals if not any(_holds(other.box, s.box) for other in seals if other is not s))


def _channels(colour: Colour, name: str) -> tuple[Gray, Gray]:
    """The channel of the stamp's own colour, and the brighter one of the others; of violet its darker one."""
    blue, green, red = cv2.split(colour)
    if name == "violet":
        own, others = cv2.min(blue, red), green
    else:
        own, others = (red, cv2.max(blue, green)) if name == "red" else (blue, cv2.max(red, green))
    return np.asarray(own, np.uint8), np.asarray(others, np.uint8)


def _stamped_from(chroma: cv2.typing.MatLike, share: float = 1.0) -> float:
    """Levels by which a stamp's colour, or such a share of it, leads at least: more than its paper's does."""
    tint = float(np.percentile(np.asarray(chroma)[::2, ::2], _TINT))
    return max(share * _STAMPED, tint + share * _ABOVE_TINT)


def _holds(outer: Box, inner: Box) -> bool:
    return outer[0] <= inner[0] and outer[1] <= inner[1] and inner[2] <= outer[2] and inner[3] <= outer[3]


def _stamps(mask: Gray, pale: Gray, dpi: float) -> list[Box]:
    """Boxes of stamps in a mask of their colour; `pale` is the mask of what has less of it, and more than paper."""
    mm = dpi / 25.4
    reach = max(3, int(_CLOSED_MM * mm) | 1)
    closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(closed, connectivity=8)
    out: list[Box] = []
    for number, (x, y, w, h, _area) in enumerate(stats[1:].tolist(), start=1):
        small, large = min(w, h) / mm, max(w, h) / mm
        if small < _SIZE_MM[0]:
            continue
        own = mask[y : y + h, x : x + w]
        if large > _SIZE_MM[1]:
            own = np.asarray(own & cv2.compare(labels[y : y + h, x : x + w], number, cv2.CMP_EQ), np.uint8)
            circles = ((x + a, y + b, _SPARE * r) for a, b, r in find_rings(own, mm, _SIZE_MM))
            out += [(a - r, b - r, a + r, b + r) for a, b, r in circles]
        elif large < _LONGEST * small and _framed(own) and not _is_table(mask, pale, (x, y, w, h), mm):
            out.append((x, y, x + w, y + h))
    return [(x0 * _SMALL, y0 * _SMALL, x1 * _SMALL, y1 * _SMALL) for x0, y0, x1, y1 in out]


def _framed(mask: Gray) -> bool:
    """Whether ink lies along a ring or a rectangle just inside the box, in most directions."""
    height, width = mask.shape
    ys, xs = np.nonzero(mask)
    u, v = (xs - (width - 1) / 2) / (width / 2), (ys - (height - 1) / 2) / (height / 2)
    sector = ((np.arctan2(v, u) + np.pi) / (2 * np.pi) * _SECTORS).astype(int) % _SECTORS
    round_frame = np.unique(sector[np.hypot(u, v) > _RING])
    square_frame = np.unique(sector[np.maximum(np.abs(u), np.abs(v)) > _BOX_EDGE])
    return max(len(round_frame), len(square_frame)) >= _FRAMED


def _is_table(mask: Gray, pale: Gray, box: tuple[int, int, int, int], mm: float) -> bool:
    """Whether lines in the box go on beyond it, paler: light left a part of a table that is printed in colour."""
    x, y, w, h = box
    inside = mask[y : y + h, x : x + w]
    thick = np.zeros_like(inside)
    thick[2:] |= inside[:-2]
    thick[:-2] |= inside[2:]
    lines = _along(inside & ~thick, _INSIDE)
    reach = round(_BEYOND_MM * mm)
    beyond = [pale[y : y + h, max(0, x - reach) : x], pale[y : y + h, x + w : x + w + reach]]
    return any(side.shape[1] >= reach and _count(lines & _along(side, _BEYOND)) >= _GOING_ON for side in beyond)


def _along(mask: Gray, share: float) -> NDArray[np.bool_]:
    """Rows in which, or right beside which, so much of the width is ink."""
    near = cv2.dilate(mask, np.ones((3, 1), np.uint8))
    return np.asarray(np.count_nonzero(near, axis=1) >= share * mask.shape[1])


def _count(rows: NDArray[np.bool_]) -> int:
    return int(rows[:1].sum() + np.count_nonzero(rows[1:] & ~rows[:-1]))


def see_through(grey: Gray, colour: Colour, seals: tuple[Seal, ...], *, dpi: float) -> Gray:
    """A copy of `grey` in which each seal's ink is paper, and black and blue strokes under it stay dark.

    Inks absorb one after the other, so their logarithms add up (Beer-Lambert): of a stamp's ink the channel of its own
    colour loses a fixed share of what the others lose, of black ink as much. Two channels tell how much is whose.
    """
    out = grey.copy()
    for seal in seals:
        x0, y0, x1, y1 = _grown(seal.box, grey.shape, by=int(_AROUND_MM * dpi / 25.4))
        own, others = _channels(colour[y0:y1, x0:x1], seal.colour)
        chroma = cv2.subtract(own, others)
        stamped = np.asarray(chroma, np.int16) > max(_MIN_CHROMA // 2, _stamped_from(chroma) - _ABOVE_TINT / 2)
        own_log, others_log = (
            np.log(np.maximum(divide_ground(c, dpi=dpi), 4) / np.float32(_WHITE)) for c in (own, others)
        )
        share = _USUAL
        if np.count_nonzero(stamped) > _FEWEST_STAMPED:
            of_stamp = own_log[stamped] / np.minimum(others_log[stamped], -1e-3)
            share = float(np.clip(np.percentile(of_stamp, _PURE), 0.0, _MOST_ABSORBED))
        ink = np.minimum((own_log - share * others_log) / (1 - share), 0.0)
        out[y0:y1, x0:x1] = np.rint(_WHITE * np.exp(ink)).astype(np.uint8)
    return out


def _grown(box: Box, shape: tuple[int, ...], *, by: int) -> tuple[int, int, int, int]:
    x0, y0, x1, y1 = (int(v) for v in box)
    return max(0, x0 - by), max(0, y0 - by), min(shape[1], x1 + by), min(shape[0], y1 + by)
