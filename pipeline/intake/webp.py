"""Still WebP pictures (RFC 9649): their size, and their pixels."""

from __future__ import annotations

from typing import BinaryIO

import cv2
import numpy as np
from numpy.typing import NDArray


def decode_webp(data: bytes) -> NDArray[np.uint8]:
    """(H, W, 3) RGB or (H, W, 4) RGBA, as stored: no orientation is applied. Raises ValueError when it is broken."""
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None:
        raise ValueError("no picture could be decoded")
    order = cv2.COLOR_BGRA2RGBA if pixels.shape[2] == 4 else cv2.COLOR_BGR2RGB
    return np.asarray(cv2.cvtColor(pixels, order, dst=pixels), np.uint8)


def webp_size(stream: BinaryIO) -> tuple[int, int]:
    """Canvas width and height by the header of a WebP file (RFC 9649); (0, 0) when it has none."""
    stream.seek(0)
    head = stream.read(30)
    stream.seek(0)
    kind, body = head[12:16], head[20:]
    if kind == b"VP8X" and len(body) >= 10:
        return 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
    if kind == b"VP8 " and len(body) >= 10:
        width, height = (int.from_bytes(body[i : i + 2], "little") & 0x3FFF for i in (6, 8))
        return width, height
    if kind == b"VP8L" and len(body) >= 5:
        bits = int.from_bytes(body[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + ((bits >> 14) & 0x3FFF)
    return 0, 0
