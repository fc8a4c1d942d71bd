"""How a value is written for a clerk: dates by day, month and year, sexes in words, all else as it is.

`pipeline.judging.review.typed_value` leads back: the displayed text, typed again, has the same value.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from rapidfuzz.distance import Levenshtein

from pipeline.values import INDEFINITE

_DATES: Final = frozenset(("date", "date_words"))
_ISO: Final = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
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


def near(text: str, other: str) -> bool:
    """Whether two readings can be of the same ink: texts that differ wholly tell nothing about single characters."""
    return Levenshtein.normalized_distance(text, other) <= _FAR


def doubtful(text: str, alternatives: Sequence[str]) -> list[bool]:
    """For each character of `text` whether some alternative has something else there; empty when there is none.

    Where an alternative has characters more, the two that stand around their place are doubtful. Alternatives that
    are not `near` do not count.
    """
    others = [other for other in alternatives if other and other != text and near(text, other)]
    if not text or not others:
        return []
    marks = [False] * len(text)
    for other in others:
        for change in Levenshtein.editops(text, other):
            at = change.src_pos
            places = (at - 1, at) if change.tag == "insert" else (at,)
            for place in places:
                if 0 <= place < len(text):
                    marks[place] = True
    return marks
