"""A document within a procedure: which of its papers it is, which sides came, whether it is still valid."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from pipeline.domain.model import CivilRecord, DocumentType, FieldSource, FieldValue
from pipeline.judging.verdict.agreement import agreement, is_sure
from pipeline.judging.verdict.model import FieldAgreement, Outcome, Reason, Submitted
from pipeline.judging.verdict.procedures import Paper
from pipeline.judging.verdict.wording import reason
from pipeline.validation.record import Span
from pipeline.values import INDEFINITE, folded_key, normalise

CARDS = frozenset(
    (
        DocumentType.CITIZEN_ID_2024,
        DocumentType.CITIZEN_ID_CHIP,
        DocumentType.CITIZEN_ID_BARCODE,
        DocumentType.NATIONAL_ID_12,
        DocumentType.NATIONAL_ID_9,
    )
)
# Last days on which papers of a kind could be used: Luật Căn cước 2023 Điều 46; Luật Cư trú 2020 Điều 38.
_WITHDRAWN_AFTER = {
    DocumentType.NATIONAL_ID_9: date(2024, 12, 31),
    DocumentType.NATIONAL_ID_12: date(2024, 12, 31),
    DocumentType.HOUSEHOLD_BOOK: date(2022, 12, 31),
    DocumentType.TEMPORARY_RESIDENCE_BOOK: date(2022, 12, 31),
}
_WORTH = {
    FieldAgreement.SAME: 2,
    FieldAgreement.NEAR: 1,
    FieldAgreement.DIFFERENT: -2,
}
# What makes two scans the same document: the numbers and dates that an office gave it.
_IDENTITY = {
    **dict.fromkeys(CARDS, ("personal_id", "old_national_id", "date_of_issue", "date_of_expiry")),
    DocumentType.HOUSEHOLD_BOOK: ("household_number", "date_of_issue"),
    DocumentType.TEMPORARY_RESIDENCE_BOOK: ("household_number", "date_of_issue"),
    DocumentType.BIRTH_NOTIFICATION: ("document_number", "date_of_issue", "mother_full_name"),
}
_ACT = ("document_number", "book_number", "date_of_registration", "place_of_registration", "full_name")
_ENOUGH = 2


def field_of(record: CivilRecord, name: str) -> FieldValue | None:
    """The record's first field of this name that has a value."""
    return next((f for f in record.fields if f.name == name and f.value), None)


def assign(papers: Sequence[Paper], documents: Sequence[Submitted], declared: Mapping[str, str]) -> dict[int, Paper]:
    """Which document stands for which paper: no paper twice, best agreement with what is declared first."""
    pairs = sorted(
        (-_fit(paper, document, declared), p, n)
        for p, paper in enumerate(papers)
        for n, document in enumerate(documents)
        if document.record.document_type in paper.types
    )
    out: dict[int, Paper] = {}
    for _, p, n in pairs:
        if n not in out and papers[p].role not in {paper.role for paper in out.values()}:
            out[n] = papers[p]
    return out


def _fit(paper: Paper, document: Submitted, declared: Mapping[str, str]) -> float:
    total = 0.5 * paper.required
    for name, where in paper.compare.items():
        read = field_of(document.record, where)
        if read is not None and declared.get(name):
            total += _WORTH[agreement(where, declared[name], read)]
    return total


def validity(record: CivilRecord, today: date) -> Iterator[Reason]:
    """Why a document cannot stand for what is true today: withdrawn, expired, changed later. Nothing when it can."""
    last = _WITHDRAWN_AFTER.get(record.document_type)
    if last is not None and today > last:
        yield reason("document.withdrawn", file=record.source.file)
        return
    if any(f.name.endswith("later_changes") and f.value for f in record.fields):
        yield reason("document.changed_later", file=record.source.file)
    if record.document_type not in CARDS:
        return
    expiry = next((f for f in record.fields if f.name == "date_of_expiry"), None)
    if expiry is not None and INDEFINITE in (expiry.value, normalise("date", expiry.verbatim).value):
        return
    if expiry is None or not expiry.value:
        yield reason("document.expiry_unsure", file=record.source.file, field="date_of_expiry")
        return
    span = Span.of(expiry.value)
    if span is None or span.last >= today:
        return
    sure = is_sure(expiry) or expiry.source is FieldSource.MRZ
    yield reason(
        "document.expired" if sure else "document.expiry_unsure",
        file=record.source.file,
        page=expiry.page,
        place=expiry.box,
        field="date_of_expiry",
    )


def is_current(record: CivilRecord, today: date) -> bool:
    """Whether a stored document may stand in for its paper today: no reason against it is worse than worth knowing."""
    return all(doubt.outcome is Outcome.USABLE for doubt in validity(record, today))


def identity_of(record: CivilRecord) -> str | None:
    """A digest that two scans of one document share, for finding what is already held; None where too little was read.

    SHA-256 over the document's kind and the numbers, dates and names that distinguish it from all others, in normal
    forms.
    """
    names = _IDENTITY.get(record.document_type, _ACT)
    values = [(name, folded_key(f.value or "")) for name in names if (f := field_of(record, name)) is not None]
    if record.document_type is DocumentType.UNKNOWN or len(values) < _ENOUGH:
        return None
    text = "\x1f".join([record.document_type.value, *(f"{name}={value}" for name, value in values)])
    return hashlib.sha256(text.encode()).hexdigest()
