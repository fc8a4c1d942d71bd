"""Other readings that are worth a number key: what the field can hold, each once, no noise of a reader.

A reader's second guesses are often letters that nobody writes ("Hà [ĩ:h"). Under a number key they cost a look each and
are never chosen, so they are left out before a clerk sees them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from pipeline.judging.review.display import displayed, near
from pipeline.judging.review.typed_value import read_typed
from pipeline.values.keys import canonical_tones, folded_key, nfc
from pipeline.values.syllables import legal_syllables

# Numbers whose strokes and points part them: 04/1960 is not 041960.
_PARTED: Final = frozenset(("document_number", "book_number", "date", "date_words"))
_NOT_LISTED: Final = "value.not_listed"
_PIECE: Final = re.compile(r"\w+")
_WRITTEN: Final = re.compile(r"[\s\w.,;:/()\[\]'\"“”’+&%№°-]")
_NUMBERED: Final = re.compile(r"\d+[^\W\d_]?|[^\W\d_]{1,2}\d+")  # 12, 12A, P5
_LETTERS: Final = frozenset("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz")
_MOST_CAPITALS: Final = 6  # of an abbreviation: UBND, TTXH


def offered(grammar: str, shown: str, verbatim: str, others: Iterable[tuple[str, float | None]]) -> list[str]:
    """Of `others` (normal form, probability), the normal forms that a clerk may want instead of `shown`, in order.

    Left out: what no value of the field's grammar can be; what is stranger than the reading itself (more pieces that no
    Vietnamese syllable, number or short form is, signs that nobody writes); a scrap of it; what differs from the
    reading, or from a candidate before it, in nothing but case, spaces, stops or the place of a tone mark.
    """
    most_strange = strangeness(shown)
    seen = {_key(grammar, shown)}
    kept = []
    for value, _ in others:
        text = displayed(grammar, value, verbatim)
        key = _key(grammar, text)
        if not key or key in seen or _is_scrap(text, shown):
            continue
        if strangeness(text) > most_strange or not _can_stand(grammar, text):
            continue
        seen.add(key)
        kept.append(value)
    return kept


def strangeness(text: str) -> int:
    """How many pieces of a text no Vietnamese paper has: non-syllables, digits among letters, foreign signs."""
    return sum(1 for _ in _strange(canonical_tones(nfc(text))))


def _strange(text: str) -> Iterator[str]:
    yield from (sign for sign in text if not _WRITTEN.match(sign))
    yield from (piece for piece in _PIECE.findall(text) if not _is_written(piece))


def _is_written(piece: str) -> bool:
    if piece.lower() in legal_syllables() or _NUMBERED.fullmatch(piece):
        return True
    short = piece.isupper() and piece.isalpha() and len(piece) <= _MOST_CAPITALS
    return short and set(_toneless_letters(piece)) <= _LETTERS


def _toneless_letters(piece: str) -> str:
    """In small letters without tone marks; the marks that make letters of their own stay."""
    return "".join(_TONELESS.get(letter, letter) for letter in piece.lower())


def _toneless() -> dict[str, str]:
    marks = "\u0300\u0301\u0309\u0303\u0323"
    return {nfc(vowel + mark): vowel for vowel in "aăâeêioôơuưy" for mark in marks}


_TONELESS: Final = _toneless()


def _can_stand(grammar: str, text: str) -> bool:
    reading = read_typed(grammar, text)
    return not reading.wrong_form and _NOT_LISTED not in reading.findings


def _is_scrap(text: str, shown: str) -> bool:
    """Whether it is less than half of the reading, of which it says nothing."""
    letters = sum(letter.isalpha() for letter in shown)
    return not near(shown, text) and 2 * sum(letter.isalpha() for letter in text) < letters


def _key(grammar: str, text: str) -> str:
    kept = r"\s" if grammar in _PARTED else r"[\W_]"
    return re.sub(kept, "", folded_key(text))
