"""Fitting gives back the weights that made the data, and says how far its probabilities are off."""

from __future__ import annotations

import json
import math
import random
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ocr_models.evaluation.truth import TrueField, TrueRecord
from ocr_models.workshop.measuring import calibrate
from ocr_models.workshop.measuring.calibrate import Job, Sample, fit, held_out, report, samples_of
from ocr_models.workshop.measuring.logistic import expected_calibration_error
from pipeline.domain.errors import InputError
from pipeline.domain.message import Message
from pipeline.domain.model import DocumentType, FieldSource, Provenance
from pipeline.forms.fields import Support
from pipeline.settling.triage import Evidence, LogisticCalibration, TriageSettings
from tests.making.readings import settled

EVIDENCE = Evidence(
    grammar="name", source=FieldSource.TEXT, length=10, reader_min=0.9, reader_mean=0.95, valid=True, usual=True,
    label_score=1.0, support=Support(label=1.0),
)  # fmt: skip
KNOWN = LogisticCalibration(
    weights={"bias": -1.0, "min_logit": 0.8, "second_agrees": 1.5, "valid": 1.0}, belonging={"bias": 20.0}, codes=0.9
)


def error(calibration: LogisticCalibration, samples: list[Sample]) -> float:
    """How far the readings' probabilities are off."""
    return expected_calibration_error(
        [calibration.reading(s.evidence) or 0.0 for s in samples], [s.right for s in samples]
    )


def drawn(count: int, *, seed: int = 1, by: LogisticCalibration = KNOWN) -> list[Sample]:
    """Fields whose rightness is drawn with the probability that `by` gives."""
    rng = random.Random(seed)
    made = []
    for n in range(count):
        evidence = replace(
            EVIDENCE,
            reader_min=rng.uniform(0.02, 0.99),
            seconds_agree=rng.randint(0, 1),
            valid=rng.random() < 0.8,
            length=rng.randint(1, 40),
        )
        right = rng.random() < (by.reading(evidence) or 0.0)
        made.append(Sample(f"{n}.jpg", False, evidence, right, True))
    return made


def test_known_weights_are_recovered() -> None:
    weights = fit(drawn(6000)).weights
    assert weights["min_logit"] == pytest.approx(0.8, abs=0.1)
    assert weights["second_agrees"] == pytest.approx(1.5, abs=0.25)
    assert weights["valid"] == pytest.approx(1.0, abs=0.25)
    assert weights["log_length"] == pytest.approx(0.0, abs=0.1)


def test_probabilities_are_right_on_fields_never_seen() -> None:
    assert error(fit(drawn(4000)), drawn(4000, seed=2)) < 0.025


def test_the_ridge_keeps_weights_finite_where_the_data_are_separable() -> None:
    samples = [replace(s, right=s.evidence.valid) for s in drawn(200)]
    calibration = fit(samples)
    assert all(math.isfinite(w) and abs(w) < 20 for w in calibration.weights.values())
    assert (calibration.reading(EVIDENCE) or 0) > 0.9


def test_codes_get_their_own_share_and_do_not_sway_the_inks() -> None:
    coded = replace(EVIDENCE, source=FieldSource.QR)
    codes = [Sample("c.jpg", False, coded, n != 0, True) for n in range(99)]
    assert fit([*drawn(300), *codes]).codes == pytest.approx(98.5 / 100)
    assert fit([*drawn(300), *codes]).weights == fit(drawn(300)).weights


def test_few_codes_leave_the_rate_that_was_found_before() -> None:
    codes = [Sample("c.jpg", False, replace(EVIDENCE, source=FieldSource.QR), True, True) for _ in range(120)]
    assert fit([*drawn(100), *codes[:37]], 0.995).codes == 0.995
    assert fit([*drawn(100), *codes], 0.97).codes == pytest.approx(120.5 / 121, abs=1e-4)


def test_without_codes_their_rate_is_an_even_chance() -> None:
    assert fit(drawn(100)).codes == 0.5


def test_a_perfect_calibration_has_hardly_any_error_and_a_vain_one_has_much() -> None:
    vain = LogisticCalibration(weights={"bias": 10.0}, belonging={}, codes=1.0)
    samples = drawn(5000)
    share = sum(s.right for s in samples) / len(samples)
    assert error(KNOWN, samples) < 0.02
    assert error(vain, samples) == pytest.approx(1 - share, abs=1e-3)


def test_the_error_of_nothing_is_unknown() -> None:
    assert math.isnan(error(KNOWN, []))


def test_a_field_is_right_when_its_value_is_the_truths(monkeypatch: pytest.MonkeyPatch) -> None:
    found = _samples(monkeypatch, truth={"full_name": "Lê Thị Bình"}, read={"full_name": "Lê Thị Bình"})
    assert [(s.right, s.own) for s in found] == [(True, True)]


def test_a_value_that_truth_does_not_name_is_wrong_and_an_empty_place_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    found = _samples(monkeypatch, truth={}, read={"full_name": "Lê Thị Bình", "residence": ""})
    assert [(s.right, s.own) for s in found] == [(False, False), (True, True)]


def test_a_file_that_cannot_be_read_gives_no_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise InputError(Message.same("damaged"))

    monkeypatch.setattr(calibrate, "read_document", refuse)
    monkeypatch.setattr(calibrate, "_READERS", [None])
    assert samples_of(_job({})) == []


def test_a_value_misread_by_a_letter_is_still_the_fields_own(monkeypatch: pytest.MonkeyPatch) -> None:
    misread = _samples(monkeypatch, truth={"full_name": "Lê Thị Bình"}, read={"full_name": "Lê Thị Binh"})
    other = _samples(monkeypatch, truth={"full_name": "Lê Thị Bình"}, read={"full_name": "Trần Văn Quang"})
    assert [(s.right, s.own) for s in (*misread, *other)] == [(False, True), (False, False)]


def test_whether_a_value_belongs_is_learnt_apart_from_whether_it_was_read_right() -> None:
    """Fields of poorly fitting forms are somebody else's, however surely they were read."""
    poor = replace(EVIDENCE, label_score=0.3, reader_min=0.99, reader_mean=0.99)
    strangers = [Sample(f"x{n}.jpg", True, poor, False, False) for n in range(300)]
    calibration = fit([*drawn(600), *strangers])
    assert (calibration.association(EVIDENCE) or 0) > 0.95 > 0.2 > (calibration.association(poor) or 1)
    assert calibration.reading(poor) == pytest.approx(fit(drawn(600)).reading(poor), abs=1e-6)


def test_nothing_is_judged_by_what_was_learnt_from_its_own_layout() -> None:
    samples = drawn(160)
    assert len(held_out(samples)) == len(samples)
    figures = report(held_out(samples), TriageSettings(accept_at=0.5))
    assert figures["fields"] == 160
    assert 0 < figures["accepted_share"] <= 1


def test_the_shipped_file_says_on_what_it_was_fitted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibrate, "own_jobs", lambda folder: [])
    monkeypatch.setattr(calibrate, "collect", lambda jobs, workers, register_of: drawn(600))
    monkeypatch.setattr("sys.argv", ["calibrate", "folder", "--out", str(tmp_path / "calibration.json")])
    calibrate.main(calibrate.no_register)
    table = json.loads((tmp_path / "calibration.json").read_text())
    assert table["families"] == table["held_out"]["own"]["fields"] == 600
    assert 0 <= table["held_out"]["own"]["expected_calibration_error"] < 0.2
    assert table["weights"] == dict(fit(drawn(600)).weights)


def _job(fields: dict[str, str]) -> Job:
    return Job(Path(), "a.jpg", (_truth(fields),), "a.jpg", False, frozenset())


def _truth(fields: dict[str, str]) -> TrueRecord:
    made = {n: TrueField(value=v, verbatim=v, writing=None, page=1, box=None) for n, v in fields.items()}
    return TrueRecord(
        file="a.jpg", index=0, document_type="birth_certificate", writing="pen", capture="flatbed", fields=made,
        register_outcome=None, pages=1,
    )  # fmt: skip


def _samples(monkeypatch: pytest.MonkeyPatch, *, truth: dict[str, str], read: dict[str, str]) -> list[Sample]:
    """What is learnt from one file on which these fields were read."""
    one = [settled(value, name=name) for name, value in read.items()]
    record: Any = SimpleNamespace(
        document_id="d", document_type=DocumentType.BIRTH_CERTIFICATE, type_confidence=1.0,
        fields=tuple(s.field for s in one), provenance=Provenance(software="hotich", models=(), settings_sha256=""),
    )  # fmt: skip
    draft = SimpleNamespace(record=record, evidence=tuple(s.evidence for s in one), inks={})
    as_json = {"document_id": "d", "document_type": "birth_certificate", "fields": {}}
    monkeypatch.setattr(calibrate, "_READERS", [None])
    monkeypatch.setattr(calibrate, "read_document", lambda *_, **__: (draft,))
    monkeypatch.setattr(calibrate, "record_object", lambda _: as_json)
    return samples_of(_job(truth))
