"""Cutting an image out of another under a transform, in one resampling.

Coordinates are continuous: pixel (0, 0) covers the square from 0 to 1, so a crop's box and its pixels
agree. OpenCV counts from pixel centres; the half pixel is corrected in this module and nowhere else.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.domain.geometry import Point, Quad, Transform

Pixels = NDArray[np.uint8]

_HALF = Transform.shift(0.5, 0.5)
_AVERAGED = 1.5  # times: shrinking by more averages first, or thin strokes fall between the samples; by trial
_BESIDE = 16  # pixels beside a cut's outline that are kept: more than the averages at its edge span
_KEPT_BYTES = 48 << 20  # of a half that is kept: that of the largest photo of a phone; for memory
_QUARTER_TURNS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


def quarter_turn(turn: int, width: float, height: float) -> Transform:
    """From an image turned clockwise by `turn` degrees back to the image of this width and height."""
    matrices = {
        0: [[1, 0, 0], [0, 1, 0]],
        90: [[0, 1, 0], [-1, 0, height]],
        180: [[-1, 0, width], [0, -1, height]],
        270: [[0, -1, width], [1, 0, 0]],
    }
    return Transform.of(np.array(matrices[turn], dtype=np.float64))


def turned(pixels: Pixels, turn: int) -> Pixels:
    """The pixels turned clockwise by a multiple of 90 degrees, without resampling."""
    if turn == 0:
        return pixels
    return np.ascontiguousarray(cv2.rotate(pixels, _QUARTER_TURNS[turn]), dtype=np.uint8)


def turned_size(turn: int, width: float, height: float) -> tuple[float, float]:
    return (height, width) if turn in (90, 270) else (width, height)


def rotation(degrees: float, width: float, height: float) -> tuple[Transform, tuple[float, float]]:
    """Straightening by `degrees`: from the straightened canvas back to the image, and the canvas size.

    Text that slopes by `degrees` (positive = clockwise) is level on the canvas, which is just large
    enough that no corner is lost.
    """
    angle = math.radians(degrees)
    c, s = math.cos(angle), math.sin(angle)
    out_w = abs(width * c) + abs(height * s)
    out_h = abs(width * s) + abs(height * c)
    matrix = np.array(
        [
            [c, -s, width / 2 - c * out_w / 2 + s * out_h / 2],
            [s, c, height / 2 - s * out_w / 2 - c * out_h / 2],
        ]
    )
    return Transform.of(matrix), (out_w, out_h)


def quad_to_rectangle(quad: Quad, width: float, height: float) -> Transform:
    """From a rectangle of this size to the quadrilateral (a homography).

    Raises ValueError when the quadrilateral has no area.
    """
    rectangle = np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float32)
    return Transform.of(cv2.getPerspectiveTransform(rectangle, np.array(quad, dtype=np.float32)))


def cut(
    pixels: Pixels,
    to_parent: Transform,
    size: tuple[int, int],
    *,
    fill: float | tuple[float, ...] = 255,
    smooth: bool = True,
) -> Pixels:
    """The image of `size` (width, height) whose pixels `to_parent` finds in `pixels`, in one resampling.

    Outside the parent is `fill`. Strong shrinking averages first, so that no stroke is lost.
    """
    shrink = _shrinking(to_parent, size)
    if shrink > _AVERAGED:
        pixels, to_parent = _around(pixels, to_parent, size)
        height, width = pixels.shape[:2]
        small = (max(1, round(width / shrink)), max(1, round(height / shrink)))
        pixels = np.asarray(cv2.resize(pixels, small, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        to_parent = Transform.scale(small[0] / width, small[1] / height) @ to_parent
    matrix = (_HALF.inverse() @ to_parent @ _HALF).array()
    flags = cv2.WARP_INVERSE_MAP | (cv2.INTER_LINEAR if smooth else cv2.INTER_NEAREST)
    border = fill if isinstance(fill, tuple) else (fill, fill, fill)
    if abs(matrix[2, 0]) < 1e-12 and abs(matrix[2, 1]) < 1e-12:
        out = cv2.warpAffine(pixels, matrix[:2], size, flags=flags, borderValue=border)
    else:
        out = cv2.warpPerspective(pixels, matrix, size, flags=flags, borderValue=border)
    return np.asarray(out, dtype=np.uint8)


def _around(pixels: Pixels, to_parent: Transform, size: tuple[int, int]) -> tuple[Pixels, Transform]:
    """The part of the pixels that the cut needs, and the way to it: what is not needed is not averaged either."""
    height, width = pixels.shape[:2]
    corners = [to_parent(point) for point in ((0, 0), (size[0], 0), size, (0, size[1]))]
    left, top = (int(np.clip(min(p[n] for p in corners) - _BESIDE, 0, end - 1)) for n, end in ((0, width), (1, height)))
    right, bottom = (math.ceil(np.clip(max(p[n] for p in corners) + _BESIDE, start + 1, end))
                     for n, start, end in ((0, left, width), (1, top, height)))  # fmt: skip
    return pixels[top:bottom, left:right], Transform.shift(-left, -top) @ to_parent


def reduced(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    """The whole image at a smaller size (width, height), averaged; large steps go by exact halves first,
    which is several times faster than one odd step."""
    return Shrunk(pixels).reduced(size)


class Shrunk:
    """A scan of which several small views are taken: its halves, averaged, are made once and kept, but large ones.

    Values of a view differ from those of one odd step by rounding alone.
    """

    def __init__(self, scan: Pixels) -> None:
        self.scan = scan
        self._kept = {0: scan}

    @staticmethod
    def of(scan: Pixels | Shrunk) -> Shrunk:
        return scan if isinstance(scan, Shrunk) else Shrunk(scan)

    def reduced(self, size: tuple[int, int]) -> Pixels:
        """The whole scan at a smaller size (width, height)."""
        height, width = self.scan.shape[:2]
        near = self._half(_halvings(min(width / size[0], height / size[1])))
        if near.shape[1::-1] == size:
            return near
        return np.asarray(cv2.resize(near, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)

    def cut(self, to_scan: Transform, size: tuple[int, int], *, fill: float | tuple[float, ...] = 255) -> Pixels:
        """As `cut`, for small views."""
        halvings = _halvings(_shrinking(to_scan, size))
        share = 0.5**halvings
        return cut(self._half(halvings), Transform.scale(share, share) @ to_scan, size, fill=fill)

    def _half(self, halvings: int) -> Pixels:
        if halvings in self._kept:
            return self._kept[halvings]
        last = self._half(halvings - 1)
        half = (last.shape[1] // 2, last.shape[0] // 2)
        even = last[: 2 * half[1], : 2 * half[0]]
        made = np.asarray(cv2.resize(even, half, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        if made.nbytes <= _KEPT_BYTES:
            self._kept[halvings] = made
        return made


def _halvings(shrink: float) -> int:
    """How many halves come first: so many that the last step still averages. A last step near one would soften what is
    thin: a dim ledger's rules were lost so (25 of 55 fields)."""
    return max(0, int(math.log2(shrink)) - 1) if shrink >= 2 else 0


def scale_of(transform: Transform, at: Point) -> float:
    """How many parent pixels one pixel spans around `at` (the geometric mean over both directions)."""
    x, y = at
    ax, ay = transform((x - 0.5, y))
    bx, by = transform((x + 0.5, y))
    cx, cy = transform((x, y - 0.5))
    dx, dy = transform((x, y + 0.5))
    return math.sqrt(abs((bx - ax) * (dy - cy) - (by - ay) * (dx - cx)))


def _shrinking(to_parent: Transform, size: tuple[int, int]) -> float:
    return scale_of(to_parent, (size[0] / 2, size[1] / 2))
