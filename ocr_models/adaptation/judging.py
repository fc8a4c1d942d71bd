"""How well a set of parameters reads a set of lines, alone or beside the base."""

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
from ocr_models.reader.surer import is_believed
from ocr_models.reading import build_reading
from pipeline.domain.recognition import Reading

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


@dataclass(frozen=True, slots=True, eq=False)
class Judges:
    """Lines that judge models learnt from a base, with what the base reads in them. `alone`: the models are to read in
    the base's place, not beside it."""

    lines: tuple[Sample, ...]
    characters: str
    read: tuple[Reading, ...]
    alone: bool = False

    @staticmethod
    def of(base: Mapping[str, Array], lines: Sequence[Sample], characters: str, *, alone: bool = False) -> Judges:
        return Judges(tuple(lines), characters, tuple(read_with(base, lines, characters)), alone)

    @property
    def base(self) -> Errors:
        return _errors(self.read, self.lines)

    def errors(self, model: Mapping[str, Array]) -> Errors:
        """Errors of a model learnt, as the reader reads with it."""
        own = read_with(model, self.lines, self.characters)
        believed = [
            second if self.alone or is_believed(base=first.confidence.raw, book=second.confidence.raw) else first
            for first, second in zip(self.read, own, strict=True)
        ]
        return _errors(believed, self.lines)


def errors_of(parameters: Mapping[str, Array], lines: Sequence[Sample], characters: str) -> Errors:
    """Errors of greedy reading with one network, as the reader reads."""
    return _errors(read_with(parameters, lines, characters), lines)


def _errors(read: Sequence[Reading], lines: Sequence[Sample]) -> Errors:
    wrong = [Levenshtein.distance(line.text, reading.text) for line, reading in zip(lines, read, strict=True)]
    return Errors(sum(wrong), sum(len(line.text) for line in lines), wrong.count(0), len(lines))


def read_with(parameters: Mapping[str, Array], lines: Sequence[Sample], characters: str) -> list[Reading]:
    """What the network reads in each line: a line's padding is its own matter alone."""
    out = [build_reading([], reader="") for _ in lines]
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
                out[places[which]] = build_reading(characters_read, reader="")
    return out
