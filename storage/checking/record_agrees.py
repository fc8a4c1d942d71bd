"""What the catalogue says of a document, held against its record."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from pipeline.domain.model import CivilRecord


def disagreements(row: Any, fields: Sequence[Any], record: CivilRecord) -> Iterator[str]:
    """The names of what the catalogue has otherwise than the record. `row`: of `documents`, with the `size` of the
    source; `fields`: its rows of `fields`, in order. Never a value."""
    said = {
        "document_id": (row.document_id, record.document_id),
        "holding_code": (row.holding_code, record.holding_code),
        "source": (row.source_sha256, record.source.sha256),
        "size": (row.size, record.source.size),
        "original": (row.original, f"sha256/{record.source.sha256[:2]}/{record.source.sha256[2:]}"),
        "document_type": (row.document_type, record.document_type.value),
        "form": (row.form, record.form),
        "status": (row.status, record.status.value),
        "register_outcome": (row.register_outcome, record.validation.outcome.value),
    }
    yield from (name for name, (here, there) in said.items() if _plain(here) != _plain(there))
    in_record = [
        (position, field.name, field.page, field.status.value, _rounded(field.confidence), list(field.findings))
        for position, field in enumerate(record.fields)
    ]
    in_catalogue = [
        (field.position, field.name, field.page, field.status, _rounded(field.confidence), _codes(field.findings))
        for field in fields
    ]
    if _names(in_catalogue) != _names(in_record):
        yield "fields"
        return
    for here, there in zip(in_catalogue, in_record, strict=True):
        if here != there:
            yield f"field {there[1]}"


def _names(fields: Sequence[tuple[Any, ...]]) -> list[Any]:
    return [_plain(field[1]) for field in fields]


def _plain(value: Any) -> Any:
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


def _rounded(value: Any) -> Any:
    return round(value, 6) if isinstance(value, float) else value


def _codes(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, TypeError):
        return None
