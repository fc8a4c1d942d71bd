"""Which points lie near each other, and which groups they form.

In numpy alone: the library that has both takes half a second to load in every process that reads, longer than a
page's dots take.
"""

from __future__ import annotations

from itertools import chain, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]
Floats = NDArray[np.floating[Any]]


def pairs_within(x: Floats, y: Floats, reach: float) -> tuple[Indices, Indices]:
    """Every pair of points at most `reach` (> 0) apart, once: two arrays of their places, the lower place first."""
    if len(x) < 2:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    # Bands as high as the reach, one after the other on one axis: what is near is in a band or in the next.
    wide = float(np.ptp(x)) + 3 * reach
    along = np.floor((y - y.min()) / reach) * wide + (x - x.min())
    order = np.argsort(along, kind="stable")
    along, places = along[order], np.arange(len(x))
    wider = reach * (1 + 1e-9)  # rounding must not lose a pair that is exactly `reach` apart
    in_band = (places + 1, np.searchsorted(along, along + wider, side="right"))
    in_next = (np.searchsorted(along, along + wide - wider), np.searchsorted(along, along + wide + wider, side="right"))
    pairs = []
    for start, stop in (in_band, in_next):
        many = np.maximum(0, stop - start)
        first = np.repeat(places, many)
        second = np.arange(len(first)) - np.repeat(np.cumsum(many) - many, many) + np.repeat(start, many)
        a, b = order[first], order[second]
        near = (x[a] - x[b]) ** 2 + (y[a] - y[b]) ** 2 <= reach * reach
        pairs.append((a[near], b[near]))
    first, second = (np.concatenate(ends) for ends in zip(*pairs, strict=True))
    return np.minimum(first, second), np.maximum(first, second)


def connected(count: int, a: Indices, b: Indices) -> list[Indices]:
    """The groups of two and more of `count` points that are joined by links from `a` to `b`, each group in order."""
    group = np.arange(count)
    while True:
        lowest = np.minimum(group[a], group[b])
        joined = group.copy()
        for ends in (a, b):
            np.minimum.at(joined, group[ends], lowest)
            np.minimum.at(joined, ends, lowest)
        joined = joined[joined]
        if np.array_equal(joined, group):
            break
        group = joined
    order = np.argsort(group, kind="stable")
    borders = np.flatnonzero(np.diff(group[order])) + 1
    return [order[start:end] for start, end in pairwise(chain((0,), borders.tolist(), (count,))) if end - start > 1]
