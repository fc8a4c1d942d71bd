"""New lines out of the words of a book's own lines, so that a hand is learnt and not the lines by heart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from random import Random

import numpy as np

from ocr_models.adaptation.alignment import best_path
from ocr_models.adaptation.layers import Array
from ocr_models.adaptation.lines import Sample, stacked
from ocr_models.adaptation.network import CELL, forward
from ocr_models.reader.preparation import HEIGHT

_SPACE = " "
_LONGEST = 720  # pixels of a mixed line
_LEAST_GAP, _MOST_GAP = 6, 24


def words_of(parameters: Mapping[str, Array], lines: Sequence[Sample]) -> list[Sample]:
    """The words of the lines, each with its ink, cut where the network sees the spaces of the known text.

    Lines of one word come whole. Nothing comes of a line whose spaces cannot be told.
    """
    return [word for line in lines for word in _words(parameters, line)]


def _words(parameters: Mapping[str, Array], line: Sample) -> Iterator[Sample]:
    ink, steps = stacked([line.ink])
    scores, _ = forward(parameters, ink, tuned_from="head")
    spans = best_path(scores[0, : steps[0]], line.labels)
    if spans is None:
        return
    spaces = [place for place, letter in enumerate(line.text) if letter == _SPACE]
    cuts = [_least_ink(line.ink, CELL * (spans[place].start + spans[place].end) / 2) for place in spaces]
    for (left, first), (right, last) in pairwise(
        [(0, -1), *zip(cuts, spaces, strict=True), (line.ink.shape[1], len(line.text))]
    ):
        if right - left >= CELL * (last - first):
            yield Sample(line.ink[:, left:right], line.text[first + 1 : last], line.labels[first + 1 : last])


def pieces_of(parameters: Mapping[str, Array], line: Sample, borders: Sequence[tuple[int, int]]) -> list[Sample | None]:
    """The stretches of the line's text from the first letter to before the last, each with its ink, in order.

    Cut half way between letters that stand beside each other, in the middle of a space; None for a stretch with too
    little ink for its letters, or for all where the text does not fit the ink.
    """
    ink, steps = stacked([line.ink])
    scores, _ = forward(parameters, ink, tuned_from="head")
    spans = best_path(scores[0, : steps[0]], line.labels)
    if spans is None:
        return [None] * len(borders)
    width = line.ink.shape[1]

    def cut(before: int, after: int) -> int:
        """The column between two letters; at either end of the line the line's own."""
        if before < 0 or after >= len(spans):
            return 0 if before < 0 else width
        return _least_ink(line.ink, CELL * (spans[before].end + spans[after].start) / 2)

    out: list[Sample | None] = []
    for first, end in borders:
        left, right = cut(first - 1, first), cut(end - 1, end)
        fit = right - left >= CELL * (end - first)
        piece = Sample(line.ink[:, left:right], line.text[first:end], line.labels[first:end]) if fit else None
        out.append(piece)
    return out


def _least_ink(ink: Array, middle: float) -> int:
    """The column near `middle` that crosses least ink; between equal ones the nearest."""
    columns = np.arange(max(0, int(middle) - 2 * CELL), min(ink.shape[1], int(middle) + 2 * CELL + 1))
    if not len(columns):
        return int(min(ink.shape[1], max(0, middle)))
    crossed = ink[:, columns].sum(axis=0) + 20.0 * np.abs(columns - middle)
    return int(columns[int(crossed.argmin())])


def mixed(words: Sequence[Sample], space: int, rng: Random) -> Sample:
    """A line of one to six of the words, a gap between two. `space`: the class of the space."""
    count = rng.randint(1, 6)
    pieces: list[Array] = []
    labels: list[int] = []
    texts: list[str] = []
    width = 0
    for word in rng.choices(words, k=count):
        if pieces and width + word.ink.shape[1] + _MOST_GAP > _LONGEST:
            break
        if pieces:
            pieces.append(np.zeros((HEIGHT, rng.randint(_LEAST_GAP, _MOST_GAP)), np.uint8))
            labels.append(space)
        pieces.append(word.ink)
        labels += word.labels
        texts.append(word.text)
        width += sum(piece.shape[1] for piece in pieces[-2:])
    return Sample(np.concatenate(pieces, axis=1), _SPACE.join(texts), tuple(labels))
