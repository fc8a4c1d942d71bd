"""Near pairs and what they hold together, against their plain definitions."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.layout.neighbours import connected, pairs_within

_COORDINATES = st.floats(-50, 50, allow_nan=False, width=32)


@given(st.lists(st.tuples(_COORDINATES, _COORDINATES), max_size=30), st.floats(0.1, 40))
def test_pairs_are_exactly_those_within_reach(points: list[tuple[float, float]], reach: float) -> None:
    x, y = (np.array([p[axis] for p in points], np.float64) for axis in (0, 1))
    wanted = {
        (i, j) for i, j in combinations(range(len(points)), 2) if (x[i] - x[j]) ** 2 + (y[i] - y[j]) ** 2 <= reach**2
    }
    a, b = pairs_within(x, y, reach)
    assert len(a) == len(wanted)
    assert set(zip(a.tolist(), b.tolist(), strict=True)) == wanted


@given(st.lists(st.tuples(st.integers(0, 19), st.integers(0, 19)), max_size=25))
def test_groups_are_what_links_hold_together(links: list[tuple[int, int]]) -> None:
    names = list(range(20))
    for _ in names:
        for i, j in links:
            names[i] = names[j] = min(names[i], names[j])
    wanted = {tuple(p for p in range(20) if names[p] == name) for name in set(names) if names.count(name) > 1}
    ends = np.array(links, np.int64).reshape(-1, 2)
    assert {tuple(group.tolist()) for group in connected(20, ends[:, 0], ends[:, 1])} == wanted


def test_a_long_chain_is_one_group() -> None:
    places = np.arange(5000)
    (group,) = connected(5000, places[:-1], places[1:])
    assert len(group) == 5000
