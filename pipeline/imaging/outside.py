"""How much of a paper lies outside the picture."""

from __future__ import annotations

import math

from pipeline.domain.geometry import Point, Transform
from pipeline.imaging.ink import Ink
from pipeline.imaging.regions import Region

_BORDER = 0.012  # of the frame's longer side: nearer is on the border; as `edges` has it
_WRITING = 0.06  # share that counts as missing where writing is cut: above what makes a picture bad (0.04); by trial
_TOUCHES = 0.35  # letter heights from a letter to the border it touches; by trial
_FEWEST_TOUCHING = 2  # letters at the border; one alone may be a speck; by trial


def missing_share(region: Region, width: int, height: int, ink: Ink, view_to_scan: Transform) -> float:
    """How far the outline's corners lie outside the frame, over the outline's mean side; or, where a whole side runs
    along the frame's border, whether writing is cut there. 0 for a whole frame: nothing shows what it lacks."""
    if region.whole:
        return 0.0
    sides = [math.dist(a, b) for a, b in zip(region.quad, region.quad[1:] + region.quad[:1], strict=True)]
    outside = max(_outside(corner, width, height) for corner in region.quad)
    share = outside / max(sum(sides) / 4, 1.0)
    on_border = _borders(region, width, height)
    if on_border and _writing_at(on_border, width, height, ink, view_to_scan):
        share = max(share, _WRITING)
    return share


def _outside(corner: Point, width: int, height: int) -> float:
    x, y = corner
    return math.hypot(max(-x, 0.0, x - width), max(-y, 0.0, y - height))


def _borders(region: Region, width: int, height: int) -> list[int]:
    """Which sides of the frame (left, top, right, bottom) the outline runs along."""
    slack = _BORDER * max(width, height)
    sides = []
    for a, b in zip(region.quad, region.quad[1:] + region.quad[:1], strict=True):
        ends = ((a[0], b[0]), (a[1], b[1]), (width - a[0], width - b[0]), (height - a[1], height - b[1]))
        sides += [n for n, (start, end) in enumerate(ends) if max(start, end) < slack]
    return sides


def _writing_at(borders: list[int], width: int, height: int, ink: Ink, view_to_scan: Transform) -> bool:
    """Whether letters touch one of these sides of the frame."""
    near = _TOUCHES * ink.height
    touching = 0
    for x, y, w, h in ink.boxes:
        (x0, y0), (x1, y1) = view_to_scan((float(x), float(y))), view_to_scan((float(x + w), float(y + h)))
        gaps = (min(x0, x1), min(y0, y1), width - max(x0, x1), height - max(y0, y1))
        touching += any(gaps[n] < near for n in borders)
    return touching >= _FEWEST_TOUCHING
