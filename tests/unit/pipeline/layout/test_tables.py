"""The cells of ruled grids, over the fold of an opened book too."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.layout.model import Cell, Rule
from pipeline.layout.tables import find_cells

DPI = 300.0
ROWS = (200, 320, 500, 680, 860)


def grid(columns: tuple[int, ...], rows: tuple[int, ...] = ROWS, lower: int = 0) -> list[Rule]:
    """The rules of a table between these edges, in pixels."""
    rows = tuple(y + lower for y in rows)
    across = [Rule(box=(columns[0], y - 2, columns[-1], y + 2), horizontal=True, thickness=4.0) for y in rows]
    return across + [Rule(box=(x - 2, rows[0], x + 2, rows[-1]), horizontal=False, thickness=4.0) for x in columns]


def cells(*tables: list[Rule]) -> tuple[Cell, ...]:
    return find_cells(tuple(rule for rules in tables for rule in rules), (1200, 3400), dpi=DPI)


LEFT = (200, 400, 800, 1200, 1500)
RIGHT = (1750, 2100, 2500, 3000)


@pytest.mark.parametrize("lower", [0, 36, -36])
def test_a_table_over_the_fold_of_an_opened_book_is_one(lower: int) -> None:
    found = cells(grid(LEFT), grid(RIGHT, lower=lower))
    assert {c.table for c in found} == {0}
    right = [c for c in found if c.box[0] > 1700]
    assert sorted({(c.row, c.column) for c in right}) == [(r, c) for r in range(4) for c in (4, 5, 6)]


def test_a_row_more_in_the_header_of_the_right_page_leaves_the_rows_below_beside_each_other() -> None:
    found = cells(grid(LEFT), grid(RIGHT, rows=(200, 260, 330, 500, 680, 860)))
    assert {c.table for c in found} == {0}
    last = {c.row for c in found if c.box[1] > 640}
    second = {c.row for c in found if 480 < c.box[1] < 640}
    assert len(last) == len(second) == 1 and max(second) + 1 == max(last)


def test_an_entry_struck_out_on_one_page_is_no_row_of_both() -> None:
    stroke = Rule(box=(806, 588, 1194, 592), horizontal=True, thickness=4.0)
    found = cells([*grid(LEFT), stroke], grid(RIGHT))
    assert {c.table for c in found} == {0}
    assert {c.row for c in found if c.box[1] == 504} == {2}  # left and right of the fold
    assert {c.row for c in found if c.box[1] == 684} == {4}


def test_the_rows_of_a_table_that_the_picture_cuts_off_are_no_creases() -> None:
    right = (1750, 2000, 2300, 2600, 2900, 3200)
    cut_off = [
        replace(rule, box=(*rule.box[:2], 3390, rule.box[3])) if rule.horizontal else rule for rule in grid(right)
    ]
    left = (200, 400, 600, 800, 1000, 1200, 1500)
    found = cells(grid(left, rows=(*ROWS, 1000)), cut_off)
    assert {(c.row, c.column) for c in found if c.box[0] > 1700} >= {(r, c) for r in range(4) for c in range(5)}


def test_tables_beside_each_other_with_other_rows_are_two() -> None:
    found = cells(grid(LEFT), grid(RIGHT, rows=(200, 290, 400, 610, 780, 860)))
    assert {c.table for c in found} == {0, 1}


def test_two_lists_of_labels_and_values_beside_each_other_are_two_tables() -> None:
    found = cells(grid((200, 500, 1400)), grid((1750, 2000, 3000)))
    assert {c.table for c in found} == {0, 1}


def test_tables_below_each_other_are_two() -> None:
    found = find_cells((*grid(LEFT), *grid(LEFT, lower=900)), (2400, 3400), dpi=DPI)
    assert {c.table for c in found} == {0, 1}


def test_a_column_for_two_figures_is_a_column() -> None:
    found = cells(grid((200, 252, 800, 1200, 1500)))
    assert len({c.column for c in found}) == 4


def test_what_is_left_of_a_pages_frame_around_a_table_that_touches_it_is_no_cell() -> None:
    table = grid(LEFT)
    frame = [Rule(box=(100, y - 2, 3300, y + 2), horizontal=True, thickness=4.0) for y in (100, 1150)] + [
        Rule(box=(x - 2, 100, x + 2, 1150), horizontal=False, thickness=4.0) for x in (100, 3300)
    ]
    crease = [Rule(box=(798, 100, 802, 1150), horizontal=False, thickness=4.0)]
    plain = {(c.row, c.column, c.box) for c in cells(table)}
    framed = cells(table, frame, crease)
    assert all(c.box[2] - c.box[0] < 700 for c in framed)
    assert len(framed) == len(plain)
