"""A round stamp in grey or black is no part of the name it touches."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.layout.components import find_components, halve
from pipeline.layout.rings import without_rings

DPI = 300.0
MM = DPI / 25.4
Ink = NDArray[np.uint8]


def name() -> Ink:
    """Upright strokes of letters that hang together by a thin line, as capitals do where ink has run."""
    ink = np.zeros((900, 1300), np.uint8)
    for x in range(560, 1000, 22):
        ink[600:640, x : x + 7] = 255
    return ink


def stamp(*, middle: tuple[int, int] = (480, 450), radius: float = 17.0, begin: int = 0, end: int = 360) -> Ink:
    ink = np.zeros((900, 1300), np.uint8)
    for part, width in ((1.0, 0.9), (0.93, 0.35), (0.55, 0.35)):
        axes = (round(radius * part * MM), round(radius * part * 0.97 * MM))  # a camera looks a little from aside
        cv2.ellipse(ink, middle, axes, 0, begin, end, 255, round(width * MM))
    return ink


def cleared(ink: Ink) -> Ink:
    return without_rings(ink, find_components(halve(ink)), dpi=DPI)


@pytest.mark.parametrize("around", [(0, 360), (-40, 215)], ids=["whole", "worn"])
def test_a_ring_through_a_name_goes_and_the_name_stays(around: tuple[int, int]) -> None:
    ring = stamp(begin=around[0], end=around[1])
    both = cv2.bitwise_or(name(), ring)
    left = cleared(np.asarray(both, np.uint8))
    bare = (ring > 0) & (name() == 0)
    assert (left[bare] > 0).mean() < 0.15
    assert (left[name() > 0] > 0).mean() > 0.93
    letters = find_components(halve(left))
    assert np.count_nonzero((letters.height > 14) & (letters.height < 30)) >= 18  # of 20 strokes, each alone


def test_a_page_without_stamps_is_the_same_array() -> None:
    ink = name()
    cv2.putText(ink, "8/3/1987 OOO", (200, 800), cv2.FONT_HERSHEY_COMPLEX, 3.0, 255, 6)
    assert cleared(ink) is ink
