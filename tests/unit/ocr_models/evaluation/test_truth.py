"""Truth lines: usable ones become records, unusable ones are named, none breaks the reading."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr_models.evaluation.truth import parse_truth

LINE = {
    "file": "a.jpg",
    "document_type": "birth_certificate",
    "pages": 2,
    "condition": {"writing": "pen", "capture": "phone"},
    "fields": {
        "full_name": {
            "value": "Nguyễn Văn An", "verbatim": "NGUYỄN VĂN AN", "page": 1, "writing": "print",
            "box": [[0, 0], [9, 0], [9, 4], [0, 4]],
        }
    },
    "register_outcome": "match",
}  # fmt: skip


def lines(*raw: object) -> list[str]:
    return [json.dumps(one, ensure_ascii=False) for one in raw]


def test_a_line_is_a_record_with_its_condition_fields_and_outcome() -> None:
    (record,), errors = parse_truth(lines(LINE))
    assert errors == []
    assert (record.file, record.index, record.pages, record.register_outcome) == ("a.jpg", 0, 2, "match")
    assert (record.document_type, record.writing, record.capture) == ("birth_certificate", "pen", "phone")
    name = record.fields["full_name"]
    assert (name.value, name.verbatim, name.writing, name.page) == ("Nguyễn Văn An", "NGUYỄN VĂN AN", "print", 1)
    assert name.box == ((0, 0), (9, 0), (9, 4), (0, 4))


@pytest.mark.parametrize("empty", [None, ""])
def test_an_empty_value_means_that_nothing_is_written(empty: str | None) -> None:
    (record,), _ = parse_truth(lines({**LINE, "fields": {"residence": {"value": empty}}}))
    assert (record.fields["residence"].value, record.fields["residence"].verbatim) == (None, "")


def test_acts_of_one_file_are_numbered_in_reading_order_over_its_lines() -> None:
    records, _ = parse_truth(lines(LINE, {**LINE, "file": "b.jpg"}, LINE))
    assert [(r.file, r.index) for r in records] == [("a.jpg", 0), ("b.jpg", 0), ("a.jpg", 1)]


def test_one_line_may_hold_several_acts_that_share_what_they_do_not_state() -> None:
    parts = [{"fields": {}, "register_outcome": "conflict"}, {"fields": {}, "document_type": "birth_extract"}]
    records, _ = parse_truth(lines({**LINE, "records": parts}))
    assert [(r.index, r.document_type, r.register_outcome) for r in records] == [
        (0, "birth_certificate", "conflict"),
        (1, "birth_extract", "match"),
    ]


def test_what_is_not_stated_is_unknown_and_one_page_long() -> None:
    (record,), _ = parse_truth(lines({"file": "a.jpg", "document_type": "birth_certificate", "fields": {}}))
    assert (record.writing, record.capture, record.pages, record.register_outcome) == ("unknown", "unknown", 1, None)


def test_blank_lines_are_passed_over_but_counted() -> None:
    _, (error,) = parse_truth(["", "  ", "{"])
    assert error.line == 3


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ([1], "not a JSON object"),
        ({**LINE, "file": 7}, "`file` is not a name"),
        ({**LINE, "document_type": "recipe"}, "unknown document_type 'recipe'"),
        ({"file": "a.jpg", "document_type": "birth_certificate"}, "missing 'fields'"),
        ({**LINE, "fields": {"sex": "male"}}, "field sex has no value"),
    ],
)
def test_a_wrong_line_is_named_with_its_reason_and_the_others_count(raw: object, reason: str) -> None:
    records, errors = parse_truth(lines(LINE, raw, {**LINE, "file": "b.jpg"}))
    assert [r.file for r in records] == ["a.jpg", "b.jpg"]
    assert [e.line for e in errors] == [2] and reason in errors[0].reason


def test_of_a_line_with_one_wrong_act_none_counts() -> None:
    records, errors = parse_truth(lines({**LINE, "records": [{"fields": {}}, {}]}, LINE))
    assert [r.index for r in records] == [0] and len(errors) == 1


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(
    st.fixed_dictionaries(
        {"file": st.just("a") | json_values, "document_type": st.just("birth_certificate"), "fields": json_values},
        optional={"records": json_values, "condition": json_values, "pages": json_values},
    )
)
def test_no_line_whatever_it_holds_breaks_the_reading(raw: dict[str, object]) -> None:
    records, errors = parse_truth([json.dumps(raw)])
    assert bool(records) != bool(errors)
