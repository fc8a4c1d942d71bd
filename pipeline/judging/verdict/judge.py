"""The verdict on a submission: what came, against what the procedure asks for and what was declared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from pipeline.domain.model import CivilRecord, DocumentType, FieldValue, PageReport, Status
from pipeline.forms.sides_seen import sides_seen
from pipeline.judging.verdict.agreement import agreement, declared_value, is_sure
from pipeline.judging.verdict.capture import CaptureLimits, WantedEntry, capture_reasons
from pipeline.judging.verdict.model import (
    DocumentVerdict,
    FieldAgreement,
    FieldVerdict,
    Outcome,
    Reason,
    Submitted,
    Unreadable,
    Verdict,
    WantedPaper,
)
from pipeline.judging.verdict.papers import CARDS, assign, field_of, validity
from pipeline.judging.verdict.procedures import Paper, Procedure
from pipeline.judging.verdict.wording import SIGNATURES, reason

_ORDER = (Outcome.RETAKE, Outcome.CONTRADICTS, Outcome.REVIEW, Outcome.USABLE)
_TYPE_AT = 0.9
_FEW_LETTERS = 12  # fewer letter-like specks are no document


def judge(
    procedure: Procedure,
    submitted: Sequence[Submitted],
    declared: Mapping[str, str],
    *,
    today: date,
    unreadable: Sequence[Unreadable] = (),
    limits: CaptureLimits | None = None,
) -> Verdict:
    """The verdict on a submission.

    `submitted` are the concluded records of all its files in the order they came; `declared` the values of the form as
    they were typed, under `procedure.declared_names` (others are ignored). Deterministic; never raises for what was
    submitted or declared. A picture is refused only for what makes it unfit for this procedure: one from which every
    wanted entry was read and agrees is usable, however dim.
    """
    normal = _normal(procedure, declared)
    roles = assign(procedure.papers, submitted, normal)
    fields = [f for n, paper in roles.items() for f in _fields(paper, submitted[n], normal)]
    fields += [f for paper in _absent(procedure, roles) for f in _unanswered(paper, normal)]
    reasons = [
        *(reason("document.unreadable", file=u.file, note=u.message) for u in unreadable),
        *_malformed(procedure, declared, normal),
        *_missing(procedure, submitted, roles),
    ]
    for n, document in enumerate(submitted):
        reasons += _of_document(document, roles.get(n), fields, today, limits or CaptureLimits())
    reasons = sorted(dict.fromkeys(reasons), key=lambda r: _ORDER.index(r.outcome))
    return Verdict(
        procedure=procedure.code,
        outcome=reasons[0].outcome if reasons else Outcome.USABLE,
        reasons=tuple(reasons),
        fields=tuple(fields),
        documents=tuple(_document(document, roles.get(n)) for n, document in enumerate(submitted)),
        wanted=tuple(_wanted(paper, roles) for paper in procedure.papers),
    )


def _normal(procedure: Procedure, declared: Mapping[str, str]) -> dict[str, str]:
    """Declared values in normal form, under their declared names; those without a normal form are left out."""
    out: dict[str, str] = {}
    for paper in procedure.papers:
        for name, field in paper.compare.items():
            value = declared_value(field, declared[name]) if declared.get(name) else None
            if value is not None:
                out[name] = value
    return out


def _malformed(procedure: Procedure, declared: Mapping[str, str], normal: Mapping[str, str]) -> Iterator[Reason]:
    for name in procedure.declared_names:
        if declared.get(name, "").strip() and name not in normal:
            yield reason("declared.malformed", field=name)


def _absent(procedure: Procedure, roles: Mapping[int, Paper]) -> list[Paper]:
    there = {paper.role for paper in roles.values()}
    return [paper for paper in procedure.papers if paper.required and paper.role not in there]


def _fields(paper: Paper, document: Submitted, declared: Mapping[str, str]) -> Iterator[FieldVerdict]:
    for name, where in paper.compare.items():
        read = field_of(document.record, where)
        typed = declared.get(name)
        if read is None:
            how = FieldAgreement.NOT_READ
        else:
            how = FieldAgreement.NOT_DECLARED if typed is None else agreement(where, typed, read)
        yield FieldVerdict(
            name=name,
            role=paper.role,
            document_field=where,
            declared=typed,
            read=read.value if read else None,
            registered=document.registered.get(where),
            agreement=how,
            confidence=read.confidence if read else None,
            file=document.record.source.file,
            page=read.page if read else None,
            box=read.box if read else None,
        )


def _unanswered(paper: Paper, declared: Mapping[str, str]) -> Iterator[FieldVerdict]:
    for name, where in paper.compare.items():
        yield FieldVerdict(
            name=name,
            role=paper.role,
            document_field=where,
            declared=declared.get(name),
            read=None,
            registered=None,
            agreement=FieldAgreement.NOT_READ,
        )


def _missing(procedure: Procedure, submitted: Sequence[Submitted], roles: Mapping[int, Paper]) -> Iterator[Reason]:
    """Papers that did not come. Where a paper of the wrong kind came instead, only that is named."""
    strange = [document for n, document in enumerate(submitted) if n not in roles]
    known = [document for document in strange if document.record.document_type is not DocumentType.UNKNOWN]
    absent = _absent(procedure, roles)
    for paper, document in zip(absent, known, strict=False):
        yield reason("document.wrong_type", file=document.record.source.file, role=paper.role, note=paper.name)
    for paper in absent[len(known) :]:
        if len(strange) == len(known):
            yield reason("document.missing", role=paper.role, note=paper.name)
    for document in known[len(absent) :]:
        yield reason("document.surplus", file=document.record.source.file)


def _of_document(
    document: Submitted, paper: Paper | None, fields: Sequence[FieldVerdict], today: date, limits: CaptureLimits
) -> list[Reason]:
    record = document.record
    out: list[Reason] = []
    out += [reason(f.code, file=record.source.file, note=f.message) for f in record.findings if f.code in SIGNATURES]
    if document.held_as is not None:
        out.append(reason("document.held", file=record.source.file))
    unknown = record.document_type is DocumentType.UNKNOWN
    if paper is None and not unknown:
        return out  # surplus or of the wrong kind: nothing else is asked of it
    own = [f for f in fields if paper and f.role == paper.role]
    wanted = [_want(f, record) for f in own if f.declared is not None or f.read is None]
    complete = paper is not None and all(entry.legible for entry in wanted)
    seen: list[Reason] = []
    for report in record.pages:
        near = [w for w in wanted if w.read is None or w.read.page == report.number]
        for capture in report.captures:
            seen += capture_reasons(record.source.file, report.number, capture, near, limits, complete=complete)
    out += seen
    if unknown and not seen:  # what cannot be seen cannot be recognised: then the picture is the reason
        out.append(_unknown(record))
    if paper is not None:
        out += _sides(record, paper)
        out += _standing(document, paper, own, today)
    return out


def _want(field: FieldVerdict, record: CivilRecord) -> WantedEntry:
    read = field_of(record, field.document_field)
    if read is None:
        read = next((f for f in record.fields if f.name == field.document_field), None)
    legible = field.agreement is FieldAgreement.SAME or (read is not None and bool(read.value) and is_sure(read))
    return WantedEntry(name=field.name, read=read, legible=legible)


def _unknown(record: CivilRecord) -> Reason:
    """Nothing written at all is no document; writing that no form explains is for a person."""
    letters = [capture.measures.get("letters", 0.0) for report in record.pages for capture in report.captures]
    empty = all(report.blank for report in record.pages) or (bool(letters) and max(letters) < _FEW_LETTERS)
    file, page = record.source.file, _first_page(record.pages)
    return reason("document.none" if empty else "document.unknown", file=file, page=page)


def _first_page(pages: Sequence[PageReport]) -> int | None:
    return pages[0].number if pages else None


def _sides(record: CivilRecord, paper: Paper) -> Iterator[Reason]:
    seen = sides_seen(record)
    if not seen or record.document_type not in CARDS:
        return
    lacking = [side for side in paper.sides if side not in seen]
    if lacking:
        wrong = not set(paper.sides) & set(seen)
        report = record.pages[0] if record.pages else None
        place = report.captures[0].place if report and report.captures else None
        yield reason(
            "side.wrong" if wrong else "side.missing",
            file=record.source.file,
            page=report.number if report else None,
            place=place,
            role=paper.role,
        )


def _standing(document: Submitted, paper: Paper, fields: Sequence[FieldVerdict], today: date) -> Iterator[Reason]:
    """The document against the declared values, the register and today's date."""
    record = document.record
    if paper.current:
        yield from validity(record, today)
    if record.type_confidence is None or record.type_confidence < _TYPE_AT:
        yield reason("document.type_unsure", file=record.source.file, role=paper.role)
    for field in fields:
        yield from _of_field(field, field_of(record, field.document_field))
    yield from _of_register(record, paper, fields)
    if paper.keep and record.status is not Status.ACCEPTED:
        yield reason("document.review", file=record.source.file, role=paper.role)


def _of_field(field: FieldVerdict, read: FieldValue | None) -> Iterator[Reason]:
    about: dict[str, Any] = {
        "file": field.file,
        "page": field.page,
        "place": field.box,
        "field": field.name,
        "role": field.role,
    }
    if read is None:
        if field.declared is not None:
            yield reason("field.not_read", **about)
    elif field.agreement is FieldAgreement.DIFFERENT:
        yield reason("declared.differs" if is_sure(read) else "declared.unlike", **about)
    elif field.agreement is FieldAgreement.NEAR:
        yield reason("declared.unlike", **about)
    elif field.agreement is FieldAgreement.NOT_DECLARED and not is_sure(read):
        yield reason("field.unsure", **about)


def _of_register(record: CivilRecord, paper: Paper, fields: Sequence[FieldVerdict]) -> Iterator[Reason]:
    """A card that the register contradicts is a contradiction. An act is not: where it and the population database
    differ the database is to be corrected (Luật Hộ tịch 2014 Điều 60), so a clerk looks; as where the reading is too
    doubtful to say, or fits several people alike."""
    code = "register.differs" if record.document_type in CARDS else "register.unlike"
    doubts = [f.field for f in record.findings if f.code in ("register.unsure", "register.ambiguous") and f.field]
    for name in (*record.validation.conflicts, *doubts):
        read = next((f for f in record.fields if f.value and f.name == name), None)
        declared = next((f.name for f in fields if f.document_field == name), None)
        sure = read is not None and is_sure(read)
        yield reason(
            "register.unsure" if name in doubts else code if sure else "register.unlike",
            file=record.source.file,
            page=read.page if read else None,
            place=read.box if read else None,
            field=declared or name,
            role=paper.role,
        )
    if not paper.of_deceased and any(f.code == "register.deceased" for f in record.findings):
        yield reason("register.deceased", file=record.source.file, role=paper.role)


def _document(document: Submitted, paper: Paper | None) -> DocumentVerdict:
    record = document.record
    return DocumentVerdict(
        document_id=record.document_id,
        holding_code=record.holding_code,
        file=record.source.file,
        document_type=record.document_type,
        role=paper.role if paper else None,
        sides=sides_seen(record),
        keep=paper is not None and paper.keep,
        held_as=document.held_as,
    )


def _wanted(paper: Paper, roles: Mapping[int, Paper]) -> WantedPaper:
    return WantedPaper(
        role=paper.role,
        name=paper.name,
        document_types=paper.types,
        sides=paper.sides,
        required=paper.required,
        received=any(paper.role == there.role for there in roles.values()),
    )
