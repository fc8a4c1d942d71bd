"""Measuring records against truth: what share is right, and what share of the accepted is wrong.

Figures, per document type and per writing kind:

- type accuracy: truth records whose document type was found;
- exact: true fields whose `value` is equal after NFC (an empty place must come out empty);
- CER: edit distance of `verbatim` over the length of the truth's, over all true fields that hold text;
- accepted share and error among accepted: of the fields the machine took without a person, how many
  there are and how many are wrong, invented ones included;
- register outcome accuracy, where truth states one, and how many outcomes were left open (unsure, ambiguous).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rapidfuzz.distance import Levenshtein

from ocr_models.evaluation.truth import TrueRecord

_OPEN = ("unsure", "ambiguous")  # outcomes that leave it to a person
ReadRecord = Mapping[str, Any]  # the record contract, as parsed JSON


@dataclass(slots=True, kw_only=True)
class Tally:
    """Sums that rates are made of; adding two tallies gives the tally of both."""

    records: int = 0
    type_right: int = 0
    fields: int = 0
    exact: int = 0
    edits: int = 0
    characters: int = 0
    accepted: int = 0
    accepted_wrong: int = 0
    register_stated: int = 0
    register_right: int = 0
    register_open: int = 0

    def rates(self) -> dict[str, float | int | None]:
        """The figures of the module's head; None where nothing was there to measure."""
        return {
            "records": self.records,
            "type_accuracy": _share(self.type_right, self.records),
            "fields": self.fields,
            "field_exact": _share(self.exact, self.fields),
            "cer": _share(self.edits, self.characters),
            "accepted_share": _share(self.accepted, self.fields),
            "accepted_error": _share(self.accepted_wrong, self.accepted),
            "register_accuracy": _share(self.register_right, self.register_stated),
            "register_open": _share(self.register_open, self.register_stated),
        }


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """One field that came out wrong, for looking at the worst cases."""

    file: str
    index: int
    document_type: str
    writing: str
    field: str
    expected: str | None
    got: str | None
    expected_verbatim: str
    got_verbatim: str
    status: str


@dataclass(slots=True, kw_only=True)
class Score:
    overall: Tally = field(default_factory=Tally)
    by_type: dict[str, Tally] = field(default_factory=dict)
    by_writing: dict[str, Tally] = field(default_factory=dict)
    by_capture: dict[str, Tally] = field(default_factory=dict)
    by_field: dict[str, Tally] = field(default_factory=dict)
    misses: list[Miss] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        groups = {
            name: {key: tally.rates() for key, tally in sorted(getattr(self, name).items())}
            for name in ("by_type", "by_writing", "by_capture", "by_field")
        }
        return {"overall": self.overall.rates(), **groups}


def score(truth: Iterable[TrueRecord], read: Mapping[str, Sequence[ReadRecord]]) -> Score:
    """Compare every true record with what was read of its file (`read` maps file to its records)."""
    result = Score()
    by_file: dict[str, list[TrueRecord]] = {}
    for record in truth:
        by_file.setdefault(record.file, []).append(record)
    for file, expected in by_file.items():
        for true, match in pair_records(expected, list(read.get(file, ()))):
            _score_record(result, true, match)
    return result


def pair_records(expected: list[TrueRecord], read: list[ReadRecord]) -> list[tuple[TrueRecord, ReadRecord | None]]:
    """In reading order; where the counts differ, the order-keeping pairing with most equal fields."""
    if len(expected) == len(read):
        return list(zip(expected, read, strict=True))
    n, m = len(expected), len(read)
    best = [[0.0] * (m + 1) for _ in range(n + 1)]
    for i in range(n - 1, -1, -1):
        for j in range(m - 1, -1, -1):
            both = best[i + 1][j + 1] + _likeness(expected[i], read[j])
            best[i][j] = max(both, best[i + 1][j], best[i][j + 1])
    pairs: list[tuple[TrueRecord, ReadRecord | None]] = []
    i = j = 0
    while i < n:
        if j < m and best[i][j] == best[i + 1][j + 1] + _likeness(expected[i], read[j]):
            pairs.append((expected[i], read[j]))
            i, j = i + 1, j + 1
        elif j < m and best[i][j] == best[i][j + 1]:
            j += 1
        else:
            pairs.append((expected[i], None))
            i += 1
    return pairs


def _likeness(true: TrueRecord, read: ReadRecord) -> float:
    fields = read["fields"]
    equal = sum(1 for n, f in true.fields.items() if f.value and n in fields and fields[n]["value"] == f.value)
    return 0.01 + equal + (0.1 if read["document_type"] == true.document_type else 0.0)


def _score_record(result: Score, true: TrueRecord, read: ReadRecord | None) -> None:
    groups = [
        result.overall,
        result.by_type.setdefault(true.document_type, Tally()),
        result.by_capture.setdefault(true.capture, Tally()),
    ]
    writing_tally = result.by_writing.setdefault(true.writing, Tally())
    outcome = read["validation"]["outcome"] if read else None
    for tally in [*groups, writing_tally]:
        tally.records += 1
        tally.type_right += bool(read and read["document_type"] == true.document_type)
        if true.register_outcome is not None:
            tally.register_stated += 1
            tally.register_right += outcome == true.register_outcome
            tally.register_open += outcome in _OPEN
    read_fields: Mapping[str, Any] = read["fields"] if read else {}
    for name, expected in true.fields.items():
        writing = expected.writing or true.writing
        per_field = [
            *groups,
            result.by_writing.setdefault(writing, Tally()),
            result.by_field.setdefault(_field_class(name), Tally()),
        ]
        _score_field(result, per_field, true, name, writing, read_fields.get(name))
    for name, got in read_fields.items():
        if name not in true.fields and got["value"] and got["status"] == "accepted":
            for tally in [*groups, writing_tally, result.by_field.setdefault(_field_class(name), Tally())]:
                tally.accepted += 1
                tally.accepted_wrong += 1
            result.misses.append(_miss(true, name, true.writing, None, "", got))


def _score_field(result: Score, tallies: list[Tally], true: TrueRecord, name: str, writing: str, got: Any) -> None:
    expected = true.fields[name]
    value = _nfc(got["value"]) if got and got["value"] not in (None, "") else None
    right = value == (_nfc(expected.value) if expected.value is not None else None)
    accepted = bool(got) and got["status"] == "accepted"
    wording = _nfc(expected.verbatim)
    edits = Levenshtein.distance(wording, _nfc(got["verbatim"]) if got else "") if wording else 0
    for tally in tallies:
        tally.fields += 1
        tally.exact += right
        tally.edits += edits
        tally.characters += len(wording)
        tally.accepted += accepted
        tally.accepted_wrong += accepted and not right
    if not right:
        result.misses.append(_miss(true, name, writing, expected.value, expected.verbatim, got))


def _miss(true: TrueRecord, name: str, writing: str, value: str | None, verbatim: str, got: Any) -> Miss:
    return Miss(
        file=true.file,
        index=true.index,
        document_type=true.document_type,
        writing=writing,
        field=name,
        expected=value,
        got=got["value"] if got else None,
        expected_verbatim=verbatim,
        got_verbatim=got["verbatim"] if got else "",
        status=got["status"] if got else "absent",
    )


def _field_class(name: str) -> str:
    """`members[3].sex` and `members[0].sex` are one class of field."""
    return "members[]." + name.split("].", 1)[1] if name.startswith("members[") else name


def _nfc(text: str | None) -> str:
    return unicodedata.normalize("NFC", text or "")
