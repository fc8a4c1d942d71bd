"""Ink that looks like writing, on a reduced grey view of a page: the raw material of every estimate.

Nothing here is read or shown; later stages cut from the full image.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Gray = NDArray[np.uint8]
Boxes = NDArray[np.int32]

VIEW_DPI = 150.0
_MM = VIEW_DPI / 25.4
_THIN = 0.75 * _MM  # dashes of leaders are thinner, letters wider


@dataclass(frozen=True, slots=True)
class Ink:
    """Character-like pieces of ink.

    `mask` is 1 on their pixels; `depth` says how much darker than the paper these and their soft edges
    are, in grey levels; `boxes` is (N, 4): x, y, width, height; `height` is their median
    height in view pixels (about the height of a small letter), `darkness` the median of how much
    darker than the paper they are (0 to 1).
    """

    mask: Gray
    depth: Gray
    boxes: Boxes
    height: float
    darkness: float
    paper: float

    @property
    def pieces(self) -> int:
        return len(self.boxes)


def find_ink(grey: Gray) -> Ink:
    """Ink of writing on a grey view at about `VIEW_DPI`: rules, seals' rings, photographs left out."""
    paper, dark = levels(grey)
    binary = _binarised(grey, paper - dark)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(binary, connectivity=8, ltype=cv2.CV_32S)
    keep = _like_characters(stats)
    keep[0] = False
    mask = keep.astype(np.uint8)[labels]
    boxes = np.ascontiguousarray(stats[keep][:, :4], dtype=np.int32)
    darkness = _darkness(grey, boxes, paper)
    return Ink(
        mask=mask,
        depth=_depth(grey, mask, paper),
        boxes=boxes,
        height=_letter_height(boxes),
        darkness=darkness,
        paper=paper,
    )


def _depth(grey: Gray, mask: Gray, paper: float) -> Gray:
    around = cv2.dilate(mask, np.ones((3, 3), np.uint8))
    return np.asarray(cv2.multiply(cv2.subtract(np.full_like(grey, round(paper)), grey), around), dtype=np.uint8)


def _letter_height(boxes: Boxes) -> float:
    """Median longer side of the compact pieces: whichever way the page lies, dashes and dot rows left out."""
    if len(boxes) == 0:
        return 0.0
    sides = np.sort(boxes[:, 2:], axis=1)
    compact = sides[(sides[:, 1] < 2.2 * sides[:, 0]) & (sides[:, 0] >= _THIN)]
    return float(np.median(compact[:, 1] if len(compact) >= 5 else sides[:, 1]))


def levels(grey: Gray) -> tuple[float, float]:
    """Grey level of the paper, and of the darkest 1 % (the ink, where there is any)."""
    sample = grey[::4, ::4]
    return float(np.percentile(sample, 75)), float(np.percentile(sample, 1))


def _binarised(grey: Gray, contrast: float) -> Gray:
    """1 where a pixel is clearly darker than its surroundings of 6 mm: shadows and tints stay paper."""
    margin = float(np.clip(max(0.22 * contrast, 4.5 * _grain(grey)), 7, 36))
    window = int(6 * _MM) | 1
    return np.asarray(
        cv2.adaptiveThreshold(grey, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, window, margin),
        dtype=np.uint8,
    )


def _grain(grey: Gray) -> float:
    """Standard deviation of the view's finest scatter, from differences of neighbours (robust to ink)."""
    sample = grey[::3].astype(np.int16)
    return float(np.median(np.abs(sample[:, 1:] - sample[:, :-1]))) * 1.4826 / 1.414


def _like_characters(stats: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Letters, words run together in cursive, and pieces of them; no dots, rules, frames or blots."""
    width, height, area = stats[:, 2], stats[:, 3], stats[:, 4]
    long, short = np.maximum(width, height), np.minimum(width, height)
    fill = area / np.maximum(width * height, 1)
    return np.asarray(
        (long >= 0.9 * _MM)
        & (short <= 9 * _MM)
        & (long <= 40 * _MM)
        & (area >= 8)
        & (fill > 0.06)
        & (long < 14 * np.maximum(short, 1))
        & ~((fill > 0.85) & (long > 4 * _MM))
    )


def _darkness(grey: Gray, boxes: Boxes, paper: float) -> float:
    if len(boxes) == 0 or paper <= 0:
        return 0.0
    step = max(1, len(boxes) // 400)
    darkest = [int(grey[y : y + h, x : x + w].min()) for x, y, w, h in boxes[::step]]
    return float(np.clip(1 - np.median(darkest) / paper, 0, 1))
