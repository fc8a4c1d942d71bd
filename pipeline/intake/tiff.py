"""TIFF files of one page or many, in any compression that libtiff knows."""

from __future__ import annotations

import struct
import warnings
from pathlib import Path
from typing import BinaryIO

from PIL import Image
from PIL.TiffImagePlugin import TiffImageFile

from pipeline.domain.model import Finding, PageImage
from pipeline.intake.errors import CorruptFile, EmptyFile, IntakeError, TooManyPixels, TruncatedFile
from pipeline.intake.g4 import Group4Strip, as_tiff
from pipeline.intake.limits import IntakeLimits
from pipeline.intake.pixels import displayed, orientation_of, pixels_of, plausible_dpi, squared
from pipeline.intake.raster import resolution_of

# TIFF 6.0 tags.
_SUBFILE, _WIDTH, _HEIGHT, _COMPRESSION, _PHOTOMETRIC = 254, 256, 257, 259, 262
_FILL_ORDER, _OFFSETS, _ORIENTATION, _SAMPLES, _COUNTS, _T6 = 266, 273, 274, 277, 279, 293
_GROUP4 = 4
_MAX_ENTRIES = 65_535  # of a directory: what TIFF 6.0 can count; BigTIFF could claim more
_THUMBNAILS = 4  # directories for each page that may be none, before the file has too many


class TiffSource:
    """A TIFF file: its directories are walked at once, its pages decoded when asked for."""

    findings: tuple[Finding, ...] = ()

    def __init__(self, path: Path, name: str, limits: IntakeLimits) -> None:
        self._name = name
        self._limits = limits
        self._stream = path.open("rb")
        try:
            self._frames = page_frames(self._stream, name, limits)
            self._image = self._opened()
        except BaseException:
            self._stream.close()
            raise

    @property
    def page_count(self) -> int:
        return len(self._frames)

    def page(self, number: int) -> PageImage:
        image = self._image
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                image.seek(self._frames[number - 1])
                self._limits.check_pixels(*image.size, name=self._name, page=number)
                mirror, turn = orientation_of(image.tag_v2.get(_ORIENTATION))
                strip = None if mirror else _group4_strip(image, self._stream)
                resolution = resolution_of(image, turn)
                image.load()  # applies the orientation itself
        except Image.DecompressionBombError as error:
            width, height = image.size
            raise TooManyPixels.about(
                self._name, page=number, width=width, height=height, limit=self._limits.max_pixels
            ) from error
        except IntakeError:
            raise
        except Exception as error:
            raise self._why(error, number) from error
        stored = pixels_of(image)
        if image.tag_v2.get(_ORIENTATION) is not None:  # this decoder left it to the caller
            stored = displayed(stored, mirror=mirror, turn=turn)
        pixels, dpi = squared(stored, resolution)
        keep = strip is not None and pixels is stored
        return PageImage(
            number=number,
            pixels=pixels,
            dpi=plausible_dpi(dpi, *pixels.shape[:2]),
            embedded=as_tiff(strip) if keep and strip is not None else None,
            encoding="ccitt-g4" if keep else None,
            turn=turn if keep else 0,
            unstretched=(stored.shape[1], stored.shape[0]),
        )

    def close(self) -> None:
        self._image.close()
        self._stream.close()

    def _opened(self) -> TiffImageFile:
        self._stream.seek(0)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return TiffImageFile(self._stream, self._name)
        except Exception as error:
            raise self._why(error) from error

    def _why(self, error: Exception, page: int | None = None) -> IntakeError:
        if _data_runs_over(self._image if page else None, self._stream):
            return TruncatedFile.about(self._name, page=page)
        return CorruptFile.about(self._name, page=page, reason=type(error).__name__)


def page_frames(stream: BinaryIO, name: str, limits: IntakeLimits) -> list[int]:
    """Indexes of the image directories that are pages: thumbnails are left out, sizes are checked.

    Raises `CorruptFile` on a chain that leads back to itself, `TruncatedFile` on one that leads beyond the
    end, `TooManyPages`, `TooManyPixels`.
    """
    size = stream.seek(0, 2)
    reader = _DirectoryReader(stream)
    frames: list[int] = []
    seen: set[int] = set()
    at, index = reader.first, 0
    while at:
        if at in seen:
            raise CorruptFile.about(name, reason="cyclic page chain")
        if at >= size:
            raise TruncatedFile.about(name)
        seen.add(at)
        try:
            tags, following = reader.directory(at)
        except struct.error as error:
            raise TruncatedFile.about(name) from error
        if not tags.get(_SUBFILE, 0) & 1:
            frames.append(index)
            limits.check_pixels(tags.get(_WIDTH, 0), tags.get(_HEIGHT, 0), name=name, page=len(frames))
        limits.check_pages(max(len(frames), index // _THUMBNAILS), name=name)
        at, index = following, index + 1
    if not frames:
        raise EmptyFile.about(name)
    return frames


class _DirectoryReader:
    """Just enough of TIFF 6.0 and BigTIFF to walk the chain of directories."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        stream.seek(0)
        head = stream.read(16).ljust(16, b"\0")
        order = "<" if head[:2] == b"II" else ">"
        self._big = head[2:4] in (b"+\x00", b"\x00+")
        self._count = struct.Struct(order + ("Q" if self._big else "H"))
        self._offset = struct.Struct(order + ("Q" if self._big else "I"))
        self._entry = struct.Struct(order + ("HHQ8s" if self._big else "HHI4s"))
        self._order = order
        self.first = int(self._offset.unpack_from(head, 8 if self._big else 4)[0])

    def directory(self, at: int) -> tuple[dict[int, int], int]:
        """The short and long single values of the directory at `at`, and where the next one stands."""
        self._stream.seek(at)
        count = self._count.unpack(self._stream.read(self._count.size))[0]
        if count > _MAX_ENTRIES:
            raise struct.error("absurd number of entries")
        body = self._stream.read(count * self._entry.size)
        tags: dict[int, int] = {}
        for tag, kind, number, value in self._entry.iter_unpack(body):
            if number == 1 and kind in (3, 4, 16):
                width = {3: "H", 4: "I", 16: "Q"}[kind]
                tags[tag] = struct.unpack_from(self._order + width, value)[0]
        following = self._stream.read(self._offset.size)
        return tags, int(self._offset.unpack(following)[0])


def _group4_strip(image: TiffImageFile, stream: BinaryIO) -> Group4Strip | None:
    """The page's own Group 4 stream when the page is exactly one strip of it."""
    tags = image.tag_v2
    offsets, counts = tags.get(_OFFSETS, ()), tags.get(_COUNTS, ())
    plain = (
        tags.get(_COMPRESSION) == _GROUP4
        and tags.get(_SAMPLES, 1) == 1
        and tags.get(_FILL_ORDER, 1) == 1
        and tags.get(_T6, 0) == 0
        and tags.get(_PHOTOMETRIC) in (0, 1)
        and len(offsets) == len(counts) == 1
    )
    if not plain:
        return None
    position = stream.tell()
    stream.seek(offsets[0])
    data = stream.read(counts[0])
    stream.seek(position)
    return Group4Strip(width=tags[_WIDTH], height=tags[_HEIGHT], white_is_zero=tags[_PHOTOMETRIC] == 0, data=data)


def _data_runs_over(image: TiffImageFile | None, stream: BinaryIO) -> bool:
    size = stream.seek(0, 2)
    if image is None:
        return False
    offsets, counts = image.tag_v2.get(_OFFSETS, ()), image.tag_v2.get(_COUNTS, ())
    return any(o + c > size for o, c in zip(offsets, counts, strict=False))
