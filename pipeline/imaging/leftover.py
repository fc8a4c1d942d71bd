"""Writing that lies on a sheet beside the cards that were found on it: a card that was missed, or a note."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.regions import Region

_WIDTH = 830  # about 100 dpi on A4: letters are 4 to 30 pixels high
_LETTERS = 60  # so many letter-like specks are writing, not dirt
_LIGHT = 140  # median grey of a sheet; darker is a table, whose grain is no writing


def writing_beside_cards(pixels: NDArray[np.uint8], regions: Sequence[Region]) -> bool:
    """Whether letters stand on the sheet outside every found card. False where no cards were cut out."""
    if any(region.whole or region.kind != "card" for region in regions):
        return False
    grey = pixels if pixels.ndim == 2 else cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    scale = _WIDTH / max(grey.shape)
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    if float(np.median(small)) < _LIGHT:
        return False
    dark = cv2.adaptiveThreshold(small, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 31, 25)
    for region in regions:
        quad = np.array(region.quad) * scale
        middle = quad.mean(axis=0)
        wider = middle + (quad - middle) * 1.08  # past the card's edge and its shadow
        cv2.fillConvexPoly(dark, wider.round().astype(np.int32), 0)
    _, _, stats, _ = cv2.connectedComponentsWithStats(np.asarray(dark, np.uint8))
    widths, heights = stats[1:, cv2.CC_STAT_WIDTH], stats[1:, cv2.CC_STAT_HEIGHT]
    letters = (heights >= 4) & (heights <= 30) & (widths >= 2) & (widths <= 120)
    return int(letters.sum()) >= _LETTERS
