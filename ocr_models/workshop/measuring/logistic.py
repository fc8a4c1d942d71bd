"""Logistic regression with a small ridge, and how far its probabilities are off."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

_RIDGE = 0.5


def fit_logistic(
    rows: Sequence[Mapping[str, float]], right: Sequence[bool], *, counts: Sequence[float] | None = None
) -> dict[str, float]:
    """The most likely weight of every feature named in `rows`, with a ridge on all but "bias".

    `counts` says how many samples each row stands for (default: one). Numbers are rounded to four places.
    """
    names = sorted({name for row in rows for name in row})
    x = np.array([[row.get(name, 0.0) for name in names] for row in rows])
    y = np.array(right, dtype=float)
    weight = np.ones(len(rows)) if counts is None else np.asarray(counts, dtype=float)
    free = np.array([name == "bias" for name in names])

    def loss(w: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        p = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
        penalty = np.where(free, 0.0, w)
        value = -np.sum(weight * (y * np.log(p + 1e-12) + (1 - y) * np.log(1 - p + 1e-12)))
        return float(value + _RIDGE / 2 * penalty @ penalty), x.T @ (weight * (p - y)) + _RIDGE * penalty

    best = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B", options={"maxiter": 500})
    return {name: round(float(w), 4) for name, w in zip(names, best.x, strict=True)}


def expected_calibration_error(probabilities: Sequence[float], right: Sequence[bool]) -> float:
    """Mean distance between probability and share of right ones, in ten equally filled bins; NaN for none."""
    judged = sorted(zip(probabilities, right, strict=True))
    total = 0.0
    for chunk in np.array_split(np.array(judged, dtype=float), 10):
        if len(chunk):
            total += len(chunk) * abs(chunk[:, 0].mean() - chunk[:, 1].mean())
    return total / len(judged) if judged else math.nan
