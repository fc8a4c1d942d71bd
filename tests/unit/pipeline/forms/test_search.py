"""Approximate search: found in spite of what readers do, and nowhere else."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.forms.evidence import snap, weigh
from pipeline.forms.keys import Key, fold
from pipeline.forms.search import PageText, Wordings, find
from tests.making.paper import Noise

LABELS = ("Họ, chữ đệm, tên người mẹ:", "Nơi đăng ký khai sinh:", "Giới tính:", "Số định danh cá nhân:")


def test_a_key_leads_back_to_its_characters() -> None:
    key = Key.of("Đã ký: 5")
    assert key.text == "daky5"
    assert [("Đã ký: 5")[i] for i in key.origin] == ["Đ", "ã", "k", "ý", "5"]


@given(st.sampled_from(LABELS), st.integers(0, 10**6), st.text("abcxyz ĐƯ", max_size=12))
@settings(max_examples=60, deadline=None)
def test_a_label_without_marks_and_spaces_is_found_where_it_stands(label: str, seed: int, before: str) -> None:
    read = Noise(marks=0.8, spaces=0.8, seed=seed)(label)
    text = f"{before} {read} Nguyễn"
    hits = find(Wordings.of([label]), PageText.of([text]))
    assert any(h.score == 1.0 and fold(text[h.start : h.end]) == fold(label) for h in hits)


@given(st.sampled_from(LABELS), st.integers(0, 7), st.sampled_from("qxzj"))
@settings(max_examples=60, deadline=None)
def test_one_wrong_letter_in_eight_does_not_hide_a_label(label: str, first: int, wrong: str) -> None:
    places = [i for i, c in enumerate(label) if c.isalpha()][first::8]
    read = "".join(wrong if i in places else c for i, c in enumerate(label))
    assert find(Wordings.of([label]), PageText.of(["một dòng khác", read]))


def test_a_label_does_not_run_from_one_row_into_the_next() -> None:
    assert not find(Wordings.of(["Giới tính:"]), PageText.of(["... Giới", "tính: Nam"], rows=[0, 1]))


def test_a_label_parted_by_a_stroke_within_its_row_is_found() -> None:
    hits = find(Wordings.of(["Giới tính:"]), PageText.of(["Giới", "tính: Nam"], rows=[0, 0]))
    assert [(h.line, h.last_line) for h in hits] == [(0, 1)]


def test_a_long_label_wraps_over_two_rows() -> None:
    label = "Họ, chữ đệm, tên, chức vụ người ký Giấy khai sinh:"
    hits = find(Wordings.of([label]), PageText.of(["Họ, chữ đệm, tên, chức vụ", "người ký Giấy khai sinh: Lê Văn A"]))
    assert [(h.line, h.last_line) for h in hits] == [(0, 1)]


def test_misread_first_letters_still_belong_to_the_label() -> None:
    text = "lơ, chữ đệm, tên: Lê An"
    (hit,) = find(Wordings.of(["Họ, chữ đệm, tên:"]), PageText.of([text]))
    assert snap(hit, [text]).start == 0


def test_a_name_in_capitals_weighs_less_than_the_label_it_looks_like() -> None:
    texts = ["Nguyên quán: Hà Nội", "Họ tên: NGUYỄN VĂN AN"]
    hits = find(Wordings.of(["Nguyên quán:"]), PageText.of(texts))
    weights = {h.line: weigh(h, "Nguyên quán:", texts) for h in hits}
    assert weights[0] > 1.0
    assert weights.get(1, 0.0) < 0.8


def test_a_word_that_only_sounds_like_a_short_label_loses_to_it() -> None:
    texts = ["UBND XÃ YÊN SỞ", "Số: 336/2024"]
    hits = find(Wordings.of(["Số:"]), PageText.of(texts))
    weights = {h.line: weigh(h, "Số:", texts) for h in hits if h.start in (0, 12)}
    assert weights[1] > weights.get(0, 0.0)
