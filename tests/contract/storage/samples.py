"""Invented records for the storage tests."""

from __future__ import annotations

from pipeline.domain.model import (
    CivilRecord,
    DocumentType,
    FieldValue,
    PageReport,
    Provenance,
    RegisterOutcome,
    SourceFile,
    Status,
    Validation,
)
from pipeline.domain.recognition import ModelIdentity
from pipeline.records.contract import record_bytes
from storage.catalogue import WorkKey
from storage.commit import Digitized
from storage.objects import ObjectKey

PROVENANCE = Provenance(
    software="hotich 0.1.0",
    models=(ModelIdentity(name="tesseract-vie", sha256="a" * 64),),
    settings_sha256="b" * 64,
)
BOX = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0))


def work_key(data: bytes, **changes: str) -> WorkKey:
    """The key of the work on these bytes; any part of it can be changed."""
    key = WorkKey.of(ObjectKey.of(data).sha256, PROVENANCE)
    parts = {name: getattr(key, name) for name in key.__slots__}
    return WorkKey(**parts | changes)


def field(name: str, *, status: Status = Status.ACCEPTED, findings: tuple[str, ...] = ()) -> FieldValue:
    return FieldValue(
        name=name,
        value="An",
        verbatim="AN",
        page=1,
        box=BOX,
        status=status,
        confidence=0.9,
        findings=findings,
    )


def record(data: bytes, document_id: str, *fields: FieldValue) -> CivilRecord:
    """A record of a source file with these bytes; in need of review when one of its fields is."""
    return CivilRecord(
        document_id=document_id,
        holding_code=f"HT-{document_id}",
        source=SourceFile(
            file="a.pdf",
            sha256=ObjectKey.of(data).sha256,
            media_type="application/pdf",
            size=len(data),
            pages=1,
        ),
        document_type=DocumentType.BIRTH_CERTIFICATE,
        form="2016",
        type_confidence=0.99,
        status=max((one.status for one in fields), default=Status.ACCEPTED, key=list(Status).index),
        fields=fields,
        validation=Validation(outcome=RegisterOutcome.MATCH),
        pages=(PageReport(number=1, dpi=300.0, rotation=0, skew_deg=0.0, quality={}),),
        findings=(),
        provenance=PROVENANCE,
    )


def digitized(data: bytes, document_id: str, *fields: FieldValue) -> Digitized:
    made = record(data, document_id, *(fields or (field("full_name"),)))
    return Digitized(
        record=made,
        record_json=record_bytes(made),
        archival=b"%PDF-1.7 " + document_id.encode(),
    )
