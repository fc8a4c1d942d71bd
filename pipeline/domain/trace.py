"""What a line's ink may say, kept step by step, so that it can be asked about after the line is gone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

KEPT = 12  # likeliest symbols of a step; by trial: what a reader hesitates between is among the first five
_NEVER = -1e30


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """The likeliest symbols of each step of a line, and how likely: plain data, some 5 kB.

    `symbols[0]` is CTC's blank (""). `places` holds for each step `kept` places in `symbols`, a byte each, `levels`
    their natural logarithms as 16-bit floats, in the same order.
    """

    symbols: tuple[str, ...]
    kept: int
    places: bytes
    levels: bytes

    @staticmethod
    def of(log_probabilities: NDArray[np.floating], symbols: Sequence[str]) -> Trace:
        """From a reader's answer, (steps, classes); class 0 is the blank."""
        kept = min(KEPT, len(symbols))
        classes = np.argpartition(-log_probabilities, kept - 1, axis=1)[:, :kept]
        used = np.union1d(classes, [0])
        return Trace(
            symbols=tuple(symbols[n] for n in used.tolist()),
            kept=kept,
            places=np.searchsorted(used, classes).astype(np.uint8).tobytes(),
            levels=np.take_along_axis(log_probabilities, classes, axis=1).astype(np.float16).tobytes(),
        )

    @property
    def best(self) -> float:
        """Natural logarithm of the probability of the likeliest path: no more than that of what the ink says best."""
        levels = np.frombuffer(self.levels, np.float16).astype(np.float64).reshape(-1, self.kept)
        return float(levels.max(axis=1).sum())

    def log_likelihood(self, text: str, *, spaced: bool = True) -> float:
        """Natural logarithm of the probability that the ink says the text; -inf where it is too long for the line.

        A symbol that is not kept at a step counts as the least likely that is: no text is held for less likely than
        the reader held it. Without `spaced` spaces count neither in the text nor in the ink.
        """
        text = text if spaced else text.replace(" ", "")
        levels = np.frombuffer(self.levels, np.float16).astype(np.float64).reshape(-1, self.kept)
        places = np.frombuffer(self.places, np.uint8).reshape(-1, self.kept)
        wanted = list(dict.fromkeys(("", *text)))
        steps = np.repeat(levels.min(axis=1)[:, None], len(wanted), axis=1)
        for column, symbol in enumerate(wanted):
            if symbol in self.symbols:
                step, rank = np.nonzero(places == self.symbols.index(symbol))
                steps[step, column] = levels[step, rank]
        if not spaced and " " in self.symbols:
            step, rank = np.nonzero(places == self.symbols.index(" "))
            steps[step, 0] = np.logaddexp(steps[step, 0], levels[step, rank])
        return log_likelihood(steps, [wanted.index(symbol) for symbol in text])


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
        return 0.0 if not labels else -math.inf
    state = np.full(len(extended), _NEVER)
    state[:2] = steps[0, :2]
    for step in steps[1:]:
        one_back = np.concatenate(([_NEVER], state[:-1]))
        two_back = np.where(may_skip, np.concatenate(([_NEVER, _NEVER], state[:-2]))[: len(state)], _NEVER)
        state = np.logaddexp(np.logaddexp(state, one_back), two_back) + step
    total = float(np.logaddexp.reduce(state[-2:]))
    return total if total > _NEVER / 2 else -math.inf
