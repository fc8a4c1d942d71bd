"""Which way is up by Tesseract's own guess, with the program itself as the oracle."""

from __future__ import annotations

import numpy as np
import pytesseract
import pytest
from numpy.typing import NDArray

from pipeline.imaging.osd import upside_down_by_osd
from tests.making.lines_of_text import Sheet


@pytest.fixture(scope="module")
def page() -> NDArray[np.uint8]:
    sheet = Sheet((1200, 900))
    for n in range(10):
        sheet.text((80, 90 + 80 * n), "Commune of birth, day and hour, names of both parents", size=34)
    return np.asarray(sheet.image.convert("L"), np.uint8)


def test_a_page_is_told_from_the_same_page_upside_down(page: NDArray[np.uint8]) -> None:
    assert upside_down_by_osd(page) is False
    assert upside_down_by_osd(np.ascontiguousarray(page[::-1, ::-1])) is True


def test_the_program_says_the_same(page: NDArray[np.uint8]) -> None:
    told = pytesseract.image_to_osd(page, config="--dpi 150 -c min_characters_to_try=12")
    assert "Rotate: 0" in told


def test_nothing_is_said_of_a_page_without_letters() -> None:
    assert upside_down_by_osd(np.full((900, 700), 255, np.uint8)) is None
