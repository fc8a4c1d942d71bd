"""The mark of conversion: outside the scan, upright however the scan lies, readable by eye, by search and by camera."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

import numpy as np
import pikepdf
import pypdfium2
import pytest
import zxingcpp
from numpy.typing import NDArray

from pipeline.domain.geometry import rectangle
from pipeline.domain.model import PageImage
from pipeline.records.archival import TextSpan, make_archival_pdf
from pipeline.records.copies import Mark, with_mark
from tests.making.pdf_a import broken_clauses

MARK = Mark(
    office="UBND phường Mẫu, thành phố Hà Nội",
    at=datetime(2026, 11, 29, 18, 5, 9, tzinfo=UTC),
    converter="Nguyễn Thị Lưu Trữ",
    holding_code="HT-ABCDEFGHIJKLMNOP",
    copy_code="BS-QRSTUVWXYZ234567",
    link="https://sohoa.example.vn/kiem-tra/BS-QRSTUVWXYZ234567",
)


@cache
def copy_of(rotation: int, *, pages: int = 1, dpi: float = 72.0) -> bytes:
    """An archival copy of a page that is dark at its upper edge when it is shown."""
    shown = np.full((600, 420, 3), 245, np.uint8)
    shown[:60] = (90, 20, 20)
    pixels = np.ascontiguousarray(np.rot90(shown, rotation // 90))
    page = PageImage(number=1, pixels=pixels, dpi=dpi)
    span = TextSpan(text="Họ và tên", box=rectangle(100, 100, 200, 120))
    stream = io.BytesIO()
    make_archival_pdf(stream, [(page, [span], rotation)] * pages, identifier="sha256:" + "0" * 64)
    return stream.getvalue()


def shown(pdf: bytes, number: int = 0, scale: float = 2.0) -> NDArray[np.uint8]:
    return np.asarray(pypdfium2.PdfDocument(pdf)[number].render(scale=scale).to_numpy(), dtype=np.uint8)


def text(pdf: bytes, number: int = 0) -> str:
    return str(pypdfium2.PdfDocument(pdf)[number].get_textpage().get_text_range())


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_the_mark_stands_above_the_scan_however_it_lies(rotation: int) -> None:
    before, after = shown(copy_of(rotation)), shown(with_mark(copy_of(rotation), MARK).pdf)
    band = after.shape[0] - before.shape[0]
    assert after.shape[1] == before.shape[1]
    assert band > 100
    assert np.abs(after[band:].astype(int) - before).mean() < 0.5
    (code,) = zxingcpp.read_barcodes(after[:band])
    assert (code.text, abs(code.orientation)) == (MARK.link, 0)


def test_everything_that_the_mark_says_can_be_searched_for() -> None:
    words = text(with_mark(copy_of(0), MARK).pdf)
    said = ("BẢN SỐ HÓA", MARK.office, "2026-11-30T01:05:09+07:00", MARK.converter, MARK.holding_code, MARK.copy_code)
    assert [one for one in said if one not in words] == []
    assert "Họ và tên" in words
    assert "THỬ NGHIỆM" not in words


def test_a_copy_for_trial_says_so_on_every_page() -> None:
    pdf = with_mark(copy_of(0, pages=2), replace(MARK, trial=True)).pdf
    assert "THỬ NGHIỆM, KHÔNG CÓ GIÁ TRỊ PHÁP LÝ / TEST, NOT VALID" in text(pdf)
    assert "THỬ NGHIỆM / TEST" in text(pdf, 1)


def test_further_pages_say_which_copy_they_are_of() -> None:
    pdf = with_mark(copy_of(90, pages=3), MARK).pdf
    assert f"{MARK.holding_code} · {MARK.copy_code} · 3/3" in text(pdf, 2)


def test_long_names_are_written_smaller_and_stay_on_the_page() -> None:
    office = "Ủy ban nhân dân phường " + "Văn Miếu - Quốc Tử Giám " * 8
    pdf = with_mark(copy_of(0), replace(MARK, office=office.strip())).pdf
    assert office.strip() in text(pdf).replace("\r\n", " ")
    assert (shown(pdf)[:100, :6] > 200).all()


def test_a_card_as_small_as_a_card_gets_its_mark() -> None:
    pdf = with_mark(copy_of(0, dpi=200.0), MARK).pdf
    assert MARK.copy_code in text(pdf)
    assert zxingcpp.read_barcodes(shown(pdf, scale=6.0))[0].text == MARK.link


def test_letters_that_the_font_has_not_do_not_stop_a_copy() -> None:
    assert "Lý ?" in text(with_mark(copy_of(0), replace(MARK, converter="Lý 李\u0007\n")).pdf)


def test_pictures_go_into_the_copy_as_they_are() -> None:
    def pictures(pdf: bytes) -> list[bytes]:
        with pikepdf.open(io.BytesIO(pdf)) as opened:
            return [bytes(one.read_raw_bytes()) for page in opened.pages for one in page.get_images().values()]

    assert pictures(with_mark(copy_of(0), MARK).pdf) == pictures(copy_of(0))


def test_the_same_mark_gives_the_same_bytes() -> None:
    assert with_mark(copy_of(0), MARK) == with_mark(copy_of(0), MARK)


@pytest.mark.parametrize("rotation", [0, 270])
def test_a_marked_copy_follows_pdf_a(rotation: int) -> None:
    assert broken_clauses(copy_of(rotation, pages=2)) == []
    assert broken_clauses(with_mark(copy_of(rotation, pages=2), MARK).pdf) == []
