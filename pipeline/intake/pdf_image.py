"""The embedded image of a scanned PDF page, decoded without rasterising the page."""

from __future__ import annotations

import io
import math
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pikepdf
from numpy.typing import NDArray
from PIL import Image
from PIL.Jpeg2KImagePlugin import Jpeg2KImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile

from pipeline.domain.geometry import Quad
from pipeline.intake.errors import CorruptFile
from pipeline.intake.g4 import Group4Strip, as_tiff
from pipeline.intake.limits import IntakeLimits
from pipeline.intake.missing import group4_missing_from, jpeg_missing_from
from pipeline.intake.pdf_content import PlacedImage, bounds_of, covers, inflate
from pipeline.intake.pdf_tree import PdfPage
from pipeline.intake.pixels import coarser, displayed, pixels_of, reduced_by, rest_of, shrink_of, squared

_SHARE_OF_PAGE = 0.4  # of the page's area: a smaller image on an otherwise empty sheet is a picture on a page; by trial
_SQUARE, _STRAIGHT = 0.002, 0.99999  # cosine of the angle between its sides; of its turn: 0.1 and 0.26 degrees of slack
_FILLED_IN = frozenset(("/DCTDecode", "/CCITTFaxDecode"))
_SLACK = 65_536  # bytes that image data may be longer than its pixels need


@dataclass(frozen=True, slots=True)
class Placement:
    """How the image lies on the displayed page: mirrored first, then turned; dots per inch as displayed."""

    mirror: bool
    turn: int
    dpi: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Decoded:
    """Displayed pixels; the image's own bytes when an archival copy can keep them; which part of it is missing."""

    pixels: NDArray[np.uint8]
    dpi: float | None
    embedded: bytes | None
    encoding: str | None
    turn: int
    unstretched: tuple[int, int] | None
    missing: Quad | None


def placement_of(page: PdfPage, placed: PlacedImage) -> Placement | None:
    """How the image lies on the page; None when it is slanted, cut by the page's edge, or too small to be the page."""
    bounds = bounds_of(placed.matrix)
    area = (bounds[2] - bounds[0]) * (bounds[3] - bounds[1])
    box = page.box
    if not covers(box, bounds) or area < _SHARE_OF_PAGE * (box[2] - box[0]) * (box[3] - box[1]):
        return None
    a, b, c, d, _, _ = placed.matrix
    right, down = (a, -b), (-c, d)  # y now grows downwards
    for _ in range(page.rotate // 90):
        right, down = (-right[1], right[0]), (-down[1], down[0])
    width, height = math.hypot(*right), math.hypot(*down)
    turn, mirror = _turn_of(right, down)
    if turn is None or width <= 0 or height <= 0:
        return None
    columns, rows = int(placed.image["/Width"]), int(placed.image["/Height"])
    dpi = (columns / width * 72 / page.unit, rows / height * 72 / page.unit)
    return Placement(mirror, turn, dpi if turn in (0, 180) else (dpi[1], dpi[0]))


def resolution_of(page: PdfPage, images: Sequence[PlacedImage]) -> float | None:
    """Dots per inch, as placed, of the images that a page is drawn from: of the finest that together are the page.

    Scanners cut pages into strips or lay fine print over a coarse ground; a stamp or a logo of any resolution may lie
    beside them. None where images cover too little to be the page.
    """
    box, inch = page.box, 72 / page.unit
    placed = []
    for image in images:
        a, b, c, d, _, _ = image.matrix
        width, height, size = math.hypot(a, b), math.hypot(c, d), _size_of(image.image)
        if width > 0 and height > 0 and size is not None:
            placed.append((max(size[0] / width, size[1] / height) * inch, width * height))
    left = _SHARE_OF_PAGE * (box[2] - box[0]) * (box[3] - box[1])
    for dpi, area in sorted(placed, reverse=True):
        left -= area
        if left <= 0:
            return dpi
    return None


def _size_of(image: Any) -> tuple[int, int] | None:
    """Columns and rows of an image or, where it is finer, of its mask; None where they are missing or nonsense."""
    layers = [layer for layer in (image, image.get("/SMask"), image.get("/Mask")) if isinstance(layer, pikepdf.Stream)]
    try:
        sizes = [(int(layer["/Width"]), int(layer["/Height"])) for layer in layers]
    except (KeyError, TypeError, ValueError):
        return None
    return max(sizes) if min(min(size) for size in sizes) > 0 else None


def decode(
    placed: PlacedImage, placement: Placement, *, limits: IntakeLimits, name: str, number: int
) -> Decoded | None:
    """The displayed pixels, or None for a coding or colour space that is better left to the renderer.

    Raises `TooManyPixels` before anything is unpacked, `CorruptFile` when the image is damaged.
    """
    image = placed.image
    limits.check_pixels(int(image["/Width"]), int(image["/Height"]), name=name, page=number)
    if "/SMask" in image or "/Mask" in image:
        return None
    try:
        full = (int(placed.image["/Width"]), int(placed.image["/Height"]))
        shrink = shrink_of(full, placement.dpi)
        samples = _samples(placed, shrink)
    except (OSError, SyntaxError, ValueError, zlib.error, struct.error, pikepdf.PdfError) as error:
        raise CorruptFile.about(name, page=number, reason=f"image: {type(error).__name__}") from error
    if samples is None:
        return None
    stored = displayed(samples.pixels, mirror=placement.mirror, turn=placement.turn)
    shrink = round(full[0] / samples.pixels.shape[1])  # JPEG in steps of its own
    pixels, dpi = squared(stored, coarser(placement.dpi, shrink))
    keep = samples.encoding is not None and not placement.mirror and pixels is stored
    return Decoded(
        pixels=pixels,
        dpi=dpi,
        embedded=samples.embedded if keep else None,
        encoding=samples.encoding if keep else None,
        turn=placement.turn if keep else 0,
        unstretched=full[::-1] if placement.turn in (90, 270) else full,
        missing=rest_of(pixels, samples.missing_from, turn=placement.turn),
    )


def is_broken(image: Any, limits: IntakeLimits) -> bool:
    """Whether the data of an image, of those codings whose decoders fill in what is missing, end early."""
    try:
        width, height = int(image["/Width"]), int(image["/Height"])
        if width * height > limits.max_pixels or not _FILLED_IN.intersection(_filters(image)[0]):
            return False
        samples = _samples(PlacedImage(image, (1, 0, 0, 1, 0, 0), True))
    except (OSError, SyntaxError, ValueError, KeyError, TypeError, zlib.error, struct.error, pikepdf.PdfError):
        return False  # what is seen of it is the renderer's
    return samples is not None and samples.missing_from is not None


@dataclass(frozen=True, slots=True)
class _Samples:
    pixels: NDArray[np.uint8]
    embedded: bytes | None = None
    encoding: str | None = None
    missing_from: float | None = None


def _turn_of(right: tuple[float, float], down: tuple[float, float]) -> tuple[int | None, bool]:
    length = math.hypot(*right) or 1.0
    unit = (right[0] / length, right[1] / length)
    mirror = right[0] * down[1] - right[1] * down[0] < 0
    if mirror:
        unit = (-unit[0], -unit[1])
    for turn, (x, y) in {0: (1, 0), 90: (0, 1), 180: (-1, 0), 270: (0, -1)}.items():
        square = abs(right[0] * down[0] + right[1] * down[1]) < _SQUARE * length * math.hypot(*down)
        if unit[0] * x + unit[1] * y > _STRAIGHT and square:
            return turn, mirror
    return None, mirror


def _samples(placed: PlacedImage, shrink: int = 1) -> _Samples | None:
    """The image's samples reduced by `shrink`; None where the renderer is to draw it."""
    decoded = _decoded(placed, shrink)
    full = (int(placed.image["/Width"]), int(placed.image["/Height"]))
    if decoded is None or shrink == 1 or decoded.pixels.shape[1] < full[0]:
        return decoded
    return replace(decoded, pixels=reduced_by(decoded.pixels, shrink))


def _decoded(placed: PlacedImage, shrink: int) -> _Samples | None:
    image = placed.image
    filters, parameters = _filters(image)
    data: bytes = image.read_raw_bytes()
    width, height = int(image["/Width"]), int(image["/Height"])
    room = (width * 4 + 64) * height + _SLACK
    while len(filters) > 1 and filters[0] == "/FlateDecode" and not parameters[0]:
        data, filters, parameters = inflate(data, room), filters[1:], parameters[1:]
    if len(filters) > 1:
        return None
    channels = _channels(image, placed.fill_is_black)
    inverted = _inverted(image)
    if channels is None or inverted is None or (inverted and channels != 1):
        return None
    kind = filters[0] if filters else ""
    options = parameters[0] if parameters else {}
    if kind == "/DCTDecode":
        return _jpeg(data, (width, height), channels, inverted, options, shrink)
    if kind == "/CCITTFaxDecode":
        return _group4(data, width, height, inverted, options)
    if kind == "/JPXDecode":
        return _from_pillow(Jpeg2KImageFile(io.BytesIO(data)), width, height) if not inverted else None
    if kind in ("/FlateDecode", ""):
        return _raw(data, image, channels, inverted, options, packed=bool(kind))
    return None


def _filters(image: Any) -> tuple[list[str], list[dict[str, Any]]]:
    def listed(value: Any) -> list[Any]:
        if value is None:
            return []
        return list(value) if isinstance(value, pikepdf.Array) else [value]

    names = [str(f) for f in listed(image.get("/Filter"))]
    options = [dict(p) if isinstance(p, pikepdf.Dictionary) else {} for p in listed(image.get("/DecodeParms"))]
    return names, options + [{} for _ in range(len(names) - len(options))]


def _channels(image: Any, fill_is_black: bool) -> int | None:
    """1 grey, 3 RGB, None for a colour space that needs a real colour engine."""
    if bool(image.get("/ImageMask", False)):
        return 1 if fill_is_black else None
    space = image.get("/ColorSpace")
    if space is None:
        return 3 if "/JPXDecode" in str(image.get("/Filter")) else None
    kind = str(space[0]) if isinstance(space, pikepdf.Array) else str(space)
    if kind in ("/DeviceGray", "/CalGray", "/G"):
        return 1
    if kind in ("/DeviceRGB", "/CalRGB", "/RGB"):
        return 3
    if kind == "/ICCBased":
        number = int(space[1].get("/N", 0))
        return number if number in (1, 3) else None
    return None


def _inverted(image: Any) -> bool | None:
    """Whether /Decode turns black to white; None when it does something else."""
    decode_array = image.get("/Decode")
    if decode_array is None:
        return False
    values = [float(v) for v in decode_array]
    if values == [0.0, 1.0] * (len(values) // 2):
        return False
    return True if values == [1.0, 0.0] else None


def _jpeg(
    data: bytes, size: tuple[int, int], channels: int, inverted: bool, options: dict[str, Any], shrink: int
) -> _Samples | None:
    picture = JpegImageFile(io.BytesIO(data))
    if picture.size != size or picture.mode != {1: "L", 3: "RGB"}[channels] or options:
        return None
    if shrink > 1:
        picture.draft(picture.mode, (size[0] // shrink, size[1] // shrink))
    pixels = pixels_of(picture)
    missing_from = jpeg_missing_from(data, pixels)
    if inverted:
        return _Samples(255 - pixels, missing_from=missing_from)
    return _Samples(pixels, data, "jpeg", missing_from)


def _group4(data: bytes, width: int, height: int, inverted: bool, options: dict[str, Any]) -> _Samples | None:
    plain = int(options.get("/K", 0)) < 0 and not bool(options.get("/EncodedByteAlign", False))
    if not plain or int(options.get("/Columns", 1728)) != width:
        return None
    black_is_one = bool(options.get("/BlackIs1", False))
    strip = Group4Strip(width=width, height=height, white_is_zero=black_is_one == inverted, data=data)
    wrapped = as_tiff(strip)
    return _Samples(pixels_of(TiffImageFile(io.BytesIO(wrapped))), wrapped, "ccitt-g4", group4_missing_from(strip))


def _raw(
    data: bytes, image: Any, channels: int, inverted: bool, options: dict[str, Any], *, packed: bool
) -> _Samples | None:
    width, height = int(image["/Width"]), int(image["/Height"])
    bits = 1 if bool(image.get("/ImageMask", False)) else int(image.get("/BitsPerComponent", 8))
    if (bits, channels) not in ((1, 1), (8, 1), (8, 3)):
        return None
    predictor = int(options.get("/Predictor", 1))
    if packed and predictor >= 10:
        picture = PngImageFile(io.BytesIO(_as_png(data, width, height, bits, channels)))
        pixels = pixels_of(picture)
        return _Samples(255 - pixels if inverted else pixels)
    if predictor != 1:
        return None
    stride = (width * bits * channels + 7) // 8
    flat = inflate(data, stride * height + _SLACK) if packed else data
    if len(flat) < stride * height:
        raise ValueError("image data are cut short")
    rows = np.frombuffer(flat, np.uint8, stride * height).reshape(height, stride)
    if bits == 1:
        pixels = np.unpackbits(rows, axis=1)[:, :width] * np.uint8(255)
    elif channels == 1:
        pixels = rows.copy()
    else:
        pixels = np.ascontiguousarray(rows.reshape(height, width, 3)[:, :, ::-1])
    return _Samples(255 - pixels if inverted else pixels)


def _as_png(data: bytes, width: int, height: int, bits: int, channels: int) -> bytes:
    """A PDF stream with a PNG predictor is a PNG file's image data already: only the frame is missing."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, bits, 0 if channels == 1 else 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def _from_pillow(picture: Image.Image, width: int, height: int) -> _Samples | None:
    return _Samples(pixels_of(picture)) if picture.size == (width, height) else None
