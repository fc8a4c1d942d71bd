"""Row rules that are dotted, worn or lost in a fold's shadow: cells are found all the same."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from pipeline.layout.model import Cell, Rule
from pipeline.layout.tables import find_cells

ROWS = (200, 320, 500, 680, 860)
LEFT = (200, 400, 700, 1000, 1300, 1500)
RIGHT = (1750, 2000, 2300, 2600, 2800, 3100)


def lying(x0: float, x1: float, y: float) -> Rule:
    return Rule(box=(x0, y - 2, x1, y + 2), horizontal=True, thickness=4.0)


def table(columns: tuple[int, ...], rows: tuple[int, ...] = ROWS, worn: tuple[int, ...] = ()) -> list[Rule]:
    """A ruled table; of the rows `worn` two thirds of each second column's rule are left."""
    top, bottom = rows[0], rows[-1]
    upright = [Rule(box=(x - 2, top, x + 2, bottom), horizontal=False, thickness=4.0) for x in columns]
    across = [lying(columns[0], columns[-1], y) for y in rows if y not in worn]
    pieces = [
        lying(a + (b - a) / 6, b - (b - a) / 6, y)
        for y in worn
        for n, (a, b) in enumerate(pairwise(columns))
        if n % 2 == 0
    ]
    return [*upright, *across, *pieces]


def cells(*rules: Rule) -> tuple[Cell, ...]:
    return find_cells(rules, (1200, 3400), dpi=300.0)


def places(found: tuple[Cell, ...]) -> set[tuple[int, int]]:
    return {(c.row, c.column) for c in found}


def test_rows_whose_rules_are_worn_have_cells_of_their_own() -> None:
    found = cells(*table(LEFT, worn=(500, 680)))
    assert places(found) == {(r, c) for r in range(4) for c in range(5)}


def test_a_hole_in_a_rule_within_a_column_joins_no_two_rows() -> None:
    rules = [r for r in table(LEFT) if r.box[1] != 498]
    holed = [lying(200, 500, 500), lying(560, 1500, 500)]
    assert places(cells(*rules, *holed)) == {(r, c) for r in range(4) for c in range(5)}


@pytest.mark.parametrize("pale", [True, False])
def test_below_a_pale_rule_pieces_in_a_few_columns_are_a_rows_rule(pale: bool) -> None:
    rules = [r for r in table(LEFT) if r.box[1] not in (498, 678)]
    whole = replace(lying(200, 1500, 500), pale=pale)
    found = places(cells(*rules, whole, lying(420, 690, 680), lying(1020, 1280, 680)))
    assert ({(r, c) for r in range(4) for c in range(5)} <= found) is pale


def test_a_cell_over_two_rows_stays_one() -> None:
    rules = [r for r in table(LEFT) if r.box[1] != 498]
    beside = [lying(200, 400, 500), lying(700, 1500, 500)]  # none in the second column
    assert (2, 1) not in places(cells(*rules, *beside))


def test_pieces_in_a_column_or_two_part_no_row() -> None:
    stray = [lying(420, 600, 600), lying(720, 900, 600)]
    assert len({c.row for c in cells(*table(LEFT), *stray)}) == 4


def test_the_heading_over_some_columns_is_not_drawn_through_the_others() -> None:
    under = lying(400, 1000, 260)  # two columns under one heading
    found = cells(*table(LEFT), under)
    tall = [c for c in found if c.column in {0, 3, 4} and c.box[1] < 240]
    assert all(c.box[3] > 300 for c in tall)


def test_rules_that_end_in_the_shadow_of_a_fold_each_elsewhere_close_their_cells() -> None:
    rules = [r for r in table(LEFT) if r.horizontal or r.box[0] < 1450]  # the last upright rule is lost
    ends = {200: 1500, 320: 1420, 500: 1470, 680: 1400, 860: 1490}
    rules = [
        replace(r, box=(r.box[0], r.box[1], ends[int(r.box[1]) + 2], r.box[3])) if r.horizontal else r for r in rules
    ]
    assert places(cells(*rules)) == {(r, c) for r in range(4) for c in range(5)}


def test_a_row_that_only_the_facing_page_shows_goes_on_over_the_fold() -> None:
    rows = (200, 320, 440, 560, 680, 800, 920)
    left = [r for r in table(LEFT, rows) if not (r.horizontal and r.box[1] + 2 == 680)]
    right = [r for r in table(RIGHT, rows) if not (r.horizontal and r.box[1] + 2 == 440)]
    found = cells(*left, *right)
    assert {c.table for c in found} == {0}
    assert places(found) == {(r, c) for r in range(6) for c in range(10)}


def test_a_page_of_other_rows_takes_none_from_the_facing_page() -> None:
    right = table(RIGHT, rows=(200, 290, 400, 590, 780, 860))
    assert len({c.row for c in cells(*table(LEFT), *right) if c.box[0] < 1500}) == 4


def test_columns_reach_the_end_of_a_table_that_no_rule_closes() -> None:
    rules = [r for r in table(LEFT) if not (r.horizontal and r.box[1] > 400)]
    rules = [r if r.horizontal or r.box[0] < 900 else replace(r, box=(*r.box[:3], 790)) for r in rules]
    assert places(cells(*rules)) == {(r, c) for r in range(2) for c in range(5)}


def test_a_crease_across_a_table_and_beyond_its_sides_parts_no_row() -> None:
    crease = lying(60, 1650, 590)
    assert len({c.row for c in cells(*table(LEFT), crease)}) == 4
    halves = lying(60, 900, 590), lying(1100, 1650, 590)
    assert len({c.row for c in cells(*table(LEFT), *halves)}) == 4


def test_rules_that_all_stick_out_over_a_fold_are_the_tables_own() -> None:
    rules = [r for r in table(LEFT) if r.horizontal or r.box[0] < 1450]  # the last upright rule is lost
    assert places(cells(*rules)) == {(r, c) for r in range(4) for c in range(5)}


def test_the_rows_of_a_page_beside_a_smaller_one_are_no_creases() -> None:
    frame = Rule(box=(20, 20, 24, 1180), horizontal=False, thickness=4.0)
    found = cells(*table(LEFT), *table(RIGHT), frame)
    assert places(found) == {(r, c) for r in range(4) for c in range(10)}
