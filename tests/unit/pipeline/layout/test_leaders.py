"""Dotted leaders leave the ink; letters and their marks stay."""

import numpy as np
import pytest

from pipeline.layout import cut_lines, find_layout
from pipeline.layout.ground import flatten
from tests.making.lines_of_text import Sheet


def _ink_of(sheet: Sheet) -> np.ndarray:
    return find_layout(sheet.upright()).ink.grey < 128


def _agreement(clean: np.ndarray, wanted: np.ndarray) -> float:
    """Intersection over union of two inks."""
    return float((clean & wanted).sum() / max(1, (clean | wanted).sum()))


def _line(text: str, *, dots: bool, drop: float = 0.0, font: str = "tinos-400-normal") -> Sheet:
    sheet = Sheet(size=(1500, 220))
    if dots:
        sheet.dots(60, 1440, 120 + drop)
    sheet.text((120, 120), text, font=font)
    return sheet


def test_a_leader_is_found_over_its_whole_length() -> None:
    layout = find_layout(_line("Nguyễn Văn An", dots=True, drop=3).upright())
    spans = [leader.box for leader in layout.leaders]
    assert min(b[0] for b in spans) < 75
    assert max(b[2] for b in spans) > 1425


@pytest.mark.parametrize("drop", [0.0, 3.0, 6.0])
@pytest.mark.parametrize("font", ["tinos-400-normal", "cousine-400-normal", "patrick-hand-400-normal"])
def test_the_letters_on_a_leader_look_as_if_it_had_never_been_there(drop: float, font: str) -> None:
    text = "Nguyễn Hoàng Yến, thôn Ngãi"
    clean = _ink_of(_line(text, dots=True, drop=drop, font=font))
    wanted = _ink_of(_line(text, dots=False, font=font))
    assert _agreement(clean, wanted) > 0.9


@pytest.mark.parametrize(("drop", "share"), [(-2.0, 0.8), (4.0, 0.8), (8.0, 0.5)])
def test_marks_below_letters_survive_a_leader_at_their_own_height(drop: float, share: float) -> None:
    """Dots under ạ ẹ ọ ị ụ are like a leader's dots, but stand at no even pitch.

    At 8 px three of the eight fall exactly on a dot of the leader: nobody could tell them apart.
    """
    text = "Mạ Hẹ Lọ Thị Vụ Tạ Nọ Lệ"
    wanted = _ink_of(_line(text, dots=False))
    clean = _ink_of(_line(text, dots=True, drop=drop))
    marks = wanted.copy()
    marks[:126] = False  # what hangs below the baseline: the marks alone
    kept = (marks & clean).sum() / marks.sum()
    assert kept > share


def test_a_row_of_marks_without_a_leader_is_no_leader() -> None:
    sheet = Sheet(size=(1500, 220))
    sheet.text((60, 120), "Thị Mẹ Lạ Bọ Cụ Hạ Nẹ Dọ Mị Tụ Vạ Kẹ Họ Lị Mụ")
    assert find_layout(sheet.upright()).leaders == ()


def test_the_dots_of_a_sentence_and_of_a_colon_stay() -> None:
    sheet = Sheet(size=(1500, 400))
    sheet.text((60, 120), "Nơi cư trú: P. Tứ Liên, Q. Tây Hồ, TP. Hà Nội.")
    sheet.dots(60, 1440, 260)
    with_leader = _ink_of(sheet)[:200]
    plain = Sheet(size=(1500, 400))
    plain.text((60, 120), "Nơi cư trú: P. Tứ Liên, Q. Tây Hồ, TP. Hà Nội.")
    assert _agreement(with_leader, _ink_of(plain)[:200]) > 0.99


def test_the_few_dots_of_a_date_go_once_the_page_has_shown_its_leaders() -> None:
    sheet = Sheet(size=(1500, 400))
    sheet.dots(60, 1440, 300)
    x = sheet.text((60, 120), "ngày ")
    sheet.dots(x + 4, x + 118, 120)
    sheet.text((x + 36, 120), "12", font="cousine-400-normal")
    sheet.text((x + 130, 120), " tháng")
    texts = [line.pixels for line in cut_lines(find_layout(sheet.upright()))]
    plain = Sheet(size=(1500, 400))
    x = plain.text((60, 120), "ngày ")
    plain.text((x + 36, 120), "12", font="cousine-400-normal")
    plain.text((x + 130, 120), " tháng")
    wanted = _ink_of(plain)[:200]
    assert len(texts) == 1
    assert _agreement(_ink_of(sheet)[:200], wanted) > 0.93


def test_an_even_pitch_survives_a_little_slope() -> None:
    sheet = Sheet(size=(1500, 260))
    for k, x in enumerate(np.arange(60, 1440, 12.5)):
        y = 120 + 0.004 * k * 12.5
        sheet.draw.ellipse((x - 2.5, y - 5, x + 2.5, y), fill=(20, 20, 20))
    assert (_ink_of(sheet)).sum() < 60


def test_flattening_takes_a_shadow_to_white() -> None:
    grey = np.tile(np.linspace(90, 250, 900, dtype=np.float32), (600, 1)).astype(np.uint8)
    flat = flatten(grey, dpi=300)
    assert flat.grey[20:-20, 40:-40].min() > 225
    assert not flat.ink[20:-20, 40:-40].any()
