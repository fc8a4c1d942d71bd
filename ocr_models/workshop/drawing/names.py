"""Invented Vietnamese names, by sex and by the year a person was born.

The lists are ordinary words of the language (surnames, middle and given names as anyone would list
them); no list of real people stands behind them, and every full name is put together by chance.
Weights follow the well-known order of surname frequency in the north; they are rough and say nothing of any office.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "names.toml").read_text("utf-8"))


def era_of(year: int) -> str:
    """Naming fashion of a birth year: `old` (before 1955), `mid` (to 1994), `new`."""
    return "old" if year < 1955 else "mid" if year < 1995 else "new"


def surname(rng: Random, ethnicity: str = "Kinh") -> str:
    """A surname; that of the other northern peoples where the ethnicity is theirs."""
    highland = _words()["highland_surnames"]
    if ethnicity in highland:
        return rng.choice(str(highland[ethnicity]).split())
    weighted: dict[str, float] = _words()["surnames"]
    return rng.choices(list(weighted), list(weighted.values()))[0]


def given_names(rng: Random, sex: str, year: int) -> str:
    """Middle and given names (`Văn An`, `Thị Thu Hà`); old-fashioned people may have no middle name."""
    era = era_of(year)
    if era == "mid" and rng.random() < 0.12:
        era = "old" if year < 1975 else "new"
    middles = str(_words()["middle"][sex][era]).split()
    givens = str(_words()["given"][sex][era]).split()
    given = rng.choice(givens).replace("~", " ")
    if era == "old" and rng.random() < 0.06:
        return given
    middle = rng.choice(middles)
    if " " not in given and rng.random() < (0.3 if era == "new" else 0.12):
        extra = rng.choice(middles)
        if extra not in (middle, "Văn", "Thị"):
            middle = f"{middle} {extra}"
    while given in middle.split():
        given = rng.choice(givens).replace("~", " ")
    return f"{middle} {given}"


def full_name(rng: Random, sex: str, year: int, *, surname_is: str | None = None, ethnicity: str = "Kinh") -> str:
    """An invented full name in NFC, title case: surname, middle names, given name."""
    return f"{surname_is or surname(rng, ethnicity)} {given_names(rng, sex, year)}"
