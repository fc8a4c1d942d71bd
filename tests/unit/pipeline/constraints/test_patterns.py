"""Rules as automata: what they allow, and that a search can walk along them."""

from __future__ import annotations

import math
import re

from hypothesis import given
from hypothesis import strategies as st

from pipeline.constraints.patterns import Pattern, any_of, literal, many, maybe, one_of, sequence


def test_a_literal_allows_itself_in_either_case_and_nothing_else() -> None:
    pattern = Pattern(literal("Tày"))
    assert pattern.allows("Tày") and pattern.allows("TÀY")
    assert not any(map(pattern.allows, ("", "Tà", "Tày ", "Tay")))


@given(st.text("ab-", max_size=7))
def test_parts_together_allow_what_the_same_regular_expression_allows(text: str) -> None:
    pattern = Pattern(sequence(maybe("-"), many(one_of("ab", any_of("b"))), one_of("-", "a", "")))
    assert pattern.allows(text) == bool(re.fullmatch(r"-?(?:ab|b)*(?:-|a|)", text))


@given(st.text("ab", max_size=5))
def test_a_walk_ends_well_exactly_where_the_text_is_allowed(text: str) -> None:
    pattern = Pattern(many("ab"))
    state: int | None = pattern.start
    for character in text:
        state = None if state is None else pattern.follow(state, character)
    ends = state is not None and pattern.weight(state, ended=True) == 0.0
    assert ends == pattern.allows(text)


def test_an_unfinished_text_weighs_nothing_and_may_not_end() -> None:
    pattern = Pattern("12")
    state = pattern.follow(pattern.start, "1")
    assert state is not None
    assert pattern.weight(state, ended=False) == 0.0
    assert pattern.weight(state, ended=True) == -math.inf


def test_all_characters_that_can_stand_are_told_in_either_case() -> None:
    assert Pattern(sequence("Đa", any_of("1-"))).characters == frozenset("ĐđAa1-")
