"""What the submission service tells a citizen: values, no logic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from pipeline.domain.geometry import Quad
from pipeline.domain.message import Message
from pipeline.domain.model import CivilRecord, DocumentType


class Outcome(StrEnum):
    """What happens with a submission. The worst reason decides, in the order retake, contradicts, review, usable:
    what was read from a picture that must be retaken proves nothing."""

    USABLE = "usable"
    REVIEW = "review"
    CONTRADICTS = "contradicts"
    RETAKE = "retake"


class FieldAgreement(StrEnum):
    """How a declared value compares with what was read, both in their normal forms.

    same: but for case, spaces, the tone mark's place, a date's precision. near: within what a misread or mistyped
    letter explains. not_read: the paper was there and the value was not found on it, or no paper was.
    """

    SAME = "same"
    NEAR = "near"
    DIFFERENT = "different"
    NOT_READ = "not_read"
    NOT_DECLARED = "not_declared"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One thing that is wrong, or that a person should see.

    `code` is stable (`pipeline.judging.verdict.wording.REASONS` has them all); `message` never
    holds a field's value. `outcome` is what this reason alone leads to (`usable`: only worth
    knowing). `place` has its corners in pixels of page `page` (from 1) of `file` as it came, origin top left. `field`
    is the declared name of the field it is about, `role` the paper of the procedure.
    """

    code: str
    message: Message
    outcome: Outcome
    file: str | None = None
    page: int | None = None
    place: Quad | None = None
    field: str | None = None
    role: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldVerdict:
    """One field that the procedure compares: `name` as it is declared, `document_field` as the paper's record names it.

    `declared`, `read` and `registered` are normal forms, None where there is none. `confidence` is the calibrated
    probability that `read` stands on the paper, None when nobody measured it. `box` in pixels of the scan.
    """

    name: str
    role: str
    document_field: str
    declared: str | None
    read: str | None
    registered: str | None
    agreement: FieldAgreement
    confidence: float | None = None
    file: str | None = None
    page: int | None = None
    box: Quad | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentVerdict:
    """One document of the submission: what it is, what the procedure takes it for, whether it may be kept.

    `role` None: the procedure wants no such paper, or has its paper already. `held_as` is the holding code under
    which the same document is already kept. `keep` False: checked, and to be deleted after the answer.
    """

    document_id: str
    holding_code: str
    file: str
    document_type: DocumentType
    role: str | None
    sides: tuple[str, ...]
    keep: bool
    held_as: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedPaper:
    """A paper the procedure asks for, as it is shown to a person."""

    role: str
    name: Message
    document_types: tuple[DocumentType, ...]
    sides: tuple[str, ...]
    required: bool
    received: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The answer to a submission. `outcome` follows from `reasons`, which stand worst first."""

    procedure: str
    outcome: Outcome
    reasons: tuple[Reason, ...]
    fields: tuple[FieldVerdict, ...]
    documents: tuple[DocumentVerdict, ...]
    wanted: tuple[WantedPaper, ...]

    @property
    def document_type(self) -> DocumentType:
        """Of the first document that the procedure asks for, else of the first; unknown when nothing came."""
        with_role = [d for d in self.documents if d.role is not None] or list(self.documents)
        return with_role[0].document_type if with_role else DocumentType.UNKNOWN

    @property
    def held_as(self) -> tuple[str, ...]:
        """Holding codes of documents of this submission that are already kept."""
        return tuple(d.held_as for d in self.documents if d.held_as is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """One document of a submission as it was read and concluded (`pipeline.read_document.conclude`).

    `registered`: what the population register says of the people it named, by the record's names of fields, empty where
    nobody was named or values are not to be shown.
    `held_as`: holding code of the same document where it is already kept (`pipeline.judging.verdict.identity_of`).
    """

    record: CivilRecord
    registered: Mapping[str, str] = field(default_factory=dict)
    held_as: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A file of the submission that could not be opened or read: the `InputError`'s code and message."""

    file: str
    code: str
    message: Message
