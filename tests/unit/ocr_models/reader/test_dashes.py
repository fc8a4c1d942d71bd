"""Dashes touch their words where the ink has them so."""

from __future__ import annotations

import numpy as np

from ocr_models.reader.dashes import dashes_as_in, with_true_dashes
from ocr_models.reader.preparation import HEIGHT, Prepared
from pipeline.domain.recognition import Character


def line(*strokes: tuple[str, int]) -> tuple[list[Character], Prepared]:
    """Letters of 14 columns, each after a gap of so many columns, read with a space before whatever is no letter's
    neighbour."""
    ink = np.zeros((HEIGHT, 600), np.uint8)
    characters: list[Character] = []
    x = 10
    for text, gap in strokes:
        if gap:
            characters.append(Character(text=" ", probability=1.0, start=float(x), end=float(x + gap)))
        x += gap
        high = slice(22, 26) if text == "-" else slice(10, 38)
        ink[high, x : x + 14] = 255
        characters.append(Character(text=text, probability=1.0, start=float(x), end=float(x + 14)))
        x += 14
    return characters, Prepared(ink, 0.0, 1.0)


def text(characters: list[Character]) -> str:
    return "".join(c.text for c in characters)


def test_a_dash_that_touches_both_words_stands_without_spaces() -> None:
    assert text(with_true_dashes(*line(("a", 0), ("b", 16), ("-", 3), ("c", 3)))) == "a b-c"


def test_a_dash_that_stands_apart_keeps_its_spaces() -> None:
    assert text(with_true_dashes(*line(("a", 0), ("b", 16), ("-", 14), ("c", 13)))) == "a b - c"


def test_where_no_gap_between_words_is_seen_nothing_is_changed() -> None:
    assert text(with_true_dashes(*line(("a", 0), ("b", 2), ("-", 1), ("c", 1)))) == "a b - c"


def test_a_constrained_reading_has_the_dashes_as_the_ink_has_them() -> None:
    characters, _ = line(("a", 0), ("-", 0), ("b", 0))
    assert dashes_as_in("Hà Đông - Hà Nội", characters) == "Hà Đông-Hà Nội"
    assert dashes_as_in("Hà Đông - Hà Nội - x", characters) == "Hà Đông - Hà Nội - x"
