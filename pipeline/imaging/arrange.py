"""The reading order of what lies on one scan, seen the way its writing stands."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from pipeline.domain.geometry import Point
from pipeline.domain.model import UprightImage

Box = tuple[float, float, float, float]

_SAME_ROW = 0.5  # of an image's height: middles nearer than this share a row; half way to the next one


def as_read(images: Sequence[UprightImage]) -> list[int]:
    """Indices of the images in reading order, of a scan turned so that most of them stand upright.

    A sheet of cards may have been scanned lying or on its head: its first card is then not the one
    at the scan's upper left. Of directions with as many images each, the smallest turn counts.
    """
    ways = Counter(_quarter(image) for image in images)
    most = max(ways.values(), default=0)
    quarters = min(w for w, count in ways.items() if count == most) if ways else 0
    boxes = [_turned_box(image, quarters) for image in images]
    rows: list[list[int]] = []
    for n in sorted(range(len(boxes)), key=lambda k: boxes[k][1] + boxes[k][3]):
        top, bottom = boxes[n][1], boxes[n][3]
        first = boxes[rows[-1][0]] if rows else None
        if first and (top + bottom - first[1] - first[3]) / 2 < _SAME_ROW * (bottom - top):
            rows[-1].append(n)
        else:
            rows.append([n])
    return [n for row in rows for n in sorted(row, key=lambda k: boxes[k][0] + boxes[k][2])]


def _quarter(image: UprightImage) -> int:
    """How many quarter turns clockwise the image's writing stands at on the scan."""
    (x0, y0), (x1, y1) = image.to_scan((0.0, 0.0)), image.to_scan((1.0, 0.0))
    return round(math.degrees(math.atan2(y1 - y0, x1 - x0)) / 90.0) % 4


def _turned_box(image: UprightImage, quarters: int) -> Box:
    """Where the image lies on the scan once the scan is turned back by this many quarters."""
    height, width = image.colour.shape[:2]
    corners = [image.to_scan(p) for p in ((0.0, 0.0), (width, 0.0), (width, height), (0.0, height))]
    turned = [_turned(p, quarters) for p in corners]
    xs, ys = [p[0] for p in turned], [p[1] for p in turned]
    return min(xs), min(ys), max(xs), max(ys)


def _turned(point: Point, quarters: int) -> Point:
    """The point after this many quarter turns anticlockwise about the origin; y points down."""
    x, y = point
    return ((x, y), (y, -x), (-x, -y), (-y, x))[quarters]
