"""Deciding what the machine may accept, and what a person must see.

A field is accepted when its calibrated probability of being right reaches the promise for its kind,
its wording fits its grammar, and no rule or other source speaks against it. Without a calibration
nothing is accepted: a raw score is not a probability. A document's status follows from its fields.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from pipeline.domain.message import Message
from pipeline.domain.model import DocumentType, FieldSource, FieldValue, Finding, Status
from pipeline.validation import RULES, Severity, severity
from pipeline.values import FINDING_MESSAGES


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What speaks for and against one field's value. Counts are of independent sources.

    `reader_min` and `reader_mean` are the lowest and the geometric mean character probability of
    the reading the value was taken from. `seconds_agree`/`seconds_differ` count further readers
    whose reading has the same or another normal form. `sources_agree`/`sources_differ` count other
    places that state the same fact (QR, MRZ, date in words, a second occurrence). `register_agrees`
    is None when the register did not speak of this field. `reader` names whose reading it is; `read_again` says
    that the first reader saw another value before it looked again with what the field may say in mind.
    """

    grammar: str
    source: FieldSource
    length: int
    reader_min: float
    reader_mean: float
    valid: bool
    usual: bool
    label_score: float
    seconds_agree: int = 0
    seconds_differ: int = 0
    sources_agree: int = 0
    sources_differ: int = 0
    register_agrees: bool | None = None
    empty: bool = False
    reader: str = ""
    read_again: bool = False

    def features(self) -> dict[str, float]:
        """The numbers a calibration weighs; every one is 0 when the evidence is absent."""
        reader = self.reader.partition("+")[0]  # a book's own model counts as the one it was learnt from
        return {
            "bias": 1.0,
            "min_logit": _logit(self.reader_min),
            "mean_logit": _logit(self.reader_mean),
            "log_length": math.log1p(self.length),
            "valid": float(self.valid),
            "usual": float(self.usual),
            "label_score": self.label_score,
            "second_agrees": float(self.seconds_agree > 0),
            "second_differs": float(self.seconds_differ > 0),
            "source_agrees": float(self.sources_agree > 0),
            "source_differs": float(self.sources_differ > 0),
            "register_agrees": float(self.register_agrees is True),
            "register_differs": float(self.register_agrees is False),
            "empty": float(self.empty),
            "read_again": float(self.read_again),
            f"grammar:{self.grammar}": 1.0,
            # Readers' probabilities are on scales of their own.
            f"reader:{reader}": 1.0,
            f"mean_logit:{reader}": _logit(self.reader_mean),
        }


class Calibration(Protocol):
    """Turns evidence into the probability that the value is right, as measured on held-out data."""

    def probability(self, evidence: Evidence) -> float | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LogisticCalibration:
    """A logistic regression over `Evidence.features`; machine-readable codes have their own rate.

    `codes` is the measured share of right values among decoded QR and MRZ fields.
    """

    weights: Mapping[str, float]
    codes: float

    def probability(self, evidence: Evidence) -> float | None:
        if evidence.source in (FieldSource.QR, FieldSource.BARCODE, FieldSource.MRZ):
            return self.codes
        z = sum(self.weights.get(name, 0.0) * value for name, value in evidence.features().items())
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, z))))


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageSettings:
    """The promise: the least probability at which a field of this grammar is accepted unseen."""

    accept_at: float = 0.985
    accept_at_by_grammar: tuple[tuple[str, float], ...] = ()
    type_at: float = 0.9

    def threshold(self, grammar: str) -> float:
        return dict(self.accept_at_by_grammar).get(grammar, self.accept_at)


def triage_field(
    field: FieldValue, evidence: Evidence, calibration: Calibration | None, settings: TriageSettings
) -> FieldValue:
    """The field with its probability and its status; the reason for a review stands in its findings."""
    probability = calibration.probability(evidence) if calibration else None
    reasons = list(field.findings)
    if not evidence.valid:
        reasons.append("field.invalid_form")
    if evidence.sources_differ:
        reasons.append("field.sources_differ")
    if evidence.register_agrees is False:
        reasons.append("field.register_differs")
    if probability is None:
        reasons.append("field.not_calibrated")
    elif not probability >= settings.threshold(evidence.grammar):  # so that NaN accepts nothing
        reasons.append("field.low_confidence")
    doubt = any(needs_a_person(code) for code in reasons)
    return field.evolve(
        confidence=None if probability is None else round(probability, 4),
        status=Status.REVIEW if doubt else Status.ACCEPTED,
        findings=tuple(dict.fromkeys(reasons)),
    )


def triage_document(
    document_type: DocumentType,
    type_confidence: float | None,
    fields: Sequence[FieldValue],
    findings: Sequence[Finding],
    settings: TriageSettings,
) -> Status:
    """Accepted only when the type is sure, something was read, and no field or rule asks for a person."""
    if document_type is DocumentType.UNKNOWN or not fields:
        return Status.REVIEW
    if type_confidence is None or type_confidence < settings.type_at:
        return Status.REVIEW
    if any(f.status is not Status.ACCEPTED for f in fields) or any(needs_a_person(f.code) for f in findings):
        return Status.REVIEW
    return Status.ACCEPTED


def _logit(p: float) -> float:
    p = min(max(p, 1e-4), 1.0 - 1e-4)
    return math.log(p / (1.0 - p))


def reason_message(code: str) -> Message:
    """A finding's code in words for a person; the code itself where nobody worded it."""
    if code in RULES:
        return RULES[code].message
    return REASONS.get(code) or FINDING_MESSAGES.get(code) or Message.same(code)


REASONS: dict[str, Message] = {
    "field.low_confidence": Message("Đọc chưa đủ chắc chắn", "Not read with enough certainty"),
    "field.invalid_form": Message("Giá trị không đúng dạng", "The value does not have the form it should have"),
    "field.sources_differ": Message("Các nguồn trên giấy khác nhau", "Sources on the paper differ"),
    "field.register_differs": Message("Khác cơ sở dữ liệu dân cư", "Differs from the population register"),
    "field.not_calibrated": Message("Chưa hiệu chuẩn độ tin cậy", "No calibration: nothing is accepted unseen"),
    "field.struck_out": Message("Có chữ bị gạch bỏ", "Something was struck out"),
    "field.unread": Message("Có nét mực nhưng không đọc được", "There is ink that could not be read"),
    "field.unlabelled": Message("Tìm được theo dạng, không thấy nhãn", "Found by its shape, without its label"),
    "review.illegible": Message("Người xem không đọc được", "A person could not read it"),
    "review.not_on_form": Message("Trên giấy không có mục này", "The paper has no such entry"),
    "review.nothing_typed": Message(
        "Chưa nhập gì; để trống nghĩa là trên giấy không ghi gì",
        "Nothing was typed: empty means that nothing is written there",
    ),
    "review.retyped": Message("Người xem đã đổi loại giấy tờ", "A person changed the kind of paper"),
    "review.fields_dropped": Message(
        "Loại giấy tờ này không có các mục đã đọc", "This kind of paper lacks what was read"
    ),
    "review.split": Message("Người xem đã tách giấy tờ", "A person split the document"),
    "review.merged": Message("Người xem đã gộp giấy tờ", "A person merged documents"),
    "review.reopened": Message("Cần xem lại", "To be looked at again"),
    "review.insisted": Message(
        "Người xem giữ nguyên dù không đúng dạng", "A person kept it although its form is unusual"
    ),
}
_BAD_PAGES = ("page.unreadable", "page.time_limit", "page.memory_limit", "page.crashed", "page.writing_beside_cards")


def needs_a_person(code: str) -> bool:
    """Whether a finding asks for a person: triage's own reasons, broken rules, pages that were not read. Notes on
    reading do not: the calibration has weighed them.
    """
    if code in RULES:
        return severity(code) is not Severity.INFO
    return code.startswith(("field.", "register.")) or code in _BAD_PAGES
