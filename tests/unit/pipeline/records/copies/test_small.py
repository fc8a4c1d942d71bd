"""Light copies: near 100 kB for an A4, still to be read, still PDF/A, and nothing lightened that need not be."""

from __future__ import annotations

import io
import subprocess
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pikepdf
import pypdfium2
import pytest
from numpy.typing import NDArray

from pipeline.domain.model import PageImage
from pipeline.records.archival import make_archival_pdf
from pipeline.records.copies import with_mark
from pipeline.records.copies.small import made_small
from tests.making.desk_home import CERTIFICATE, SAMPLES, archival_of
from tests.making.pdf_a import broken_clauses
from tests.unit.pipeline.records.copies.test_mark import MARK


@cache
def light() -> bytes:
    return made_small(archival_of())


def shown(pdf: bytes, scale: float = 2.0) -> NDArray[np.uint8]:
    return np.asarray(pypdfium2.PdfDocument(pdf)[0].render(scale=scale, grayscale=True).to_numpy(), dtype=np.uint8)


def by_poppler(pdf: bytes, folder: Path) -> NDArray[np.uint8]:
    (folder / "a.pdf").write_bytes(pdf)
    subprocess.run(["pdftoppm", "-r", "72", "-gray", "-singlefile", "-png", "a.pdf", "a"], cwd=folder, check=True)
    read = cv2.imread(str(folder / "a.png"), cv2.IMREAD_GRAYSCALE)
    return np.asarray(read, dtype=np.uint8)


def picture_of(pdf: bytes) -> pikepdf.Stream:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return bytes(next(iter(opened.pages[0].get_images().values())).read_raw_bytes())


def copy_of(pixels: NDArray[np.uint8], dpi: float) -> bytes:
    stream = io.BytesIO()
    make_archival_pdf(stream, [(PageImage(number=1, pixels=pixels, dpi=dpi), (), 0)], identifier="x")
    return stream.getvalue()


def test_an_a4_is_near_100_kb_with_its_mark() -> None:
    assert 80_000 < len(with_mark(light(), MARK).pdf) < 105_000
    assert len(archival_of()) > 500_000


def test_its_letters_stand_where_they_stood_and_as_dark() -> None:
    before, after = (shown(pdf).astype(np.int16) for pdf in (archival_of(), light()))
    ink = cv2.erode((before < 110).astype(np.uint8), np.ones((2, 2), np.uint8)) > 0  # strokes, not their edges
    paper = before > 210
    assert ink.sum() > 2000
    assert np.median(after[ink]) < 110
    assert np.median(after[paper]) > 200


def test_its_text_is_still_there() -> None:
    words = pypdfium2.PdfDocument(light())[0].get_textpage().get_text_range()
    assert "ĐÀM MAI HIỀN" in words


def test_it_follows_pdf_a_and_two_programs_draw_the_same(tmp_path: Path) -> None:
    assert broken_clauses(light()) == []
    one, other = by_poppler(light(), tmp_path), shown(light(), 1.0)
    assert one.shape == other.shape
    assert np.abs(one.astype(int) - other).mean() < 6


def test_a_black_and_white_page_and_a_light_one_stay_as_they_are() -> None:
    noise = np.random.default_rng(3).integers(0, 2, (3000, 2000), dtype=np.uint8) * np.uint8(255)
    bilevel = copy_of(noise, 250.0)
    assert len(picture_of(bilevel)) > 200_000
    assert picture_of(made_small(bilevel)) == picture_of(bilevel)
    plain = copy_of(np.full((600, 400, 3), 230, np.uint8), 100.0)
    assert picture_of(made_small(plain)) == picture_of(plain)


@pytest.mark.parametrize("gray", [True, False])
def test_a_page_is_reduced_to_150_dots_an_inch_and_never_enlarged(gray: bool) -> None:
    noise = np.random.default_rng(3).integers(100, 255, (600, 400) if gray else (600, 400, 3), dtype=np.uint8)
    for dpi, expected in ((300.0, (200, 300)), (120.0, (400, 600))):
        with pikepdf.open(io.BytesIO(made_small(copy_of(noise, dpi)))) as opened:
            [picture] = opened.pages[0].get_images().values()
            assert (int(picture.Width), int(picture.Height)) == expected
            assert broken_clauses(made_small(copy_of(noise, dpi))) == []


def test_the_same_copy_is_made_light_into_the_same_bytes() -> None:
    assert made_small(archival_of()) == light()


def test_an_archival_copy_of_a_jpeg_is_hardly_larger_than_the_scan() -> None:
    scan = (SAMPLES / CERTIFICATE).read_bytes()
    assert picture_of(archival_of()) == scan
    assert len(archival_of()) <= 1.1 * len(scan)
    assert len(with_mark(archival_of(), MARK).pdf) <= 1.1 * len(scan)
