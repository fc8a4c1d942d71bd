"""Of whom a submission speaks: by what was declared, and by what was read beside it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
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


def own_readings(fields: Sequence[Mapping[str, Any]], persons: Collection[str], asked: PersonAsked) -> tuple[int, ...]:
    """Which of a verdict's fields were read of these people, who are the one who asks: what was read of them on that
    paper names them surely, or it says what was declared, and nothing of them on that paper says otherwise: a paper
    that was handed in as theirs may be anybody's. What is a paper's own goes with a reading of theirs on it."""
    read: dict[tuple[str, str], dict[str, str]] = {}
    doubtful = set()
    for field in fields:
        of = (field["role"], declared_person(field["name"]))
        if field["read"]:
            read.setdefault(of, {})[field["name"]] = field["read"]
        if field["agreement"] == "different":
            doubtful.add(of)
    sure = {of for of, values in read.items() if of[1] in persons and _names(_people(values), of[1], asked)}
    own = []
    for at, field in enumerate(fields):
        role, person = of = (field["role"], declared_person(field["name"]))
        if person == PAPER:
            theirs = role in {role for role, _ in sure}
        else:
            theirs = of in sure or (person in persons and of not in doubtful and field["agreement"] == "same")
        if field["read"] and theirs:
            own.append(at)
    return tuple(own)


def _names(people: Mapping[str, Mapping[str, str]], person: str, asked: PersonAsked) -> bool:
    return likeness(people.get(person, {}), asked) is Sureness.SURE


def _people(values: Mapping[str, str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for name, value in values.items():
        person = declared_person(name)
        if person != PAPER and value and not _HIDDEN.fullmatch(value):
            entry = name.removeprefix(f"{person}_") if person else name
            known = normalise("date", value).value if entry == "date_of_birth" else value
            found.setdefault(person, {})[entry] = known or value
    return found
