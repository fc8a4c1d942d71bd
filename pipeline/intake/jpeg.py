"""The segments of a JPEG file, and which kinds of it are not read."""

from __future__ import annotations

import re
from collections.abc import Iterator

START_OF_SCAN = 0xDA
_END = 0xD9
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # ISO 10918-1, table B.1
_SCAN_ENDS = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]", re.DOTALL)  # a marker that is no restart, ISO 10918-1, B.1.1.2
_LOSSLESS = {0xC3, 0xC7, 0xCB, 0xCF}
_HIERARCHICAL = {0xC5, 0xC6, 0xC7, 0xCD, 0xCE, 0xCF}
_LS = 0xF7  # JPEG-LS, ISO 14495-1
_BITS = 8  # of a sample, that are read


def segments(data: bytes) -> Iterator[tuple[int, bytes, int]]:
    """Marker and body of each segment, and where it ends: there a scan's data begin. Ends where the file does."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != _END:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        body = data[at + 4 : at + 2 + length]
        at += 2 + max(length, 2)
        yield marker, body, at
        if marker == START_OF_SCAN:
            at = scan_end(data, at)


def scan_end(data: bytes, start: int) -> int:
    """Where the data of the scan that begins at `start` end."""
    found = _SCAN_ENDS.search(data, start)
    return found.start() if found else len(data)


def without_markers(scan: bytes) -> bytes:
    """A scan's data in which no marker but a restart is left, whatever bytes were joined."""
    return _SCAN_ENDS.sub(b"\xff\x00", scan)


def is_frame(marker: int) -> bool:
    return marker in _FRAMES


def unread_kind(data: bytes) -> str | None:
    """What a JPEG is that only other software reads; None for one of the usual kind."""
    for marker, body, _ in segments(data):
        if marker == _LS:
            return "JPEG-LS"
        if not is_frame(marker):
            continue
        if marker in _LOSSLESS:
            return "lossless JPEG"
        if marker in _HIERARCHICAL:
            return "hierarchical JPEG"
        if body and body[0] != _BITS:
            return f"{body[0]}-bit JPEG"
    return None
