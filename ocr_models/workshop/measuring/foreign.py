"""Labelled documents of another maker: their truth in our record's terms, and which of them nobody looks at.

Their `truth.jsonl` has one line a file, with `entries[i].…` for the entries of a ledger page or the cards of a sheet,
sex as it is written, and `meta` that tells the layout. What every entry shares stands without an entry's number.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from ocr_models.evaluation.truth import TrueField, TrueRecord

_ENTRY = re.compile(r"entries\[(\d+)\]\.(.+)")
_NUMBER = re.compile(r"\[\d+\]")
_SEX = {"nam": "male", "nữ": "female"}
_APART, _KEPT = (
    6,
    3,
)  # one of so many papers is kept apart: the second half of a third whose first half was opened since


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignFile:
    """One file: its records in reading order, and the layout it was drawn in (`family`)."""

    file: str
    document_type: str
    family: str
    writing: str
    records: tuple[TrueRecord, ...]


def foreign_truth(path: Path) -> list[ForeignFile]:
    """Every file of the truth. Fields whose ink is gone in the capture are left out."""
    return [_file(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def is_kept_apart(file: str) -> bool:
    """Whether a file is of the sixth that is looked at only at the end, by the name of its paper: parts of one paper go
    together."""
    paper = re.sub(r"_\d+$", "", Path(file).stem)
    return sha256(f"forms held out {paper}".encode()).digest()[0] % _APART == _KEPT


def template(name: str) -> str:
    """`members[3].sex` -> `members[].sex`."""
    return _NUMBER.sub("[]", name)


def _file(given: Mapping[str, Any]) -> ForeignFile:
    shared: dict[str, TrueField] = {}
    entries: dict[int, dict[str, TrueField]] = {}
    for name, field in given["fields"].items():
        if field.get("legible") is False:
            continue
        match = _ENTRY.fullmatch(name)
        own = shared if match is None else entries.setdefault(int(match[1]), {})
        own[name if match is None else match[2]] = _field(name, field)
    groups = [shared | entries[number] for number in sorted(entries)] or [shared]
    condition = given["condition"]
    records = tuple(
        TrueRecord(
            file=given["file"],
            index=index,
            document_type=given["document_type"],
            writing=condition["writing"],
            capture=condition["capture"],
            fields=fields,
            register_outcome=given.get("register_outcome"),
            pages=given["pages"],
        )
        for index, fields in enumerate(groups)
    )
    family = f"{given['document_type']}/{given.get('meta', {}).get('form')}"
    return ForeignFile(
        file=given["file"],
        document_type=given["document_type"],
        family=family,
        writing=condition["writing"],
        records=records,
    )


def _field(name: str, given: Mapping[str, Any]) -> TrueField:
    value = given["value"]
    if name.endswith("sex"):
        value = _SEX.get(str(value).casefold(), value)
    if name.endswith("removed"):
        value = given["verbatim"]  # theirs says that somebody was struck off, our record says why
    return TrueField(
        value=value, verbatim=given["verbatim"], writing=given.get("writing"), page=given["page"], box=None
    )
