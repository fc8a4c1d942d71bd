"""Rules that a dim capture shows only where nothing is written beside them are found whole all the same."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.domain.recognition import Gray
from pipeline.layout.model import Rule
from pipeline.layout.pale_rules import find_pale_rules, with_whole_letters, without_pieces
from pipeline.layout.rules import find_rules

DPI = 300.0
COLUMNS = (100, 400, 700, 1000, 1300)
TOP, HEADER, END = 100, 200, 900
HEIGHTS = (100, 300, 500, 700, 900)


@pytest.fixture
def faint() -> Gray:
    """What might be ink: a ledger with lying rules over and under its header alone, its upright rules whole."""
    page = np.zeros((1200, 1500), np.uint8)
    for y in (TOP, HEADER):
        page[y - 3 : y + 3, COLUMNS[0] : COLUMNS[-1]] = 255
    for x in COLUMNS:
        page[TOP:END, x - 4 : x + 4] = 255
    return page


@pytest.fixture
def ink(faint: Gray) -> Gray:
    """What is sure ink: the upright rules are in pieces between the lines of writing."""
    page = faint.copy()
    for y in range(HEADER + 40, END, 300):
        page[y : y + 160, :] = 0
    return page


def pale(ink: Gray, faint: Gray) -> tuple[Rule, ...]:
    return find_pale_rules(find_rules(ink, dpi=DPI), faint, dpi=DPI)


def test_rules_in_pieces_are_found_from_the_header_to_the_end_of_the_table(ink: Gray, faint: Gray) -> None:
    found = sorted(pale(ink, faint), key=lambda rule: rule.box[0])
    assert [round((rule.box[0] + rule.box[2]) / 2 / 10) * 10 for rule in found] == list(COLUMNS)
    assert all(rule.box[1] <= TOP + 10 and rule.box[3] >= END - 10 for rule in found)


@pytest.fixture
def rows() -> tuple[Gray, Gray]:
    """What is sure ink and what might be: a table whose lying rules are in pieces, its upright ones whole."""
    faint = np.zeros((1200, 1500), np.uint8)
    for x in COLUMNS:
        faint[100:900, x - 3 : x + 3] = 255
    for y in HEIGHTS:
        faint[y - 4 : y + 4, COLUMNS[0] : COLUMNS[-1]] = 255
    ink = faint.copy()
    for start in (140, 760):
        ink[110:, start : start + 220] = 0
        for x in COLUMNS:
            ink[100:900, x - 3 : x + 3] = 255
    return ink, faint


def test_lying_rules_in_pieces_between_upright_ones_are_found_too(rows: tuple[Gray, Gray]) -> None:
    ink, faint = rows
    rules = without_pieces(find_rules(ink, dpi=DPI), pale(ink, faint), dpi=DPI)
    lying = sorted((rule for rule in rules if rule.horizontal), key=lambda rule: rule.box[1])
    assert [round((rule.box[1] + rule.box[3]) / 2 / 10) * 10 for rule in lying] == list(HEIGHTS)
    assert all(rule.box[0] <= 110 and rule.box[2] >= 1290 for rule in lying)


def test_a_crease_along_the_rows_of_which_nothing_is_ink_is_no_rule(rows: tuple[Gray, Gray]) -> None:
    ink, faint = rows
    faint[596:604, COLUMNS[0] : COLUMNS[-1]] = 255
    assert not any(590 < rule.box[1] < 610 for rule in pale(ink, faint))


def test_pieces_of_a_rule_that_was_found_whole_are_no_rules_of_their_own(ink: Gray, faint: Gray) -> None:
    rules = without_pieces(find_rules(ink, dpi=DPI), pale(ink, faint), dpi=DPI)
    assert len([rule for rule in rules if not rule.horizontal]) == len(COLUMNS)


def test_a_page_whose_rules_are_ink_has_none_that_are_pale(faint: Gray) -> None:
    assert pale(faint, faint) == ()


def test_upright_lines_of_a_pattern_of_which_nothing_is_ink_are_no_rules(faint: Gray) -> None:
    ink = np.zeros_like(faint)
    for y in (TOP, HEADER):
        ink[y - 3 : y + 3, COLUMNS[0] : COLUMNS[-1]] = 255
    assert pale(ink, faint) == ()


def test_a_fold_that_goes_beyond_the_table_is_no_rule_of_it(ink: Gray, faint: Gray) -> None:
    faint[:, 850:858] = 255
    assert all(abs(rule.box[0] - 850) > 20 for rule in pale(ink, faint))


def test_a_shadow_that_ends_elsewhere_than_the_tables_rules_is_none(ink: Gray, faint: Gray) -> None:
    faint[TOP:600, 850:858] = 255
    assert all(abs(rule.box[0] - 850) > 20 for rule in pale(ink, faint))


def test_upright_strokes_under_no_header_are_no_table() -> None:
    faint = np.zeros((1200, 1500), np.uint8)
    faint[TOP:END, 500:508] = 255
    assert pale(np.zeros_like(faint), faint) == ()


def test_a_figure_alone_of_which_only_the_bar_is_ink_is_made_whole() -> None:
    faint, ink = np.zeros((200, 400), np.uint8), np.zeros((200, 400), np.uint8)
    faint[80:86, 100:130], faint[86:125, 115:122] = 255, 255
    ink[80:86, 100:130] = 255
    assert (with_whole_letters(ink, faint, dpi=DPI) == faint).all()


def test_a_shade_without_ink_in_it_stays_no_ink() -> None:
    faint, ink = np.zeros((200, 400), np.uint8), np.zeros((200, 400), np.uint8)
    faint[80:120, 100:130] = 255
    assert not with_whole_letters(ink, faint, dpi=DPI).any()
