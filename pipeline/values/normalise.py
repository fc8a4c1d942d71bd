"""The one entry to all grammars: from what a reader saw to the normal form of the record contract."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from pipeline.values.cleaning import clean, cut_prompts, is_blank, is_ditto
from pipeline.values.dates import read_date, read_time, read_year
from pipeline.values.datewords import read_date_words
from pipeline.values.identifiers import (
    read_document_number,
    read_identity_number,
    read_old_national_id,
    read_personal_id,
)
from pipeline.values.keys import nfc
from pipeline.values.model import Context, Normal
from pipeline.values.names import read_name
from pipeline.values.words import (
    read_age,
    read_count,
    read_ethnicity,
    read_nationality,
    read_place,
    read_relationship,
    read_religion,
    read_sex,
    read_text,
    read_weight,
)

Reader = Callable[[str, Context | None], Normal]


def _figures_or_words(read: Reader) -> Reader:
    """A reader of dates that also takes the words of one, where no figures stand."""

    def reader(verbatim: str, context: Context | None) -> Normal:
        figures = read(verbatim, context)
        if figures.value is not None or any(c.isdigit() for c in verbatim):
            return figures
        words = read_date_words(verbatim, context)
        if words.value is None or read is read_date:
            return figures if words.value is None else words
        return replace(words, value=words.value[:4], candidates=())

    return reader


_READERS: dict[str, Reader] = {
    "name": read_name,
    "date": _figures_or_words(read_date),
    "date_words": read_date_words,
    "time": read_time,
    "time_of_birth": read_time,
    "sex": read_sex,
    "ethnicity": read_ethnicity,
    "nationality": read_nationality,
    "personal_id": read_personal_id,
    "old_national_id": read_old_national_id,
    "identity_number": read_identity_number,
    "document_number": read_document_number,
    "book_number": read_document_number,
    "address": read_place,
    "place": read_place,
    "text": read_text,
    "year": _figures_or_words(read_year),
    "age": read_age,
    "weight_g": read_weight,
    "count": read_count,
    "relationship": read_relationship,
    "religion": read_religion,
    "removed": read_text,
}
GRAMMARS = frozenset(_READERS)
# Where "không" is an answer, not an empty place.
_NO_IS_AN_ANSWER = frozenset(("religion", "text", "count", "date_words"))


def normalise(grammar: str, verbatim: str, *, context: Context | None = None) -> Normal:
    """The normal form of what is written, by the grammar of its field.

    Guarantees: `verbatim` is kept as NFC; an empty place or a blank mark gives `value=None, empty=True`; a
    repetition mark gives `ditto=True` and no value; nothing is invented or converted; never raises for what
    is written. Raises `WrongUse` for a grammar not in `GRAMMARS`.
    """
    reader = _READERS.get(grammar)
    if reader is None:
        raise WrongUse(Message.same(f"unknown grammar {grammar!r}; known are: {', '.join(sorted(GRAMMARS))}"))
    written = nfc(verbatim)
    if is_ditto(written):
        return Normal(value=None, verbatim=written, ditto=True, findings=("value.ditto",))
    cleaned = clean(written)
    if is_blank(cleaned, words=grammar not in _NO_IS_AN_ANSWER):
        if not (grammar == "count" and cleaned == "0"):
            return Normal(value=None, verbatim=written, empty=True)
    elif is_blank(cut_prompts(cleaned), words=grammar not in _NO_IS_AN_ANSWER):
        return Normal(value=None, verbatim=written, empty=True)
    return replace(reader(written, context), verbatim=written)
