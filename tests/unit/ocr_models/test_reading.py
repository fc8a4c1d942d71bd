"""Readings: NFC characters with probabilities and places."""

import math
import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr_models.ctc import decode_greedy
from ocr_models.reading import build_reading
from pipeline.domain.recognition import Character


def _character(text: str, probability: float = 0.9, start: float = 0.0) -> Character:
    return Character(text=text, probability=probability, start=start, end=start + 10)


def test_nothing_read_is_an_empty_reading_without_confidence() -> None:
    reading = build_reading([], reader="r")
    assert (reading.text, reading.characters, reading.confidence.raw) == ("", (), 0.0)
    assert reading.confidence.probability is None


def test_a_mark_that_comes_alone_joins_its_letter_with_the_lower_probability() -> None:
    reading = build_reading([_character("e", 0.9), _character("\u0302", 0.5), _character("\u0323", 0.7)], reader="r")
    (letter,) = reading.characters
    assert (letter.text, letter.probability) == ("ệ", 0.5)


def test_a_ligature_is_split_evenly() -> None:
    reading = build_reading([_character("ng", start=20)], reader="r")
    assert [(c.text, c.start, c.end) for c in reading.characters] == [("n", 20, 25), ("g", 25, 30)]


def test_spaces_at_the_ends_are_no_text() -> None:
    reading = build_reading([_character(" "), _character("A"), _character(" ")], reader="r")
    assert reading.text == "A"


@given(st.lists(st.tuples(st.characters(codec="utf-8"), st.floats(0.001, 1)), max_size=12))
def test_the_text_is_always_the_nfc_join_of_single_characters(pieces: list[tuple[str, float]]) -> None:
    reading = build_reading([_character(t, p) for t, p in pieces], reader="r")
    assert reading.text == "".join(c.text for c in reading.characters)
    assert all(len(c.text) == 1 for c in reading.characters)
    assert all(unicodedata.normalize("NFC", c.text) == c.text for c in reading.characters)
    assert 0.0 <= reading.confidence.raw <= 1.0


def test_raw_confidence_is_the_geometric_mean() -> None:
    reading = build_reading([_character("a", 0.9), _character("b", 0.4)], reader="r")
    assert reading.confidence.raw == pytest.approx(math.sqrt(0.36))


def _scores(path: list[int], classes: int = 3, peak: float = 0.8) -> np.ndarray:
    rest = (1 - peak) / (classes - 1)
    table = np.full((len(path), classes), math.log(rest))
    table[np.arange(len(path)), path] = math.log(peak)
    return table


def test_repeats_collapse_unless_a_blank_parts_them() -> None:
    symbols = ["", "a", "b"]
    text = [c.text for c in decode_greedy(_scores([1, 1, 0, 1, 2, 2, 0]), symbols, step=4)]
    assert text == ["a", "a", "b"]


def test_a_character_stands_where_its_frames_are() -> None:
    (letter,) = decode_greedy(_scores([0, 0, 2, 2, 0]), ["", "a", "b"], step=4, offset=100)
    assert (letter.text, letter.start, letter.end) == ("b", 108, 116)
    assert letter.probability == pytest.approx(0.8)


def test_no_frames_are_no_characters() -> None:
    assert decode_greedy(np.zeros((0, 3)), ["", "a", "b"], step=4) == []
