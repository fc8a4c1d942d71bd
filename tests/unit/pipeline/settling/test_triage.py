"""What the machine may accept, and why a person must see the rest."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.message import Message
from pipeline.domain.model import DocumentType, FieldSource, FieldValue, Finding, Status
from pipeline.forms.fields import Support
from pipeline.judging.review.asking import PAPER_FINDINGS, SUSPENDED, UNKNOWN_TYPE, UNSURE
from pipeline.judging.review.edits import CUT, JOINED
from pipeline.settling.triage import (
    Evidence,
    LogisticCalibration,
    TriageSettings,
    needs_a_person,
    no_surer_than_repeated,
    reason_message,
    triage_document,
    triage_field,
)
from tests.making.readings import BOX, settled

EVIDENCE = Evidence(
    grammar="name",
    source=FieldSource.TEXT,
    length=13,
    reader_min=0.95,
    reader_mean=0.97,
    valid=True,
    usual=True,
    label_score=1.0,
    support=Support(label=1.0),
)
FIELD = FieldValue(name="full_name", value="Nguyễn Văn An", verbatim="Nguyễn Văn An", page=1, box=BOX)
SETTINGS = TriageSettings(accept_at=0.98)
TYPE = DocumentType.BIRTH_CERTIFICATE


class Says:
    """A calibration that gives one probability to every reading, and one to whose it is."""

    def __init__(self, reading: float | None, association: float | None = 1.0) -> None:
        self._reading = reading
        self._association = association

    def reading(self, evidence: Evidence) -> float | None:
        return self._reading

    def association(self, evidence: Evidence) -> float | None:
        return self._association


def triaged(probability: float | None = 0.99, evidence: Evidence = EVIDENCE, **more: object) -> FieldValue:
    return triage_field(FIELD.evolve(**more), evidence, Says(probability), SETTINGS)


def test_a_probability_that_keeps_the_promise_is_accepted() -> None:
    field = triaged(0.98)
    assert (field.status, field.confidence, field.findings) == (Status.ACCEPTED, 0.98, ())


def test_a_lower_probability_is_for_a_person() -> None:
    field = triaged(0.9799)
    assert (field.status, field.findings) == (Status.REVIEW, ("field.low_confidence",))


def test_a_value_that_may_be_somebody_elses_is_for_a_person_however_surely_it_was_read() -> None:
    field = triage_field(FIELD, EVIDENCE, Says(0.999, 0.9399), SETTINGS)
    assert (field.status, field.findings) == (Status.REVIEW, ("field.association",))
    assert (field.association, field.confidence) == (0.9399, round(0.999 * 0.9399, 4))


def test_whose_a_value_is_must_have_been_measured_too() -> None:
    field = triage_field(FIELD, EVIDENCE, Says(0.999, None), SETTINGS)
    assert (field.status, field.confidence, field.findings) == (Status.REVIEW, None, ("field.not_calibrated",))


def test_without_a_calibration_nothing_is_accepted_and_no_probability_is_claimed() -> None:
    field = triage_field(FIELD, EVIDENCE, None, SETTINGS)
    assert (field.status, field.confidence, field.findings) == (Status.REVIEW, None, ("field.not_calibrated",))


def test_a_probability_that_is_no_number_accepts_nothing() -> None:
    assert triaged(float("nan")).status is Status.REVIEW


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"valid": False}, "field.invalid_form"),
        ({"sources_differ": 1}, "field.sources_differ"),
        ({"register_agrees": False}, "field.register_differs"),
    ],
)
def test_what_speaks_against_a_value_outweighs_any_probability(change: dict[str, Any], reason: str) -> None:
    field = triaged(1.0, replace(EVIDENCE, **change))
    assert (field.status, field.findings) == (Status.REVIEW, (reason,))


@pytest.mark.parametrize(("grammar", "text"), [("nationality", "Nam"), ("religion", "Thợ điện")])
def test_what_is_on_no_list_of_a_closed_kind_outweighs_any_probability(grammar: str, text: str) -> None:
    field = triaged(1.0, settled(text, grammar).evidence)
    assert (field.status, field.findings) == (Status.REVIEW, ("field.invalid_form",))


@pytest.mark.parametrize(("grammar", "text"), [("nationality", "Việt Nam"), ("religion", "Không"), ("name", "Mẫu")])
def test_listed_values_and_unusual_names_are_accepted_by_their_probability(grammar: str, text: str) -> None:
    assert triaged(0.99, settled(text, grammar).evidence).status is Status.ACCEPTED


def test_an_empty_place_is_for_a_person_however_sure_and_is_no_value_of_no_list() -> None:
    field = triaged(1.0, settled("", "nationality").evidence)
    assert (field.status, field.findings) == (Status.REVIEW, ("field.empty",))


@pytest.mark.parametrize(
    "code",
    [
        "value.cut_short",
        "value.number_before",
        "value.digits_differ",
        "date.day_missing",
        "place.separator_missing",
        "name.single_word",
    ],
)
def test_a_value_of_which_a_part_is_lost_asks_for_a_person(code: str) -> None:
    assert needs_a_person(code)


@pytest.mark.parametrize("code", ["id.sex_mismatch", "sources.conflict", "field.unread"])
def test_a_broken_rule_asks_for_a_person(code: str) -> None:
    assert triaged(findings=(code,)).status is Status.REVIEW


@pytest.mark.parametrize("code", ["name.sex_unusual", "value.ditto", "date.repaired"])
def test_a_note_does_not_ask_for_a_person_but_stays(code: str) -> None:
    field = triaged(findings=(code,))
    assert (field.status, field.findings) == (Status.ACCEPTED, (code,))


def test_a_grammar_may_have_a_promise_of_its_own() -> None:
    settings = TriageSettings(accept_at=0.98, accept_at_by_grammar=(("name", 0.999),))
    assert triage_field(FIELD, EVIDENCE, Says(0.99), settings).status is Status.REVIEW
    assert triage_field(FIELD, replace(EVIDENCE, grammar="sex"), Says(0.99), settings).status is Status.ACCEPTED


@pytest.mark.parametrize("source", [FieldSource.QR, FieldSource.MRZ, FieldSource.BARCODE])
def test_codes_have_the_rate_measured_for_codes(source: FieldSource) -> None:
    calibration = LogisticCalibration(weights={"bias": -9.0}, belonging={"bias": -9.0}, codes=0.97)
    assert calibration.reading(replace(EVIDENCE, source=source)) == 0.97
    assert calibration.association(replace(EVIDENCE, source=source)) == 1.0  # a code names its fields itself


def test_a_grammar_never_seen_is_judged_by_the_other_features() -> None:
    calibration = LogisticCalibration(weights={"bias": 2.0, "grammar:name": 5.0}, belonging={}, codes=0.5)
    assert calibration.reading(replace(EVIDENCE, grammar="poem")) == pytest.approx(0.8808, abs=1e-4)


@given(st.floats(0, 1), st.floats(0, 1), st.integers(0, 10_000), st.floats(-50, 50))
def test_a_probability_is_one_whatever_the_evidence(least: float, mean: float, length: int, bias: float) -> None:
    evidence = replace(EVIDENCE, reader_min=least, reader_mean=mean, length=length)
    weights = {"bias": bias, "min_logit": 1.0, "mean_logit": 2.0}
    calibration = LogisticCalibration(weights=weights, belonging={"bias": bias, "fit": 2.0}, codes=0.5)
    for probability in (calibration.reading(evidence), calibration.association(evidence)):
        assert probability is not None and 0.0 <= probability <= 1.0


def test_a_document_is_accepted_when_its_type_is_sure_and_every_field_is() -> None:
    assert triage_document(TYPE, 0.95, [triaged(), triaged()], [], SETTINGS) is Status.ACCEPTED


def test_a_document_is_no_better_than_its_worst_field() -> None:
    assert triage_document(TYPE, 0.95, [triaged(), triaged(0.5)], [], SETTINGS) is Status.REVIEW


@pytest.mark.parametrize("sure", [None, 0.89])
def test_a_document_whose_type_is_not_sure_is_for_a_person(sure: float | None) -> None:
    assert triage_document(TYPE, sure, [triaged()], [], SETTINGS) is Status.REVIEW


def test_an_unknown_paper_is_never_accepted() -> None:
    assert triage_document(DocumentType.UNKNOWN, 1.0, [triaged()], [], SETTINGS) is Status.REVIEW


def test_a_paper_on_which_nothing_was_read_is_never_accepted() -> None:
    assert triage_document(TYPE, 1.0, [], [], SETTINGS) is Status.REVIEW


@pytest.mark.parametrize(
    "code",
    ["page.unreadable", "page.damaged", "page.time_limit", "page.crashed", "register.conflict", "form.wrong_time"],
)
def test_a_finding_on_the_document_that_must_be_seen_is(code: str) -> None:
    findings = [Finding(code=code, message=Message.same(""))]
    assert triage_document(TYPE, 1.0, [triaged()], findings, SETTINGS) is Status.REVIEW


@pytest.mark.parametrize("code", ["page.dark", "place.unit_unknown"])
def test_a_note_on_the_document_does_not_hold_it_up(code: str) -> None:
    findings = [Finding(code=code, message=Message.same(""))]
    assert triage_document(TYPE, 1.0, [triaged()], findings, SETTINGS) is Status.ACCEPTED


@pytest.mark.parametrize(
    "code",
    [SUSPENDED, PAPER_FINDINGS, UNKNOWN_TYPE, UNSURE, CUT, JOINED, "sample.shares_cause", "record.correction"],
)
def test_every_reason_why_a_person_is_asked_has_words(code: str) -> None:
    assert reason_message(code) != Message.same(code)


def _member(number: int, status: Status, *, ditto: bool = False, value: str = "1998-02-09") -> FieldValue:
    findings = ("value.ditto",) if ditto else ()
    name = f"members[{number}].date_of_registration"
    return FIELD.evolve(name=name, value=value, status=status, confidence=0.9 + number / 100, findings=findings)


def test_an_age_which_nothing_else_repeats_must_be_read_more_surely_than_a_name() -> None:
    age = replace(EVIDENCE, grammar="age", length=2)
    told = [triage_field(FIELD, evidence, Says(0.995), TriageSettings()).status for evidence in (EVIDENCE, age)]
    assert told == [Status.ACCEPTED, Status.REVIEW]
    assert triage_field(FIELD, age, Says(0.999), TriageSettings()).status is Status.ACCEPTED


def test_a_value_of_which_only_its_place_says_whose_it_is_is_for_a_person() -> None:
    alone = replace(EVIDENCE, support=Support(gap=20.0))
    assert "field.association" in triaged(0.999, alone).findings
    told = [Support(ruled=1.0), Support(witness=1.0)]
    assert all(triaged(0.999, replace(EVIDENCE, support=support)).status is Status.ACCEPTED for support in told)
    assert triaged(0.999, replace(alone, register_agrees=True)).status is Status.ACCEPTED


def test_a_value_that_the_register_names_at_this_place_needs_no_label() -> None:
    assert triaged(findings=("field.unlabelled",)).status is Status.REVIEW
    confirmed = triaged(evidence=replace(EVIDENCE, register_agrees=True), findings=("field.unlabelled",))
    assert confirmed.status is Status.ACCEPTED


def test_a_ditto_mark_is_no_surer_than_the_value_that_it_repeats() -> None:
    doubtful = [_member(0, Status.REVIEW), _member(1, Status.ACCEPTED, ditto=True)]
    repeated = no_surer_than_repeated(doubtful)[1]
    assert (repeated.status, repeated.confidence) == (Status.REVIEW, 0.9)
    assert "field.repeats_doubt" in repeated.findings
    sure = [_member(0, Status.ACCEPTED), _member(1, Status.ACCEPTED, ditto=True)]
    assert no_surer_than_repeated(sure) == tuple(sure)


def test_a_ditto_mark_whose_value_stands_in_another_record_asks_for_a_person() -> None:
    [repeated] = no_surer_than_repeated([_member(0, Status.ACCEPTED, ditto=True)])
    assert repeated.status is Status.REVIEW
