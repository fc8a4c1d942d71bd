"""Sets leaning pen letters upright before a network reads them.

Weights trained on upright type read a slanted hand much better when its slant is taken out first. The measure is
the classical one: upright strokes stack their ink in few columns, so the sum of squared column sums peaks.
"""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.domain.recognition import Gray

_HEIGHT = 48  # slant is measured at this height: fine enough, and cheap
_SHEARS = np.arange(-0.2, 0.91, 0.1)
_PART = 0.7  # of the measured slant is taken out: all of it overshoots on round hands (measured)
_LEAST = 0.1  # below this the resampling costs more than it gives


def estimate_slant(line: Gray) -> float:
    """Horizontal shift per pixel of height that sets the letters upright, positive for a hand that leans right.

    0.0 for type and for lines with too little ink to tell. Dark ink on a light ground.
    """
    scale = _HEIGHT / line.shape[0]
    small = cv2.resize(line, (max(8, round(line.shape[1] * scale)), _HEIGHT), interpolation=cv2.INTER_AREA)
    ink = (255 - np.asarray(small, np.uint8)).astype(np.uint8)
    if int((ink > 128).sum()) < 40:
        return 0.0
    scores = [float((_sheared(ink, k, 0).astype(np.float32).sum(axis=0) ** 2).sum()) for k in _SHEARS]
    best = float(_SHEARS[int(np.argmax(scores))])
    return best if best > _LEAST else 0.0


def set_upright(line: Gray) -> tuple[Gray, float]:
    """The line with most of its slant taken out, and the mean shift of its pixels to the right."""
    shear = _PART * estimate_slant(line)
    if shear == 0.0:
        return line, 0.0
    return _sheared(line, shear, 255), shear * line.shape[0] / 2


def _sheared(image: Gray, shear: float, ground: int) -> Gray:
    """Upper rows stay, lower rows move right by `shear` for each pixel of height; negative likewise."""
    height, width = image.shape
    start = -shear * height if shear < 0 else 0.0
    size = (width + int(abs(shear) * height) + 1, height)
    matrix = np.array([[1.0, shear, start], [0.0, 1.0, 0.0]])
    return np.asarray(cv2.warpAffine(image, matrix, size, borderValue=float(ground)), np.uint8)
