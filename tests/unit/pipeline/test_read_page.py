"""A page's images become read lines with their places; what has been read needs its pixels no more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from pipeline import read_page as reading
from pipeline.domain.geometry import Transform
from pipeline.domain.model import PageImage, PageReport, UprightImage
from pipeline.domain.recognition import LineImage, Reading
from pipeline.imaging import PreparedPage
from pipeline.read_page import Readers, ReadPage, read_page
from tests.making.lines_of_text import Sheet
from tests.making.readings import Voice
from tests.making.readings import reading as said

PAGE = PageImage(number=3, pixels=np.zeros((4, 4), np.uint8), dpi=300)
Read = Callable[..., ReadPage]


class Counting(Voice):
    """Names each line by its number."""

    def read(self, lines: Sequence[LineImage]) -> list[Reading]:
        self.shown += lines
        return [said(f"dòng {n}") for n, _ in enumerate(lines)]


@cache
def drawn() -> UprightImage:
    sheet = Sheet(size=(1000, 420))
    for n, text in enumerate(("Họ và tên: Lê Thị Bình", "Dân tộc: Kinh")):
        sheet.text((60, 120 + 140 * n), text)
    return replace(sheet.upright(), page=3, to_scan=Transform.shift(500, 700))


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Read:
    def run(*images: UprightImage, mrz: Voice | None = None) -> ReadPage:
        report = PageReport(number=3, dpi=300, rotation=0, skew_deg=None, quality={})
        monkeypatch.setattr(
            reading, "prepare_page", lambda page, *, reader, cards: PreparedPage(report=report, images=images)
        )
        return read_page(PAGE, Readers(primary=Counting(name="first"), mrz=mrz))

    return run


def test_every_line_is_read_once_and_stands_where_it_is_written(read: Read) -> None:
    (image,) = read(drawn()).images
    assert [line.text for line in image.lines] == ["dòng 0", "dòng 1"]
    tops = [line.box[0][1] for line in image.lines]
    assert tops[0] < 120 < tops[1] < 260
    assert [line.page for line in image.lines] == [3, 3]


def test_each_line_keeps_the_cut_it_was_read_from(read: Read) -> None:
    (image,) = read(drawn()).images
    assert len(image.cuts) == len(image.lines)
    for line, cut in zip(image.lines, image.cuts, strict=True):
        assert cut.to_upright == line.line_to_upright
        assert (cut.pixels < 128).any()


def test_a_read_image_keeps_its_geometry_and_lets_its_pixels_go(read: Read) -> None:
    (image,) = read(drawn()).images
    assert image.image.colour.size == 0
    assert image.image.to_scan == drawn().to_scan and image.image.dpi == drawn().dpi


def test_a_blank_image_is_kept_and_not_read(read: Read) -> None:
    blank, written = read(replace(drawn(), blank=True), replace(drawn(), part=2)).images
    assert (blank.lines, blank.codes, blank.image.blank) == ((), (), True)
    assert written.lines


def test_only_cards_are_searched_for_a_machine_readable_zone(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    searched: list[str] = []
    monkeypatch.setattr(reading, "read_mrz", lambda image, _: searched.append(image.kind))
    read(drawn(), replace(drawn(), kind="card"), mrz=Voice())
    assert searched == ["card"]


def test_the_readers_are_listed_in_the_order_they_are_asked() -> None:
    names = [r.identity.name for r in Readers(primary=Voice(name="a"), seconds=(Voice(name="b"),)).all()]
    assert names == ["a", "b"]
    readers = Readers(primary=Voice(name="a"), seconds=(Voice(name="b"), Voice(name="c")), mrz=Voice(name="d"))
    assert [r.identity.name for r in readers.all()] == ["a", "b", "c", "d"]


def test_a_read_page_does_not_keep_its_pixels_alive(read: Read) -> None:
    image = read(drawn()).images[0].image
    assert image.colour.size == 0
    assert image.colour.base is None
