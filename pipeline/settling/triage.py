"""Deciding what the machine may accept, and what a person must see.

A field is accepted when its calibrated probability of being right reaches the promise for its kind,
its wording fits its grammar, and no rule or other source speaks against it. Without a calibration
nothing is accepted: a raw score is not a probability. A document's status follows from its fields.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from pipeline.domain.message import Message
from pipeline.domain.model import DocumentType, FieldSource, FieldValue, Finding, Status
from pipeline.forms.fields import Support
from pipeline.validation import RULES, Severity, severity
from pipeline.values import FINDING_MESSAGES

_NO_SUPPORT = Support()
_EXPLAINED = 0.8  # share of a leaf's letters below which what is not explained may be anybody's; by trial
_LISTED = frozenset({"ethnicity", "nationality", "religion", "relationship"})  # grammars whose values are known
_WORDED = frozenset({"sex", "relationship"})  # grammars whose values forms print too, to be chosen or as headings
_POOR_FIT, _NO_FIT = 0.7, 0.45  # shares of a form's labels below which a fit is poor, and none; by trial


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What speaks for and against one field's value. Counts are of independent sources.

    `reader_min` and `reader_mean` are the lowest and the geometric mean character probability of
    the reading the value was taken from. `seconds_agree`/`seconds_differ` count further readers
    whose reading has the same or another normal form. `sources_agree`/`sources_differ` count other
    places that state the same fact (QR, MRZ, date in words, a second occurrence). `register_agrees`: the
    register confirms this very value of the one person whom the paper can be about, or contradicts it; else None.
    `reader` names whose reading it is; `read_again` says that the first reader saw another value before it looked
    again with what the field may say in mind. `several`: the field is one of several persons' or entries' on the
    paper. `noted`: something that was found on the way asks for a person already. `support`: see
    `pipeline.forms.support`.
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
    several: bool = False
    noted: bool = False
    support: Support = _NO_SUPPORT

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
            "noted": float(self.noted),
            f"grammar:{self.grammar}": 1.0,
            # Readers' probabilities are on scales of their own.
            f"reader:{reader}": 1.0,
            f"mean_logit:{reader}": _logit(self.reader_mean),
        }

    def association_features(self) -> dict[str, float]:
        """What speaks for the value being this field's and this person's, whatever its characters say."""
        support, nothing, several = self.support, float(self.empty), float(self.several)
        around = math.log1p(support.unexplained)
        return {
            "bias": 1.0,
            "label": support.label,
            "no_label": float(support.label == 0.0),
            "gap": math.log1p(support.gap),
            "printed": support.printed,
            "shared": support.shared,
            "unexplained": around,
            "block": support.block,
            "explained": support.explained,
            "explained_poor": max(0.0, _EXPLAINED - support.explained),
            "register_agrees": float(self.register_agrees is True),
            "ruled": support.ruled,
            "several_ruled": several * support.ruled,
            "witness": float(support.witness > 0),
            "contradicted": float(support.witness < 0),
            "several_alone": several * float(support.witness == 0),
            "several_contradicted": several * float(support.witness < 0),
            "noted": float(self.noted),
            "several": several,
            "several_block": several * support.block,
            "several_fit": several * self.label_score,
            "several_unexplained": several * around,
            "empty": nothing,
            "empty_label": nothing * support.label,
            "empty_unexplained": nothing * around,
            "empty_block": nothing * support.block,
            "fit": self.label_score,
            "fit_squared": self.label_score**2,
            "fit_poor": max(0.0, _POOR_FIT - self.label_score),
            "fit_none": max(0.0, _NO_FIT - self.label_score),
        }


class Calibration(Protocol):
    """Turns evidence into probabilities, as measured on held-out data; None where nobody measured."""

    def reading(self, evidence: Evidence) -> float | None:
        """That the characters are right, given that the value is this field's."""
        ...

    def association(self, evidence: Evidence) -> float | None:
        """That the value is this field's, of this person, whatever its characters say."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LogisticCalibration:
    """Two logistic regressions, over `Evidence.features` and `Evidence.association_features`.

    `codes` is the measured share of right values among decoded QR and MRZ fields: these name their fields themselves.
    """

    weights: Mapping[str, float]
    belonging: Mapping[str, float]
    codes: float

    def reading(self, evidence: Evidence) -> float | None:
        if evidence.source in _CODES:
            return self.codes
        return _logistic(self.weights, evidence.features())

    def association(self, evidence: Evidence) -> float | None:
        if evidence.source in _CODES:
            return 1.0
        if _is_wording(evidence):
            return 0.0
        return _logistic(self.belonging, evidence.association_features())


def _is_wording(evidence: Evidence) -> bool:
    """Whether a value is a form's wording that no label asked for: nobody's value.

    "Nữ" and "Chủ hộ" are both wording and what people write: in a cell of their column they are the value.
    """
    support = evidence.support
    if support.label > 0.0 or support.printed < _WORDING:
        return False
    return not (evidence.grammar in _WORDED and evidence.usual and (support.ruled > 0.0 or support.witness > 0))


_NUMBER = re.compile(r"\[\d+\]")  # of a member or entry in a field's name
_UNLABELLED = "field.unlabelled"  # what the register says of this person at this place, it says better than a label
_WORDING = 0.8  # share of a value's letters that are printed wording; by trial
_CODES = frozenset((FieldSource.QR, FieldSource.BARCODE, FieldSource.MRZ))


def _logistic(weights: Mapping[str, float], features: Mapping[str, float]) -> float:
    z = sum(weights.get(name, 0.0) * value for name, value in features.items())
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, z))))


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageSettings:
    """The promise: the least probabilities at which a field of this grammar is accepted unseen.

    `accept_at`: that its characters are right; `association_at`: that they are this field's.
    """

    accept_at: float = 0.99
    association_at: float = 0.94
    # Two digits that nothing else on the paper repeats: of ages accepted at 0.99 three in a hundred were wrong.
    accept_at_by_grammar: tuple[tuple[str, float], ...] = (("age", 0.998),)
    type_at: float = 0.9

    def threshold(self, grammar: str) -> float:
        return dict(self.accept_at_by_grammar).get(grammar, self.accept_at)


def doubts(evidence: Evidence, reading: float | None, association: float | None, settings: TriageSettings) -> list[str]:
    """Why a person must see a value of this evidence and these probabilities; nothing where it may be accepted."""
    reasons = []
    if not evidence.valid or (evidence.grammar in _LISTED and not evidence.usual and not evidence.empty):
        reasons.append("field.invalid_form")
    if evidence.sources_differ:
        reasons.append("field.sources_differ")
    if evidence.register_agrees is False:
        reasons.append("field.register_differs")
    if reading is None or association is None:
        return [*reasons, "field.not_calibrated"]
    # "not … >=", so that NaN accepts nothing
    if not reading >= settings.threshold(evidence.grammar):
        reasons.append("field.low_confidence")
    if evidence.empty:
        reasons.append("field.empty")  # of those that seemed sure one in five held writing that was not seen
    if evidence.support.witness < 0 or _is_alone(evidence) or not association >= settings.association_at:
        reasons.append("field.association")
    return reasons


def _is_alone(evidence: Evidence) -> bool:
    """Whether nothing but its place says whose a value is: no label, no cell, no other way of reading, no register."""
    support = evidence.support
    told = support.label > 0.0 or support.ruled > 0.0 or support.witness > 0 or evidence.register_agrees is True
    return evidence.source is FieldSource.TEXT and not told


def triage_field(
    field: FieldValue, evidence: Evidence, calibration: Calibration | None, settings: TriageSettings
) -> FieldValue:
    """The field with its probabilities and its status; the reason for a review stands in its findings."""
    reading = calibration.reading(evidence) if calibration else None
    association = calibration.association(evidence) if calibration else None
    reasons = [r for r in field.findings if r != _UNLABELLED or evidence.register_agrees is not True]
    reasons += doubts(evidence, reading, association, settings)
    doubt = any(needs_a_person(code) for code in reasons)
    return field.evolve(
        confidence=None if reading is None or association is None else round(reading * association, 4),
        association=None if association is None else round(association, 4),
        status=Status.REVIEW if doubt else Status.ACCEPTED,
        findings=tuple(dict.fromkeys(reasons)),
    )


def no_surer_than_repeated(fields: Sequence[FieldValue]) -> tuple[FieldValue, ...]:
    """The triaged fields of a record, those that a ditto mark fills no surer than the value above that it repeats.

    How well the mark was read says nothing of that value; where it stands in another record, a person looks.
    """
    written: dict[tuple[str, str | None], FieldValue] = {}
    told: list[FieldValue] = []
    for field in fields:
        key = (_NUMBER.sub("", field.name), field.value)
        if "value.ditto" not in field.findings:
            written[key] = field
            told.append(field)
            continue
        above = written.get(key)
        if above is not None and above.status is Status.ACCEPTED:
            told.append(field)
            continue
        known = [one for one in (field.confidence, above.confidence if above is not None else None) if one is not None]
        told.append(
            field.evolve(
                status=Status.REVIEW,
                confidence=min(known, default=None),
                findings=tuple(dict.fromkeys((*field.findings, "field.repeats_doubt"))),
            )
        )
    return tuple(told)


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
    if is_type_unsure(type_confidence, settings):
        return Status.REVIEW
    if any(f.status is not Status.ACCEPTED for f in fields) or any(needs_a_person(f.code) for f in findings):
        return Status.REVIEW
    return Status.ACCEPTED


def is_type_unsure(type_confidence: float | None, settings: TriageSettings) -> bool:
    """Whether this may be another paper: then a label that both have asks for something else, or of somebody else."""
    return type_confidence is None or type_confidence < settings.type_at


def _logit(p: float) -> float:
    p = min(max(p, 1e-4), 1.0 - 1e-4)
    return math.log(p / (1.0 - p))


def reason_message(code: str) -> Message:
    """A finding's code in words for a person; the code itself where nobody worded it."""
    if code in RULES:
        return RULES[code].message
    return REASONS.get(code) or FINDING_MESSAGES.get(code) or Message.same(code)


SEEN_BEFORE = "document.seen_before"
COPIES_DIFFER = "document.copies_differ"

REASONS: dict[str, Message] = {
    "field.type_unsure": Message(
        "Chưa chắc đây là loại giấy tờ nào: mục này có thể mang nghĩa khác",
        "It is not sure which paper this is: the entry may mean something else",
    ),
    "field.association": Message(
        "Chưa chắc giá trị này thuộc về mục này", "It is not sure that this value belongs to this entry"
    ),
    "field.empty": Message(
        "Không thấy chữ ở mục này; cần người xem", "Nothing was seen here: a person looks whether it is empty"
    ),
    "field.low_confidence": Message("Máy đọc chưa đủ tin cậy", "Not read with enough certainty"),
    "field.invalid_form": Message("Giá trị không đúng dạng", "The value does not have the form it should have"),
    "field.sources_differ": Message("Các nguồn trên giấy tờ khác nhau", "Sources on the paper differ"),
    "field.register_differs": Message("Khác cơ sở dữ liệu dân cư", "Differs from the population register"),
    "page.damaged": Message(
        "Ảnh trang bị hỏng hoặc mất từ vị trí này", "The page's picture is damaged or missing from here on"
    ),
    "page.covered": Message(
        "Vị trí này bị che hoặc sát chỗ bị che", "It is covered, or stands beside what covers the page"
    ),
    "field.at_edge": Message(
        "Chữ sát mép ảnh quét: có thể còn phần ở ngoài; xem bản giấy hoặc quét lại",
        "The writing reaches to the scan's edge and may go on beyond: look at the paper, or scan it again",
    ),
    "field.not_calibrated": Message("Chưa hiệu chuẩn độ tin cậy", "No calibration: nothing is accepted unseen"),
    "field.struck_out": Message("Có chữ bị gạch bỏ", "Something was struck out"),
    "field.crosses_rule": Message(
        "Chữ viết tràn qua đường kẻ sang ô bên", "The writing goes on beyond a rule, in the next cell"
    ),
    "field.repeats_doubt": Message(
        "Lặp lại một giá trị ở trên chưa đủ tin cậy", "It repeats a value above that is not certain"
    ),
    "field.unread": Message("Có nét mực nhưng không đọc được", "There is ink that could not be read"),
    "field.uncounted": Message(
        "Chưa chắc đây là người thứ mấy trong sổ", "It is not sure which person of the book this is"
    ),
    "field.unlabelled": Message("Tìm được theo dạng, không thấy nhãn", "Found by its shape, without its label"),
    "review.illegible": Message("Người xem không đọc được", "A person could not read it"),
    "review.not_on_form": Message("Trên giấy tờ không có mục này", "The paper has no such entry"),
    "review.nothing_typed": Message(
        "Chưa nhập gì; để trống nghĩa là trên giấy tờ không ghi gì",
        "Nothing was typed: empty means that nothing is written there",
    ),
    "review.retyped": Message("Người xem đã đổi loại giấy tờ", "A person changed the kind of paper"),
    "review.fields_dropped": Message(
        "Loại giấy tờ này không có các mục đã đọc", "This kind of paper lacks what was read"
    ),
    "review.cut": Message("Người xem đã tách giấy tờ", "A person split the document"),
    "review.joined": Message("Người xem đã gộp giấy tờ", "A person joined documents"),
    "page.unreadable": Message("Có trang không đọc được", "A page could not be read"),
    "page.time_limit": Message("Có trang đọc quá lâu, bị bỏ qua", "A page took too long and was passed over"),
    "page.memory_limit": Message("Có trang cần quá nhiều bộ nhớ, bị bỏ qua", "A page needed too much memory"),
    "page.crashed": Message("Thư viện đọc sập ở một trang", "A library crashed on a page"),
    "page.several_papers": Message("Có thể có nhiều giấy tờ trên một mặt", "There may be several papers on one side"),
    "input.page_order": Message("Thứ tự trang có vẻ không đúng", "The pages seem to be out of order"),
    "page.looks_blank": Message("Có trang có vẻ trắng", "A page looks blank"),
    "page.no_record": Message("Có trang không thuộc hồ sơ nào", "A page is in no record"),
    "input.pages_unaccounted": Message("Số trang không khớp", "The pages do not add up"),
    SEEN_BEFORE: Message("Có vẻ đã có trong kho", "It looks like one already held"),
    COPIES_DIFFER: Message(
        "Khác với giấy tờ đã lưu của cùng việc này", "It differs from a paper of the same act that is already held"
    ),
    "paper.unknown_type": Message("Chưa rõ loại giấy tờ", "The kind of paper is not known"),
    "paper.findings": Message("Cần xem cả giấy tờ", "The paper as a whole is to be looked at"),
    "sample.promise_broken": Message(
        "Loại mục này sai nhiều hơn mức cam kết", "Entries of this kind are wrong more often than promised"
    ),
    "sample.shares_cause": Message(
        "Cùng nguyên nhân với một lỗi đã phát hiện", "It shares the cause of an error that was found"
    ),
    "record.correction": Message("Người xem đã sửa sau khi phát hành", "A person corrected it after release"),
    "review.reopened": Message("Cần xem lại", "To be looked at again"),
    "review.insisted": Message(
        "Người xem giữ nguyên dù không đúng dạng", "A person kept it although its form is unusual"
    ),
}
_BAD_PAGES = (
    "page.several_papers",
    "page.unreadable",
    "page.damaged",
    "page.covered",
    "page.time_limit",
    "page.memory_limit",
    "page.crashed",
    "page.writing_beside_cards",
)
_OPEN_PAGES = ("input.page_order", "page.looks_blank", "page.no_record", "input.pages_unaccounted")
_CUT = (
    "value.cut_short",
    "value.number_before",
    "value.digits_differ",
    "date.day_missing",
    "place.separator_missing",
    "name.single_word",
)


def needs_a_person(code: str) -> bool:
    """Whether a finding asks for a person: triage's own reasons, broken rules, pages that were not read, values of
    which a part is surely lost. Other notes on reading do not: the calibration has weighed them.
    """
    if code in RULES:
        return severity(code) is not Severity.INFO
    return code.startswith(("field.", "register.")) or code in (*_BAD_PAGES, *_OPEN_PAGES, *_CUT, COPIES_DIFFER)
