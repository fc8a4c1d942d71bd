"""Cards copied onto a sheet: each is an image of its own, however large and faint it was printed."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from pipeline.domain.geometry import Point
from pipeline.imaging.copied_cards import copied_cards
from pipeline.imaging.locate import locate_regions
from pipeline.imaging.regions import Region, side_lengths
from tests.making.sheets import TEXT, Pixels, font

A4 = (1654, 2339)  # 200 dpi
RATIO = 85.6 / 53.98


def _card(width: int, *, line: int = 120, round_corners: bool = True) -> Image.Image:
    """A white card with nothing but a thin outline around its writing."""
    height = round(width / RATIO)
    card = Image.new("L", (width + 8, height + 8), 255)
    draw = ImageDraw.Draw(card)
    radius = 0.037 * width if round_corners else 0.0
    draw.rounded_rectangle((4, 4, width + 3, height + 3), radius, outline=line, width=2)
    size = round(0.035 * width)
    for row in range(8):
        draw.text((0.3 * width, (0.1 + 0.1 * row) * height), TEXT[row][:34], fill=20, font=font(size))
    draw.rectangle((0.06 * width, 0.35 * height, 0.26 * width, 0.8 * height), fill=190)
    return card


def _sheet(card: Image.Image, *places: tuple[int, int, float]) -> Pixels:
    """Copies of the card on a white A4 sheet: middle, and degrees of lean."""
    sheet = Image.new("L", A4, 255)
    for x, y, lean in places:
        leaning = card.rotate(lean, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC)
        sheet.paste(leaning, (x - leaning.width // 2, y - leaning.height // 2))
    return np.array(sheet)


def _middle(region: Region) -> Point:
    xs, ys = zip(*region.quad, strict=True)
    return sum(xs) / 4, sum(ys) / 4


@pytest.mark.parametrize(
    ("width", "line", "dpi"),
    [(674, 120, 200.0), (674, 120, None), (1250, 60, 200.0), (480, 60, 200.0), (674, 215, 200.0)],
    ids=["true size", "of unknown resolution", "enlarged", "reduced", "faint"],
)
def test_copies_of_cards_are_found_by_their_outlines(width: int, line: int, dpi: float | None) -> None:
    places = [(827, 500, 0.0), (820, 1500, 1.5)]
    regions = locate_regions(_sheet(_card(width, line=line), *places), dpi)
    assert [r.kind for r in regions] == ["card", "card"]
    for region, (x, y, _) in zip(regions, places, strict=True):
        assert math.dist(_middle(region), (x, y)) < 5
        assert max(side_lengths(region.quad)) == pytest.approx(width, rel=0.03)


def test_four_cards_of_one_sheet_are_four_images() -> None:
    places = [(430, 500, -1.0), (1230, 510, 1.0), (430, 1200, 2.0), (1230, 1210, 0.0)]
    regions = locate_regions(_sheet(_card(674), *places), 200.0)
    assert [r.kind for r in regions] == ["card"] * 4


def test_a_card_copied_lying_down_is_found() -> None:
    (region,) = locate_regions(_sheet(_card(674), (800, 900, 90.0)), 200.0)
    assert region.kind == "card"
    width, height = side_lengths(region.quad)
    assert height > width


def test_a_letter_with_a_copied_card_in_its_corner_stays_a_page() -> None:
    sheet = Image.fromarray(_sheet(_card(480), (400, 1900, 0.0)))
    draw = ImageDraw.Draw(sheet)
    for row in range(24):
        draw.text((150, 100 + 60 * row), TEXT[row % len(TEXT)] * 2, fill=20, font=font(36))
    assert [r.kind for r in locate_regions(np.array(sheet), 200.0)] == ["page"]


def test_a_forms_frame_of_a_cards_shape_is_no_card() -> None:
    lying = Image.new("L", (A4[1], A4[0]), 255)
    frame = _card(2180, round_corners=False)
    lying.paste(frame, (75, 150))
    assert [r.kind for r in locate_regions(np.array(lying), 200.0)] == ["page"]


def test_an_empty_box_of_a_cards_shape_is_no_card() -> None:
    sheet = Image.new("L", A4, 255)
    ImageDraw.Draw(sheet).rounded_rectangle((300, 600, 1200, 1167), 33, outline=60, width=2)
    assert [r.kind for r in locate_regions(np.array(sheet), 200.0)] == ["page"]


def test_a_copy_whose_outline_faded_is_cut_out_beside_one_whose_outline_did_not() -> None:
    sheet = _sheet(_card(674), (827, 500, 0.0))
    faded = _sheet(_card(674, line=255), (827, 1400, 0.0))
    regions = locate_regions(np.minimum(sheet, faded), 200.0)
    assert [r.kind for r in regions] == ["card", "card"]
    assert math.dist(_middle(regions[1]), (827, 1400)) < 30


def _lab(sheet: Image.Image) -> NDArray[np.float32]:
    """The sheet as `copied_cards` wants it: some 1000 pixels high, lightness first."""
    small = np.array(sheet.resize((707, 1000), Image.Resampling.BOX), np.float32) / 2.55
    return np.dstack([small, np.zeros_like(small), np.zeros_like(small)])


def test_a_ruled_box_on_a_page_that_is_written_all_over_is_no_card() -> None:
    sheet = Image.fromarray(_sheet(_card(1250), (827, 1000, 0.0)))
    assert len(copied_cards(_lab(sheet), 85.0)) == 1
    draw = ImageDraw.Draw(sheet)
    for row in range(14):
        draw.text((160, 1480 + 55 * row), TEXT[row % 8][:60], fill=20, font=font(34))
        draw.text((160, 20 + 38 * row), TEXT[(row + 3) % 8][:60], fill=20, font=font(30))
    assert copied_cards(_lab(sheet), 85.0) == []


def _photographed(sheet: Pixels, shape: float) -> Pixels:
    """The sheet on a dark table, its height so many times its width: what is seen aslant is not as long as it is."""
    width = round(A4[1] / shape)
    seen = cv2.copyMakeBorder(cv2.resize(sheet, (width, A4[1])), 200, 200, 200, 200, cv2.BORDER_CONSTANT, value=60)
    return np.asarray(seen, np.uint8)


@pytest.mark.parametrize("shape", [RATIO, 1.31, 1.52], ids=["as a card has", "too short", "too long"])
def test_cards_are_found_on_a_photographed_sheet_of_whatever_shape_it_seems(shape: float) -> None:
    sheet = _sheet(_card(674), (600, 400, 0.0), (1000, 1100, 0.0), (700, 1800, 0.0))
    assert [r.kind for r in locate_regions(_photographed(sheet, shape), None)] == ["card"] * 3
