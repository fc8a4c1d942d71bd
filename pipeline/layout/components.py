"""Connected pieces of ink, as columns of numbers."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.recognition import Gray

Ints = NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Components:
    """`labels` is 0 for no ink, else 1 + the index into the columns. Right and bottom are exclusive."""

    labels: Ints
    x0: Ints
    y0: Ints
    x1: Ints
    y1: Ints
    area: Ints

    @property
    def width(self) -> Ints:
        return self.x1 - self.x0

    @property
    def height(self) -> Ints:
        return self.y1 - self.y0

    def __len__(self) -> int:
        return len(self.x0)


def find_components(ink: Gray) -> Components:
    """8-connected components of the non-zero pixels."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8, ltype=cv2.CV_32S)
    body = stats[1:]
    left, top = body[:, cv2.CC_STAT_LEFT], body[:, cv2.CC_STAT_TOP]
    return Components(
        labels=np.asarray(labels, np.int32),
        x0=left,
        y0=top,
        x1=left + body[:, cv2.CC_STAT_WIDTH],
        y1=top + body[:, cv2.CC_STAT_HEIGHT],
        area=body[:, cv2.CC_STAT_AREA],
    )


def halve(ink: Gray) -> Gray:
    """Half the size; a pixel is ink where any of its four was."""
    height, width = ink.shape[0] // 2 * 2, ink.shape[1] // 2 * 2
    grown = cv2.dilate(ink[:height, :width], np.ones((2, 2), np.uint8), anchor=(0, 0))
    return np.ascontiguousarray(grown[::2, ::2])
