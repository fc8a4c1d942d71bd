"""Whether a fine regular grid lies over a picture: the pixels of a monitor that was photographed.

Print and paper have no frequency of their own above that of letters; a monitor's pixel grid, or its moiré, stands in
the spectrum as a few sharp points at the same place all over the picture.
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.domain.geometry import Quad
from pipeline.imaging.warp import Pixels, quad_to_rectangle

_SIDE = 256  # pixels of a tile: a power of two for the Fourier transform, wide enough for some 20 cycles; by trial
_GRID = 3  # tiles along and across; for speed
_LOWEST = 0.07  # cycles a pixel; coarser is print; by trial
_BLOCK = 8  # pixels: JPEG's blocks (ISO/IEC 10918-1) put points of their own on the spectrum
_BLOCK_WIDTH = 2.5  # bins of the spectrum around such a point that are left out: the window widens it; by trial
_LEVELLED = 31  # pixels of the blur that takes uneven light off; by trial
_FLOOR = 4.0  # amplitude added before the logarithm, so that empty frequencies do not stand out; by trial
_AROUND = 15  # bins of the spectrum that are a frequency's surroundings; by trial


def grid_strength(scan: Pixels, quad: Quad) -> float | None:
    """How far the sharpest frequency stands out of its surroundings, natural log of the amplitude ratio.

    The median over tiles spread over the quadrilateral. About 2 for grain alone. None when the piece is too small
    for a tile.
    """
    strengths = sorted(_stands_out(tile) for tile in _tiles(scan, quad))
    return strengths[len(strengths) // 2] if strengths else None


def _tiles(scan: Pixels, quad: Quad) -> Iterator[NDArray[np.float32]]:
    to_scan = quad_to_rectangle(quad, 1.0, 1.0)
    height, width = scan.shape[:2]
    if min(height, width) < _SIDE:
        return
    for row in range(_GRID):
        for column in range(_GRID):
            x, y = to_scan(((column + 0.5) / _GRID, (row + 0.5) / _GRID))
            left, top = round(x - _SIDE / 2), round(y - _SIDE / 2)
            if 0 <= left <= width - _SIDE and 0 <= top <= height - _SIDE:
                tile = scan[top : top + _SIDE, left : left + _SIDE]
                grey = tile if tile.ndim == 2 else cv2.cvtColor(tile, cv2.COLOR_BGR2GRAY)
                yield np.asarray(grey, dtype=np.float32)


def _stands_out(tile: NDArray[np.float32]) -> float:
    level = tile - cv2.blur(tile, (_LEVELLED, _LEVELLED))
    parts = cv2.dft(level * _window(), flags=cv2.DFT_COMPLEX_OUTPUT)[:, : _SIDE // 2 + 1]
    log = np.log(np.hypot(parts[:, :, 0], parts[:, :, 1]) + _FLOOR)
    around = cv2.blur(log, (_AROUND, _AROUND), borderType=cv2.BORDER_REFLECT)
    return float((log - around)[_looked_at()].max())


def _window() -> NDArray[np.float32]:
    hann = np.hanning(_SIDE).astype(np.float32)
    return np.outer(hann, hann).astype(np.float32)


def _looked_at() -> NDArray[np.bool_]:
    """The half spectrum without low frequencies and without the points of JPEG's blocks."""
    down = np.fft.fftfreq(_SIDE)[:, None]
    across = np.fft.rfftfreq(_SIDE)[None, :]
    fine = np.hypot(down, across) > _LOWEST
    off_block = [np.abs(f * _BLOCK - np.rint(f * _BLOCK)) > _BLOCK_WIDTH * _BLOCK / _SIDE for f in (down, across)]
    return np.asarray(fine & (off_block[0] | off_block[1]))
