"""What is looked for, and the terms that find it: first as it was typed, then without marks, then a letter off."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import reduce

from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from pipeline.domain.model import DocumentType, Status
from pipeline.records.searching.terms import (
    EVERYTHING,
    book_term,
    marked_words,
    number_terms,
    office_term,
    pairs,
    plain_words,
)

Spellings = Callable[[Collection[str]], Mapping[str, Sequence[str]]]
"""Of each of these words, the words in the archive that differ from it by one letter."""

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_MOST_YEARS = 150
_MOST_WORDS = 20
_MOST_SPELLINGS = 60
_DAY = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})")
_MONTH = re.compile(r"(\d{1,2})[/.\-](\d{4})")
_ISO = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_YEARS = re.compile(r"(\d{4})\s*(?:-|–|\.\.)\s*(\d{4})")


@dataclass(frozen=True, slots=True)
class AllOf:
    """Documents that have every part. A part is a term or one of these two."""

    parts: tuple[Wanted, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Documents that have at least one part; none where there is no part."""

    parts: tuple[Wanted, ...]


Wanted = str | AllOf | AnyOf


class Closeness(StrEnum):
    """How what was found is to what was typed: `EXACT`; the same but for `MARKS`; `NEAR`: one letter off; the `WORDS`
    in whatever order."""

    EXACT = "exact"
    MARKS = "marks"
    NEAR = "near"
    WORDS = "words"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is looked for; an empty text asks nothing, and everything that is given must hold.

    `text`: words anywhere on the paper, numbers and dates among them. `date`: 15/3/1990, 3/1990, 1990, 1980-1985.
    `offices`: whose papers may be found, None: everybody's. `near`: what is a letter off is wanted too, not only where
    nothing else is found.
    """

    text: str = ""
    name: str = ""
    number: str = ""
    date: str = ""
    born: str = ""
    place: str = ""
    book: str = ""
    document_type: str = ""
    status: str = ""
    near: bool = False
    offices: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        """Raises WrongUse for a date, type or status that cannot be one."""
        for date in (self.date, self.born):
            if date:
                _date_terms("t", date)
        if self.document_type and self.document_type not in {kind.value for kind in DocumentType}:
            raise WrongUse(Message("Không có loại giấy tờ này", "There is no such document type"))
        if self.status and self.status not in {status.value for status in Status}:
            raise WrongUse(Message("Không có trạng thái này", "There is no such status"))

    @property
    def asks(self) -> tuple[str, ...]:
        """The kinds of what is asked, never what: for logs."""
        known = (field.name for field in fields(self) if field.name not in ("near", "offices"))
        return tuple(name for name in known if getattr(self, name))


def attempts(question: Question, spellings: Spellings) -> Iterator[tuple[Closeness, Wanted]]:
    """What to look for, one after the other, until something is found."""
    fixed = tuple(_fixed(question))
    if not (fixed or plain_words(question.name) or question.text or question.place):
        fixed = (EVERYTHING,)
    name, text = plain_words(question.name)[:_MOST_WORDS], _text_parts(question.text)
    marked = tuple(f"m_{word}" for word in marked_words(question.name) if not word.isascii())
    exact = (*_in_order("n", name), *(part for part in text), *_in_order("p", plain_words(question.place)))
    if not question.near:
        yield Closeness.EXACT, AllOf((*fixed, *exact, *marked))
        if marked:
            yield Closeness.MARKS, AllOf((*fixed, *exact))
        if not (name or text or question.place):
            return
    words = [part[2:] for part in text if isinstance(part, str) and part.startswith("x_")]
    known = spellings(dict.fromkeys((*name, *words)))
    place = tuple(_in_order("p", plain_words(question.place)))
    near_text = tuple(_near_word(part, known) for part in text)
    yield Closeness.NEAR, AllOf((*fixed, *_near_name(name, known), *near_text, *place))
    if not question.near:
        loose = [f"{letter}_{word}" for letter, given in (("n", name), ("p", plain_words(question.place)))
                 for word in given]  # fmt: skip
        yield Closeness.WORDS, AllOf((*fixed, *loose, *text))


def one_letter_off(word: str) -> set[str]:
    """Every word that comes of this one by one letter more, less or other, or by two neighbours exchanged."""
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    off = {a + b[1:] for a, b in cuts if b}
    off |= {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    off |= {a + letter + b[1:] for a, b in cuts if b for letter in _LETTERS}
    off |= {a + letter + b for a, b in cuts for letter in _LETTERS}
    return off - {word, ""}


def _fixed(question: Question) -> Iterator[Wanted]:
    if question.offices is not None:
        yield AnyOf(tuple(office_term(office) for office in question.offices))
    if question.document_type:
        yield f"y_{question.document_type}"
    if question.status:
        yield f"s_{question.status}"
    if question.book:
        yield book_term(question.book)
    if question.number:
        yield AnyOf(tuple(_number(question.number)))
    for letter, date in (("t", question.date), ("b", question.born)):
        if date:
            yield AnyOf(tuple(_date_terms(letter, date)))


def _number(text: str) -> list[str]:
    """A number as a whole: the first part of one with several is not asked for by itself."""
    whole = list(number_terms(text))
    key = "".join(plain_words(text))
    return [term for term in whole if term[2:].lstrip("0") == key.lstrip("0")] or whole


def _text_parts(text: str) -> tuple[Wanted, ...]:
    parts: list[Wanted] = []
    for chunk in text.split()[:_MOST_WORDS]:
        day = _DAY.fullmatch(chunk)
        words = plain_words(chunk)
        if day is not None and _is_day(day[3], day[2], day[1]):
            parts.append(f"t_{day[3]}{int(day[2]):02}{int(day[1]):02}")
        elif any(map(str.isdigit, chunk)) and words:
            parts.append(AnyOf((f"d_{''.join(words)}", AllOf(tuple(f"x_{word}" for word in words)))))
        else:
            parts.extend(f"x_{word}" for word in words)
    return tuple(parts)


def _in_order(letter: str, words: Sequence[str]) -> list[str]:
    """The words as neighbours, in this order; a single one by itself."""
    return [f"{letter}_{part}" for part in (pairs(words) if len(words) > 1 else words)]


def _near_name(words: Sequence[str], known: Mapping[str, Sequence[str]]) -> tuple[Wanted, ...]:
    """The name as it is typed, or with one of its words a letter off."""
    if not words:
        return ()
    typed = AllOf(tuple(_in_order("n", words)))
    off = [_with_other(words, at, known.get(word, ())[:_MOST_SPELLINGS]) for at, word in enumerate(words)]
    return (AnyOf((typed, *(wanted for wanted in off if wanted is not None))),)


def _with_other(words: Sequence[str], at: int, others: Sequence[str]) -> Wanted | None:
    """The name with another word at this place; the rest of it is asked for once, whatever the other word."""
    if not others:
        return None
    if len(words) == 1:
        return AnyOf(tuple(f"n_{other}" for other in others))
    rest = [f"n_{pair}" for place, pair in enumerate(pairs(words)) if place not in (at - 1, at)]
    before = [words[at - 1]] if at else []
    after = [words[at + 1]] if at + 1 < len(words) else []
    with_other = AnyOf(tuple(AllOf(tuple(_in_order("n", (*before, other, *after)))) for other in others))
    return AllOf((*rest, with_other))


def _near_word(part: Wanted, known: Mapping[str, Sequence[str]]) -> Wanted:
    if not isinstance(part, str) or not part.startswith("x_"):
        return part
    return AnyOf((part, *(f"x_{other}" for other in known.get(part[2:], ())[:_MOST_SPELLINGS])))


def _date_terms(letter: str, text: str) -> list[str]:
    """Raises WrongUse for what is no date."""
    text = text.strip()
    years = _YEARS.fullmatch(text)
    if years is not None and 0 <= int(years[2]) - int(years[1]) <= _MOST_YEARS:
        return [f"{letter}_{year}" for year in range(int(years[1]), int(years[2]) + 1)]
    for pattern, order in ((_DAY, (3, 2, 1)), (_MONTH, (2, 1)), (_ISO, (1, 2, 3))):
        found = pattern.fullmatch(text)
        if found is not None:
            parts = [found[at] for at in order if found[at]]
            if _is_day(*parts):
                return [f"{letter}_{parts[0]}" + "".join(f"{int(part):02}" for part in parts[1:])]
    raise WrongUse(
        Message(
            "Ngày cần dạng 15/3/1990, 3/1990, 1990 hoặc 1980-1985",
            "A date is 15/3/1990, 3/1990, 1990 or 1980-1985",
        )
    )


def _is_day(year: str, month: str = "1", day: str = "1") -> bool:
    return 1 <= int(month) <= 12 and 1 <= int(day) <= 31 and int(year) > 0


def terms_in(wanted: Wanted) -> set[str]:
    """Every term that is asked for."""
    if isinstance(wanted, str):
        return {wanted}
    return reduce(set.union, map(terms_in, wanted.parts), set())
