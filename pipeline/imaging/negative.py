"""Microfilm negatives: light writing on dark film, told from all else that is dark."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.domain.model import PageImage, PageReport
from pipeline.imaging.findings import NEGATIVE
from pipeline.imaging.ink import VIEW_DPI, Gray, find_ink
from pipeline.imaging.skew import estimate_skew
from pipeline.imaging.warp import Pixels, reduced

_DARK = 110  # grey level: the ground of a negative is darker; by trial; steady
_TINT = 30  # levels between a ground's channels: more is a dark cover or cloth, not film; by trial
_LIGHTER = 55  # grey levels by which writing is lighter than its ground; by trial; steady
_MOSTLY = 0.7  # of the picture that is ground, at least; by trial; steady
_STROKE_MM = 3.0  # wider light things are paper, lamps and windows; by trial
_SOLID = 0.08  # share of the picture of such things, at most: the clear film beside a page; by trial
_LETTERS = 120  # light letters in rows; a book's cover has fewer; by trial
_LEGIBLE = 0.3  # of the inverted paper's brightness by which they are darker than it; by trial; steady
_A4_IN = 11.69  # longer side, ISO 216


def positive(page: PageImage) -> Pixels:
    """The page's pixels, of a negative inverted: as people and readers see it."""
    return np.asarray(255 - page.pixels, np.uint8) if is_negative(page.pixels, page.dpi) else page.pixels


def shown_as_read(page: PageImage, report: PageReport) -> Pixels:
    """`positive` of a page that was read: its report says whether it is a negative, nothing is judged again."""
    told = any(finding.code == NEGATIVE.code for finding in report.findings)
    return np.asarray(255 - page.pixels, np.uint8) if told else page.pixels


def is_negative(scan: Pixels, dpi: float | None) -> bool:
    """Whether the page is mostly dark and written on in light strokes, in rows.

    No negatives are: pages on a dark table or with a black border, whose paper is light and wide; coloured covers with
    a light title; what was photographed too dark, whose writing is darker than its ground.
    """
    sample = scan[::16, ::16]
    ground = np.median(sample.reshape(-1, 1 if scan.ndim == 2 else 3), axis=0)
    if ground.max() > _DARK or np.ptp(ground) > _TINT:
        return False
    view = _view(scan, dpi)
    light = (view > float(np.median(view)) + _LIGHTER).astype(np.uint8)
    if light.mean() > 1 - _MOSTLY or _solid(light) > _SOLID:
        return False
    ink = find_ink(np.asarray(255 - view, np.uint8))
    return ink.pieces >= _LETTERS and ink.darkness >= _LEGIBLE and estimate_skew(ink).angle_deg is not None


def _view(scan: Pixels, dpi: float | None) -> Gray:
    """The whole scan in grey at about `VIEW_DPI`."""
    shrink = max(1.0, (dpi or max(scan.shape[:2]) / _A4_IN) / VIEW_DPI)
    small = reduced(scan, (max(16, round(scan.shape[1] / shrink)), max(16, round(scan.shape[0] / shrink))))
    return small if small.ndim == 2 else np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8)


def _solid(light: NDArray[np.uint8]) -> float:
    """Share of the view that is light and wider than any stroke."""
    side = round(_STROKE_MM * VIEW_DPI / 25.4)
    return float(cv2.morphologyEx(light, cv2.MORPH_OPEN, np.ones((side, side), np.uint8)).mean())
