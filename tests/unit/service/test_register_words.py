"""Register evidence in words; figures with a decimal comma."""

from __future__ import annotations

import pytest

from pipeline.values.comparison import Level
from service.desk.register_words import LEVELS, bits, field_words, percent, person_words


@pytest.mark.parametrize(
    ("level", "weight", "words"),
    [
        (Level.SAME, 19.8, "rất khớp"),
        (Level.SAME, 0.1, "khớp"),  # one nationality in a hundred thousand differs: equal, and says little
        (Level.MARKS, 4.0, "khác dấu"),
        (Level.LETTERS, 3.0, "lệch 1–2 chữ"),
        (Level.LETTERS, 0.2, "lệch 1–2 chữ, không rõ"),
        (Level.PART, 2.0, "khớp một phần"),
        (Level.PART, -2.0, "khớp một phần, mâu thuẫn"),
        (Level.DIFFERENT, -5.1, "mâu thuẫn"),
        (Level.DIFFERENT, -0.3, "khác, không rõ"),
    ],
)
def test_a_field_of_the_register_is_told_in_words(level: Level, weight: float, words: str) -> None:
    assert field_words(level, weight).vi == words


@pytest.mark.parametrize(
    ("probability", "words"), [(0.9999, "rất khớp"), (0.93, "khớp"), (0.5, "không rõ"), (0.02, "mâu thuẫn")]
)
def test_a_person_of_the_register_is_told_in_words(probability: float, words: str) -> None:
    assert person_words(probability).vi == words


def test_every_level_has_words() -> None:
    assert set(LEVELS) == set(Level)


def test_figures_have_a_decimal_comma_and_no_certainty() -> None:
    assert (bits(19.84), bits(-3.0), percent(1.0), percent(0.934)) == ("+19,8 bit", "-3,0 bit", "99,9 %", "93,4 %")
