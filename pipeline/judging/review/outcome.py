"""What people's decisions make of a record: values by a reviewer, rules checked anew, the status that follows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pipeline.codes import Code
from pipeline.domain.geometry import Quad, rectangle
from pipeline.domain.message import Message
from pipeline.domain.model import CivilRecord, DocumentType, FieldSource, FieldValue, Finding, RegisterOutcome, Status
from pipeline.settling.register import NOT_IN_THE_REGISTER, PopulationRegister, check_subjects
from pipeline.settling.triage import needs_a_person
from pipeline.validation import RULES, check_record

CONFIRMED = "review.confirmed"
ILLEGIBLE = "review.illegible"
ABSENT = "review.not_on_form"
RETAKE = "review.retake"
_NOWHERE = rectangle(0.0, 0.0, 0.0, 0.0)


class Choice(StrEnum):
    """What a person can decide of an item. The last three speak of the whole document."""

    ACCEPT = "accept"
    CORRECT = "correct"
    ILLEGIBLE = "illegible"
    ABSENT = "absent"
    WRONG_TYPE = "wrong_type"
    WRONG_SPLIT = "wrong_split"
    RETAKE = "retake"


OF_THE_PAPER = frozenset({Choice.WRONG_TYPE, Choice.WRONG_SPLIT, Choice.RETAKE})


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldDecision:
    """What people decided of a field. `page` and `box`: where it stands; None where the reading's place is right."""

    choice: Choice
    value: str | None = None
    verbatim: str | None = None
    page: int | None = None
    box: Quad | None = None


def decided(record: CivilRecord, decisions: Mapping[str, FieldDecision]) -> CivilRecord:
    """The record with these fields as people decided them; fields that were missed come last.

    A decided value is accepted, its source is the reviewer. An illegible one has no value and is rejected; one that is
    not on the form is gone, and a finding says so. Rules are checked anew; the machine's reading stands in the
    revision before. The record given is not changed.
    """
    if not decisions:
        return record
    known = {field.name for field in record.fields}
    fields = [_field(field, decisions[field.name]) if field.name in decisions else field for field in record.fields]
    fields += [_field(_missed(name, decision), decision) for name, decision in decisions.items() if name not in known]
    absent = [name for name, decision in decisions.items() if decision.choice is Choice.ABSENT]
    left = tuple(field for field in fields if field.name not in absent)
    findings = [finding for finding in record.findings if not _is_stale(finding, decisions)]
    findings += [finding for finding in _checked(record, left) if finding not in findings]
    not_on_form = Message("Không có trên giấy tờ", "Not on the form")
    findings += [Finding(code=ABSENT, field=name, message=not_on_form) for name in absent if name in known]
    return settled(record.evolve(fields=left, findings=tuple(findings)))


def reopened(record: CivilRecord, names: Collection[str], code: str) -> CivilRecord:
    """The record with these fields in doubt again, for the reason given."""
    fields = tuple(
        field.evolve(status=Status.REVIEW, findings=tuple(dict.fromkeys((*field.findings, code))))
        if field.name in names
        else field
        for field in record.fields
    )
    return settled(record.evolve(fields=fields))


def confirmed(record: CivilRecord) -> CivilRecord:
    """The record after a person found the document itself right: its findings no longer hold it back."""
    if any(finding.code == CONFIRMED for finding in record.findings):
        return settled(record)
    note = Finding(code=CONFIRMED, message=Message("Cán bộ đã xem cả giấy tờ", "A person looked at the whole document"))
    return settled(record.evolve(findings=(*record.findings, note)))


def asked_anew(record: CivilRecord, register: PopulationRegister) -> CivilRecord:
    """The record with the register's answer about the person as people decided the fields, in place of its answer about
    the machine's reading. Unchanged where the register is out of reach or does not know such people."""
    if record.document_type in NOT_IN_THE_REGISTER:
        return record
    sure = [f.evolve(confidence=1.0) if f.source is FieldSource.REVIEWER else f for f in record.fields]
    independent = not record.provenance.taught_by_register
    checked = check_subjects(record.document_type, sure, register, independent=independent)
    validation = checked.validation()
    if validation.outcome in (RegisterOutcome.UNAVAILABLE, RegisterOutcome.NOT_CHECKED):
        return record
    findings = [finding for finding in record.findings if not finding.code.startswith("register.")]
    return settled(record.evolve(validation=validation, findings=(*findings, *checked.findings())))


def to_be_scanned_again(record: CivilRecord) -> CivilRecord:
    """The record of a scan that people found useless: rejected, whatever was read in it."""
    note = Finding(code=RETAKE, message=Message("Cần quét hoặc chụp lại", "To be scanned or photographed again"))
    return record.evolve(status=Status.REJECTED, findings=(*record.findings, note))


def settled(record: CivilRecord) -> CivilRecord:
    """The record with the status that follows from its fields and findings: no better than its worst field.

    A finding on a field that a person decided does not hold it back: they saw it.
    """
    return record.evolve(status=_status(record))


def _status(record: CivilRecord) -> Status:
    statuses = {field.status for field in record.fields}
    if record.document_type is DocumentType.UNKNOWN or not statuses or Status.REVIEW in statuses:
        return Status.REVIEW
    if not any(finding.code == CONFIRMED for finding in record.findings):
        seen = {field.name for field in record.fields if field.source is FieldSource.REVIEWER}
        if any(needs_a_person(finding.code) and finding.field not in seen for finding in record.findings):
            return Status.REVIEW
    return Status.REJECTED if Status.REJECTED in statuses else Status.ACCEPTED


def _missed(name: str, decision: FieldDecision) -> FieldValue:
    """A field that the machine did not find, at the place that a person gave."""
    return FieldValue(name=name, value=None, verbatim="", page=decision.page or 1, box=decision.box or _NOWHERE)


def _field(field: FieldValue, decision: FieldDecision) -> FieldValue:
    place = {"page": decision.page or field.page, "box": decision.box or field.box}
    if decision.choice in (Choice.ILLEGIBLE, Choice.ABSENT):
        return field.evolve(
            value=None, verbatim="", source=FieldSource.REVIEWER, confidence=None, status=Status.REJECTED,
            alternatives=(), findings=(ILLEGIBLE,), **place,
        )  # fmt: skip
    return field.evolve(
        value=decision.value, verbatim=decision.verbatim or "", source=FieldSource.REVIEWER, confidence=None,
        status=Status.ACCEPTED, alternatives=(), findings=(), **place,
    )  # fmt: skip


def _is_stale(finding: Finding, decisions: Mapping[str, FieldDecision]) -> bool:
    """Rules are checked anew; what only a code on the paper can say stays unless a person decided the field."""
    if finding.field in decisions:
        return True
    return finding.code in RULES and finding.code not in ("sources.conflict", "mrz.invalid")


def _checked(record: CivilRecord, fields: Sequence[FieldValue]) -> Sequence[Finding]:
    codes = [
        Code(kind="qr", symbology="QRCode", text=field.verbatim, box=field.box)
        for field in fields
        if field.name == "qr" and field.source is FieldSource.QR
    ]
    return check_record(record.document_type, record.form, fields, codes=codes).findings
