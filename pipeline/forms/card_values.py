"""What of a card's run of writing is the value: without the rest of its small, half-read label.

The labels of cards are printed small, pale and in two languages, the values larger and darker; a reader makes "/N t tt"
of "/Nationality:". Dates, numbers, sex and nationality are known by their shape, names by their capitals, addresses and
marks by their words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from pipeline.forms.keys import fold
from pipeline.values import legal_syllables

Span = tuple[int, int]

# All by trial.
_DATE = re.compile(r"(?<!\d)\d{1,2}[ /.\-]{1,3}\d{1,2}[ /.\-]{1,3}\d{4}(?!\d)")
_DATE_IN_WORDS = re.compile(
    r"(?:\bng\S{1,2}y\s*)?(?<!\d)\d{1,2}\s*th\S{0,3}\s*\d{1,2}\s*n\S{1,3}\s*\d{4}(?!\d)", re.IGNORECASE
)
_WORD = re.compile(r"\S+")
_UNLIMITED = fold("không thời hạn")
_NATIONALITY = fold("Việt Nam")
_VIET = fold("Việt")
_LIKE = 80  # likeness (rapidfuzz) of a fixed phrase, 0 to 100
_HEAD = 0.7  # of a value's words among which the rest of a label may stand
_COLON_WORDS = 4  # words of an address among which a colon ends its label
_LEAST = 2  # letters and digits of a value
_SIGNS = " \t.:;,/|*'\"°“”‘’-–—_()[]{}<>"


def value_span(grammar: str, text: str) -> Span | None:
    """First and past-the-last character of the value in a run of writing, or None where none of this kind stands."""
    find = _BY_GRAMMAR.get(grammar)
    if find is not None:
        return find(text)
    return _words_span(text, colons=grammar == "text")


def _date(text: str) -> Span | None:
    for pattern in (_DATE, _DATE_IN_WORDS):
        match = pattern.search(text)
        if match:
            return match.span()
    return _phrase(text, _UNLIMITED, words=3)


def _digits(count: int) -> Callable[[str], Span | None]:
    shape = re.compile(rf"(?<!\d)\d(?:[ .]?\d){{{count - 1}}}(?![ .]?\d)")

    def find(text: str) -> Span | None:
        match = shape.search(text)
        return match.span() if match else None

    return find


def _sex(text: str) -> Span | None:
    words = list(_words(text))
    for n in range(len(words) - 1, -1, -1):
        if words[n].bare in {"Nam", "Nữ", "NAM", "NỮ"} and (n == 0 or fold(words[n - 1].bare) != _VIET):
            return words[n].start, words[n].end
    return None


def _nationality(text: str) -> Span | None:
    return _phrase(text, _NATIONALITY, words=2)


def _phrase(text: str, key: str, *, words: int) -> Span | None:
    """The words that read like a fixed phrase; the last such, since a label stands before."""
    found = list(_words(text))
    best: tuple[float, int] | None = None
    for n in range(len(found) - words + 1):
        span = found[n : n + words]
        likeness = fuzz.ratio(fold(text[span[0].start : span[-1].end]), key)
        if likeness >= _LIKE and (best is None or likeness >= best[0]):
            best = (likeness, n)
    return None if best is None else (found[best[1]].start, found[best[1] + words - 1].end)


def _name(text: str) -> Span | None:
    """The longest run of words in capitals, else of words with a capital."""
    words = list(_words(text))
    best = _longest(words, lambda word: word.capital) or _longest(words, lambda word: word.legal and not word.small)
    if sum(len(w.bare) for w in best) < _LEAST:
        return None
    return best[0].start, best[-1].end


def is_scrap_of_label(text: str) -> bool:
    """Whether a run has no word of the language: a number, single letters, no syllables."""
    return not any(word.legal and len(word.bare) > 1 and word.bare.isalpha() for word in _words(text))


def _longest(words: Sequence[_Word], belongs: Callable[[_Word], bool]) -> list[_Word]:
    """The run of words of a kind with the most letters."""
    best: list[_Word] = []
    run: list[_Word] = []
    for word in words:
        run = [*run, word] if belongs(word) else []
        if sum(len(w.bare) for w in run) > sum(len(w.bare) for w in best):
            best = run
    return best


@dataclass(frozen=True, slots=True)
class _Word:
    start: int
    end: int
    bare: str

    @property
    def capital(self) -> bool:
        return self.bare.isalpha() and self.bare.isupper()

    @property
    def legal(self) -> bool:
        return self.bare.isdigit() or self.bare.lower() in legal_syllables()

    @property
    def small(self) -> bool:
        return not self.bare[:1].isupper()


def _words(text: str) -> Iterator[_Word]:
    """The words of a run with their characters, without signs around them; runs of signs alone are none."""
    for match in _WORD.finditer(text):
        word = match.group()
        start = match.start() + len(word) - len(word.lstrip(_SIGNS))
        bare = word.strip(_SIGNS)
        if bare:
            yield _Word(start, start + len(bare), bare)


def _words_span(text: str, *, colons: bool) -> Span | None:
    """An address, marks, a people: from behind the last scrap of a label to before a date.

    `colons`: the value may hold a colon ("C: 2 cm"); else one near its beginning ends the label.
    """
    dates = [m.start() for pattern in (_DATE, _DATE_IN_WORDS) if (m := pattern.search(text))]
    words = list(_words(text[: min(dates, default=len(text))]))
    kept = words[_behind_label(words, text if not colons else "") :]
    if sum(c.isalnum() for w in kept for c in w.bare) < _LEAST or (len(kept) == 1 and len(words) > 2):
        return None
    end = kept[-1].end
    return kept[0].start, end + (1 if text[end : end + 1] in {")", ","} else 0)


def _behind_label(words: Sequence[_Word], text: str) -> int:
    """How many words at the head are what a reader made of a label's second language.

    They are no syllables and in small letters, single letters, numbers one after the other, or end in a colon.
    """
    last = 0
    for n, word in enumerate(words):
        if n > 0 and n >= _HEAD * len(words):
            break
        scrap = word.small and word.bare.isalpha() and not word.legal
        mixed = last == n and word.bare[:1].isdigit() and word.bare.isalnum() and not word.bare.isdigit()
        numbers = last == n and word.bare.isdigit() and n + 1 < len(words) and words[n + 1].bare.isdigit()
        colon = ":" in text[word.end : word.end + 2] and n < _COLON_WORDS
        if scrap or (mixed and word.small and len(word.bare) < 3) or numbers or colon:
            last = n + 1
    if last and last < len(words) - 1 and words[last - 1].bare.isdigit() and words[last].bare.isdigit():
        last += 1
    while last < len(words) - 1 and len(words[last].bare) == 1 and words[last].bare.isalpha():
        last += 1
    return last


_BY_GRAMMAR: dict[str, Callable[[str], Span | None]] = {
    "date": _date,
    "personal_id": _digits(12),
    "old_national_id": _digits(9),
    "sex": _sex,
    "nationality": _nationality,
    "name": _name,
}
