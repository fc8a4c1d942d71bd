"""The longest text runs of a page, cut from the full scan, to be read for telling which way is up."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.domain.geometry import Quad, Transform, rectangle
from pipeline.imaging.ink import Ink
from pipeline.imaging.warp import Pixels, cut, rotation, scale_of

# Lengths are in letter heights unless it says otherwise; all by trial.
_GAP = 1.1  # that is closed: a word gap is about a third of a letter's height, a column gap more than twice it
_LENGTH = (7.0, 26.0)  # a shorter run holds no word; of a longer one this much is read
_HEIGHT = (0.7, 2.6)  # of one line with its marks; higher are two lines
_OBLONG = 3  # length over height of a run, at least
_FILLED = 0.25  # of its box that a run's ink fills once gaps are closed; less is a drawing
_LINE_HEIGHT = 56  # pixels of the cut line; readers scale it to their own
_PAPER = 80  # percentile of the levels around a run that is its paper's
_FEWEST_MARKS, _MOST_MARKS = 6, 0.8  # marks of a row of ornament; share of them that are alike
_ALIKE, _SPECK = 1, 2  # pixels by which they differ in width and height; of the smallest
_PAD = 0.3  # of the run's height, cut along around it


@dataclass(frozen=True, slots=True)
class TextRun:
    """A level box around a run of characters, in the pixels of the levelled view."""

    box: Quad


def find_runs(ink: Ink, angle_deg: float, *, vertical: bool, limit: int) -> tuple[list[TextRun], Transform]:
    """The runs most likely to be legible, best first, and the way from the levelled view to the view.

    Levelled: the lines are horizontal, but the page may still stand on its head.
    """
    to_view, size = levelled(ink.mask.shape[1], ink.mask.shape[0], angle_deg, vertical=vertical)
    halved = Transform.scale(2, 2)
    small = (max(8, size[0] // 2), max(8, size[1] // 2))
    mask = cut(ink.mask, to_view @ halved, small, fill=0, smooth=False)
    reach = max(3, round(_GAP * ink.height / 2)) | 1
    joined = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((1, reach), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    runs = []
    for x, y, w, h, area in (stats[1:] * (2, 2, 2, 2, 4)).tolist():
        if w < _LENGTH[0] * ink.height or not _HEIGHT[0] * ink.height < h < _HEIGHT[1] * ink.height:
            continue
        if (
            w < _OBLONG * h
            or area < _FILLED * w * h
            or _is_ornament(mask[y // 2 : (y + h) // 2, x // 2 : (x + w) // 2])
        ):
            continue
        width = min(float(w), _LENGTH[1] * ink.height)
        runs.append((width, TextRun(rectangle(x, y, x + width, y + h))))
    runs.sort(key=lambda pair: -pair[0])
    return [run for _, run in runs[:limit]], to_view


def _is_ornament(mask: Pixels) -> bool:
    """Whether a run is a row of like marks, dots or dashes of a frame: no word's letters are all one size."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    marks = stats[1:][stats[1:, cv2.CC_STAT_AREA] >= _SPECK]
    if len(marks) < _FEWEST_MARKS:
        return False
    sizes = marks[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]]
    alike = np.abs(sizes - np.median(sizes, axis=0)) <= _ALIKE
    return bool(alike.all(axis=1).mean() >= _MOST_MARKS)


def levelled(width: int, height: int, angle_deg: float, *, vertical: bool) -> tuple[Transform, tuple[int, int]]:
    """From a canvas on which the lines lie level back to the view; and the canvas size."""
    base = Transform.identity()
    across, down = float(width), float(height)
    if vertical:
        base = Transform.of(np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, height]]))
        across, down = down, across
    level, size = rotation(angle_deg, across, down)
    return base @ level, (round(size[0]), round(size[1]))


def cut_run(scan: Pixels, run: TextRun, level_to_scan: Transform) -> tuple[Pixels, Transform]:
    """Grey line image of the run from the full scan, at a height readers like, and its way to the scan."""
    (x0, y0), _, (x1, y1), _ = run.box
    pad = _PAD * (y1 - y0)
    x0, y0, x1, y1 = x0 - pad, y0 - pad, x1 + pad, y1 + pad
    scale = (y1 - y0) / _LINE_HEIGHT
    scale = max(scale, 1 / scale_of(level_to_scan, ((x0 + x1) / 2, (y0 + y1) / 2)))  # never enlarge
    to_scan = level_to_scan @ Transform.shift(x0, y0) @ Transform.scale(scale, scale)
    size = (max(8, round((x1 - x0) / scale)), max(8, round((y1 - y0) / scale)))
    return _cut_near(scan, to_scan, size)


def _cut_near(scan: Pixels, to_scan: Transform, size: tuple[int, int]) -> tuple[Pixels, Transform]:
    """As `cut`, but looks only at the part of the scan that it needs."""
    height, width = scan.shape[:2]
    corners = [to_scan(p) for p in rectangle(0, 0, *size)]
    left = int(np.clip(min(p[0] for p in corners) - 2, 0, width - 1))
    top = int(np.clip(min(p[1] for p in corners) - 2, 0, height - 1))
    right = int(np.clip(max(p[0] for p in corners) + 3, left + 1, width))
    bottom = int(np.clip(max(p[1] for p in corners) + 3, top + 1, height))
    part = scan[top:bottom, left:right]
    if part.ndim == 3:
        part = np.asarray(cv2.cvtColor(part, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
    line = cut(part, Transform.shift(-left, -top) @ to_scan, size, fill=float(np.percentile(part, _PAPER)))
    return line, to_scan
