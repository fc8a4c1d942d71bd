"""A page on which only what a person may see is left: all else is covered, whatever it is.

What the reader did not understand may be anybody's, so nothing is shown but the places of values that are surely the
person's or the paper's: labels, stamps and signatures are covered too.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from pipeline.domain.errors import ResourceError
from pipeline.domain.geometry import Quad
from pipeline.domain.message import Message

_COVER = (214, 214, 214)
_QUALITY = 88
_GROWN = 0.15  # of a box's height, so that strokes beyond it stay


def masked(picture: bytes, scan_size: tuple[int, int], boxes: Sequence[Quad]) -> bytes:
    """The picture as JPEG, covered but for these boxes, which are in scan pixels of a page of this size."""
    pixels = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR)
    if pixels is None:
        raise ResourceError(Message.same("a picture of a page cannot be read"))
    height, width = pixels.shape[:2]
    scale = np.array([width / scan_size[0], height / scan_size[1]])
    keep = np.zeros((height, width), np.uint8)
    for box in boxes:
        corners = np.array(box, dtype=np.float64) * scale
        middle = corners.mean(axis=0)
        grown = middle + (corners - middle) * (1.0 + _GROWN * _narrow(corners))
        cv2.fillConvexPoly(keep, np.rint(grown).astype(np.int32), 255)
    covered = np.full_like(pixels, _COVER)
    shown = np.where(keep[:, :, None] > 0, pixels, covered)
    done, data = cv2.imencode(".jpg", shown, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    if not done:
        raise ResourceError(Message.same("a picture of a page cannot be written"))
    return data.tobytes()


def _narrow(corners: np.ndarray) -> np.ndarray:
    """How much of the growth each direction gets, so that a long line grows by its height at both ends, not by its
    length."""
    spread = corners.max(axis=0) - corners.min(axis=0)
    return np.asarray(spread.min() / np.maximum(spread, 1.0))
