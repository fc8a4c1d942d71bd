from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.values import WordStyle, date_in_words, normalise, strip_marks, words_say

STYLES = (
    WordStyle(),
    WordStyle(thousand="ngàn", zero_ten="lẻ", four="bốn", five="nhăm", day_prefix="mồng", comma=True),
    WordStyle(hundred_gap=False, day_prefix="mùng", old_months=True, five="năm"),
)
DAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(2030, 12, 31))


def read(text: str) -> str | None:
    return normalise("date_words", text).value


def test_every_day_of_a_leap_year_and_every_year_come_back_from_words() -> None:
    first = date(2004, 1, 1)
    days = [first + timedelta(days=n) for n in range(366)] + [date(y, 3, 15) for y in range(1900, 2031)]
    assert [read(date_in_words(day)) for day in days] == [day.isoformat() for day in days]


@given(DAYS, st.sampled_from(STYLES))
@settings(max_examples=300, deadline=None)
def test_any_date_comes_back_from_words_in_any_hand(day: date, style: WordStyle) -> None:
    assert read(date_in_words(day, style)) == day.isoformat()


@given(DAYS)
@settings(max_examples=60, deadline=None)
def test_words_without_marks_are_never_read_as_another_date(day: date) -> None:
    assert read(strip_marks(date_in_words(day))) in (day.isoformat(), None)


@given(DAYS)
@settings(max_examples=60, deadline=None)
def test_upper_case_makes_no_difference(day: date) -> None:
    assert read(date_in_words(day).upper()) == day.isoformat()


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("Ngày mười lăm, tháng ba, năm một nghìn chín trăm chín mươi", "1990-03-15"),
        ("(Ghi bằng chữ: Ngày năm tháng tư năm hai nghìn không trăm linh năm)", "2005-04-05"),
        ("Ngày mồng năm tháng năm năm hai nghìn không trăm lẻ năm", "2005-05-05"),
        ("năm hai ngàn mười hai", "2012"),
        ("tháng giêng năm một nghìn chín trăm bảy mươi", "1970-01"),
        ("Nqày mưới lãm thang ba nàm môt nghin chín trăn chỉn mươi ....", "1990-03-15"),
        ("ngày hai mươi tháng mười năm một chín chín không", "1990-10-20"),
        ("một chín tám tư", "1984"),
        ("Một ngàn chín trăm chín mươi", "1990"),
        ("ngày hai mốt tháng chạp năm hai ngàn lẻ năm", "2005-12-21"),
        ("ngàv mười sáu thảng bốn nãm một ngàn chin trăm tảm mươi", "1980-04-16"),
        ("Ngày hai mươi nhăm, tháng bẩy, một ngàn chín trăm bẩy bẩy", "1977-07-25"),
        ("Năm một nghìn chín trăm sáu mươi mốt, ngày mồng ba tháng hai", "1961-02-03"),
        ("Năm một ngàn chín trăm tám mươi, tháng ba, ngày năm", "1980-03-05"),
        ("ngày hai mươi lăm (25) tháng tám năm một ngàn chín trăm bảy chín", "1979-08-25"),
        ("ngày 12 tháng năm năm một ngàn chín trăm bảy mươi", "1970-05-12"),
        ("ngày mười lăm tháng bảy dương lịch năm 1980", "1980-07-15"),
    ],
)
def test_words_of_registers_are_read(text: str, iso: str) -> None:
    assert read(text) == iso


def test_an_impossible_worded_date_has_no_value_but_neighbours() -> None:
    found = normalise("date_words", "ngày ba mươi tháng hai năm một nghìn chín trăm bảy mươi")
    assert found.value is None and not found.valid
    assert "date.impossible" in found.findings
    assert found.candidates


def test_a_lunar_date_in_words_has_no_value() -> None:
    found = normalise("date_words", "ngày rằm tháng tám năm một ngàn chín trăm bảy mươi")
    assert (found.value, found.findings) == (None, ("date.lunar",))


def test_noise_is_not_read_as_a_date() -> None:
    found = normalise("date_words", "Họ và tên người đi khai sinh Trần Văn Mẫu")
    assert found.value is None and not found.valid


def test_words_say_a_date_they_are_near_and_not_a_far_one() -> None:
    words = "Ngay muoi lam thang ba nam mot nghin chin tram chin muoi"
    assert words_say(words, date(1990, 3, 15))
    assert not words_say(words, date(1991, 3, 15))


def test_clear_words_do_not_say_a_neighbouring_date() -> None:
    assert not words_say(date_in_words(date(1990, 3, 15)), date(1990, 3, 18))
