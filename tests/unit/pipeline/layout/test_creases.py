"""A fold of the paper is no wall between columns where words run across it."""

from __future__ import annotations

import numpy as np

from pipeline.layout.components import Components, find_components, halve
from pipeline.layout.creases import walls_of
from pipeline.layout.model import Rule

DPI, HEIGHT, WIDTH, AT = 300.0, 1600, 1200, 600
MM = DPI / 25.4


def upright(top: float, bottom: float) -> Rule:
    return Rule(box=(AT - 4.0, top, AT + 4.0, bottom), thickness=4.0, horizontal=False)


def letters(*, gap: int) -> Components:
    """Eight rows of letters 30 pixels high, `gap` pixels of paper on either side of the middle."""
    ink = np.zeros((HEIGHT, WIDTH), np.uint8)
    for y in range(150, 1400, 150):
        for x in (*range(AT - gap - 20, 200, -34), *range(AT + gap, 1000, 34)):
            ink[y : y + 30, x : x + 20] = 255
    return find_components(halve(ink))


def walls(rule: Rule, pieces: Components) -> list[Rule]:
    return walls_of([rule], pieces, height=HEIGHT, mm=MM)


def test_a_line_from_edge_to_edge_that_words_run_across_is_a_crease() -> None:
    assert walls(upright(0, HEIGHT), letters(gap=8)) == []


def test_a_line_from_edge_to_edge_with_paper_on_both_sides_is_a_wall() -> None:
    assert len(walls(upright(0, HEIGHT), letters(gap=60))) == 1


def test_a_line_that_ends_before_the_page_does_is_a_tables() -> None:
    assert len(walls(upright(120, HEIGHT - 120), letters(gap=8))) == 1
