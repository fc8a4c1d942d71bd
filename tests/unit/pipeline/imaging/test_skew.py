"""Skew and direction are measured, or the estimate abstains."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.imaging.ink import find_ink
from pipeline.imaging.skew import estimate_skew
from tests.making.sheets import Pixels, page, slanted


def _view(pixels: Pixels) -> Pixels:
    return np.asarray(cv2.resize(pixels, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), dtype=np.uint8)


@settings(max_examples=8, deadline=None)
@given(st.floats(-14.5, 14.5), st.sampled_from([8, 14, 22]), st.sampled_from(["tinos-400-normal", "arimo-700-normal"]))
def test_skew_is_found_within_a_twentieth_of_a_degree(angle: float, lines: int, face: str) -> None:
    estimate = estimate_skew(find_ink(_view(slanted(page(lines=lines, face=face), angle))))
    assert not estimate.vertical
    assert estimate.angle_deg == pytest.approx(angle, abs=0.05)


@settings(max_examples=4, deadline=None)
@given(st.floats(-10, 10), st.sampled_from([1, 3]))
def test_a_page_on_its_side_is_known_and_its_skew_found(angle: float, quarters: int) -> None:
    sideways = np.ascontiguousarray(np.rot90(_view(slanted(page(), angle)), quarters))
    estimate = estimate_skew(find_ink(sideways))
    assert estimate.vertical
    assert estimate.angle_deg == pytest.approx(angle, abs=0.05)


def test_too_little_text_gives_no_angle() -> None:
    assert estimate_skew(find_ink(_view(slanted(page(lines=0), 3)))).angle_deg is None


def test_scattered_blots_give_no_angle() -> None:
    rng = np.random.default_rng(3)
    view = np.full((1754, 1240), 250, np.uint8)
    for x, y in rng.integers(20, 1200, (300, 2)):
        cv2.circle(view, (int(x), int(y * 1.4)), int(rng.integers(4, 14)), 40, -1)
    assert estimate_skew(find_ink(view)).angle_deg is None


def test_skew_beyond_the_limit_is_not_guessed() -> None:
    estimate = estimate_skew(find_ink(_view(slanted(page(), 24))))
    assert estimate.angle_deg is None or estimate.vertical


def test_leaders_tell_the_skew_of_a_page_whose_writing_climbs() -> None:
    sheet = np.full((1754, 1240), 245, np.uint8)
    for number in range(12):
        top = 200 + 90 * number
        climbs = (-0.5, -0.1, -0.35, -0.2)[number % 4]
        written = slanted(page(dpi=150, lines=1)[120:170, 120:700], climbs, fill=255)
        sheet[top : top + written.shape[0], 150 : 150 + written.shape[1]] = np.minimum(written, 245)
        sheet[top + 50 : top + 52, 150:1100:7] = 60
    estimate = estimate_skew(find_ink(slanted(sheet, 1.3, fill=245)))
    assert estimate.angle_deg == pytest.approx(1.3, abs=0.1)


def test_the_edge_of_a_lid_does_not_tell_the_skew() -> None:
    tilted = slanted(page(), -0.2)
    height, width = tilted.shape
    for x in range(width):  # the wedges that a page turned so little leaves dark at its head and foot
        depth = round(0.0035 * x)
        tilted[:depth, x] = tilted[height - round(0.0035 * (width - x)) :, x] = 20
    estimate = estimate_skew(find_ink(_view(tilted)))
    assert estimate.angle_deg == pytest.approx(-0.2, abs=0.03)


def test_the_grid_of_a_table_tells_the_skew_of_a_page_whose_writing_climbs() -> None:
    sheet = np.full((1754, 1240), 245, np.uint8)
    for row in range(11):
        top = 300 + 90 * row
        climbs = (-0.3, -0.1, -0.35, -0.2)[row % 4]
        written = slanted(page(dpi=150, lines=1)[120:170, 120:700], climbs, fill=255)
        sheet[top : top + written.shape[0], 150 : 150 + written.shape[1]] = np.minimum(written, 245)
        cv2.line(sheet, (130, top - 12), (1100, top - 12), 60, 2)
    for x in (130, 480, 800, 1100):
        cv2.line(sheet, (x, 288), (x, 288 + 900), 60, 2)
    estimate = estimate_skew(find_ink(slanted(sheet, 1.3, fill=245)))
    assert estimate.angle_deg == pytest.approx(1.3, abs=0.03)
