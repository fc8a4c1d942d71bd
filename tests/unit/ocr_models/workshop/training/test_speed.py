from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ocr_models.workshop.training.paper import grey_level
from ocr_models.workshop.training.speed import rates


def test_each_kind_of_line_has_a_rate() -> None:
    found = dict(rates(None, count=4))
    assert set(found) == {"print", "typed", "pen"}
    assert all(rate > 0 for rate in found.values())


@given(st.lists(st.integers(0, 255), min_size=1, max_size=60), st.integers(1, 99))
def test_a_grey_level_is_the_lowest_that_holds_the_share(greys: list[int], percent: int) -> None:
    level = grey_level(np.array([greys], np.uint8), percent)
    share = sum(grey <= level for grey in greys) / len(greys)
    below = sum(grey < level for grey in greys) / len(greys)
    assert share >= percent / 100 - 1e-6
    assert below < percent / 100 + 1e-6
