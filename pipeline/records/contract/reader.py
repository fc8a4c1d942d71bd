"""A stored record's JSON as a `CivilRecord` again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pipeline.domain.errors import InputError
from pipeline.domain.message import Message
from pipeline.domain.model import (
    CivilRecord,
    Continuation,
    DocumentType,
    FieldSource,
    FieldValue,
    Finding,
    PageReport,
    Provenance,
    RegisterOutcome,
    SourceFile,
    Status,
    Validation,
)
from pipeline.domain.recognition import ModelIdentity
from pipeline.records.contract.schema import SCHEMA_VERSION


class NotARecord(InputError):
    """The bytes are no record of the contract's version."""

    code = "record.invalid"


def read_record(data: bytes) -> CivilRecord:
    """The record that `record_bytes` wrote (numbers as rounded there). Raises NotARecord for anything else."""
    try:
        given = json.loads(data)
        if given["schema_version"] != SCHEMA_VERSION:
            raise NotARecord(Message("Hồ sơ của phiên bản khác", "The record is of another version"))
        return _record(given)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotARecord(Message("Không phải hồ sơ đúng dạng", "Not a record of the right form")) from error


def _record(given: Mapping[str, Any]) -> CivilRecord:
    source, made_by = given["source"], given["provenance"]
    return CivilRecord(
        document_id=given["document_id"],
        holding_code=given["holding_code"],
        source=SourceFile(
            file=source["file"],
            sha256=source["sha256"],
            media_type=source["media_type"],
            size=source["bytes"],
            pages=source["pages"],
        ),
        continues=_continues(given.get("continues")),
        document_type=DocumentType(given["document_type"]),
        form=given["form"],
        type_confidence=given["type_confidence"],
        status=Status(given["status"]),
        fields=tuple(_field(name, field) for name, field in given["fields"].items()),
        validation=_validation(given["validation"]),
        pages=tuple(_page(page) for page in given["pages"]),
        findings=tuple(_finding(finding) for finding in given["findings"]),
        provenance=Provenance(
            software=made_by["software"],
            models=tuple(ModelIdentity(name=m["name"], sha256=m["sha256"]) for m in made_by["models"]),
            settings_sha256=made_by["settings_sha256"],
        ),
    )


def _continues(given: Mapping[str, Any] | None) -> Continuation | None:
    return (
        None
        if given is None
        else Continuation(document_id=given["document_id"], members=given["members"], sure=given["sure"])
    )


def _field(name: str, given: Mapping[str, Any]) -> FieldValue:
    a, b, c, d = ((float(x), float(y)) for x, y in given["box"])
    return FieldValue(
        name=name,
        value=given["value"],
        verbatim=given["verbatim"],
        page=given["page"],
        box=(a, b, c, d),
        source=FieldSource(given["source"]),
        confidence=given["confidence"],
        association=given.get("association"),
        status=Status(given["status"]),
        alternatives=tuple((entry["value"], entry["confidence"]) for entry in given["alternatives"]),
        findings=tuple(given["findings"]),
    )


def _validation(given: Mapping[str, Any]) -> Validation:
    return Validation(
        outcome=RegisterOutcome(given["outcome"]),
        register_id=given["register_id"],
        match_probability=given["match_probability"],
        conflicts=tuple(given["conflicts"]),
        confirmed=tuple(given.get("confirmed", ())),
        evidence=dict(given["evidence"]),
        candidates=tuple((one["register_id"], one["probability"]) for one in given.get("candidates", ())),
        subjects={name: _validation(answer) for name, answer in given.get("subjects", {}).items()},
    )


def _page(given: Mapping[str, Any]) -> PageReport:
    return PageReport(
        number=given["number"],
        width=given.get("width"),
        height=given.get("height"),
        dpi=given["dpi"],
        rotation=given["rotation"],
        skew_deg=given["skew_deg"],
        quality={name: value for name, value in given["quality"].items() if isinstance(value, (int, float))},
        blank=given["blank"],
        printed=tuple(given.get("printed", ())),
        findings=tuple(_finding(finding) for finding in given["findings"]),
    )


def _finding(given: Mapping[str, Any]) -> Finding:
    return Finding(code=given["code"], message=Message.parse(given["message"]), field=given.get("field"))
