"""Stamps over writing: found on any paper, parted where they touch, and taken out of what stands under them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.layout.seals import find_seals, see_through

DPI = 200.0
MM = DPI / 25.4
WHITE, PINK = (252, 252, 252), (208, 205, 243)  # blue, green, red
Sheet = NDArray[np.uint8]


def written(paper: tuple[int, int, int]) -> Sheet:
    """Rows of black bars, as strokes of letters."""
    sheet = np.full((900, 1100, 3), paper, np.uint8)
    for x in range(100, 1000, 24):
        sheet[200:700:60, x : x + 5] = 25
        for y in range(200, 700, 60):
            sheet[y : y + 26, x : x + 5] = 25
    return sheet


def stamped(sheet: Sheet, *middles: tuple[int, int]) -> Sheet:
    """Red rings laid over the sheet one after the other, as inks lie."""
    for middle in middles:
        veil = np.full_like(sheet, 255)
        for radius, width in ((18.0, 0.9), (16.2, 0.35), (10.0, 0.35)):
            cv2.circle(veil, middle, round(radius * MM), (90, 60, 210), max(1, round(width * MM)), cv2.LINE_AA)
        sheet = np.asarray(cv2.multiply(sheet, veil, scale=1 / 255), np.uint8)
    return sheet


def middles(sheet: Sheet) -> list[tuple[float, float]]:
    return sorted(((s.box[0] + s.box[2]) / 2, (s.box[1] + s.box[3]) / 2) for s in find_seals(sheet, dpi=DPI))


@pytest.mark.parametrize("paper", [WHITE, PINK], ids=["white", "pink"])
@pytest.mark.parametrize("at", [((400, 420),), ((400, 420), (590, 500))], ids=["one", "two that touch"])
def test_a_stamp_is_found_and_what_is_written_under_it_stays_alone(
    paper: tuple[int, int, int], at: tuple[tuple[int, int], ...]
) -> None:
    sheet = stamped(written(paper), *at)
    found = middles(sheet)
    assert len(found) == len(at)
    assert np.abs(np.subtract(found, at)).max() < 1.2 * MM
    grey = np.asarray(cv2.cvtColor(sheet, cv2.COLOR_BGR2GRAY), np.uint8)
    clear = see_through(grey, sheet, find_seals(sheet, dpi=DPI), dpi=DPI)
    ink = cv2.cvtColor(written(paper), cv2.COLOR_BGR2GRAY) < 60
    ring = np.zeros(grey.shape, np.uint8)
    for middle in at:
        cv2.circle(ring, middle, round(18 * MM), 1, round(0.7 * MM))
    bare = (ring > 0) & ~cv2.dilate(ink.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)
    assert np.percentile(clear[bare], 2) > 200
    assert np.percentile(clear[(ring > 0) & ink], 98) < 90


def test_blue_pen_under_a_red_stamp_stays() -> None:
    sheet = np.full((900, 1100, 3), WHITE, np.uint8)
    sheet[300:306, 200:800] = (150, 60, 40)
    clear = see_through(
        np.zeros((900, 1100), np.uint8),
        stamped(sheet, (400, 400)),
        find_seals(stamped(sheet, (400, 400)), dpi=DPI),
        dpi=DPI,
    )
    assert clear[300:306, 300:500].max() < 130


def test_a_red_heading_on_pink_paper_is_no_stamp() -> None:
    sheet = np.full((900, 1100, 3), PINK, np.uint8)
    cv2.putText(sheet, "GIAY KHAI SINH", (150, 300), cv2.FONT_HERSHEY_TRIPLEX, 2.5, (40, 30, 190), 6)
    assert find_seals(sheet, dpi=DPI) == ()


def test_a_red_field_is_no_stamp() -> None:
    sheet = written(WHITE)
    sheet[450:880, 100:1000] = (120, 110, 225)
    assert find_seals(sheet, dpi=DPI) == ()


def red_rules(*, left: tuple[int, int, int], right: tuple[int, int, int]) -> Sheet:
    """A table ruled and labelled in red; of the right part light has taken the colour."""
    sheet = np.full((900, 1100, 3), WHITE, np.uint8)
    for colour, x0, x1 in ((left, 100, 360), (right, 360, 1000)):
        for y in range(200, 520, 40):
            cv2.line(sheet, (x0, y), (x1, y), colour, 3)
        for x in (x0, x1):
            cv2.line(sheet, (x, 200), (x, 480), colour, 3)
    for y in range(200, 480, 40):
        cv2.putText(sheet, "(1) Ho va ten", (110, y + 30), cv2.FONT_HERSHEY_SIMPLEX, 0.8, left, 2)
    return sheet


def test_a_part_of_a_table_printed_in_red_is_no_stamp() -> None:
    assert find_seals(red_rules(left=(60, 50, 160), right=(200, 195, 225)), dpi=DPI) == ()


def test_a_stamp_over_pale_red_rules_is_found() -> None:
    sheet = stamped(red_rules(left=(205, 200, 228), right=(205, 200, 228)), (400, 340))
    assert np.abs(np.subtract(middles(sheet), [(400, 340)])).max() < 1.2 * MM
