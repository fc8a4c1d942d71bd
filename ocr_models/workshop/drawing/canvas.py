"""A sheet to draw on: millimetres for the layout, pixels for the ink.

Origin top left, x to the right, y down. Ink darkens what lies beneath it, as on paper: text over a
seal stays visible through it. A `Canvas` made with `dry=True` measures only and draws nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from ocr_models.workshop.drawing.typefaces import Typeface, Weight

Pixels = NDArray[np.uint8]
Colour = tuple[int, int, int]  # BGR

BLACK: Colour = (28, 26, 26)
RED: Colour = (48, 38, 200)


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle in canvas pixels."""

    x0: float
    y0: float
    x1: float
    y1: float

    def union(self, other: Box | None) -> Box:
        if other is None:
            return self
        return Box(min(self.x0, other.x0), min(self.y0, other.y0), max(self.x1, other.x1), max(self.y1, other.y1))


def hull(boxes: list[Box]) -> Box | None:
    """The smallest box around all, None for none."""
    if not boxes:
        return None
    whole = boxes[0]
    for box in boxes[1:]:
        whole = whole.union(box)
    return whole


def text_mask(text: str, font: ImageFont.FreeTypeFont) -> tuple[Pixels, float, float]:
    """The text's ink and where its top left lies from the pen position on the baseline."""
    x0, y0, x1, y1 = font.getbbox(text, anchor="ls")
    left, top = int(np.floor(x0)) - 1, int(np.floor(y0)) - 1
    size = (max(1, int(np.ceil(x1)) - left + 1), max(1, int(np.ceil(y1)) - top + 1))
    image = Image.new("L", size, 0)
    ImageDraw.Draw(image).text((-left, -top), text, font=font, fill=255, anchor="ls")
    return np.asarray(image), left, top


class Canvas:
    """One side of one sheet. `ppm` is pixels per millimetre; `pixels` (H, W, 3) BGR."""

    def __init__(self, width_mm: float, height_mm: float, dpi: float, *, dry: bool = False) -> None:
        self.width_mm, self.height_mm, self.dpi, self.dry = width_mm, height_mm, dpi, dry
        self.ppm = dpi / 25.4
        shape = (1, 1, 3) if dry else (round(height_mm * self.ppm), round(width_mm * self.ppm), 3)
        self.pixels: Pixels = np.full(shape, 255, dtype=np.uint8)

    def points(self, pt: float) -> float:
        """Typographic points to pixels."""
        return pt * self.dpi / 72.0

    def ink(self, mask: Pixels, x: float, y: float, colour: Colour, strength: float = 1.0) -> Box:
        """Lay ink through `mask` (255 = full) with its top left at pixel (x, y). Gives the box of the ink."""
        left, top = round(x), round(y)
        height, width = mask.shape[:2]
        dx, dy, wide, high = cv2.boundingRect(mask)
        place = Box(left + dx, top + dy, left + dx + wide, top + dy + high)
        if self.dry:
            return place
        x0, y0 = max(left, 0), max(top, 0)
        x1, y1 = min(left + width, self.pixels.shape[1]), min(top + height, self.pixels.shape[0])
        if x0 >= x1 or y0 >= y1:
            return place
        region = self.pixels[y0:y1, x0:x1].astype(np.uint16)
        cover = mask[y0 - top : y1 - top, x0 - left : x1 - left].astype(np.uint16)
        part = round(strength * 256)
        for channel in range(3):
            taken = (cover * (((255 - colour[channel]) * part) >> 8)) // 255
            region[:, :, channel] = region[:, :, channel] * (255 - taken) // 255
        self.pixels[y0:y1, x0:x1] = region.astype(np.uint8)
        return place

    def line(self, start: tuple[float, float], end: tuple[float, float], colour: Colour, width_mm: float) -> None:
        """A straight printed line between two points in pixels."""
        if self.dry:
            return
        shift = 4
        a, b = ((round(p[0] * 16), round(p[1] * 16)) for p in (start, end))
        cv2.line(self.pixels, a, b, colour, max(1, round(width_mm * self.ppm)), cv2.LINE_AA, shift)

    def curve(self, points: NDArray[np.float64], colour: Colour, width_mm: float) -> None:
        """A pen stroke through the points (N, 2) in pixels."""
        if not self.dry:
            shifted = (points * 16).round().astype(np.int32).reshape(-1, 1, 2)
            cv2.polylines(self.pixels, [shifted], False, colour, max(1, round(width_mm * self.ppm)), cv2.LINE_AA, 4)

    def print_text(
        self, text: str, face: Typeface, weight: Weight, size: float, x: float, y: float, colour: Colour
    ) -> Box:
        """Print one line of text with its pen position at (x, y) on the baseline."""
        font = face.font(size, weight)
        if self.dry:
            return Box(x, y - size * 0.8, x + font.getlength(text), y + size * 0.2)
        mask, left, top = text_mask(text, font)
        return self.ink(mask, x + left, y + top, colour)

    def rectangle(self, box: Box, colour: Colour, width_mm: float) -> None:
        """A printed frame around `box`."""
        corners = ((box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1))
        for start, end in zip(corners, corners[1:] + corners[:1], strict=True):
            self.line(start, end, colour, width_mm)

    def dots(self, x0: float, x1: float, y: float, colour: Colour, *, pitch_mm: float, size_mm: float) -> None:
        """A dotted leader from x0 to x1 with its dots' centres on y."""
        if self.dry or x1 - x0 < 2:
            return
        radius = max(0.5, size_mm * self.ppm / 2)
        side = int(2 * radius) + 3
        width = int(x1 - x0) + 1
        offsets = np.abs(np.arange(side) - side // 2)[:, None]
        pitch = max(2.2, pitch_mm * self.ppm)
        along = np.abs((np.arange(width) % pitch) - pitch / 2)[None, :]
        reach = np.hypot(offsets, along)
        mask = np.clip((radius + 0.5 - reach) * 255, 0, 255).astype(np.uint8)
        self.ink(mask, x0, y - side // 2, colour)
