"""TIFF files of one page or many, in any compression that libtiff knows."""

from __future__ import annotations

import struct
import warnings
from collections.abc import Mapping, Sequence
from functools import partial
from io import BytesIO
from typing import Any, BinaryIO

import numpy as np
from PIL import Image
from PIL.TiffImagePlugin import II, MM, OPEN_INFO, TiffImageFile

from pipeline.domain.model import Finding, PageImage
from pipeline.intake.errors import (
    CorruptFile,
    EmptyFile,
    IntakeError,
    TooManyPixels,
    TruncatedFile,
    UnsupportedType,
)
from pipeline.intake.g4 import Group4Strip, as_tiff
from pipeline.intake.limits import IntakeLimits
from pipeline.intake.missing import group4_missing_from, missing_with, zeroed_from, zeros_at_end
from pipeline.intake.pixels import (
    DEEP,
    Pixels,
    coarser,
    displayed,
    graded,
    orientation_of,
    pixels_of,
    plausible_dpi,
    reduced_by,
    rest_of,
    shrink_of,
    squared,
)
from pipeline.intake.raster import resolution_of
from pipeline.intake.source import ReadableFile

# TIFF 6.0 tags.
_SUBFILE, _WIDTH, _HEIGHT, _COMPRESSION, _PHOTOMETRIC = 254, 256, 257, 259, 262
_FILL_ORDER, _OFFSETS, _ORIENTATION, _SAMPLES, _ROWS, _COUNTS, _T6 = 266, 273, 274, 277, 278, 279, 293
_TILE_OFFSETS, _TILE_COUNTS = 324, 325
_BITS, _SAMPLE_FORMAT = 258, 339
_UNCOMPRESSED, _GROUP4 = 1, 4
_RARE = {6, 32809, 34676, 34677, 50001}  # compressions that the decoder knows by name, and has or has not
_DIMENSIONS = {_WIDTH, _HEIGHT}
# Grey of 12 and 16 bits in the kinds that the decoder can unpack but does not list.
OPEN_INFO.setdefault((MM, 0, (1,), 1, (16,), ()), ("I;16B", "I;16B"))
for _order, _zero in ((II, 0), (MM, 0), (MM, 1)):
    OPEN_INFO.setdefault((_order, _zero, (1,), 1, (12,), ()), ("I;16", "I;12"))
# Of 32 bits and of signed samples too, in the order that the machine has them in or the other one.
for _order, _bytes in ((II, ""), (MM, "B")):
    for _zero in (0, 1):
        OPEN_INFO.setdefault((_order, _zero, (1,), 1, (32,), ()), ("I", f"I;32{_bytes}"))
        OPEN_INFO.setdefault((_order, _zero, (2,), 1, (32,), ()), ("I", f"I;32{_bytes}S"))
        OPEN_INFO.setdefault((_order, _zero, (2,), 1, (16,), ()), ("I", f"I;16{_bytes}S"))
        OPEN_INFO.setdefault((_order, _zero, (2,), 1, (8,), ()), ("L", "L"))
# Sample format, mode and bits of what the decoder gives as another kind of number, and which kind it is.
_UNTOLD: Mapping[tuple[int | str, ...], type[np.generic]] = {
    (2, "L", 8): np.int8,
    (2, "I", 16): np.int16,
    (1, "I", 32): np.uint32,
}
_MAX_ENTRIES = 65_535  # of a directory: what TIFF 6.0 can count; BigTIFF could claim more
_THUMBNAILS = 4  # directories for each page that may be none, before the file has too many


class TiffSource:
    """A TIFF file: its directories are walked at once, its pages decoded when asked for."""

    findings: tuple[Finding, ...] = ()

    def __init__(self, path: ReadableFile, name: str, limits: IntakeLimits) -> None:
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
                strips = _group4_strips(image, self._stream)
                resolution = resolution_of(image, turn)
                image.tile = [tile._replace(args=_in_the_machines_order(tile)) for tile in image.tile]
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
        full = image.size  # as displayed: the decoder has turned it
        shrink = shrink_of(full, resolution)
        stored = _stored(image, shrink)
        missing_from = _missing_from(image, strips, stored)
        if missing_from is None and not strips:
            missing_from = self._zeroed_from(self._frames[number - 1])
        if image.tag_v2.get(_ORIENTATION) is not None:  # this decoder left it to the caller
            stored = displayed(stored, mirror=mirror, turn=turn)
            full = full[::-1] if turn in (90, 270) else full
        if shrink > 1:
            self._image = self._opened()  # what was decoded is let go
        pixels, dpi = squared(stored, coarser(resolution, shrink))
        keep = len(strips) == 1 and not mirror and pixels is stored
        return PageImage(
            number=number,
            pixels=pixels,
            dpi=plausible_dpi(dpi, *pixels.shape[:2]),
            embedded=as_tiff(strips[0]) if keep else None,
            encoding="ccitt-g4" if keep else None,
            turn=turn if keep else 0,
            unstretched=full,
            missing=rest_of(pixels, missing_from, turn=turn),
        )

    def close(self) -> None:
        self._image.close()
        self._stream.close()

    def _zeroed_from(self, frame: int) -> float | None:
        """Share of the stored height from which compressed strips or tiles were zeroed and decode all the same."""
        tags = self._image.tag_v2
        if tags.get(_COMPRESSION, _UNCOMPRESSED) == _UNCOMPRESSED:
            return None
        places = zip(
            tags.get(_OFFSETS) or tags.get(_TILE_OFFSETS, ()),
            tags.get(_COUNTS) or tags.get(_TILE_COUNTS, ()),
            strict=False,
        )
        for offset, count in places:
            self._stream.seek(offset)
            zeros = zeros_at_end(self._stream.read(count))
            if zeros:
                self._stream.seek(0)
                return missing_with(self._stream.read(), offset + count - zeros, zeros, partial(_frame_of, frame))
        return None

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
        kind = _unread_kind(error, self._image if page else None)
        if kind is not None:
            return UnsupportedType.about(self._name, page=page, kind=kind)
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


def _in_the_machines_order(tile: Any) -> Any:
    """How samples are unpacked: libtiff has put signed ones into the machine's order, which the decoder forgets."""
    if tile.codec_name == "libtiff" and str(tile.args[0]).endswith("BS"):
        return (tile.args[0][:-2] + "NS", *tile.args[1:])
    return tile.args


def _stored(image: TiffImageFile, shrink: int) -> Pixels:
    """The decoded pixels in the pipeline's layouts: samples by what the file says they are, black lowest."""
    kind = _UNTOLD.get((image.tag_v2.get(_SAMPLE_FORMAT, (1,))[0], image.mode, *image.tag_v2.get(_BITS, ())))
    if kind is None:
        stored = pixels_of(image, shrink)
    else:
        stored = reduced_by(graded(np.asarray(image).astype(kind)), shrink)
    if (kind is not None or image.mode in DEEP) and image.tag_v2.get(_PHOTOMETRIC) == 0:
        return np.asarray(255 - stored, dtype=np.uint8)  # white is zero, which the decoder leaves to the caller
    return stored


def _frame_of(frame: int, data: bytes) -> Pixels:
    """The stored pixels of one directory of a TIFF file."""
    image = TiffImageFile(BytesIO(data))
    image.seek(frame)
    image.tag_v2[_ORIENTATION] = 1
    image.load()
    return np.asarray(image)


def _group4_strips(image: TiffImageFile, stream: BinaryIO) -> list[Group4Strip]:
    """The page's own Group 4 streams from the top; empty when it is coded otherwise."""
    tags = image.tag_v2
    offsets, counts = tags.get(_OFFSETS, ()), tags.get(_COUNTS, ())
    plain = (
        tags.get(_COMPRESSION) == _GROUP4
        and tags.get(_SAMPLES, 1) == 1
        and tags.get(_FILL_ORDER, 1) == 1
        and tags.get(_T6, 0) == 0
        and tags.get(_PHOTOMETRIC) in (0, 1)
        and len(offsets) == len(counts)
    )
    if not plain:
        return []
    width, height = tags[_WIDTH], tags[_HEIGHT]
    rows = min(tags.get(_ROWS) or height, height)
    position = stream.tell()
    strips = []
    for top, offset, count in zip(range(0, height, rows), offsets, counts, strict=False):
        stream.seek(offset)
        data = stream.read(count)
        white_is_zero = tags[_PHOTOMETRIC] == 0
        strips.append(Group4Strip(width=width, height=min(rows, height - top), white_is_zero=white_is_zero, data=data))
    stream.seek(position)
    return strips


def _missing_from(image: TiffImageFile, strips: Sequence[Group4Strip], pixels: Pixels) -> float | None:
    """Share of the stored height from which the file holds no rows; None where it holds them all."""
    tags = image.tag_v2
    height, above = int(tags[_HEIGHT]), 0
    for strip in strips:
        share = group4_missing_from(strip)
        if share is not None:
            return (above + share * strip.height) / height
        above += strip.height
    places = list(zip(tags.get(_OFFSETS, ()), tags.get(_COUNTS, ()), strict=False))
    empty = next((n for n, (offset, count) in enumerate(places) if not offset or not count), None)
    rows = tags.get(_ROWS)
    if empty is not None and rows:
        in_plane = -(-height // int(rows))  # strips of one channel, where these are stored apart
        return min(1.0, empty % in_plane * int(rows) / height)
    upright = tags.get(_ORIENTATION, 1) == 1
    if tags.get(_COMPRESSION, _UNCOMPRESSED) == _UNCOMPRESSED and image.mode != "1" and upright:
        return zeroed_from(pixels, 255 if tags.get(_PHOTOMETRIC) == 0 else 0)
    return None


def _unread_kind(error: Exception, image: TiffImageFile | None) -> str | None:
    """What a TIFF is that the decoder does not know, by its error; None where the file is at fault."""
    unknown = error.__cause__.args[0] if isinstance(error.__cause__, KeyError) else None
    if isinstance(unknown, tuple):  # byte order, photometric, format, fill order, bits, extra samples
        return f"TIFF, {'+'.join(map(str, unknown[4]))} bit"
    if isinstance(unknown, int) and unknown not in _DIMENSIONS:
        return f"TIFF, compression {unknown}"
    compression = image.tag_v2.get(_COMPRESSION) if image is not None else None
    return f"TIFF, compression {compression}" if compression in _RARE else None


def _data_runs_over(image: TiffImageFile | None, stream: BinaryIO) -> bool:
    size = stream.seek(0, 2)
    if image is None:
        return False
    offsets, counts = image.tag_v2.get(_OFFSETS, ()), image.tag_v2.get(_COUNTS, ())
    return any(o + c > size for o, c in zip(offsets, counts, strict=False))
