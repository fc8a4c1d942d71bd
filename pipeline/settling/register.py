"""What a population register is asked, and what it answers.

`storage.register` implements `PopulationRegister`; stages receive one and never ask which it is. The
answer stands beside the record and never changes it: a birth register entry outranks the population
database in law (Luật Hộ tịch 2014, Điều 60), so a difference is a finding, not a correction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from pipeline.domain.message import Message
from pipeline.domain.model import DocumentType, FieldValue, Finding, RegisterOutcome, Validation
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
    **{name: name for name in REGISTER_FIELDS},
}

# Nobody said whose fields the paper of an added form holds.
# A birth notification's child has no entry in the register yet: the paper is what the entry is made from.
NOT_IN_THE_REGISTER = frozenset((DocumentType.UNKNOWN, DocumentType.OTHER, DocumentType.BIRTH_NOTIFICATION))


_CONFLICT = Message(
    "Giấy ghi khác cơ sở dữ liệu dân cư; giữ cả hai, cần người xem",
    "The paper differs from the population register; both are kept, a person must look",
)
_DECEASED = Message("Cơ sở dữ liệu dân cư ghi người này đã mất", "The population register says this person has died")


def subject_prefix(document_type: DocumentType) -> str:
    """Whose claims the register is asked about: the head of a household, else the paper's own person."""
    books = (DocumentType.HOUSEHOLD_BOOK, DocumentType.TEMPORARY_RESIDENCE_BOOK)
    return "members[0]." if document_type in books else ""


def register_name(field: str, *, prefix: str = "") -> str | None:
    """The register's name for a record's field about the person under `prefix`; None if it has none."""
    return _RECORD_NAMES.get(field.removeprefix(prefix)) if field.startswith(prefix) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One value a paper states: its normal form, how sure the reading is, what else it might read.

    `confidence` is the calibrated probability that `value` is what the paper
    says, None when nobody measured it.
    """

    value: str
    confidence: float | None = None
    alternatives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a paper states about one person, by register field (`REGISTER_FIELDS`); nothing empty."""

    fields: Mapping[str, Claim]

    @staticmethod
    def of(**values: str | None) -> Claims:
        """Claims without confidences, empty ones left out. Raises ValueError on an unknown field."""
        unknown = set(values) - set(REGISTER_FIELDS)
        if unknown:
            raise ValueError(f"not register fields: {sorted(unknown)}")
        return Claims(fields={name: Claim(value=value) for name, value in values.items() if value})

    @staticmethod
    def from_fields(fields: Iterable[FieldValue], *, prefix: str = "") -> Claims:
        """The claims a record's fields make about the person under `prefix` ("", "mother_", "members[0].").

        Fields the register knows nothing of are left out; of two of one name the first counts.
        """
        claims: dict[str, Claim] = {}
        for field_value in fields:
            name = register_name(field_value.name, prefix=prefix)
            if name is not None and field_value.value and name not in claims:
                others = tuple(value for value, _ in field_value.alternatives)
                claims[name] = Claim(value=field_value.value, confidence=field_value.confidence, alternatives=others)
        return Claims(fields=claims)


class Agreement(StrEnum):
    """How one claimed value compares with the register's."""

    SAME = "same"  # but for case, spaces and the place of the tone mark
    NEAR = "near"  # differs by what a misread letter or mark would explain: worth a look, no conflict
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterAnswer:
    """What the register says about one person.

    `match_probability` is the
    posterior probability that the claims speak of the person `register_id`; `evidence` holds the match weight
    of each compared field (log2 of the Bayes factor: +10 speaks 1,024 to 1 for, -10 against).
    `agreement` tells for each compared field how it compares; `conflicts` are the fields that truly
    differ. `ambiguous`: several people fit about as well, so none is named.
    """

    outcome: RegisterOutcome = RegisterOutcome.NOT_CHECKED
    register_id: str | None = None
    match_probability: float | None = None
    conflicts: tuple[str, ...] = ()
    evidence: Mapping[str, float] = field(default_factory=dict)
    agreement: Mapping[str, Agreement] = field(default_factory=dict)
    ambiguous: bool = False
    deceased: bool = False

    @property
    def near(self) -> tuple[str, ...]:
        """Fields that differ within what a misreading explains: no conflicts, but a person should see them."""
        return tuple(name for name, level in self.agreement.items() if level is Agreement.NEAR)

    def validation(self) -> Validation:
        """The part of the answer that stands in a record."""
        return Validation(
            outcome=self.outcome,
            register_id=self.register_id,
            match_probability=self.match_probability,
            conflicts=self.conflicts,
            evidence=dict(self.evidence),
        )


def register_findings(answer: RegisterAnswer) -> tuple[Finding, ...]:
    """The findings that a person has to see."""
    return tuple(Finding(code="register.conflict", message=_CONFLICT, field=name) for name in answer.conflicts) + (
        (Finding(code="register.deceased", message=_DECEASED),) if answer.deceased else ()
    )


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
