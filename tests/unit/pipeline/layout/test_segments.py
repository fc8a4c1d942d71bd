"""What layout makes of a form: segments, rows, cells, rules, seals."""

import itertools
from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.geometry import Transform
from pipeline.layout import PageLayout, cut_lines, find_layout
from pipeline.layout.components import find_components, letter_mm
from pipeline.layout.model import EVERYBODYS, InkMap, Segment
from tests.making.lines_of_text import BLACK, BLUE, Sheet, birth_form, upright


@pytest.fixture(scope="module")
def form() -> tuple[Sheet, PageLayout]:
    sheet = birth_form()
    return sheet, find_layout(sheet.upright())


def test_every_written_text_lies_in_one_segment(form: tuple[Sheet, PageLayout]) -> None:
    sheet, layout = form
    missed = []
    for text, (x0, y0, x1, y1) in sheet.written:
        holds = [
            s
            for s in layout.segments
            if s.box[0] <= x0 + 8 and s.box[2] >= x1 - 8 and s.box[1] < (y0 + y1) / 2 < s.box[3]
        ]
        if text and len(holds) != 1:
            missed.append(text)
    assert missed == []


def test_segments_come_in_reading_order_and_no_two_share_a_place(form: tuple[Sheet, PageLayout]) -> None:
    _, layout = form
    places = [(s.row, s.index) for s in layout.segments]
    assert places == sorted(set(places))
    for a, b in itertools.pairwise(layout.segments):
        assert a.row < b.row or a.box[0] < b.box[0]


def test_a_grid_gives_its_cells_row_and_column(form: tuple[Sheet, PageLayout]) -> None:
    _, layout = form
    found = {(s.cell_row, s.cell_column) for s in layout.segments if s.table == 0}
    assert found == {(0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (2, 0), (2, 1), (2, 2)}


def test_a_red_seal_is_found_and_leaves_the_ink(form: tuple[Sheet, PageLayout]) -> None:
    _, layout = form
    (seal,) = layout.seals
    assert seal.colour == "red"
    x0, _, x1, y1 = (int(v) for v in seal.box)
    corner = layout.ink.grey[y1 - 60 : y1, x0:x1]  # ring only, no text is there
    assert (corner < 128).mean() < 0.002


def test_blue_pen_is_told_from_black_print(form: tuple[Sheet, PageLayout]) -> None:
    _, layout = form
    blue = [s for s in layout.segments if s.pen]
    assert len(blue) == 14  # two hands, seven values each
    assert all(start > 400 for s in blue for start, _ in s.pen)  # never the label
    assert {s.ink for s in layout.segments if s.row == 2} == {"red"}


def test_line_images_lead_back_to_the_page(form: tuple[Sheet, PageLayout]) -> None:
    _, layout = form
    for segment, line in zip(layout.segments, cut_lines(layout), strict=True):
        height, width = line.pixels.shape
        x0, y0 = line.to_upright((0, 0))
        x1, y1 = line.to_upright((width, height))
        assert x0 <= segment.box[0] and y0 <= segment.box[1]
        assert x1 >= segment.box[2] and y1 >= segment.box[3]
        assert int(line.pixels[0].min()) == 255  # a white margin


def test_the_dpi_only_scales_the_boxes() -> None:
    sheet = Sheet(size=(1400, 500))
    sheet.text((100, 150), "Họ và tên: Nguyễn Thị Lụa")
    sheet.text((100, 300), "Nơi sinh: Hà Nội")
    full = find_layout(sheet.upright())
    half = find_layout(upright(cv2.resize(sheet.pixels(), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), dpi=150))
    assert len(full.segments) == len(half.segments) == 2
    for a, b in zip(full.segments, half.segments, strict=True):
        assert np.allclose(np.array(a.box) / 2, b.box, atol=4)


def test_a_line_through_the_letters_marks_them_struck_out() -> None:
    sheet = Sheet(size=(1400, 500))
    end = sheet.text((100, 150), "Nguyễn Văn Sai")
    sheet.line(95, 138, end + 5, 138, width=4)
    sheet.text((100, 280), "Nguyễn Văn Đúng")
    layout = find_layout(sheet.upright())
    assert [s.struck_out for s in layout.segments] == [True, False]


def test_a_fold_across_the_sheet_strikes_nothing_out() -> None:
    sheet = Sheet(size=(1600, 500))
    sheet.text((500, 150), "Nguyễn Văn An")
    sheet.line(20, 138, 1580, 138, width=2)
    layout = find_layout(sheet.upright())
    assert not any(s.struck_out for s in layout.segments)


def test_lines_to_write_on_strike_nothing_out_though_the_writing_hangs_over_them() -> None:
    sheet = Sheet(size=(1600, 600))
    for k in range(3):
        sheet.text((100, 150 + 120 * k), "gyp quy phụng yên gỗ")
        sheet.line(100 + 130 * k, 150 + 120 * k - 9, 1500, 150 + 120 * k - 9, width=4)
    layout = find_layout(sheet.upright())
    assert not any(s.struck_out for s in layout.segments)


def test_an_underline_is_no_strike() -> None:
    sheet = Sheet(size=(1400, 400))
    end = sheet.text((100, 150), "Độc lập - Tự do - Hạnh phúc")
    sheet.line(100, 168, end, 168, width=4)
    layout = find_layout(sheet.upright())
    assert [s.struck_out for s in layout.segments] == [False]
    assert len(layout.rules) == 1


def test_a_ditto_mark_alone_in_a_cell_is_a_segment() -> None:
    sheet = Sheet(size=(1400, 500))
    for k in range(4):
        sheet.line(100, 100 + 90 * k, 1300, 100 + 90 * k)
    for x in (100, 500, 900, 1300):
        sheet.line(x, 100, x, 370)
    for row in range(3):
        sheet.text((130, 160 + 90 * row), "Nguyễn An")
        sheet.text((600, 160 + 90 * row), "Kinh" if row == 0 else '"')
    layout = find_layout(sheet.upright())
    assert {(s.cell_row, s.cell_column) for s in layout.segments} == {
        (row, column) for row in range(3) for column in (0, 1)
    }


def test_text_of_two_columns_is_parted_by_a_wide_gap() -> None:
    sheet = Sheet(size=(2200, 300))
    sheet.text((80, 120), "UBND PHƯỜNG KHÂM THIÊN")
    sheet.text((1000, 120), "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
    layout = find_layout(sheet.upright())
    assert [(s.row, s.index) for s in layout.segments] == [(0, 0), (0, 1)]


def test_a_tall_hand_between_close_lines_stays_three_lines() -> None:
    sheet = Sheet(size=(1600, 500))
    for k, text in enumerate(("Nguyễn Thị Hồng Hạnh", "Phường Hàng Gai Hà Nội", "ngày bảy tháng giêng")):
        sheet.text((100, 130 + 95 * k), text, font="hurricane-400-normal", size=84, colour=BLUE)
    layout = find_layout(sheet.upright())
    assert [s.row for s in layout.segments] == [0, 1, 2]
    assert {s.ink for s in layout.segments} == {"blue"}


def test_small_letters_after_a_capital_are_read_where_most_of_the_page_is_written_larger() -> None:
    sheet = Sheet(size=(1600, 900))
    end = sheet.text((100, 100), "Quan mxn", size=44)
    for k in range(6):
        sheet.text((100, 230 + 110 * k), "HOÀNG THỊ THỬ 19064", size=90)
    first = find_layout(sheet.upright()).segments[0]
    assert first.box[2] >= end - 4


def test_words_that_a_blurred_capture_ran_together_are_words() -> None:
    image = np.full((300, 900), 255, np.uint8)
    image[120:150, 100:260] = 0  # small letters without the light between them
    for x in range(104, 260, 36):
        image[104:120, x : x + 10] = 0  # and the tall ones above them
    cv2.putText(image, "Le Van Thu", (300, 150), cv2.FONT_HERSHEY_SIMPLEX, 1.6, 0, 4)
    layout = find_layout(upright(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR)))
    assert min(s.box[0] for s in layout.segments) < 110


@pytest.mark.parametrize("shape", [(3, 3, 3), (40, 900, 3), (900, 40, 3), (300, 300, 3)])
def test_a_blank_image_of_any_shape_has_no_segments(shape: tuple[int, int, int]) -> None:
    layout = find_layout(upright(np.full(shape, 245, np.uint8)))
    assert layout.segments == ()
    assert cut_lines(layout) == []


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), share=st.floats(0.001, 0.5))
def test_noise_of_any_kind_never_breaks_it(seed: int, share: float) -> None:
    rng = np.random.default_rng(seed)
    noise = np.where(rng.random((180, 260, 1)) < share, rng.integers(0, 255, (180, 260, 3)), 250)
    layout = find_layout(upright(noise.astype(np.uint8)))
    for segment in layout.segments:
        x0, y0, x1, y1 = segment.box
        assert 0 <= x0 < x1 <= 260 and 0 <= y0 < y1 <= 180
    assert len(cut_lines(layout)) == len(layout.segments)


def test_a_line_keeps_ink_that_runs_through_several_lines_but_not_its_neighbours() -> None:
    grey = np.full((40, 200), 255, np.uint8)
    grey[10:30, 20:40] = grey[10:30, 80:100] = grey[10:30, 140:160] = 0
    owners = np.zeros((20, 100), np.uint16)
    owners[5:15, 10:20], owners[5:15, 40:50], owners[5:15, 70:80] = 1, EVERYBODYS, 2
    image = upright(np.full((40, 200, 3), 255, np.uint8))
    segments = (
        Segment(box=(10, 5, 190, 35), row=0, index=0, text_height=20),
        Segment(box=(130, 5, 190, 35), row=0, index=1, text_height=20),
    )
    ink = InkMap(grey=grey, owners=owners, to_upright=Transform.identity())
    line = cut_lines(PageLayout(image=image, ink=ink, segments=segments))[0]
    to_line = line.to_upright.inverse()
    seen = [int(line.pixels[round(y), round(x)]) for x, y in (to_line((at, 20)) for at in (30, 90, 150))]
    assert seen == [0, 0, 255]


def test_a_fingerprint_beside_a_line_is_no_part_of_it() -> None:
    sheet = Sheet((1000, 420))
    for radius in range(12, 96, 12):
        sheet.draw.ellipse(
            (130 - radius * 0.8, 200 - radius, 130 + radius * 0.8, 200 + radius), outline=(40, 40, 40), width=4
        )
    sheet.text((260, 210), "Nốt ruồi cách đuôi mắt phải 2 cm", size=36)
    sheet.text((260, 120), "Dấu vết riêng và dị hình", size=36)
    (line,) = [
        s for s in find_layout(sheet.upright()).segments if s.box[0] < 300 < s.box[2] and s.box[1] < 200 < s.box[3]
    ]
    assert line.box[0] > 240
    assert line.box[3] - line.box[1] < 60


def test_a_capital_with_a_long_flourish_stays_in_its_line() -> None:
    sheet = Sheet((1000, 300))
    sheet.text((200, 160), "uyễn Văn An", size=36)
    sheet.line(185, 90, 185, 165, width=5)
    sheet.line(185, 90, 160, 96, width=5)
    (line,) = [s for s in find_layout(sheet.upright()).segments if s.box[0] < 300 < s.box[2]]
    assert line.box[0] < 185


def test_a_page_whose_file_is_wrong_about_its_resolution_is_laid_out_by_its_letters(
    form: tuple[Sheet, PageLayout],
) -> None:
    sheet, expected = form
    wrong = replace(sheet.upright(), dpi=110.0)
    found = find_layout(wrong)
    assert found.image is wrong
    assert len(found.segments) == pytest.approx(len(expected.segments), rel=0.15)


def test_rings_of_a_fingerprint_tell_no_resolution() -> None:
    sheet = Sheet((1011, 638))
    for centre in (180, 470):
        for radius in range(8, 90, 7):
            box = (130 - radius, centre - radius, 130 + radius, centre + radius)
            sheet.draw.ellipse(box, outline=(40, 40, 40), width=4)
    for number in range(120):
        x, y = 300 + 50 * (number % 13), 60 + 50 * (number // 13)
        sheet.draw.ellipse((x, y, x + 14, y + 14), outline=(40, 40, 40), width=2)
    grey = np.asarray(sheet.image.convert("L"), np.uint8)
    pieces = find_components(np.where(grey < 128, 255, 0).astype(np.uint8))
    mm = letter_mm(pieces, dpi=300.0)
    assert mm < 4.0


def test_letters_tell_the_height_that_most_ink_is_in(form: tuple[Sheet, PageLayout]) -> None:
    sheet, _ = form
    grey = np.asarray(sheet.image.convert("L"), np.uint8)
    pieces = find_components(np.where(grey < 128, 255, 0).astype(np.uint8))
    assert 2.0 < letter_mm(pieces, dpi=300.0) < 4.0
    assert letter_mm(pieces, dpi=100.0) == pytest.approx(3 * letter_mm(pieces, dpi=300.0), rel=0.2)


def test_a_bold_word_whose_counters_have_closed_begins_its_line() -> None:
    sheet = Sheet((1000, 300))
    end = sheet.text((160, 160), "Năm", font="arimo-700-normal", size=44)
    sheet.draw.rectangle((164, 137, 196, 158), fill=BLACK)
    sheet.line(164, 158, end - 4, 158, width=4)
    sheet.text((end + 14, 160), "sinh: 1996", font="arimo-700-normal", size=44)
    (line,) = find_layout(sheet.upright()).segments
    assert line.box[0] < 170


def test_small_print_over_writing_twice_as_high_keeps_its_lines() -> None:
    sheet = Sheet(size=(1400, 900))
    for x in (100, 500, 900, 1300):
        sheet.line(x, 100, x, 800)
    for y in (100, 200, 350, 500, 650, 800):
        sheet.line(100, y, 1300, y)
    for column in range(3):
        x = 120 + 400 * column
        sheet.text((x, 142), "Nơi thường", size=32)
        sheet.text((x, 182), "trú, tạm trú", size=32)
        for row in range(4):
            sheet.text((x, 290 + 150 * row), "Lê Thị Bình", size=70, font="patrick-hand-400-normal")
    heads = [s for s in find_layout(sheet.upright()).segments if s.box[3] < 205]
    assert len(heads) == 6


def test_a_machines_dashes_part_no_line_and_end_none() -> None:
    sheet = Sheet(size=(1500, 700))
    lines = ["phố Hàng Bạc - phường Liên Trì -", "Trương Định - quận Hai Bà", "huyện Sóc Sơn -"]
    for n, text in enumerate(lines):
        sheet.text((80, 150 + 52 * n), text, font="jetbrains-mono-400-normal", size=34)
    found = find_layout(sheet.upright()).segments
    assert len(found) == len(lines)
    for segment, (_, (x0, _, x1, _)) in zip(found, sheet.written, strict=True):
        assert segment.box[0] <= x0 + 8
        assert segment.box[2] >= x1 - 8
