"""`truth.jsonl`: what is really written on each labelled file.

One JSON object a line: `file`, `document_type`, `pages`, `condition`, `fields` and
`register_outcome`. A file that holds several acts either has one line an act, in reading order, or
one line with `records`: a list of `{"document_type"?, "fields", "register_outcome"?}`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.domain.model import DocumentType


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueField:
    """The value and wording of one field; `value` None means that nothing is written there."""

    value: str | None
    verbatim: str
    writing: str | None
    page: int | None
    box: tuple[tuple[float, float], ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueRecord:
    """One act or card of one file, in reading order (`index` from 0). `form`: its form or layout, where truth says."""

    file: str
    index: int
    document_type: str
    writing: str
    capture: str
    fields: Mapping[str, TrueField]
    register_outcome: str | None
    pages: int
    form: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TruthError:
    """A truth line that cannot be used, by its line number and the reason."""

    line: int
    reason: str


def parse_truth(lines: Iterable[str]) -> tuple[list[TrueRecord], list[TruthError]]:
    """Every usable record, and every line that is not usable, named. Raises nothing for bad lines."""
    records: list[TrueRecord] = []
    errors: list[TruthError] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            for record in _records(json.loads(line)):
                index = seen.get(record.file, 0)
                seen[record.file] = index + 1
                records.append(
                    TrueRecord(**{n: getattr(record, n) for n in record.__slots__ if n != "index"}, index=index)
                )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            reason = f"missing {error}" if isinstance(error, KeyError) else str(error)
            errors.append(TruthError(line=number, reason=reason))
    return records, errors


def _records(raw: dict[str, Any]) -> list[TrueRecord]:
    if not isinstance(raw, dict):
        raise ValueError("the line is not a JSON object")
    file, condition = raw["file"], raw.get("condition") or {}
    if not isinstance(file, str) or not file:
        raise ValueError("`file` is not a name")
    parts = raw.get("records") or [raw]
    records = []
    for part in parts:
        kind = part.get("document_type", raw.get("document_type"))
        if kind not in set(DocumentType):
            raise ValueError(f"unknown document_type {kind!r}")
        records.append(
            TrueRecord(
                file=file,
                index=0,
                document_type=kind,
                writing=str(condition.get("writing", "unknown")),
                capture=str(condition.get("capture", "unknown")),
                fields={name: _field(name, value) for name, value in part["fields"].items()},
                register_outcome=part.get("register_outcome", raw.get("register_outcome")),
                pages=int(raw.get("pages", 1)),
                form=str(part.get("form") or raw.get("form") or ""),
            )
        )
    return records


def _field(name: str, raw: Any) -> TrueField:
    if not isinstance(raw, dict) or "value" not in raw:
        raise ValueError(f"field {name} has no value")
    value = raw["value"]
    box = raw.get("box")
    return TrueField(
        value=None if value is None or value == "" else str(value),
        verbatim=str(raw.get("verbatim") or ""),
        writing=raw.get("writing"),
        page=raw.get("page"),
        box=tuple((float(x), float(y)) for x, y in box) if box else None,
    )
