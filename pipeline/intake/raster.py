"""JPEG, PNG and WebP: one page each."""

from __future__ import annotations

import warnings
from typing import Any, BinaryIO

from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from pipeline.domain.model import Finding, PageImage
from pipeline.intake import sniff
from pipeline.intake.errors import CorruptFile, IntakeError, TruncatedFile, UnsupportedType
from pipeline.intake.jpeg import unread_kind
from pipeline.intake.limits import IntakeLimits
from pipeline.intake.missing import jpeg_missing_from, webp_missing_from
from pipeline.intake.pixels import (
    SCANNER_DPI,
    Pixels,
    coarser,
    displayed,
    orientation_of,
    pixels_of,
    plausible_dpi,
    rest_of,
    shrink_of,
    squared,
)
from pipeline.intake.source import ReadableFile
from pipeline.intake.webp import decode_webp, webp_size

_EXIF_ORIENTATION = 0x0112
_UNEQUAL = 4  # finer over coarser resolution, at most: a fax has 2.1
_TAIL = 4096  # bytes before the end in which its mark must stand; some software appends rubbish
# The plugin classes, not Image.open: it would refuse or warn by limits of its own.
_READERS: dict[str, Any] = {sniff.JPEG: JpegImageFile, sniff.PNG: PngImageFile, sniff.WEBP: WebPImageFile}


class RasterSource:
    """A file that is one picture. The header is read at once, the picture when asked for."""

    findings: tuple[Finding, ...] = ()
    page_count = 1

    def __init__(self, path: ReadableFile, name: str, media_type: str, limits: IntakeLimits) -> None:
        self._path = path
        self._name = name
        self._media_type = media_type
        self._stream = path.open("rb")
        try:
            if media_type == sniff.WEBP:  # its decoder allocates the canvas on opening
                width, height = webp_size(self._stream)
                limits.check_pixels(width, height, name=name)
            limits.check_pixels(*self._opened().size, name=name)
        except BaseException:
            self._stream.close()
            raise

    def page(self, number: int) -> PageImage:
        image = self._opened()
        shrink = shrink_of(image.size, resolution_of(image), huge=huge_of(image))
        full = image.size
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                mirror, turn = orientation_of(image.getexif().get(_EXIF_ORIENTATION))
                resolution = coarser(resolution_of(image, turn), shrink)
                image = self._loaded(image, shrink)
        except Exception as error:
            raise self._why(error, page=number) from error
        keep = self._media_type == sniff.JPEG and image.mode in ("L", "RGB") and not mirror
        pixels = pixels_of(image, shrink if image.size == full else 1)
        del image  # what is not needed is not held
        missing_from = self._missing_from(pixels)
        stored = displayed(pixels, mirror=mirror, turn=turn)
        pixels, dpi = squared(stored, resolution)
        keep = keep and pixels is stored
        return PageImage(
            number=1,
            pixels=pixels,
            dpi=plausible_dpi(dpi, *pixels.shape[:2]),
            embedded=self._path.read_bytes() if keep else None,
            encoding="jpeg" if keep else None,
            turn=turn if keep else 0,
            unstretched=full[::-1] if turn in (90, 270) else full,
            missing=rest_of(pixels, missing_from, turn=turn),
        )

    def close(self) -> None:
        self._stream.close()

    def _loaded(self, image: Image.Image, shrink: int) -> Image.Image:
        """With its pixels. A still WebP's come without Pillow, whose decoder of animations holds several canvases."""
        if self._media_type == sniff.WEBP and not getattr(image, "is_animated", False):
            return Image.fromarray(decode_webp(self._path.read_bytes()))
        if shrink > 1 and self._media_type == sniff.JPEG:  # the decoder reduces by itself
            image.draft(image.mode, (image.width // shrink, image.height // shrink))
        image.load()
        return image

    def _missing_from(self, pixels: Pixels) -> float | None:
        if self._media_type == sniff.JPEG:
            return jpeg_missing_from(self._path.read_bytes(), pixels)
        return webp_missing_from(self._path.read_bytes()) if self._media_type == sniff.WEBP else None

    def _opened(self) -> Image.Image:
        self._stream.seek(0)
        try:
            image: Image.Image = _READERS[self._media_type](self._stream, self._name)
        except Exception as error:
            raise self._why(error) from error
        return image

    def _why(self, error: Exception, page: int | None = None) -> IntakeError:
        if is_cut(self._stream, self._media_type):
            return TruncatedFile.about(self._name, page=page)
        kind = unread_kind(self._path.read_bytes()) if self._media_type == sniff.JPEG else None
        if kind is not None:
            return UnsupportedType.about(self._name, page=page, kind=kind)
        return CorruptFile.about(self._name, page=page, reason=type(error).__name__)


def huge_of(image: Image.Image) -> int:
    """By how much a huge picture is reduced: JPEG as its decoder can, more where that holds all of it at once."""
    return (4 if image.info.get("progressive") else 2) if isinstance(image, JpegImageFile) else 3


def resolution_of(image: Image.Image, turn: int = 0) -> tuple[float, float] | None:
    """Dots per inch along x and y of the image turned clockwise by `turn`; None when not stated or absurd."""
    try:
        x, y = (float(v) for v in image.info["dpi"])
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    least, most = SCANNER_DPI
    if not (least <= x <= most and least <= y <= most and max(x, y) <= _UNEQUAL * min(x, y)):
        return None
    return (y, x) if turn in (90, 270) else (x, y)


def is_cut(stream: BinaryIO, media_type: str) -> bool:
    """Whether the end that this type must have is missing."""
    size = stream.seek(0, 2)
    stream.seek(max(0, size - _TAIL))
    tail = stream.read()
    if media_type == sniff.JPEG:
        return b"\xff\xd9" not in tail
    if media_type == sniff.PNG:
        return b"IEND" not in tail
    if media_type in (sniff.WEBP, sniff.HEIC):
        stream.seek(0)
        return _boxes_run_over(stream, size, media_type)
    return False


def _boxes_run_over(stream: BinaryIO, size: int, media_type: str) -> bool:
    if media_type == sniff.WEBP:
        return int.from_bytes(stream.read(8)[4:8], "little") + 8 > size
    at = 0
    while at + 8 <= size:  # ISO base media boxes: 32-bit length, type
        stream.seek(at)
        length = int.from_bytes(stream.read(4), "big")
        if length == 0:  # to the end of the file
            return False
        if length < 8:
            return True
        at += length
    return at != size
