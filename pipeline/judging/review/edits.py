"""Changes to a document itself: another type, cut in two, two joined. Nothing is invented and no reading is lost."""

from __future__ import annotations

import hashlib
import re
from base64 import b32encode

from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from pipeline.domain.model import CivilRecord, DocumentType, FieldValue, Finding, Validation
from pipeline.judging.review.outcome import settled
from pipeline.judging.review.places import known_fields, template
from pipeline.settling.register import NOT_IN_THE_REGISTER, register_name, subject_prefix, subjects

RETYPED = "review.retyped"
CUT = "review.cut"
JOINED = "review.joined"
_MEMBER = re.compile(r"members\[(\d+)\]\.")


def retyped(record: CivilRecord, document_type: DocumentType, form: str | None = None) -> CivilRecord:
    """The record as one of another type: it keeps the fields that the type has.

    A finding names the fields it does not have; their values stay in the revision before. The register's answer is
    kept where it is about the same person.
    """
    known = set(known_fields(document_type))
    kept = tuple(field for field in record.fields if template(field.name) in known)
    gone = [field.name for field in record.fields if field not in kept]
    note = Message("Đổi loại từ", f"type changed from {record.document_type}: {', '.join(gone) or '-'}")
    return settled(
        record.evolve(
            document_type=document_type,
            form=form,
            type_confidence=1.0,
            fields=kept,
            validation=record.validation if _same_subject(record.document_type, document_type) else Validation(),
            findings=(*_about(record, {field.name for field in kept}), Finding(code=RETYPED, message=note)),
        )
    )


def split(record: CivilRecord, at_page: int) -> tuple[CivilRecord, CivilRecord]:
    """The record of the pages before `at_page`, and another, with identifiers of its own, of the pages from there on.

    The same cut gives the same identifiers. The register's answer holds for neither part, except for the first where
    it keeps every value the register was asked with. Raises WrongUse when either part would have no field.
    """
    first = tuple(field for field in record.fields if field.page < at_page)
    second = tuple(field for field in record.fields if field.page >= at_page)
    if not first or not second:
        raise WrongUse(
            Message(
                "Trang này không chia giấy tờ thành hai phần có chữ",
                "This page does not cut the document into two parts that were read",
            ),
            code="review.split",
        )
    name = hashlib.sha256(f"{record.document_id}/{at_page}".encode()).digest()
    note = Finding(code=CUT, message=Message(f"Tách tại trang {at_page}", f"cut at page {at_page}"))

    def part(fields: tuple[FieldValue, ...], names: set[str]) -> CivilRecord:
        return record.evolve(fields=fields, findings=(*_about(record, names), note))

    head = part(first, {field.name for field in first}).evolve(
        validation=Validation() if _asked_with(record, second) else record.validation,
        pages=tuple(page for page in record.pages if page.number < at_page),
    )
    tail = part(second, {field.name for field in second}).evolve(
        document_id=name[:16].hex(),
        holding_code="HT-" + b32encode(name[16:26]).decode(),
        validation=Validation(),
        pages=tuple(page for page in record.pages if page.number >= at_page),
    )
    return settled(head), settled(_renumbered(tail, 0))


def merged(first: CivilRecord, second: CivilRecord) -> CivilRecord:
    """One record of both, under the first's identifiers; the second's members come after the first's.

    Of a field that both have the first's value is kept, and a finding names it. Raises WrongUse for records of two
    files.
    """
    if first.source.sha256 != second.source.sha256:
        raise WrongUse(Message("Hai giấy tờ thuộc hai tệp", "The documents are of two files"), code="review.merge")
    members = [int(match[1]) for field in first.fields if (match := _MEMBER.match(field.name))]
    added = _renumbered(second, max(members, default=-1) + 1).fields
    known = {field.name for field in first.fields}
    twice = [field.name for field in added if field.name in known]
    note = Finding(
        code=JOINED, message=Message("Gộp với", f"joined with {second.holding_code}: {', '.join(twice) or '-'}")
    )
    pages = {page.number: page for page in (*second.pages, *first.pages)}
    return settled(
        first.evolve(
            fields=(*first.fields, *(field for field in added if field.name not in known)),
            pages=tuple(pages[number] for number in sorted(pages)),
            findings=(
                *first.findings,
                *(finding for finding in second.findings if finding not in first.findings),
                note,
            ),
        )
    )


def _renumbered(record: CivilRecord, start: int) -> CivilRecord:
    """The record with its members counted from `start`, in their order."""
    numbers = sorted({int(match[1]) for field in record.fields if (match := _MEMBER.match(field.name))})
    new = {old: start + n for n, old in enumerate(numbers)}

    def renamed(name: str) -> str:
        return _MEMBER.sub(lambda match: f"members[{new[int(match[1])]}].", name)

    findings = tuple(
        finding if finding.field is None or not _has_number(finding.field, new) else Finding(
            code=finding.code, field=renamed(finding.field), message=finding.message)
        for finding in record.findings
    )  # fmt: skip
    return record.evolve(
        fields=tuple(field.evolve(name=renamed(field.name)) for field in record.fields), findings=findings
    )


def _has_number(name: str, new: dict[int, int]) -> bool:
    match = _MEMBER.match(name)
    return match is not None and int(match[1]) in new


def _same_subject(before: DocumentType, after: DocumentType) -> bool:
    return after not in NOT_IN_THE_REGISTER and subject_prefix(before) == subject_prefix(after)


def _asked_with(record: CivilRecord, fields: tuple[FieldValue, ...]) -> bool:
    """Whether the register was asked with a value of one of these fields."""
    people = subjects(record.document_type, [field.name for field in record.fields])
    return any(field.value and register_name(field.name, prefix=prefix) for field in fields for prefix in people)


def _about(record: CivilRecord, names: set[str]) -> tuple[Finding, ...]:
    """The findings about one of these fields, or about the document."""
    return tuple(finding for finding in record.findings if finding.field is None or finding.field in names)
