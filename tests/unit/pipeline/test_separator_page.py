"""Which pages are separator sheets: a separator's code and hardly anything else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.codes import Code, Separator
from pipeline.domain.geometry import rectangle
from pipeline.domain.model import PageReport
from pipeline.forms.loading import form
from pipeline.read_document import documents_of
from pipeline.read_image import ReadImage
from pipeline.read_page import ReadPage
from pipeline.separator_page import MOST_LETTERS, separator_of
from tests.making.paper import Paper, line
from tests.making.readings import read_image

PLACE = rectangle(900, 1200, 1700, 2000)
CITIZEN_QR = "001190123456|012345678|Nguyễn Thị Thí Dụ|05021990|Nữ|12 ngõ 5, Hàng Đào, Hà Nội|01012022"


def code(text: str = "HT-SEP|book=HK-0123") -> Code:
    return Code(kind="qr", symbology="QRCode", text=text, box=PLACE)


def page_of(*images: ReadImage) -> ReadPage:
    report = PageReport(number=1, dpi=300, rotation=0, skew_deg=0.0, quality={})
    return ReadPage(report=report, images=images)


def image_of(*words: str, codes: tuple[Code, ...] = (), y: float = 200) -> ReadImage:
    lines = tuple(line(text, 100, y + 100 * at) for at, text in enumerate(words))
    return replace(read_image(codes=codes), lines=lines)


def test_a_code_with_small_print_is_a_separator_and_says_its_book() -> None:
    sheet = image_of("TỜ NGĂN / SEPARATOR SHEET", "Sổ / Book: HK-0123", codes=(code(),))
    assert separator_of(page_of(sheet)) == Separator(book="HK-0123")


def test_a_bare_code_on_a_page_that_looks_blank_is_a_separator() -> None:
    bare = image_of(codes=(code("HT-SEP"),))
    bare = replace(bare, image=bare.image.evolve(blank=True))
    assert separator_of(page_of(bare)) == Separator()


def test_what_layout_takes_for_writing_on_the_code_does_not_count() -> None:
    noise = ["l" * 30] * (MOST_LETTERS // 30 + 1)
    sheet = replace(image_of(codes=(code(),)), lines=tuple(line(t, 950, 1250 + 50 * n) for n, t in enumerate(noise)))
    assert separator_of(page_of(sheet)) is not None


@pytest.mark.parametrize(
    ("document_type", "generation"),
    [("birth_certificate", "2016"), ("citizen_id_chip", "2021"), ("household_book", "2014")],
)
def test_a_code_on_a_paper_is_no_separator(document_type: str, generation: str) -> None:
    for side in form(document_type, generation).pages:
        written = replace(read_image(codes=(code(),)), lines=tuple(Paper(page=1, seed=1).write(side).lines))
        assert separator_of(page_of(written)) is None, side.side


def test_a_code_on_a_page_of_writing_of_no_known_form_is_no_separator() -> None:
    letter = image_of(*["Kính mời ông bà đến dự cuộc họp của tổ"] * 8, codes=(code(),))
    assert separator_of(page_of(letter)) is None


def test_a_small_code_on_a_page_of_few_large_words_is_no_separator() -> None:
    cover = ("SỔ LƯU", "GIẤY TỜ CÁC LOẠI", "NĂM 2014")
    places = [rectangle(100, 200 + 300 * at, 1500, 400 + 300 * at) for at in range(len(cover))]
    lines = tuple(replace(line(text, 0, 0), box=box) for text, box in zip(cover, places, strict=True))
    small = replace(code(), box=rectangle(900, 1800, 1100, 2000))
    assert separator_of(page_of(replace(read_image(codes=(small,)), lines=lines))) is None
    assert separator_of(page_of(replace(read_image(codes=(code(),)), lines=lines))) is not None


def test_a_citizen_card_s_code_is_no_separator() -> None:
    assert separator_of(page_of(image_of(codes=(code(CITIZEN_QR),)))) is None


def test_another_code_beside_the_separator_s_makes_it_none() -> None:
    other = Code(kind="qr", symbology="QRCode", text=CITIZEN_QR, box=rectangle(100, 100, 400, 400))
    assert separator_of(page_of(image_of(codes=(other, code())))) is None
    assert separator_of(page_of(image_of(codes=(code(),)), image_of(codes=(other,)))) is None


def test_a_misread_code_within_the_separator_s_own_does_not_matter() -> None:
    ghost = Code(kind="barcode", symbology="ITF", text="0012", box=rectangle(1000, 1300, 1100, 1400))
    assert separator_of(page_of(image_of(codes=(code(), ghost)))) is not None


def test_a_paper_lying_beside_the_code_makes_it_no_separator() -> None:
    card = replace(read_image(), lines=tuple(Paper(page=1).write(form("citizen_id_chip", "2021").pages[0]).lines))
    assert separator_of(page_of(image_of(codes=(code(),)), card)) is None


def test_where_documents_are_parted_is_told_by_who_looked_at_the_pages_first() -> None:
    written = page_of(image_of(*(f"dòng chữ số {n}" for n in range(20))))
    pages = [replace(written, report=replace(written.report, number=n)) for n in (1, 2, 3)]
    parted = list(documents_of(iter(pages), None, lambda page: page.report.number == 2))
    assert len(parted) == 2
