"""How good a picture of a page is, in numbers a person can compare between scans.

| name | what it says |
|---|---|
| `sharpness` | steepest rise of ink edges over their contrast, per pixel: 0.5 crisp, 0.12 blurred |
| `contrast` | how much darker ink is than paper, 0 to 1 |
| `noise` | grey-level scatter of bare paper (standard deviation, levels) |
| `glare` | share of the picture burnt out against darker paper |
| `dark` | share of the picture in deep shadow |
| `text_height_px` | median height of small letters, pixels of the upright image |
"""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.domain.geometry import Transform
from pipeline.imaging.ink import Gray, Ink
from pipeline.imaging.warp import Pixels

_TILE = 192  # scan pixels: side of a tile, a few lines of text at 300 dpi; by trial
_TILES = 6  # tiles whose median counts; for speed
_CELL = 128  # view pixels: side of the squares in which writing is counted to choose tiles; by trial
_FILLED = 9  # pixels at an eighth of the view, 12 mm: writing narrower than this is filled; by trial
_BRIGHT = 85  # percentile of the paper's brightness that is its lit part; by trial
_SHADOW = 0.45  # of the lit paper's brightness: darker is deep shadow; by trial
_LEAST_CONTRAST = 20  # grey levels between a tile's ink and paper; with less it has no edges to measure; by trial
_STEEP = 99.3  # percentile of a tile's rises that is its edges' steepest, without single pixels; by trial
_WHITE_PAPER = 238  # grey level: lighter paper is white, not burnt; by trial
_BURNT = 251  # grey level from which the sensor was saturated; by trial


def measure_quality(scan: Pixels, view: Gray, ink: Ink, *, view_to_scan: Transform) -> dict[str, float]:
    """The measures above (but text height): fine ones on tiles of the scan, coarse ones on its grey view."""
    tiles = _inked_tiles(scan, ink, view_to_scan)
    sharpness = [s for s in map(_sharpness, tiles) if s is not None]
    noise = [_noise(t) for t in tiles] or [_noise(_grey(scan[: 2 * _TILE, : 2 * _TILE]))]
    lit = _local_paper(view)
    paper = float(np.percentile(lit, _BRIGHT))
    return {
        "sharpness": round(float(np.median(sharpness)), 3) if sharpness else 0.0,
        "contrast": round(ink.darkness, 3),
        "noise": round(float(np.median(noise)), 2),
        "glare": round(_glare(view, ink.paper), 4),
        "dark": round(float((lit < _SHADOW * paper).mean()), 4),
    }


def _inked_tiles(scan: Pixels, ink: Ink, view_to_scan: Transform) -> list[Gray]:
    """A few tiles of the scan where there is most writing, spread over the page."""
    if ink.pieces == 0:
        return []
    centres = ink.boxes[:, :2] + ink.boxes[:, 2:] / 2
    cells = (centres // _CELL).astype(int)
    _, inverse, counts = np.unique(cells, axis=0, return_inverse=True, return_counts=True)
    tiles = []
    for cell in np.argsort(-counts)[:_TILES]:
        x, y = view_to_scan(tuple(np.median(centres[inverse.ravel() == cell], axis=0)))
        left, top = max(int(x - _TILE / 2), 0), max(int(y - _TILE / 2), 0)
        tile = scan[top : top + _TILE, left : left + _TILE]
        if min(tile.shape[:2]) >= _TILE // 2:
            tiles.append(_grey(tile))
    return tiles


def _grey(pixels: Pixels) -> Gray:
    if pixels.ndim == 2:
        return pixels
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), dtype=np.uint8)


def _sharpness(tile: Gray) -> float | None:
    low, high = np.percentile(tile, (2, 90))
    if high - low < _LEAST_CONTRAST:
        return None
    across = np.abs(np.diff(tile.astype(np.int16), axis=1))
    return float(np.percentile(across, _STEEP) / (high - low))


def _noise(tile: Gray) -> float:
    """Scatter of bare paper: the quieter half of the tile, by the median of its fine differences."""
    fine = tile.astype(np.int16)
    wave = fine[1:-1, 1:-1] * 4 - fine[:-2, 1:-1] - fine[2:, 1:-1] - fine[1:-1, :-2] - fine[1:-1, 2:]
    bright = wave[tile[1:-1, 1:-1] >= np.median(tile)]
    return float(np.median(np.abs(bright)) * 1.4826 / np.sqrt(20)) if bright.size else 0.0


def _local_paper(view: Gray) -> Gray:
    small = cv2.resize(view, None, fx=0.125, fy=0.125, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.dilate(small, np.ones((_FILLED, _FILLED), np.uint8)), dtype=np.uint8)


def _glare(view: Gray, paper: float) -> float:
    """Burnt-out spots: pure white where the paper elsewhere is clearly not."""
    return 0.0 if paper >= _WHITE_PAPER else float((view >= _BURNT).mean())
