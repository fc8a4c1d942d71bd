"""How dark a line's ink is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.layout.cutting import percentile


@given(levels=st.lists(st.integers(0, 255), min_size=1, max_size=400), share=st.floats(0.0, 100.0))
def test_grey_levels_counted_have_the_percentiles_of_grey_levels_sorted(levels: list[int], share: float) -> None:
    grey = np.array(levels, np.uint8)
    assert percentile(grey, share) == pytest.approx(float(np.percentile(grey, share)), abs=1e-6)
