"""Whether a line's ink says a text that somebody else proposes, word by word.

The text is aligned with the ink by force (the best CTC path that spells it). Each word is then measured by what that
path loses, over the word's own steps, against the path that spells whatever the network likes best: a hand that is read
badly loses some on every word, a word that does not stand there loses much on that one word. So a single wrong name in
a long line shows, which a mean over the line would hide.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

import numpy as np
from rapidfuzz.distance import Levenshtein

from ocr_models.adaptation.alignment import Span, best_path
from ocr_models.adaptation.layers import Array
from ocr_models.adaptation.lines import Sample, fits, stacked
from ocr_models.adaptation.mixing import pieces_of
from ocr_models.adaptation.network import forward
from pipeline.domain.trace import log_likelihood

MOST_LOST = 2.5
"""Nats a letter that any word may lose. On two hands read with 26 and 29 % of errors, 71 and 75 of 100 right lines lose
less, and 2 and 0 of 100 lines in which one word is another; README.md of `ocr_models/workshop/training`."""

MOST_LOST_IN_NUMBERS = 4.0
"""Nats that a word with a digit may lose altogether, however long it is: one digit is the whole difference between two
dates, and a wrong one loses more wherever the hand's digits are read at all."""

CLEAR = 3.0
"""Nats by which the text must be likelier than the most similar text of the other lines."""

_SHORTEST = 2  # letters a word counts at least: a single one has hardly any steps to lose on
_SHORTEST_PIECE = 4  # letters that a stretch of a line has at least


def agreeing(
    parameters: Mapping[str, Array], lines: Sequence[Sample], *, rivals: Sequence[Sample] | None = None
) -> list[bool]:
    """For each line whether its ink says its text: no word loses too much, and no text of the `rivals` (by default of
    the lines themselves) that is most like it is nearly as likely."""
    texts = sorted({(other.text, other.labels) for other in (lines if rivals is None else rivals)})
    return [_agrees(parameters, line, texts) for line in lines]


def said(parameters: Mapping[str, Array], lines: Sequence[Sample], *, rivals: Sequence[Sample]) -> list[list[Sample]]:
    """For each line the stretches of its text that its ink says, each with its ink.

    The whole line where it agrees (as `agreeing`). Else the runs of words that lose little, where they are more than
    half of its letters and the whole text is still clearly likelier than its rival: a word that the network cannot
    read, or that the register has wrong, takes nothing from what stands beside it.
    """
    texts = sorted({(other.text, other.labels) for other in rivals})
    return [_said(parameters, line, texts) for line in lines]


def _said(parameters: Mapping[str, Array], line: Sample, texts: Sequence[tuple[str, tuple[int, ...]]]) -> list[Sample]:
    scores = scores_of(parameters, line)
    found = _words_found(scores, line)
    words = line.text.split(" ")
    if len(found) != len(words) or not _is_clear(scores, line, texts):
        return []
    if all(found):
        return [line]
    if sum(len(word) for word, is_found in zip(words, found, strict=True) if is_found) <= len(line.text) / 2:
        return []
    pieces = pieces_of(parameters, line, list(_runs(words, found)))
    return [piece for piece in pieces if piece is not None and fits(piece.ink, piece.labels)]


def _runs(words: Sequence[str], found: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Letters [first, last) of the runs of found words that are long enough."""
    at = 0
    for is_found, run in groupby(zip(words, found, strict=True), key=lambda one: one[1]):
        length = sum(len(word) + 1 for word, _ in run)
        if is_found and length > _SHORTEST_PIECE:
            yield at, at + length - 1
        at += length


def _agrees(parameters: Mapping[str, Array], line: Sample, texts: Sequence[tuple[str, tuple[int, ...]]]) -> bool:
    scores = scores_of(parameters, line)
    return all(_words_found(scores, line)) and _is_clear(scores, line, texts)


def _words_found(scores: Array, line: Sample) -> list[bool]:
    """For each word whether it loses no more than it may."""
    return [
        lost <= (MOST_LOST_IN_NUMBERS if any(map(str.isdigit, word)) else MOST_LOST * max(len(word), _SHORTEST))
        for word, lost in losses(scores, line)
    ]


def _is_clear(scores: Array, line: Sample, texts: Sequence[tuple[str, tuple[int, ...]]]) -> bool:
    """Whether the text is clearly likelier than that of the others that is most like it."""
    others = [other for other in texts if other[0] != line.text]
    if not others:
        return True
    _, rival = min(others, key=lambda other: Levenshtein.normalized_distance(other[0], line.text))
    return log_likelihood(scores, line.labels) - log_likelihood(scores, rival) >= CLEAR


def scores_of(parameters: Mapping[str, Array], line: Sample) -> Array:
    """Log-probabilities (steps, classes) of one line, float64."""
    ink, steps = stacked([line.ink])
    scores, _ = forward(parameters, ink, tuned_from="head")
    return np.asarray(scores[0, : steps[0]], np.float64)


def losses(scores: Array, line: Sample) -> Iterator[tuple[str, float]]:
    """Each word of the line's text with the nats that it loses; the whole of infinite loss where nothing fits."""
    spans = best_path(scores, line.labels)
    if spans is None:
        yield line.text, np.inf
        return
    path = np.zeros(len(scores), np.int64)
    for span, label in zip(spans, line.labels, strict=True):
        path[span.start : span.end] = label
    lost = scores.max(axis=1) - scores[np.arange(len(scores)), path]
    for first, last, left, right in _words(line.text, spans, len(scores)):
        yield line.text[first:last], float(lost[left:right].sum())


def _words(text: str, spans: Sequence[Span], steps: int) -> Iterator[tuple[int, int, int, int]]:
    """Each word's letters [first, last) and its steps [left, right): up to half way to its neighbours."""
    words: list[tuple[int, int]] = []
    at = 0
    for word in text.split(" "):
        words.append((at, at + len(word)))
        at += len(word) + 1
    for number, (first, last) in enumerate(words):
        before, after = words[:number][-1:], words[number + 1 :][:1]
        left = (spans[before[0][1] - 1].end + spans[first].start) // 2 if before else 0
        right = (spans[last - 1].end + spans[after[0][0]].start) // 2 if after else steps
        yield first, last, left, right
