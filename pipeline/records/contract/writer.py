"""A `CivilRecord` as JSON: stable order of keys, UTF-8, NFC, the same record always the same bytes."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

from pipeline.domain.model import CivilRecord, Continuation, FieldValue, Finding, PageReport, Validation
from pipeline.records.contract.schema import SCHEMA_VERSION

Json = dict[str, Any]


def record_bytes(record: CivilRecord) -> bytes:
    """The record as a JSON file: readable by people, ending in a newline."""
    return _written(record_object(record))


def renamed_record(data: bytes, name: str) -> bytes:
    """A record's bytes with another name of the same source file in it (a copy, a moved file)."""
    record = json.loads(data)
    record["source"]["file"] = name
    return _written(record)


def record_object(record: CivilRecord) -> Json:
    """The record as the contract's object; confidences to six decimals, boxes to a tenth of a pixel."""
    source = record.source
    return {
        "schema_version": SCHEMA_VERSION,
        "document_id": record.document_id,
        "holding_code": record.holding_code,
        "source": {
            "file": source.file,
            "sha256": source.sha256,
            "media_type": source.media_type,
            "pages": source.pages,
            "bytes": source.size,
        },
        "continues": _continues(record.continues),
        "document_type": record.document_type.value,
        "form": record.form,
        "type_confidence": _rounded(record.type_confidence),
        "status": record.status.value,
        "fields": {field.name: _field(field) for field in record.fields},
        "validation": _validation(record.validation),
        "pages": [_page(page) for page in record.pages],
        "findings": [_finding(finding) for finding in record.findings],
        "provenance": {
            "software": record.provenance.software,
            "models": [{"name": m.name, "sha256": m.sha256} for m in record.provenance.models],
            "settings_sha256": record.provenance.settings_sha256,
        },
    }


def _continues(begun: Continuation | None) -> Json | None:
    return None if begun is None else {"document_id": begun.document_id, "members": begun.members, "sure": begun.sure}


def _field(field: FieldValue) -> Json:
    return {
        "value": field.value,
        "verbatim": field.verbatim,
        "confidence": _rounded(field.confidence),
        "association": _rounded(field.association),
        "status": field.status.value,
        "page": field.page,
        "box": [[round(float(x), 1), round(float(y), 1)] for x, y in field.box],
        "source": field.source.value,
        "alternatives": [{"value": v, "confidence": _rounded(c)} for v, c in field.alternatives],
        "findings": list(field.findings),
    }


def _validation(validation: Validation) -> Json:
    subjects = {name: _answer(answer) for name, answer in validation.subjects.items()}
    return {**_answer(validation), "subjects": subjects}


def _answer(validation: Validation) -> Json:
    return {
        "outcome": validation.outcome.value,
        "register_id": validation.register_id,
        "match_probability": _rounded(validation.match_probability),
        "conflicts": list(validation.conflicts),
        "confirmed": list(validation.confirmed),
        "evidence": {name: round(float(weight), 3) for name, weight in validation.evidence.items()},
        "candidates": [{"register_id": name, "probability": _rounded(p)} for name, p in validation.candidates],
    }


def _page(page: PageReport) -> Json:
    return {
        "number": page.number,
        "width": page.width,
        "height": page.height,
        "dpi": None if page.dpi is None else round(float(page.dpi), 1),
        "rotation": page.rotation,
        "skew_deg": None if page.skew_deg is None else round(float(page.skew_deg), 3),
        "quality": {name: round(float(value), 4) for name, value in page.quality.items()},
        "blank": page.blank,
        "printed": list(page.printed),
        "findings": [_finding(finding) for finding in page.findings],
    }


def _finding(finding: Finding) -> Json:
    return {"code": finding.code, "field": finding.field, "message": str(finding.message)}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(float(value), 6)


def _written(record: Json) -> bytes:
    text = json.dumps(record, ensure_ascii=False, indent=2, allow_nan=False)
    # A name that came with bytes that are no UTF-8 stands escaped rather than making the file unreadable.
    return unicodedata.normalize("NFC", text).encode("utf-8", "backslashreplace") + b"\n"
