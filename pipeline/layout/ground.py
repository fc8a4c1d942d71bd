"""Brings the paper to white: uneven light, tint and pale pattern are removed before anything is looked for."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.domain.recognition import Gray

_SMALL = 8  # the paper is estimated on an image this many times smaller, the ink's contrast on half of that; for speed
_REACH_MM = 10.0  # side of the window paper is estimated in: wider than any stroke, narrower than a shadow; by trial
_SHARE = 0.42  # of the contrast of the darkest ink nearby: what is darker is ink; by trial
_FAINT = 0.5  # of that darkness: hairlines of blurred or worn letters; by trial
_PAGE_SHARE = 0.30  # of the page's typical ink contrast: paler is a security pattern or noise; by trial
_DEEPEST = 140.0  # grey levels under paper that are always ink, however dark the ink nearby; by trial
_INKED = 40  # grey levels of contrast from which a place has ink, for the page's typical contrast; by trial
_TYPICAL = 60  # percentile of the contrast of such places that is the page's typical one; by trial
_FEWEST_INKED = 50  # such places (pixels at a quarter of the scale); a page with fewer is taken to have _USUAL contrast
_USUAL = 120.0  # grey levels: contrast of ordinary print; by trial
_DARKEST_PAPER = 32  # grey level: paper is never taken to be darker, or a black border would become white; by trial
_PAPER_LEVEL = 250  # grey level that paper is brought to; by trial


@dataclass(frozen=True, slots=True, kw_only=True)
class Flat:
    """`grey` has its paper at about 250. `ink` is 255 where something is drawn; `faint` also where it might be:
    the hairlines and soft ends of strokes, but pattern and noise too."""

    grey: Gray
    ink: Gray
    faint: Gray


def flatten(grey: Gray, *, dpi: float) -> Flat:
    """The page with even paper, and what is darker than the paper.

    The paper's brightness is the morphological closing of a shrunken image; the ink threshold
    follows the darkest ink nearby (so that pale pen and black print both survive) but never falls
    to the level of a security pattern.
    """
    even = divide_ground(grey, dpi=dpi)
    small = cv2.resize(even, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    reach = _odd(_REACH_MM * dpi / 25.4 / 4)
    darkest = cv2.erode(small, np.ones((reach, reach), np.uint8))
    contrast = cv2.blur(255 - darkest, (reach, reach))
    inked = contrast[contrast > _INKED]
    page = float(np.percentile(inked, _TYPICAL)) if inked.size > _FEWEST_INKED else _USUAL
    depth = np.clip(contrast.astype(np.float32) * _SHARE, _PAGE_SHARE * page, _DEEPEST)
    ink, faint = (_darker(even, depth * share) for share in (1.0, _FAINT))
    return Flat(grey=even, ink=ink, faint=faint)


def _darker(even: Gray, depth: NDArray[np.float32]) -> Gray:
    """255 where the image is darker than paper by more than `depth` (which may be of smaller size)."""
    size = (even.shape[1], even.shape[0])
    threshold = cv2.resize((255.0 - depth).astype(np.uint8), size, interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.compare(even, threshold, cv2.CMP_LT), np.uint8)


def divide_ground(grey: Gray, *, dpi: float) -> Gray:
    """The image divided by its paper's brightness: paper comes out nearly white, whatever light fell on it."""
    height, width = grey.shape
    size = (max(1, width // _SMALL), max(1, height // _SMALL))
    small = grey
    for _ in range(2):  # halves are quick to make; only the last step may be uneven
        half = (max(1, small.shape[1] // 2), max(1, small.shape[0] // 2))
        small = np.asarray(cv2.resize(small, half, interpolation=cv2.INTER_AREA), np.uint8)
    small = cv2.resize(small, size, interpolation=cv2.INTER_AREA)
    reach = _odd(_REACH_MM * dpi / 25.4 / _SMALL)
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    paper = cv2.GaussianBlur(paper, (reach, reach), 0)
    full = cv2.resize(np.maximum(paper, _DARKEST_PAPER), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.divide(grey, full, scale=_PAPER_LEVEL), np.uint8)


def _odd(value: float) -> int:
    return max(3, int(value) | 1)
