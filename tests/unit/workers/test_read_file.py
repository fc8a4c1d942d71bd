"""Where words stand on the scan, and what a doubtful field's picture shows."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.domain.geometry import Quad, Transform, rectangle
from pipeline.domain.model import PageReport, TextLine, UprightImage
from pipeline.domain.recognition import Character, Confidence, LineImage, Reading
from pipeline.read_image import ReadImage
from pipeline.read_page import ReadPage
from workers.read_file import crop_of, text_spans


def a_line(text: str, *, step: float = 10.0) -> tuple[TextLine, LineImage]:
    """A line at (100, 50), 20 high, each character `step` wide, cut out with a margin of 5."""
    characters = tuple(
        Character(text=c, probability=0.9, start=5 + step * i, end=5 + step * (i + 1)) for i, c in enumerate(text)
    )
    reading = Reading(text=text, characters=characters, confidence=Confidence(raw=0.9, scale="test"), reader="t")
    cut = LineImage(pixels=np.full((30, 300), 255, dtype=np.uint8), to_upright=Transform.shift(95, 45))
    line = TextLine(
        page=1,
        part=1,
        box=rectangle(100, 50, 100 + step * len(text), 70),
        line_to_upright=cut.to_upright,
        readings=(reading,),
    )
    return line, cut


def read_page(text: str, to_scan: Transform) -> ReadPage:
    line, cut = a_line(text)
    image = UprightImage(
        page=1, part=1, colour=np.zeros((0, 0, 3), dtype=np.uint8), dpi=300, to_scan=to_scan, kind="page",
        rotation=0, skew_deg=0.0, blank=False,
    )  # fmt: skip
    report = PageReport(number=1, dpi=300, rotation=0, skew_deg=0.0, quality={})
    return ReadPage(report=report, images=(ReadImage(image=image, lines=(line,), cuts=(cut,)),))


def test_a_line_is_laid_down_word_by_word() -> None:
    spans = list(text_spans(read_page("Họ tên An", Transform.identity())))
    assert [span.text for span in spans] == ["Họ ", "tên ", "An "]
    assert spans[0].box == rectangle(100, 50, 120, 70)
    assert spans[1].box == rectangle(130, 50, 160, 70)


def test_words_stand_where_they_are_on_the_scan_not_on_the_upright_page() -> None:
    half = Transform.shift(7, 9) @ Transform.scale(0.5, 0.5)
    (span,) = text_spans(read_page("An", half))
    assert span.box == rectangle(57, 34, 67, 44)


def test_a_line_without_text_lays_nothing_down() -> None:
    assert list(text_spans(read_page("", Transform.identity()))) == []


def test_a_crop_shows_the_field_and_something_around_it() -> None:
    pixels = np.full((200, 300), 255, dtype=np.uint8)
    pixels[100:120, 100:200] = 0
    jpeg = crop_of(pixels, rectangle(100, 100, 200, 120))
    assert jpeg is not None
    shown = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert shown is not None
    assert shown.shape == (45, 125)
    assert shown[2, 2] > 200
    assert shown[22, 60] < 60


@pytest.mark.parametrize(
    "box",
    [
        ((150.0, 300.0), (150.0, 100.0), (170.0, 100.0), (170.0, 300.0)),  # up the page
        ((170.0, 100.0), (170.0, 300.0), (150.0, 300.0), (150.0, 100.0)),  # down
        ((250.0, 120.0), (50.0, 120.0), (50.0, 100.0), (250.0, 100.0)),  # upside down
        ((50.0, 200.0), (223.2, 300.0), (213.2, 317.3), (40.0, 217.3)),  # askew
    ],
)
def test_a_crop_of_text_that_stands_askew_is_upright(box: Quad) -> None:
    pixels = np.full((400, 400), 255, dtype=np.uint8)
    points = np.array(box, dtype=np.float32)
    start = np.array([points[0], (points[0] + points[1]) / 2, (points[3] + points[2]) / 2, points[3]])
    cv2.fillPoly(pixels, [start.round().astype(np.int32)], 0)  # the first half of the field is dark
    jpeg = crop_of(pixels, box)
    assert jpeg is not None
    shown = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert shown is not None
    assert shown.shape == (44, 224)
    assert shown[22, 60] < 60 and shown[22, 160] > 200 and shown[3, 60] > 200


@pytest.mark.parametrize("box", [rectangle(500, 500, 600, 520), rectangle(-90, -90, -50, -50)])
def test_a_box_off_the_page_gives_no_crop(box: Quad) -> None:
    assert crop_of(np.zeros((100, 100), dtype=np.uint8), box) is None


def test_a_very_wide_field_is_shown_no_wider_than_a_screen() -> None:
    jpeg = crop_of(np.zeros((100, 5000, 3), dtype=np.uint8), rectangle(0, 10, 4999, 60))
    assert jpeg is not None
    shown = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert shown is not None
    assert shown.shape[1] == 1600
