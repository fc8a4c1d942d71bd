"""Long lines are cut between words before a network that cannot take them."""

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ocr_models.asternet import split_at_gaps


@given(width=st.integers(1, 4000), seed=st.integers(0, 99))
def test_the_pieces_cover_the_line_and_none_is_too_long(width: int, seed: int) -> None:
    strip = np.random.default_rng(seed).integers(0, 256, (32, width)).astype(np.uint8)
    pieces = split_at_gaps(strip, longest=1024, earliest=640)
    assert pieces[0][0] == 0 and pieces[-1][1] == width
    assert all(a[1] == b[0] for a, b in itertools.pairwise(pieces))
    assert all(0 < end - start <= 1020 for start, end in pieces)


def test_the_cut_falls_into_the_widest_gap() -> None:
    strip = np.zeros((32, 1500), np.uint8)
    strip[:, 700:704] = 255
    strip[:, 800:830] = 255
    (_, cut), _ = split_at_gaps(strip, longest=1024, earliest=640)
    assert 800 < cut < 830
