"""Working days: week-ends and holidays are none, and the day on which something came is not counted."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pipeline.domain.errors import WrongUse
from pipeline.judging.answering import WorkingDays, due_on, holidays_of, known_holidays
from pipeline.judging.answering.lunar import hung_kings, tet
from pipeline.judging.answering.statutory import possible_days_off, sure_days_off


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2026-11-23", "2026-11-25"),  # Monday
        ("2026-11-27", "2026-12-01"),  # Friday
        ("2026-11-28", "2026-12-01"),  # Saturday
        ("2026-04-29", "2026-05-05"),  # before two holidays and a week-end
        ("2026-02-13", "2026-02-24"),  # before Tết
        ("2026-12-31", "2027-01-05"),  # before New Year of a year that is not announced
        (
            "2027-02-03",
            "2027-02-11",
        ),  # before its Tết: the 4th and the 11th may be off, and count
    ],
)
def test_two_working_days(received: str, due: str) -> None:
    assert due_on(day(received), 2, known_holidays()) == day(due)


@pytest.mark.parametrize(
    ("year", "first"),
    [(1985, "1985-01-21"), (2007, "2007-02-17"), (2026, "2026-02-17"), (2027, "2027-02-06"), (2030, "2030-02-02"),
     (2033, "2033-01-31"), (2034, "2034-02-19")],
)  # fmt: skip
def test_tet_is_by_the_vietnamese_calendar_where_the_chinese_differs_too(year: int, first: str) -> None:
    assert tet(year) == day(first)


def test_the_hung_kings_day_goes_by_the_same_calendar() -> None:
    assert [str(hung_kings(year)) for year in (2023, 2025, 2026, 2027)] == [
        "2023-04-29", "2025-04-07", "2026-04-26", "2027-04-16"
    ]  # fmt: skip


def test_the_announced_days_of_the_file_are_days_that_the_law_gives() -> None:
    known = known_holidays()
    for year in known.announced:
        told = {one for one in known.off if one.year == year}
        assert sure_days_off(year) <= told <= possible_days_off(year)


def test_of_a_year_that_is_not_announced_only_what_is_off_in_any_case_is_off() -> None:
    assert sorted(map(str, sure_days_off(2027))) == [
        "2027-01-01", "2027-02-05", "2027-02-08", "2027-02-09", "2027-02-10", "2027-04-16", "2027-04-30", "2027-05-03",
        "2027-09-02",
    ]  # fmt: skip
    assert {"2027-02-04", "2027-02-11", "2027-09-01", "2027-09-03"} == {
        str(one) for one in possible_days_off(2027) - sure_days_off(2027)
    }


def test_a_term_in_a_year_that_is_not_announced_says_so() -> None:
    assert known_holidays().not_announced(day("2026-11-23"), day("2026-11-25")) == ()
    assert known_holidays().not_announced(day("2026-12-30"), day("2027-01-04")) == (2027,)


def test_an_office_has_days_of_its_own(tmp_path: Path) -> None:
    own = tmp_path / "off.toml"
    own.write_text("days = [2026-11-24]\nworked = [2026-11-28]\n")
    assert due_on(day("2026-11-23"), 2, holidays_of(own)) == day("2026-11-26")
    assert due_on(day("2026-11-27"), 1, holidays_of(own)) == day("2026-11-28")
    assert holidays_of(own).announced == {2026}


def test_without_anything_announced_the_law_holds() -> None:
    assert due_on(day("2027-04-29"), 1, WorkingDays()) == day("2027-05-04")


@pytest.mark.parametrize("text", ["days = 3", 'days = ["2026-11-24"]', "other = []", "days = ["])
def test_what_is_no_list_of_days_is_wrong_use(text: str, tmp_path: Path) -> None:
    own = tmp_path / "off.toml"
    own.write_text(text)
    with pytest.raises(WrongUse):
        holidays_of(own)
