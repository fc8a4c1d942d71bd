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

VIEW_DPI = 150.0  # of the view that pages are measured on: letters are some 14 pixels high; by trial
_MM = VIEW_DPI / 25.4  # view pixels
_THIN = 0.75 * _MM  # shorter side of a letter: dashes of leaders are thinner; by trial
_COMPACT = 2.2  # longer over shorter side of a single letter; longer pieces are dashes and words; by trial
_WORD = 6  # longer over shorter side of a joined word; longer pieces are dashes and rules; by trial
_ENOUGH, _ALIKE = 100, 0.35  # pieces that are letters, and of their height by which they differ, as in layout; by trial
_FEWEST_COMPACT = 5  # such pieces; with fewer the height is taken of all; by trial
_PAPER, _INK = 75, 1  # percentiles of the view's grey levels that are its paper's and its darkest ink's; by trial
_MARGIN = 0.22  # of the contrast: what is darker than its surroundings by more is ink; by trial
_GRAINS = 4.5  # standard deviations of the grain that this margin exceeds in any case; by trial
_MARGINS = (7, 36)  # grey levels that the margin is held to: faded ink, black print; by trial
_WINDOW_MM = 6  # side of a pixel's surroundings: wider than a letter, narrower than a shadow; by trial
_RIM = 2 * _MM  # view pixels: nearer to the view's rim its own edge runs, or a lid's; by trial
_SAMPLED = 400  # pieces whose darkness is looked at, spread over the page; for speed


@dataclass(frozen=True, slots=True)
class Ink:
    """Character-like pieces of ink.

    `mask` is 1 on their pixels; `depth` says how much darker than the paper these and their soft edges
    are, in grey levels; `ruled` says it of rules, grids and the dots of leaders, which are no letters; `boxes` is
    (N, 4): x, y, width, height; `height` is their median height in view pixels (about the height of a
    small letter), `darkness` the median of how much darker than the paper they are (0 to 1).
    """

    mask: Gray
    depth: Gray
    ruled: Gray
    boxes: Boxes
    height: float
    darkness: float
    paper: float

    @property
    def pieces(self) -> int:
        return len(self.boxes)

    @property
    def letters(self) -> float:
        """Height of letters in view pixels: half of the ink's extent is in pieces up to it.

        0.0 where fewer than a hundred pieces, or fewer than half of all, are of about that height: a guilloche's and a
        table top's specks are of every size.
        """
        sides = np.sort(self.boxes[:, 2:], axis=1)
        sides = sides[sides[:, 1] < _WORD * sides[:, 0]]
        if len(sides) < _ENOUGH:
            return 0.0
        heights = sides[np.argsort(sides[:, 0])]
        extent = np.cumsum(heights[:, 0].astype(np.float64) * heights[:, 1])
        middle = float(heights[np.searchsorted(extent, extent[-1] / 2), 0])
        alike = np.count_nonzero(np.abs(heights[:, 0] - middle) < _ALIKE * middle)
        return middle if alike >= max(_ENOUGH, self.pieces / 2) else 0.0


def find_ink(grey: Gray) -> Ink:
    """Ink of writing on a grey view at about `VIEW_DPI`: rules, seals' rings, photographs left out."""
    paper, dark = levels(grey)
    binary = _binarised(grey, paper - dark)
    # As `pipeline.layout.components` does, and for its reason.
    _, labels, stats, _ = cv2.connectedComponentsWithStatsWithAlgorithm(binary, 8, cv2.CV_32S, cv2.CCL_BBDT)
    keep = _like_characters(stats)
    keep[0] = False
    kinds = (keep + 2 * _like_rules(stats, *grey.shape)).astype(np.uint8)[labels]
    mask = np.asarray(cv2.compare(kinds, 1, cv2.CMP_EQ) & 1, dtype=np.uint8)
    darker = cv2.subtract(np.full_like(grey, round(paper)), grey)
    boxes = np.ascontiguousarray(stats[keep][:, :4], dtype=np.int32)
    darkness = _darkness(grey, boxes, paper)
    return Ink(
        mask=mask,
        depth=_depth(darker, mask),
        ruled=_depth(darker, kinds >> 1),
        boxes=boxes,
        height=_letter_height(boxes),
        darkness=darkness,
        paper=paper,
    )


def _depth(darker: cv2.typing.MatLike, mask: Gray) -> Gray:
    around = cv2.dilate(mask, np.ones((3, 3), np.uint8))
    return np.asarray(cv2.multiply(darker, around), dtype=np.uint8)


def _letter_height(boxes: Boxes) -> float:
    """Median longer side of the compact pieces: whichever way the page lies, dashes and dot rows left out."""
    if len(boxes) == 0:
        return 0.0
    sides = np.sort(boxes[:, 2:], axis=1)
    compact = sides[(sides[:, 1] < _COMPACT * sides[:, 0]) & (sides[:, 0] >= _THIN)]
    return float(np.median(compact[:, 1] if len(compact) >= _FEWEST_COMPACT else sides[:, 1]))


def levels(grey: Gray) -> tuple[float, float]:
    """Grey level of the paper, and of the darkest 1 % (the ink, where there is any)."""
    sample = grey[::4, ::4]
    return float(np.percentile(sample, _PAPER)), float(np.percentile(sample, _INK))


def _binarised(grey: Gray, contrast: float) -> Gray:
    """1 where a pixel is clearly darker than its surroundings of 6 mm: shadows and tints stay paper."""
    margin = float(np.clip(max(_MARGIN * contrast, _GRAINS * _grain(grey)), *_MARGINS))
    window = int(_WINDOW_MM * _MM) | 1
    return np.asarray(
        cv2.adaptiveThreshold(grey, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, window, margin),
        dtype=np.uint8,
    )


def _grain(grey: Gray) -> float:
    """Standard deviation of the view's finest scatter, from differences of neighbours (robust to ink)."""
    sample = grey[::3].astype(np.int16)
    return float(np.median(np.abs(sample[:, 1:] - sample[:, :-1]))) * 1.4826 / 1.414


def _like_characters(stats: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Which pieces are letters, words in cursive, or parts of them; no dots, rules, frames or blots.

    A dot is shorter than 0.9 mm or has under 8 pixels; a frame is over 9 mm across or 40 mm long, or fills less than
    6 % of its box; a rule is over 14 times as long as wide; a blot over 4 mm fills more than 85 % of its box. By trial.
    """
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


def _like_rules(stats: NDArray[np.int32], height: int, width: int) -> NDArray[np.bool_]:
    """Which pieces are rules, the grids of tables and frames, or dots of 2 pixels at least.

    A rule is 8 mm long at least and 0.7 mm thick at most; a grid is 40 mm long and 9 mm wide and fills less than a
    quarter of its box. By trial. What runs along the view's own rim is where paper or a scanner's lid ends.
    """
    x, y, w, h, area = stats.T
    long, short = np.maximum(w, h), np.minimum(w, h)
    at_head_or_foot = (y < _RIM) | (y + h > height - _RIM)
    at_side = (x < _RIM) | (x + w > width - _RIM)
    along_rim = np.where(w > h, at_head_or_foot, at_side)
    rules = (long >= 8 * _MM) & (area < 0.7 * _MM * long) & ~along_rim
    grids = (long >= 40 * _MM) & (short >= 9 * _MM) & (area < 0.25 * w * h) & ~at_head_or_foot & ~at_side
    ruled = rules | grids | (long < 0.9 * _MM) & (area >= 2)
    ruled[0] = False  # the ground
    return np.asarray(ruled)


def _darkness(grey: Gray, boxes: Boxes, paper: float) -> float:
    if len(boxes) == 0 or paper <= 0:
        return 0.0
    step = max(1, len(boxes) // _SAMPLED)
    darkest = [int(grey[y : y + h, x : x + w].min()) for x, y, w, h in boxes[::step]]
    return float(np.clip(1 - np.median(darkest) / paper, 0, 1))
