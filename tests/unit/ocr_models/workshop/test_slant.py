"""A leaning hand is set upright; type is left as it is."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocr_models.workshop.slant import estimate_slant, set_upright


def strokes(lean: float, height: int = 96, count: int = 14) -> np.ndarray:
    """Upright strokes with short bars between, leaning right by `lean` pixels for each pixel of height."""
    line = np.full((height, 60 * count + 200), 255, np.uint8)
    for n in range(count):
        foot = 100 + 60 * n
        for y in range(height // 6, height - height // 6):
            x = round(foot + lean * (height / 2 - y))
            line[y, x : x + 6] = 20
        line[height // 2 : height // 2 + 4, foot : foot + 26] = 20
    return line


@pytest.mark.parametrize("lean", [0.2, 0.4, 0.6])
def test_a_lean_to_the_right_is_measured(lean: float) -> None:
    assert estimate_slant(strokes(lean)) == pytest.approx(lean, abs=0.11)


@pytest.mark.parametrize("height", [40, 96, 300])
def test_the_measure_does_not_depend_on_the_size(height: int) -> None:
    line = cv2.resize(strokes(0.4), None, fx=height / 96, fy=height / 96, interpolation=cv2.INTER_AREA)
    assert estimate_slant(np.asarray(line)) == pytest.approx(0.4, abs=0.11)


def test_upright_type_is_given_back_untouched() -> None:
    line = strokes(0.0)
    upright, shift = set_upright(line)
    assert upright is line and shift == 0.0


def test_a_line_without_ink_is_given_back_untouched() -> None:
    line = np.full((40, 300), 255, np.uint8)
    assert set_upright(line) == (line, 0.0)


def test_most_of_the_slant_is_gone_afterwards() -> None:
    upright, _ = set_upright(strokes(0.6))
    assert estimate_slant(upright) < 0.35


def test_the_height_stays_and_no_ink_is_cut_away() -> None:
    line = strokes(0.6)
    upright, _ = set_upright(line)
    assert upright.shape[0] == line.shape[0]
    assert int((255 - upright.astype(int)).sum()) == pytest.approx(int((255 - line.astype(int)).sum()), rel=0.02)


def test_the_shift_tells_how_far_the_middle_moved() -> None:
    line = strokes(0.5)
    upright, shift = set_upright(line)
    before, after = (np.average(np.arange(p.shape[1]), weights=(255.0 - p).sum(axis=0)) for p in (line, upright))
    assert after - before == pytest.approx(shift, abs=1.5)


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (500, 1), (3, 3)])
def test_any_shape_is_taken(shape: tuple[int, int]) -> None:
    upright, _ = set_upright(np.zeros(shape, np.uint8))
    assert upright.shape[0] == shape[0]
