"""Where in a line's ink each character of its known text stands: the best CTC path that spells the text.

Method: the Viterbi pass over the states of Graves et al., "Connectionist Temporal Classification" (2006),
section 4.1, with the path kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from ocr_models.reader import OwnReader
from ocr_models.reader.preparation import Pixels
from pipeline.domain.geometry import Transform
from pipeline.domain.recognition import LineImage

_NEVER = -1e30
_BATCH = 64
_LATE = 0.6  # steps by which the network's answer comes after the letter's middle (where cuts cross least ink)


@dataclass(frozen=True, slots=True)
class Span:
    """One character's steps: first, one past the last, and the highest probability that any of them gives it."""

    start: int
    end: int
    probability: float


@dataclass(frozen=True, slots=True)
class Place:
    """One character in a line image: the middle of its columns, in pixels, and how sure the network is of it."""

    text: str
    middle: float
    probability: float


def best_path(log_probabilities: NDArray[np.floating], labels: Sequence[int]) -> list[Span] | None:
    """The spans of `labels` (class numbers, no blanks) on the likeliest path; None where no path fits.

    `log_probabilities` is (time, classes), class 0 the blank. Spans are in order, never overlap and hold at
    least one step each.
    """
    if not labels:
        return []
    if not len(log_probabilities):
        return None
    extended = np.zeros(2 * len(labels) + 1, np.int64)
    extended[1::2] = labels
    steps = np.asarray(log_probabilities, np.float64)[:, extended]
    came = _came_from(steps, extended)
    if came is None:
        return None
    back, state = came
    path = np.empty(len(steps), np.int64)
    for time in range(len(steps) - 1, -1, -1):
        path[time] = state
        state -= int(back[time, state])
    out = []
    for number in range(len(labels)):
        held = np.flatnonzero(path == 2 * number + 1)
        peak = float(steps[held, 2 * number + 1].max())
        out.append(Span(int(held[0]), int(held[-1]) + 1, float(np.exp(min(0.0, peak)))))
    return out


def _came_from(steps: NDArray[np.float64], extended: NDArray[np.int64]) -> tuple[NDArray[np.int8], int] | None:
    """For each step and state how many states back the best path was, and the state it ends in."""
    count = len(extended)
    skip = np.full(count, _NEVER)
    skip[2:][(extended[2:] != 0) & (extended[2:] != extended[:-2])] = 0.0
    ways = np.full((3, count), _NEVER)
    back = np.zeros((len(steps), count), np.int8)
    state = np.full(count, _NEVER)
    state[:2] = steps[0, :2]
    places = np.arange(count)
    for time in range(1, len(steps)):
        ways[0] = state
        ways[1, 1:] = state[:-1]
        ways[2, 2:] = state[:-2]
        ways[2] += skip
        chosen = ways.argmax(axis=0)
        back[time] = chosen
        state = ways[chosen, places] + steps[time]
    last = count - 1 if state[-1] >= state[-2] else count - 2
    return (back, last) if state[last] > _NEVER / 2 else None


def align(reader: OwnReader, lines: Iterable[tuple[Pixels, str]]) -> Iterator[list[Place] | None]:
    """For each (grey pixels, text) the places of its characters, in order; None where the text does not fit.

    Lines are read in batches, whatever the iterable yields.
    """
    classes, stride = reader._classes, reader._manifest.stride
    waiting = iter(lines)
    while batch := list(islice(waiting, _BATCH)):
        images = [LineImage(pixels=pixels, to_upright=Transform.shift(0, 0)) for pixels, _ in batch]
        places_of_lines: list[list[Place] | None] = [None] * len(batch)
        for place, prepared, scores in reader._answers(images):
            text = batch[place][1]
            labels = [classes[c] for c in text] if set(text) <= reader.charset else None
            spans = best_path(scores, labels) if labels is not None else None
            if spans is not None:
                places_of_lines[place] = [
                    Place(c, prepared.left + stride * _centre(scores, span, label) / prepared.scale,
                          span.probability)
                    for c, span, label in zip(text, spans, labels or (), strict=True)
                ]  # fmt: skip
        yield from places_of_lines


def _centre(scores: NDArray[np.floating], span: Span, label: int) -> float:
    """The middle of a span's steps, each as heavy as it is likely."""
    weights = np.exp(np.asarray(scores[span.start : span.end, label], np.float64)) + 1e-9
    return float((weights * (np.arange(span.start, span.end) + 0.5 - _LATE)).sum() / weights.sum())
