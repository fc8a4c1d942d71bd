"""Frames of dots and dashes leave the ink; letters and dotted leaders stay."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.domain.recognition import Gray
from pipeline.layout import find_layout
from pipeline.layout.components import find_components
from pipeline.layout.frames import without_frames
from tests.making.lines_of_text import Sheet

WIDTH, HEIGHT, RIM, CORNER = 1500, 2100, 60, 40
TEXTS = ("Họ và tên: Lê Thị Mẫu", "Dân tộc: Kinh", "Nơi sinh: xã Vân Hà, Đông Anh", "1. i l I 1 - - - . . .")
FRAMES = pytest.mark.parametrize(
    ("mark", "gap", "thick"),
    [(36, 24, 9), (24, 12, 24), (12, 12, 12), (12, 6, 12)],
    ids=["dashes", "squares", "dots", "close dots"],
)


def page() -> Sheet:
    sheet = Sheet(size=(WIDTH, HEIGHT))
    for n in range(16):
        sheet.text((180, 240 + 100 * n), TEXTS[n % len(TEXTS)])
    return sheet


def ink_of(sheet: Sheet) -> Gray:
    dark = np.asarray(sheet.image)[:, :, 0] < 128
    return dark.astype(np.uint8) * 255


def framed(ink: Gray, mark: int, gap: int, thick: int) -> Gray:
    """The ink with a frame of marks that are `mark` long and `gap` apart."""
    found = ink.copy()
    for at in range(RIM + CORNER, WIDTH - RIM - CORNER - mark, mark + gap):
        found[RIM : RIM + thick, at : at + mark] = 255
        found[HEIGHT - RIM - thick : HEIGHT - RIM, at : at + mark] = 255
    for at in range(RIM + CORNER, HEIGHT - RIM - CORNER - mark, mark + gap):
        found[at : at + mark, RIM : RIM + thick] = 255
        found[at : at + mark, WIDTH - RIM - thick : WIDTH - RIM] = 255
    return found


def cleaned(ink: Gray) -> Gray:
    return without_frames(ink, find_components(ink), dpi=300)


@FRAMES
def test_a_frame_is_erased_and_nothing_else_is(mark: int, gap: int, thick: int) -> None:
    ink = ink_of(page())
    assert np.array_equal(cleaned(framed(ink, mark, gap, thick)), ink)


def test_a_frames_marks_are_no_segments() -> None:
    sheet = page()
    for at in range(RIM + CORNER, HEIGHT - RIM - CORNER, 60):
        sheet.line(RIM, at, RIM, at + 30, width=9)
        sheet.line(WIDTH - RIM, at, WIDTH - RIM, at + 30, width=9)
    plain, found = find_layout(page().upright()), find_layout(sheet.upright())
    assert [s.row for s in found.segments] == [s.row for s in plain.segments]


def test_a_frame_that_leans_a_little_is_erased() -> None:
    ink = np.zeros((HEIGHT, WIDTH), np.uint8)
    for at in range(100, WIDTH - 160, 40):
        for rim in (RIM, HEIGHT - RIM - 40):
            top = rim + round(0.01 * at)
            ink[top : top + 10, at : at + 24] = 255
    for at in range(RIM + 20, HEIGHT - RIM - 60, 40):
        for rim in (RIM, WIDTH - RIM - 40):
            left = rim + round(0.01 * at)
            ink[at : at + 24, left : left + 10] = 255
    assert not cleaned(ink).any()


def test_a_page_without_a_frame_gives_back_the_same_picture() -> None:
    ink = ink_of(page())
    assert cleaned(ink) is ink


def test_equal_letters_below_one_another_are_no_frame() -> None:
    sheet = Sheet(size=(WIDTH, HEIGHT))
    for n in range(26):
        sheet.text((180, 200 + 70 * n), "i")
    ink = ink_of(sheet)
    assert cleaned(ink) is ink


def test_a_few_marks_in_a_row_are_no_frame() -> None:
    ink = np.zeros((HEIGHT, WIDTH), np.uint8)
    for at in range(200, 200 + 15 * 60, 60):
        ink[300:309, at : at + 36] = 255
    assert cleaned(ink) is ink


def test_marks_in_a_row_that_goes_over_a_small_part_of_the_page_are_no_frame() -> None:
    ink = np.zeros((HEIGHT, WIDTH), np.uint8)
    for at in range(200, 650, 18):
        ink[300:310, at : at + 10] = 255
    assert cleaned(ink) is ink


def test_a_leader_whose_dots_stand_well_apart_is_still_found_as_a_leader() -> None:
    sheet = page()
    sheet.dots(180, 1320, 2000, pitch=18)
    (leader,) = find_layout(sheet.upright()).leaders
    assert (leader.box[0], leader.box[2]) == pytest.approx((180, 1320), abs=25)
