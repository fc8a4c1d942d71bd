"""A line's probability is told only for the weights it was measured with."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr_models.confidence import (
    ReaderCalibration,
    character_features,
    line_features,
    load_confidence,
    with_probability,
)
from ocr_models.errors import ModelDamagedError
from ocr_models.reader import OwnReader
from pipeline.domain.recognition import ModelIdentity
from tests.making.readings import reading_of


@given(st.lists(st.floats(0, 1), max_size=30))
def test_features_are_finite_whatever_was_read(values: list[float]) -> None:
    found = reading_of(values)
    rows = [line_features(found), *character_features(found)]
    assert len(rows) == 1 + len(values)
    assert all(math.isfinite(value) for row in rows for value in row.values())


def test_the_repositorys_weights_have_a_calibration_that_prefers_sure_lines() -> None:
    own = OwnReader().identity
    sure, doubtful = (with_probability(reading_of([p] * 12), own).confidence.probability for p in (0.9999, 0.6))
    assert sure is not None and doubtful is not None
    assert sure > 0.9 and doubtful < 0.2


def test_a_reader_that_was_never_measured_keeps_no_probability() -> None:
    found = with_probability(reading_of([0.9]), ModelIdentity(name="x", sha256="ff"))
    assert found.confidence.probability is None


def test_every_character_has_a_probability_of_its_own() -> None:
    known = load_confidence(OwnReader().identity.sha256)
    assert known is not None
    for p in known.of_characters(reading_of([0.99, 0.2, 0.99])):
        assert 0 < p < 1


_NO_NUMBER = '{"readers": {"a": {"sha256": "00", "line": {"bias": "x"}, "character": {}}}}'


@pytest.mark.parametrize("text", ["", "{}", '{"readers": []}', '{"readers": {"a": {"sha256": "00"}}}', _NO_NUMBER])
def test_a_damaged_calibration_is_refused(text: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "confidence.json").write_text(text, encoding="utf-8")
    monkeypatch.setattr("ocr_models.confidence.resources.files", lambda _: tmp_path)
    load_confidence.cache_clear()
    try:
        with pytest.raises(ModelDamagedError):
            load_confidence("00")
    finally:
        load_confidence.cache_clear()


def test_a_calibration_gives_probabilities_by_its_weights() -> None:
    known = ReaderCalibration(line={"bias": 0.0}, character={"bias": 2.0})
    assert known.of_line(reading_of([0.3])) == 0.5
    assert known.of_characters(reading_of([0.3])) == [pytest.approx(1 / (1 + math.exp(-2)))]
