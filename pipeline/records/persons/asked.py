"""Somebody who asks, and the people on a paper who may be they."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from pipeline.domain.model import CivilRecord, RegisterOutcome
from pipeline.records.persons.whose import PAPER, entry_of, person_of
from pipeline.values.keys import ascii_key, folded_key

_ID = re.compile(r"[0-9]{12}|[0-9]{9}")
_ID_WITHIN = re.compile(r"(?<!\d)(?:\d{12}|\d{9})(?!\d)")
_DATE = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")
_TYPED_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_IDS = ("personal_id", "old_national_id")
_WITH_ID = ("identity_document", "document")
_BIRTHS = ("date_of_birth", "birth_year")


class Sureness(StrEnum):
    """`SURE`: the same number, or the same name with a birth date that fits. `MAYBE`: the name fits and nothing speaks
    against it, or only its marks differ; a person must look."""

    SURE = "sure"
    MAYBE = "maybe"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonAsked:
    """`personal_id`: 12 or 9 digits, or empty; `name` and `born` (YYYY, YYYY-MM or YYYY-MM-DD), or both empty."""

    personal_id: str = ""
    name: str = ""
    born: str = ""


def asked_person(*, personal_id: str = "", name: str = "", born: str = "") -> PersonAsked:
    """As people type it. Raises WrongUse unless there is a number, or a name with a date of birth."""
    bare, name, born = re.sub(r"[\s.]", "", personal_id), name.strip(), born.strip()
    if (day := _TYPED_DAY.fullmatch(born)) is not None:
        born = f"{day[3]}-{int(day[2]):02d}-{int(day[1]):02d}"
    if bare and not _ID.fullmatch(bare):
        raise WrongUse(Message("Số định danh có 12 hoặc 9 chữ số", "A personal id has 12 or 9 digits"))
    if born and not _DATE.fullmatch(born):
        raise WrongUse(Message("Ngày sinh: 15/3/1990 hoặc 1990", "A date of birth: 15/3/1990 or 1990"))
    if bool(name) != bool(born) or not (bare or name):
        raise WrongUse(
            Message("Cần số định danh, hoặc họ tên kèm ngày sinh", "A personal id is needed, or name and birth date")
        )
    return PersonAsked(personal_id=bare, name=name, born=born)


def people_of(record: CivilRecord) -> dict[str, dict[str, str]]:
    """What the record says of each of its people: by `person_of`, then by entry."""
    found: dict[str, dict[str, str]] = {}
    for field in record.fields:
        person = person_of(field.name, record.document_type)
        text = field.value or field.verbatim
        if person != PAPER and text:
            found.setdefault(person, {}).setdefault(entry_of(field.name), text)
    return found


def persons_like(record: CivilRecord, asked: PersonAsked) -> dict[str, Sureness]:
    """The people on the paper who may be the one who asks."""
    registered = _registered(record)
    found = {}
    for person, said in people_of(record).items():
        like = likeness(said, asked, registered.get(person))
        if like is not None:
            found[person] = like
    return found


def likeness(said: Mapping[str, str], asked: PersonAsked, registered: str | None = None) -> Sureness | None:
    """Whether somebody of whom this is said, by entry, may be the one who asks. `registered`: the number that the
    population register has of them."""
    ids = set(_ids(said)) | ({registered} if registered else set())
    if asked.personal_id:
        if asked.personal_id in ids:
            return Sureness.SURE
        if any(len(other) == len(asked.personal_id) for other in ids):
            return None
    if not asked.name or "full_name" not in said:
        return None
    if ascii_key(said["full_name"]) != ascii_key(asked.name):
        return None
    born = next((said[name] for name in _BIRTHS if name in said), "")
    fits = _fits(born, asked.born)
    if fits is False:
        return None
    same = folded_key(said["full_name"]) == folded_key(asked.name)
    return Sureness.SURE if same and fits else Sureness.MAYBE


def _ids(said: Mapping[str, str]) -> Iterator[str]:
    for name in _IDS:
        bare = re.sub(r"[\s.]", "", said.get(name, ""))
        if _ID.fullmatch(bare):
            yield bare
    for name in _WITH_ID:
        yield from _ID_WITHIN.findall(said.get(name, ""))


def _registered(record: CivilRecord) -> dict[str, str]:
    """Whom the population register says that the people of the paper are."""
    answers = record.validation.subjects or {"": record.validation}
    return {
        person: answer.register_id
        for person, answer in answers.items()
        if answer.outcome is RegisterOutcome.MATCH and answer.register_id and not record.provenance.taught_by_register
    }


def _fits(said: str, asked: str) -> bool | None:
    """Whether two dates agree as far as both go; None where one says nothing."""
    here, there = _DATE.fullmatch(said), _DATE.fullmatch(asked)
    if here is None or there is None:
        return None
    return all(a == b for a, b in zip(here.groups(), there.groups(), strict=True) if a and b)
