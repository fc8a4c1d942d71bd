"""A decided line as the pieces of it that may leave: names and dates whole, all else in single words, numbers in parts.

Ink comes out as the reader sees it: at its height, without colour, paper and margins. A piece in which the reader sees
more than its text says is left out: it may hold a neighbour's digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from rapidfuzz.distance import Levenshtein

from ocr_models.adaptation.adapt import Model
from ocr_models.adaptation.judging import read_with
from ocr_models.adaptation.lines import CorrectedLine, Sample, samples_of
from ocr_models.adaptation.mixing import pieces_of

MOST_DIGITS = 4
"""Digits that one piece may hold, dates excepted."""

_WHOLE_NAMES = frozenset(("name",))
_WHOLE_MOMENTS = frozenset(("date", "date_words", "year", "age", "time", "time_of_birth"))
_DIGITS = re.compile(r"\d")
_MOST_MISREAD = 0.5  # of a piece's letters: beyond, the cut is not believed


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One piece of a line. `part`: as in `storage.ink.GivenPiece`."""

    part: str
    text: str
    ink: bytes


def pieces(line: CorrectedLine, grammar: str, *, model: Model) -> list[Piece]:
    """What of the line may leave; nothing of a line that the network cannot write, or whose cuts are not believed."""
    [sample] = samples_of([line], model.manifest.characters)
    if sample is None:
        return []
    found = list(_cut(sample, grammar, model))
    read = read_with(model.parameters, [part for _, part in found], model.manifest.characters)
    return [
        Piece(part=letters, text=part.text, ink=_png(part))
        for (letters, part), seen in zip(found, read, strict=True)
        if _holds_its_text(part.text, seen.text)
    ]


def _cut(sample: Sample, grammar: str, model: Model) -> Iterator[tuple[str, Sample]]:
    digits = _DIGITS.search(sample.text) is not None
    if grammar in _WHOLE_MOMENTS or (grammar in _WHOLE_NAMES and not digits):
        yield "", sample
        return
    if grammar in _WHOLE_NAMES:  # a name with digits is something else
        return
    ends = borders(sample.text)
    if not ends:
        yield "", sample
        return
    for (first, end), part in zip(ends, pieces_of(model.parameters, sample, ends), strict=True):
        if part is not None:
            yield f"{first}-{end}", part


def borders(text: str) -> list[tuple[int, int]]:
    """First and one past the last letter of each piece of a text that may not leave whole; none where it is one piece.

    A piece is a word, or of a word with more than `MOST_DIGITS` digits a stretch that holds no more.
    """
    out: list[tuple[int, int]] = []
    for word in re.finditer(r"\S+", text):
        start, count = word.start(), 0
        for at in range(word.start(), word.end()):
            if text[at].isdigit():
                if count == MOST_DIGITS:
                    out.append((start, at))
                    start, count = at, 0
                count += 1
        out.append((start, word.end()))
    return [] if len(out) == 1 else out


def _holds_its_text(text: str, seen: str) -> bool:
    """Whether the reader sees about the text in a piece, no more letters and no more digits than it has."""
    more_digits = len(_DIGITS.findall(seen)) > len(_DIGITS.findall(text))
    longer = len(seen) > len(text) + max(1, len(text) // 8)
    return not more_digits and not longer and Levenshtein.distance(text, seen) <= max(1.0, _MOST_MISREAD * len(text))


def _png(sample: Sample) -> bytes:
    return cv2.imencode(".png", np.asarray(255 - sample.ink, np.uint8))[1].tobytes()
