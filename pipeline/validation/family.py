"""Checks on acts and households: order of dates, parents, names, ethnic groups, numbers, places."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date

from rapidfuzz.distance import Levenshtein

from pipeline.domain.model import DocumentType, Finding
from pipeline.gazetteer import resolve
from pipeline.validation.record import Record, Span
from pipeline.validation.rules import finding
from pipeline.validation.sources import same_name
from pipeline.values import ascii_key, ethnic_code, folded_key

_MOTHER_AGES, _FATHER_AGES = (12, 60), (14, 90)
_EVENTS = (
    "date_of_registration", "date_of_issue", "date_of_death", "date_of_marriage", "moved_in_date", "temporary_from"
)  # fmt: skip
_FEMALE_RELATIONS = """
    vợ, mẹ, mẹ đẻ, mẹ vợ, mẹ chồng, bà, bà nội, bà ngoại, con dâu, con gái, chị, em gái, chị dâu, cô, dì
"""
_MALE_RELATIONS = """
    chồng, bố, cha, bố đẻ, bố vợ, bố chồng, ông, ông nội, ông ngoại, con rể, con trai, anh, chú, cậu, anh rể
"""
_FEMALE = frozenset(word.strip() for word in _FEMALE_RELATIONS.split(","))
_MALE = frozenset(word.strip() for word in _MALE_RELATIONS.split(","))
_PLACES = ("place_of_registration", "place_of_birth", "place_of_origin", "place_of_residence", "residence")


def check_dates(record: Record, today: date | None) -> Iterator[Finding]:
    """Birth before everything else; nothing in the future."""
    for prefix in record.persons():
        birth = record.span(f"{prefix}date_of_birth")
        for event in _EVENTS:
            happened = record.span(f"{prefix}{event}")
            if birth and happened and happened.last < birth.first:
                yield finding("date.birth_after_event", f"{prefix}{event}")
    if today is None:
        return
    for name in record.fields:
        if name.rsplit(".", 1)[-1] in ("date_of_birth", *_EVENTS):
            span = record.span(name)
            if span and span.first > today:
                yield finding("date.in_future", name)


def check_numbers(record: Record) -> Iterator[Finding]:
    """Year of the act number and of the book against the year of registration.

    An extract's number is its own, given when it was made, so it is not compared.
    """
    registered = record.span("date_of_registration")
    if registered is None:
        return
    number = record.value("document_number") or ""
    act_year = re.fullmatch(r"\d+/((?:19|20)\d{2})", number)
    extract = record.document_type is DocumentType.BIRTH_EXTRACT
    if act_year and not extract and int(act_year.group(1)) != registered.first.year:
        yield finding("number.year_mismatch", "document_number")
    book_year = re.fullmatch(r"\d+/((?:19|20)\d{2})", record.value("book_number") or "")
    if book_year and int(book_year.group(1)) > registered.last.year:
        yield finding("book.year_after_registration", "book_number")


def check_parents(record: Record) -> Iterator[Finding]:
    """Parents' ages at the birth, the child's surname and ethnic group. Flags only: all of it is lawful."""
    birth = record.span("date_of_birth")
    for prefix, (low, high), code in (
        ("mother_", _MOTHER_AGES, "parent.mother_age"),
        ("father_", _FATHER_AGES, "parent.father_age"),
    ):
        ages = _ages_at_birth(record, prefix, birth)
        if ages is not None and (ages[1] < low or ages[0] > high):
            field = f"{prefix}birth_year" if record.value(f"{prefix}birth_year") else f"{prefix}age"
            yield finding(code, field)
    yield from _inherited(record)


def _ages_at_birth(record: Record, prefix: str, birth: Span | None) -> tuple[int, int] | None:
    """Least and greatest age the parent may have had; old forms may count a year too many (tuổi ta)."""
    born = record.span(f"{prefix}birth_year")
    if birth and born:
        return birth.first.year - born.last.year - 1, birth.last.year - born.first.year
    age, registered = record.value(f"{prefix}age"), record.span("date_of_registration")
    if birth and age and age.isdigit():
        late = (registered.last.year if registered else birth.last.year) - birth.first.year
        return int(age) - late - 2, int(age)
    return None


def _inherited(record: Record) -> Iterator[Finding]:
    parents = [record.value(f"{p}full_name") for p in ("father_", "mother_")]
    child = record.value("full_name")
    surnames = {folded_key(name.split()[0]) for name in parents if name}
    if child and surnames and folded_key(child.split()[0]) not in surnames:
        yield finding("name.surname_differs", "full_name")
        father = record.value("father_full_name")
        if father and not _nearly(father.split()[0], child.split()[0]):
            told = (name for name in record.fields if name.startswith(("father_", "mother_")) and record.value(name))
            yield from (finding("parent.whose", name) for name in told)
    ethnicity = record.value("ethnicity")
    theirs = [record.value(f"{p}ethnicity") for p in ("father_", "mother_")]
    codes = {ethnic_code(value) or folded_key(value) for value in theirs if value}
    if ethnicity and len(codes) and all(theirs) and (ethnic_code(ethnicity) or folded_key(ethnicity)) not in codes:
        yield finding("ethnicity.differs_from_parents", "ethnicity")


def _nearly(surname: str, other: str) -> bool:
    """Whether one surname may be the other, misread in a letter."""
    return Levenshtein.distance(ascii_key(surname), ascii_key(other)) <= 1


def check_people(record: Record) -> Iterator[Finding]:
    """Middle names against sex; ethnic groups against the list."""
    for prefix in record.persons():
        words = folded_key(record.value(f"{prefix}full_name") or "").split()
        sex = record.value(f"{prefix}sex")
        unusual = {"male": "thị", "female": "văn"}.get(sex or "")
        if unusual in words[1:-1]:
            yield finding("name.sex_unusual", f"{prefix}full_name")
    for name in record.fields:
        value = record.value(name)
        if name.endswith("ethnicity") and value is not None and ethnic_code(value) is None:
            yield finding("ethnicity.not_listed", name)


def check_household(record: Record) -> Iterator[Finding]:
    """Head, doubled numbers, relationship against sex."""
    members = record.members()
    head, first = record.value("head_full_name"), record.value("members[0].full_name")
    if head and first and not same_name(head, first):
        yield finding("household.head_differs", "head_full_name")
    for kind in ("personal_id", "old_national_id"):
        names = [f"{prefix}{kind}" for prefix in members if record.value(f"{prefix}{kind}")]
        counts = Counter(record.value(name) for name in names)
        yield from (finding("household.duplicate_id", name) for name in names if counts[record.value(name)] > 1)
    for prefix in members:
        relation = folded_key(record.value(f"{prefix}relationship_to_head") or "")
        sex_of_relation = "female" if relation in _FEMALE else "male" if relation in _MALE else None
        sex = record.value(f"{prefix}sex")
        if sex_of_relation and sex and sex_of_relation != sex:
            yield finding("household.sex_mismatch", f"{prefix}relationship_to_head")


def check_places(record: Record) -> Iterator[Finding]:
    """Whether the units named are known, and the registering one stood at the date of the record."""
    day = record.span("date_of_registration") or record.span("date_of_issue")
    for name in _PLACES:
        value = record.value(name)
        if value is None:
            continue
        readings = resolve(value)
        if not readings:
            yield finding("place.unit_unknown", name)
        elif name == "place_of_registration" and day is not None and day.first == day.last:
            then = resolve(value, at=day.first)
            if not then or then[0].depth < readings[0].depth:
                yield finding("place.unit_not_then", name)
