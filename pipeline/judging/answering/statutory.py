"""The days off that the law itself gives, whatever is announced: Bộ luật Lao động 2019 Điều 112, and Điều 111 khoản 3,
by which a day off that falls on a week-end is made up on the next working day.

Which five days are Tết's, and whether the first or the third of September goes with the second, is announced for each
year. What is off whichever way it is announced is sure; the rest is not, and counts as a working day: a term then ends
rather too early than too late. A Saturday that is worked in exchange for another day is known only once it is
announced.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from itertools import product

from pipeline.judging.answering.lunar import hung_kings, tet

_SATURDAY = 5
_TET = (range(-1, 4), range(-2, 3))  # days from the first of the first month: one before and four, or two and three
_SEPTEMBER = ((1, 2), (2, 3))


@cache
def sure_days_off(year: int) -> frozenset[date]:
    """Days of the working week on which nobody has to work, however the year is announced."""
    return frozenset.intersection(*_ways(year))


@cache
def possible_days_off(year: int) -> frozenset[date]:
    """Days of the working week on which it may be that nobody has to work."""
    return frozenset.union(*_ways(year))


def _ways(year: int) -> list[frozenset[date]]:
    single = [date(year, 1, 1), hung_kings(year), date(year, 4, 30), date(year, 5, 1)]
    ways = []
    for around, september in product(_TET, _SEPTEMBER):
        new_year = [tet(year) + timedelta(days=day) for day in around]
        ways.append(_made_up([*single, *new_year, *(date(year, 9, day) for day in september)]))
    return ways


def _made_up(days: Iterable[date]) -> frozenset[date]:
    off = set(days)
    for day in sorted(off):
        if day.weekday() >= _SATURDAY:
            instead = day
            while instead in off or instead.weekday() >= _SATURDAY:
                instead += timedelta(days=1)
            off.add(instead)
    return frozenset(day for day in off if day.weekday() < _SATURDAY)
