"""How well a page or card was captured: its measures, and the places where they are bad.

| measure | what it says |
|---|---|
| `crispness` | steepest rise of ink edges over their contrast, per letter height: 8 crisp, below 3 hardly read |
| `letters_px` | median height of letters in scan pixels |
| `light` | how bright the darker parts of the paper are, 0 to 1 |
| `glare` | share of the piece burnt out by a reflection |
| `missing` | how far the paper runs out of the picture, as a share of its size; writing at the edge counts more |
| `screen` | how far a fine grid stands out of the picture's grain (natural log): a monitor's pixels |
| `letters` | how many letter-like specks there are |

Measures are relative to the letters, not to the sensor: a soft picture of big letters reads well. A spot is a place,
in scan pixels, where the measure of the same name is bad. All is measured on the view at 150 dpi and a few tiles of the
scan. Nothing here is judged.
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from pipeline.domain.geometry import Quad, Transform
from pipeline.domain.model import Capture, CaptureSpot
from pipeline.imaging.aspect import SHEET, near
from pipeline.imaging.grid import grid_strength
from pipeline.imaging.ink import Gray, Ink
from pipeline.imaging.outside import missing_share
from pipeline.imaging.regions import Region
from pipeline.imaging.scale import CARD_MM, TEXT_HEIGHT_MM
from pipeline.imaging.warp import Pixels

_LETTER = 24  # pixels: larger letters are reduced to this before their edges are measured; by trial
_RUN_TOGETHER = 1.4  # times the usual letter height: higher pieces are words that blur joined; by trial
_A4_MM = 297.0  # longer side, ISO 216
_A4_SHAPE = 0.05  # relative tolerance of a sheet's shape; by trial
_TILE, _SMALLEST_TILE = 7.0, 48  # side of a tile in letter heights, and in pixels at least; by trial
_TILES = 8  # tiles, spread over the piece, whose median counts; for speed
_STEEP = 98.5  # percentile of the rises of a tile that is its edges' steepest, without single pixels; by trial
_NOISE_REACH = 1.3  # standard deviations of the grain that reach that percentile after smoothing; by trial; steady
_QUARTILE = 0.32  # standard deviations: quarter of the absolute differences that are smaller, of normal grain
_LEAST_CONTRAST = 12  # grey levels between a tile's ink and paper; less is bare paper; by trial
_FILLED = 13  # pixels at an eighth of the view, 18 mm: writing and portraits narrower than this are filled; by trial
_DARKER_PAPER = 10  # percentile of the paper's brightness that is reported as light; by trial
_BURNT = 250  # grey level from which the sensor was saturated; by trial
_RIM = 236  # grey level: paper around a reflection is darker; lighter paper is white, not burnt; by trial
_SPECK = 5  # view pixels: narrower burnt spots are specks; by trial
_LEAST_GLARE = 0.0015  # of the piece's area; smaller spots hide no letter; by trial; steady
_GLARE_FILLS = 0.3  # of its box that a reflection fills; less is a rim or a frame; by trial


def measure_capture(
    scan: Pixels, region: Region, part: int, view: Gray, ink: Ink, *, view_to_scan: Transform
) -> Capture:
    """The measures of one region. `view` is its grey view at about 150 dpi with its `ink`."""
    letters = ink.height * _scale(view_to_scan, view)
    measures = {"letters": float(ink.pieces), "light": round(_light(view), 3)}
    spots = list(_glare(view, ink, view_to_scan))
    measures["glare"] = round(sum(spot.value for spot in spots), 4)
    measures["missing"] = round(missing_share(region, scan.shape[1], scan.shape[0], ink, view_to_scan), 3)
    if ink.pieces:
        measures["letters_px"] = round(letters, 1)
        likely = _likely_letters(letters, region)
        tiles = _tiles(scan, ink, likely, view_to_scan)
        crisp = sorted(c for c in (_crispness(tile, likely) for tile in tiles) if c is not None)
        if crisp:
            measures["crispness"] = round(crisp[len(crisp) // 2], 2)
    strength = grid_strength(scan, region.quad)
    if strength is not None:
        measures["screen"] = round(strength, 2)
    return Capture(part=part, kind=region.kind, place=_inside(region.quad, scan), measures=measures, spots=tuple(spots))


def _scale(view_to_scan: Transform, view: Gray) -> float:
    """Scan pixels that one view pixel spans, in the middle."""
    x, y = view.shape[1] / 2, view.shape[0] / 2
    (ax, ay), (bx, by) = view_to_scan((x, y)), view_to_scan((x + 1, y))
    return float(np.hypot(bx - ax, by - ay))


def _likely_letters(letters: float, region: Region) -> float:
    """The letters' height in scan pixels; where blur has joined them into words, the usual one for the paper's size.

    A sheet of A4's shape is taken to be A4. An A5 sheet is then judged softer than it is, by half at most.
    """
    short, long = sorted(region.size)
    if region.kind == "card":
        usual = TEXT_HEIGHT_MM / CARD_MM[0] * long
    elif near(long / max(short, 1.0), SHEET, _A4_SHAPE):
        usual = TEXT_HEIGHT_MM / _A4_MM * long
    else:
        return letters
    return usual if letters > _RUN_TOGETHER * usual else letters


def _inside(quad: Quad, scan: Pixels) -> Quad:
    """The outline as far as it lies in the picture."""
    height, width = scan.shape[:2]
    a, b, c, d = ((float(np.clip(x, 0, width)), float(np.clip(y, 0, height))) for x, y in quad)
    return (a, b, c, d)


def _light(view: Gray) -> float:
    """Brightness of the paper, 0 to 1, that nine tenths of the piece exceed; writing and portraits are filled first."""
    small = cv2.resize(view, None, fx=0.125, fy=0.125, interpolation=cv2.INTER_AREA)
    paper = cv2.dilate(small, np.ones((_FILLED, _FILLED), np.uint8))
    return float(np.percentile(paper, _DARKER_PAPER)) / 255


def _tiles(scan: Pixels, ink: Ink, letters: float, view_to_scan: Transform) -> Iterator[Gray]:
    """Grey tiles of the scan around writing, spread over the piece, letters at most `_LETTER` high."""
    side = int(max(_SMALLEST_TILE, _TILE * letters))
    shrink = min(1.0, _LETTER / letters) if letters > 0 else 1.0
    step = max(1, ink.pieces // _TILES)
    order = np.lexsort((ink.boxes[:, 0], ink.boxes[:, 1]))
    for n in order[step // 2 :: step][:_TILES]:
        x, y, w, h = ink.boxes[n]
        left, top = (int(v - side / 2) for v in view_to_scan((x + w / 2, y + h / 2)))
        tile = scan[max(0, top) : max(0, top + side), max(0, left) : max(0, left + side)]
        if min(tile.shape[:2]) < side // 2:
            continue
        if shrink < 1:
            tile = np.asarray(cv2.resize(tile, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA), np.uint8)
        yield tile if tile.ndim == 2 else np.asarray(cv2.cvtColor(tile, cv2.COLOR_BGR2GRAY), np.uint8)


def _crispness(tile: Gray, letters: float) -> float | None:
    """The measure of one tile, without its grain: of both directions the less steep, so that a shaken one is soft."""
    soft = cv2.GaussianBlur(tile, (3, 3), 0).astype(np.float32)
    low, high = np.percentile(soft, (2, 90))
    if high - low < _LEAST_CONTRAST:
        return None
    rises = []
    for axis in (0, 1):
        rise = np.abs(np.diff(soft, axis=axis))
        steep = float(np.percentile(rise, _STEEP))
        grain = _NOISE_REACH * float(np.percentile(rise, 25)) / _QUARTILE
        rises.append(max(steep**2 - grain**2, 0.0) ** 0.5 / (high - low))
    return float(min(rises) * min(letters, _LETTER))


def _glare(view: Gray, ink: Ink, view_to_scan: Transform) -> Iterator[CaptureSpot]:
    """Burnt-out blobs on paper that is elsewhere darker: a reflection, not white paper."""
    burnt = (view >= _BURNT).astype(np.uint8)
    if ink.paper >= _RIM or not burnt.any():
        return
    burnt = np.asarray(cv2.morphologyEx(burnt, cv2.MORPH_OPEN, np.ones((_SPECK, _SPECK), np.uint8)), np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(burnt)
    for x, y, w, h, area in stats[1:]:
        share = float(area) / view.size
        if share < _LEAST_GLARE or area < _GLARE_FILLS * w * h:
            continue
        yield CaptureSpot(kind="glare", place=view_to_scan.quad(_box(x, y, w, h)), value=round(share, 4))


def _box(x: int, y: int, w: int, h: int) -> Quad:
    x0, y0, x1, y1 = float(x), float(y), float(x + w), float(y + h)
    return ((x0, y0), (x1, y0), (x1, y1), (x0, y1))
