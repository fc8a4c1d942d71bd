"""From a grey line image to what the network sees; the same steps in training and in use.

The network's input is ink: 0 is paper, 255 the darkest stroke, `HEIGHT` rows, proportions kept.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

HEIGHT = 48
LEAST_WIDTH = 16
WIDTH_STEP = 48
_LEAST_CONTRAST = 28.0


def padded(width: int) -> int:
    """The width that a line is padded to with paper. It depends on the line alone, so that the same pixels always read
    the same, whatever is beside them in a batch.
    """
    return -(-width // WIDTH_STEP) * WIDTH_STEP


@dataclass(frozen=True, slots=True)
class Prepared:
    """`ink` is (HEIGHT, width); `left` and `scale` lead back: x in the line image = left + x_ink / scale."""

    ink: Pixels
    left: float
    scale: float


def ink_of(grey: Pixels) -> Pixels:
    """Ink from grey levels: the paper's level becomes 0, the darkest half percent 255.

    Levels are taken from the strip's own histogram, so that pale pencil and black print come out alike.
    A strip without contrast stays almost empty.
    """
    total = _histogram(grey)
    dark, light = _level(total, 0.005), _level(total, 0.70)
    contrast = max(light - dark, _LEAST_CONTRAST)
    levels = np.clip((light - np.arange(256)) * (255.0 / contrast), 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(grey, levels), np.uint8)


def _histogram(grey: Pixels) -> NDArray[np.float64]:
    """How many pixels are no lighter than each grey level."""
    counts = cv2.calcHist([grey], [0], None, [256], [0, 256])
    return np.cumsum(counts.ravel(), dtype=np.float64)


def _level(total: NDArray[np.float64], share: float) -> float:
    """The darkest grey level that this share of the pixels does not exceed."""
    return float(np.searchsorted(total, share * float(total[-1])))


def prepare(pixels: NDArray[np.uint8]) -> Prepared | None:
    """A line image of any height and polarity, trimmed of empty paper and scaled; None for an empty one."""
    if pixels.ndim != 2 or pixels.shape[0] < 4 or pixels.shape[1] < 4:
        return None
    grey = pixels if _level(_histogram(pixels), 0.5) >= 96 else 255 - pixels
    top, bottom, left, right = _written(grey)
    if bottom - top < 4 or right - left < 2:
        return None
    cut = _columns(grey[top:bottom], left, right)
    scale = HEIGHT / cut.shape[0]
    width = max(LEAST_WIDTH, round(cut.shape[1] * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return Prepared(ink_of(cv2.resize(cut, (width, HEIGHT), interpolation=how)), float(left), width / cut.shape[1])


def _written(grey: Pixels) -> tuple[int, int, int, int]:
    """Rows and columns that hold the writing, with a margin; columns may lie outside. Zeros for nothing."""
    height, width = grey.shape
    ink = ink_of(cv2.blur(grey, (3, 3))) > 110
    rows = np.flatnonzero(ink.sum(axis=1) > max(1, 0.002 * width))
    columns = np.flatnonzero(ink.any(axis=0))
    if not len(rows) or not len(columns):
        return (0, 0, 0, 0)
    tall = rows[-1] + 1 - rows[0]
    if tall < 0.25 * height:
        middle, tall = (rows[0] + rows[-1]) / 2, 0.25 * height
        rows = np.array([max(0, int(middle - tall / 2)), min(height - 1, int(middle + tall / 2))])
    margin = max(2, round(0.1 * tall))
    side = max(3, round(0.25 * tall))
    return (
        max(0, int(rows[0]) - margin),
        min(height, int(rows[-1]) + 1 + margin),
        int(columns[0]) - side,
        int(columns[-1]) + 1 + side,
    )


def _columns(grey: Pixels, left: int, right: int) -> Pixels:
    """These columns; paper where they lie outside, since a letter at the very edge is easily overlooked."""
    width = grey.shape[1]
    before, after = max(0, -left), max(0, right - width)
    inside = grey[:, max(0, left) : min(width, right)]
    light = _level(_histogram(grey), 0.70)
    framed = cv2.copyMakeBorder(inside, 0, 0, before, after, cv2.BORDER_CONSTANT, value=light)
    return np.asarray(framed, np.uint8)
