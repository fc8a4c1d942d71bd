"""Dates written out in words, read through the noise of a reader.

The phrase is cut at every place where day, month and year may part; each piece is compared with all
accepted spellings of a day, a month and a year, and the cheapest legal date wins. It is an independent
second reading of a date in figures, so it says how far the runner-up is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

from pipeline.values.cleaning import clean
from pipeline.values.dates import is_lunar
from pipeline.values.keys import folded_key, strip_marks
from pipeline.values.model import Candidate, Context, Normal, PartialDate
from pipeline.values.numberwords import (
    below_hundred,
    spellings_of_day,
    spellings_of_month,
    spellings_of_year,
    year_in_words,
)

_YEARS = range(1850, 2051)
_PER_LETTER_LIMIT = 0.22  # of the phrase's letters: beyond, the reading says too little
_MARGIN = 0.6  # the runner-up must be this much dearer
_NO_MONTH_WORD = 2.0  # "năm hai nghìn" may begin with May only if nothing else fits
_PROMPT = re.compile(r"^.*?(?:ghi|viet)?\s*bang\s*chu\s*\)?\s*[:.]?\s*")
Costs = dict[int, float]


@dataclass(frozen=True, slots=True)
class _Lexicon:
    """All spellings of one part with the number each stands for; spaces are left out on both sides."""

    numbers: NDArray[np.int64]
    marked: tuple[str, ...]
    plain: tuple[str, ...]


def _lexicon(part: str, pairs: Iterable[tuple[int, str]]) -> _Lexicon:
    rows = [(n, f"{lead}{words}".replace(" ", "")) for n, words in pairs for lead in (part, "")]
    marked = tuple(folded_key(text) for _, text in rows)
    numbers = np.array([n for n, _ in rows], dtype=np.int64)
    return _Lexicon(numbers, marked, tuple(strip_marks(text) for text in marked))


@cache
def _lexica() -> tuple[_Lexicon, _Lexicon, _Lexicon]:
    return (
        _lexicon("ngày", ((d, w) for d in range(1, 32) for w in spellings_of_day(d))),
        _lexicon("tháng", ((m, w) for m in range(1, 13) for w in spellings_of_month(m))),
        _lexicon("năm", ((y, w) for y in _YEARS for w in spellings_of_year(y))),
    )


@lru_cache(maxsize=2048)
def _costs(part: int, piece: str) -> Costs:
    """For each number the least cost of reading the piece as it."""
    lexicon = _lexica()[part]
    letters = cdist([strip_marks(piece)], lexicon.plain, scorer=Levenshtein.distance, dtype=np.int32)[0]
    # Only spellings near by letters are worth the second comparison.
    close = np.flatnonzero(letters <= letters.min() + 3)
    marked = [lexicon.marked[i] for i in close]
    marks = cdist([piece], marked, scorer=Levenshtein.distance, dtype=np.int32)[0]
    best: Costs = {}
    for index, with_marks in zip(close, marks, strict=True):
        number, base = int(lexicon.numbers[index]), int(letters[index])
        cost = base + 0.3 * max(0, int(with_marks) - base)
        if cost < best.get(number, 99.0):
            best[number] = cost
    return best


def _tokens(verbatim: str) -> list[str]:
    text = folded_key(clean(verbatim).strip('()"'))
    plain = strip_marks(text)
    prompt = _PROMPT.match(plain) if len(plain) == len(text) else None
    if prompt:
        text = text[prompt.end() :]
    text = re.sub(r"\(\s*\d+\s*\)|\bdương lịch\b", " ", text)
    return _day_first(re.findall(r"[^\W\d_]+", re.sub(r"\d+", _in_words, text)))


def _in_words(figures: re.Match[str]) -> str:
    """A number in figures among the words, as the word it stands for."""
    number = int(figures.group())
    return f" {below_hundred(number) if 1 <= number <= 99 else year_in_words(number) if number in _YEARS else ''} "


def _day_first(tokens: list[str]) -> list[str]:
    """Words that begin with the year ("Năm một nghìn chín trăm sáu mươi, ngày hai tháng ba") with the day first."""
    month = next((i for i, token in enumerate(tokens) if _like(token, "tháng")), None)
    thousand = next((i for i, token in enumerate(tokens) if i and _is_thousand(token) and not _like_day(token)), None)
    if month is None or thousand is None or thousand > month:
        return tokens
    day = next((i for i, token in enumerate(tokens) if i > thousand and _like_day(token)), month)
    return [*tokens[day:], *tokens[month:day], *tokens[: min(day, month)]]


def _month_cuts(tokens: list[str]) -> list[int]:
    """Where the month may begin: at a token like "tháng", else anywhere."""
    likely = [i for i, token in enumerate(tokens) if _like(token, "tháng")]
    return likely or list(range(len(tokens)))


def _like(token: str, word: str) -> bool:
    return Levenshtein.distance(strip_marks(token), strip_marks(word)) <= (1 if len(word) > 3 else 0)


def _is_thousand(token: str) -> bool:
    return _like(token, "nghìn") or _like(token, "ngàn")


def _like_day(token: str) -> bool:
    """Whether a token is like "ngày", and no more like "ngàn"."""
    return _like(token, "ngày") and strip_marks(token) != "ngan"


def _top(costs: Costs, count: int = 5) -> list[tuple[int, float]]:
    return sorted(costs.items(), key=lambda item: item[1])[:count]


def _year_cuts(tokens: list[str], start: int) -> list[int]:
    """Where the year may begin after the month word: "năm" or the thousands, one word off at most."""
    thousands = [i for i in range(start, len(tokens)) if _is_thousand(tokens[i])]
    if thousands:
        place = thousands[0]
        return [i for i in (place - 2, place - 1) if i > start]
    return list(range(start + 1, len(tokens)))


def _parsings(tokens: list[str]) -> dict[tuple[int, int | None, int | None], float]:
    """Every reading as (year, month, day) with its cost."""
    costs: dict[tuple[int, int | None, int | None], float] = {}

    def note(year: int, month: int | None, day: int | None, cost: float) -> None:
        key = (year, month, day)
        costs[key] = min(cost, costs.get(key, 99.0))

    has_month = any(_like(token, "tháng") for token in tokens)
    if not has_month:
        for year, cost in _top(_costs(2, "".join(tokens))):
            note(year, None, None, cost)
    if len(tokens) < 3:
        return costs
    unlikely = 0.0 if has_month else _NO_MONTH_WORD
    for start in _month_cuts(tokens):
        days: list[tuple[int | None, float]] = [(None, 0.0)]
        if start:
            days = list(_top(_costs(0, "".join(tokens[:start]))))
        for cut in _year_cuts(tokens, start):
            months = _top(_costs(1, "".join(tokens[start:cut])), 3)
            for year, year_cost in _top(_costs(2, "".join(tokens[cut:])), 4):
                for month, month_cost in months:
                    for day, day_cost in days:
                        note(year, month, day, unlikely + year_cost + month_cost + day_cost)
    return costs


def read_date_words(verbatim: str, context: Context | None = None) -> Normal:
    """The date the words say, as ISO; partial when they give only month and year, or a year.

    The value is there only when one legal date is clearly the cheapest; other legal ones are candidates. A lunar date
    has none. A number in figures among the words counts as its word.
    """
    del context
    if is_lunar(verbatim):
        return Normal(value=None, verbatim=verbatim, findings=("date.lunar",))
    tokens = _tokens(verbatim)
    if not tokens:
        return Normal(value=None, verbatim=verbatim, valid=False, findings=("value.unreadable",))
    ranked: list[tuple[float, PartialDate]] = []
    impossible = False
    for (year, month, day), cost in sorted(_parsings(tokens).items(), key=lambda item: item[1]):
        option = PartialDate(year=year, month=month, day=day, verbatim=verbatim)
        if option.possible():
            ranked.append((cost, option))
        elif not ranked and cost == 0:
            impossible = True
    limit = max(1.0, _PER_LETTER_LIMIT * sum(map(len, tokens)))
    near = tuple(Candidate(value=o.iso or "", cost=round(c, 2)) for c, o in ranked[:6] if c <= 2 * limit)
    if impossible:
        findings = ("date.impossible",)
        return Normal(value=None, verbatim=verbatim, valid=False, findings=findings, candidates=near)
    if not ranked or ranked[0][0] > limit:
        findings = ("value.unreadable",)
        return Normal(value=None, verbatim=verbatim, valid=False, findings=findings, candidates=near)
    cost, best = ranked[0]
    if len(ranked) > 1 and ranked[1][0] - cost < _MARGIN and cost > 0:
        findings = ("date.words_uncertain",)
        return Normal(value=None, verbatim=verbatim, valid=False, findings=findings, candidates=near)
    codes = ("value.corrected",) if cost > 1.2 else ()
    return Normal(value=best.iso, verbatim=verbatim, findings=codes, candidates=near[1:], date=best)


def words_say(verbatim: str, expected: date) -> bool:
    """Whether the words may mean this date: they do, or they are unclear and it is among the nearest."""
    read = read_date_words(verbatim)
    if read.value is not None:
        return read.value == expected.isoformat()
    if "date.words_uncertain" not in read.findings:
        return False
    near = read.candidates[0].cost + 2 * _MARGIN
    return any(c.value == expected.isoformat() and c.cost <= near for c in read.candidates)
