"""Working days: week-ends and holidays are none, and the day on which something came is not counted."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pipeline.domain.errors import WrongUse
from pipeline.judging.answering import due_on, holidays_of, known_holidays


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2026-11-23", "2026-11-25"),  # Monday
        ("2026-11-27", "2026-12-01"),  # Friday
        ("2026-11-28", "2026-12-01"),  # Saturday
        ("2026-04-29", "2026-05-05"),  # before two holidays and a week-end
        ("2026-02-13", "2026-02-24"),  # before Tết
    ],
)
def test_two_working_days(received: str, due: str) -> None:
    assert due_on(date.fromisoformat(received), 2, known_holidays()) == date.fromisoformat(due)


def test_every_known_holiday_is_a_working_day_of_the_week_and_each_year_has_eleven_at_least() -> None:
    assert all(day.weekday() < 5 for day in known_holidays())
    for year in {day.year for day in known_holidays()}:
        assert sum(day.year == year for day in known_holidays()) >= 10


def test_an_office_has_days_of_its_own(tmp_path: Path) -> None:
    own = tmp_path / "off.toml"
    own.write_text("days = [2026-11-24]\n")
    assert due_on(date(2026, 11, 23), 2, holidays_of(own)) == date(2026, 11, 26)


@pytest.mark.parametrize("text", ["days = 3", 'days = ["2026-11-24"]', "other = []", "days = ["])
def test_what_is_no_list_of_days_is_wrong_use(text: str, tmp_path: Path) -> None:
    own = tmp_path / "off.toml"
    own.write_text(text)
    with pytest.raises(WrongUse):
        holidays_of(own)
