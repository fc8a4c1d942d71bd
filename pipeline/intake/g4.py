"""CCITT Group 4 streams, wrapped into the smallest TIFF file that stands alone."""

from __future__ import annotations

import struct
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Group4Strip:
    """One picture's Group 4 stream (ITU-T T.6), most significant bit first.

    `white_is_zero`: the decoder's white runs are white on paper (the usual case).
    """

    width: int
    height: int
    white_is_zero: bool
    data: bytes


def as_tiff(strip: Group4Strip) -> bytes:
    """A single-strip little-endian TIFF 6.0 file around the stream, whose bytes stay untouched."""
    entries = [
        (256, 4, strip.width),
        (257, 4, strip.height),
        (258, 3, 1),  # bits per sample
        (259, 3, 4),  # compression: T.6
        (262, 3, 0 if strip.white_is_zero else 1),
        (273, 4, 0),  # strip offset, known below
        (277, 3, 1),  # samples per pixel
        (278, 4, strip.height),
        (279, 4, len(strip.data)),
    ]
    start = 8 + 2 + 12 * len(entries) + 4
    body = b"".join(struct.pack("<HHII", tag, kind, 1, start if tag == 273 else value) for tag, kind, value in entries)
    return struct.pack("<2sHIH", b"II", 42, 8, len(entries)) + body + b"\0\0\0\0" + strip.data
