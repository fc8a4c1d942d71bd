"""A page's images become read lines with their places; what has been read needs its pixels no more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import zxingcpp

from pipeline import read_page as reading
from pipeline.domain.geometry import Transform
from pipeline.domain.model import PageImage, PageReport, UprightImage
from pipeline.domain.recognition import LineImage, Reading
from pipeline.imaging import PreparedPage
from pipeline.read_page import Readers, ReadPage, read_page
from tests.making.lines_of_text import Sheet, upright
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


@cache
def crowded(count: int) -> UprightImage:
    """A sheet with so many lines, taken for a card."""
    sheet = Sheet(size=(700, 80 * count + 100))
    for n in range(count):
        sheet.text((60, 80 + 80 * n), "Lê Thị Bình", size=36)
    return replace(sheet.upright(), page=3, kind="card")


@cache
def tabled(cells: int) -> UprightImage:
    """A sheet with so many ruled cells in two columns, taken for a card."""
    sheet, deep = Sheet(size=(1100, 140 * cells // 2 + 200)), cells // 2
    for n in range(deep + 1):
        sheet.line(60, 60 + 140 * n, 1040, 60 + 140 * n)
    for x in (60, 550, 1040):
        sheet.line(x, 60, x, 60 + 140 * deep)
    for n in range(cells):
        sheet.text((100 + 490 * (n % 2), 150 + 140 * (n // 2)), "Lê Thị Bình")
    return replace(sheet.upright(), page=3, kind="card")


@pytest.fixture
def asked_for_cards(monkeypatch: pytest.MonkeyPatch) -> Callable[[UprightImage], list[bool]]:
    """Reads a page on which an image was found as a card; whether cards were looked for, each time."""

    def run(image: UprightImage) -> list[bool]:
        asked: list[bool] = []

        def prepare(page: PageImage, *, reader: object, cards: bool, **_: object) -> PreparedPage:
            asked.append(cards)
            found = image if cards else replace(image, kind="page")
            report = PageReport(number=3, dpi=300, rotation=0, skew_deg=None, quality={})
            return PreparedPage(report=report, images=(found,))

        monkeypatch.setattr(reading, "prepare_page", prepare)
        (found,) = read_page(PAGE, Readers(primary=Counting(name="first"))).images
        assert found.image.kind == ("card" if asked[-1] else "page")
        return asked

    return run


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Read:
    def run(*images: UprightImage, mrz: Voice | None = None) -> ReadPage:
        report = PageReport(number=3, dpi=300, rotation=0, skew_deg=None, quality={})
        monkeypatch.setattr(reading, "prepare_page", lambda page, **_: PreparedPage(report=report, images=images))
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


def test_a_bare_code_is_read_though_it_is_too_little_ink_for_writing(read: Read) -> None:
    symbol = zxingcpp.create_barcode("HT-SEP", zxingcpp.BarcodeFormat.QRCode)
    pixels = np.full((600, 500, 3), 255, np.uint8)
    pixels[100:390, 100:390] = np.array(zxingcpp.write_barcode_to_image(symbol, scale=10))[:290, :290, None]
    (bare,) = read(replace(upright(pixels), blank=True)).images
    assert [code.text for code in bare.codes] == ["HT-SEP"] and bare.lines == ()


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


@pytest.mark.parametrize(("count", "asked"), [(30, [True]), (36, [True, False])])
def test_a_card_with_more_lines_than_any_card_has_is_read_again_as_a_sheet(
    asked_for_cards: Callable[[UprightImage], list[bool]], count: int, asked: list[bool]
) -> None:
    assert asked_for_cards(crowded(count)) == asked


@pytest.mark.parametrize(("cells", "asked"), [(6, [True]), (8, [True, False])])
def test_a_card_with_more_ruled_cells_than_any_card_has_is_read_again_as_a_sheet(
    asked_for_cards: Callable[[UprightImage], list[bool]], cells: int, asked: list[bool]
) -> None:
    assert asked_for_cards(tabled(cells)) == asked


class Zone(Counting):
    """Reads a machine-readable zone on its head the first time, and its lines the second."""

    def read(self, lines: Sequence[LineImage]) -> list[Reading]:
        first, answers = not self.shown, super().read(lines)
        return [said("8Z>>>>>>>>>1L4902") for _ in lines] if first else answers


def test_an_image_whose_zone_stands_on_its_head_is_read_the_other_way_up(monkeypatch: pytest.MonkeyPatch) -> None:
    report = PageReport(number=3, dpi=300, rotation=0, skew_deg=None, quality={})
    prepared = PreparedPage(report=report, images=(drawn(),))
    monkeypatch.setattr(reading, "prepare_page", lambda page, **_: prepared)
    page = read_page(PAGE, Readers(primary=Zone(name="first")))
    (image,) = page.images
    assert (image.image.rotation, page.report.rotation) == (180, 180)
    assert [line.text for line in image.lines] == ["dòng 0", "dòng 1"]
    lowest = image.image.to_scan(image.lines[0].box[2])  # its lower right corner is the upper left one on the scan
    assert 500 < lowest[0] < 600 and 700 + 180 < lowest[1] < 700 + 260


@pytest.mark.parametrize(
    ("flat", "raw", "taken"),
    [((1.0, 100), (1.0, 104), "flat"), ((1.0, 100), (1.0, 120), "raw"), ((0.0, 100), (1.0, 40), "raw")],
)
def test_a_ledger_over_the_fold_is_read_flattened_unless_it_is_read_much_better_as_scanned(
    monkeypatch: pytest.MonkeyPatch, flat: tuple[float, int], raw: tuple[float, int], taken: str
) -> None:
    ways = {
        "flat": read_page(PAGE, Readers(primary=Counting(name="a"))),
        "raw": read_page(PAGE, Readers(primary=Counting(name="b"))),
    }
    told = {id(ways["flat"]): flat, id(ways["raw"]): raw}
    monkeypatch.setattr(reading, "_read_well", lambda read: told[id(read)])
    assert reading._rather_flattened(ways["flat"], ways["raw"]) is ways[taken]
