"""Drawn lines: long straight runs, and a table's short ones from one rule to the next."""

from __future__ import annotations

import numpy as np

from pipeline.layout.model import Rule
from pipeline.layout.rules import find_rules

DPI = 300.0
ROWS = (200, 275, 350)  # one row is 75 pixels, 6.4 mm


def verticals(*walls: tuple[int, int, int]) -> list[Rule]:
    """The vertical rules found among ROWS and these lines (x, from, to)."""
    ink = np.zeros((600, 1200), np.uint8)
    for y in ROWS:
        ink[y - 2 : y + 2, 100:1100] = 255
    for x, top, bottom in walls:
        ink[top:bottom, x - 2 : x + 2] = 255
    return [rule for rule in find_rules(ink, dpi=DPI) if not rule.horizontal]


def test_a_wall_one_row_high_is_a_rule() -> None:
    (wall,) = verticals((500, 200, 275))
    assert abs(wall.box[0] - 498) < 4 and abs(wall.box[1] - 200) < 6 and abs(wall.box[3] - 275) < 6


def test_a_stroke_that_does_not_reach_both_rules_is_a_letters() -> None:
    assert verticals((500, 222, 275), (700, 200, 255)) == []


def test_a_wall_over_two_rows_is_one_rule() -> None:
    assert len(verticals((500, 200, 350))) == 1


def test_a_stroke_below_a_wall_is_no_part_of_it() -> None:
    (wall,) = verticals((500, 200, 275), (500, 290, 335))
    assert wall.box[3] < 282
