"""Photographs, fingerprints and printed codes: dense areas that hold no text lines."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.domain.recognition import Gray
from pipeline.layout.model import Box

_SMALL = 8  # density is measured on an image this many times smaller; for speed
_WINDOW_MM = 4.0  # side of the window density is averaged over: more than a line of print; by trial
_DENSE = 0.42  # share of ink in such a window; bold capitals stay below it; by trial
_SMALLEST_MM = 11.0  # of both sides of an area; smaller ones are bold words and stamps; by trial
_OPENED, _KEPT = 0.6, 0.7
"""Of `_SMALLEST_MM`: what is narrower is taken away first, and what is left must be this wide: averaging has eaten half
a window at each side. By trial."""


def find_ignored(ink: Gray, *, dpi: float) -> tuple[Box, ...]:
    """Boxes of areas at least 11 mm in both directions that are mostly ink."""
    mm = dpi / 25.4 / _SMALL
    size = (max(1, ink.shape[1] // _SMALL), max(1, ink.shape[0] // _SMALL))
    density = cv2.resize(ink, size, interpolation=cv2.INTER_AREA)
    window = max(3, int(_WINDOW_MM * mm) | 1)
    dense = cv2.compare(cv2.blur(density, (window, window)), int(_DENSE * 255), cv2.CMP_GT)
    # Take away what is narrower than the smallest area, e.g. a line of bold capitals.
    side = max(3, int(_OPENED * _SMALLEST_MM * mm) | 1)
    dense = cv2.morphologyEx(dense, cv2.MORPH_OPEN, np.ones((side, side), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(dense, connectivity=8)
    out: list[Box] = []
    for x, y, w, h, _ in stats[1:].tolist():
        if min(w, h) >= _KEPT * _SMALLEST_MM * mm:
            grow = window // 2
            out.append(
                (
                    float(max(0, x - grow) * _SMALL),
                    float(max(0, y - grow) * _SMALL),
                    float(min(size[0], x + w + grow) * _SMALL),
                    float(min(size[1], y + h + grow) * _SMALL),
                )
            )
    return tuple(out)
