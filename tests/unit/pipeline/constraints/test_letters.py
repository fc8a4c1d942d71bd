"""Letters rank what the ink leaves open; they forbid nothing and make nothing surer."""

from __future__ import annotations

import gzip
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr_models.words import likely_texts
from ocr_models.workshop.letters import counted
from pipeline.constraints.by_grammar import wording
from pipeline.constraints.letters import BEGIN, END, ORDER, Letters, Row, WithLetters, _row, letters, written
from pipeline.constraints.names import Names

ALPHABET = [*"aăâbcdđeêghiklmnoôơpqrstuưvxyàáảãạ ABCDĐ0123456789.,/-", END]
SYMBOLS = ("", *"ăâuaTmVnNhiế ")


def usual(text: str) -> float:
    """How usual the shipped letters find the whole text."""
    told = letters()
    padded = BEGIN * (ORDER - 1) + text + END
    return sum(told.log_probability(padded[at - ORDER + 1 : at], padded[at]) for at in range(ORDER - 1, len(padded)))


@given(st.text(alphabet=ALPHABET[:-1], max_size=ORDER - 1))
def test_what_may_follow_sums_to_no_more_than_certainty(before: str) -> None:
    context = (BEGIN * ORDER + before)[-(ORDER - 1) :]
    whole = sum(math.exp(letters().log_probability(context, character)) for character in ALPHABET)
    assert 0.0 < whole <= 1.0 + 1e-9


@pytest.mark.parametrize(
    ("usual_one", "other"),
    [("Nguyễn Thị Thắm", "Nguyễn Thị Thâm"), ("Vũ Văn Ninh", "Vũ Vân Ninh"), ("VIỆT NAM", "VIệT NAM")],
)
def test_what_registers_say_is_more_usual_than_what_looks_like_it(usual_one: str, other: str) -> None:
    assert usual(usual_one) > usual(other)


@given(st.text(alphabet=ALPHABET[:-1], max_size=12))
def test_no_text_is_forbidden(text: str) -> None:
    assert usual(text) > -math.inf


def test_what_the_inner_wording_forbids_stays_forbidden() -> None:
    class Nothing:
        characters = frozenset("a")
        start = 0

        def follow(self, _: int, character: str) -> int | None:
            return 0 if character == "a" else None

        def weight(self, _: int, *, ended: bool) -> float:
            return -math.inf if ended else 0.0

    both = WithLetters(Nothing(), letters())
    state = both.follow(both.start, "a")
    assert both.characters == frozenset("a")
    assert both.follow(both.start, "b") is None
    assert both.weight(state, ended=True) == -math.inf
    assert both.weight(state, ended=False) > -math.inf


def scores(text: str, doubt: dict[int, tuple[str, float]]) -> np.ndarray:
    """Ink that says the text, one step a letter; at some places another letter is as likely as given."""
    steps = np.full((len(text), len(SYMBOLS)), -12.0)
    for place, letter in enumerate(text):
        other, share = doubt.get(place, ("", 0.0))
        steps[place, SYMBOLS.index(letter)] = math.log(1 - share - 1e-4)
        if other:
            steps[place, SYMBOLS.index(other)] = math.log(share)
    return steps


def test_between_letters_that_the_ink_leaves_open_the_usual_ones_come_first_and_are_not_surer_for_it() -> None:
    found = likely_texts(scores("Văn Nam", {1: ("â", 0.45)}), SYMBOLS, named())
    assert found[0][0] == "Văn Nam"
    other = likely_texts(scores("Vân Nam", {1: ("ă", 0.45)}), SYMBOLS, named())
    assert other[0][0] == "Văn Nam"
    assert other[0][1] == pytest.approx(0.45, abs=0.02)


def test_a_letter_that_the_ink_says_clearly_stays_however_rare_the_word() -> None:
    assert likely_texts(scores("Vân Nam", {1: ("ă", 0.0005)}), SYMBOLS, named())[0][0] == "Vân Nam"


def named() -> WithLetters:
    found = wording("name")
    assert isinstance(found, WithLetters)
    assert isinstance(found.inner, Names)
    return found


def test_rows_come_back_as_they_were_written() -> None:
    rows = {"": Row(3, 2, {"a": 2, END: 1}), BEGIN + "a": Row(9, 4, {"5": 7})}
    assert dict(map(_row, gzip.decompress(written(rows)).decode().split("\n"))) == rows
    assert written(rows) == written(dict(reversed(rows.items())))


def test_counting_keeps_what_comes_often_and_the_mass_of_what_does_not() -> None:
    rows = counted(["ba"] * 6 + ["bac"])
    assert rows[""].following["b"] == 7
    assert rows["ba"] == Row(7, 2, {END: 6})
    assert Letters(rows).log_probability(BEGIN * 2 + "ba", END) > Letters(rows).log_probability(BEGIN * 2 + "ba", "c")
