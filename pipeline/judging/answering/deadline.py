"""Terms in working days.

Source of the counting: Bộ luật Dân sự 2015 Điều 147 and 148 (the day on which something happened is not counted; a term
ends at the end of its last day). Of the days off: Bộ luật Lao động 2019 Điều 112.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from datetime import date, timedelta
from functools import cache
from importlib import resources
from pathlib import Path

from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message

_FRIDAY = 4


def due_on(received: date, days: int, off: Collection[date]) -> date:
    """The last of so many working days after the day on which something was received. Saturdays, Sundays and the days
    `off` are none. A term of no days ends on the day itself."""
    day = received
    for _ in range(days):
        day += timedelta(days=1)
        while day.weekday() > _FRIDAY or day in off:
            day += timedelta(days=1)
    return day


@cache
def known_holidays() -> frozenset[date]:
    """The days off that the program knows of, by `holidays.toml`."""
    text = resources.files("pipeline.judging.answering").joinpath("holidays.toml").read_text(encoding="utf-8")
    return _days(text, "holidays.toml")


def holidays_of(path: Path | None) -> frozenset[date]:
    """The days off of the office's own file (`days = [2027-02-05, ...]`) instead of the known ones, which hold without
    one. Raises WrongUse for a file that is none."""
    if path is None:
        return known_holidays()
    try:
        return _days(path.read_text(encoding="utf-8"), path.name)
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUse(Message(f"{path.name}: không đọc được", f"cannot be read: {type(error).__name__}")) from error


def _days(text: str, name: str) -> frozenset[date]:
    try:
        days = tomllib.loads(text)["days"]
        if not all(type(day) is date for day in days):
            raise TypeError("days")
        return frozenset(days)
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise WrongUse(
            Message(f"{name}: cần days = [2027-01-01, …]", f"{name}: wanted is days = [2027-01-01, …]")
        ) from error
