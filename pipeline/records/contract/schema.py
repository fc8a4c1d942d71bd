"""The JSON Schema of one record (draft 2020-12), published by `hotich schema`."""

from __future__ import annotations

from typing import Any

from pipeline.domain.model import DocumentType, FieldSource, RegisterOutcome, Status

SCHEMA_VERSION = "1"
_SHA256 = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_TEXT = {"type": "string"}
_MAYBE_TEXT = {"type": ["string", "null"]}
_MAYBE_SHARE = {"type": ["number", "null"], "minimum": 0, "maximum": 1}
_SHARE = {"type": "number", "minimum": 0, "maximum": 1}
_COUNT = {"type": "integer", "minimum": 1}
_MAYBE_COUNT = {"type": ["integer", "null"], "minimum": 1}


def record_schema() -> dict[str, Any]:
    """The schema as an object. Additions keep the version; a changed or dropped key raises it."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "hotich record",
        "description": "One act, card, book or entry read from one source file. Boxes are in original-scan "
        "pixels, origin top left, corners clockwise from the text's top left, within the width and height that "
        "their page states. Text is NFC.",
        **_object(
            {
                "schema_version": {"const": SCHEMA_VERSION},
                "document_id": _TEXT,
                "holding_code": _TEXT,
                "source": _source(),
                "continues": _continues(),
                "document_type": {"enum": [kind.value for kind in DocumentType]},
                "form": _MAYBE_TEXT,
                "type_confidence": _MAYBE_SHARE,
                "status": {"enum": [status.value for status in Status]},
                "fields": {"type": "object", "additionalProperties": _field()},
                "validation": _validation(),
                "pages": {"type": "array", "items": _page()},
                "findings": {"type": "array", "items": _finding()},
                "provenance": _provenance(),
            }
        ),
    }


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _source() -> dict[str, Any]:
    size = {"type": "integer", "minimum": 0}
    return _object({"file": _TEXT, "sha256": _SHA256, "media_type": _TEXT, "pages": _COUNT, "bytes": size})


def _continues() -> dict[str, Any]:
    begun = _object({"document_id": _TEXT, "members": {"type": "integer", "minimum": 0}, "sure": {"type": "boolean"}})
    return {"anyOf": [begun, {"type": "null"}]}


def _field() -> dict[str, Any]:
    corner = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
    alternative = _object({"value": _TEXT, "confidence": _MAYBE_SHARE})
    return _object(
        {
            "value": _MAYBE_TEXT,
            "verbatim": _TEXT,
            "confidence": _MAYBE_SHARE,
            "association": _MAYBE_SHARE,
            "status": {"enum": [status.value for status in Status]},
            "page": _COUNT,
            "box": {"type": "array", "items": corner, "minItems": 4, "maxItems": 4},
            "source": {"enum": [source.value for source in FieldSource]},
            "alternatives": {"type": "array", "items": alternative},
            "findings": {"type": "array", "items": _TEXT},
        }
    )


def _validation() -> dict[str, Any]:
    return _object({**_answer(), "subjects": {"type": "object", "additionalProperties": _object(_answer())}})


def _answer() -> dict[str, Any]:
    return {
        "outcome": {"enum": [outcome.value for outcome in RegisterOutcome]},
        "register_id": _MAYBE_TEXT,
        "match_probability": _MAYBE_SHARE,
        "conflicts": {"type": "array", "items": _TEXT},
        "confirmed": {"type": "array", "items": _TEXT},
        "evidence": {"type": "object", "additionalProperties": {"type": "number"}},
        "candidates": {"type": "array", "items": _object({"register_id": _TEXT, "probability": _SHARE})},
    }


def _page() -> dict[str, Any]:
    return _object(
        {
            "number": _COUNT,
            "width": _MAYBE_COUNT,
            "height": _MAYBE_COUNT,
            "dpi": {"type": ["number", "null"]},
            "rotation": {"enum": [0, 90, 180, 270]},
            "skew_deg": {"type": ["number", "null"]},
            "quality": {"type": "object", "additionalProperties": {"type": "number"}},
            "blank": {"type": "boolean"},
            "printed": {"type": "array", "items": _MAYBE_COUNT},
            "findings": {"type": "array", "items": _finding()},
        }
    )


def _finding() -> dict[str, Any]:
    return _object({"code": _TEXT, "field": _MAYBE_TEXT, "message": _TEXT})


def _provenance() -> dict[str, Any]:
    model = _object({"name": _TEXT, "sha256": _SHA256})
    return _object({"software": _TEXT, "models": {"type": "array", "items": model}, "settings_sha256": _SHA256})
