"""What people's decisions make of a record: values by a reviewer, findings told anew, the status that follows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from pipeline.codes import Code
from pipeline.domain.geometry import Quad, rectangle
from pipeline.domain.message import Message
from pipeline.domain.model import CivilRecord, DocumentType, FieldSource, FieldValue, Finding, Status
from pipeline.settling.register import (
    NOT_IN_THE_REGISTER,
    Claims,
    PopulationRegister,
    register_findings,
    subject_prefix,
)
from pipeline.settling.triage import needs_a_person
from pipeline.validation import RULES, check_record

CONFIRMED = "review.confirmed"
ILLEGIBLE = "review.illegible"
ABSENT = "review.not_on_form"
RETAKE = "review.retake"
_NOWHERE = rectangle(0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What holds for a field: `choice` accept, correct, illegible or absent; `page` and `box` where a person says it
    stands, None where the reading's place is right."""

    choice: str
    value: str | None = None
    verbatim: str | None = None
    page: int | None = None
    box: Quad | None = None


def decided(record: CivilRecord, said: Mapping[str, Said]) -> CivilRecord:
    """The record with these fields as people say they are; fields that were missed come last.

    A decided value is accepted, its source is the reviewer. An illegible one has no value and is rejected; one that is
    not on the form is gone, and a finding says so. Rules are checked anew; the machine's reading stands in the
    revision before. The record given is not changed.
    """
    if not said:
        return record
    known = {field.name for field in record.fields}
    fields = [_field(field, said[field.name]) if field.name in said else field for field in record.fields]
    fields += [
        _field(FieldValue(name=name, value=None, verbatim="", page=one.page or 1, box=one.box or _NOWHERE), one)
        for name, one in said.items()
        if name not in known
    ]
    absent = [name for name, one in said.items() if one.choice == "absent" and name in known]
    left = tuple(field for field in fields if said.get(field.name, _KEPT).choice != "absent")
    findings = [finding for finding in record.findings if not _is_stale(finding, said)]
    findings += [one for one in _checked(record, left) if one not in findings]
    findings += [
        Finding(code=ABSENT, field=name, message=Message("Không có trên giấy", "Not on the form")) for name in absent
    ]
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
    """The record after a person found the document itself right: its findings hold nothing back any more."""
    if any(finding.code == CONFIRMED for finding in record.findings):
        return settled(record)
    note = Finding(code=CONFIRMED, message=Message("Cán bộ đã xem cả giấy tờ", "A person looked at the whole document"))
    return settled(record.evolve(findings=(*record.findings, note)))


def asked_anew(record: CivilRecord, register: PopulationRegister) -> CivilRecord:
    """The record with what the register says of the person as people say who it is, in place of what it said of the
    machine's reading. As it was where the register is out of reach or does not know such people."""
    if record.document_type in NOT_IN_THE_REGISTER:
        return record
    sure = [f.evolve(confidence=1.0) if f.source is FieldSource.REVIEWER else f for f in record.fields]
    answer = register.look_up(Claims.from_fields(sure, prefix=subject_prefix(record.document_type)))
    if answer.outcome in ("unavailable", "not_checked"):
        return record
    findings = [finding for finding in record.findings if not finding.code.startswith("register.")]
    return settled(record.evolve(validation=answer.validation(), findings=(*findings, *register_findings(answer))))


def to_be_scanned_again(record: CivilRecord) -> CivilRecord:
    """The record of a scan that people found useless: rejected, whatever was read in it."""
    note = Finding(code=RETAKE, message=Message("Cần quét hoặc chụp lại", "To be scanned or photographed again"))
    return record.evolve(status=Status.REJECTED, findings=(*record.findings, note))


def settled(record: CivilRecord) -> CivilRecord:
    """The record with the status that its fields and findings come to: no better than its worst field.

    A finding on a field that a person decided holds nothing back: they saw it.
    """
    return record.evolve(status=_status(record))


def _status(record: CivilRecord) -> Status:
    statuses = {field.status for field in record.fields}
    if record.document_type is DocumentType.UNKNOWN or not statuses or Status.REVIEW in statuses:
        return Status.REVIEW
    if not any(finding.code == CONFIRMED for finding in record.findings):
        seen = {field.name for field in record.fields if field.source is FieldSource.REVIEWER}
        if any(needs_a_person(one.code) and one.field not in seen for one in record.findings):
            return Status.REVIEW
    return Status.REJECTED if Status.REJECTED in statuses else Status.ACCEPTED


_KEPT = Said(choice="accept")


def _field(field: FieldValue, one: Said) -> FieldValue:
    place = {"page": one.page or field.page, "box": one.box or field.box}
    if one.choice in ("illegible", "absent"):
        return field.evolve(
            value=None, verbatim="", source=FieldSource.REVIEWER, confidence=None, status=Status.REJECTED,
            alternatives=(), findings=(ILLEGIBLE,), **place,
        )  # fmt: skip
    return field.evolve(
        value=one.value, verbatim=one.verbatim or "", source=FieldSource.REVIEWER, confidence=None,
        status=Status.ACCEPTED, alternatives=(), findings=(), **place,
    )  # fmt: skip


def _is_stale(finding: Finding, said: Mapping[str, Said]) -> bool:
    """Rules are checked anew; what only a code on the paper can say stays unless a person decided the field."""
    if finding.field in said:
        return True
    return finding.code in RULES and finding.code not in ("sources.conflict", "mrz.invalid")


def _checked(record: CivilRecord, fields: Sequence[FieldValue]) -> Sequence[Finding]:
    codes = [
        Code(kind="qr", symbology="QRCode", text=field.verbatim, box=field.box)
        for field in fields
        if field.name == "qr" and field.source is FieldSource.QR
    ]
    return check_record(record.document_type, record.form, fields, codes=codes).findings
