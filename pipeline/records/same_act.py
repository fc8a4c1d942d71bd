"""The same act or paper seen again: the keys by which a record is known, and what two records that share one are.

A key is a hint. It is made of what was read, doubtful or not; sharing one accepts and changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pipeline.domain.message import Message
from pipeline.domain.model import CivilRecord, DocumentType, Finding, Status
from pipeline.forms.sides_seen import sides_seen
from pipeline.judging.review.outcome import reopened
from pipeline.settling.triage import COPIES_DIFFER, SEEN_BEFORE, reason_message
from pipeline.values.keys import ascii_key, folded_key


class ActKind(StrEnum):
    BIRTH = "birth"
    DEATH = "death"
    MARRIAGE = "marriage"
    CARD = "card"
    BOOK = "book"


class Relation(StrEnum):
    """`SCAN`: the same kind of paper with the same numbers and dates of its own. `COPY`: another paper of the act."""

    SCAN = "scan"
    COPY = "copy"


@dataclass(frozen=True, slots=True, order=True)
class ActKey:
    """What identifies an act or paper: `values` in A-Z and 0-9, each with the name of its field before it."""

    kind: ActKind
    values: tuple[str, ...]


_KIND: Mapping[DocumentType, ActKind] = {
    DocumentType.BIRTH_CERTIFICATE: ActKind.BIRTH,
    DocumentType.BIRTH_CERTIFICATE_OLD: ActKind.BIRTH,
    DocumentType.BIRTH_EXTRACT: ActKind.BIRTH,
    DocumentType.BIRTH_REGISTER_ENTRY: ActKind.BIRTH,
    DocumentType.BIRTH_NOTIFICATION: ActKind.BIRTH,
    DocumentType.DEATH_CERTIFICATE: ActKind.DEATH,
    DocumentType.MARRIAGE_CERTIFICATE: ActKind.MARRIAGE,
    DocumentType.CITIZEN_ID_CHIP: ActKind.CARD,
    DocumentType.CITIZEN_ID_BARCODE: ActKind.CARD,
    DocumentType.CITIZEN_ID_2024: ActKind.CARD,
    DocumentType.NATIONAL_ID_9: ActKind.CARD,
    DocumentType.NATIONAL_ID_12: ActKind.CARD,
    DocumentType.HOUSEHOLD_BOOK: ActKind.BOOK,
    DocumentType.TEMPORARY_RESIDENCE_BOOK: ActKind.BOOK,
}
# Each line is a key of its own: one misread value then leaves the others. In a province some fifty children are born on
# a day, and common names are so common that two of them may bear one: a name and a birth date need a third fact.
_PARTS: Mapping[ActKind, tuple[tuple[str, ...], ...]] = {
    ActKind.BIRTH: (
        ("personal_id",),
        ("full_name", "date_of_birth", "mother_full_name"),
        ("full_name", "date_of_birth", "father_full_name"),
        ("full_name", "date_of_birth", "date_of_registration"),
        ("document_number", "date_of_birth", "mother_full_name"),  # twins have numbers of their own
    ),
    ActKind.DEATH: (
        ("personal_id",),
        ("full_name", "date_of_death"),
        ("full_name", "date_of_birth", "date_of_registration"),
    ),
    ActKind.MARRIAGE: (
        ("husband_full_name", "wife_full_name", "date_of_registration"),
        ("husband_full_name", "wife_full_name", "husband_date_of_birth"),
        ("husband_full_name", "wife_full_name", "wife_date_of_birth"),
        ("document_number", "date_of_registration", "husband_full_name"),
        ("document_number", "date_of_registration", "wife_full_name"),
    ),
    ActKind.BOOK: (("household_number", "head_full_name"),),
}
_NUMBERS = {"personal_id": 12, "old_national_id": 9}
_FULL_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_CARD_NUMBER = {DocumentType.NATIONAL_ID_9: "old_national_id"}

# What a paper has of its own, and its next copy has not.
_OF_THE_PAPER = (
    "document_number",
    "registration_number",
    "book_number",
    "household_number",
    "date_of_registration",
    "date_of_issue",
    "date_of_expiry",
)
# What every paper of an act says alike: addresses are worded anew, signers and issue dates are the paper's own.
_OF_THE_ACT = re.compile(
    r"(?:(?:mother|father|husband|wife)_)?(?:full_name|date_of_birth|birth_year)|sex|personal_id|date_of_death"
    r"|household_number|head_full_name"
)
_NO_ENTRY = re.compile(r"members\[|mrz$|qr$")  # members are told apart by their count alone; codes are no entries


def keys_of(record: CivilRecord) -> frozenset[ActKey]:
    """The keys by which the record can be known again; none where nothing singles it out.

    A key exists only where all its parts have values, its dates in full. Names go without marks and case. A card's key
    says which side was seen, so that a front and its back are not the same thing twice. A leaf that goes on with
    another record has none: its paper is known by the record that begins it.
    """
    kind = _KIND.get(record.document_type)
    if kind is None or record.continues is not None:
        return frozenset()
    values = {field.name: field.value for field in record.fields if field.value}
    if kind is ActKind.CARD:
        number = _key((_CARD_NUMBER.get(record.document_type, "personal_id"),), values)
        sides = sides_seen(record) or ("",)
        return frozenset(ActKey(kind, (record.document_type.value, side, *number)) for side in sides if number)
    return frozenset(ActKey(kind, key) for parts in _PARTS[kind] if (key := _key(parts, values)))


def relation(record: CivilRecord, other: CivilRecord) -> Relation:
    """What a record is to another one that shares a key with it."""
    if record.document_type is not other.document_type:
        return Relation.COPY
    ours, theirs = _values(record), _values(other)
    own = [name for name in _OF_THE_PAPER if name in ours and name in theirs]
    return Relation.SCAN if own and all(_agree(ours[name], theirs[name]) for name in own) else Relation.COPY


def differing(record: CivilRecord, other: CivilRecord) -> tuple[str, ...]:
    """Fields that both records accepted with other values, in the record's order: of a scan any, of a copy those that
    every paper of the act says alike. A part of a date agrees with the whole."""
    scan = relation(record, other) is Relation.SCAN
    ours, theirs = _values(record, accepted=True), _values(other, accepted=True)
    compared = (name for name in ours if name in theirs and (scan or _OF_THE_ACT.fullmatch(name)))
    return tuple(name for name in compared if not _NO_ENTRY.match(name) and not _agree(ours[name], theirs[name]))


def seen_before(record: CivilRecord, held: Sequence[CivilRecord]) -> CivilRecord:
    """The record with what is to be said of it beside others that share a key with it and were held before.

    That it was seen before is a note. Where both accepted a field with other values, that field goes to a person; its
    value stays, and the others' records stay as they are.
    """
    if not held:
        return record
    notes = (RELATIONS[relation(record, other)] for other in held)
    findings = [Finding(code=SEEN_BEFORE, message=message) for message in dict.fromkeys(notes)]
    names = tuple(dict.fromkeys(name for other in held for name in differing(record, other)))
    words = reason_message(COPIES_DIFFER)
    findings += [Finding(code=COPIES_DIFFER, field=name, message=words) for name in names]
    told = record.evolve(findings=(*record.findings, *findings))
    return reopened(told, names, COPIES_DIFFER) if names else told


RELATIONS: Mapping[Relation, Message] = {
    Relation.SCAN: Message(
        "Có vẻ là bản quét khác của một giấy tờ đã lưu", "It looks like another scan of a paper already held"
    ),
    Relation.COPY: Message(
        "Có vẻ là giấy tờ khác của cùng một việc hoặc người đã lưu",
        "It looks like another paper of an act or person already held",
    ),
}


def _key(parts: Iterable[str], values: Mapping[str, str]) -> tuple[str, ...]:
    """The parts with their values; empty where one is missing, or a date is not whole."""
    return tuple(_tagged(parts, values)) if all(_is_whole(name, values.get(name)) for name in parts) else ()


def _tagged(parts: Iterable[str], values: Mapping[str, str]) -> Iterator[str]:
    for name in parts:
        yield name
        yield ascii_key(values[name])


def _is_whole(name: str, value: str | None) -> bool:
    if not value or not ascii_key(value):
        return False
    if name in _NUMBERS:
        return len(value) == _NUMBERS[name] and value.isdecimal()
    if name.endswith("full_name"):
        return len(value.split()) > 1  # of a single word the rest was not read
    return "date_of" not in name or _FULL_DATE.fullmatch(value) is not None


def _values(record: CivilRecord, *, accepted: bool = False) -> dict[str, str]:
    return {f.name: f.value for f in record.fields if f.value and (not accepted or f.status is Status.ACCEPTED)}


def _agree(ours: str, theirs: str) -> bool:
    a, b = ("".join(filter(str.isalnum, folded_key(value))) for value in (ours, theirs))
    dates = all(re.fullmatch(r"\d{4}(-\d{2}){0,2}", value) for value in (ours, theirs))
    return (a.startswith(b) or b.startswith(a)) if dates else a == b
