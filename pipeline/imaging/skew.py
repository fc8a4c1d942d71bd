"""Direction and skew of text lines, from how ink falls into rows.

A projection profile taken along the lines has sharp peaks, along any other angle it blurs. The search
goes coarse to fine; on synthetic pages its median error is 0.01 to 0.02 degrees.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.ink import VIEW_DPI, Ink

LIMIT_DEG = 15.0
_POINTS_COARSE = 12_000
_POINTS_FINE = 120_000
_LINE_WINDOW = int(7 * VIEW_DPI / 25.4)  # longer waves than a line pitch say nothing of lines
_MIN_PIECES = 24
_MIN_PROMINENCE = 1.35

Points = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SkewEstimate:
    """Slope of the text lines in degrees, positive = clockwise; None where the estimate abstains.

    `vertical` tells that lines run top to bottom on the view (the page lies on its side); the angle
    is then that of the lines after a quarter turn. `prominence` is the peak's height over the usual
    level of the search, `advantage` that of the chosen direction over the other one.
    """

    angle_deg: float | None
    vertical: bool
    prominence: float
    advantage: float


def estimate_skew(ink: Ink, *, limit_deg: float = LIMIT_DEG) -> SkewEstimate:
    """Direction and slope of the text lines on a view.

    Abstains from the angle when there is too little text to tell, or no angle stands out. Never
    rotates. Method: projection profile (Postl 1986), high-passed at the line pitch.
    """
    if ink.pieces < _MIN_PIECES:
        return SkewEstimate(None, False, 0.0, 1.0)
    points = _points(ink)
    sideways = np.stack((points[:, 1], -points[:, 0]), axis=1)  # as after a clockwise quarter turn
    angles = np.arange(-limit_deg, limit_deg + 1e-6, 0.5)
    thin = points[:: max(1, len(points) // _POINTS_COARSE)]
    thin_sideways = sideways[:: max(1, len(points) // _POINTS_COARSE)]
    along = np.array([_row_energy(thin, a) for a in angles])
    across = np.array([_row_energy(thin_sideways, a) for a in angles])
    vertical = bool(across.max() > along.max())
    chosen, other = (across, along) if vertical else (along, across)
    prominence = float(chosen.max() / max(np.median(chosen), 1e-9))
    advantage = float(chosen.max() / max(other.max(), 1e-9))
    if prominence < _MIN_PROMINENCE:
        return SkewEstimate(None, vertical, prominence, advantage)
    fine = sideways if vertical else points
    angle = _refined(fine[:: max(1, len(fine) // _POINTS_FINE)], float(angles[int(chosen.argmax())]))
    if abs(angle) > limit_deg:
        return SkewEstimate(None, vertical, prominence, advantage)
    return SkewEstimate(angle, vertical, prominence, advantage)


def _points(ink: Ink) -> Points:
    rows, columns = np.nonzero(ink.mask)
    return np.stack((columns, rows), axis=1).astype(np.float32) + np.float32(0.5)


def _profile(points: Points, degrees: float, bin_px: float) -> NDArray[np.float64]:
    angle = np.radians(degrees)
    c, s = np.float32(np.cos(angle) / bin_px), np.float32(np.sin(angle) / bin_px)
    offsets = points[:, 1] * c - points[:, 0] * s
    offsets -= offsets.min()
    return np.bincount(offsets.astype(np.int32)).astype(np.float64)


def _row_energy(points: Points, degrees: float, bin_px: float = 2.0) -> float:
    """Energy of the row profile above the line pitch, per point squared: high along text lines."""
    profile = _profile(points, degrees, bin_px)
    window = int(_LINE_WINDOW / bin_px)
    sums = np.concatenate(([0.0], np.cumsum(np.pad(profile, (window // 2, window - window // 2)))))
    smooth = (sums[window:] - sums[:-window])[: len(profile)] / window
    wave = profile - smooth
    return float(wave @ wave) / (len(points) ** 2) * 1e4


def _refined(points: Points, start: float) -> float:
    """Peak of the profile's roughness around `start`, to a few thousandths of a degree."""
    best = start
    for step, reach in ((0.1, 0.5), (0.02, 0.12)):
        angles = best + np.arange(-reach, reach + step / 2, step)
        energies = np.array([_roughness(points, a) for a in angles])
        peak = int(energies.argmax())
        best = float(angles[peak])
        if step < 0.05:
            best += step * _parabola(energies, peak)
    return best


def _roughness(points: Points, degrees: float) -> float:
    steps = np.diff(_profile(points, degrees, 1.0))
    return float(steps @ steps)


def _parabola(values: NDArray[np.float64], peak: int) -> float:
    """Sub-step offset of a maximum from its two neighbours."""
    if not 0 < peak < len(values) - 1:
        return 0.0
    before, top, after = values[peak - 1 : peak + 2]
    bend = before - 2 * top + after
    return float(0.5 * (before - after) / bend) if bend < 0 else 0.0
