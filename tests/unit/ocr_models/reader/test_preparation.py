from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr_models.reader.preparation import HEIGHT, WIDTH_STEP, ink_of, padded, prepare


def page(height: int = 90, width: int = 400, light: int = 240, dark: int = 30) -> np.ndarray:
    grey = np.full((height, width), light, np.uint8)
    cv2.putText(grey, "Ha Noi", (80, 60), cv2.FONT_HERSHEY_SIMPLEX, 1.2, dark, 3, cv2.LINE_AA)
    return grey


def test_ink_runs_from_paper_to_the_darkest_stroke() -> None:
    ink = ink_of(page(light=180, dark=90))
    assert ink.max() == 255
    assert np.median(ink) == 0


def test_pale_and_black_writing_come_out_alike() -> None:
    pale, black = ink_of(page(light=230, dark=150)), ink_of(page(light=255, dark=0))
    assert np.abs(pale.astype(int) - black).mean() < 3


def test_a_faint_shadow_is_not_blown_up_to_ink() -> None:
    shadow = np.tile(np.linspace(240, 250, 300).astype(np.uint8), (48, 1))
    assert ink_of(shadow).max() < 128


@pytest.mark.parametrize("factor", [0.5, 1.0, 2.0, 3.0])
def test_size_of_the_scan_does_not_change_what_the_network_sees(factor: float) -> None:
    plain = prepare(page())
    scaled = prepare(cv2.resize(page(), None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA))
    assert plain is not None and scaled is not None
    assert scaled.ink.shape[0] == HEIGHT
    assert scaled.ink.shape[1] == pytest.approx(plain.ink.shape[1], rel=0.12)


def test_positions_lead_back_to_the_line_image() -> None:
    found = prepare(page())
    assert found is not None
    columns = np.flatnonzero((found.ink > 128).any(axis=0))
    written = np.flatnonzero((page() < 128).any(axis=0))
    back = found.left + columns[[0, -1]] / found.scale
    assert back == pytest.approx(written[[0, -1]], abs=3)


def test_writing_at_the_very_edge_gets_a_margin() -> None:
    written = np.flatnonzero((page() < 128).any(axis=0))
    found = prepare(np.ascontiguousarray(page()[:, written[0] : written[-1] + 1]))
    assert found is not None
    assert found.left < 0
    assert found.ink[:, :4].max() < 60
    assert found.ink[:, -4:].max() < 60


def test_paper_without_writing_gives_nothing() -> None:
    assert prepare(np.full((60, 400), 245, np.uint8)) is None


@given(st.integers(1, 100_000))
def test_padding_is_the_least_that_fills_whole_steps(width: int) -> None:
    assert 0 <= padded(width) - width < WIDTH_STEP
    assert padded(width) % WIDTH_STEP == 0
