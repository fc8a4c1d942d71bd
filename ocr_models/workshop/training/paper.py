"""What lies on a form's paper beside the writing, and what scanning does to it.

Ink is a mask (255 = full) until `expose` turns it into grey levels; everything here costs a few numpy
passes over a strip of some 48 by 500 pixels, with noise, guilloche and seals drawn once into banks.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.uint8]
Float = NDArray[np.float32]

_BANK = 2048


@dataclass(slots=True)
class Banks:
    """Textures made once per process."""

    noise: Float  # standard normal
    grain: Float  # smooth noise of paper fibres
    guilloche: list[Float]  # 0..1 ink of fine security curves
    seals: list[Mask]

    @staticmethod
    def make(seed: int) -> Banks:
        rng = np.random.default_rng(seed)
        noise = rng.standard_normal((256, _BANK), dtype=np.float32)
        grain = cv2.GaussianBlur(rng.standard_normal((256, _BANK), dtype=np.float32), (0, 0), 1.6)
        grain = (grain / grain.std()).astype(np.float32)
        return Banks(noise, grain, [_guilloche(rng) for _ in range(6)], [_seal(rng) for _ in range(8)])

    def cut(self, bank: Float, height: int, width: int, rng: Random) -> Float:
        """A random window; wider strips than the bank repeat it."""
        y = rng.randrange(max(1, bank.shape[0] - height))
        x = rng.randrange(max(1, bank.shape[1] - width))
        window = bank[y : y + height, x : x + width]
        if window.shape != (height, width):
            window = np.tile(bank, (1, width // bank.shape[1] + 1))[y : y + height, :width]
        return window


def _guilloche(rng: np.random.Generator) -> Float:
    canvas = np.zeros((256, _BANK), np.uint8)
    xs = np.arange(0, _BANK, 4)
    period, swing = rng.uniform(40, 260), rng.uniform(6, 40)
    for offset in range(-40, 300, int(rng.integers(5, 14))):
        ys = offset + swing * np.sin(xs / period + offset * rng.uniform(0.0, 0.08)) + 4 * np.sin(xs / 17)
        line = np.stack([xs, ys], axis=1).astype(np.int32).reshape(1, -1, 2)
        cv2.polylines(canvas, [line], False, 255, 1, cv2.LINE_AA)
    return (canvas / 255).astype(np.float32)


def _seal(rng: np.random.Generator) -> Mask:
    side = int(rng.integers(150, 260))
    canvas = np.zeros((side, side), np.uint8)
    middle, radius = side // 2, side // 2 - 6
    cv2.circle(canvas, (middle, middle), radius, 255, 3, cv2.LINE_AA)
    cv2.circle(canvas, (middle, middle), int(radius * 0.66), 255, 2, cv2.LINE_AA)
    for angle in np.arange(0, 6.28, rng.uniform(0.16, 0.26)):
        for step in range(3):
            r = radius * rng.uniform(0.72, 0.92)
            a = angle + rng.uniform(-0.05, 0.05) + step * 0.02
            start = (int(middle + r * np.cos(a)), int(middle + r * np.sin(a)))
            end = (start[0] + int(rng.integers(-7, 8)), start[1] + int(rng.integers(-7, 8)))
            cv2.line(canvas, start, end, 255, 2, cv2.LINE_AA)
    turns = np.arange(10) * 0.628
    reach = radius * np.where(np.arange(10) % 2 == 0, 0.4, 0.16)
    star = middle + np.stack([reach * np.sin(turns), -reach * np.cos(turns)], axis=1)
    cv2.fillPoly(canvas, [star.astype(np.int32)], 255, cv2.LINE_AA)
    worn = cv2.resize(rng.random((12, 12)).astype(np.float32), (side, side))
    return np.asarray(canvas * np.clip(0.35 + worn, 0, 1), np.uint8)


def leader(canvas: Mask, x0: int, x1: int, y: int, rng: Random, x_height: float, *, erase: bool = False) -> None:
    """A dotted or dashed leader, or what a half-successful removal leaves of it.

    With `erase` the dots are taken out of the ink instead: the holes that a leader's removal leaves.
    """
    pitch = max(2.5, x_height * rng.uniform(0.18, 0.5))
    radius = max(0.6, x_height * rng.uniform(0.035, 0.09))
    ink = 0 if erase else rng.randint(90, 255)
    keep = 1.0 if rng.random() < 0.6 else rng.uniform(0.1, 0.7)
    length = pitch * (0.5 if rng.random() < 0.12 else 0.0) + 0.01
    starts = np.arange(x0, x1, pitch)
    if keep < 1.0:
        starts = starts[[rng.random() < keep for _ in starts]]
    dots = np.full((len(starts), 2, 2), round(y * 16), np.int32)
    dots[:, 0, 0], dots[:, 1, 0] = np.round(starts * 16), np.round((starts + length) * 16)
    if len(dots):
        cv2.polylines(canvas, list(dots[:, :, None]), False, ink, max(1, round(radius * 2)), cv2.LINE_AA, 4)


def rule(canvas: Mask, start: tuple[int, int], end: tuple[int, int], rng: Random, *, erase: bool = False) -> None:
    """A printed rule, whole or broken; with `erase` the gap that its removal cuts through the ink."""
    ink, width = 0 if erase else rng.randint(100, 255), rng.choice((1, 1, 2, 2, 3))
    if rng.random() < 0.75:
        cv2.line(canvas, start, end, ink, width, cv2.LINE_AA)
        return
    for _ in range(rng.randint(1, 4)):
        a, b = sorted((rng.random(), rng.random()))
        near_end = (round(start[0] + a * (end[0] - start[0])), round(start[1] + a * (end[1] - start[1])))
        far_end = (round(start[0] + b * (end[0] - start[0])), round(start[1] + b * (end[1] - start[1])))
        cv2.line(canvas, near_end, far_end, ink, width, cv2.LINE_AA)


def overlay(canvas: Mask, mask: Mask, x: int, y: int, strength: float = 1.0) -> None:
    """Darken `canvas` by `mask` with its top left at (x, y), clipped to the canvas."""
    height, width = mask.shape
    x0, y0 = max(x, 0), max(y, 0)
    x1, y1 = min(x + width, canvas.shape[1]), min(y + height, canvas.shape[0])
    if x0 < x1 and y0 < y1:
        part = mask[y0 - y : y1 - y, x0 - x : x1 - x]
        if strength < 1:
            part = cv2.convertScaleAbs(part, alpha=strength)
        region = canvas[y0:y1, x0:x1]
        np.maximum(region, part, out=region)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wear:
    """How hard a line has been treated. 0 is a fresh laser print scanned flat, 1 the worst that people read."""

    level: float
    bilevel: bool
    jpeg: bool
    cleaned: bool

    @property
    def harsh(self) -> bool:
        """Whether faint ink would not come through."""
        return self.bilevel or self.cleaned

    @staticmethod
    def draw(rng: Random) -> Wear:
        level = rng.random() ** 1.5
        bilevel = rng.random() < 0.12
        level *= 0.3 if bilevel else 1
        return Wear(level=level, bilevel=bilevel, jpeg=rng.random() < 0.3, cleaned=rng.random() < 0.4)


def expose(ink: Mask, banks: Banks, wear: Wear, rng: Random, *, behind: Mask | None = None) -> Mask:
    """Grey levels (dark ink on light paper) of ink laid on paper and scanned.

    `behind` is writing that shows through from the other side, same shape. Legible distortions only.
    """
    height, width = ink.shape
    paper = rng.uniform(175, 252)
    darkness = rng.uniform(0.45, 0.95) * (1 - 0.45 * wear.level * rng.random())
    cover = ink.astype(np.float32) * np.float32(darkness / 255)
    if rng.random() < 0.5:
        cover *= _slow(height, width, rng, 1 - 0.5 * wear.level, 1.0)
    if behind is not None:
        cover = np.maximum(cover, behind.astype(np.float32) * np.float32(rng.uniform(0.05, 0.22) / 255))
    if rng.random() < 0.22:
        curves = banks.cut(rng.choice(banks.guilloche), height, width, rng)
        cover = cover + (1 - cover) * curves * np.float32(rng.uniform(0.04, 0.28))
    grey = np.float32(paper) * (1 - cover)
    if rng.random() < 0.5:
        grey *= _slow(height, width, rng, 1 - 0.35 * wear.level, 1.0)
    if rng.random() < 0.4:
        grey += banks.cut(banks.grain, height, width, rng) * np.float32(rng.uniform(0.5, 7))
    blur = rng.random() * (0.35 + 0.85 * wear.level)
    if blur > 0.3:
        grey = cv2.GaussianBlur(grey, (0, 0), blur)
    noise = rng.random() ** 2 * (3 + 17 * wear.level)
    grey += banks.cut(banks.noise, height, width, rng) * np.float32(noise)
    out = np.clip(grey, 0, 255).astype(np.uint8)
    if wear.bilevel:
        out = _bilevel(out, paper, darkness, rng)
    if wear.jpeg:
        coded = cv2.imencode(".jpg", out, (cv2.IMWRITE_JPEG_QUALITY, rng.randint(22, 85)))[1]
        out = cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE)
    return _cleaned(out, ink, rng) if wear.cleaned else out


def _cleaned(grey: Mask, ink: Mask, rng: Random) -> Mask:
    """As a line cutter hands it over: paper white away from the ink, contrast stretched."""
    near = cv2.dilate((ink > rng.randint(20, 60)).astype(np.uint8), np.ones((3, 3), np.uint8))
    light, dark = grey_level(grey, 70), grey_level(grey, 1)
    top = light - (light - dark) * rng.uniform(0.02, 0.2)
    levels = np.clip((np.arange(256) - dark) * (255.0 / max(15.0, top - dark)), 0, 255).astype(np.uint8)
    return np.where(near > 0, cv2.LUT(grey, levels), 255).astype(np.uint8)


def grey_level(grey: Mask, percent: float) -> float:
    """The grey level that `percent` of the pixels do not exceed, from the histogram: no sorting."""
    total = np.cumsum(cv2.calcHist([grey], [0], None, [256], [0, 256]).ravel())
    return float(np.searchsorted(total, percent / 100 * float(total[-1])))


def _slow(height: int, width: int, rng: Random, low: float, high: float) -> Float:
    """Slow changes between `low` and `high` over the strip."""
    count = max(2, min(12, width // 60))
    coarse = np.array([[rng.uniform(low, high) for _ in range(count)] for _ in range(2)], dtype=np.float32)
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def _bilevel(grey: Mask, paper: float, darkness: float, rng: Random) -> Mask:
    """A black-and-white scan: a threshold between ink and paper, on the side that keeps thin strokes."""
    threshold = paper * (1 - darkness * rng.uniform(0.2, 0.5))
    return np.where(grey > threshold, 255, 0).astype(np.uint8)
