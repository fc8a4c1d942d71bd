"""What time, scanners and phones do to a page. Every step says where each point went.

A `Shot` is an image with the homography that leads from the drawn sheet's pixels to its own, so that
truth boxes follow through skew, perspective and turns. Steps that move nothing keep it. Images are
(H, W, 3) BGR or, once grey, (H, W); uint8.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_models.workshop.drawing.canvas import Colour, Pixels
from pipeline.domain.geometry import Point, Quad

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """An image and the way to it: `matrix` maps sheet pixels to this image's pixels."""

    pixels: Pixels
    matrix: Matrix

    @staticmethod
    def of(pixels: Pixels) -> Shot:
        return Shot(pixels=pixels, matrix=np.eye(3))

    def looks(self, pixels: Pixels) -> Shot:
        """The same geometry with other pixels."""
        return Shot(pixels=pixels, matrix=self.matrix)

    def moved(self, pixels: Pixels, step: Matrix) -> Shot:
        return Shot(pixels=pixels, matrix=step @ self.matrix)

    def point(self, x: float, y: float) -> Point:
        u, v, w = self.matrix @ (x, y, 1.0)
        return (float(u / w), float(v / w))

    def quad(self, x0: float, y0: float, x1: float, y1: float) -> Quad:
        """Where an upright rectangle of the sheet lies here, corners clockwise from the text's top left."""
        return (self.point(x0, y0), self.point(x1, y0), self.point(x1, y1), self.point(x0, y1))


def _full(matrix: NDArray[np.floating]) -> Matrix:
    full = np.eye(3)
    full[: matrix.shape[0]] = matrix
    return full


def _fill(pixels: Pixels, colour: Colour) -> tuple[int, ...]:
    return colour if pixels.ndim == 3 else (int(sum(colour) / 3),)


def skew(shot: Shot, degrees: float, ground: Colour = (250, 250, 250)) -> Shot:
    """Turn clockwise about the middle; the sheet keeps its frame as on a scanner's glass."""
    height, width = shot.pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
    pixels = cv2.warpAffine(
        shot.pixels, matrix, (width, height), flags=cv2.INTER_LINEAR, borderValue=_fill(shot.pixels, ground)
    )
    return shot.moved(np.asarray(pixels, dtype=np.uint8), _full(matrix))


def turn(shot: Shot, quarters: int) -> Shot:
    """Turn clockwise by quarters of a circle."""
    quarters %= 4
    if quarters == 0:
        return shot
    height, width = shot.pixels.shape[:2]
    steps = {
        1: (cv2.ROTATE_90_CLOCKWISE, [[0, -1, height - 1], [1, 0, 0]]),
        2: (cv2.ROTATE_180, [[-1, 0, width - 1], [0, -1, height - 1]]),
        3: (cv2.ROTATE_90_COUNTERCLOCKWISE, [[0, 1, 0], [-1, 0, width - 1]]),
    }
    code, rows = steps[quarters]
    return shot.moved(np.asarray(cv2.rotate(shot.pixels, code), dtype=np.uint8), _full(np.array(rows, dtype=float)))


def border(shot: Shot, rng: Random, ppm: float, colour: Colour = (22, 20, 20)) -> Shot:
    """The dark rim of a scanner lid left open: uneven margins of a few millimetres."""
    sides = [round(rng.uniform(1, 9) * ppm) for _ in range(4)]
    pixels = cv2.copyMakeBorder(
        shot.pixels,
        sides[0],
        sides[1],
        sides[2],
        sides[3],
        cv2.BORDER_CONSTANT,
        value=_fill(shot.pixels, colour),
    )
    shift = np.array([[1.0, 0, sides[2]], [0, 1.0, sides[0]]])
    return shot.moved(np.asarray(pixels, dtype=np.uint8), _full(shift))


def on_ground(shot: Shot, size: tuple[int, int], at: tuple[float, float], ground: Colour) -> Shot:
    """The image laid on a bigger sheet (width, height) with its top left at `at`."""
    frame = np.full((size[1], size[0], 3), ground, dtype=np.uint8)
    x, y = round(at[0]), round(at[1])
    height, width = shot.pixels.shape[:2]
    frame[y : y + height, x : x + width] = shot.pixels
    return shot.moved(frame, _full(np.array([[1.0, 0, x], [0, 1.0, y]])))


def photograph(shot: Shot, rng: Random, *, long_side: int, strength: float = 1.0) -> Shot:
    """A hand-held photo: the sheet on a table, seen at an angle, the frame's long side as given."""
    height, width = shot.pixels.shape[:2]
    landscape = width > height
    frame_w, frame_h = (long_side, round(long_side * 0.75)) if landscape else (round(long_side * 0.75), long_side)
    scale = min(frame_w / width, frame_h / height) * rng.uniform(0.80, 0.93)
    half_w, half_h = width * scale / 2, height * scale / 2
    lean = math.radians(rng.uniform(-5, 5) * strength)
    cx, cy = (
        frame_w / 2 + rng.uniform(-0.01, 0.01) * frame_w,
        frame_h / 2 + rng.uniform(-0.01, 0.01) * frame_h,
    )
    corners = []
    for sx, sy in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        x, y = (
            sx * half_w * (1 - rng.uniform(0, 0.05) * strength),
            sy * half_h * (1 - rng.uniform(0, 0.05) * strength),
        )
        corners.append((cx + x * math.cos(lean) - y * math.sin(lean), cy + x * math.sin(lean) + y * math.cos(lean)))
    source = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(source, np.array(corners, dtype=np.float32))
    frame = _table(rng, frame_w, frame_h)
    small = shot.pixels
    if scale < 0.6:  # shrink softly first, or thin strokes break up
        small = cv2.GaussianBlur(small, (0, 0), 0.45 / scale)
    if small.ndim == 2:
        small = cv2.cvtColor(small, cv2.COLOR_GRAY2BGR)
    cv2.warpPerspective(
        small,
        matrix,
        (frame_w, frame_h),
        dst=frame,
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_TRANSPARENT,
    )
    return shot.moved(frame, np.asarray(matrix, dtype=np.float64))


def _table(rng: Random, width: int, height: int) -> Pixels:
    """A table top: wood or stone, soft streaks."""
    base = np.array(rng.choice(((62, 92, 128), (90, 110, 130), (70, 70, 72), (140, 150, 158), (40, 58, 80))))
    streaks = np.random.default_rng(rng.randrange(2**32)).normal(0, 14, (rng.choice((12, 40)), 160, 1))
    wide = cv2.resize(streaks.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    frame: Pixels = np.clip(base[None, None, :] + np.asarray(wide)[:, :, None], 0, 255).astype(np.uint8)
    return frame


def relief(rng: Random, shape: tuple[int, ...], low: float, high: float, cells: int = 4) -> Pixels:
    """A smooth random map with values in [low, high] × 255."""
    small = np.random.default_rng(rng.randrange(2**32)).uniform(low, high, (cells, cells)) * 255
    wide = cv2.resize(small.astype(np.float32), (shape[1] // 8 + 1, shape[0] // 8 + 1), interpolation=cv2.INTER_CUBIC)
    clipped = np.clip(wide, 0, 255).astype(np.uint8)
    return np.asarray(cv2.resize(clipped, (shape[1], shape[0])), dtype=np.uint8)


def _times(pixels: Pixels, light: Pixels) -> Pixels:
    if pixels.ndim == 3:
        light = np.asarray(cv2.merge([light, light, light]), dtype=np.uint8)
    return np.asarray(cv2.multiply(pixels, light, scale=1 / 255), dtype=np.uint8)


def uneven_light(shot: Shot, rng: Random, darkest: float = 0.6, *, shadow: bool = True) -> Shot:
    """Light that falls off over the page, and perhaps the `shadow` of a hand or a phone."""
    light = relief(rng, shot.pixels.shape, darkest, 1.0, cells=3)
    if shadow and rng.random() < 0.5:
        light = _times(light, _hand_shadow(rng, light.shape))
    return shot.looks(_times(shot.pixels, light))


def _hand_shadow(rng: Random, shape: tuple[int, ...]) -> Pixels:
    height, width = shape[0] // 8 + 1, shape[1] // 8 + 1
    mask = np.full((height, width), 255, np.uint8)
    edge = rng.choice((0, width))
    points = [
        (edge, rng.randint(0, height)),
        (width // 2 + rng.randint(-width // 4, width // 4), rng.randint(0, height)),
        (edge, height),
    ]
    cv2.fillPoly(mask, [np.array(points, dtype=np.int32)], rng.randint(150, 205))
    mask = cv2.GaussianBlur(mask, (0, 0), width * 0.04)
    return np.asarray(cv2.resize(mask, (shape[1], shape[0])), dtype=np.uint8)


def blur(shot: Shot, sigma: float) -> Shot:
    """Out of focus by a Gaussian of `sigma` pixels."""
    return (
        shot.looks(np.asarray(cv2.GaussianBlur(shot.pixels, (0, 0), sigma), dtype=np.uint8)) if sigma > 0.15 else shot
    )


def motion_blur(shot: Shot, length: float, degrees: float) -> Shot:
    """A shaken camera: a straight smear of `length` pixels."""
    side = int(length) | 1
    if side < 3:
        return shot
    kernel = np.zeros((side, side), np.float32)
    middle = side // 2
    dx, dy = math.cos(math.radians(degrees)) * middle, math.sin(math.radians(degrees)) * middle
    start, end = (round(middle - dx), round(middle - dy)), (round(middle + dx), round(middle + dy))
    cv2.line(kernel, start, end, 1.0)
    return shot.looks(np.asarray(cv2.filter2D(shot.pixels, -1, kernel / kernel.sum()), dtype=np.uint8))


@cache
def _grain(seed: int) -> NDArray[np.int8]:
    return np.clip(np.random.default_rng(seed).normal(0, 40, (1024, 1024)), -127, 127).astype(np.int8)


def noise(shot: Shot, rng: Random, sigma: float) -> Shot:
    """Sensor grain of standard deviation `sigma` grey levels, the same in all channels."""
    height, width = shot.pixels.shape[:2]
    grain = np.roll(_grain(rng.randrange(4)), (rng.randrange(1024), rng.randrange(1024)), (0, 1))
    tiled = np.tile(grain, (height // 1024 + 1, width // 1024 + 1))[:height, :width]
    part = sigma / 40
    up = cv2.convertScaleAbs(np.maximum(tiled, 0), alpha=part)
    down = cv2.convertScaleAbs(np.minimum(tiled, 0), alpha=part)
    if shot.pixels.ndim == 3:
        up, down = cv2.merge([up, up, up]), cv2.merge([down, down, down])
    return shot.looks(np.asarray(cv2.subtract(cv2.add(shot.pixels, up), down), dtype=np.uint8))


def fade(shot: Shot, rng: Random, least: float = 0.45) -> Shot:
    """Ink that has paled, here more and there less: `least` is what remains at the palest place."""
    ink = cv2.bitwise_not(shot.pixels)
    kept = relief(rng, shot.pixels.shape, least, 1.0, cells=4)
    return shot.looks(np.asarray(cv2.bitwise_not(_times(np.asarray(ink, dtype=np.uint8), kept)), dtype=np.uint8))


def bleed_through(shot: Shot, rng: Random, back: Pixels | None = None, strength: float = 0.16) -> Shot:
    """The other side of thin paper shines through, mirrored and soft."""
    source = back if back is not None and back.shape == shot.pixels.shape else shot.pixels
    ghost = cv2.flip(source, 1)
    shift = np.array([[1.0, 0, rng.uniform(-30, 30)], [0, 1.0, rng.uniform(-40, 40)]])
    ghost = cv2.warpAffine(ghost, shift, (ghost.shape[1], ghost.shape[0]), borderMode=cv2.BORDER_REPLICATE)
    ghost = cv2.GaussianBlur(ghost, (0, 0), 1.6)
    veil = cv2.addWeighted(ghost, strength, np.full_like(ghost, 255), 1 - strength, 0)
    return shot.looks(np.asarray(cv2.multiply(shot.pixels, veil, scale=1 / 255), dtype=np.uint8))


def stains(shot: Shot, rng: Random, count: int) -> Shot:
    """Water rims, foxing and coffee: soft brown blots."""
    height, width = shot.pixels.shape[:2]
    small = np.full((height // 8 + 1, width // 8 + 1, 3), 255, np.uint8)
    for _ in range(count):
        centre = (rng.randrange(small.shape[1]), rng.randrange(small.shape[0]))
        axes = (rng.randint(4, max(5, small.shape[1] // 7)), rng.randint(4, max(5, small.shape[1] // 7)))
        colour = rng.choice(((190, 222, 236), (205, 228, 240), (170, 205, 225)))
        thick = rng.choice((-1, -1, 2))
        cv2.ellipse(small, centre, axes, rng.uniform(0, 180), 0, 360, colour, thick)
    small = cv2.GaussianBlur(small, (0, 0), 2.0)
    veil = np.asarray(cv2.resize(small, (width, height)), dtype=np.uint8)
    if shot.pixels.ndim == 2:
        veil = np.asarray(cv2.cvtColor(veil, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
    return shot.looks(np.asarray(cv2.multiply(shot.pixels, veil, scale=1 / 255), dtype=np.uint8))


def folds(shot: Shot, rng: Random, count: int = 1) -> Shot:
    """Creases across the sheet: a dark line with a light flank."""
    pixels = shot.pixels.copy()
    height, width = pixels.shape[:2]
    for _ in range(count):
        across = rng.random() < 0.6
        at = rng.choice((1 / 2, 1 / 3, 2 / 3)) + rng.uniform(-0.02, 0.02)
        length, reach = (width, height) if across else (height, width)
        middle = round(at * reach)
        spread = max(3, reach // 300)
        for offset in range(-3 * spread, 3 * spread + 1):
            place = middle + offset
            if not 0 <= place < reach:
                continue
            shade = -34 * math.exp(-((offset / spread) ** 2)) + 12 * math.exp(-(((offset - 2 * spread) / spread) ** 2))
            line = pixels[place] if across else pixels[:, place]
            line[:] = np.clip(line.astype(np.int16) + int(shade), 0, 255).astype(np.uint8)[:length]
    return shot.looks(pixels)


def grey(shot: Shot) -> Shot:
    """A scanner set to grey."""
    if shot.pixels.ndim == 2:
        return shot
    return shot.looks(np.asarray(cv2.cvtColor(shot.pixels, cv2.COLOR_BGR2GRAY), dtype=np.uint8))


def bilevel(shot: Shot, rng: Random) -> Shot:
    """A scanner set to black and white: one threshold for all, or one that follows the page; 0 and 255 only."""
    plain = grey(shot).pixels
    if rng.random() < 0.5:
        level, _ = cv2.threshold(plain, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
        _, out = cv2.threshold(plain, min(235, level + rng.uniform(0, 25)), 255, cv2.THRESH_BINARY)
    else:
        side = max(15, plain.shape[1] // 60) | 1
        ground = cv2.blur(plain, (side, side))
        out = cv2.compare(cv2.subtract(ground, plain), rng.randint(18, 30), cv2.CMP_LT)
    return shot.looks(np.asarray(out, dtype=np.uint8))
