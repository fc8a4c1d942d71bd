"""Writing of the other side shows through thin paper; pale writing of this side does not. All people are invented."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import pytest

from ocr_models.readers import load_readers
from pipeline.domain.model import Colour, PageImage
from pipeline.read_page import Readers, ReadPage, read_page
from pipeline.show_through import SHOW_THROUGH
from tests.making.lines_of_text import Sheet

FRONT = (
    "Họ và tên: Lê Thị Bình",
    "Ngày sinh: 03/02/1985",
    "Dân tộc: Kinh",
    "Quốc tịch: Việt Nam",
    "Nghề nghiệp: Bác sĩ",
)
BACK = ("Họ và tên người mẹ", "Nơi thường trú", "Số đăng ký khai sinh", "Nơi đăng ký", "Ngày đăng ký khai sinh")
PALE = 180


@cache
def readers() -> Readers:
    return load_readers()


def written(texts: tuple[str, ...], *, left: float, level: int = 25, font: str = "tinos-400-normal") -> Colour:
    sheet = Sheet(size=(1500, 900), paper=(250, 250, 250))
    for n, text in enumerate(texts):
        sheet.text((left, 150 + 150 * n), text, font=font, colour=(level, level, level))
    return sheet.pixels(noise=0.0)


def read(*layers: Colour) -> ReadPage:
    """One page with everything that is written on all of them."""
    darkest = np.minimum.reduce([cv2.cvtColor(layer, cv2.COLOR_BGR2GRAY) for layer in layers])
    return read_page(PageImage(number=1, pixels=np.asarray(darkest, np.uint8), dpi=300), readers())


def said(page: ReadPage) -> set[str]:
    return {line.text for image in page.images for line in image.lines if line.text.strip()}


@pytest.mark.parametrize("level", [PALE, 205])  # the paler one is deepened with the page
def test_writing_of_the_other_side_is_no_text_of_this_one_and_is_told(level: int) -> None:
    through = written(BACK, left=80, level=level)[:, ::-1]
    page = read(written(FRONT, left=80), through)
    assert said(page) == set(FRONT)
    assert SHOW_THROUGH in page.report.findings


@pytest.mark.parametrize("font", ["tinos-400-normal", "charm-400-normal"])
def test_pale_writing_of_this_side_is_kept(font: str) -> None:
    page = read(written(FRONT, left=80), written(BACK, left=850, level=PALE, font=font))
    assert len(said(page)) == len(FRONT) + len(BACK)
    assert SHOW_THROUGH not in page.report.findings


def test_mirrored_writing_as_dark_as_this_sides_is_somebodys_and_kept() -> None:
    page = read(written(FRONT, left=80), written(BACK, left=80)[:, ::-1])
    assert len(said(page)) == len(FRONT) + len(BACK)
