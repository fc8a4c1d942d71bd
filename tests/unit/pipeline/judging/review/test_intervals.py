"""Intervals of shares that were counted on samples."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.judging.review.intervals import exact_interval


@st.composite
def counts(draw: st.DrawFn) -> tuple[int, int]:
    of = draw(st.integers(1, 400))
    return draw(st.integers(0, of)), of


def at_least(found: int, of: int, share: float) -> float:
    """The probability of so many or more in `of`, from its definition."""
    return math.fsum(math.comb(of, k) * share**k * (1 - share) ** (of - k) for k in range(found, of + 1))


@pytest.mark.parametrize(
    ("found", "of", "low", "high"),
    [(0, 100, 0.0, 0.0362), (1, 10, 0.0025, 0.4450), (5, 100, 0.0164, 0.1128), (10, 10, 0.6915, 1.0)],
)
def test_it_is_the_interval_that_tables_of_clopper_and_pearson_print(
    found: int, of: int, low: float, high: float
) -> None:
    made = exact_interval(found, of)
    assert (round(made.low, 4), round(made.high, 4)) == (low, high)


@given(counts())
def test_it_holds_the_share_that_was_counted(counted: tuple[int, int]) -> None:
    made = exact_interval(*counted)
    assert made.share is not None
    assert 0.0 <= made.low <= made.share <= made.high <= 1.0


@given(counts().filter(lambda counted: counted[1] <= 120))
def test_at_its_bounds_the_count_is_as_rare_as_promised(counted: tuple[int, int]) -> None:
    found, of = counted
    made = exact_interval(found, of)
    if found > 0:
        assert at_least(found, of, made.low) == pytest.approx(0.025, abs=1e-6)
    if found < of:
        assert 1.0 - at_least(found + 1, of, made.high) == pytest.approx(0.025, abs=1e-6)


@given(counts())
def test_what_was_not_found_has_the_mirrored_interval(counted: tuple[int, int]) -> None:
    found, of = counted
    made, other = exact_interval(found, of), exact_interval(of - found, of)
    assert made.low == pytest.approx(1.0 - other.high, abs=1e-9)


@given(counts())
def test_more_of_the_same_narrows_it(counted: tuple[int, int]) -> None:
    found, of = counted
    made, more = exact_interval(found, of), exact_interval(10 * found, 10 * of)
    assert more.high - more.low < made.high - made.low


def test_where_nothing_was_looked_at_nothing_is_known() -> None:
    made = exact_interval(0, 0)
    assert (made.share, made.low, made.high, made.within(0.5), made.above(0.5)) == (None, 0.0, 1.0, False, False)


def test_a_large_sample_is_told_at_once() -> None:
    made = exact_interval(1_000, 1_000_000)
    assert (round(made.low, 6), round(made.high, 6)) == (0.000939, 0.001064)


def test_too_little_is_neither_within_a_promise_nor_above_it() -> None:
    made = exact_interval(1, 40)
    assert not made.within(0.015)
    assert not made.above(0.015)


@pytest.mark.parametrize(("found", "of"), [(-1, 3), (4, 3)])
def test_counts_that_cannot_be_are_refused(found: int, of: int) -> None:
    with pytest.raises(ValueError, match="counts"):
        exact_interval(found, of)
