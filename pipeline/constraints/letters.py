"""How usual a letter is after the letters before it, in what registers say: beside a lexicon, in a reader's search.

A lexicon knows single words; this knows what stands between and around them: which given name follows which middle
name, which ward's name goes on how, where capitals stand. It ranks what the ink leaves open, and never forbids.

Method: an n-gram of characters with Witten-Bell's interpolation (Witten and Bell, "The zero-frequency problem", 1991).
`letters.tsv.gz` holds the counts: a row for each context with how often it came, how many characters followed it, and
these with their counts. Of contexts of two letters and more only what came five times is kept.
`python -m ocr_models.workshop.letters` counts them anew, from our generators' text and the gazetteer's names alone.
"""

from __future__ import annotations

import gzip
import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from pipeline.domain.recognition import Wording

DATA = "letters.tsv.gz"
BEGIN, END = "\x02", "\x03"
ORDER = 5
_CHARACTERS = 256  # about as many as a reader writes: what was never counted shares what is left
# Both are relative to the weight that the search gives a wording. On pen fonts they could be half as much again; then
# names that nobody has suffer (`python -m ocr_models.workshop.training.wordings`).
_SHARE = 0.18
_LONGER = 0.6  # what each character earns, since every one of them costs


@dataclass(frozen=True, slots=True)
class Row:
    """What followed one context: characters with their counts, the sum of all counts, how many different ones."""

    total: int
    kinds: int
    following: Mapping[str, int]


class Letters:
    """The n-gram. Probabilities of all characters after a context sum to no more than 1."""

    def __init__(self, rows: Mapping[str, Row]) -> None:
        self._rows = rows
        self.log_probability = lru_cache(maxsize=1 << 16)(self._log_probability)

    @property
    def start(self) -> str:
        return BEGIN * (ORDER - 1)

    def _log_probability(self, context: str, character: str) -> float:
        """Natural log of how usual the character is after the `ORDER - 1` before it."""
        probability = 1.0 / _CHARACTERS
        for length in range(ORDER):
            row = self._rows.get(context[ORDER - 1 - length :])
            if row is None:
                break
            probability = (row.following.get(character, 0) + row.kinds * probability) / (row.total + row.kinds)
        return math.log(probability)


class WithLetters:
    """A wording that weighs its letters too: a `pipeline.domain.recognition.Wording`. It forbids what `inner` does."""

    def __init__(self, inner: Wording, letters: Letters) -> None:
        self.inner = inner
        self._letters = letters

    @property
    def characters(self) -> frozenset[str] | None:
        return self.inner.characters

    @property
    def start(self) -> Hashable:
        return self._letters.start, 0.0, self.inner.start

    def follow(self, state: Any, character: str) -> Hashable | None:
        context, earned, inside = state
        inner = self.inner.follow(inside, character)
        if inner is None:
            return None
        gain = _SHARE * self._letters.log_probability(context, character) + _LONGER
        return context[1:] + character, earned + gain, inner

    def weight(self, state: Any, *, ended: bool) -> float:
        context, earned, inside = state
        end = _SHARE * self._letters.log_probability(context, END) if ended else 0.0
        return float(earned + end + self.inner.weight(inside, ended=ended))


@cache
def letters() -> Letters:
    """The n-gram that comes with the program."""
    packed = resources.files("pipeline.constraints").joinpath(DATA).read_bytes()
    return Letters(dict(map(_row, gzip.decompress(packed).decode().split("\n"))))


def _row(line: str) -> tuple[str, Row]:
    context, total, kinds, *pairs = line.split("\t")
    following = {pair[0]: int(pair[1:]) for pair in pairs}
    return context, Row(int(total), int(kinds), following)


def written(rows: Mapping[str, Row]) -> bytes:
    """The rows as `letters` reads them; the same rows give the same bytes."""
    lines = (
        "\t".join([context, str(row.total), str(row.kinds), *(f"{c}{n}" for c, n in sorted(row.following.items()))])
        for context, row in sorted(rows.items())
    )
    return gzip.compress("\n".join(lines).encode(), mtime=0)
