"""AdamW with decay towards the weights it began with.

Method: Loshchilov and Hutter, "Decoupled Weight Decay Regularization" (2019); the decay's centre is the start, so that
what the lines say nothing of stays as it was (L2-SP: Li et al., 2018).
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from ocr_models.adaptation.layers import Array, Gradients

_BETAS = (0.9, 0.98)
_EPSILON = 1e-8
_LONGEST = 2.0  # of the gradient, all parameters together


class Optimiser:
    """Changes the named parameters in place. `rates` names them, with the share of the learning rate that each gets;
    `pull` is the decay per unit of learning rate."""

    def __init__(self, parameters: dict[str, Array], rates: Mapping[str, float], *, pull: float) -> None:
        self._parameters = parameters
        self._rates, names = rates, list(rates)
        self._start = {name: parameters[name].copy() for name in names}
        self._mean = {name: np.zeros_like(value) for name, value in self._start.items()}
        self._square = {name: np.zeros_like(value) for name, value in self._start.items()}
        self._pull = pull
        self._steps = 0

    def step(self, gradients: Gradients, rate: float) -> None:
        """One step down the gradient, which is cut to a longest length first."""
        length = math.sqrt(sum(float(np.vdot(gradients[name], gradients[name])) for name in self._start))
        shrink = min(1.0, _LONGEST / (length + _EPSILON))
        self._steps += 1
        first, second = (1 - beta**self._steps for beta in _BETAS)
        for name, start in self._start.items():
            gradient = gradients[name] * shrink
            mean, square, value = self._mean[name], self._square[name], self._parameters[name]
            mean += (1 - _BETAS[0]) * (gradient - mean)
            square += (1 - _BETAS[1]) * (gradient * gradient - square)
            value -= (
                rate
                * self._rates[name]
                * (mean / first / (np.sqrt(square / second) + _EPSILON) + self._pull * (value - start))
            )


def rate_at(share: float, peak: float, *, warm: float = 0.1) -> float:
    """The learning rate after this share of all steps: up in a line, then down along a cosine to a fiftieth."""
    if share < warm:
        return peak * share / warm
    return peak * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * (share - warm) / (1 - warm))))
