"""What a population register is asked, and what it answers.

`storage.register` implements `PopulationRegister`; stages receive one and never ask which it is. The
answer stands beside the record and never changes it: a birth register entry outranks the population
database in law (Luật Hộ tịch 2014, Điều 60), so a difference is a finding, not a correction.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

from pipeline.domain.message import Message
from pipeline.domain.model import DocumentType, FieldValue, Finding, RegisterOutcome, Status, Validation
from pipeline.settling.traced import Traced
from pipeline.settling.triage import needs_a_person
from pipeline.values.comparison import Level

REGISTER_FIELDS = (
    "personal_id",
    "old_national_id",
    "full_name",
    "date_of_birth",
    "sex",
    "ethnicity",
    "place_of_origin",
    "residence",
    "father_name",
    "mother_name",
    "household_number",
)

_RECORD_NAMES = {
    "father_full_name": "father_name",
    "mother_full_name": "mother_name",
    "place_of_residence": "residence",
    "birth_year": "date_of_birth",
    **{name: name for name in REGISTER_FIELDS},
}
# Fields that name a paper of the person's, with its number somewhere in the text.
_WITH_NUMBER = ("document", "identity_document")
_OF_THE_READING = frozenset({"field.low_confidence", "value.digits_differ"})  # doubts that the ink itself may settle
_OF_WHOM, _SURELY_HIS = frozenset({"field.association"}), 0.97
"""Whose a value is: enough for asking its ink, though not for accepting it unseen; by trial."""
_NUMBER = re.compile(r"(?<!\d)(?:\d{12}|\d{9})(?!\d)")
_OLD_LENGTH = 9

# Nobody said whose fields the paper of an added form holds.
NOT_IN_THE_REGISTER = frozenset((DocumentType.UNKNOWN, DocumentType.OTHER))

_CONFLICT = Message(
    "Giấy ghi khác cơ sở dữ liệu dân cư; giữ cả hai, cần người xem",
    "The paper differs from the population register; both are kept, a person must look",
)
_UNSURE = Message(
    "Chữ đọc chưa chắc, chưa biết có khớp cơ sở dữ liệu dân cư không; cần người xem",
    "Read with doubt: it is not known whether it agrees with the population register; a person must look",
)
_AMBIGUOUS = Message(
    "Nhiều người trong cơ sở dữ liệu dân cư khớp như nhau; cần người chọn",
    "Several people in the population register fit alike: a person must choose",
)
_DECEASED = Message("Cơ sở dữ liệu dân cư ghi người này đã mất", "The population register says this person has died")

_TRACED = frozenset({"personal_id", "old_national_id", "full_name", "date_of_birth", "father_name", "mother_name"})
_LISTED = frozenset({"ethnicity", "sex"})  # what only so many values can be
_NO_SUCH = "value.not_listed"
_BOOKS = frozenset((DocumentType.HOUSEHOLD_BOOK, DocumentType.TEMPORARY_RESIDENCE_BOOK))
_HEAD = "members[0]."
_MEMBER = re.compile(r"members\[(\d+)\]\.")
# Papers that are not about a person of their own. A birth notification's child is not registered yet: the paper is what
# the entry is made from, so its mother is looked up.
_SUBJECTS = {
    DocumentType.UNKNOWN: (),
    DocumentType.BIRTH_NOTIFICATION: ("mother_",),
    DocumentType.MARRIAGE_CERTIFICATE: ("husband_", "wife_"),
}
# Whose sex a paper states by the place where they stand: who is registered otherwise was read in another's place.
_SEX_OF = {"father_": "male", "mother_": "female", "husband_": "male", "wife_": "female"}
# What a book says of everybody in it. A stay's book has a number of its own, not the household's.
_SHARED = {
    DocumentType.HOUSEHOLD_BOOK: ("residence", "household_number"),
    DocumentType.TEMPORARY_RESIDENCE_BOOK: ("residence",),
}


def subjects(document_type: DocumentType, names: Iterable[str]) -> tuple[str, ...]:
    """Prefixes of the people by whom a paper with fields of these names is checked: "" is its own person."""
    if document_type in _BOOKS:
        named = list(names)
        numbers = {int(found[1]) for name in named if (found := _MEMBER.match(name))}
        if not numbers or "head_full_name" in named:
            numbers.add(0)  # a book's later leaves by themselves say nothing of its head
        return tuple(f"members[{number}]." for number in sorted(numbers))
    return _SUBJECTS.get(document_type, ("",))


def subject_prefix(document_type: DocumentType) -> str:
    """Prefix of the person whom a paper is about in the first place: of a household its head."""
    return next(iter(subjects(document_type, ())), "")


def register_name(field: str, *, prefix: str = "") -> str | None:
    """The register's name for a record's field about the person under `prefix`; None if it has none."""
    return _RECORD_NAMES.get(field.removeprefix(prefix)) if field.startswith(prefix) else None


def contradictable(document_type: DocumentType, names: Sequence[str]) -> frozenset[str]:
    """Those of a record's fields that can contradict the register: names, numbers and dates of whom it is asked."""
    prefixes = subjects(document_type, names)
    return frozenset(n for n in names if any(register_name(n, prefix=prefix) in _TRACED for prefix in prefixes))


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One value a paper states: its normal form, how sure the reading is, what else it might read.

    `sure`: the value would be accepted by itself, as read and as this person's; only then can it contradict the
    register. `confidence` is the calibrated probability that `value` is what the paper says, None when nobody measured
    it. `field`: the record's name of the field, "" where it is in no record; `whole`: it is all that the field says.
    `ink`: what the ink may say, where nothing but the reading is in doubt.
    """

    value: str
    confidence: float | None = None
    alternatives: tuple[str, ...] = ()
    sure: bool = True
    field: str = ""
    whole: bool = True
    ink: Traced | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a paper states about one person, by register field (`REGISTER_FIELDS`); nothing empty."""

    fields: Mapping[str, Claim]

    @staticmethod
    def of(**values: str | None) -> Claims:
        """Claims of what somebody states, without confidences, empty ones left out. Raises ValueError on an unknown
        field."""
        unknown = set(values) - set(REGISTER_FIELDS)
        if unknown:
            raise ValueError(f"not register fields: {sorted(unknown)}")
        return Claims(fields={name: Claim(value=value) for name, value in values.items() if value})

    @staticmethod
    def from_fields(
        fields: Iterable[FieldValue], *, prefix: str = "", inks: Mapping[str, Traced] = MappingProxyType({})
    ) -> Claims:
        """The claims a record's fields make about the person under `prefix` ("", "mother_", "members[0].").

        Fields the register knows nothing of are left out; of two of one name the first counts. Nine digits are an old
        number whatever the field is called; a number within the text of an identity paper counts where no field has it.
        """
        claims: dict[str, Claim] = {}
        later: dict[str, Claim] = {}
        for field_value in fields:
            if not field_value.value or not field_value.name.startswith(prefix):
                continue
            name = register_name(field_value.name, prefix=prefix)
            if name in _LISTED and _NO_SUCH in field_value.findings:
                continue  # "Ethnic group" is no ethnic group: it says nothing of the person
            if name is not None:
                name = _by_length(field_value.value) if name == "personal_id" else name
                claims.setdefault(name, _claim(field_value, field_value.value, inks.get(field_value.name)))
            elif field_value.name.removeprefix(prefix) in _WITH_NUMBER:
                for number in _NUMBER.findall(field_value.value):
                    within = replace(_claim(field_value, number), whole=field_value.value == number)
                    later.setdefault(_by_length(number), within)
        return Claims(fields=later | claims)

    def is_whole(self, name: str) -> bool:
        """Whether a claim is all that a field of the record says: not a number within a longer text, nor what a place
        on the paper implies."""
        claim = self.fields[name]
        return claim.whole and bool(claim.field)

    def record_name(self, name: str) -> str:
        """The record's name for a register field that is claimed."""
        claim = self.fields.get(name)
        return claim.field or name if claim is not None else name


def _by_length(number: str) -> str:
    return "old_national_id" if len(number) == _OLD_LENGTH else "personal_id"


def _claim(field_value: FieldValue, value: str, ink: Traced | None = None) -> Claim:
    settled = _OF_THE_READING | (_OF_WHOM if (field_value.association or 0.0) >= _SURELY_HIS else frozenset())
    doubts = [code for code in field_value.findings if code not in settled and needs_a_person(code)]
    return Claim(
        value=value,
        confidence=field_value.confidence,
        alternatives=tuple(other for other, _ in field_value.alternatives),
        sure=field_value.status is Status.ACCEPTED,
        field=field_value.name,
        ink=None if doubts else ink,
    )


def claims_about(
    document_type: DocumentType,
    fields: Sequence[FieldValue],
    prefix: str,
    inks: Mapping[str, Traced] = MappingProxyType({}),
) -> Claims:
    """What a paper claims about one of its `subjects`: of a member of a household also what the book says of all, of
    the head the name on the book's first page where no other was read, and of a spouse or parent the sex."""
    own = Claims.from_fields(fields, prefix=prefix, inks=inks).fields
    shared = [field for field in fields if field.name in _SHARED.get(document_type, ())]
    claims = {**Claims.from_fields(shared).fields, **own}
    head = next((field for field in fields if field.name == "head_full_name" and field.value), None)
    if document_type in _BOOKS and prefix == _HEAD and "full_name" not in own and head is not None:
        claims["full_name"] = _claim(head, head.value or "")
    if claims and prefix in _SEX_OF:
        claims["sex"] = Claim(value=_SEX_OF[prefix], sure=False, field=f"{prefix}full_name", whole=False)
    return Claims(fields=claims)


class Agreement(StrEnum):
    """How one claimed value compares with the register's."""

    SAME = "same"  # but for case, spaces and the place of the tone mark
    NEAR = "near"  # differs by what a misread letter or mark would explain: worth a look, no conflict
    UNSURE = "unsure"  # differs, and was not read surely enough to say so
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterAnswer:
    """What the register says about one person, by register field.

    `match_probability` is the
    posterior probability that the claims speak of the person `register_id`; `evidence` holds the match weight
    of each compared field (log2 of the Bayes factor: +10 speaks 1,024 to 1 for, -10 against).
    `agreement` tells for each compared field how it compares; `conflicts` are the fields that truly
    differ. `candidates`: whom the claims may concern, with the probability that they do, likeliest first, where the
    outcome is unsure or ambiguous. `confirmed`: fields spelt as registered, where all of them together fit nobody else
    in the country: values that were misread, or are another person's, would not.
    """

    outcome: RegisterOutcome = RegisterOutcome.NOT_CHECKED
    register_id: str | None = None
    match_probability: float | None = None
    conflicts: tuple[str, ...] = ()
    evidence: Mapping[str, float] = field(default_factory=dict)
    agreement: Mapping[str, Agreement] = field(default_factory=dict)
    candidates: tuple[tuple[str, float], ...] = ()
    confirmed: frozenset[str] = frozenset()
    deceased: bool = False

    @property
    def near(self) -> tuple[str, ...]:
        """Fields that differ within what a misreading explains: no conflicts, but a person should see them."""
        return tuple(name for name, level in self.agreement.items() if level is Agreement.NEAR)

    @property
    def unsure(self) -> tuple[str, ...]:
        """Fields that differ and were not read surely enough to be conflicts."""
        return tuple(name for name, level in self.agreement.items() if level is Agreement.UNSURE)

    def validation(self, claims: Claims) -> Validation:
        """The part of the answer that stands in a record, by the record's names of fields."""
        return Validation(
            outcome=self.outcome,
            register_id=self.register_id,
            match_probability=self.match_probability,
            conflicts=tuple(claims.record_name(name) for name in self.conflicts),
            confirmed=tuple(
                claims.fields[n].field for n in claims.fields if n in self.confirmed and claims.is_whole(n)
            ),
            evidence=self._evidence(claims),
            candidates=self.candidates,
        )

    def _evidence(self, claims: Claims) -> dict[str, float]:
        """The bits of each field of the record: a spouse's or parent's name tells the sex too."""
        bits: dict[str, float] = {}
        for name, weight in self.evidence.items():
            said = claims.record_name(name)
            bits[said] = round(bits.get(said, 0.0) + weight, 2)
        return bits


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What the register said of every person by whom a paper is checked, by prefix, and what it was asked."""

    claims: Mapping[str, Claims] = field(default_factory=dict)
    answers: Mapping[str, RegisterAnswer] = field(default_factory=dict)

    def agrees(self, field_name: str) -> bool | None:
        """Whether the register confirms a field of somebody it named, or contradicts it; None where it does neither: a
        near miss, or a value that the person it named may share with others."""
        for prefix, answer in self.answers.items():
            if answer.register_id is None or not field_name.startswith(prefix):
                continue
            names = {name for name, claim in self.claims[prefix].fields.items() if claim.field == field_name}
            if any(answer.agreement.get(name) in _SPEAKS_AGAINST for name in names):
                return False
            if any(name in answer.confirmed and self.claims[prefix].is_whole(name) for name in names):
                return True
        return None

    def validation(self) -> Validation:
        """What stands in the record: the answer that decides the outcome, and of several or other people each one's."""
        each = {prefix: answer.validation(self.claims[prefix]) for prefix, answer in self.answers.items()}
        if not each:
            return Validation()
        deciding = min(each.values(), key=lambda one: _DECIDES.index(one.outcome))
        if list(each) == [""]:
            return deciding
        return replace(
            deciding,
            conflicts=tuple(name for one in each.values() for name in one.conflicts),
            confirmed=tuple(dict.fromkeys(name for one in each.values() for name in one.confirmed)),
            subjects={prefix.rstrip("._"): one for prefix, one in each.items()},
        )

    def findings(self) -> tuple[Finding, ...]:
        """The findings that a person has to see, each about a field of the record where there is one."""
        return tuple(
            finding for prefix, answer in self.answers.items() for finding in _findings(answer, self.claims[prefix])
        )


_SPEAKS_AGAINST = (Agreement.DIFFERENT, Agreement.UNSURE)
# Of several people's outcomes the first of these is the paper's.
_DECIDES = (
    RegisterOutcome.UNAVAILABLE,
    RegisterOutcome.CONFLICT,
    RegisterOutcome.NOT_FOUND,
    RegisterOutcome.AMBIGUOUS,
    RegisterOutcome.UNSURE,
    RegisterOutcome.MATCH,
    RegisterOutcome.NOT_CHECKED,
)


def check_subjects(
    document_type: DocumentType,
    fields: Sequence[FieldValue],
    register: PopulationRegister | None,
    *,
    independent: bool = True,
    inks: Mapping[str, Traced] = MappingProxyType({}),
) -> Checked:
    """Asks the register about every person by whom the paper is checked. `fields` are triaged: a value can contradict
    the register where it was accepted, or where its ink (of `inks`, by field) denies what the register says.

    `independent`: the reader has not learnt from the register. Where it has, the register may still contradict what was
    read, and confirms nothing: it would be asked about its own words. Nor is the ink asked: that reader sees it so.
    """
    if register is None:
        return Checked()
    names = [one.name for one in fields if one.value]
    told = inks if independent else {}
    claims = {prefix: claims_about(document_type, fields, prefix, told) for prefix in subjects(document_type, names)}
    answers = {prefix: register.look_up(asked) for prefix, asked in claims.items()}
    for prefix in answers:
        # A paper of a death says so itself; who was struck out of a book may have died since: it says no more of them.
        if document_type is DocumentType.DEATH_CERTIFICATE or f"{prefix}removed" in names:
            answers[prefix] = replace(answers[prefix], deceased=False)
        if not independent:
            answers[prefix] = replace(answers[prefix], confirmed=frozenset())
    return Checked(claims=claims, answers=answers)


def _findings(answer: RegisterAnswer, claims: Claims) -> Iterator[Finding]:
    for name in answer.conflicts:
        yield Finding(code="register.conflict", message=_CONFLICT, field=claims.record_name(name))
    if answer.outcome is RegisterOutcome.UNSURE:
        for doubtful in answer.unsure or ("full_name",):
            yield Finding(code="register.unsure", message=_UNSURE, field=claims.record_name(doubtful))
    if answer.outcome is RegisterOutcome.AMBIGUOUS:
        yield Finding(code="register.ambiguous", message=_AMBIGUOUS, field=claims.record_name("full_name"))
    if answer.deceased:
        yield Finding(code="register.deceased", message=_DECEASED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One claimed field beside the registered one: how they compare, and the match weight in bits for this person."""

    field: str
    claimed: str
    registered: str
    level: Level
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A person whom the claims may concern: `probability` that they do, and every field that could be compared."""

    register_id: str
    probability: float
    fields: tuple[Compared, ...]
    deceased: bool = False

    @property
    def weight(self) -> float:
        """Bits of all fields together."""
        return sum(compared.weight for compared in self.fields)


class PopulationRegister(Protocol):
    """Looks people up. Never raises for what is claimed; a register out of reach answers `UNAVAILABLE`."""

    def look_up(self, claims: Claims) -> RegisterAnswer: ...
