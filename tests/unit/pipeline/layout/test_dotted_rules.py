"""Row rules that are rows of dots."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.domain.recognition import Gray
from pipeline.layout.dotted_rules import erase_dots, find_dotted_rules
from pipeline.layout.model import Rule

SIDES = (100, 400, 800, 1200, 1600)


def upright() -> list[Rule]:
    return [Rule(box=(x - 2, 100, x + 2, 1100), horizontal=False, thickness=4.0) for x in SIDES]


def dotted(*heights: int, columns: int = 4, width: int = 1700) -> Gray:
    """Ink of upright rules and of rows of dots, three pixels wide and three apart."""
    ink = np.zeros((1200, width), np.uint8)
    for x in SIDES:
        ink[100:1100, x - 2 : x + 2] = 255
    for y in heights:
        for x in range(SIDES[0] + 5, SIDES[columns] - 5, 6):
            ink[y : y + 2, x : x + 3] = 255
    return ink


@pytest.fixture
def page() -> Gray:
    return dotted(400, 700)


def test_rows_of_dots_across_a_table_are_rules(page: Gray) -> None:
    found = find_dotted_rules(page, upright(), dpi=300.0)
    assert [round(rule.box[1]) for rule in found] == [400, 700]
    assert all(rule.horizontal and rule.box[0] <= SIDES[0] and rule.box[2] >= SIDES[-1] for rule in found)


def test_dots_in_one_column_are_a_leader_and_no_rule() -> None:
    assert find_dotted_rules(dotted(400, columns=1), upright(), dpi=300.0) == ()


def test_a_drawn_rule_is_not_told_twice() -> None:
    drawn = Rule(box=(100, 398, 1600, 404), horizontal=True, thickness=4.0)
    assert len(find_dotted_rules(dotted(400, 700), [*upright(), drawn], dpi=300.0)) == 1


def test_a_line_of_letters_is_no_row_of_dots() -> None:
    ink = dotted()
    for x in range(SIDES[0] + 12, SIDES[-1] - 12, 30):
        ink[500:540, x : x + 22] = 255
    assert find_dotted_rules(ink, upright(), dpi=300.0) == ()


def test_letters_that_reach_over_the_dots_stay_whole(page: Gray) -> None:
    page[380:420, 200:206] = 255
    clean = erase_dots(page, find_dotted_rules(page, upright(), dpi=300.0), dpi=300.0)
    assert clean[380:420, 200:206].all()
    assert not clean[400:402, 300:390].any()
