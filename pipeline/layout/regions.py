"""Photographs, fingerprints and printed codes: dense areas that hold no text lines."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.domain.recognition import Gray
from pipeline.layout.model import Box

_SMALL = 8
_WINDOW_MM = 4.0
_DENSE = 0.42  # bold capitals stay below this over a 4 mm window
_SMALLEST_MM = 11.0


def find_ignored(ink: Gray, *, dpi: float) -> tuple[Box, ...]:
    """Boxes of areas at least 11 mm in both directions that are mostly ink."""
    mm = dpi / 25.4 / _SMALL
    size = (max(1, ink.shape[1] // _SMALL), max(1, ink.shape[0] // _SMALL))
    density = cv2.resize(ink, size, interpolation=cv2.INTER_AREA)
    window = max(3, int(_WINDOW_MM * mm) | 1)
    dense = cv2.compare(cv2.blur(density, (window, window)), int(_DENSE * 255), cv2.CMP_GT)
    # Take away what is narrower than the smallest area, e.g. a line of bold capitals.
    side = max(3, int(0.6 * _SMALLEST_MM * mm) | 1)
    dense = cv2.morphologyEx(dense, cv2.MORPH_OPEN, np.ones((side, side), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(dense, connectivity=8)
    out: list[Box] = []
    for x, y, w, h, _ in stats[1:].tolist():
        if min(w, h) >= 0.7 * _SMALLEST_MM * mm:
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
