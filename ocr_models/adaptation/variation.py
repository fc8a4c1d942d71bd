"""Light changes to a line's ink, so that a few lines teach a hand and not themselves."""

from __future__ import annotations

import math
from random import Random

import cv2
import numpy as np

from ocr_models.adaptation.layers import Array


def varied(ink: Array, rng: Random) -> Array:
    """The same writing a little wider or narrower, higher or lower, leaning, paler or fuller; (rows, width) 0 to 255,
    the width may change. What the line says stays legible."""
    rows, width = ink.shape
    scale = math.exp(rng.uniform(-0.4, 0.15))
    stretch, rise = scale * math.exp(rng.gauss(0, 0.1)), scale * math.exp(rng.gauss(0, 0.06))
    slant, shift = rng.gauss(0, 0.12), rng.uniform(-1, 1) * max(3.0, 0.4 * (1 - rise) * rows)
    room = abs(slant) * rows
    across = [stretch, -slant, (slant * rows + room) / 2]
    down = [0.0, rise, (1 - rise) * rows / 2 + shift]
    size = (max(1, round(width * stretch + room)), rows)
    moved = cv2.warpAffine(ink, np.array([across, down]), size, flags=cv2.INTER_LINEAR)
    level = np.linspace(0, 1, 256) ** math.exp(rng.gauss(0, 0.3)) * 255
    out = np.asarray(cv2.LUT(moved, level.astype(np.uint8)), np.uint8)
    roll = rng.random()
    if roll < 0.4:
        other = (cv2.dilate if roll < 0.2 else cv2.erode)(out, np.ones((2, 2), np.uint8))
        out = np.asarray(cv2.addWeighted(out, 0.5, other, 0.5, 0), np.uint8)
    return out
