"""The terms by which a document is found: short words of a letter that says what kind, `_`, and what stands there.

| letter | of |
|---|---|
| `n` | a word of a person's name without marks, or two neighbouring ones: `n_nguyen_van` |
| `m` | a word of a name with its marks: `m_nguyễn` |
| `p` | a word of a place without marks, or two neighbouring ones |
| `d` | a number: letters and digits alone, lower case |
| `t`, `b` | a date, or a date of birth, as year, year and month, and day: `t_2015`, `t_201503`, `t_20150308` |
| `x` | any word on the paper, of its fields or of the text that was read on its pages |
| `y`, `s`, `k`, `o` | type, status, book, office |

`a` by itself is every document's; `w` is left to the index.

A term has no white space, no quotation mark and no sign that a database's query language knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.domain.model import CivilRecord, FieldValue
from pipeline.judging.review.policy import FieldClass, bare_name, class_of
from pipeline.values.keys import folded_key, strip_marks

EVERYTHING = "a"
"""The term that every document has."""

_WORD = re.compile(r"[^\W_]+")
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_LONGEST_WORD = 40
_MOST_PAGE_WORDS = 3000  # of one page: the text of a full A3 table has some 1,500
_SHOWN_NAMES = 4
# Whoever signs is on thousands of papers: found by the text, not by name.
_SIGNERS = ("registrar_full_name", "issuing_officer", "birth_attendant")
_NO_TEXT = ("qr", "mrz")
_OWN_NUMBERS = ("document_number", "registration_number", "household_number", "personal_id", "old_national_id")
_OWN_DATES = ("date_of_birth", "date_of_death", "date_of_registration", "date_of_issue")
_OWN_PLACES = ("place_of_registration", "place_of_birth", "residence", "place_of_residence", "place_of_origin")


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchTerms:
    """A record's terms besides office and book, and what a list of finds shows of it.

    `words`: every word of `terms` that a misspelt one may be taken for. `pages`: numbers of the pages it stands on.
    """

    terms: tuple[str, ...]
    words: tuple[str, ...]
    pages: tuple[int, ...]
    names: str
    number: str
    date: str
    place: str


def terms_of(record: CivilRecord) -> SearchTerms:
    """The terms of what the record says, doubtful or not; rejected values as they were read."""
    terms: dict[str, None] = {EVERYTHING: None}
    terms[f"y_{record.document_type.value}"] = None
    terms[f"s_{record.status.value}"] = None
    terms.update(dict.fromkeys(number_terms(record.holding_code)))
    for field in record.fields:
        terms.update(dict.fromkeys(_of_field(field)))
    pages = {field.page for field in record.fields} | {report.number for report in record.pages}
    return SearchTerms(
        terms=tuple(terms),
        words=tuple(sorted({term[2:] for term in terms if term[0] in "nx" and "_" not in term[2:]})),
        pages=tuple(sorted(pages)),
        names=" · ".join(dict.fromkeys(_shown_names(record.fields)))[:300],
        number=_first(record.fields, _OWN_NUMBERS),
        date=_first(record.fields, _OWN_DATES),
        place=_first(record.fields, _OWN_PLACES)[:300],
    )


def page_words(text: str) -> tuple[str, ...]:
    """The words of a page's text without marks, each once, sorted; the first few thousand of a page of noise."""
    found: dict[str, None] = {}
    for word in plain_words(text):
        found[word] = None
        if len(found) >= _MOST_PAGE_WORDS:
            break
    return tuple(sorted(found))


def plain_words(text: str) -> list[str]:
    """The words of a text in lower case without marks, in order."""
    return [word for word in _WORD.findall(strip_marks(text).lower()) if word.isascii() and len(word) <= _LONGEST_WORD]


def marked_words(text: str) -> list[str]:
    """Its words in lower case with their marks, each tone on its own vowel."""
    return [word for word in _WORD.findall(folded_key(text)) if len(word) <= _LONGEST_WORD]


def office_term(office: str) -> str:
    """The term of an office, no other's: the code in hexadecimal."""
    return f"o_{office.encode().hex()}"


def book_term(book: str) -> str:
    """The term of a book's name or number; spelling of marks, case and signs does not count."""
    return f"k_{_key(book)}"


def number_terms(number: str) -> Iterator[str]:
    """A number without signs; of one with several parts the first by itself too, and each without leading zeros."""
    first = re.match(r"\s*(?:số\s*)?(\d+)", number, re.IGNORECASE)
    for key in (_key(number), first[1] if first else ""):
        if key:
            yield f"d_{key}"
            if len(key) < 9 and key.lstrip("0") not in ("", key):
                yield f"d_{key.lstrip('0')}"


def pairs(words: Sequence[str]) -> list[str]:
    """Each word with the one that follows it."""
    return [f"{first}_{second}" for first, second in pairwise(words)]


def _of_field(field: FieldValue) -> Iterator[str]:
    name, kind = bare_name(field.name), class_of(field.name)
    text = field.value or field.verbatim
    if not text or name.endswith(_NO_TEXT):
        return
    words = plain_words(text)
    yield from (f"x_{word}" for word in words)
    if field.verbatim and field.verbatim != text:
        yield from (f"x_{word}" for word in plain_words(field.verbatim))
    if kind is FieldClass.NAME and name not in _SIGNERS:
        yield from (f"n_{word}" for word in (*words, *pairs(words)))
        yield from (f"m_{word}" for word in marked_words(text) if not word.isascii())
    elif kind is FieldClass.PLACE:
        yield from (f"p_{word}" for word in (*words, *pairs(words)))
    elif kind is FieldClass.IDENTIFIER:
        yield from number_terms(text)
        if name == "book_number" and _key(text):
            yield book_term(text)
    elif kind is FieldClass.DATE:
        yield from _of_date(text, births=name.endswith(("date_of_birth", "birth_year")))


def _of_date(text: str, *, births: bool) -> Iterator[str]:
    found = _DATE.fullmatch(text)
    if found is None:
        return
    parts = [part for part in found.groups() if part]
    for letter in "tb" if births else "t":
        yield from (f"{letter}_{''.join(parts[:length])}" for length in range(1, len(parts) + 1))


def _shown_names(fields: Iterable[FieldValue]) -> list[str]:
    of_people = [
        field.value
        for field in fields
        if field.value and class_of(field.name) is FieldClass.NAME and bare_name(field.name) not in _SIGNERS
    ]
    return of_people[:_SHOWN_NAMES]


def _first(fields: Sequence[FieldValue], names: Sequence[str]) -> str:
    """The value of the first of these names that has one; whoever it is of, where the paper has none of its own."""
    values = {field.name: field.value for field in reversed(fields) if field.value}
    own = next((values[name] for name in names if name in values), None)
    return own or next((value for name in names for full, value in values.items() if full.endswith(name)), "")


def _key(text: str) -> str:
    return "".join(plain_words(text))
