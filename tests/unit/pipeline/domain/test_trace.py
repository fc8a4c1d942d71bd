from __future__ import annotations

import math
from itertools import groupby, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.trace import KEPT, Trace, log_likelihood


def answers(steps: int, classes: int, seed: int) -> np.ndarray:
    raw = np.random.default_rng(seed).normal(size=(steps, classes))
    return np.asarray(raw - np.log(np.exp(raw).sum(axis=1, keepdims=True)))


def by_hand(log_probabilities: np.ndarray, labels: tuple[int, ...]) -> float:
    """Every path written out."""
    total = 0.0
    for path in product(range(log_probabilities.shape[1]), repeat=len(log_probabilities)):
        if tuple(label for label, _ in groupby(path) if label) == labels:
            total += math.exp(sum(log_probabilities[t, label] for t, label in enumerate(path)))
    return total


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 5), st.integers(0, 99), st.lists(st.integers(1, 2), max_size=3))
def test_the_likelihood_is_the_sum_over_all_paths(steps: int, seed: int, labels: list[int]) -> None:
    network = answers(steps, 3, seed)
    assert math.exp(log_likelihood(network, labels)) == pytest.approx(by_hand(network, tuple(labels)), abs=1e-9)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 4), st.integers(0, 99))
def test_over_all_texts_the_likelihoods_sum_to_one(steps: int, seed: int) -> None:
    network = answers(steps, 3, seed)
    texts = [text for length in range(steps + 1) for text in product((1, 2), repeat=length)]
    assert sum(math.exp(log_likelihood(network, text)) for text in texts) == pytest.approx(1.0, abs=1e-9)


def test_a_text_longer_than_the_line_is_impossible() -> None:
    assert log_likelihood(answers(3, 3, 1), [1, 2, 1, 2]) == -math.inf


def test_doubled_letters_need_a_step_between_them() -> None:
    assert log_likelihood(answers(2, 3, 1), [1, 1]) == -math.inf
    assert log_likelihood(answers(3, 3, 1), [1, 1]) > -math.inf


def test_a_line_without_steps_says_nothing() -> None:
    assert log_likelihood(np.zeros((0, 3)), []) == 0.0
    assert log_likelihood(np.zeros((0, 3)), [1]) == -math.inf


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 5), st.integers(3, 30), st.integers(0, 99), st.lists(st.integers(1, 2), max_size=3))
def test_a_trace_holds_no_text_for_less_likely_than_the_reader_did(
    steps: int, classes: int, seed: int, labels: list[int]
) -> None:
    network = answers(steps, classes, seed)
    symbols = ["", *(chr(ord("a") + n) for n in range(classes - 1))]
    kept = Trace.of(network, symbols).log_likelihood("".join(symbols[label] for label in labels))
    exact = log_likelihood(network, labels)
    assert kept == exact or kept >= exact - 0.02 * steps  # levels are 16-bit floats
    if classes <= KEPT:
        assert kept == exact or kept <= exact + 0.02 * steps


def test_a_trace_of_a_line_without_steps_says_nothing() -> None:
    empty = Trace.of(np.zeros((0, 3), np.float32), ["", "a", "b"])
    assert (empty.log_likelihood(""), empty.log_likelihood("a")) == (0.0, -math.inf)
