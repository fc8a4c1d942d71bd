"""Converts what a decoder gives to the pipeline's two pixel layouts: grey or BGR, uint8.

Conversions lose nothing that shows on paper: transparency is laid on white, deeper samples keep their upper
eight bits, CMYK and LAB go the plain way to RGB.
"""

from __future__ import annotations

import math
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.domain.geometry import Quad, rectangle

Pixels = NDArray[np.uint8]

_SIXTEEN_BIT = {"I;16", "I;16L", "I;16B", "I;16N"}
_DEPTHS = (8, 10, 12, 14, 16)  # bits of a sample that scanners put into sixteen
_FILLED = 0.25  # of a deep type's range that its values reach, at least, when they are meant on it; by trial
_REDUCIBLE = _SIXTEEN_BIT | {"L", "RGB", "RGBA", "CMYK", "LA", "YCbCr"}
DEEP = _SIXTEEN_BIT | {"I", "F"}
# EXIF 2.3, tag 0x0112: how the stored image must be mirrored (left-right, first) and turned clockwise.
_ORIENTATION = {
    1: (False, 0),
    2: (True, 0),
    3: (False, 180),
    4: (True, 180),
    5: (True, 270),
    6: (False, 90),
    7: (True, 90),
    8: (False, 270),
}
_TURNS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}
_PLACEHOLDER_DPI = (72.0, 96.0)  # what software writes that does not know the resolution
SCANNER_DPI = (50.0, 2400.0)  # from a coarse fax to the finest flatbed
LONG_SIDE_IN = (1.5, 26.0)  # inches of a page's longer side: below a card's 3.4, above A2's 23.4
_MOST_STRETCHED = 120_000_000  # pixels, as a page may have (`IntakeLimits`): a hostile page may claim any proportion
_ROOMY, _HUGE = 36_000_000, 72_000_000  # pixels: A3 at 400 dpi has 31 million, A2 at 500 dpi and A1 at 300 dpi 70
_BAND = 64  # rows that are reduced at a time; for memory
_FINE_DPI = 400.0  # resolution from which a page of more than the first is coarse enough for reading at half of it
_SQUARE = 0.02  # relative difference of the two resolutions up to which pixels count as square


def shrink_of(size: tuple[int, int], resolution: tuple[float, float] | None, *, huge: int = 3) -> int:
    """By how much a page of this width and height is reduced as it is decoded: 1, 2 or, beyond A1, `huge`.

    Pages are read at 300 dpi. One that is finer by far, as photos of 48 million pixels are, would only fill the memory.
    """
    count = size[0] * size[1]
    fine = resolution is None or min(resolution) >= _FINE_DPI or max(size) > LONG_SIDE_IN[1] * max(resolution)
    if count > _HUGE:
        return huge
    return 2 if count > _ROOMY and fine else 1


def coarser(resolution: tuple[float, float] | None, shrink: int) -> tuple[float, float] | None:
    """The resolution of a page that was reduced by so much."""
    return None if resolution is None else (resolution[0] / shrink, resolution[1] / shrink)


def pixels_of(image: Image.Image, shrink: int = 1) -> Pixels:
    """(H, W) grey or (H, W, 3) BGR, uint8, of a decoded Pillow image in any mode, reduced by `shrink`.

    Raises ValueError for a mode that has no picture in it.
    """
    if shrink > 1:
        if image.mode == "1":
            image = image.convert("L")
        if image.mode in _REDUCIBLE:
            return _in_bands(image, shrink)
        return reduced_by(pixels_of(image), shrink)
    mode = image.mode
    if mode in _SIXTEEN_BIT:
        return _upper_bits(np.asarray(image).astype(np.uint16))
    if mode in ("I", "F"):
        return graded(np.asarray(image))
    if image.has_transparency_data:
        image = _on_white(image)
    if image.mode in ("1", "L"):
        return np.array(image.convert("L"), dtype=np.uint8)
    if image.mode == "P" and _palette_is_grey(image):
        return np.array(image.convert("L"), dtype=np.uint8)
    rgb = np.asarray(image if image.mode == "RGB" else image.convert("RGB"))
    return np.ascontiguousarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), dtype=np.uint8)


def _in_bands(image: Image.Image, shrink: int) -> Pixels:
    """Reduced band after band: a large picture and a copy of it hardly fit the memory of a worker."""
    width, height = image.size
    band = shrink * _BAND
    tops = range(0, height, band)
    parts = (_reduced_band(image.crop((0, top, width, min(top + band, height))), shrink) for top in tops)
    first = next(parts)
    whole = np.empty((math.ceil(height / shrink), *first.shape[1:]), dtype=first.dtype)
    whole[: len(first)] = first
    for number, part in enumerate(parts, start=1):
        whole[number * _BAND : number * _BAND + len(part)] = part
    return _upper_bits(whole) if whole.dtype == np.uint16 else whole


def _reduced_band(band: Image.Image, shrink: int) -> NDArray[Any]:
    """Pixels as the pipeline has them; deep samples in full, since their depth is told by the whole page."""
    if band.mode not in _SIXTEEN_BIT:
        return pixels_of(band.reduce(shrink))
    size = (math.ceil(band.width / shrink), math.ceil(band.height / shrink))
    return np.asarray(cv2.resize(np.asarray(band).astype(np.uint16), size, interpolation=cv2.INTER_AREA))


def reduced_by(pixels: Pixels, shrink: int) -> Pixels:
    """The pixels averaged over squares of `shrink` by `shrink`."""
    if shrink == 1:
        return pixels
    height, width = pixels.shape[:2]
    size = (math.ceil(width / shrink), math.ceil(height / shrink))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def orientation_of(tag: object) -> tuple[bool, int]:
    """(mirror first, turn clockwise) that an EXIF orientation value asks for; an invalid value asks for nothing."""
    return _ORIENTATION.get(tag, (False, 0)) if isinstance(tag, int) else (False, 0)


def displayed(pixels: Pixels, *, mirror: bool, turn: int) -> Pixels:
    """The pixels as a viewer shows them: mirrored left-right first, then turned clockwise."""
    if mirror:
        pixels = np.asarray(cv2.flip(pixels, 1), dtype=np.uint8)
    if turn:
        pixels = np.asarray(cv2.rotate(pixels, _TURNS[turn]), dtype=np.uint8)
    return np.ascontiguousarray(pixels)


def rest_of(pixels: Pixels, share: float | None, *, turn: int) -> Quad | None:
    """Where the stored rows from this share of their height on are, on pixels that were turned clockwise by `turn`."""
    if share is None:
        return None
    height, width = pixels.shape[:2]
    return {
        0: rectangle(0, share * height, width, height),
        90: rectangle(0, 0, (1 - share) * width, height),
        180: rectangle(0, 0, width, (1 - share) * height),
        270: rectangle(share * width, 0, width, height),
    }[turn]


def squared(pixels: Pixels, resolution: tuple[float, float] | None) -> tuple[Pixels, float | None]:
    """The same page with square pixels, and its one resolution.

    A fax has 204 x 98 dots per inch: its lines are stretched to the finer of the two, or to as much as keeps the page
    within 120 million pixels. Within 2 % the pixels are returned as they are.
    """
    if resolution is None:
        return pixels, None
    x, y = resolution
    dpi = max(x, y)
    if abs(x - y) <= _SQUARE * dpi:
        return pixels, math.sqrt(x * y)
    height, width = pixels.shape[:2]
    dpi *= min(1.0, math.sqrt(_MOST_STRETCHED / (width * dpi / x * height * dpi / y)))
    size = (max(1, round(width * dpi / x)), max(1, round(height * dpi / y)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_LINEAR), dtype=np.uint8), dpi


def plausible_dpi(dpi: float | None, height: int, width: int) -> float | None:
    """`dpi` when a scanner could have meant it, else None.

    72 and 96 are what software writes that does not know the resolution. A page whose longer side came out above
    26 inches (A2 has 23.4) or below 1.5 inches (a card has 3.4) was never measured either.
    """
    if dpi is None or not math.isfinite(dpi) or not SCANNER_DPI[0] <= dpi <= SCANNER_DPI[1]:
        return None
    if any(abs(dpi - p) < 0.1 for p in _PLACEHOLDER_DPI):
        return None
    return dpi if LONG_SIDE_IN[0] <= max(width, height) / dpi <= LONG_SIDE_IN[1] else None


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode == "La":
        image = image.convert("LA")  # the decoder's own way out of multiplied transparency
    rgba = image.convert("RGBA")
    paper = Image.new("RGB", rgba.size, "white")
    paper.paste(rgba, mask=rgba.getchannel("A"))
    return paper.convert("L") if image.mode in ("LA", "La") else paper


def _palette_is_grey(image: Image.Image) -> bool:
    palette = np.array(image.getpalette("RGB") or [], dtype=np.uint8).reshape(-1, 3)
    return bool(palette.size) and bool(np.ptp(palette, axis=1).max() == 0)


def _upper_bits(values: NDArray[np.uint16]) -> Pixels:
    """Eight bits of samples whose depth their highest value tells: files of twelve bits often state sixteen."""
    bits = next(bits for bits in _DEPTHS if int(values.max(initial=0)) < 1 << bits)
    return np.ascontiguousarray((values >> (bits - 8)).astype(np.uint8))


def graded(values: NDArray[Any]) -> Pixels:
    """Samples of a deep, signed or real kind on 0 to 255, black lowest: by the range that their values fill.

    That is the smallest usual depth they fit, or their type's; with negative values their type's, from its lowest on.
    Where they fill little of either, they are stretched. Raises ValueError where no value is finite.
    """
    finite = values[np.isfinite(values)]
    if finite.size == 0:
        raise ValueError("no finite value")
    low, high = _range_of(values.dtype, float(finite.min()), float(finite.max()))
    scaled = (np.nan_to_num(values, nan=high).astype(np.float32) - low) * (255.0 / max(high - low, 1e-9))
    return np.asarray(np.clip(scaled, 0, 255), dtype=np.uint8)


def _range_of(kind: np.dtype[Any], low: float, high: float) -> tuple[float, float]:
    whole = np.issubdtype(kind, np.integer)
    least, most = (float(np.iinfo(kind).min), float(np.iinfo(kind).max)) if whole else (0.0, 65535.0)
    if low < 0:
        return (least, most) if low < _FILLED * least else (low, high)
    depths = [float((1 << bits) - 1) for bits in _DEPTHS if (1 << bits) - 1 < most]
    tops = [*depths, most] if whole else [1.0, *depths, most]
    top = next((top for top in tops if high <= top), None)
    if top is None or (top == most > 65535 and high < _FILLED * most):
        return low, high
    return 0.0, top
