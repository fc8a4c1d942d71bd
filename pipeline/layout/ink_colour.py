"""What colour a segment is written in, since blue pen distinguishes values from black printed labels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.model import Colour
from pipeline.layout.model import Segment

_CHROMA = 22  # levels by which a channel must lead both others; less is paper tint and sensor noise; by trial
_MOSTLY_COLOURED = 0.35  # of the ink's pixels; the soft edges of strokes look grey, so this is nearly all; by trial
_MIXED = 0.08  # of the ink's pixels: a value in pen beside a printed label; by trial
_LEAST_COLOURED = 0.04  # of the ink's pixels; with fewer the segment is black: colour fringes; by trial
_BLUE_SHARE = 0.3  # of a step's ink pixels that make the step blue; by trial
_STEP = 8  # columns (at half scale) judged together, about 1.4 mm at 300 dpi; shorter pen ranges are left out; by trial


def with_ink_colours(segments: list[Segment], colour: Colour, owners: NDArray[np.uint16]) -> list[Segment]:
    """The segments with `ink` and `pen` filled from the colours of their own ink pixels.

    `owners` is at half the scale of `colour`, in which the segments' boxes are given.
    """
    half = colour[: owners.shape[0] * 2 : 2, : owners.shape[1] * 2 : 2]
    return [_coloured(s, half, owners, index + 1) for index, s in enumerate(segments)]


def _coloured(segment: Segment, half: NDArray[np.uint8], owners: NDArray[np.uint16], number: int) -> Segment:
    x0, y0, x1, y1 = (int(v / 2) for v in segment.box)
    window = (slice(y0, y1 + 1), slice(x0, x1 + 1))
    own = owners[window] == number
    pixels = half[window][own].astype(np.int16)
    if len(pixels) == 0:
        return segment
    blue = pixels[:, 0] - np.maximum(pixels[:, 1], pixels[:, 2]) > _CHROMA
    red = pixels[:, 2] - np.maximum(pixels[:, 0], pixels[:, 1]) > _CHROMA
    share = {"blue": float(blue.mean()), "red": float(red.mean())}
    if max(share.values()) < _LEAST_COLOURED:
        return segment
    columns = np.nonzero(own)[1]
    ranges = _ranges(columns, blue, x0)
    for name, part in share.items():
        if part > _MOSTLY_COLOURED:
            return replace(segment, ink=name, pen=ranges)
    return replace(segment, ink="mixed" if max(share.values()) > _MIXED else "black", pen=ranges)


def _ranges(columns: NDArray[np.int64], blue: NDArray[np.bool_], left: int) -> tuple[tuple[float, float], ...]:
    """X ranges, in image pixels, whose ink is mostly blue; gaps of a word's width are closed."""
    bins = columns // _STEP
    total = np.bincount(bins)
    coloured = np.bincount(bins, weights=blue, minlength=len(total))
    is_pen = (coloured > _BLUE_SHARE * np.maximum(total, 1)) & (total > 0)
    filled = np.flatnonzero(total > 0)
    out: list[tuple[float, float]] = []
    for place in filled.tolist():
        start, end = 2.0 * (left + place * _STEP), 2.0 * (left + (place + 1) * _STEP)
        if not is_pen[place]:
            out.append((end, end))  # black ink ends a range
        elif out and out[-1][1] > out[-1][0]:
            out[-1] = (out[-1][0], end)
        else:
            out.append((start, end))
    return tuple(r for r in out if r[1] - r[0] >= 2 * _STEP)
