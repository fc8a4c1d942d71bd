"""Decoding a CTC network's output against the words a field may hold.

Prefix beam search (Hannun et al., "First-Pass Large Vocabulary Continuous Speech Recognition", 2014) in which
a finished word earns its prior and a run of letters that begins no known word pays for it. Digits and
punctuation are free. Where the lexicon is strict no other word may be written.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ocr_models.ctc import BLANK
from pipeline.recognition import Lexicon

_BEAM = 10
_SYMBOLS = 7  # most likely symbols of a time step that are followed
_LEAST = -6.5  # natural log; less likely symbols of a time step are not followed
_LEAST_SPACE = -9.0
_WEIGHT = 0.55  # of the words' prior against the network (measured on pen fonts)
_NONE = -1e30


@dataclass(slots=True)
class _Beam:
    """Log-probabilities of all paths that write one text: ending in a blank, and in its last letter."""

    blank: float = _NONE
    letter: float = _NONE
    words: float = 0.0

    @property
    def total(self) -> float:
        return _add(self.blank, self.letter)


@dataclass(slots=True)
class _Search:
    lexicon: Lexicon
    priors: dict[str, float] = field(default_factory=dict)

    def prior(self, text: str, *, ended: bool) -> float:
        """What the words of `text` earn; the last one is still being written unless `ended`."""
        known = self.priors.get(text) if not ended else None
        if known is None:
            known = sum(self._word(w, whole=True) for w in _finished(text, ended))
            if not ended:
                known += self._word(_last(text), whole=False)
                self.priors[text] = known
        return known

    def _word(self, word: str, *, whole: bool) -> float:
        if not word:
            return 0.0
        key = word.lower()
        if whole:
            return self.lexicon.words.get(key, self.lexicon.unknown)
        return 0.0 if key in self.lexicon.beginnings else self.lexicon.unknown


def decode_words(scores: NDArray[np.floating], symbols: Sequence[str], lexicon: Lexicon) -> str:
    """The text that network and lexicon together hold most likely. `scores`: (time, classes), natural logs."""
    search = _Search(lexicon)
    beams: dict[str, _Beam] = {"": _Beam(blank=0.0)}
    space = symbols.index(" ") if " " in symbols else None
    for step in _steps(scores, space):
        beams = _advance(beams, step, symbols, search)
    return max(beams, key=lambda text: beams[text].total + _WEIGHT * search.prior(text, ended=True))


def _steps(scores: NDArray[np.floating], space: int | None) -> list[list[tuple[int, float]]]:
    """The symbols worth following at each time step. A space always is: networks drop it between narrow words."""
    order = np.argsort(scores, axis=1)[:, ::-1][:, :_SYMBOLS]
    steps = []
    for t, row in enumerate(order.tolist()):
        step = [(label, float(scores[t, label])) for label in row if scores[t, label] > _LEAST]
        if space is not None and space not in row and scores[t, space] > _LEAST_SPACE:
            step.append((space, float(scores[t, space])))
        steps.append(step)
    return steps


def _advance(
    beams: dict[str, _Beam], step: list[tuple[int, float]], symbols: Sequence[str], search: _Search
) -> dict[str, _Beam]:
    following: dict[str, _Beam] = {}
    for text, beam in beams.items():
        for label, p in step:
            if label == BLANK:
                same = following.setdefault(text, _Beam())
                same.blank = _add(same.blank, beam.total + p)
                continue
            symbol = symbols[label]
            repeated = text.endswith(symbol)
            if repeated:
                same = following.setdefault(text, _Beam())
                same.letter = _add(same.letter, beam.letter + p)
            longer = following.setdefault(text + symbol, _Beam())
            longer.letter = _add(longer.letter, (beam.blank if repeated else beam.total) + p)
    ranked = sorted(following.items(), key=lambda item: -(item[1].total + _WEIGHT * search.prior(item[0], ended=False)))
    return dict(ranked[:_BEAM])


def _finished(text: str, ended: bool) -> list[str]:
    words = _split(text)
    return words if ended else words[:-1]


def _last(text: str) -> str:
    return _split(text)[-1]


def _split(text: str) -> list[str]:
    """Runs of letters; digits and punctuation part words. The last element is the run at the end, maybe empty."""
    return "".join(c if c.isalpha() else " " for c in text).split(" ")


def _add(a: float, b: float) -> float:
    if a < b:
        a, b = b, a
    return a if b <= _NONE else a + math.log1p(math.exp(b - a))
