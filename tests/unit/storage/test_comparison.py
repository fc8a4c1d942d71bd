"""Spelling levels, blocking and match weights."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.register.blocking import dates_one_digit_away, numbers_one_digit_away
from storage.register.comparison import (
    Level,
    compare_dates,
    compare_names,
    compare_numbers,
    compare_places,
)
from storage.register.rows import PartialDate
from storage.register.weights import date_weight, name_weight

days = st.dates(min_value=date(1900, 1, 1), max_value=date(2030, 12, 31))
words = st.sampled_from(["Nguyễn", "Trần", "Thị", "Văn", "An", "Hoà", "Thúy", "Đức", "Quý", "Em"])
names = st.lists(words, min_size=1, max_size=5).map(" ".join)


def partial(day: date) -> PartialDate:
    return PartialDate(day.year, day.month, day.day)


@pytest.mark.parametrize(
    ("left", "right", "level"),
    [
        ("Nguyễn Văn Hoà", "NGUYỄN VĂN HÒA", Level.SAME),
        ("Trần Thị Thuý", "Trần Thị Thúy", Level.SAME),
        ("Trần Thị Thúy", "Trần Thị Thùy", Level.MARKS),
        ("Nguyễn Văn An", "Nguyen Van An", Level.MARKS),
        ("Đỗ Đức", "Do Duc", Level.MARKS),
        ("NguyễnVăn An", "Nguyễn Văn An", Level.MARKS),
        ("Nguyễn Văn An", "Nguyễn Van Ân", Level.MARKS),
        ("Nguyễn Văn An", "Nguyễm Văn An", Level.LETTERS),
        ("Nguyễn Vănn An", "Nguyễn Văn Am", Level.LETTERS),
        ("Nguyễn Văn An", "Nguyễn Văn Em", Level.DIFFERENT),
        ("Nguyễn Văn Hòa", "Nguyễn Văn Toàn", Level.DIFFERENT),
        ("Nguyễn Văn An", "Nguyễn An", Level.PART),
        ("Nguyễn Văn An", "Trần Thị Bưởi", Level.DIFFERENT),
        ("An", "Ý", Level.DIFFERENT),
    ],
)
def test_names_have_levels_of_likeness(left: str, right: str, level: Level) -> None:
    assert compare_names(left, right) is level


@given(names, names)
def test_likeness_of_names_does_not_depend_on_the_order(left: str, right: str) -> None:
    assert compare_names(left, right) is compare_names(right, left)


@given(names)
def test_a_name_is_the_same_as_itself_in_capitals(name: str) -> None:
    assert compare_names(name, name.upper()) is Level.SAME


@pytest.mark.parametrize(
    ("left", "right", "level"),
    [
        ("1985-03-08", "1985-03-08", Level.SAME),
        ("1985", "1985-03-08", Level.PART),
        ("1985-03", "1985-03-08", Level.PART),
        ("1985-03-08", "1935-03-08", Level.LETTERS),
        ("1985-03-08", "1985-08-03", Level.LETTERS),
        ("1985-03-08", "1985-04-18", Level.DIFFERENT),
        ("1984", "1985-03-08", Level.DIFFERENT),
    ],
)
def test_dates_have_levels_of_likeness(left: str, right: str, level: Level) -> None:
    one, other = PartialDate.parse(left), PartialDate.parse(right)
    assert one is not None and other is not None
    assert compare_dates(one, other) is level


@pytest.mark.parametrize(
    ("left", "right", "level"),
    [
        ("Xã An Lạc, huyện Hòa Sơn, TP. Hà Nội", "An Lạc, Hoà Sơn, Hà Nội", Level.SAME),
        ("Xã An Lạc, Hà Nội", "Xã An Lạc, Hà Nội", Level.SAME),
        ("An Lạc, Hà Nội", "Tân Mỹ, Hà Nội", Level.PART),
        ("An Lạc, Hà Nội", "Mường Lát, Thanh Hóa", Level.DIFFERENT),
        ("", "Hà Nội", Level.DIFFERENT),
    ],
)
def test_places_have_levels_of_likeness(left: str, right: str, level: Level) -> None:
    assert compare_places(left, right) is level


@given(days)
def test_a_dates_block_holds_it_and_its_lesser_precisions(day: date) -> None:
    block = dates_one_digit_away(partial(day))
    assert {day.isoformat(), day.isoformat()[:7], day.isoformat()[:4]} <= set(block)


@given(days, days)
def test_a_date_is_in_the_block_exactly_when_it_is_one_digit_away_or_swapped(one: date, two: date) -> None:
    near = compare_dates(partial(one), partial(two)) in (Level.SAME, Level.LETTERS)
    assert (two.isoformat() in dates_one_digit_away(partial(one))) == near


@given(days)
def test_a_block_holds_only_real_dates_and_stays_small(day: date) -> None:
    block = dates_one_digit_away(partial(day))
    assert all(PartialDate.parse(text) is not None for text in block)
    assert len(block) <= 50


def test_a_years_block_is_the_year_alone() -> None:
    assert dates_one_digit_away(PartialDate(1957)) == ["1957"]


@given(st.text("0123456789", min_size=9, max_size=12))
def test_a_numbers_block_is_all_one_digit_away(number: str) -> None:
    block = numbers_one_digit_away(number)
    assert len(block) == 9 * len(number) + 1
    assert all(compare_numbers(number, other) is not Level.DIFFERENT for other in block)


@pytest.mark.parametrize("text", ["1985-02-30", "1985-13", "85", "0000", "1985-3-8", "", "nam 1985"])
def test_what_is_no_date_is_none(text: str) -> None:
    assert PartialDate.parse(text) is None


def test_a_rare_name_says_more_than_a_common_one() -> None:
    assert name_weight(Level.SAME, 1e-6) > name_weight(Level.SAME, 1e-3) + 9


@given(st.floats(1e-8, 0.01))
def test_the_more_alike_a_name_the_more_it_weighs(share: float) -> None:
    weights = [name_weight(level, share) for level in (Level.SAME, Level.MARKS, Level.LETTERS)]
    assert weights == sorted(weights, reverse=True)
    assert weights[-1] > name_weight(Level.DIFFERENT, share)


def test_the_first_of_january_says_less_than_another_day() -> None:
    assert date_weight(Level.SAME, "1938-01-01") < date_weight(Level.SAME, "1938-01-02") - 3
