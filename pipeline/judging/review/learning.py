"""Which decided values can teach a reader: those whose line image says, letter for letter, what was decided."""

from __future__ import annotations

import re
from math import hypot
from typing import Final

from pipeline.domain.geometry import Quad
from pipeline.values import normalise
from pipeline.values.keys import squeeze

# What people type is what stands there. A date, a sex, an age is typed in one form and written in many.
_AS_WRITTEN: Final = frozenset(
    (
        "name", "address", "place", "text", "ethnicity", "nationality", "religion", "relationship", "personal_id",
        "old_national_id", "identity_number", "document_number", "book_number",
    )
)  # fmt: skip
_SHAPED: Final = frozenset(("date", "year", "age", "time", "count", "weight_g"))
# Findings of a guess: the value is right, the letters that were read need not be.
_GUESSED: Final = frozenset(("value.corrected", "date.repaired", "date.century_garbled", "id.repaired"))
_DIGITS: Final = re.compile(r"\d+")
_LONGEST: Final = 400
# A line is so many times as long as high, per letter: below, it runs over several lines; above, it is not all ink.
_LEAST_PER_LETTER, _MOST_PER_LETTER = 0.22, 1.6


def line_text(grammar: str, *, read: str, decided: str, box: Quad) -> str | None:
    """The text of the line in `box`, if it is known to the letter; None where the line may say it in another form.

    `read` is the machine's verbatim, `decided` the one that holds now. Capitals, and the form of a date, are taken
    from the machine's reading, since people type names and dates as they are written today.
    """
    text = squeeze(decided)
    normal = normalise(grammar, text)
    if not text or len(text) > _LONGEST or normal.value is None or not normal.valid:
        return None
    if _GUESSED & set(normal.findings) or not _one_line(text, box):
        return None
    if grammar in _SHAPED:
        written = _in_its_form(text, squeeze(read))
        return written if written and normalise(grammar, written).value == normal.value else None
    if grammar not in _AS_WRITTEN:
        return None
    return text.upper() if read.isupper() and len(read) > 1 else text


def _in_its_form(text: str, read: str) -> str | None:
    """The numbers of `text` in the form that the machine read: 08/03/1957 beside 8.3.1951 is 8.3.1957. None where the
    reading has another count of numbers.
    """
    numbers, places = _DIGITS.findall(text), _DIGITS.findall(read)
    if len(numbers) != len(places) or not numbers:
        return None
    parts = iter([number.lstrip("0").zfill(len(place)) for number, place in zip(numbers, places, strict=True)])
    return _DIGITS.sub(lambda _: next(parts), read)


def _one_line(text: str, box: Quad) -> bool:
    (ax, ay), (bx, by), _, (dx, dy) = box
    along, across = hypot(bx - ax, by - ay), hypot(dx - ax, dy - ay)
    if across < 1.0:
        return False
    return _LEAST_PER_LETTER <= along / across / len(text) <= _MOST_PER_LETTER
