"""JPEG scans with restart markers: parts that decode each by itself, so that a hole in one leaves the others whole.

A decoder finds its way again at the next marker and says nothing. What tells of the hole is the order of the markers,
which count to eight over and over, and data within a part that are too few for it, or zeros and too many.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL.JpegImagePlugin import JpegImageFile

from pipeline.intake.jpeg import START_OF_SCAN, is_frame, segments, without_markers

_RESTART_INTERVAL = 0xDD  # the marker of the segment that states it, ISO 10918-1, table B.1
_RESTARTS = re.compile(rb"\xff([\xd0-\xd7])", re.DOTALL)
_ROUND = 8  # restart markers have eight numbers
_BLOCK = 8  # pixels
_MORE = 256  # bytes put after each part: the decoder is to find enough of them to change a row
_REDUCED = 8  # pictures are compared at an eighth, which their coding gives for little
_WIDEST = 65_535  # pixels that a JPEG can be wide

PartMissing = Callable[[bytes, Callable[[bytes], NDArray[np.uint8]]], float | None]
"""`pipeline.intake.missing.missing_from`."""


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where the size stands in the file, and how the picture is cut into units (MCUs) and these into parts."""

    size_at: int
    height: int
    unit: tuple[int, int]  # width and height, pixels
    across: int  # units of a row
    units: int
    in_part: int

    @property
    def parts(self) -> int:
        return math.ceil(self.units / self.in_part)

    def begins(self, part: int) -> float:
        """Share of the height at which a part begins."""
        return min(1.0, part * self.in_part // self.across * self.unit[1] / self.height)


def part_missing_from(data: bytes, start: int, end: int, missing_from: PartMissing) -> float | None:
    """Share of the stored height from which a JPEG of one scan (its data: `start` to `end`) lost part of them.

    None where all parts are there, and for scans without restart markers. `missing_from` judges the data of one part.
    """
    frame = _frame(data)
    if frame is None:
        return None
    body = data[start:end]
    parts: list[bytes] = []
    at = 0
    for marker in _RESTARTS.finditer(body):
        parts.append(body[at : marker.start()])
        at = marker.end()
        if marker[1][0] & 7 != (len(parts) - 1) % _ROUND:
            return frame.begins(len(parts) - 1)  # the part before it lost its own marker
    parts.append(body[at:])
    if len(parts) != frame.parts:
        return frame.begins(min(len(parts), frame.parts) - 1)
    short = _short_from(data[:start], parts)
    if short is not None:
        return short
    for number, part in enumerate(parts):
        if bytes(64) in part and _lost(data[:start], part, frame, number, missing_from):
            return frame.begins(number)
    return None


def _short_from(head: bytes, parts: list[bytes]) -> float | None:
    """Share of the height from which the picture hangs on bytes that a part does not have, of all parts at once."""
    pictures = []
    for seed in range(2):
        filler = without_markers(np.random.default_rng(seed).integers(0, 255, _MORE, dtype=np.uint8).tobytes())
        body = b"".join(
            without_markers(part + filler) + bytes((0xFF, 0xD0 + number % _ROUND)) for number, part in enumerate(parts)
        )
        image = JpegImageFile(BytesIO(head + body[:-2] + b"\xff\xd9"))
        image.draft(image.mode, (image.width // _REDUCED, image.height // _REDUCED))
        image.load()
        pictures.append(np.asarray(image))
    rows = (pictures[0] != pictures[1]).reshape(len(pictures[0]), -1).any(axis=1)
    return float(rows.argmax()) / len(rows) if rows.any() else None


def _frame(data: bytes) -> _Frame | None:
    interval, frame = 0, None
    for marker, body, at in segments(data):
        if marker == _RESTART_INTERVAL and len(body) >= 2:
            interval = int.from_bytes(body[:2], "big")
        elif is_frame(marker) and len(body) >= 9:
            frame = (body, at - len(body))
        elif marker == START_OF_SCAN:
            break
    if frame is None or not interval:
        return None
    body, began = frame
    height, width = struct.unpack_from(">HH", body, 1)
    factors = [(factor >> 4, factor & 15) for factor in body[7::3]]
    wide, tall = (max(f[0] for f in factors), max(f[1] for f in factors)) if len(factors) > 1 else (1, 1)
    if not height or not width or not wide or not tall:
        return None
    across, down = math.ceil(width / (wide * _BLOCK)), math.ceil(height / (tall * _BLOCK))
    return _Frame(began + 1, height, (wide * _BLOCK, tall * _BLOCK), across, across * down, interval)


def _lost(head: bytes, part: bytes, frame: _Frame, number: int, missing_from: PartMissing) -> bool:
    """Whether a part's zeros are no picture: it is decoded as a picture of its own, one row of units."""
    units = min(frame.in_part, frame.units - number * frame.in_part)
    rows = units // frame.across if units % frame.across == 0 else 1
    width, height = units // rows * frame.unit[0], rows * frame.unit[1]
    if width > _WIDEST:
        return False
    head = head[: frame.size_at] + struct.pack(">HH", height, width) + head[frame.size_at + 4 :]

    def decode(body: bytes) -> NDArray[np.uint8]:
        image = JpegImageFile(BytesIO(head + without_markers(body) + b"\xff\xd9"))
        image.load()
        return np.asarray(image)

    return missing_from(part, decode) is not None
