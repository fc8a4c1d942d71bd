"""A record as one of its people may see it: their own values and the paper's, nobody else's."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from pipeline.domain.model import CivilRecord
from pipeline.records.contract import record_object
from pipeline.records.persons.whose import PAPER, person_of


def seen_by(field: str, record: CivilRecord, persons: Collection[str]) -> bool:
    """Whether the value is of one of these people or of the paper itself."""
    return person_of(field, record.document_type) in {*persons, PAPER}


def redacted(record: CivilRecord, persons: Collection[str]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The record's JSON without values, places and alternatives of other people's, and the names of the fields that
    were left out. What the population register answered about others goes too, and what anybody could be it goes for
    all: candidates."""
    left_out = tuple(field.name for field in record.fields if not seen_by(field.name, record, persons))
    shown = record_object(record)
    for name in left_out:
        shown["fields"].pop(name)
    shown["source"] = {key: value for key, value in shown["source"].items() if key != "file"}
    shown.pop("validation", None)
    shown["findings"] = [one for one in shown.get("findings", []) if one.get("field") not in left_out]
    shown["redacted"] = list(left_out)
    return shown, left_out
