"""Where the parts of the overview's plots stand, and how numbers are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.message import Message
from pipeline.judging.review.intervals import exact_interval
from service.desk.overview.plots import (
    WIDTH,
    column_plot,
    decimal,
    english,
    interval_text,
    number,
    percent,
    promise_state,
    row_plot,
    whisker_plot,
)

LABEL = Message("Họ tên", "Names")


@given(st.lists(st.integers(0, 10**6), max_size=40))
def test_columns_stand_within_the_plot_and_as_high_as_their_count(counts: list[int]) -> None:
    plot = column_plot([(str(place), count, None) for place, count in enumerate(counts)])
    for bar, count in zip(plot.bars, counts, strict=True):
        assert 0 <= bar.x <= bar.x + bar.width <= WIDTH
        assert bar.y >= 0
        assert bar.y + bar.height == pytest.approx(plot.base, abs=0.02)
        assert bar.value_text == number(count)
    heights = [bar.height for bar in plot.bars]
    assert sorted(heights) == [heights[place] for place in sorted(range(len(counts)), key=counts.__getitem__)]


@pytest.mark.parametrize("days", [1, 7, 8, 30, 31])
def test_at_most_eight_columns_are_labelled_the_last_among_them(days: int) -> None:
    plot = column_plot([(str(day), day, None) for day in range(days)])
    labelled = [bar.label for bar in plot.bars if bar.labelled]
    assert 1 <= len(labelled) <= 8
    assert labelled[-1] == str(days - 1)


@pytest.mark.parametrize(
    ("most", "top"), [(0, "2"), (2, "2"), (3, "4"), (9, "10"), (11, "20"), (181, "200"), (1999, "2.000")]
)
def test_the_scale_ends_at_an_even_number_above_the_highest(most: int, top: str) -> None:
    assert column_plot([("a", most, None)]).marks[-1].text == top


def test_nothing_has_no_bar_and_all_of_it_the_whole_width() -> None:
    none, all_of_it = row_plot([("a", 0.0, "0", None), ("b", 1.0, "1", None)], of=1.0).bars
    assert (none.width, all_of_it.width) == (0.0, WIDTH)


@given(st.integers(0, 300), st.integers(0, 300))
def test_whiskers_stay_within_the_plot(wrong: int, right: int) -> None:
    [row] = whisker_plot([(LABEL, exact_interval(wrong, wrong + right))], 0.015).rows
    assert 0 <= row.low <= row.high <= WIDTH
    assert (row.at is None) == (wrong + right == 0)
    assert row.at is None or row.low <= row.at <= row.high


@pytest.mark.parametrize(
    ("wrong", "of", "state"), [(0, 100, "open"), (0, 400, "kept"), (9, 100, "broken"), (2, 100, "open"), (0, 0, "open")]
)
def test_a_promise_is_judged_only_when_the_sample_can_tell(wrong: int, of: int, state: str) -> None:
    assert promise_state(exact_interval(wrong, of), 0.015) == state


def test_numbers_are_written_as_in_viet_nam_and_as_in_english() -> None:
    assert (number(1234567), percent(0.0153), decimal(3.25)) == ("1.234.567", "1,5 %", "3,2")
    assert english("1.234.567 và 1,5 %. Hết, 7") == "1,234,567 và 1.5 %. Hết, 7"


def test_what_is_not_known_is_a_dash() -> None:
    assert (percent(None), decimal(None), interval_text(exact_interval(0, 0))) == ("—", "—", "—")
