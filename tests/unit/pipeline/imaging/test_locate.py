"""What lies on a dark ground: a sheet is no card, though its shape is nearly a card's."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from pipeline.imaging.edges import Outline, Side
from pipeline.imaging.locate import _leaves_paper, _overview, frame_itself, locate_regions
from pipeline.imaging.warp import Shrunk
from tests.making.sheets import Pixels, page

MARGIN = 120  # pixels of dark ground around what lies on it


def on_dark_ground(width_mm: float, height_mm: float, dpi: int) -> Pixels:
    """A light sheet of this size with lines of text."""
    width, height = round(width_mm / 25.4 * dpi), round(height_mm / 25.4 * dpi)
    scan = np.full((height + 2 * MARGIN, width + 2 * MARGIN, 3), (75, 70, 70), np.uint8)
    sheet = np.full((height, width, 3), (238, 244, 246), np.uint8)
    text = page(dpi)[:height, :width, None]
    sheet[: text.shape[0], : text.shape[1]] = np.minimum(sheet[: text.shape[0], : text.shape[1]], text)
    scan[MARGIN : MARGIN + height, MARGIN : MARGIN + width] = sheet
    return scan


@pytest.mark.parametrize("size", [(210.0, 330.0), (330.0, 210.0)], ids=["standing", "lying"])
def test_a_sheet_of_nearly_a_cards_shape_is_a_page_of_its_own_resolution(size: tuple[float, float]) -> None:
    (region,) = locate_regions(on_dark_ground(*size, 150), 150.0)
    assert (region.kind, region.whole) == ("page", False)
    assert region.dpi == pytest.approx(150)
    assert [side / 150 * 25.4 for side in region.size] == pytest.approx(size, rel=0.01)


def test_a_card_of_a_cards_size_is_still_a_card() -> None:
    (region,) = locate_regions(on_dark_ground(85.6, 53.98, 300), 300.0)
    assert region.kind == "card"
    assert region.dpi == pytest.approx(300, rel=0.02)


def test_what_has_a_cards_shape_is_a_sheet_where_no_cards_are_looked_for() -> None:
    (region,) = locate_regions(on_dark_ground(85.6, 53.98, 300), 300.0, cards_too=False)
    assert (region.kind, region.dpi) == ("page", 300.0)


def test_a_sheet_on_grained_wood_is_found_by_its_edge_and_not_by_the_frame_printed_near_it() -> None:
    rng = np.random.default_rng(7)
    grain = cv2.resize(rng.normal(0, 45, (60, 60)).astype(np.float32), (1000, 750), interpolation=cv2.INTER_CUBIC)
    scan = np.clip(grain[:, :, None] + np.array((88, 108, 132), np.float32), 0, 255)
    corners = ((100, 98), (892, 100), (890, 661), (104, 659))
    cv2.fillConvexPoly(scan, np.array(corners, np.int32), (212, 226, 230))
    inner = np.array(((108, 106), (884, 108), (882, 653), (112, 651)), np.int32)
    cv2.polylines(scan, [inner], True, (40, 40, 150), 2)
    blurred = cv2.GaussianBlur(scan, (0, 0), 0.8).astype(np.uint8)
    (region,) = locate_regions(blurred, 150.0)
    assert np.abs(np.array(region.quad) - np.array(corners)).max() < 3


@pytest.mark.parametrize(("beyond", "left"), [(78.0, True), (40.0, False)], ids=["paper", "table"])
def test_a_side_beyond_which_much_looks_like_the_sheet_itself_is_no_edge(beyond: float, left: bool) -> None:
    lab = np.full((1000, 700, 3), (80.0, 0.0, 0.0), np.float32)
    lab[800:, :, 0] = beyond
    corners = ((5.0, 5.0), (695.0, 5.0), (695.0, 800.0), (5.0, 800.0))
    top, right, bottom, west = (
        Side(start=a, end=b, support=0.5, difference=8.0, inside_lighter=5.0, beyond=8.0, cut=False)
        for a, b in zip(corners, (*corners[1:], corners[0]), strict=True)
    )
    view = replace(_overview(Shrunk(np.full((1000, 700, 3), 200, np.uint8)), frame_itself(700, 1000, 100.0)), lab=lab)
    assert _leaves_paper(view, Outline(corners, (top, right, bottom, west))) is left


def test_a_thick_printed_frame_is_not_taken_for_the_papers_edges() -> None:
    scan = np.full((1169, 827, 3), (225, 240, 250), np.uint8)
    text = page(100)[:1169, :827, None]
    scan[: text.shape[0], : text.shape[1]] = np.minimum(scan[: text.shape[0], : text.shape[1]], text)
    cv2.rectangle(scan, (44, 44), (783, 1125), (40, 30, 200), 7)
    scan[:, :9] = scan[:6] = (30, 28, 28)  # of a lid that was left open
    (region,) = locate_regions(scan, 100.0)
    assert region.whole
