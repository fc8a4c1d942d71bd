"""Which numbers a book may change: all of the network's, or few that are the book's alone, merged into it.

Whatever is learnt ends as parameters of the network itself, so that a book's model is read as any other.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, Protocol

import numpy as np

from ocr_models.adaptation.layers import Array, Gradients

Way = Literal["whole", "affine"]


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
    return _Affine(parameters, list(names))


class _Whole:
    """Every number."""

    def __init__(self, parameters: dict[str, Array], names: list[str]) -> None:
        self.numbers = parameters
        self.rates = dict.fromkeys(names, 1.0)

    def gradients(self, of_network: Gradients) -> Gradients:
        return of_network

    def write(self) -> None:
        """They are the network's own."""


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
