"""The days of the Vietnamese lunar calendar by which holidays go.

A month begins on the day of a new moon, a day at UTC+7 (Quyết định 121/CP of 1967; in force in the whole country since
1976). The month in which the sun comes to 270° is the eleventh; where thirteen months lie between two of these, the
first without a major solar term is the leap month. New moons and the sun's longitude by Meeus, Astronomical Algorithms,
second edition, chapters 49 and 25: good to a minute or two, so that a new moon that near to midnight may be told a day
off; none is until 2100 at Tết.
"""

from __future__ import annotations

import math
from datetime import date
from functools import cache

_J2000, _UTC7, _DELTA_T = 2451545.0, 7 / 24, 75 / 86400  # of these decades, in days
_EPOCH = date(2000, 1, 1).toordinal() - 2451545  # day number at noon, to Python's
_LUNATION, _PER_YEAR = 29.530588861, 12.3685


@cache
def tet(year: int) -> date:
    """The first day of the first month."""
    return _month(year, 1)


@cache
def hung_kings(year: int) -> date:
    """Giỗ Tổ Hùng Vương, the tenth of the third month."""
    return date.fromordinal(_month(year, 3).toordinal() + 9)


def _month(year: int, wanted: int) -> date:
    """The first day of a month of the lunar year that begins in this one; never of a leap month."""
    before, after = _eleventh(year - 1), _eleventh(year)
    leap = None
    if after - before == 13:
        sectors = [_sector(_new_moon_day(before + n)) for n in range(1, 14)]
        leap = next(n for n in range(1, 13) if sectors[n - 1] == sectors[n])
    at = wanted + 1
    return _as_date(_new_moon_day(before + at + (1 if leap is not None and leap <= at else 0)))


def _eleventh(year: int) -> int:
    """The number of the new moon with which the eleventh month of the year begins."""
    end = date(year, 12, 31).toordinal() - _EPOCH
    number = math.floor((end - _J2000) / _LUNATION) + 2
    while _new_moon_day(number) > end:
        number -= 1
    return number - 1 if _sector(_new_moon_day(number)) >= 9 else number


def _sector(day: int) -> int:
    """In which twelfth of its way the sun is as a day begins, from the equinox of spring."""
    return math.floor(_sun(day - 0.5 - _UTC7 + _DELTA_T) / 30)


def _as_date(day: int) -> date:
    return date.fromordinal(day + _EPOCH)


@cache
def _new_moon_day(number: int) -> int:
    """The day, by its number at noon, on which the new moon of this number falls; 0 is that of January 2000."""
    return math.floor(_new_moon(number) - _DELTA_T + _UTC7 + 0.5)


def _new_moon(number: int) -> float:
    """Meeus, chapter 49: the planets' terms, under half a minute each, are left out."""
    t = number / (100 * _PER_YEAR)
    mean = 2451550.09766 + _LUNATION * number + 0.00015437 * t**2 - 0.000000150 * t**3 + 0.00000000073 * t**4
    e = 1 - 0.002516 * t - 0.0000074 * t**2
    sun = math.radians(2.5534 + 29.10535670 * number - 0.0000014 * t**2)
    moon = math.radians(201.5643 + 385.81693528 * number + 0.0107582 * t**2)
    node = math.radians(160.7108 + 390.67050284 * number - 0.0016118 * t**2)
    rising = math.radians(124.7746 - 1.56375588 * number + 0.0020672 * t**2)
    terms = (
        (-0.40720, moon), (0.17241 * e, sun), (0.01608, 2 * moon), (0.01039, 2 * node), (0.00739 * e, moon - sun),
        (-0.00514 * e, moon + sun), (0.00208 * e**2, 2 * sun), (-0.00111, moon - 2 * node),
        (-0.00057, moon + 2 * node), (0.00056 * e, 2 * moon + sun), (-0.00042, 3 * moon),
        (0.00042 * e, sun + 2 * node), (0.00038 * e, sun - 2 * node), (-0.00024 * e, 2 * moon - sun),
        (-0.00017, rising), (-0.00007, moon + 2 * sun), (0.00004, 2 * moon - 2 * node), (0.00004, 3 * sun),
        (0.00003, moon + sun - 2 * node), (0.00003, 2 * moon + 2 * node), (-0.00003, moon + sun + 2 * node),
        (0.00003, moon - sun + 2 * node), (-0.00002, moon - sun - 2 * node), (-0.00002, 3 * moon + sun),
        (0.00002, 4 * moon),
    )  # fmt: skip
    return mean + sum(size * math.sin(angle) for size, angle in terms)


def _sun(jde: float) -> float:
    """Meeus, chapter 25: the sun's apparent longitude in degrees, good to a hundredth."""
    t = (jde - _J2000) / 36525
    anomaly = math.radians(357.52911 + 35999.05029 * t - 0.0001537 * t**2)
    centre = (
        (1.914602 - 0.004817 * t - 0.000014 * t**2) * math.sin(anomaly)
        + (0.019993 - 0.000101 * t) * math.sin(2 * anomaly)
        + 0.000289 * math.sin(3 * anomaly)
    )
    node = math.radians(125.04 - 1934.136 * t)
    return (280.46646 + 36000.76983 * t + 0.0003032 * t**2 + centre - 0.00569 - 0.00478 * math.sin(node)) % 360
