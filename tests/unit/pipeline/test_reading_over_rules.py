"""A date too long for its column ends in the next cell: it is read whole, and that cell keeps its own word."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.domain.geometry import Transform, rectangle
from pipeline.domain.model import TextLine
from pipeline.domain.recognition import Character, Confidence, LineImage, Reading
from pipeline.layout import Crossing
from pipeline.reading_over_rules import over_rules

WIDE = 20  # pixels of a character
CUT = LineImage(pixels=np.full((40, 400), 255, np.uint8), to_upright=Transform.shift(1000, 500))


def said(text: str) -> Reading:
    characters = tuple(
        Character(text=c, probability=0.9, start=float(WIDE * n), end=float(WIDE * n + 10)) for n, c in enumerate(text)
    )
    return Reading(text=text, characters=characters, confidence=Confidence(raw=0.9, scale="test"), reader="test")


def line(text: str, column: int) -> TextLine:
    box = rectangle(1000 + 200 * column, 500, 1200 + 200 * column, 540)
    reading = said(text)
    return TextLine(
        page=1, part=0, box=box, line_to_upright=Transform.identity(), readings=(reading,), cell=(0, 1, column)
    )


def told(united: str, before: int, left: str = "?", right: str = "?") -> list[TextLine]:
    """The two lines once both were read as `united`, the first so many characters of it left of the rule."""
    crossing = Crossing(left=0, right=1, rule=1000.0 + WIDE * before - 4, y=520.0)
    lines, _ = over_rules([line(left, 0), line(right, 1)], [CUT, CUT], [(crossing, CUT, said(united))])
    return list(lines)


@pytest.mark.parametrize(
    ("united", "before", "left", "right"),
    [
        ("23-3-1998Nữ", 8, "23-3-1998", "Nữ"),
        ("011000117Y tá", 7, "011000117", "Y tá"),
        ("KhôngThử", 4, "Không", "Thử"),
        ("15/10/1964 Nam", 9, "15/10/1964", "Nam"),
    ],
)
def test_what_was_begun_in_the_left_cell_is_its_own_to_the_end(united: str, before: int, left: str, right: str) -> None:
    assert [one.text for one in told(united, before)] == [left, right]


def test_both_are_marked_as_ink_may_lie_on_ink() -> None:
    assert [one.crosses for one in told("23-3-1998Nữ", 8)] == [True, True]


def test_cells_with_a_space_at_the_rule_keep_what_was_read_in_each() -> None:
    assert [one.text for one in told("Lê Thị Thử Con", 11, "Lê Thị Thử", "Con")] == ["Lê Thị Thử", "Con"]


def test_a_cell_that_holds_nothing_but_the_end_of_a_date_is_empty() -> None:
    assert [one.text for one in told("02/07/2001", 8, "02/07/20", "01")] == ["02/07/2001", ""]


def test_a_word_that_the_date_lies_upon_stays_as_it_was_read_alone() -> None:
    left, right = told("10/02/1964", 8, "10/02/19", "Nữ")
    assert (left.text, right.text, right.crosses) == ("10/02/1964", "Nữ", True)


def test_each_part_leads_back_to_its_own_place_on_the_page() -> None:
    crossing = Crossing(left=0, right=1, rule=1156.0, y=520.0)
    lines, cuts = over_rules([line("?", 0), line("?", 1)], [CUT, CUT], [(crossing, CUT, said("23-3-1998Nữ"))])
    first = lines[1].readings[0].characters[0]
    assert lines[1].line_to_upright((first.start, 0.0))[0] == pytest.approx(1000 + 9 * WIDE, abs=1)
    assert cuts[0].pixels.shape[1] + cuts[1].pixels.shape[1] == CUT.pixels.shape[1]
