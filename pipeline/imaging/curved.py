"""The way from a flattened page back to the scan, where no homography leads: a grid of points."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.domain.geometry import Point, Quad, Transform
from pipeline.imaging.warp import Pixels

Floats = NDArray[np.float64]

_EDGE_POINTS = 12  # along each side of a box whose bulge is looked for
_STRIP = 512  # rows that are drawn at once: the whole way in floats would be eight bytes a pixel


@dataclass(frozen=True, slots=True, kw_only=True)
class Curved:
    """From a derived image's pixels to its ancestor's, through a bent page.

    First `before`, then the bent grid, then `after`. `grid` is (rows, columns, 2): where the points lie that are evenly
    spread from corner to corner over a flat page of `size` (width, height). Used like a `Transform`; it has no inverse.
    """

    grid: Floats
    size: tuple[int, int]
    before: Transform
    after: Transform

    def beside(self, right: Curved) -> Curved:
        """The way back from both flat pages side by side, this one on the left; both as they were made by `of`.

        Their heights and the steps of their grids must agree.
        """
        grid = np.concatenate([self.grid, right.grid[:, 1:]], axis=1)
        return Curved.of(grid, (self.size[0] + right.size[0], self.size[1]))

    @staticmethod
    def of(grid: Floats, size: tuple[int, int]) -> Curved:
        return Curved(grid=grid, size=size, before=Transform.identity(), after=Transform.identity())

    def __matmul__(self, inner: Transform) -> Curved:
        """First `inner`, then `self`."""
        return Curved(grid=self.grid, size=self.size, before=self.before @ inner, after=self.after)

    def into(self, outer: Transform) -> Curved:
        """First `self`, then `outer`."""
        return Curved(grid=self.grid, size=self.size, before=self.before, after=outer @ self.after)

    def __call__(self, point: Point) -> Point:
        """Points outside the flat page go on as its outermost cells do."""
        x, y = self.before(point)
        rows, columns = self.grid.shape[:2]
        u, v = x / self.size[0] * (columns - 1), y / self.size[1] * (rows - 1)
        i, j = min(max(int(u), 0), columns - 2), min(max(int(v), 0), rows - 2)
        s, t = u - i, v - j
        a, b, c, d = self.grid[j, i], self.grid[j, i + 1], self.grid[j + 1, i + 1], self.grid[j + 1, i]
        seen = (1 - t) * ((1 - s) * a + s * b) + t * ((1 - s) * d + s * c)
        return self.after((float(seen[0]), float(seen[1])))

    def quad(self, quad: Quad) -> Quad:
        """A quadrilateral around all that the given one shows: its sides are bent there, the answer's are not."""
        corners = np.array([self(p) for p in quad])
        sides = []
        for n in range(4):
            start, end = np.array(quad[n]), np.array(quad[(n + 1) % 4])
            steps = np.linspace(0, 1, _EDGE_POINTS)[:, None]
            seen = np.array([self((float(x), float(y))) for x, y in start + steps * (end - start)])
            sides.append(_pushed_out(corners[n], corners[(n + 1) % 4], seen))
        met = [_meeting(sides[n - 1], sides[n]) for n in range(4)]
        a, b, c, d = (tuple(map(float, corners[n] if p is None else p)) for n, p in enumerate(met))
        return ((a[0], a[1]), (b[0], b[1]), (c[0], c[1]), (d[0], d[1]))

    def cut(self, pixels: Pixels, size: tuple[int, int], *, scale: float = 1.0) -> Pixels:
        """The flat page of this size; `scale` leads from the grid's pixels to those of `pixels`. Black outside."""
        rows, columns = self.grid.shape[:2]
        out = np.empty((size[1], size[0], *pixels.shape[2:]), dtype=np.uint8)
        grid = (self.grid * scale).astype(np.float32)
        u = ((np.arange(size[0]) + 0.5) / size[0] * (columns - 1)).astype(np.float32)
        for top in range(0, size[1], _STRIP):
            count = min(_STRIP, size[1] - top)
            v = ((np.arange(top, top + count) + 0.5) / size[1] * (rows - 1)).astype(np.float32)
            at = np.meshgrid(u, v)
            place = cv2.remap(grid, at[0], at[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE) - 0.5
            out[top : top + count] = cv2.remap(pixels, place, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
        return out


def _pushed_out(start: Floats, end: Floats, seen: Floats) -> tuple[Floats, Floats]:
    """The side from start to end moved outward until none of the points lies beyond it."""
    along = end - start
    outward = np.array([along[1], -along[0]]) / (float(np.hypot(*along)) or 1.0)  # corners run clockwise, y grows down
    by = max(0.0, float(((seen - start) @ outward).max()))
    return start + by * outward, end + by * outward


def _meeting(first: tuple[Floats, Floats], second: tuple[Floats, Floats]) -> Floats | None:
    (p, q), (r, s) = first, second
    matrix = np.stack([q - p, r - s], axis=1)
    if abs(float(np.linalg.det(matrix))) < 1e-9:
        return None
    t = np.linalg.solve(matrix, r - p)[0]
    return np.asarray(p + t * (q - p), dtype=np.float64)
