"""Which numbers a book may change: all of the network's, or few that are the book's alone, merged into it.

Whatever is learnt ends as parameters of the network itself, so that a book's model is read as any other.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Literal, Protocol

import numpy as np

from ocr_models.adaptation.layers import Array, Gradients

Way = Literal["whole", "low_rank", "affine"]

RANK = 8
_GENTLY = 0.2  # of the rate, for what is learnt whole beside matrices of low rank: these need a higher one


class LearntPart(Protocol):
    """`numbers` are what the optimiser changes in place, `rates` the share of the learning rate that each gets."""

    numbers: dict[str, Array]
    rates: dict[str, float]

    def gradients(self, of_network: Gradients) -> Gradients:
        """The loss's derivatives by `numbers`, from those by the network's parameters."""
        ...

    def write(self) -> None:
        """Makes the network's parameters what `numbers` say now."""
        ...


def learnt_part(way: Way, parameters: dict[str, Array], names: Iterable[str]) -> LearntPart:
    """The part of these parameters that is learnt; `parameters` are changed in place."""
    if way == "whole":
        return _Whole(parameters, list(names))
    return _LowRank(parameters, list(names)) if way == "low_rank" else _Affine(parameters, list(names))


class _Whole:
    """Every number."""

    def __init__(self, parameters: dict[str, Array], names: list[str]) -> None:
        self.numbers = parameters
        self.rates = dict.fromkeys(names, 1.0)

    def gradients(self, of_network: Gradients) -> Gradients:
        return of_network

    def write(self) -> None:
        """They are the network's own."""


class _LowRank:
    """Matrices get a product of two thin ones added (Hu et al., "LoRA", 2021), the rest is learnt whole: 151,867
    numbers of 1.16 million."""

    def __init__(self, parameters: dict[str, Array], names: list[str]) -> None:
        rng = np.random.default_rng(1)
        self._parameters = parameters
        self._start = {name: parameters[name].copy() for name in names if _is_matrix(name, parameters[name])}
        self.numbers: dict[str, Array] = {}
        self.rates: dict[str, float] = {}
        for name in names:
            value = parameters[name]
            if name not in self._start:
                self.numbers[name], self.rates[name] = value.copy(), _GENTLY
                continue
            down = rng.normal(0, 1 / math.sqrt(value.shape[0]), (value.shape[0], RANK)).astype(value.dtype)
            self.numbers[f"{name}/down"], self.numbers[f"{name}/up"] = (
                down,
                np.zeros((RANK, value.shape[1]), value.dtype),
            )
            self.rates[f"{name}/down"] = self.rates[f"{name}/up"] = 1.0

    def gradients(self, of_network: Gradients) -> Gradients:
        out: Gradients = {name: of_network[name] for name in self.numbers if "/" not in name}
        for name in self._start:
            gradient = of_network[name]
            out[f"{name}/down"] = gradient @ self.numbers[f"{name}/up"].T
            out[f"{name}/up"] = self.numbers[f"{name}/down"].T @ gradient
        return out

    def write(self) -> None:
        for name, value in self.numbers.items():
            if "/" not in name:
                self._parameters[name] = value.copy()
        for name, start in self._start.items():
            self._parameters[name] = start + self.numbers[f"{name}/down"] @ self.numbers[f"{name}/up"]


def _is_matrix(name: str, value: Array) -> bool:
    return value.ndim == 2 and not name.endswith("dw.weight") and min(value.shape) >= 4 * RANK


class _Affine:
    """Each channel that a layer gives is scaled and shifted (as batch normalisation does anew for another domain)."""

    def __init__(self, parameters: dict[str, Array], names: list[str]) -> None:
        self._parameters = parameters
        self._start = {name: parameters[name].copy() for name in names}
        self.numbers = {name: np.zeros(value.shape[-1], value.dtype) for name, value in self._start.items()}
        self.rates = dict.fromkeys(names, 1.0)

    def gradients(self, of_network: Gradients) -> Gradients:
        out: Gradients = {}
        for name, start in self._start.items():
            gradient = of_network[name]
            scaled = (gradient * start).reshape(-1, start.shape[-1]).sum(axis=0)
            out[name] = scaled if start.ndim > 1 else gradient
        return out

    def write(self) -> None:
        for name, start in self._start.items():
            change = self.numbers[name]
            self._parameters[name] = start * (1 + change) if start.ndim > 1 else start + change
