"""How likely it is that a line's ink says a given text, over all ways in which CTC may write it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_NEVER = -1e30


def log_likelihood(log_probabilities: NDArray[np.floating], labels: Sequence[int]) -> float:
    """Natural logarithm of the probability of `labels` (class numbers, no blanks); -inf where no path fits.

    `log_probabilities` is (time, classes), class 0 the blank. Method: the forward pass of Graves et al.,
    "Connectionist Temporal Classification" (2006), section 4.1.
    """
    extended = np.zeros(2 * len(labels) + 1, np.int64)
    extended[1::2] = labels
    may_skip = np.zeros(len(extended), bool)  # over the blank between two different characters
    may_skip[2:] = (extended[2:] != 0) & (extended[2:] != extended[:-2])
    steps = np.asarray(log_probabilities, np.float64)[:, extended]
    if not len(steps):
        return 0.0 if not labels else -np.inf
    state = np.full(len(extended), _NEVER)
    state[:2] = steps[0, :2]
    for step in steps[1:]:
        one_back = np.concatenate(([_NEVER], state[:-1]))
        two_back = np.where(may_skip, np.concatenate(([_NEVER, _NEVER], state[:-2]))[: len(state)], _NEVER)
        state = np.logaddexp(np.logaddexp(state, one_back), two_back) + step
    total = float(np.logaddexp.reduce(state[-2:]))
    return total if total > _NEVER / 2 else -np.inf
