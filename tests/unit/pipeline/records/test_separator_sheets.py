"""The sheets that are printed are the sheets that are understood: drawn, scanned badly, read by their codes."""

from __future__ import annotations

import io
from functools import cache

import cv2
import numpy as np
import pikepdf
import pytest
from numpy.typing import NDArray

from pipeline.codes import Separator, parse_separator, read_codes
from pipeline.domain.geometry import Transform
from pipeline.domain.model import UprightImage
from pipeline.records.separator_sheets import write_separator_sheets
from pipeline.records.separator_sheets.draw import separator_sheet

BOOKS = ("", "HK-0123", "Sổ hộ khẩu xã Thí Dụ 2014", "ữ" * 80)


def scanned(sheet: NDArray[np.uint8], dpi: int) -> UprightImage:
    """The sheet as an old scanner gives it: small, a little askew, grey and grainy."""
    small = cv2.resize(sheet, None, fx=dpi / 300, fy=dpi / 300, interpolation=cv2.INTER_AREA)
    height, width = small.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), 1.5, 1.0)
    askew = cv2.warpAffine(small, turn, (width, height), borderValue=250).astype(np.float32)
    grain = np.random.default_rng(7).normal(0, 6, askew.shape)
    grey = np.clip(0.9 * askew + 10 + grain, 0, 255).astype(np.uint8)
    return UprightImage(
        page=1, part=1, colour=np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), np.uint8), dpi=dpi,
        to_scan=Transform.identity(), kind="page", rotation=0, skew_deg=0.0, blank=False,
    )  # fmt: skip


@cache
def printed(book: str) -> NDArray[np.uint8]:
    return separator_sheet(Separator(book=book))


@pytest.mark.parametrize("dpi", [100, 150, 200, 300])
@pytest.mark.parametrize("book", BOOKS)
def test_a_printed_sheet_says_what_it_was_printed_to_say(book: str, dpi: int) -> None:
    codes = read_codes(scanned(printed(book), dpi))
    assert {code.symbology for code in codes} == {"QRCode", "Code128"}
    assert parse_separator(*(code.text for code in codes)) == Separator(book=book)


def test_the_same_sheets_are_the_same_bytes() -> None:
    first, second = io.BytesIO(), io.BytesIO()
    for stream in (first, second):
        write_separator_sheets(stream, Separator(book="HK-0123"), count=3)
    assert first.getvalue() == second.getvalue()
    with pikepdf.open(first) as pdf:
        assert len(pdf.pages) == 3


def test_no_sheet_is_no_file() -> None:
    with pytest.raises(ValueError, match="needs a page"):
        write_separator_sheets(io.BytesIO(), Separator(), count=0)
