"""The CTC loss of a batch of lines and its derivative.

Method: Graves et al., "Connectionist Temporal Classification" (2006), section 4.1: forward and backward
variables over the text with blanks between its characters, in logarithms.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

_NEVER = -1e30


def least_steps(labels: Sequence[int]) -> int:
    """Steps that a text takes at least: one a character, one more between two equal ones."""
    return len(labels) + sum(a == b for a, b in itertools.pairwise(labels))


def ctc_loss(
    log_probabilities: Array, steps: Sequence[int], texts: Sequence[Sequence[int]]
) -> tuple[NDArray[np.float64], Array]:
    """Each line's loss (nats), and its derivative by the logits, (lines, steps, classes), 0 beyond a line's steps.

    `log_probabilities` is (lines, steps, classes), class 0 the blank; line n counts up to `steps[n]`. Every text
    must fit (`least_steps`); one that does not has an infinite loss and no derivative.
    """
    count, longest, _ = log_probabilities.shape
    extended = np.zeros((count, 2 * max(map(len, texts), default=0) + 1), np.int64)
    for row, labels in enumerate(texts):
        extended[row, 1 : 2 * len(labels) : 2] = labels
    ends = 2 * np.array([len(labels) for labels in texts])
    last = np.asarray(steps) - 1
    places = np.arange(extended.shape[1])
    label_scores = np.take_along_axis(log_probabilities.astype(np.float64), extended[:, None, :], axis=2)
    label_scores = np.where((places > ends[:, None])[:, None, :], _NEVER, label_scores)
    before = _forward(label_scores, extended)
    after = _backward(label_scores, extended, ends, last)
    rows = np.arange(count)
    final = before[rows, last]
    total = np.logaddexp(final[rows, ends], np.where(ends > 0, final[rows, np.maximum(ends - 1, 0)], _NEVER))
    fits = total > _NEVER / 2
    shares = np.exp(np.minimum(before + after - np.where(fits, total, 0)[:, None, None], 0))
    classes = np.zeros((*extended.shape, log_probabilities.shape[2]))
    classes[rows[:, None], places, extended] = 1
    derivative = np.exp(log_probabilities.astype(np.float64)) - shares @ classes
    derivative[~fits] = 0
    derivative[np.arange(longest)[None, :] > last[:, None]] = 0
    return np.where(fits, -total, np.inf), derivative.astype(log_probabilities.dtype)


def _may_skip(extended: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Where a path may come from two places before: over the blank between two different characters."""
    allowed = np.zeros(extended.shape, bool)
    allowed[:, 2:] = (extended[:, 2:] != 0) & (extended[:, 2:] != extended[:, :-2])
    return allowed


def _forward(label_scores: Array, extended: NDArray[np.int64]) -> Array:
    """Log-probability of all paths that stand at each place after each step, that step included."""
    skip = np.where(_may_skip(extended), 0.0, _NEVER)
    out = np.full(label_scores.shape, _NEVER)
    out[:, 0, :2] = label_scores[:, 0, :2]
    for step in range(1, label_scores.shape[1]):
        state = out[:, step - 1]
        reached = state.copy()
        reached[:, 1:] = np.logaddexp(reached[:, 1:], state[:, :-1])
        reached[:, 2:] = np.logaddexp(reached[:, 2:], state[:, :-2] + skip[:, 2:])
        out[:, step] = np.maximum(reached + label_scores[:, step], _NEVER)
    return out


def _backward(label_scores: Array, extended: NDArray[np.int64], ends: Array, last: Array) -> Array:
    """Log-probability of all ways from each place to the text's end, the steps after this one."""
    skip = np.where(_may_skip(extended), 0.0, _NEVER)
    out = np.full(label_scores.shape, _NEVER)
    places = np.arange(extended.shape[1])[None, :]
    final = np.where((places == ends[:, None]) | (places == ends[:, None] - 1), 0.0, _NEVER)
    for step in range(label_scores.shape[1] - 1, -1, -1):
        if step + 1 < label_scores.shape[1]:
            state = out[:, step + 1] + label_scores[:, step + 1]
            reached = state.copy()
            reached[:, :-1] = np.logaddexp(reached[:, :-1], state[:, 1:])
            reached[:, :-2] = np.logaddexp(reached[:, :-2], state[:, 2:] + skip[:, 2:])
            out[:, step] = np.maximum(reached, _NEVER)
        out[:, step] = np.where((last == step)[:, None], final, out[:, step])
    return out
