"""Greedy decoding of a CTC network's output into characters with probabilities and places.

Method: Graves et al., "Connectionist Temporal Classification" (2006), best-path decoding.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.recognition import Character

BLANK = 0


def decode_greedy(
    log_probabilities: NDArray[np.floating], symbols: Sequence[str], *, step: float, offset: float = 0.0
) -> list[Character]:
    """Characters of the best path.

    `log_probabilities` is (time, classes), class 0 the blank; `symbols[i]` is what class i writes.
    A character's probability is the highest that any frame of its run gives it. Time step t covers
    `offset + t * step` to `offset + (t + 1) * step` in pixels of the line image.
    """
    if log_probabilities.shape[0] == 0:
        return []
    best = log_probabilities.argmax(axis=1)
    borders = np.flatnonzero(np.diff(best)) + 1
    starts = np.concatenate(([0], borders))
    ends = np.concatenate((borders, [len(best)]))
    out: list[Character] = []
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        label = int(best[start])
        if label == BLANK:
            continue
        peak = float(log_probabilities[start:end, label].max())
        out.append(
            Character(
                text=symbols[label],
                probability=min(1.0, float(np.exp(peak))),
                start=offset + start * step,
                end=offset + end * step,
            )
        )
    return out
