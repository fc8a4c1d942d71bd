"""What lies on a dark ground: a sheet is no card, though its shape is nearly a card's."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.imaging.locate import locate_regions
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


def test_a_thick_printed_frame_is_not_taken_for_the_papers_edges() -> None:
    scan = np.full((1169, 827, 3), (225, 240, 250), np.uint8)
    text = page(100)[:1169, :827, None]
    scan[: text.shape[0], : text.shape[1]] = np.minimum(scan[: text.shape[0], : text.shape[1]], text)
    cv2.rectangle(scan, (44, 44), (783, 1125), (40, 30, 200), 7)
    scan[:, :9] = scan[:6] = (30, 28, 28)  # of a lid that was left open
    (region,) = locate_regions(scan, 100.0)
    assert region.whole
