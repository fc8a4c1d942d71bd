"""Terms in working days.

Source of the counting: Bộ luật Dân sự 2015 Điều 147 and 148 (the day on which something happened is not counted; a term
ends at the end of its last day). Of the days off: what is announced for a year, as data; for a year of which nothing is
known to be announced, those that the law gives in any case (`pipeline.judging.answering.statutory`).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources
from pathlib import Path

from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from pipeline.judging.answering.statutory import sure_days_off

_FRIDAY = 4


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """`off`: days off as announced, of whole years; `worked`: days at week-ends on which work is done in exchange."""

    off: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()

    @property
    def announced(self) -> frozenset[int]:
        """The years that are known."""
        return frozenset(day.year for day in self.off)

    def is_working(self, day: date) -> bool:
        if day in self.worked:
            return True
        off = self.off if day.year in self.announced else sure_days_off(day.year)
        return day.weekday() <= _FRIDAY and day not in off

    def not_announced(self, received: date, due: date) -> tuple[int, ...]:
        """The years within a term whose days off are not known: it may end later than it is told."""
        return tuple(year for year in range(received.year, due.year + 1) if year not in self.announced)


def due_on(received: date, days: int, working: WorkingDays) -> date:
    """The last of so many working days after the day on which something was received. A term of no days ends on the
    day itself."""
    day = received
    for _ in range(days):
        day += timedelta(days=1)
        while not working.is_working(day):
            day += timedelta(days=1)
    return day


@cache
def known_holidays() -> WorkingDays:
    """The years that the program knows of, by `holidays.toml`."""
    text = resources.files("pipeline.judging.answering").joinpath("holidays.toml").read_text(encoding="utf-8")
    return _days(text, "holidays.toml")


def holidays_of(path: Path | None) -> WorkingDays:
    """The office's own file (`days = [2027-02-05, ...]`, `worked = [...]`) instead of the known years, which hold
    without one: a year of which it names a day is named whole. Raises WrongUse for a file that is none."""
    if path is None:
        return known_holidays()
    try:
        return _days(path.read_text(encoding="utf-8"), path.name)
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUse(Message(f"{path.name}: không đọc được", f"cannot be read: {type(error).__name__}")) from error


def _days(text: str, name: str) -> WorkingDays:
    try:
        told = tomllib.loads(text)
        off, worked = told["days"], told.get("worked", [])
        if not all(type(day) is date for day in (*off, *worked)):
            raise TypeError("days")
        return WorkingDays(frozenset(off), frozenset(worked))
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise WrongUse(
            Message(f"{name}: cần days = [2027-01-01, …]", f"{name}: wanted is days = [2027-01-01, …]")
        ) from error
