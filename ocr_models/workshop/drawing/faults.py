"""What goes wrong when people photograph their papers: each fault on top of a good photo, and where it is.

All work on a `Shot` (H, W, 3) BGR. Places are quadrilaterals in the pixels of the image that comes out.
"""

from __future__ import annotations

import math
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_models.workshop.drawing.canvas import Pixels
from ocr_models.workshop.drawing.degrade import Matrix, Shot
from pipeline.domain.geometry import Quad, bounds, rectangle

Map = NDArray[np.float32]


def glare_spot(shot: Shot, rng: Random, middle: tuple[float, float], size: float) -> tuple[Shot, Quad]:
    """A lamp's or flash's reflection around `middle`: burnt out over about `size` pixels, with a soft rim."""
    height, width = shot.pixels.shape[:2]
    long, short = size * rng.uniform(0.55, 0.8), size * rng.uniform(0.3, 0.5)
    angle = rng.uniform(0, math.pi)
    reach = round(2.2 * long)
    x0, y0 = max(0, int(middle[0]) - reach), max(0, int(middle[1]) - reach)
    x1, y1 = min(width, int(middle[0]) + reach), min(height, int(middle[1]) + reach)
    ys, xs = np.mgrid[y0:y1, x0:x1].astype(np.float32)
    dx, dy = xs - middle[0], ys - middle[1]
    u = (dx * math.cos(angle) + dy * math.sin(angle)) / long
    v = (dy * math.cos(angle) - dx * math.sin(angle)) / short
    strength = np.clip(1.6 - 1.1 * np.sqrt(u * u + v * v) ** 1.5, 0, 1)[:, :, None]
    pixels = shot.pixels.copy()
    part = pixels[y0:y1, x0:x1].astype(np.float32)
    pixels[y0:y1, x0:x1] = np.clip(255 - (255 - part) * (1 - strength) + 20 * strength, 0, 255).astype(np.uint8)
    a, b = long * 0.75, short * 0.75
    wide = math.hypot(a * math.cos(angle), b * math.sin(angle))
    tall = math.hypot(a * math.sin(angle), b * math.cos(angle))
    return shot.looks(pixels), rectangle(middle[0] - wide, middle[1] - tall, middle[0] + wide, middle[1] + tall)


def darkened(shot: Shot, rng: Random, light: float) -> Shot:
    """Too little light: `light` of it is left, with the grain that a phone's sensor then shows."""
    height, width = shot.pixels.shape[:2]
    dark = cv2.convertScaleAbs(shot.pixels, alpha=light)
    grain = np.random.default_rng(rng.randrange(2**32)).normal(0, rng.uniform(3, 7), (height // 2, width // 2, 1))
    wide = cv2.resize(grain.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    return shot.looks(np.clip(dark + np.atleast_3d(wide), 0, 255).astype(np.uint8))


def cropped(shot: Shot, box: tuple[int, int, int, int]) -> Shot:
    """Only this part (x0, y0, x1, y1) of the picture."""
    x0, y0, x1, y1 = box
    step: Matrix = np.array([[1.0, 0, -x0], [0, 1.0, -y0], [0, 0, 1.0]])
    return shot.moved(np.ascontiguousarray(shot.pixels[y0:y1, x0:x1]), step)


def cut_off(shot: Shot, rng: Random, outline: Quad, share: float) -> Shot:
    """Held too close: the frame ends inside the paper by `share` of its size, on one side or over a corner."""
    height, width = shot.pixels.shape[:2]
    x0, y0, x1, y1 = bounds(outline)
    frame = [0, 0, width, height]
    wide, tall = (x1 - x0) * share, (y1 - y0) * share
    inner = [round(x0 + wide), round(y0 + tall), round(x1 - wide), round(y1 - tall)]
    side = rng.randrange(4)
    frame[side] = inner[side]
    if rng.random() < 0.5:
        other = (side + rng.choice((1, 3))) % 4
        frame[other] = inner[other]
    return cropped(shot, (frame[0], frame[1], frame[2], frame[3]))


def reduced_to(shot: Shot, factor: float) -> Shot:
    """The whole picture at `factor` of its size: taken from afar, or sent through a messenger."""
    height, width = shot.pixels.shape[:2]
    size = (max(8, round(width * factor)), max(8, round(height * factor)))
    pixels = cv2.resize(shot.pixels, size, interpolation=cv2.INTER_AREA)
    step: Matrix = np.diag([size[0] / width, size[1] / height, 1.0])
    return shot.moved(np.asarray(pixels, dtype=np.uint8), step)


def on_screen(side: Pixels, rng: Random, *, screen_px: int, long_side: int) -> Shot:
    """A photograph of a monitor that shows the paper.

    The side fills about `screen_px` screen pixels; each has red, green and blue stripes and a dark gap below. The
    camera samples that grid near its own pitch, so its waves beat with the sensor's: moiré. The stripes' first
    harmonics are kept, weakened as lens and pixel aperture do.
    """
    shrink = screen_px / max(side.shape[:2])
    shown = cv2.resize(side, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    height, width = shown.shape[:2]
    landscape = width > height
    frame_w, frame_h = (long_side, round(long_side * 0.75)) if landscape else (round(long_side * 0.75), long_side)
    zoom = min(frame_w / width, frame_h / height) * rng.uniform(0.84, 0.97)
    to_frame = _seen_at_an_angle(rng, (width, height), (frame_w, frame_h), zoom)
    back = np.linalg.inv(to_frame)
    ys, xs = np.mgrid[0:frame_h, 0:frame_w].astype(np.float32)
    w = back[2, 0] * xs + back[2, 1] * ys + back[2, 2]
    u = ((back[0, 0] * xs + back[0, 1] * ys + back[0, 2]) / w).astype(np.float32)
    v = ((back[1, 0] * xs + back[1, 1] * ys + back[1, 2]) / w).astype(np.float32)
    picture = cv2.remap(shown, u, v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(58, 54, 52))
    sharp = rng.uniform(0.45, 0.75)  # sigma of lens and aperture, camera pixels
    depth = math.exp(-2 * (math.pi * sharp / zoom) ** 2)
    light = _pixel_grid(u, v, depth)
    glow = np.clip(picture.astype(np.float32) * light * rng.uniform(0.85, 1.0), 0, 255).astype(np.uint8)
    matrix: Matrix = to_frame @ np.diag([shrink, shrink, 1.0])
    return Shot(pixels=np.asarray(cv2.GaussianBlur(glow, (0, 0), 0.45), dtype=np.uint8), matrix=matrix)


def _pixel_grid(u: Map, v: Map, depth: float) -> Map:
    """Brightness of the screen's stripes at these screen coordinates, in blue, green, red; mean 1."""
    rows = 1 + 0.7 * depth * np.cos(2 * np.pi * v)
    stripes = [1 + 1.5 * depth * np.cos(2 * np.pi * (u - place)) for place in (5 / 6, 1 / 2, 1 / 6)]
    return np.stack([rows * stripe for stripe in stripes], axis=2).astype(np.float32)


def _seen_at_an_angle(rng: Random, size: tuple[int, int], frame: tuple[int, int], zoom: float) -> Matrix:
    width, height = size
    lean = math.radians(rng.uniform(-4, 4))
    corners = []
    for sx, sy in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        x = sx * width / 2 * zoom * (1 - rng.uniform(0, 0.03))
        y = sy * height / 2 * zoom * (1 - rng.uniform(0, 0.03))
        corners.append(
            (
                frame[0] / 2 + x * math.cos(lean) - y * math.sin(lean),
                frame[1] / 2 + x * math.sin(lean) + y * math.cos(lean),
            )
        )
    source = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    return np.asarray(cv2.getPerspectiveTransform(source, np.array(corners, dtype=np.float32)), dtype=np.float64)
