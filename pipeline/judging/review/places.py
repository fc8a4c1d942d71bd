"""What the form definitions say of a field: its grammar, its wording on the paper, which fields a paper has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from pipeline.domain.model import DocumentType
from pipeline.forms.definition import FormDefinition, Section
from pipeline.forms.loading import load_forms

_INDEX: Final = re.compile(r"\[\d*\]")
_CARDS: Final = frozenset(
    (
        DocumentType.CITIZEN_ID_CHIP,
        DocumentType.CITIZEN_ID_2024,
        DocumentType.CITIZEN_ID_BARCODE,
        DocumentType.NATIONAL_ID_12,
    )
)
# What only a card's codes state (`pipeline.settling.weigh_sources`), besides what is printed on it.
_IN_CODES: Final = {
    "old_national_id": "old_national_id",
    "date_of_issue": "date",
    "date_of_expiry": "date",
    "place_of_residence": "address",
    "sex": "sex",
    "qr": "text",
    "mrz": "text",
}


def template(field: str) -> str:
    """A field's name on the form: `members[3].full_name` is `members[].full_name`."""
    return _INDEX.sub("[]", field)


def grammar_of(document_type: str, form: str | None, field: str) -> str:
    """The grammar by which a field is normalised: the form's own, else another form's of the type, else any form's.

    "text" for a field that no form knows. Never raises.
    """
    name = template(field)
    for known in _grammars_near(document_type, form):
        if name in known:
            return known[name]
    return "text"


def printed_label(document_type: str, form: str | None, field: str) -> str | None:
    """The field's wording as printed on this form, without its colon; None where the form or the label is unknown."""
    name = template(field)
    for definition in load_forms():
        if definition.type == document_type and definition.form == form:
            return _labels(definition).get(name)
    return None


def known_fields(document_type: str, form: str | None = None) -> tuple[str, ...]:
    """Every field a paper of the type can have, in reading order, `members[].` for members; of one form where given.

    Fields that only a card's codes state come last. Empty for an unknown type.
    """
    names: dict[str, None] = {}
    for definition in load_forms():
        if definition.type == document_type and form in (None, definition.form):
            names.update(dict.fromkeys(definition.fields()))
    if names and document_type in _CARDS:
        names.update(dict.fromkeys(_IN_CODES))
    return tuple(names)


def forms_of(document_type: str) -> tuple[str, ...]:
    """The generations of a type that are known, sorted."""
    return tuple(definition.form for definition in load_forms() if definition.type == document_type)


def _grammars_near(document_type: str, form: str | None) -> Iterator[dict[str, str]]:
    everything = load_forms()
    for definition in everything:
        if definition.type == document_type and definition.form == form:
            yield _grammars(definition)
    for definition in everything:
        if definition.type == document_type:
            yield _grammars(definition)
    yield _IN_CODES
    yield _of_any_form()


def _of_any_form() -> dict[str, str]:
    known: dict[str, str] = {}
    for definition in load_forms():
        known = _grammars(definition) | known
    return known


@lru_cache(maxsize=64)
def _grammars(definition: FormDefinition) -> dict[str, str]:
    return {name: grammar for name, grammar, _ in reversed(list(_places(definition)))}


@lru_cache(maxsize=64)
def _labels(definition: FormDefinition) -> dict[str, str]:
    return {name: label for name, _, label in reversed(list(_places(definition))) if label}


def _places(definition: FormDefinition) -> Iterator[tuple[str, str, str]]:
    """Each field with its grammar and its printed wording, in reading order."""
    for page in definition.pages:
        for section in page.sections:
            yield from _section_places(section)


def _section_places(section: Section) -> Iterator[tuple[str, str, str]]:
    if section.kind == "persons":
        for item in section.items():
            for column in section.columns:
                if item.field:
                    yield f"{column.prefix}{item.field}", item.grammar, _plain(f"{column.label} {item.label}")
        return
    for column in section.columns:
        if column.field:
            yield f"{section.prefix}{column.field}", column.grammar, _plain(column.label)
    for item in section.items():
        if item.field:
            yield f"{section.prefix}{item.field}", item.grammar, _plain(item.label or item.prompts)


def _plain(label: str) -> str:
    """The label without a colon or bracket at its ends, and without an English half behind a stroke."""
    vi, _, en = label.partition("/")
    return (vi if en.isascii() else label).strip(" :,(")
