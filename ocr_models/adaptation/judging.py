"""How well a set of parameters reads a set of lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz.distance import Levenshtein

from ocr_models.adaptation.layers import Array
from ocr_models.adaptation.lines import Sample, batches, stacked
from ocr_models.adaptation.network import forward
from ocr_models.ctc import decode_greedy
from ocr_models.reader.preparation import padded
from ocr_models.reading import build_reading

_COLUMNS = 8192


@dataclass(frozen=True, slots=True)
class Errors:
    """Character errors (Levenshtein) among so many characters of so many lines, and lines without one."""

    wrong: int
    letters: int
    exact: int
    lines: int

    @property
    def rate(self) -> float:
        """Character errors in per cent; 0 for no characters at all."""
        return 100 * self.wrong / self.letters if self.letters else 0.0


def errors_of(parameters: Mapping[str, Array], lines: Sequence[Sample], characters: str) -> Errors:
    """Errors of greedy reading, as the reader reads: a line's padding is its own matter alone."""
    read = read_with(parameters, lines, characters)
    wrong = [Levenshtein.distance(line.text, text) for line, text in zip(lines, read, strict=True)]
    return Errors(sum(wrong), sum(len(line.text) for line in lines), wrong.count(0), len(lines))


def read_with(parameters: Mapping[str, Array], lines: Sequence[Sample], characters: str) -> list[str]:
    """What the network reads in each line."""
    out = [""] * len(lines)
    by_width: dict[int, list[int]] = {}
    for place, line in enumerate(lines):
        by_width.setdefault(padded(line.ink.shape[1]), []).append(place)
    for places in by_width.values():
        inks = [lines[place].ink for place in places]
        for batch in batches(inks, _COLUMNS):
            ink, steps = stacked([inks[row] for row in batch])
            scores, _ = forward(parameters, ink, tuned_from="head")
            for row, which in enumerate(batch):
                characters_read = decode_greedy(np.asarray(scores[row, : steps[row]]), ("", *characters), step=1.0)
                out[places[which]] = build_reading(characters_read, reader="").text
    return out
