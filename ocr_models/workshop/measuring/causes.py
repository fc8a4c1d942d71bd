"""Why a field is wrong: the value belongs to another field, was misread, was written otherwise, is missing, or
invented."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from rapidfuzz.distance import Levenshtein

from ocr_models.evaluation.truth import TrueRecord
from ocr_models.workshop.measuring.foreign import template

_CODES = frozenset(("qr", "mrz", "barcode"))  # sources of a value
_MISREAD = 3  # a value that differs in less than one of so many letters was misread
_TELLING = 4  # a shorter value may stand in two places by chance


class Cause(StrEnum):
    RIGHT = "right"
    ASSOCIATION = "association"  # read on the paper, and given to another field or person
    READING = "reading"
    NORMAL_FORM = "normal_form"  # as written it is right
    MISSING = "missing"
    INVENTED = "invented"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedField:
    """One field of truth or of the record. `confidence` 0 and not accepted where nothing was read."""

    name: str
    writing: str
    want: str
    value: str
    cause: Cause
    accepted: bool
    confidence: float


def judge_record(true: TrueRecord, read: Mapping[str, Any] | None, labelled: frozenset[str]) -> Iterator[JudgedField]:
    """Every field that truth names, and every value read for a field that this set labels but truth has not here.

    Truth names what is printed as such: what a code on the paper states besides (the number in a back's zone) is none.
    """
    fields: Mapping[str, Mapping[str, Any]] = {} if read is None else read["fields"]
    values = {_plain(f.value) for f in true.fields.values() if f.value and len(f.value) >= _TELLING}
    read_values = {_plain(f["value"]) for f in fields.values() if f["value"]}
    for name, field in true.fields.items():
        given = fields.get(name)
        want, value = field.value or "", (given or {}).get("value") or ""
        cause = _cause(want, value, field.verbatim, (given or {}).get("verbatim") or "", values, read_values)
        yield _judged(name, field.writing or true.writing, want, value, cause, given)
    for name, given in fields.items():
        stated = given.get("source") in _CODES
        if name not in true.fields and given["value"] and template(name) in labelled and not stated:
            other = _plain(given["value"]) in values
            cause = Cause.ASSOCIATION if other else Cause.INVENTED
            yield _judged(name, true.writing, "", given["value"], cause, given)


def _judged(
    name: str, writing: str, want: str, value: str, cause: Cause, given: Mapping[str, Any] | None
) -> JudgedField:
    found = given or {}
    return JudgedField(
        name=name,
        writing=writing,
        want=want,
        value=value,
        cause=cause,
        accepted=found.get("status") == "accepted",
        confidence=float(found.get("confidence") or 0.0),
    )


def _cause(want: str, value: str, written: str, verbatim: str, values: set[str], read_values: set[str]) -> Cause:
    if _plain(want) == _plain(value):
        return Cause.RIGHT
    if not value:
        elsewhere = len(want) >= _TELLING and _plain(want) in read_values
        return Cause.ASSOCIATION if elsewhere else Cause.MISSING
    if _plain(written) == _plain(verbatim):
        return Cause.NORMAL_FORM
    if Levenshtein.distance(_plain(want), _plain(value)) <= max(1, len(want) // _MISREAD):
        return Cause.READING
    return Cause.ASSOCIATION if _plain(value) in values else Cause.OTHER


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
