"""Points, quadrilaterals and the transforms that lead back to the original scan.

Pixels; origin top left; x to the right, y down. A quadrilateral lists its corners clockwise from
the top left *of the text*, so that a box on a page scanned upside down starts at the scan's lower
right.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Point = tuple[float, float]
Quad = tuple[Point, Point, Point, Point]


def rectangle(x0: float, y0: float, x1: float, y1: float) -> Quad:
    """The upright rectangle with these opposite corners."""
    return ((x0, y0), (x1, y0), (x1, y1), (x0, y1))


def bounds(points: Iterable[Point]) -> tuple[float, float, float, float]:
    """Smallest upright rectangle around the points: x0, y0, x1, y1. Raises ValueError on none."""
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


class WayBack(Protocol):
    """From a derived image's pixels to those of an earlier one: a `Transform`, or a bent page's grid."""

    def __call__(self, point: Point) -> Point: ...

    def quad(self, quad: Quad) -> Quad:
        """Where the quadrilateral was; of a bent page a quadrilateral around all that it shows."""
        ...

    def __matmul__(self, inner: Transform) -> WayBack:
        """First `inner`, then `self`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Transform:
    """A plane homography from a derived image's pixels to its parent's pixels.

    `matrix` is 3x3, row-major, normalised so that its last element is 1. Composition keeps the
    way back to the original scan exact: `(page_to_scan @ line_to_page)(point)`.
    """

    matrix: tuple[float, ...]

    @staticmethod
    def identity() -> Transform:
        return Transform.of(np.eye(3))

    @staticmethod
    def of(matrix: NDArray[np.floating]) -> Transform:
        """From a 2x3 affine or 3x3 projective matrix. Raises ValueError when it is singular."""
        full = np.eye(3)
        full[: matrix.shape[0], :] = matrix
        if abs(float(np.linalg.det(full))) < 1e-12:
            raise ValueError("a transform must be invertible")
        return Transform(matrix=tuple(float(v) for v in (full / full[2, 2]).ravel()))

    @staticmethod
    def shift(dx: float, dy: float) -> Transform:
        return Transform.of(np.array([[1.0, 0.0, dx], [0.0, 1.0, dy]]))

    @staticmethod
    def scale(sx: float, sy: float) -> Transform:
        return Transform.of(np.array([[sx, 0.0, 0.0], [0.0, sy, 0.0]]))

    def array(self) -> NDArray[np.float64]:
        return np.array(self.matrix, dtype=np.float64).reshape(3, 3)

    def inverse(self) -> Transform:
        return Transform.of(np.linalg.inv(self.array()))

    def __matmul__(self, inner: Transform) -> Transform:
        """First `inner`, then `self`."""
        return Transform.of(self.array() @ inner.array())

    def __call__(self, point: Point) -> Point:
        x, y, w = self.array() @ (point[0], point[1], 1.0)
        return (float(x / w), float(y / w))

    def quad(self, quad: Quad) -> Quad:
        a, b, c, d = (self(p) for p in quad)
        return (a, b, c, d)
