"""Whose a field is, by its name in a record."""

from __future__ import annotations

import re
from typing import Final

from pipeline.domain.model import DocumentType

PAPER: Final = "paper"
"""Stands for what is nobody's: numbers, dates and offices of the paper itself, and who signed it in office."""

_MEMBER = re.compile(r"(members\[\d+\])\.")
_PEOPLE: Final = ("mother", "father", "wife", "husband", "declarant")
_OF_PAPER: Final = frozenset(
    {
        "document_number", "book_number", "registration_number", "register_number", "file_number", "sheet_number",
        "household_number", "date_of_registration", "place_of_registration", "date_of_issue", "date_of_expiry",
        "issuing_officer", "registrar_full_name", "birth_attendant", "death_notice", "removed",
    }
)  # fmt: skip
_BOOKS: Final = frozenset({DocumentType.HOUSEHOLD_BOOK, DocumentType.TEMPORARY_RESIDENCE_BOOK})
_OF_HOUSEHOLD: Final = frozenset({"residence", "permanent_residence", "temporary_from", "temporary_until"})
_OTHERS = re.compile(rf"(members\[\d+\]\.|(?:{'|'.join((*_PEOPLE, 'deceased', 'head', 'registrar'))})_)")
_OFFICIALS = frozenset({"issuing_officer", "birth_attendant"})


def person_of(field: str, document_type: DocumentType) -> str:
    """`mother`, `members[2]`, ...; "" for the person whom the paper is about, `PAPER` for nobody. A household's head is
    its first member."""
    if (member := _MEMBER.match(field)) is not None:
        return member[1]
    if field.startswith("head_"):
        return "members[0]"
    person = next((one for one in _PEOPLE if field.startswith(f"{one}_")), None)
    if person is not None:
        return person
    if field in _OF_PAPER or (document_type in _BOOKS and field in _OF_HOUSEHOLD):
        return PAPER
    return ""


def entry_of(field: str) -> str:
    """What a field says of its person: `mother_full_name`, `members[2].full_name` and `full_name` say `full_name`."""
    if (member := _MEMBER.match(field)) is not None:
        return field[member.end() :]
    for person in (*_PEOPLE, "head"):
        if field.startswith(f"{person}_"):
            return field.removeprefix(f"{person}_")
    return field


def person_in(name: str) -> str:
    """What the names of this person's fields begin with: `members[2].`, `mother_`; empty for whom or what the paper is
    about."""
    if name in _OFFICIALS:
        return name
    match = _OTHERS.match(name)
    return match[1] if match is not None else ""
