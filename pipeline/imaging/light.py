"""Even light: shadows and falling-off brightness of a photograph divided out, colours kept."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.warp import Pixels

_UNEVEN = 1.22  # brightness of the lit over the shaded paper from which flattening is worth its noise; by trial; steady
_LIT = (5, 95)  # percentiles of the paper's brightness that are its shaded and its lit part; by trial
_MOST = 2.6  # gain beyond which only noise would be lifted; by trial
_TARGET = 242.0  # grey level that paper is brought to; by trial
_PRINT = 180.0  # grey levels below the paper that faint ink is brought to; by trial
_GRID_MM = 2.0  # of the grid the light is measured on; by trial
_BRIDGED, _MEDIAN, _SMOOTHED = 9, 5, 2  # steps of that grid: of the closing, the median, the blur that follow; by trial


def light_field(view_grey: NDArray[np.uint8], *, view_dpi: float) -> NDArray[np.float32]:
    """Brightness of the bare paper across the view, on a grid of about 2 mm.

    Ink and small pictures are bridged by a closing of 16 mm.
    """
    grid = max(view_dpi / 25.4 * _GRID_MM, 1.0)
    size = (max(4, round(view_grey.shape[1] / grid)), max(4, round(view_grey.shape[0] / grid)))
    small = cv2.resize(view_grey, size, interpolation=cv2.INTER_AREA)
    small = cv2.dilate(small, np.ones((3, 3), np.uint8))
    closed = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((_BRIDGED, _BRIDGED), np.uint8))
    return np.asarray(cv2.GaussianBlur(cv2.medianBlur(closed, _MEDIAN), (0, 0), _SMOOTHED), dtype=np.float32)


def is_uneven(field: NDArray[np.float32]) -> bool:
    """Whether flattening is worth it, by the ratio of bright to dark paper (95th to 5th percentile)."""
    low, high = np.percentile(field, _LIT)
    return float(high / max(low, 1.0)) >= _UNEVEN


def flatten(colour: Pixels, field: NDArray[np.float32]) -> Pixels:
    """The image as under even light: each pixel times target over local paper brightness, channels alike."""
    gain = np.clip(_TARGET / np.maximum(field, 1.0), 1.0, _MOST)
    height, width = colour.shape[:2]
    steps = np.rint(gain * 96).astype(np.uint8)  # 8-bit fixed point: half the time of floats
    full = cv2.resize(steps, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.multiply(colour, cv2.merge((full, full, full)), scale=1 / 96), dtype=np.uint8)


def deepened(colour: Pixels, darkness: float) -> Pixels:
    """The image with ink of this darkness (0 to 1 below the paper) as dark as print, on white paper."""
    paper = np.median(colour[::4, ::4].reshape(-1, 3), axis=0)
    gain = _PRINT / np.maximum(darkness * paper, 1.0)
    levels = np.arange(256)[:, None]
    table = np.clip(255 - (paper - levels) * gain, 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(colour, table[None]), dtype=np.uint8)
