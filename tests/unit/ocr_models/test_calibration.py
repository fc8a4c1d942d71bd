"""The shipped calibration: whole, or refused; none at all means nothing is accepted unseen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ocr_models.calibration import load_calibration
from ocr_models.errors import ModelDamagedError
from pipeline.domain.model import FieldSource
from pipeline.forms.fields import Support
from pipeline.settling.triage import Evidence, TriageSettings

GOOD = Evidence(
    grammar="name", source=FieldSource.TEXT, length=13, reader_min=0.99, reader_mean=0.995, valid=True, usual=True,
    label_score=1.0, seconds_agree=1,
)  # fmt: skip
BAD = Evidence(
    grammar="name", source=FieldSource.TEXT, length=13, reader_min=0.02, reader_mean=0.1, valid=False, usual=False,
    label_score=0.2, seconds_differ=2,
)  # fmt: skip


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Replaces the shipped file by this text."""
    monkeypatch.setattr("ocr_models.calibration.resources.files", lambda _: tmp_path)
    load_calibration.cache_clear()

    def write(text: str) -> None:
        (tmp_path / "calibration.json").write_text(text, encoding="utf-8")

    yield write
    load_calibration.cache_clear()


def test_the_shipped_calibration_tells_good_evidence_from_bad() -> None:
    load_calibration.cache_clear()
    found = load_calibration()
    assert found is not None, "the calibration is missing: nothing would be accepted"
    good, bad = (replace(evidence, reader="hotich-lines") for evidence in (GOOD, BAD))
    assert (found.reading(good) or 0) > 0.9 > 0.5 > (found.reading(bad) or 1)


def test_the_shipped_calibration_accepts_what_a_code_states() -> None:
    load_calibration.cache_clear()
    found = load_calibration()
    assert found is not None
    assert (found.reading(replace(GOOD, source=FieldSource.QR)) or 0) >= TriageSettings().accept_at


def test_the_shipped_calibration_doubts_whose_a_value_is_on_a_page_that_its_labels_do_not_explain() -> None:
    load_calibration.cache_clear()
    found = load_calibration()
    assert found is not None
    fits = replace(GOOD, support=Support(label=1.16, gap=0.5, block=1.0, explained=0.95, witness=1.0))
    assert (found.association(fits) or 0) > 0.95
    unsaid = replace(fits.support, explained=0.3, unexplained=40, witness=0.0)
    printed = replace(fits.support, label=0.0, gap=20.0, printed=1.0, block=0.2)
    for doubtful in (replace(fits, support=unsaid), replace(fits, support=printed)):
        association = found.association(doubtful)
        assert association is not None and association < TriageSettings().association_at


@pytest.mark.parametrize(
    ("grammar", "ruled", "theirs"), [("sex", 1.0, True), ("sex", 0.0, False), ("text", 1.0, False)]
)
def test_wording_that_no_label_asked_for_is_a_value_only_where_people_write_it_in_its_column(
    grammar: str, ruled: float, theirs: bool
) -> None:
    load_calibration.cache_clear()
    found = load_calibration()
    assert found is not None
    support = Support(label=0.0, gap=20.0, printed=1.0, block=1.0, explained=0.95, ruled=ruled)
    association = found.association(replace(GOOD, grammar=grammar, several=True, support=support))
    assert association is not None and (association >= TriageSettings().association_at) is theirs


def test_weights_and_the_rate_of_codes_are_read(shipped: Callable[[str], None]) -> None:
    shipped('{"weights": {"bias": 1, "valid": 2.5}, "belonging": {"fit": 3}, "codes": 0.99}')
    found = load_calibration()
    assert found is not None and dict(found.weights) == {"bias": 1.0, "valid": 2.5} and found.codes == 0.99
    assert dict(found.belonging) == {"fit": 3.0}


def test_no_file_is_no_calibration(shipped: Callable[[str], None]) -> None:
    assert load_calibration() is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "{}",
        '{"weights": {}, "codes": 1}',
        '{"weights": [1], "belonging": {}, "codes": 1}',
        '{"weights": {"a": "x"}, "belonging": {}, "codes": 1}',
        '{"weights": {}, "belonging": {}, "codes": null}',
        '{"weights": {}, "belonging": {"bias": NaN}, "codes": 0.9}',
        '{"weights": {"bias": Infinity}, "belonging": {}, "codes": 0.9}',
        '{"weights": {}, "belonging": {}, "codes": 1.2}',
        '{"weights": {}, "belonging": {}, "codes": NaN}',
    ],
)
def test_a_damaged_file_is_refused(shipped: Callable[[str], None], text: str) -> None:
    shipped(text)
    with pytest.raises(ModelDamagedError):
        load_calibration()


def test_a_file_that_is_no_text_is_refused(shipped: Callable[[str], None], tmp_path: Path) -> None:
    (tmp_path / "calibration.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ModelDamagedError):
        load_calibration()
