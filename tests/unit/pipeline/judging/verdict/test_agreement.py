"""Declared against read: normal forms first, then what a difference may be held to mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.judging.verdict import FieldAgreement
from pipeline.judging.verdict.agreement import agreement, declared_value, grammar_of, level_of
from pipeline.values.comparison import Level
from tests.making.submitted import a_field

SAME, NEAR, DIFFERENT = FieldAgreement.SAME, FieldAgreement.NEAR, FieldAgreement.DIFFERENT


@pytest.mark.parametrize(
    ("field", "grammar"),
    [
        ("full_name", "name"),
        ("mother_full_name", "name"),
        ("date_of_birth", "date"),
        ("mother_birth_year", "year"),
        ("members[0].personal_id", "identity_number"),
        ("place_of_residence", "address"),
        ("something_new", "text"),
    ],
)
def test_a_field_is_read_by_the_grammar_of_its_kind(field: str, grammar: str) -> None:
    assert grammar_of(field) == grammar


@pytest.mark.parametrize(
    ("field", "typed", "normal"),
    [
        ("date_of_birth", "5/2/2017", "2017-02-05"),
        ("sex", "Nữ", "female"),
        ("full_name", "  trần   thị THÚY ", "Trần Thị Thúy"),
        ("date_of_birth", "hôm qua", None),
    ],
)
def test_what_is_typed_gets_the_normal_form_of_the_record(field: str, typed: str, normal: str | None) -> None:
    assert declared_value(field, typed) == normal


@pytest.mark.parametrize(
    ("field", "declared", "read", "sure", "expected"),
    [
        ("full_name", "Trần Thị Thuý", "Trần Thị Thúy", True, SAME),
        ("full_name", "Trần Thị Thùy", "Trần Thị Thúy", True, NEAR),
        ("full_name", "Trần Thị Thủ", "Trần Thị Thúy", True, DIFFERENT),
        ("full_name", "Lê Văn Ba", "Trần Thị Thúy", False, DIFFERENT),
        ("personal_id", "001190123457", "001190123456", True, DIFFERENT),
        ("personal_id", "001190123457", "001190123456", False, NEAR),
        ("date_of_birth", "1990", "1990-01-15", True, SAME),
        ("date_of_birth", "1990-01-16", "1990-01-15", False, NEAR),
        ("date_of_birth", "1991-11-26", "1990-01-15", True, DIFFERENT),
        ("place_of_residence", "Phường Láng, Hà Nội", "Phường Láng Thượng, Quận Đống Đa, Hà Nội", True, NEAR),
        ("sex", "male", "female", True, DIFFERENT),
    ],
)
def test_differences_weigh_by_field_and_by_how_sure_the_reading_is(
    field: str, declared: str, read: str, sure: bool, expected: FieldAgreement
) -> None:
    assert agreement(field, declared, a_field(field, read, sure=sure)) is expected


@given(st.dates().map(lambda day: day.isoformat()), st.dates().map(lambda day: day.isoformat()))
def test_comparing_dates_does_not_depend_on_their_order(one: str, other: str) -> None:
    assert level_of("date_of_birth", one, other) is level_of("date_of_birth", other, one)


@given(st.dates().map(lambda day: day.isoformat()), st.sampled_from([4, 7, 10]))
def test_a_date_agrees_with_every_coarser_form_of_itself(day: str, length: int) -> None:
    assert level_of("date_of_birth", day[:length], day) in (Level.SAME, Level.PART)
