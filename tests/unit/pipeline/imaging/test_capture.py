"""What imaging measures of a capture, on small drawn pages: every measure moves with its own fault."""

from __future__ import annotations

from functools import lru_cache
from random import Random

import cv2
import numpy as np
import pytest

from ocr_models.workshop.drawing import faults
from ocr_models.workshop.drawing.degrade import Shot
from pipeline.domain.geometry import bounds
from pipeline.domain.model import Capture, PageImage
from pipeline.imaging import measure_page
from pipeline.imaging.grid import grid_strength
from tests.making.sheets import Pixels, colour, page


@lru_cache
def photo() -> Pixels:
    """A sheet of pale paper on a dark table, seen straight on, with a little grain."""
    sheet = cv2.resize(colour(page(150), (205, 215, 220)), None, fx=0.8, fy=0.8, interpolation=cv2.INTER_AREA)
    table = np.full((sheet.shape[0] + 240, sheet.shape[1] + 240, 3), (40, 58, 80), np.uint8)
    table[120:-120, 120:-120] = sheet
    grain = np.random.default_rng(1).normal(0, 2, table.shape[:2])[:, :, None]
    return np.asarray(np.clip(table + grain, 0, 255), np.uint8)


def measured(pixels: Pixels) -> Capture:
    return measure_page(PageImage(number=1, pixels=np.ascontiguousarray(pixels), dpi=None))[0]


@lru_cache
def good() -> Capture:
    return measured(photo())


def test_a_good_photo_has_good_numbers_and_no_spots() -> None:
    measures = good().measures
    assert measures["crispness"] > 4.5
    assert measures["light"] > 0.7
    assert (measures["glare"], measures["missing"], good().spots) == (0.0, 0.0, ())


def test_the_place_of_a_capture_is_the_paper_on_the_table() -> None:
    x0, y0, x1, y1 = bounds(good().place)
    height, width = photo().shape[:2]
    assert np.allclose((x0, y0, x1, y1), (120, 120, width - 120, height - 120), atol=4)


@pytest.mark.parametrize("kind", ["focus", "shake"])
def test_blur_takes_crispness_whichever_way_it_runs(kind: str) -> None:
    if kind == "focus":
        soft = cv2.GaussianBlur(photo(), (0, 0), 4)
    else:
        soft = cv2.blur(photo(), (1, 13))
    assert measured(np.asarray(soft, np.uint8)).measures["crispness"] < 0.6 * good().measures["crispness"]


def test_grain_is_not_taken_for_crisp_edges() -> None:
    grain = np.random.default_rng(2).normal(0, 9, photo().shape[:2])[:, :, None]
    noisy = np.clip(cv2.GaussianBlur(photo(), (0, 0), 4) + grain, 0, 255).astype(np.uint8)
    assert measured(noisy).measures["crispness"] < 0.75 * good().measures["crispness"]


def test_crispness_is_relative_to_the_letters_so_a_larger_scan_is_no_softer() -> None:
    large = np.asarray(cv2.resize(photo(), None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC), np.uint8)
    assert measured(large).measures["crispness"] > 0.7 * good().measures["crispness"]


def test_letters_are_measured_in_pixels_of_the_scan() -> None:
    small = np.asarray(cv2.resize(photo(), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)
    assert measured(small).measures["letters_px"] == pytest.approx(good().measures["letters_px"] / 2, rel=0.25)


def test_a_shadow_over_a_part_of_the_paper_takes_light() -> None:
    sheet = colour(page(100))
    shaded = sheet.copy()
    shaded[:400] = shaded[:400] // 6
    assert measured(shaded).measures["light"] < 0.5 * measured(sheet).measures["light"]


def test_a_reflection_is_found_where_it_is() -> None:
    shot, place = faults.glare_spot(Shot.of(photo()), Random(3), (500.0, 700.0), 150.0)
    spots = measured(shot.pixels).spots
    assert [spot.kind for spot in spots] == ["glare"]
    (a0, b0, a1, b1), (c0, d0, c1, d1) = bounds(spots[0].place), bounds(place)
    overlap = max(0, min(a1, c1) - max(a0, c0)) * max(0, min(b1, d1) - max(b0, d0))
    assert overlap > 0.5 * (c1 - c0) * (d1 - d0)


def test_white_paper_is_no_reflection() -> None:
    assert measured(colour(page(150), (255, 255, 255))).spots == ()


def test_writing_cut_by_the_frame_is_missed_and_a_cut_margin_is_not() -> None:
    height, width = photo().shape[:2]
    through_writing = measured(photo()[: height // 2, :width])
    through_margin = measured(photo()[:, : width - 140])
    assert through_writing.measures["missing"] > 0.02
    assert through_margin.measures["missing"] < 0.02


def test_of_a_whole_frame_nothing_is_known_to_be_missing() -> None:
    assert measured(page(100)).measures["missing"] == 0.0


def test_a_photographed_monitor_shows_its_grid_and_paper_does_not() -> None:
    sheet = colour(page(150), (235, 240, 240))
    screen = faults.on_screen(sheet, Random(4), screen_px=700, long_side=1700)
    seen = measured(screen.pixels).measures["screen"]
    assert seen > good().measures["screen"] + 1.2


def test_the_blocks_of_a_jpeg_are_no_grid() -> None:
    ok, data = cv2.imencode(".jpg", photo(), [cv2.IMWRITE_JPEG_QUALITY, 35])
    assert ok
    packed = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
    strength = grid_strength(packed, good().place)
    assert strength is not None
    assert strength < 2.6


def test_a_picture_too_small_for_the_grid_has_no_such_measure() -> None:
    tiny = np.asarray(cv2.resize(photo(), (160, 220), interpolation=cv2.INTER_AREA), np.uint8)
    assert "screen" not in measured(tiny).measures


def test_a_scan_without_writing_has_neither_letters_nor_edges() -> None:
    measures = measured(np.full((900, 700), 240, np.uint8)).measures
    assert measures["letters"] == 0
    assert "crispness" not in measures
