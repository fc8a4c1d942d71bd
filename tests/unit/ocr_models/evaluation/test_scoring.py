"""Figures: what share is right, and what share of the accepted is wrong."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr_models.evaluation.scoring import ReadRecord, pair_records, score
from ocr_models.evaluation.truth import TrueField, TrueRecord

TYPE = "birth_certificate"


def true(fields: dict[str, str | None], index: int = 0, *, outcome: str | None = None, **more: Any) -> TrueRecord:
    made = {
        name: TrueField(value=value, verbatim=value or "", writing=None, page=1, box=None)
        for name, value in fields.items()
    }
    known = {"file": "a.jpg", "document_type": TYPE, "writing": "pen", "capture": "flatbed", "pages": 1, **more}
    return TrueRecord(index=index, fields=made, register_outcome=outcome, **known)


def read(
    fields: dict[str, str | None], status: str = "review", *, kind: str = TYPE, outcome: str = "not_checked"
) -> ReadRecord:
    return {
        "document_type": kind,
        "fields": {n: {"value": v, "verbatim": v or "", "status": status} for n, v in fields.items()},
        "validation": {"outcome": outcome},
    }


def rates(truth: TrueRecord, found: ReadRecord | None) -> dict[str, float | int | None]:
    return score([truth], {"a.jpg": [found] if found else []}).overall.rates()


def test_what_was_read_as_it_stands_is_wholly_right() -> None:
    got = rates(
        true({"full_name": "Lê Thị Bình", "sex": "female"}), read({"full_name": "Lê Thị Bình", "sex": "female"})
    )
    assert (got["records"], got["fields"], got["type_accuracy"], got["field_exact"], got["cer"]) == (1, 2, 1, 1, 0)


def test_a_record_that_was_not_found_counts_with_all_its_letters() -> None:
    got = rates(true({"full_name": "An", "sex": "female"}), None)
    assert (got["type_accuracy"], got["field_exact"], got["cer"]) == (0, 0, 1)


def test_the_character_error_rate_is_edits_over_the_truths_letters() -> None:
    assert rates(true({"full_name": "Nguyễn Văn"}), read({"full_name": "Nguyên Vă"}))["cer"] == pytest.approx(0.2)


def test_an_empty_place_must_come_out_empty() -> None:
    assert rates(true({"residence": None}), read({"residence": None}))["field_exact"] == 1
    assert rates(true({"residence": None}), read({}))["field_exact"] == 1
    assert rates(true({"residence": None}), read({"residence": "Hà Nội"}))["field_exact"] == 0


def test_two_spellings_of_one_letter_in_unicode_are_equal() -> None:
    got = rates(true({"full_name": "Nguyễn"}), read({"full_name": unicodedata.normalize("NFD", "Nguyễn")}))
    assert (got["field_exact"], got["cer"]) == (1, 0)


def test_of_the_accepted_the_wrong_ones_are_counted() -> None:
    got = rates(true({"full_name": "An", "sex": "male"}), read({"full_name": "Am", "sex": "male"}, "accepted"))
    assert (got["accepted_share"], got["accepted_error"]) == (1, 0.5)


def test_a_wrong_value_that_a_person_will_see_is_no_error_among_the_accepted() -> None:
    got = rates(true({"full_name": "An"}), read({"full_name": "Am"}))
    assert (got["accepted_share"], got["accepted_error"]) == (0, None)


def test_an_invented_field_that_was_accepted_is_an_error() -> None:
    found = read({"full_name": "An", "religion": "Không"}, "accepted")
    result = score([true({"full_name": "An"})], {"a.jpg": [found]})
    assert result.overall.rates()["accepted_error"] == 0.5
    assert [(m.field, m.expected, m.got) for m in result.misses] == [("religion", None, "Không")]


def test_an_invented_field_in_review_costs_nothing() -> None:
    found = read({"full_name": "An", "religion": "Không"})
    assert score([true({"full_name": "An"})], {"a.jpg": [found]}).misses == []


def test_the_registers_outcome_is_measured_where_truth_states_one() -> None:
    assert rates(true({}, outcome="match"), read({}, outcome="match"))["register_accuracy"] == 1
    assert rates(true({}, outcome="match"), read({}, outcome="conflict"))["register_accuracy"] == 0
    assert rates(true({}), read({}, outcome="conflict"))["register_accuracy"] is None


@pytest.mark.parametrize(("outcome", "share"), [("unsure", 1), ("ambiguous", 1), ("match", 0), ("conflict", 0)])
def test_an_outcome_that_is_left_to_a_person_is_not_right_and_is_counted(outcome: str, share: int) -> None:
    found = rates(true({}, outcome="match"), read({}, outcome=outcome))
    assert found["register_open"] == share
    assert found["register_accuracy"] == (outcome == "match")


def test_figures_are_given_by_type_capture_writing_and_field() -> None:
    truth = [true({"members[0].sex": "male", "members[1].sex": "female"}, capture="phone", writing="typed")]
    report = score(truth, {"a.jpg": [read({"members[0].sex": "male"})]}).as_json()
    assert report["by_field"]["members[].sex"]["fields"] == 2
    assert report["by_field"]["members[].sex"]["field_exact"] == 0.5
    assert set(report["by_capture"]) == {"phone"} and set(report["by_writing"]) == {"typed"}
    assert set(report["by_type"]) == {TYPE}


def test_a_fields_own_writing_counts_over_its_records() -> None:
    field = TrueField(value="An", verbatim="An", writing="pen", page=1, box=None)
    record = true({}, writing="print")
    mixed = TrueRecord(
        **{n: getattr(record, n) for n in record.__slots__ if n != "fields"}, fields={"full_name": field}
    )
    report = score([mixed], {"a.jpg": [read({"full_name": "An"})]}).as_json()
    assert report["by_writing"]["pen"]["fields"] == 1 and report["by_writing"]["print"]["fields"] == 0


def test_every_wrong_field_is_listed_with_both_wordings() -> None:
    (miss,) = score([true({"full_name": "An"})], {"a.jpg": [read({"full_name": "Am"})]}).misses
    assert (miss.file, miss.field, miss.expected, miss.got, miss.status) == ("a.jpg", "full_name", "An", "Am", "review")


def test_a_missing_act_leaves_the_others_paired_with_their_own() -> None:
    names = ["An", "Bình", "Chi", "Dung"]
    expected = [true({"full_name": n}, i) for i, n in enumerate(names)]
    found = [read({"full_name": n}) for n in ("An", "Chi", "Dung")]
    assert [f and f["fields"]["full_name"]["value"] for _, f in pair_records(expected, found)] == [
        "An", None, "Chi", "Dung",
    ]  # fmt: skip


def test_an_invented_act_takes_no_other_acts_place() -> None:
    expected = [true({"full_name": n}, i) for i, n in enumerate(("An", "Bình"))]
    found = [read({"full_name": n}) for n in ("An", "Nhiễu", "Bình")]
    assert [f and f["fields"]["full_name"]["value"] for _, f in pair_records(expected, found)] == ["An", "Bình"]


@given(st.lists(st.sampled_from("ABCD"), max_size=5), st.lists(st.sampled_from("ABCDX"), max_size=5))
def test_pairing_names_every_true_act_once_and_no_read_act_twice(there: list[str], got: list[str]) -> None:
    expected = [true({"full_name": n}, i) for i, n in enumerate(there)]
    found = [read({"full_name": n}) for n in got]
    pairs = pair_records(expected, found)
    used = [next(i for i, f in enumerate(found) if f is r) for _, r in pairs if r is not None]
    assert [t for t, _ in pairs] == expected
    assert used == sorted(set(used))
