"""Fine-tuning the network on a few lines."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np

from ocr_models.adaptation.ctc import ctc_loss
from ocr_models.adaptation.layers import Array, Gradients
from ocr_models.adaptation.lines import Sample, batches, fits, stacked
from ocr_models.adaptation.mixing import mixed, words_of
from ocr_models.adaptation.network import forward, stage_of, stages
from ocr_models.adaptation.optimiser import Optimiser, rate_at
from ocr_models.adaptation.variation import varied
from ocr_models.reader.preparation import padded


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How the network is tuned; README.md of `ocr_models/workshop/training` has the figures that decided these.

    `tuned_from`: the first stage that changes (see `network.stages`). `rounds`: how often each line is seen.
    `columns`: pixels of a batch. `pull`: see `Optimiser`. `memory`: the weights kept are a moving average with this
    share of the old at each step. `mixed`: lines mixed of the book's words, for each line of the book. `fade`:
    the share of the rate that each stage gets of the one behind it.
    """

    tuned_from: str = "stem"
    rate: float = 5e-4
    rounds: int = 24
    columns: int = 2400
    pull: float = 0.0
    memory: float = 0.98
    mixed: float = 0.0
    fade: float = 1.0


_MIXED_WIDTH = 300  # about: pixels of a mixed line

Check = Callable[[int, Mapping[str, Array]], None]


def tune(
    parameters: Mapping[str, Array],
    lines: Sequence[Sample],
    *,
    recipe: Recipe,
    seed: int,
    space: int = 0,
    check: Check | None = None,
) -> dict[str, Array]:
    """New parameters that read these lines better; the given ones are left alone. Same input, same result.

    `check` is called after each round with its number, counted from 1, and the weights as they would be kept.
    `space`: the class of the space, which mixed lines need. Raises ValueError when there is no line.
    """
    if not lines:
        raise ValueError("no lines to learn from")
    rng = Random(seed)
    tuned = {name: value.copy() for name, value in parameters.items()}
    names = _names(tuned, recipe.tuned_from)
    kept = dict(tuned) | {name: tuned[name].copy() for name in names}
    optimiser = Optimiser(tuned, _rates(parameters, names, recipe.fade), pull=recipe.pull)
    words = words_of(parameters, lines) if recipe.mixed else []
    total = _steps(lines, recipe)
    step = 0
    for number in range(1, recipe.rounds + 1):
        for inks, labels in _round(lines, words, space, recipe, rng):
            step += 1
            gradients = _gradients(tuned, inks, labels, recipe.tuned_from)
            optimiser.step(gradients, rate_at(min(1.0, step / total), recipe.rate))
            share = 1 - min(recipe.memory, step / (step + 9))
            for name in names:
                kept[name] += share * (tuned[name] - kept[name])
        if check is not None:
            check(number, kept)
    return kept


def _names(parameters: Mapping[str, Array], tuned_from: str) -> list[str]:
    """Parameters that change: statistics of the first training never do."""
    order = stages(parameters)
    first = order.index(tuned_from)
    return [name for name in parameters if order.index(stage_of(name)) >= first and ".running_" not in name]


def _rates(parameters: Mapping[str, Array], names: Sequence[str], fade: float) -> dict[str, float]:
    """What share of the learning rate each number gets: less, the nearer its stage stands to the image."""
    order = stages(parameters)
    return {name: fade ** (len(order) - 1 - order.index(stage_of(name))) for name in names}


def _steps(lines: Sequence[Sample], recipe: Recipe) -> int:
    """About how many steps all rounds take: the learning rate's schedule needs to know."""
    own = sum(padded(line.ink.shape[1]) for line in lines)
    own += round(_MIXED_WIDTH * recipe.mixed * len(lines))
    return max(1, math.ceil(1.1 * own / recipe.columns) * recipe.rounds)


def _round(
    lines: Sequence[Sample],
    words: Sequence[Sample],
    space: int,
    recipe: Recipe,
    rng: Random,
) -> Iterator[tuple[list[Array], list[tuple[int, ...]]]]:
    """Batches of every line once, each a little changed, with mixed ones between them."""
    more = [mixed(words, space, rng) for _ in range(round(recipe.mixed * len(lines)))] if words else []
    seen: list[tuple[Array, tuple[int, ...]]] = []
    for line in itertools.chain(lines, more):
        ink = varied(line.ink, rng)
        seen.append((ink if fits(ink, line.labels) else line.ink, line.labels))
    for places in batches([ink for ink, _ in seen], recipe.columns, rng):
        yield [seen[place][0] for place in places], [seen[place][1] for place in places]


def _gradients(
    parameters: Mapping[str, Array], inks: Sequence[Array], labels: Sequence[Sequence[int]], tuned_from: str
) -> Gradients:
    """Of the mean loss per character of one batch."""
    ink, steps = stacked(inks)
    log_probabilities, back = forward(parameters, ink, tuned_from=tuned_from)
    _, derivative = ctc_loss(log_probabilities, steps, labels)
    return back(np.asarray(derivative / sum(map(len, labels)), log_probabilities.dtype))
