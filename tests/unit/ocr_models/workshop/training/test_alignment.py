from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr_models.adaptation.alignment import best_path


def network(steps: int, classes: int, seed: int) -> np.ndarray:
    scores = np.random.default_rng(seed).standard_normal((steps, classes)) * 2
    return scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)


def collapsed(path: tuple[int, ...]) -> list[int]:
    return [c for i, c in enumerate(path) if c and (i == 0 or path[i - 1] != c)]


@settings(max_examples=60, deadline=None)
@given(
    steps=st.integers(0, 40),
    labels=st.lists(st.integers(1, 5), min_size=1, max_size=12),
    seed=st.integers(0, 10_000),
)
def test_spans_cover_the_text_in_order_without_overlap(steps: int, labels: list[int], seed: int) -> None:
    repeats = sum(a == b for a, b in pairwise(labels))
    spans = best_path(network(steps, 6, seed), labels)
    if steps < len(labels) + repeats:
        assert spans is None
        return
    assert spans is not None
    assert len(spans) == len(labels)
    assert all(span.start < span.end for span in spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert spans[0].start >= 0
    assert spans[-1].end <= steps


@pytest.mark.parametrize("seed", range(4))
def test_no_other_path_that_spells_the_text_is_likelier(seed: int) -> None:
    scores, labels = network(6, 3, seed), [1, 2, 2]
    best = max(
        (p for p in product(range(3), repeat=6) if collapsed(p) == labels),
        key=lambda p: sum(scores[t, c] for t, c in enumerate(p)),
    )
    runs = [(t, c) for t, c in enumerate(best) if c]
    spans = best_path(scores, labels)
    assert spans is not None
    steps_of_letters = [(t, c) for span, c in zip(spans, labels, strict=True) for t in range(span.start, span.end)]
    assert steps_of_letters == runs


def test_a_letter_that_the_network_saw_is_sure_and_one_that_it_did_not_is_not() -> None:
    scores = np.full((5, 3), np.log(0.01))
    scores[[0, 2, 3, 4], 0] = np.log(0.98)
    scores[1, 1] = np.log(0.98)
    spans = best_path(scores, [1, 2])
    assert spans is not None
    assert spans[0].probability > 0.9
    assert spans[1].probability < 0.1


def test_nothing_aligns_with_nothing() -> None:
    assert best_path(np.zeros((0, 3)), []) == []
    assert best_path(np.zeros((0, 3)), [1]) is None
