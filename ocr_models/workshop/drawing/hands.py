"""How a text gets onto paper: printed, typed on a machine, or written with a pen.

Each hand measures and draws single lines of text on a baseline and gives back the box of the ink.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from typing import Protocol, Self

import cv2
import numpy as np
from PIL import ImageFont

from ocr_models.workshop.drawing.canvas import BLACK, Box, Canvas, Colour, Pixels, hull, text_mask
from ocr_models.workshop.drawing.typefaces import Typeface, Weight


class Hand(Protocol):
    """A way of writing. `size` is the em in pixels; positions are pixels, y is the baseline."""

    @property
    def kind(self) -> str: ...

    @property
    def size(self) -> float: ...

    def width(self, text: str) -> float: ...

    def draw(self, canvas: Canvas, text: str, x: float, y: float) -> Box: ...

    def scaled(self, factor: float) -> Self: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """Print of a press or a laser printer."""

    face: Typeface
    size: float
    weight: Weight = "regular"
    colour: Colour = BLACK
    kind: str = "print"

    def _font(self) -> ImageFont.FreeTypeFont:
        return self.face.font(self.size, self.weight)

    def width(self, text: str) -> float:
        return float(self._font().getlength(text))

    def draw(self, canvas: Canvas, text: str, x: float, y: float) -> Box:
        return canvas.print_text(text, self.face, self.weight, self.size, x, y, self.colour)

    def scaled(self, factor: float) -> Self:
        return replace(self, size=self.size * factor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A typewriter: fixed pitch, letters a little off the line, each struck with its own force."""

    face: Typeface
    size: float
    rng: Random
    colour: Colour = (50, 44, 44)
    unevenness: float = 0.25
    kind: str = "typed"

    def _pitch(self) -> float:
        return float(self.face.font(self.size).getlength("n"))

    def width(self, text: str) -> float:
        return self._pitch() * len(text)

    def draw(self, canvas: Canvas, text: str, x: float, y: float) -> Box:
        pitch, font = self._pitch(), self.face.font(self.size)
        if canvas.dry:
            return Box(x, y - self.size * 0.8, x + pitch * len(text), y + self.size * 0.2)
        boxes: list[Box] = []
        for place, letter in enumerate(text):
            if letter == " ":
                continue
            mask, left, top = text_mask(letter, font)
            dy = self.rng.gauss(0, self.size * 0.018)
            force = 1.0 - self.unevenness * self.rng.random() ** 1.5
            if self.rng.random() < 0.15:
                mask = _struck_on_one_side(mask, self.rng)
            boxes.append(canvas.ink(mask, x + place * pitch + left, y + top + dy, self.colour, force))
        return hull(boxes) or Box(x, y, x, y)

    def scaled(self, factor: float) -> Self:
        return replace(self, size=self.size * factor)


def _struck_on_one_side(mask: Pixels, rng: Random) -> Pixels:
    """A type that meets the ribbon askew prints one side fainter."""
    fade = np.linspace(1.0, 0.45 + 0.4 * rng.random(), mask.shape[1])
    if rng.random() < 0.5:
        fade = fade[::-1]
    return (mask * fade[None, :]).astype(np.uint8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A pen: words leaning and swaying about the line, ink that thins and pools.

    `slant` is the tangent of the lean, `sway` the baseline's standard deviation in ems, `wobble`
    the strength of the letters' own distortion.
    """

    face: Typeface
    size: float
    rng: Random
    colour: Colour
    slant: float = 0.0
    sway: float = 0.03
    wobble: float = 0.02
    thinning: float = 0.35
    boldness: int = 0
    kind: str = "pen"

    def width(self, text: str) -> float:
        return float(self.face.font(self.size).getlength(text)) * 1.04 + abs(self.slant) * self.size * 0.3

    def draw(self, canvas: Canvas, text: str, x: float, y: float) -> Box:
        if canvas.dry:
            return Box(x, y - self.size * 0.8, x + self.width(text), y + self.size * 0.25)
        boxes: list[Box] = []
        drift = self.rng.gauss(0, 0.004)
        space = self.face.font(self.size).getlength(" ") * 1.04
        pen = x
        for word in text.split(" "):
            if word:
                size = self.size * (1 + self.rng.gauss(0, 0.02))
                font = self.face.font(size)
                mask, left, top = text_mask(word, font)
                mask, dx, dy = self._bend(mask, left, top)
                rise = self.rng.gauss(0, self.sway) * self.size * 0.5 + drift * (pen - x)
                boxes.append(canvas.ink(mask, pen + dx, y + dy + rise, self.colour))
                pen += font.getlength(word)
            pen += space * self.rng.uniform(0.9, 1.15)
        return hull(boxes) or Box(x, y, x, y)

    def _bend(self, mask: Pixels, left: float, top: float) -> tuple[Pixels, float, float]:
        """Lean, sway and thin the ink of one word. Keeps the pen position on the baseline as origin."""
        height, width = mask.shape
        pad = int(self.size * 0.25) + 2
        lean = self.slant + self.rng.gauss(0, 0.02)
        turn = self.rng.gauss(0, self.sway * 0.4)
        base = -top  # row of the baseline in the mask
        matrix = np.array([[1.0, -lean, pad + lean * base], [turn, 1.0, pad]], dtype=np.float64)
        spread = int(abs(lean) * height + abs(turn) * width) + 2 * pad
        size = (width + spread, height + spread)
        moved: Pixels = np.asarray(cv2.warpAffine(mask, matrix, size, flags=cv2.INTER_LINEAR), dtype=np.uint8)
        if self.wobble > 0:
            moved = _wobbled(moved, self.wobble * self.size, self.size, self.rng)
        if self.boldness > 0:
            kernel = np.ones((self.boldness + 1, self.boldness + 1), np.uint8)
            moved = np.asarray(cv2.dilate(moved, kernel), dtype=np.uint8)
        flow = _flow_of_ink(moved.shape, self.size, self.thinning, self.rng)
        return np.asarray(cv2.multiply(moved, flow, scale=1 / 255), dtype=np.uint8), left - pad, top - pad

    def scaled(self, factor: float) -> Self:
        return replace(self, size=self.size * factor)


def _wobbled(mask: Pixels, strength: float, size: float, rng: Random) -> Pixels:
    """Shift points along slow waves, so that no two words of one font are alike."""
    height, width = mask.shape
    phase, period = rng.uniform(0, 6.28), size * rng.uniform(1.2, 2.4)
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    dx = strength * np.sin(ys * (6.28 / period) * 1.6 + phase)
    dy = strength * np.sin(xs * (6.28 / period) + phase * 1.7)
    bent = cv2.remap(mask, xs + dx.astype(np.float32), ys + dy.astype(np.float32), cv2.INTER_LINEAR)
    return np.asarray(bent, dtype=np.uint8)


def _flow_of_ink(shape: tuple[int, ...], size: float, thinning: float, rng: Random) -> Pixels:
    """Slow changes of ink density over a word, 255 = full."""
    coarse = (max(2, int(shape[0] / size) + 1), max(2, int(shape[1] / size * 1.5) + 2))
    values = [255 * (1 - thinning * rng.random()) for _ in range(coarse[0] * coarse[1])]
    small = np.array(values, dtype=np.float32).reshape(coarse)
    wide = cv2.resize(small, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(wide, dtype=np.uint8)
