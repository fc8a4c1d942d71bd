"""Other places of a paper that state the same fact as a field, or must agree with it: words, codes, numbers, parents.

Read from the record alone; whether they agree is for a person to see. Texts are shown as written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final

from pipeline.codes import parse_citizen_qr, parse_td1
from pipeline.domain.model import CivilRecord, FieldValue
from pipeline.judging.review.display import display_value
from pipeline.judging.review.places import grammar_of
from pipeline.judging.review.wording import label_of
from pipeline.values.identifiers import id_structure
from pipeline.values.keys import folded_key

_MOST: Final = 6
_PREFIX: Final = re.compile(r"(?:members\[\d+\]\.)|(?:(?:mother|father|wife|husband|declarant)_)")
# By the field's name without its person: other fields of the paper that must fit it, likeliest to tell first.
_FITTING: Final[Mapping[str, tuple[str, ...]]] = {
    "date_of_birth": ("date_of_birth_words", "date_of_registration"),
    "date_of_birth_words": ("date_of_birth",),
    "date_of_death": ("date_of_death_words", "date_of_registration"),
    "date_of_death_words": ("date_of_death",),
    "full_name": ("father_full_name", "mother_full_name"),
    "father_full_name": ("full_name",),
    "head_full_name": ("members[0].full_name",),
    "members[0].full_name": ("head_full_name",),
    "ethnicity": ("father_ethnicity", "mother_ethnicity"),
    "father_ethnicity": ("ethnicity", "mother_ethnicity"),
    "mother_ethnicity": ("ethnicity", "father_ethnicity"),
    "nationality": ("father_nationality", "mother_nationality"),
    "father_residence": ("mother_residence",),
    "mother_residence": ("father_residence",),
    "place_of_residence": ("residence",),
    "mother_birth_year": ("mother_age", "date_of_birth"),
    "mother_age": ("mother_birth_year", "date_of_birth"),
    "father_birth_year": ("father_age", "date_of_birth"),
    "father_age": ("father_birth_year", "date_of_birth"),
    "document_number": ("date_of_registration", "book_number"),
    "book_number": ("date_of_registration", "document_number"),
    "date_of_registration": ("document_number", "book_number", "date_of_birth", "date_of_death", "moved_in_date"),
    "moved_in_date": ("date_of_registration", "date_of_birth"),
    "temporary_from": ("temporary_until", "date_of_registration"),
    "temporary_until": ("temporary_from",),
    "date_of_issue": ("date_of_registration", "date_of_expiry"),
    "date_of_expiry": ("date_of_issue", "date_of_birth"),
}
_PARENTS: Final = {"cha": "father", "bố": "father", "bố đẻ": "father", "mẹ": "mother", "mẹ đẻ": "mother"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """Another place: its label (Vietnamese, English), its text as clerks write it, and the code it comes from: "QR",
    "MRZ", or "" for writing.
    """

    label: tuple[str, str]
    text: str
    source: str = ""


def elsewhere(record: CivilRecord, field: str) -> list[Elsewhere]:
    """At most six places that concern the field, the likeliest to settle it first. Empty for the document itself."""
    fields = {stated.name: stated for stated in record.fields}
    return list(islice(_all(record, fields, field), _MOST)) if field else []


def _all(record: CivilRecord, fields: Mapping[str, FieldValue], name: str) -> Iterator[Elsewhere]:
    yield from _in_codes(record, fields, name)
    yield from _by_number(fields, name)
    for other in _fitting(fields, name):
        if (place := _written(record, fields, other)) is not None:
            yield place


def _in_codes(record: CivilRecord, fields: Mapping[str, FieldValue], name: str) -> Iterator[Elsewhere]:
    stated = _codes(fields)
    for source, values in stated.items():
        if name in values:
            grammar = grammar_of(record.document_type, record.form, name)
            yield Elsewhere(label=label_of(name), text=display_value(grammar, values[name]), source=source)


def _codes(fields: Mapping[str, FieldValue]) -> dict[str, dict[str, str]]:
    stated: dict[str, dict[str, str]] = {}
    qr, mrz = fields.get("qr"), fields.get("mrz")
    if qr is not None and qr.value and (payload := parse_citizen_qr(qr.value)) is not None:
        stated["QR"] = payload.as_fields()
    if mrz is not None and mrz.value and (zone := parse_td1(mrz.value.split("\n"))) is not None and zone.valid:
        stated["MRZ"] = {**zone.as_fields(), "full_name": zone.name}
    return stated


def _by_number(fields: Mapping[str, FieldValue], name: str) -> Iterator[Elsewhere]:
    """A twelve-digit number states sex and year of birth; sex and date of birth state three of its digits."""
    person = _PREFIX.match(name)
    prefix = person.group() if person else ""
    bare = name.removeprefix(prefix)
    number = fields.get(f"{prefix}personal_id")
    if bare in ("date_of_birth", "sex", "birth_year") and number is not None and number.value:
        try:
            structure = id_structure(number.value)
        except ValueError:
            return
        text = f"{display_value('sex', structure.sex)}, {structure.birth_year}"
        yield Elsewhere(label=("Theo số định danh", "By the personal number"), text=text)
    elif bare == "personal_id":
        for other in ("date_of_birth", "sex"):
            stated = fields.get(f"{prefix}{other}")
            if stated is not None and stated.value:
                yield Elsewhere(label=label_of(f"{prefix}{other}"), text=display_value(_GRAMMARS[other], stated.value))


_GRAMMARS: Final = {"date_of_birth": "date", "sex": "sex"}


def _fitting(fields: Mapping[str, FieldValue], name: str) -> Iterator[str]:
    yield from _FITTING.get(name, ())
    relation = fields.get("declarant_relationship")
    parent = _PARENTS.get(folded_key(relation.value or "")) if relation is not None else None
    if name == "declarant_full_name" and parent is not None:
        yield f"{parent}_full_name"
    elif parent is not None and name == f"{parent}_full_name":
        yield "declarant_full_name"


def _written(record: CivilRecord, fields: Mapping[str, FieldValue], name: str) -> Elsewhere | None:
    field = fields.get(name)
    if field is None or not (field.verbatim or field.value):
        return None
    grammar = grammar_of(record.document_type, record.form, name)
    as_shown = field.verbatim if grammar == "date_words" or field.value is None else display_value(grammar, field.value)
    return Elsewhere(label=label_of(name), text=as_shown)
