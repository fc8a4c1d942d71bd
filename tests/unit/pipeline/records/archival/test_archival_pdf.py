"""The archival PDF: image bytes untouched, text where it stands, PDF/A's structure, equal bytes."""

from __future__ import annotations

import io
import re
import subprocess
import tracemalloc
import unicodedata
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pikepdf
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.domain.geometry import Quad, rectangle
from pipeline.domain.model import PageImage
from pipeline.intake.g4 import Group4Strip, as_tiff
from pipeline.records.archival import HEAD, ArchivalPdf, TextSpan, make_archival_pdf, source_of
from pipeline.records.archival.document import points_per_pixel
from pipeline.records.archival.text import encodable, levelled

SENTENCE = "Họ và tên: Nguyễn Thị Hường, sinh tại quận Đống Đa"


def gray_page(width: int = 400, height: int = 600) -> NDArray[np.uint8]:
    noise = np.random.default_rng(7).integers(150, 255, (height, width), dtype=np.uint8)
    cv2.putText(noise, "MAU", (60, 200), cv2.FONT_HERSHEY_SIMPLEX, 3, 0, 8)
    return noise


def jpeg(pixels: NDArray[np.uint8]) -> bytes:
    return cv2.imencode(".jpg", pixels)[1].tobytes()


def page_of(pixels: NDArray[np.uint8], **more: Any) -> PageImage:
    given: dict[str, Any] = {"number": 1, "pixels": pixels, "dpi": 100.0} | more
    return PageImage(**given)


def pdf_of(page: PageImage, *spans: TextSpan, rotation: int = 0) -> bytes:
    stream = io.BytesIO()
    make_archival_pdf(stream, [(page, spans, rotation)], identifier="a-document")
    return stream.getvalue()


def rendered(pdf: bytes, width: int) -> NDArray[np.uint8]:
    page = pypdfium2.PdfDocument(pdf)[0]
    return np.asarray(page.render(scale=width / page.get_width(), grayscale=True).to_numpy()).reshape(-1, width)


def image_stream(pdf: bytes) -> pikepdf.Stream:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return next(iter(opened.pages[0].get_images().values())).read_raw_bytes()


def test_a_jpeg_page_is_kept_byte_for_byte() -> None:
    data = jpeg(gray_page())
    assert image_stream(pdf_of(page_of(gray_page(), embedded=data, encoding="jpeg"))) == data


def test_a_group_4_page_is_kept_byte_for_byte_and_shows_black_as_black() -> None:
    pixels = np.full((600, 400), 255, dtype=np.uint8)
    pixels[100:200, 50:300] = 0
    own = image_stream(pdf_of(page_of(pixels)))
    tiff = as_tiff(Group4Strip(width=400, height=600, white_is_zero=True, data=own))
    pdf = pdf_of(page_of(pixels, embedded=tiff, encoding="ccitt-g4"))
    assert image_stream(pdf) == own
    assert np.array_equal(rendered(pdf, 400) > 127, pixels > 127)


def test_a_group_4_page_with_black_as_zero_is_not_shown_inverted() -> None:
    pixels = np.full((600, 400), 255, dtype=np.uint8)
    pixels[100:200, 50:300] = 0
    inverted = image_stream(pdf_of(page_of(255 - pixels)))
    tiff = as_tiff(Group4Strip(width=400, height=600, white_is_zero=False, data=inverted))
    pdf = pdf_of(page_of(pixels, embedded=tiff, encoding="ccitt-g4"))
    assert image_stream(pdf) == inverted
    assert np.array_equal(rendered(pdf, 400) > 127, pixels > 127)


def test_a_bilevel_page_loses_nothing() -> None:
    pixels = np.where(gray_page() > 180, 255, 0).astype(np.uint8)
    assert np.array_equal(rendered(pdf_of(page_of(pixels)), 400), pixels)


def test_a_flat_colour_page_loses_nothing() -> None:
    pixels = np.full((600, 400, 3), (250, 240, 230), dtype=np.uint8)
    pixels[50:90, 50:350] = (20, 30, 200)
    with pikepdf.open(io.BytesIO(pdf_of(page_of(pixels)))) as opened:
        shown = pikepdf.PdfImage(next(iter(opened.pages[0].get_images().values()))).as_pil_image()
    assert np.array_equal(np.asarray(shown)[:, :, ::-1], pixels)


def test_a_colour_scan_is_encoded_closely() -> None:
    pixels = np.dstack([gray_page()] * 3)
    assert np.abs(rendered(pdf_of(page_of(pixels)), 400).astype(int) - gray_page()).mean() < 4


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_kept_jpeg_is_turned_as_it_is_displayed(turn: int) -> None:
    pixels = gray_page()
    stored = np.ascontiguousarray(np.rot90(pixels, turn // 90))
    pdf = pdf_of(page_of(pixels, embedded=jpeg(stored), encoding="jpeg", turn=turn))
    assert np.abs(rendered(pdf, 400).astype(int) - pixels).mean() < 8


def test_an_embedded_image_of_another_size_than_the_page_is_not_used() -> None:
    other = jpeg(gray_page(width=100, height=100))
    assert image_stream(pdf_of(page_of(gray_page(), embedded=other, encoding="jpeg"))) != other


@pytest.mark.parametrize("marker", [b"\xff\xc9", b"\xff\xc3"])
def test_a_jpeg_that_viewers_cannot_read_is_encoded_anew(marker: bytes) -> None:
    odd = jpeg(gray_page()).replace(b"\xff\xc0", marker, 1)
    assert image_stream(pdf_of(page_of(gray_page(), embedded=odd, encoding="jpeg"))) != odd


def test_the_page_has_the_size_of_the_paper() -> None:
    with pikepdf.open(io.BytesIO(pdf_of(page_of(gray_page(), dpi=100.0)))) as opened:
        assert [float(v) for v in opened.pages[0].mediabox] == [0, 0, 288, 432]


def test_a_page_of_unknown_resolution_is_taken_for_a4_where_a_scanner_could_have_made_one() -> None:
    assert 3508 * points_per_pixel(None, 2480, 3508) == pytest.approx(841.9, abs=0.5)
    assert points_per_pixel(None, 1000, 640) == pytest.approx(72 / 300)


def test_vietnamese_text_comes_out_of_pdfium_in_nfc() -> None:
    span = TextSpan(text=unicodedata.normalize("NFD", SENTENCE), box=rectangle(20, 100, 380, 120))
    textpage = pypdfium2.PdfDocument(pdf_of(page_of(gray_page()), span))[0].get_textpage()
    assert textpage.get_text_bounded().strip() == SENTENCE
    assert textpage.search("Đống Đa").get_next() is not None


def poppler_words(pdf: bytes, folder: Path) -> list[tuple[str, tuple[float, ...]]]:
    path = folder / "a.pdf"
    path.write_bytes(pdf)
    out = subprocess.run(["pdftotext", "-bbox", path, "-"], capture_output=True, check=True, text=True).stdout
    found = re.findall(r'<word xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(.*?)</word>', out)
    return [(word[4], tuple(float(v) for v in word[:4])) for word in found]


def test_poppler_finds_each_word_where_it_stands_on_the_scan(tmp_path: Path) -> None:
    boxes = {"Nguyễn": (40, 100, 140, 130), "Hường": (160, 100, 230, 130), "Ẵ": (300, 500, 320, 530)}
    spans = [TextSpan(text=word, box=rectangle(*box)) for word, box in boxes.items()]
    words = poppler_words(pdf_of(page_of(gray_page()), *spans), tmp_path)
    assert {word for word, _ in words} == set(boxes)
    for word, box in words:
        assert np.array(box) * 100 / 72 == pytest.approx(boxes[word], abs=1.0)


def test_words_on_a_fax_stand_where_its_own_pixels_say(tmp_path: Path) -> None:
    """The page is 400 x 600 square pixels, the file's are half as many lines: words are told in the file's."""
    fax = page_of(gray_page(), unstretched=(400, 300))
    in_file = poppler_words(pdf_of(fax, TextSpan(text="Mẫu", box=rectangle(40, 50, 100, 60))), tmp_path)
    square = poppler_words(
        pdf_of(page_of(gray_page()), TextSpan(text="Mẫu", box=rectangle(40, 100, 100, 120))), tmp_path
    )
    assert in_file == square


def test_text_that_runs_up_the_scan_is_read_upright_when_the_page_is_turned(tmp_path: Path) -> None:
    box: Quad = ((100, 400), (100, 100), (130, 100), (130, 400))
    words = poppler_words(pdf_of(page_of(gray_page()), TextSpan(text="Đăng ký", box=box), rotation=90), tmp_path)
    assert [word for word, _ in words] == ["Đăng", "ký"]


def test_the_text_layer_is_invisible() -> None:
    span = TextSpan(text="MMMMMM", box=rectangle(20, 100, 380, 400))
    with_text, without = (pdf_of(page_of(gray_page()), *spans) for spans in ([span], []))
    assert np.array_equal(rendered(with_text, 400), rendered(without, 400))


def test_a_copy_names_the_source_file_that_it_is_of() -> None:
    stream = io.BytesIO()
    make_archival_pdf(stream, [(page_of(gray_page()), (), 0)], identifier=f"sha256:{'a1' * 32}")
    assert source_of(stream.getvalue()[:HEAD]) == "a1" * 32
    assert source_of(b"%PDF-1.7 scanned elsewhere") is None


def test_spans_without_text_or_extent_are_left_out() -> None:
    spans = [
        TextSpan(text=" ", box=rectangle(0, 0, 9, 9)),
        TextSpan(text="a", box=rectangle(5, 5, 5, 5)),
        TextSpan(text="b", box=rectangle(float("nan"), 0, 9, 9)),
    ]
    assert pypdfium2.PdfDocument(pdf_of(page_of(gray_page()), *spans))[0].get_textpage().count_chars() == 0


@given(st.text(max_size=40))
def test_whatever_was_read_can_be_encoded(text: str) -> None:
    encoded = encodable(text)
    assert len(encoded.encode("utf-16-be")) == 2 * len(encoded)
    assert not any(unicodedata.category(c) == "Cc" for c in encoded)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.sampled_from("ăâđêôơưÁỆỖỢỲnghĩa"), min_size=1, max_size=12))
def test_every_vietnamese_word_comes_back_as_written(letters: list[str]) -> None:
    word = "".join(letters)
    pdf = pdf_of(page_of(gray_page(60, 40)), TextSpan(text=word, box=rectangle(2, 2, 58, 20)))
    assert pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_bounded() == word


def test_the_same_pages_give_the_same_bytes() -> None:
    span = TextSpan(text=SENTENCE, box=rectangle(20, 100, 380, 120))
    assert pdf_of(page_of(gray_page()), span) == pdf_of(page_of(gray_page()), span)


def test_different_text_gives_another_file_identity() -> None:
    def identity(text: str) -> bytes:
        pdf = pdf_of(page_of(gray_page()), TextSpan(text=text, box=rectangle(20, 100, 380, 120)))
        with pikepdf.open(io.BytesIO(pdf)) as opened:
            return bytes(opened.trailer.ID[0])

    assert identity("An") != identity("Ân")


def test_the_structure_is_that_of_pdf_a_2b(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf_of(page_of(gray_page()), TextSpan(text=SENTENCE, box=rectangle(20, 100, 380, 120))))
    check = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True)
    assert check.returncode == 0, check.stdout + check.stderr
    with pikepdf.open(path) as opened:
        assert not opened.is_encrypted
        assert len(bytes(opened.trailer.ID[0])) == 16
        with opened.open_metadata() as metadata:
            assert metadata.pdfa_status == "2B"
        intent = opened.Root.OutputIntents[0]
        assert intent.S == "/GTS_PDFA1"
        profile = intent.DestOutputProfile.read_bytes()
        assert profile[36:40] == b"acsp"
        assert profile[16:20] == b"RGB "
        assert len(profile) == int.from_bytes(profile[:4], "big")
        descriptor = opened.pages[0].Resources.Font.F.DescendantFonts[0].FontDescriptor
        assert len(descriptor.FontFile2.read_bytes()) == descriptor.FontFile2.Length1
        keys = {key for item in opened.objects if isinstance(item, pikepdf.Dictionary) for key in item.keys()}  # noqa: SIM118
    assert not keys & {"/JS", "/JavaScript", "/AA", "/OpenAction", "/EmbeddedFiles", "/Launch"}


def test_a_failed_page_does_not_leave_a_pdf_that_looks_whole() -> None:
    stream = io.BytesIO()
    with pytest.raises(RuntimeError), ArchivalPdf(stream, identifier="x") as pdf:
        pdf.add_page(page_of(gray_page()))
        raise RuntimeError
    assert b"%%EOF" not in stream.getvalue()


def test_a_pdf_without_pages_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a page"):
        make_archival_pdf(io.BytesIO(), [], identifier="x")


def test_many_pages_are_written_in_flat_memory(tmp_path: Path) -> None:
    page = page_of(gray_page(), embedded=jpeg(gray_page()), encoding="jpeg")

    def peak_of(pages: int) -> int:
        tracemalloc.start()
        with (tmp_path / "many.pdf").open("wb") as stream:
            make_archival_pdf(stream, ((page, (), 0) for _ in range(pages)), identifier="many")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    assert peak_of(300) - peak_of(3) < 300_000


@pytest.mark.parametrize("degrees", [-12, -4, 2, 7, 15, 93, 184, 266])
def test_words_of_a_line_that_stands_askew_are_whole(degrees: int, tmp_path: Path) -> None:
    """Poppler takes a word that climbs by half a point for several."""
    angle = np.deg2rad(degrees)
    along, down = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
    spans, at = [], np.array([200.0, 200.0]) - 150 * along
    for word in ("CỘNG", "HÒA", "CHỦ", "NGHĨA"):
        width = 14.0 * len(word)
        corners = (at, at + width * along, at + width * along + 20 * down, at + 20 * down)
        a, b, c, d = ((float(x), float(y)) for x, y in corners)
        spans.append(TextSpan(text=f"{word} ", box=(a, b, c, d)))
        at = at + (width + 8) * along
    data = pdf_of(page_of(gray_page(400, 400)), *levelled(spans))
    (tmp_path / "a.pdf").write_bytes(data)
    told = subprocess.run(["pdftotext", str(tmp_path / "a.pdf"), "-"], capture_output=True, text=True, check=True)
    assert set(told.stdout.split()) == {"CỘNG", "HÒA", "CHỦ", "NGHĨA"}
    if abs(degrees) <= 7:
        assert "CHỦ NGHĨA" in told.stdout


@given(st.floats(-0.3, 0.3), st.integers(1, 12))
@settings(deadline=None)
def test_no_word_is_moved_by_more_than_half_its_height(angle: float, count: int) -> None:
    along, down = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
    words = []
    for number in range(count):
        at = np.array([100.0, 100.0]) + 70 * number * along
        a, b, c, d = (
            (float(x), float(y)) for x, y in (at, at + 60 * along, at + 60 * along + 20 * down, at + 20 * down)
        )
        words.append(TextSpan(text="MẪU", box=(a, b, c, d)))
    for word, moved in zip(words, levelled(words), strict=True):
        middle, now = (np.mean(np.array(span.box), axis=0) for span in (word, moved))
        assert abs(now[0] - middle[0]) < 1e-6 and abs(now[1] - middle[1]) <= 10.0 + 1e-6


def test_a_copy_has_a_title_that_viewers_show() -> None:
    data = pdf_of(page_of(gray_page()))
    with pikepdf.open(io.BytesIO(data)) as opened:
        assert opened.Root.ViewerPreferences.DisplayDocTitle
        with opened.open_metadata() as metadata:
            assert metadata["dc:title"] == "Bản số hóa giấy tờ hộ tịch, cư trú"
