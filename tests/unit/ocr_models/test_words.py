"""Decoding with the words a field may hold: ink first, the usual word where ink leaves it open."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr_models.ctc import BLANK
from ocr_models.words import MOST, decode_words, likely_texts
from pipeline.constraints.patterns import Pattern, any_of, one_of, sequence
from pipeline.domain.recognition import Lexicon
from pipeline.domain.trace import log_likelihood

SYMBOLS = ["<blank>", " ", *"ahimno0129-"]
WORDS = Lexicon.of({"nam": -2.0, "an": -3.0, "hai": -3.0, "mai": -4.0}, unknown=-16.0)


def scores(*steps: dict[str, float]) -> np.ndarray:
    """One row a time step: the given probabilities, the rest shared out evenly. "_" is the blank."""
    table = np.empty((len(steps), len(SYMBOLS)))
    for row, step in zip(table, steps, strict=True):
        row[:] = max(1e-9, (1 - sum(step.values())) / (len(SYMBOLS) - len(step)))
        for symbol, p in step.items():
            row[BLANK if symbol == "_" else SYMBOLS.index(symbol)] = p
    return np.log(table)


def sure(text: str, p: float = 0.98) -> list[dict[str, float]]:
    """The steps of a network that sees each letter once, with a blank between."""
    return [step for c in text for step in ({c: p}, {"_": p})]


def decode(*steps: dict[str, float], words: Lexicon = WORDS) -> str:
    return decode_words(scores(*steps), SYMBOLS, words)[0][0]


def test_clear_ink_is_written_as_it_stands() -> None:
    assert decode(*sure("mai hai")) == "mai hai"


def test_the_usual_word_is_taken_where_ink_leaves_two() -> None:
    assert decode({"n": 0.48, "h": 0.5}, {"_": 0.9}, {"a": 0.9}, {"_": 0.9}, {"m": 0.9}) == "nam"


def test_clear_ink_outweighs_a_usual_word() -> None:
    loose = Lexicon.of({"nam": -1.0}, unknown=-6.0)
    assert decode(*sure("nao", 0.999), words=loose) == "nao"


def test_a_strict_lexicon_lets_no_other_word_pass() -> None:
    strict = Lexicon.of({"nam": -2.0}, unknown=-60.0)
    assert decode(*sure("na"), {"o": 0.8, "m": 0.1}, words=strict) == "nam"


def test_digits_and_punctuation_are_free() -> None:
    strict = Lexicon.of({"nam": -2.0}, unknown=-60.0)
    assert decode(*sure("12-10-2019"), words=strict) == "12-10-2019"


def test_a_doubled_letter_needs_a_blank_between() -> None:
    loose = Lexicon.of({}, unknown=0.0)
    assert decode({"a": 0.98}, {"a": 0.98}, {"_": 0.98}, words=loose) == "a"
    assert decode({"a": 0.98}, {"_": 0.98}, {"a": 0.98}, words=loose) == "aa"


def test_a_space_the_network_hardly_saw_parts_two_words() -> None:
    steps = [*sure("nam"), {"_": 0.99, " ": 0.003}, *sure("hai")]
    assert decode(*steps) == "nam hai"


def test_case_does_not_matter_to_the_lexicon() -> None:
    upper = ["<blank>", " ", *"NAMO"]
    table = np.log(np.full((5, len(upper)), 0.02))
    for t, best in enumerate((2, 0, 3, 0, 4)):
        table[t, best] = math.log(0.5)
    table[4, 5] = math.log(0.55)
    assert decode_words(table, upper, WORDS)[0][0] == "NAM"


def test_no_ink_is_no_text() -> None:
    assert decode({"_": 0.99}, {"_": 0.99}) == ""
    assert decode_words(np.empty((0, len(SYMBOLS))), SYMBOLS, WORDS) == [("", 0.0)]


@given(st.lists(st.lists(st.floats(1e-6, 1), min_size=13, max_size=13), min_size=1, max_size=6))
def test_any_scores_give_a_text_of_known_symbols_no_longer_than_the_line(rows: list[list[float]]) -> None:
    table = np.array(rows)
    found = decode_words(np.log(table / table.sum(axis=1, keepdims=True)), SYMBOLS, WORDS)
    assert 1 <= len(found) <= MOST
    assert all(set(text) <= set(SYMBOLS[1:]) and len(text) <= len(rows) for text, _ in found)
    assert sum(math.exp(ink) for _, ink in found) <= 1 + 1e-9


@pytest.mark.parametrize("text", ["nam", "hai mai", "an 12"])
def test_certain_ink_gives_the_text_back_whatever_the_words(text: str) -> None:
    assert decode(*sure(text, 0.9999), words=Lexicon.of({}, unknown=-2.0)) == text


def test_several_texts_come_best_first_with_what_the_ink_says_of_each() -> None:
    table = scores({"n": 0.9}, {"_": 0.98}, {"a": 0.6, "o": 0.3}, {"_": 0.98})
    found = decode_words(table, SYMBOLS, Lexicon.of({}, unknown=0.0))
    assert [text for text, _ in found[:2]] == ["na", "no"]
    for text, ink in found[:2]:
        assert ink == pytest.approx(log_likelihood(table, [SYMBOLS.index(c) for c in text]), abs=0.02)


def test_a_pattern_lets_only_its_own_texts_pass() -> None:
    digits = any_of("0129")
    year = Pattern(sequence(one_of("19", "20"), digits, digits))
    table = scores(
        {"o": 0.7, "2": 0.2}, {"_": 0.9}, {"0": 0.9}, {"_": 0.9}, {"i": 0.6, "1": 0.3}, {"_": 0.9}, {"9": 0.9}
    )
    assert decode_words(table, SYMBOLS, year)[0][0] == "2019"


def test_what_a_pattern_allows_is_found_however_unlikely_the_ink_makes_it() -> None:
    table = scores({"o": 0.9999, "0": 1e-5}, {"_": 0.99}, {"9": 0.99})
    assert decode_words(table, SYMBOLS, Pattern("09"))[0][0] == "09"


def test_ink_that_fits_nothing_the_pattern_allows_gives_nothing() -> None:
    assert decode_words(scores(*sure("nam")), SYMBOLS, Pattern("20192019")) == []


def test_texts_that_differ_in_outer_spaces_alone_are_one_with_the_chances_of_both() -> None:
    table = scores({"a": 0.98}, {"_": 0.5, " ": 0.5})
    ((text, p), *_) = likely_texts(table, SYMBOLS, Lexicon.of({}, unknown=0.0))
    assert text == "a" and p == pytest.approx(0.98, abs=0.03)
