"""The part of a page that is one flat colour from an edge on: a picture that was cut, saved anew by another program.

A JPEG decoder fills what is missing with one grey. A program that opens such a picture and saves it again makes of it a
file that is whole and a page that is not. Paper, table and scanner lid are never of exactly one colour; what programs
add to a page is white or black.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.geometry import Quad, rectangle

_STEADY = 2  # levels that a flat part differs by: JPEG rounds
_DARKEST, _LIGHTEST = 24, 232  # levels of what is neither a black margin nor a white one
_LEAST = 0.01  # of the side: less is a scanner's last lines


def flat_end(pixels: NDArray[np.uint8]) -> Quad | None:
    """Where the flat part lies; None where no side has one, or more than one has: then the page lies on a canvas."""
    height, width = pixels.shape[:2]
    across = np.swapaxes(pixels, 0, 1)
    top, bottom, left, right = (_flat_rows(side) for side in (pixels, pixels[::-1], across, across[::-1]))
    if sum(rows > 0 for rows in (top, bottom, left, right)) != 1:
        return None
    return rectangle(
        width - right if right else 0,
        height - bottom if bottom else 0,
        left or width,
        top or height,
    )


def _flat_rows(pixels: NDArray[np.uint8]) -> int:
    """How many rows from the first on are of its one colour; 0 for too few, for all, and for white and black."""
    first = pixels[0].reshape(len(pixels[0]), -1).astype(np.int16)
    colour = first[0]
    if not (colour.max() >= _DARKEST and colour.min() <= _LIGHTEST) or np.abs(first - colour).max() > _STEADY:
        return 0
    least = max(1, round(_LEAST * len(pixels)))
    for count, row in enumerate(pixels):
        if np.abs(row.reshape(len(row), -1).astype(np.int16) - colour).max() > _STEADY:
            return count if count >= least else 0
    return 0
