"""Declared values against read ones: both in their normal forms, compared as the register's look-up compares.

The levels of `pipeline.values.comparison` concern spelling only. What a difference means depends on how sure the
reading was: a letter that differs from a doubtful reading proves nothing.
"""

from __future__ import annotations

from pipeline.domain.model import FieldValue, Status
from pipeline.judging.verdict.model import FieldAgreement
from pipeline.values import exact_key, normalise
from pipeline.values.comparison import (
    Level,
    compare_dates,
    compare_ethnicities,
    compare_names,
    compare_numbers,
    compare_places,
    compare_words,
    spelling,
)

SURE = 0.95  # from this probability on a reading may contradict somebody
_NAMES = ("full_name", "name")
_NUMBERS = (
    "personal_id",
    "old_national_id",
    "document_number",
    "book_number",
    "household_number",
    "registration_number",
)
_PLACES = ("residence", "place_of_origin", "place_of_residence", "place_of_birth", "place_of_registration")
_GRAMMARS = {
    "full_name": "name",
    "sex": "sex",
    "ethnicity": "ethnicity",
    "nationality": "nationality",
    "religion": "religion",
    "personal_id": "identity_number",
    "old_national_id": "old_national_id",
    "document_number": "document_number",
    "registration_number": "document_number",
    "book_number": "book_number",
    "birth_year": "year",
    "relationship_to_head": "relationship",
} | dict.fromkeys(_PLACES, "address")


def grammar_of(field: str) -> str:
    """The grammar a record's field of this name is read by, whoever it is about ("mother_full_name": "name")."""
    name = _plain(field)
    if name.startswith(("date_of_", "temporary_")) or name == "moved_in_date":
        return "date"
    return next((_GRAMMARS[known] for known in _GRAMMARS if name == known or name.endswith(f"_{known}")), "text")


def declared_value(field: str, declared: str) -> str | None:
    """What somebody typed, in the field's normal form; None where nothing was typed or it has no normal form."""
    normal = normalise(grammar_of(field), declared)
    return normal.value if normal.valid else None


def level_of(field: str, declared: str, read: str) -> Level:
    """How two normal forms of this field compare."""
    name = _plain(field)
    if grammar_of(field) in ("date", "year"):
        return compare_dates(declared, read)
    if name.endswith(_NAMES):
        return compare_names(declared, read)
    if name.endswith(_NUMBERS):
        return compare_numbers(*(exact_key(v).replace(" ", "").upper() for v in (declared, read)))
    if name.endswith(_PLACES):
        return compare_places(declared, read)
    if name.endswith("ethnicity"):
        return compare_ethnicities(declared, read)
    return compare_words(declared, read)


def agreement(field: str, declared: str, read: FieldValue) -> FieldAgreement:
    """How a declared normal form agrees with what was read. `read` has a value.

    A date agrees at the precision both have. A name that differs in marks only is near: many people type without
    them. One letter or digit off is near unless the reading is sure; an address never more than near, since one place
    is written in many ways and its units were renamed.
    """
    level = level_of(field, declared, read.value or "")
    if level is Level.SAME or (level is Level.PART and grammar_of(field) in ("date", "year")):
        return FieldAgreement.SAME
    if _considered(declared, read) or grammar_of(field) in ("address", "text"):
        return FieldAgreement.NEAR
    if level is Level.MARKS:
        return FieldAgreement.NEAR
    if level is Level.LETTERS and not is_sure(read):
        return FieldAgreement.NEAR
    return FieldAgreement.DIFFERENT


def is_sure(read: FieldValue) -> bool:
    """Whether the reading is sure enough to hold something against a person."""
    return read.status is Status.ACCEPTED or (read.confidence is not None and read.confidence >= SURE)


def _considered(declared: str, read: FieldValue) -> bool:
    """Whether the declared value is one of the reader's own alternatives."""
    return spelling(declared).folded in {spelling(value).folded for value, _ in read.alternatives}


def _plain(field: str) -> str:
    return field.rsplit(".", 1)[-1]
