from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr_models.adaptation.ctc import ctc_loss, least_steps
from ocr_models.adaptation.layers import log_softmax
from pipeline.domain.trace import log_likelihood

_TEXT = st.lists(st.integers(1, 3), max_size=4)


def _scores(seed: int, *shape: int) -> np.ndarray:
    return log_softmax(np.random.default_rng(seed).normal(0, 2, shape))


def _collapsed(path: tuple[int, ...]) -> list[int]:
    return [label for label, _ in itertools.groupby(path) if label]


def test_the_loss_is_the_sum_over_all_paths() -> None:
    scores, text = _scores(1, 1, 5, 3), [1, 1]
    paths = (path for path in itertools.product(range(3), repeat=5) if _collapsed(path) == text)
    total = sum(np.exp(sum(scores[0, step, label] for step, label in enumerate(path))) for path in paths)
    assert ctc_loss(scores, [5], [text])[0][0] == pytest.approx(-np.log(total))


@settings(max_examples=40, deadline=None)
@given(texts=st.lists(_TEXT, min_size=1, max_size=3), seed=st.integers(0, 1000), data=st.data())
def test_a_batch_gives_each_line_the_loss_it_has_alone(texts: list[list[int]], seed: int, data: st.DataObject) -> None:
    scores = _scores(seed, len(texts), 9, 4)
    steps = [data.draw(st.integers(max(1, least_steps(text)), 9)) for text in texts]
    losses, _ = ctc_loss(scores, steps, texts)
    for row, text in enumerate(texts):
        assert losses[row] == pytest.approx(-log_likelihood(scores[row, : steps[row]], text), abs=1e-9)


@settings(max_examples=20, deadline=None)
@given(text=_TEXT, seed=st.integers(0, 1000))
def test_the_derivative_is_what_finite_differences_say(text: list[int], seed: int) -> None:
    logits = np.random.default_rng(seed).normal(0, 2, (1, 8, 4))
    told = ctc_loss(log_softmax(logits), [8], [text])[1]
    for where in np.ndindex(*logits.shape):
        losses = []
        for step in (1e-5, -1e-5):
            moved = logits.copy()
            moved[where] += step
            losses.append(ctc_loss(log_softmax(moved), [8], [text])[0][0])
        assert told[where] == pytest.approx((losses[0] - losses[1]) / 2e-5, abs=1e-5)


def test_steps_beyond_a_lines_end_have_no_derivative() -> None:
    derivative = ctc_loss(_scores(2, 1, 9, 4), [5], [[1, 2]])[1]
    assert np.abs(derivative[0, :5]).max() > 0
    assert not derivative[0, 5:].any()


def test_a_text_too_long_for_its_line_has_an_infinite_loss_and_no_derivative() -> None:
    losses, derivative = ctc_loss(_scores(3, 1, 3, 4), [3], [[1, 1, 2]])
    assert losses[0] == np.inf
    assert not derivative.any()
    assert least_steps([1, 1, 2]) == 4
