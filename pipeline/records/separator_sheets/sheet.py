"""Sheets to be printed, in black and white: codes and words on an A4."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

DPI = 300
_FONT = Path(__file__).parent / "be-vietnam-pro-400-normal.ttf"
_WIDTH_MM, _HEIGHT_MM = 210.0, 297.0
_LONGEST_WORDS_MM = 180.0


def blank_sheet() -> Image.Image:
    return Image.new("1", (pixels(_WIDTH_MM), pixels(_HEIGHT_MM)), 1)


def symbol_modules(text: str, kind: object, **more: object) -> NDArray[np.uint8]:
    """The symbol without its quiet zone, a pixel a module."""
    symbol = zxingcpp.create_barcode(text, kind, **more)
    return np.array(zxingcpp.write_barcode_to_image(symbol, scale=1, add_quiet_zones=False), dtype=np.uint8)


def enlarged(modules: NDArray[np.uint8], across: int, along: int) -> NDArray[np.uint8]:
    size = (modules.shape[1] * across, modules.shape[0] * along)
    return np.asarray(cv2.resize(modules, size, interpolation=cv2.INTER_NEAREST), dtype=np.uint8)


def put(sheet: Image.Image, symbol: NDArray[np.uint8], *, top_mm: float) -> None:
    sheet.paste(Image.fromarray(symbol), ((sheet.width - symbol.shape[1]) // 2, pixels(top_mm)))


def write(draw: ImageDraw.ImageDraw, words: str, *, top_mm: float, size_mm: float) -> None:
    """The words in the middle of a line, smaller where the line is too short for them."""
    font = ImageFont.truetype(_FONT, pixels(size_mm))
    too_long = font.getlength(words) / pixels(_LONGEST_WORDS_MM)
    if too_long > 1:
        font = ImageFont.truetype(_FONT, int(pixels(size_mm) / too_long))
    draw.text((pixels(_WIDTH_MM) / 2, pixels(top_mm)), words, font=font, anchor="ma", fill=0)


def pixels(mm: float) -> int:
    return round(mm / 25.4 * DPI)
