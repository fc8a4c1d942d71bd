from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr_models.evaluation.truth import TrueRecord
from ocr_models.workshop.measuring.detection import Detection, detect, overlap
from ocr_models.workshop.measuring.layout import form_kind

VALUE = (200.0, 100.0, 400.0, 140.0)
sides = st.tuples(st.floats(0, 500), st.floats(0, 500), st.floats(1, 300), st.floats(1, 300))

Sides = tuple[float, float, float, float]


def box(raw: Sides) -> Sides:
    return (raw[0], raw[1], raw[0] + raw[2], raw[1] + raw[3])


@given(sides, sides)
def test_overlap_is_symmetric_and_a_share(a: Sides, b: Sides) -> None:
    one, other = box(a), box(b)
    assert overlap(one, other) == pytest.approx(overlap(other, one))
    assert 0 <= overlap(one, other) <= 1 + 1e-9
    assert overlap(one, one) == pytest.approx(1)


def test_a_line_that_holds_label_and_value_is_found_in_the_values_columns() -> None:
    assert detect(VALUE, [(20, 98, 410, 142)]) == Detection(1, 1, 1, 1)


def test_a_value_in_two_parts_of_one_row_is_one_line() -> None:
    assert detect(VALUE, [(195, 100, 290, 140), (310, 102, 400, 138)]) == Detection(1, 1, 1, 1)


def test_a_line_of_double_height_is_no_match() -> None:
    assert detect(VALUE, [(200, 100, 400, 190)]) == Detection(1, 0, 1, 0)


def test_half_a_value_is_no_match() -> None:
    assert detect(VALUE, [(200, 100, 290, 140)]) == Detection(1, 0, 1, 0)


def test_a_second_line_in_the_value_costs_precision() -> None:
    found = detect(VALUE, [(200, 100, 400, 138), (200, 128, 400, 150)])
    assert (found.found, found.lines, found.right) == (1, 2, 1)


def test_a_value_of_two_lines_is_found_by_both_together() -> None:
    value = (200.0, 100.0, 400.0, 190.0)
    assert detect(value, [(200, 100, 400, 140), (200, 148, 400, 188)]) == Detection(1, 1, 2, 2)


def test_a_tall_truth_box_is_matched_by_the_line_as_it_is_cut() -> None:
    tall = (200.0, 80.0, 400.0, 160.0)
    assert not detect(tall, [(200, 102, 400, 138)]).found
    assert detect(tall, [(200, 102, 400, 138)], [(190, 88, 410, 152)]).found


def test_lines_elsewhere_count_for_nothing() -> None:
    assert detect(VALUE, [(0, 300, 500, 340), (420, 100, 500, 140)]) == Detection(values=1)


def test_counts_add_up_to_recall_and_precision() -> None:
    total = Detection(1, 1, 1, 1) + Detection(1, 0, 3, 0)
    assert total.recall == 0.5
    assert total.precision == 0.25
    assert Detection().recall == Detection().precision == 0.0


def record(kind: str, file: str, index: int = 0) -> TrueRecord:
    return TrueRecord(file=file, index=index, document_type=kind, writing="pen", capture="flatbed", fields={},
                      register_outcome=None, pages=1)  # fmt: skip


def test_a_register_page_of_several_acts_is_a_ledger() -> None:
    acts = [record("birth_register_entry", "a.png", i) for i in range(2)]
    single = record("birth_register_entry", "b.png")
    assert [form_kind(r, [*acts, single]) for r in (acts[0], single)] == ["ledger", "form"]


@pytest.mark.parametrize(
    ("kind", "form"), [("citizen_id_chip", "card"), ("household_book", "book"), ("birth_certificate", "form")]
)
def test_documents_fall_into_kinds_of_form(kind: str, form: str) -> None:
    assert form_kind(record(kind, "a.png"), []) == form
