"""Of whom a submission speaks: by what was declared, and by what was read beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pipeline.records.persons.asked import PersonAsked, Sureness, likeness
from pipeline.records.persons.whose import PAPER
from pipeline.values import normalise

_PERSON = re.compile(r"(applicant|declarant|father|mother|head|husband|wife|spouse)_(.+)")
_OF_PAPER = frozenset({"document_number", "date_of_registration", "household_number"})
_HIDDEN = re.compile("•+")


def declared_person(name: str) -> str:
    """Whose a declared value is, by its name: `mother`, `applicant`, ...; "" for whom the submission is about, `PAPER`
    for nobody."""
    if name in _OF_PAPER:
        return PAPER
    match = _PERSON.fullmatch(name)
    return "" if match is None else match[1]


def persons_submitted(
    declared: Mapping[str, str], fields: Iterable[Mapping[str, Any]], asked: PersonAsked
) -> dict[str, Sureness]:
    """The people of a submission who may be the one who asks. `fields`: of its verdict, with `name`, `declared` and
    `read`; values that are masked say nothing."""
    fields = list(fields)
    sources = [dict(declared)]
    sources += [{one["name"]: one[source] for one in fields if one[source]} for source in ("declared", "read")]
    found: dict[str, Sureness] = {}
    for values in sources:
        for person, said in _people(values).items():
            like = likeness(said, asked)
            if like is not None and found.get(person) is not Sureness.SURE:
                found[person] = like
    return found


def people_submitted(declared: Mapping[str, str], fields: Iterable[Mapping[str, Any]]) -> set[str]:
    """Everybody of whom a value is known."""
    values = {**declared, **{one["name"]: one["declared"] or one["read"] or "" for one in fields}}
    return set(_people(values))


def _people(values: Mapping[str, str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for name, value in values.items():
        person = declared_person(name)
        if person != PAPER and value and not _HIDDEN.fullmatch(value):
            entry = name.removeprefix(f"{person}_") if person else name
            known = normalise("date", value).value if entry == "date_of_birth" else value
            found.setdefault(person, {})[entry] = known or value
    return found
