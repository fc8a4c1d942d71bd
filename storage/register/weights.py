"""Match weights: how much each comparison speaks for or against two descriptions being of one person.

Fellegi and Sunter (1969): a field at a level weighs log2(m / u), where m is the share of pairs of one person that
compare so, and u the share of pairs of two people that do. The m values are estimates for papers read by machine (one
name in five read with a wrong mark or letter, one date in twenty with a wrong digit), to be replaced by what an office
measures; the u values follow from how the fields are spread. Names are weighed by how common they are in this
register: a rare name weighs more.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import log2

from storage.register.comparison import Level

# 1 in 36,525 people share a date of birth if a century's births spread evenly; 40 dates lie one digit away.
_DAY = 1 / 36_525
_YEAR = 1 / 80

#: level -> (m, u); fields that are not listed here are computed below.
_TABLE: Mapping[str, Mapping[Level, tuple[float, float]]] = {
    # Of twelve digits the last six are free; the others repeat place, sex and year, weighed on their own.
    "personal_id": {
        Level.SAME: (0.93, 1e-6),
        Level.LETTERS: (0.05, 6e-5),
        Level.DIFFERENT: (0.02, 1.0),
    },
    # People who moved between provinces held several nine-digit numbers, so another one says little.
    "old_national_id": {
        Level.SAME: (0.85, 1e-6),
        Level.LETTERS: (0.05, 6e-5),
        Level.DIFFERENT: (0.10, 1.0),
    },
    "sex": {Level.SAME: (0.985, 0.5), Level.DIFFERENT: (0.015, 0.5)},
    # Papers are old and people move: another residence says almost nothing.
    "residence": {Level.SAME: (0.40, 0.002), Level.PART: (0.30, 0.15), Level.DIFFERENT: (0.30, 0.85)},
    "household_number": {Level.SAME: (0.70, 1e-5), Level.DIFFERENT: (0.30, 1.0)},
}

_DATE: Mapping[Level, tuple[float, float]] = {
    Level.SAME: (0.92, _DAY),
    Level.LETTERS: (0.05, 40 * _DAY),
    Level.PART: (0.92, _YEAR),
    Level.DIFFERENT: (0.03, 1 - 41 * _DAY),
}
# In old registers 1 in 20 people whose day is unknown is entered as born on 1 January.
_NEW_YEAR = (0.92, 0.05 * _YEAR)

_NAME_M: Mapping[Level, float] = {
    Level.SAME: 0.78,
    Level.MARKS: 0.10,
    Level.LETTERS: 0.09,
    Level.PART: 0.01,
    Level.DIFFERENT: 0.02,
}
# About this many times more people bear a name within two letters of a given one than that very name.
_NEIGHBOURS = 20.0
_KINH = "01"  # its code among the ethnic groups


def table_weight(field: str, level: Level) -> float:
    """Weight of a field whose u does not depend on the value."""
    return _weight(*_TABLE[field][level])


def date_weight(level: Level, registered: str) -> float:
    """Weight of the date of birth; 1 January is common in old registers and says less."""
    if level is Level.SAME:
        if len(registered) == 4:
            return _weight(0.92, _YEAR)
        if registered.endswith("-01-01"):
            return _weight(*_NEW_YEAR)
    return _weight(*_DATE[level])


def name_weight(level: Level, share: float) -> float:
    """Weight of a name that `share` of the register's people bear (at least one person's share)."""
    if level in (Level.SAME, Level.MARKS):
        return _weight(_NAME_M[level], min(share, 0.5))
    if level is Level.LETTERS:
        return _weight(_NAME_M[level], min(_NEIGHBOURS * share, 0.08))
    if level is Level.PART:
        return _weight(_NAME_M[level], 0.005)
    return _weight(_NAME_M[level], 0.98)


def origin_weight(level: Level, shared: float) -> float:
    """Weight of the place of origin, where two people of the register have the same with chance `shared`."""
    u = {Level.SAME: min(max(shared, 0.005), 0.5), Level.PART: 0.2, Level.DIFFERENT: 0.8}
    return _weight({Level.SAME: 0.60, Level.PART: 0.25, Level.DIFFERENT: 0.15}[level], u[level])


def ethnicity_weight(level: Level, registered_code: str | None) -> float:
    """Weight of the ethnic group: most people are Kinh, so that it says little, and any other much."""
    if level is Level.DIFFERENT:
        return _weight(0.02, 0.25)
    return _weight(0.98, 0.85 if registered_code == _KINH else 0.02)


def _weight(m: float, u: float) -> float:
    return log2(m / u)
