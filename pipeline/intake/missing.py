"""From which row on a picture no longer hangs on its own bytes: decoders fill in what is missing and say nothing.

A file of which a part was zeroed, or that was cut and closed again, still decodes: JPEG gives grey, WebP noise, Group 4
white. So other bytes are put where the data end and the picture is decoded again. Rows that change were never there.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL.JpegImagePlugin import JpegImageFile
from PIL.TiffImagePlugin import TiffImageFile

from pipeline.intake.g4 import Group4Strip, as_tiff
from pipeline.intake.jpeg import START_OF_SCAN, is_frame, scan_end, segments, without_markers
from pipeline.intake.pixels import shrink_of
from pipeline.intake.restarts import part_missing_from
from pipeline.intake.webp import decode_webp

Decode = Callable[[bytes], NDArray[np.uint8]]
"""The picture that compressed data give, in its stored rows. May raise anything."""

_ZEROS = bytes(64)  # such a run compressed data hardly have by themselves; by trial; steady
_SPARE = 16  # of these: a coder leaves fewer unused; by trial; steady
_TRIES = 8  # rows of other bytes; some are no code at all
_MORE = 1024  # bytes put after the end: the decoder is to find enough of them to change a row
_REDUCED = 8  # JPEG is compared at an eighth, which its coding gives for little
_FEWEST_ROWS = 16  # zeroed rows that are no scanner's last line
_OWN = 0.001  # share of zero samples among the rows before, above which zero is a colour of the paper or its border
_EVERY = range(64)  # coefficients of a block


def jpeg_missing_from(data: bytes, pixels: NDArray[np.uint8]) -> float | None:
    """Share of the JPEG's stored height from which its picture is missing; None where all of it is there.

    `pixels` as decoded, in stored rows. 0 where the height cannot be told: scans of a progressive file are missing.
    """
    scans = _Scans.of(data)
    if scans is None:
        return None
    if not scans.complete:
        return 0.0
    lost = part_missing_from(data, scans.start, scans.end, missing_from) if scans.count == 1 else None
    return _ends_early(data, scans, pixels) if lost is None else lost


def _ends_early(data: bytes, scans: _Scans, pixels: NDArray[np.uint8]) -> float | None:
    body = data[scans.start : scans.end]
    if scans.count == 1 and _ZEROS not in body and not _is_constant(pixels[-1]):
        return None  # missing rows would be one grey

    def decode(body: bytes) -> NDArray[np.uint8]:
        image = JpegImageFile(BytesIO(data[: scans.start] + without_markers(body) + b"\xff\xd9"))
        shrink = _REDUCED if scans.count == 1 else shrink_of(image.size, None, huge=4)
        image.draft(image.mode, (image.width // shrink, image.height // shrink))
        image.load()
        return np.asarray(image)

    return missing_from(body, decode)


def webp_missing_from(data: bytes) -> float | None:
    """Share of the WebP's height from which its picture is missing; None where all of it is there, or for animations.

    One whose data are too short is refused by its decoder: only zeros in their place are looked for.
    """
    at = 12
    while at + 8 <= len(data) and data[at : at + 4] not in (b"VP8 ", b"VP8L"):
        at += 8 + (struct.unpack_from("<I", data, at + 4)[0] + 1) // 2 * 2
    if at + 8 > len(data):
        return None
    size = struct.unpack_from("<I", data, at + 4)[0]
    picture = data[at + 8 : at + 8 + size]
    if _ZEROS not in picture:
        return None

    def decode(body: bytes) -> NDArray[np.uint8]:
        chunk = data[at : at + 4] + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
        inner = data[8:at] + chunk
        return decode_webp(b"RIFF" + struct.pack("<I", len(inner)) + inner)

    return missing_from(picture, decode, parted=True)


def group4_missing_from(strip: Group4Strip) -> float | None:
    """Share of the strip's height from which its rows are missing; None where all are there."""

    def decode(body: bytes) -> NDArray[np.uint8]:
        own = Group4Strip(width=strip.width, height=strip.height, white_is_zero=strip.white_is_zero, data=body)
        image = TiffImageFile(BytesIO(as_tiff(own)))
        image.load()
        return np.asarray(image)

    return missing_from(strip.data, decode)


def missing_from(body: bytes, decode: Decode, *, parted: bool = False) -> float | None:
    """Share of the height from which the picture hangs on bytes that `body` does not have; None where nothing does.

    A run of zeros counts as not there, and so does what follows it, when that is too little for the picture or too
    much: a blank lower half may well be coded as zeros, just so many. `parted`: the data state where their parts
    begin, and keep their length.
    """
    kept = body.partition(_ZEROS)[0]
    if len(kept) == len(body):
        return _changes(body, 0, decode)
    from_zeros = _changes(kept, len(body) - len(kept) if parted else 0, decode)
    if from_zeros is None:
        return None
    too_few = _changes(body, 0, decode) is not None
    too_many = _changes(body[:-_SPARE], 0, decode) is None
    return from_zeros if too_few or too_many else None


def zeros_at_end(data: bytes) -> int:
    """How many zero bytes end the data; 0 for fewer than compressed data may end in by themselves."""
    zeros = len(data) - len(data.rstrip(b"\0"))
    return zeros if zeros >= len(_ZEROS) else 0


def missing_with(data: bytes, start: int, zeros: int, decode: Decode) -> float | None:
    """Share of the height from which the picture hangs on zeros in a file; None where it does not: they fill a gap.

    `decode` takes the whole file.
    """

    def with_others(others: bytes) -> NDArray[np.uint8]:
        return decode(data[:start] + others[:zeros].ljust(zeros, b"\0") + data[start + zeros :])

    return _changes(b"", 0, with_others)


def zeroed_from(pixels: NDArray[np.uint8], level: int) -> float | None:
    """Share of the height from which an uncompressed picture holds zeros; None where they are its own, or none.

    `level` is how a zero sample shows. Zeros are the paper's or its border's own where it has them elsewhere too.
    """
    zero = (pixels == level).reshape(len(pixels), -1)
    whole = zero.all(axis=1)
    rows = len(whole) if whole.all() else int(whole[::-1].argmin())
    before = zero[: len(whole) - rows]
    if rows < _FEWEST_ROWS or not before.size or before.mean() > _OWN:
        return None
    return 1 - rows / len(whole)


def _changes(body: bytes, least: int, decode: Decode) -> float | None:
    """Share of the height from which the picture changes with what follows `body`; 0 where it cannot be decoded so.

    At least `least` bytes follow.
    """
    first: NDArray[np.uint8] | None = None
    for seed in range(_TRIES):
        filler = np.random.default_rng(seed).integers(0, 255, _MORE, dtype=np.uint8)
        try:
            picture = decode(body + filler.tobytes() + bytes(max(0, least - _MORE)))
        except Exception:  # noqa: S112 - decoders raise whatever their C library felt like; these bytes were no code
            continue
        if first is not None:
            rows = (first != picture).reshape(len(first), -1).any(axis=1)
            return float(rows.argmax()) / len(rows) if rows.any() else None
        first = picture
    return 0.0


def _is_constant(row: NDArray[np.uint8]) -> bool:
    return bool((row == row[0]).all())


@dataclass(frozen=True, slots=True)
class _Scans:
    """Where the last scan's data lie in a JPEG file, and whether its scans give every coefficient in full."""

    count: int
    start: int
    end: int
    complete: bool

    @classmethod
    def of(cls, data: bytes) -> _Scans | None:
        """None when there is no scan."""
        given: dict[int, set[int]] = {}
        count = start = 0
        for marker, body, at in segments(data):
            if is_frame(marker):
                given = {number: set() for number in body[6::3]}
            elif marker == START_OF_SCAN and body:
                count, start = count + 1, at
                components = body[1 : 1 + 2 * body[0] : 2]
                first, last, bits = body[1 + 2 * body[0] : 4 + 2 * body[0]].ljust(3, b"\0")
                if bits & 0xF == 0:  # to the last bit
                    for number in components:
                        given.setdefault(number, set()).update(range(first, last + 1))
        whole = all(known.issuperset(_EVERY) for known in given.values())
        return cls(count, start, scan_end(data, start), whole) if start else None
