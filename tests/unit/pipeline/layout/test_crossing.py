"""Writing too long for its column is marked on both sides of the rule that cuts it."""

from __future__ import annotations

import numpy as np

from pipeline.domain.recognition import Gray
from pipeline.layout.crossing import find_crossings, with_crossings
from pipeline.layout.model import Rule, Segment

RULE = Rule(box=(200.0, 0.0, 204.0, 120.0), horizontal=False, thickness=4.0)


def ink(*boxes: tuple[int, int, int, int]) -> Gray:
    page = np.zeros((120, 400), np.uint8)
    for x0, y0, x1, y1 in boxes:
        page[y0:y1, x0:x1] = 255
    return page


def segment(x0: float, x1: float) -> Segment:
    return Segment(box=(x0, 40.0, x1, 80.0), row=0, index=0, text_height=40.0)


def crossed(page: Gray, *segments: Segment) -> list[bool]:
    return [s.crosses for s in with_crossings(segments, page, (RULE,))]


def test_a_digit_through_the_rule_marks_both_cells() -> None:
    page = ink((50, 40, 200, 80), (204, 40, 260, 80))
    assert crossed(page, segment(50, 200), segment(204, 260)) == [True, True]


def test_a_word_that_begins_at_its_columns_margin_crosses_nothing() -> None:
    page = ink((50, 40, 199, 80), (220, 40, 260, 80))
    assert crossed(page, segment(50, 199), segment(220, 260)) == [False, False]


def test_a_speck_on_both_sides_of_a_rule_is_no_writing() -> None:
    page = ink((50, 40, 150, 80), (197, 40, 200, 43), (204, 40, 207, 43))
    assert crossed(page, segment(50, 200)) == [False]


def test_what_stands_elsewhere_in_the_row_is_not_marked() -> None:
    page = ink((20, 40, 90, 80), (150, 40, 200, 80), (204, 40, 260, 80))
    assert crossed(page, segment(20, 90)) == [False]


def test_a_horizontal_rule_divides_no_columns() -> None:
    flat = Rule(box=(0.0, 78.0, 400.0, 82.0), horizontal=True, thickness=4.0)
    page = ink((50, 40, 200, 80), (204, 40, 260, 80))
    assert [s.crosses for s in with_crossings([segment(50, 200)], page, (flat,))] == [False]


def cell(x0: float, x1: float, column: int | None, *, y: float = 40.0, row: int = 0) -> Segment:
    box = (x0, y, x1, y + 40.0)
    table = None if column is None else 0
    return Segment(
        box=box, row=row, index=0, text_height=40.0, table=table, cell_row=0 if table == 0 else None, cell_column=column
    )


def pairs(*segments: Segment) -> list[tuple[int, int, float]]:
    return [(c.left, c.right, c.rule) for c in find_crossings(segments, (RULE,))]


def test_cells_whose_writing_meets_at_the_rule_may_hold_one_word() -> None:
    assert pairs(cell(50, 198, 0), cell(206, 260, 1)) == [(0, 1, 202.0)]


def test_a_letter_on_the_rule_that_went_to_the_next_cell_is_not_lost_to_it() -> None:
    assert pairs(cell(50, 170, 0), cell(172, 260, 1)) == [(0, 1, 202.0)]


def test_cells_that_keep_their_margins_are_no_pair() -> None:
    assert pairs(cell(50, 180, 0), cell(225, 260, 1)) == []


def test_lines_of_two_heights_are_no_pair() -> None:
    assert pairs(cell(50, 198, 0), cell(206, 260, 1, y=70)) == []


def test_writing_outside_every_cell_is_of_no_pair() -> None:
    assert pairs(cell(50, 198, None), cell(206, 260, None)) == []
