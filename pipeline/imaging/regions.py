"""What lies on the scan: the whole frame is the page, or a page or cards lie somewhere in it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.domain.geometry import Quad, Transform, rectangle
from pipeline.imaging.warp import quad_to_rectangle

_SAME_ROW = 0.5  # of a region's height: middles nearer than this share a row; half way to the next one


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A page or card on the scan.

    `quad` has its corners in scan pixels, clockwise from the one nearest the scan's upper left;
    `size` is the squared region's width and height in scan pixels of about its own resolution.
    `whole` says that it is the frame itself. `dpi` is None where it is unknown.
    """

    quad: Quad
    size: tuple[float, float]
    kind: str
    dpi: float | None
    whole: bool = False

    def to_scan(self) -> Transform:
        """From the squared region's pixels to the scan's."""
        return Transform.identity() if self.whole else quad_to_rectangle(self.quad, *self.size)


def whole_frame(width: int, height: int, *, dpi: float | None, kind: str = "page") -> Region:
    return Region(quad=rectangle(0, 0, width, height), size=(width, height), kind=kind, dpi=dpi, whole=True)


def side_lengths(quad: Quad) -> tuple[float, float]:
    """Mean width and height of a quadrilateral."""
    a, b, c, d = quad
    return (math.dist(a, b) + math.dist(d, c)) / 2, (math.dist(a, d) + math.dist(b, c)) / 2


def in_reading_order(regions: list[Region]) -> list[Region]:
    """Rows from the top, each from the left; middles less than half a height apart share a row."""

    def middle(region: Region) -> tuple[float, float]:
        xs, ys = zip(*region.quad, strict=True)
        return sum(xs) / 4, sum(ys) / 4

    rows: list[list[Region]] = []
    for region in sorted(regions, key=lambda r: middle(r)[1]):
        height = side_lengths(region.quad)[1]
        if rows and middle(region)[1] - middle(rows[-1][0])[1] < _SAME_ROW * height:
            rows[-1].append(region)
        else:
            rows.append([region])
    return [r for row in rows for r in sorted(row, key=lambda r: middle(r)[0])]


def clockwise(corners: NDArray[np.generic]) -> Quad:
    """Corners clockwise, beginning with the one nearest the frame's upper left."""
    points = np.asarray(corners, dtype=np.float64).reshape(4, 2)
    middle = points.mean(axis=0)
    points = points[np.argsort(np.arctan2(points[:, 1] - middle[1], points[:, 0] - middle[0]))]
    first = int(points.sum(axis=1).argmin())
    a, b, c, d = (tuple(float(v) for v in points[(first + i) % 4]) for i in range(4))
    return ((a[0], a[1]), (b[0], b[1]), (c[0], c[1]), (d[0], d[1]))


def overlap(first: Quad, second: Quad) -> float:
    """Share of the smaller quadrilateral that both cover."""
    area, _ = cv2.intersectConvexConvex(np.array(first, dtype=np.float32), np.array(second, dtype=np.float32))
    smaller = min(cv2.contourArea(np.array(q, dtype=np.float32)) for q in (first, second))
    return float(area) / max(float(smaller), 1.0)
