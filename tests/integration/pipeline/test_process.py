"""One specimen through every stage with the real readers: from the scan's bytes to a record."""

from __future__ import annotations

import json

import pytest

from ocr_models.evaluation.truth import TrueRecord
from pipeline.domain.geometry import bounds
from pipeline.domain.model import CivilRecord, FieldValue, Status
from pipeline.records.contract import record_object
from tests.integration.pipeline.conftest import SAMPLES, SPECIMEN, Read


@pytest.fixture(scope="module")
def record(read: Read) -> CivilRecord:
    (record,) = read(SAMPLES / SPECIMEN)
    return record


def field(record: CivilRecord, name: str) -> FieldValue:
    return next(f for f in record.fields if f.name == name)


def test_the_form_is_known(record: CivilRecord, truth: TrueRecord) -> None:
    assert (record.document_type, record.form) == (truth.document_type, "2016")


def test_printed_values_are_read_as_they_stand(record: CivilRecord, truth: TrueRecord) -> None:
    read = {f.name: f.value for f in record.fields}
    right = [name for name, true in truth.fields.items() if read.get(name) == true.value]
    assert len(right) >= 0.85 * len(truth.fields), sorted(set(truth.fields) - set(right))


def test_boxes_lie_on_the_values_in_the_scan(record: CivilRecord, truth: TrueRecord) -> None:
    true = truth.fields["full_name"]
    assert true.box is not None
    x0, y0, x1, y1 = bounds(field(record, "full_name").box)
    left, top, right, bottom = bounds(true.box)
    assert x0 <= (left + right) / 2 <= x1 and y0 <= (top + bottom) / 2 <= y1
    assert x1 - x0 < 2 * (right - left) and y1 - y0 < 3 * (bottom - top)


def test_the_date_in_words_confirms_the_date_in_digits(record: CivilRecord) -> None:
    assert field(record, "date_of_birth").value == field(record, "date_of_birth_words").value


def test_without_a_calibration_everything_is_for_a_person(record: CivilRecord) -> None:
    assert record.status is Status.REVIEW
    assert {f.status for f in record.fields} == {Status.REVIEW}


def test_the_record_can_be_written_as_the_contract_wants(record: CivilRecord) -> None:
    written = json.loads(json.dumps(record_object(record), ensure_ascii=False))
    assert written["fields"]["full_name"]["value"] == field(record, "full_name").value


def test_nothing_that_was_read_is_logged(record: CivilRecord, logged: list[str]) -> None:
    values = [f.value for f in record.fields if f.value and len(f.value) > 4]
    assert values and not [v for v in values if any(v in line for line in logged)]
