"""How a value is written for a clerk: dates by day, month and year, sexes in words, all else as it is.

`pipeline.judging.review.typed_value` leads back: the displayed text, typed again, has the same value.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

from rapidfuzz.distance import Levenshtein

from pipeline.values import INDEFINITE, WordStyle, date_in_words

_DATES: Final = frozenset(("date", "date_words"))
_ISO: Final = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_NO_END: Final = "Không thời hạn"
_FAR: Final = 0.4
_SEXES: Final = {"male": "Nam", "female": "Nữ"}


def display_value(grammar: str, value: str) -> str:
    """A normal form as people write it, at the precision it has: 1957-03-08 as 08/03/1957, 1957-03 as 03/1957."""
    if grammar in _DATES and value == INDEFINITE:
        return _NO_END
    if grammar in _DATES and _ISO.fullmatch(value):
        return "/".join(reversed(value.split("-")))
    if grammar == "sex":
        return _SEXES.get(value, value)
    return value


def displayed(grammar: str, value: str | None, verbatim: str) -> str:
    """A reading as it is put before a clerk: its normal form as people write it, a date in words in words.

    Words are the ones that were read; another date (`verbatim` says the reading's own words) is put into words as that
    hand writes them. What has no words, such as a year alone, stands in figures.
    """
    if value is None:
        return verbatim
    if grammar != "date_words" or not _DAY.fullmatch(value):
        return display_value(grammar, value)
    words = date_in_words(date.fromisoformat(value), _style(verbatim))
    if not verbatim or verbatim.startswith("Ngày"):
        return words
    return words.replace("Ngày", "ngày", 1) if verbatim.startswith("ngày") else words.removeprefix("Ngày ").capitalize()


def _style(words: str) -> WordStyle:
    """The habits of whoever wrote these words."""
    said = words.lower()
    plain = WordStyle()
    return WordStyle(
        thousand="ngàn" if "ngàn" in said else plain.thousand,
        zero_ten="lẻ" if "lẻ" in said else plain.zero_ten,
        four="bốn" if "mươi bốn" in said else plain.four,
        hundred_gap="trăm" in said or not said,
        day_prefix=next((prefix for prefix in ("mùng", "mồng") if prefix in said), plain.day_prefix),
        comma="," in said,
        old_months="giêng" in said or "chạp" in said,
    )


def near(text: str, other: str) -> bool:
    """Whether two readings can be of the same ink: texts that differ wholly tell nothing about single characters."""
    return Levenshtein.normalized_distance(text, other) <= _FAR


def doubtful(text: str, alternatives: Sequence[str]) -> list[bool]:
    """For each character of `text` whether some alternative has something else there; empty when there is none.

    Where an alternative has characters more, the two that stand around their place are doubtful. Alternatives that
    are not `near` do not count. A space is never doubtful, nor is a letter because one stands beside it: nobody reads
    spaces in ink.
    """
    others = [other for other in alternatives if other and other != text and near(text, other)]
    if not text or not others:
        return []
    marks = [False] * len(text)
    for other in others:
        for change in Levenshtein.editops(text, other):
            at = change.src_pos
            if change.tag == "insert" and other[change.dest_pos].isspace():
                continue
            places = (at - 1, at) if change.tag == "insert" else (at,)
            for place in places:
                if 0 <= place < len(text) and not text[place].isspace():
                    marks[place] = True
    return marks if any(marks) else []
