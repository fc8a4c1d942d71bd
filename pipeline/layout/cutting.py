"""Line images for the readers: each segment's own ink, nothing of its neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.domain.geometry import Transform
from pipeline.domain.recognition import Gray, LineImage
from pipeline.layout.model import EVERYBODYS, PageLayout, Segment

_MARGIN = 0.45  # of the text height: white around the ink of a line image; by trial
_DARKEST_SHARE = 5.0  # per cent of a line's ink pixels that are taken to full black; by trial
_PAPER = 235  # grey level from which a pixel is paper; flattened paper is 250 and more; by trial
_FEWEST_INKED = 8  # pixels of ink below which there is no contrast to stretch; by trial
_WHITE = 245.0  # grey level that becomes white; by trial
_STRETCH = 1.5  # of a line image's height: stretches whose ink is looked at by itself; by trial
_INKED_SHARE = 0.02  # of such a stretch that is ink; with less it says nothing; by trial
_TWO_INKS, _PALEST = 60.0, 130.0  # grey levels between two inks of one line; by which the paler one is raised at most
_LEAST_CONTRAST = 20.0  # grey levels: paler ink is not stretched further, it would be noise; by trial


def cut_lines(layout: PageLayout, segments: Sequence[Segment] | None = None) -> list[LineImage]:
    """One line image per segment (by default all, in reading order).

    Grey, dark on white, rules, leaders, seals and pattern taken out, other segments' ink painted
    over, contrast stretched, with a white margin. `to_upright` leads back to the upright image.
    """
    chosen = layout.segments if segments is None else segments
    number = {id(segment): index + 1 for index, segment in enumerate(layout.segments)}
    return [_cut(layout, segment, number[id(segment)]) for segment in chosen]


def cut_united(layout: PageLayout, left: int, right: int) -> LineImage:
    """One line image of two segments, by their numbers, with all that stands between them."""
    one, other = layout.segments[left], layout.segments[right]
    boxes = list(zip(one.box, other.box, strict=True))
    box = (min(boxes[0]), min(boxes[1]), max(boxes[2]), max(boxes[3]))
    return _cut(layout, replace(one, box=box), left + 1, right + 1)


def _cut(layout: PageLayout, segment: Segment, *numbers: int) -> LineImage:
    ink = layout.ink
    to_ink = ink.to_upright.inverse()
    x0, y0 = to_ink((segment.box[0], segment.box[1]))
    x1, y1 = to_ink((segment.box[2], segment.box[3]))
    # Even coordinates, so that the half-scale owners fit exactly.
    left, top = max(0, int(x0) // 2 * 2), max(0, int(y0) // 2 * 2)
    right = min(ink.owners.shape[1] * 2, (int(x1 + 1) // 2 + 1) * 2)
    bottom = min(ink.owners.shape[0] * 2, (int(y1 + 1) // 2 + 1) * 2)
    owners = ink.owners[top // 2 : bottom // 2, left // 2 : right // 2]
    pixels = cv2.bitwise_or(ink.grey[top:bottom, left:right], _of_others(owners, numbers))
    stretched = _stretch(np.asarray(pixels, np.uint8))
    scale = to_ink.array()[0, 0]
    margin = max(4, round(_MARGIN * segment.text_height * scale))
    framed = cv2.copyMakeBorder(stretched, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=255)
    return LineImage(
        pixels=np.asarray(framed, np.uint8),
        to_upright=ink.to_upright @ Transform.shift(left - margin, top - margin),
    )


def _of_others(owners: NDArray[np.uint16], numbers: Sequence[int]) -> Gray:
    """255 on other segments' ink and one half-scale pixel around it, never on these segments' own; at full scale."""
    around = np.ones((3, 3), np.uint8)
    is_own = owners == EVERYBODYS
    for number in numbers:
        is_own |= owners == number
    own = cv2.dilate(is_own.astype(np.uint8), around)
    others = cv2.dilate(((owners != 0) & ~is_own).astype(np.uint8), around)
    foreign = cv2.subtract(others, own) * np.uint8(255)
    size = (owners.shape[1] * 2, owners.shape[0] * 2)
    return np.asarray(cv2.resize(foreign, size, interpolation=cv2.INTER_NEAREST), np.uint8)


def _stretch(pixels: Gray) -> Gray:
    """Paper to 255 and the darkest ink to about 0; along a line of pale print and dark pen, each to its own."""
    inked = pixels[pixels < _PAPER]
    if inked.size < _FEWEST_INKED:
        return pixels
    dark = percentile(inked, _DARKEST_SHARE)
    along = _dark_along(pixels, dark)
    if along is None:
        table = np.clip((np.arange(256) - dark) * (255.0 / max(_LEAST_CONTRAST, _WHITE - dark)), 0, 255)
        return np.asarray(cv2.LUT(pixels, table.astype(np.uint8)), np.uint8)
    stretched = (pixels - along) * (255.0 / np.maximum(_LEAST_CONTRAST, _WHITE - along))
    return np.asarray(np.clip(stretched, 0, 255), np.uint8)


def percentile(levels: NDArray[np.uint8], share: float) -> float:
    """`np.percentile` of grey levels, by counting them: a sixth of the time on the thousand stretches of a page."""
    below = np.cumsum(np.bincount(levels, minlength=256))
    place = (levels.size - 1) * share / 100.0
    low, high = np.searchsorted(below, (np.floor(place), np.ceil(place)), side="right").tolist()
    return float(low + (high - low) * (place - np.floor(place)))


def _dark_along(pixels: Gray, dark: float) -> NDArray[np.float32] | None:
    """How dark the ink is at each column, from stretches of the line; None where it is about the same everywhere."""
    height, width = pixels.shape
    size = max(1, round(_STRETCH * height))
    middles, levels = [], []
    for start in range(0, width, size):
        part = pixels[:, start : start + size]
        inked = part[part < _PAPER]
        if inked.size >= _INKED_SHARE * part.size:
            middles.append(start + part.shape[1] / 2)
            levels.append(percentile(inked, _DARKEST_SHARE))
    if len(levels) < 2 or max(levels) - min(levels) < _TWO_INKS:
        return None
    floor = np.minimum(np.array(levels), dark + _PALEST)
    return np.asarray(np.interp(np.arange(width), middles, floor), np.float32)
