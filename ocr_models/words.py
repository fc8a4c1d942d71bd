"""Decoding a CTC network's output against what a field may say.

Prefix beam search (Hannun et al., "First-Pass Large Vocabulary Continuous Speech Recognition", 2014) along a
`Wording`: a lexicon makes finished words earn their prior and lets a run of letters that begins no known word
pay for it; a pattern forbids what no value of the field can be.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ocr_models.ctc import BLANK
from pipeline.domain.recognition import Wording

MOST = 5  # texts that a search gives at most
_BEAM = 10
_SYMBOLS = 7  # most likely symbols of a time step that are followed
_LEAST = -6.5  # natural log; less likely symbols of a time step are not followed
_LEAST_OF_FEW = -14.0
_LEAST_SPACE = -9.0
_WEIGHT = 0.55  # of the words' prior against the network (measured on pen fonts)
_NONE = -1e30

Found = list[tuple[str, float]]
"""Texts with the natural log of the probability that the ink alone says them; in the order of ink and wording."""


@dataclass(slots=True)
class _Beam:
    """Log-probabilities of all paths that write one text: ending in a blank, and in its last letter.

    `state` is where the wording stands after the text, `prior` what the text earned so far.
    """

    state: Hashable
    prior: float
    blank: float = _NONE
    letter: float = _NONE

    @property
    def ink(self) -> float:
        return _add(self.blank, self.letter)


def decode_words(scores: NDArray[np.floating], symbols: Sequence[str], wording: Wording) -> Found:
    """The texts that network and wording together make most likely, at most `MOST`, best first.

    `scores`: (time, classes), natural logs, class 0 the blank. Empty when the ink fits nothing the wording allows.
    """
    beams = {"": _Beam(wording.start, 0.0, blank=0.0)}
    for step in _steps(scores, symbols, wording.characters):
        if len(step) == 1 and step[0][0] == BLANK:
            for beam in beams.values():
                beam.blank, beam.letter = beam.ink + step[0][1], _NONE
        else:
            beams = _advance(beams, step, symbols, wording)
    ended = {text: _WEIGHT * wording.weight(beam.state, ended=True) for text, beam in beams.items()}
    allowed = [text for text, prior in ended.items() if prior > -math.inf]
    allowed.sort(key=lambda text: -(beams[text].ink + ended[text]))
    return [(text, beams[text].ink) for text in allowed[:MOST]]


def likely_texts(
    scores: NDArray[np.floating], symbols: Sequence[str], wording: Wording
) -> tuple[tuple[str, float], ...]:
    """The same as `Reading.alternatives`: texts with single spaces inside and none outside, and probabilities."""
    texts: dict[str, float] = {}
    for text, ink in decode_words(scores, symbols, wording):
        tidy = " ".join(text.split())
        texts[tidy] = min(1.0, texts.get(tidy, 0.0) + math.exp(min(0.0, ink)))
    return tuple(texts.items())


def _steps(
    scores: NDArray[np.floating], symbols: Sequence[str], characters: frozenset[str] | None
) -> list[list[tuple[int, float]]]:
    """The symbols worth following at each time step, of those that are allowed.

    A space always is: networks drop it between narrow words. Where few characters are allowed, unlikely ones are
    followed too: the most likely ones may not be among them.
    """
    space = symbols.index(" ") if " " in symbols else None
    if characters is None:
        usable, least = np.arange(scores.shape[1]), _LEAST
    else:
        usable = np.array([i for i, symbol in enumerate(symbols) if i == BLANK or symbol in characters])
        least = _LEAST_OF_FEW
        space = space if " " in characters else None
    order = usable[np.argsort(scores[:, usable], axis=1)[:, ::-1][:, :_SYMBOLS]]
    steps = []
    for t, row in enumerate(order.tolist()):
        step = [(label, float(scores[t, label])) for label in row if scores[t, label] > least]
        if space is not None and space not in row and scores[t, space] > _LEAST_SPACE:
            step.append((space, float(scores[t, space])))
        steps.append(step)
    return steps


def _advance(
    beams: dict[str, _Beam], step: list[tuple[int, float]], symbols: Sequence[str], wording: Wording
) -> dict[str, _Beam]:
    following: dict[str, _Beam] = {}
    for text, beam in beams.items():
        ink = beam.ink
        for label, p in step:
            if label == BLANK:
                same = _same(following, text, beam)
                same.blank = _add(same.blank, ink + p)
                continue
            symbol = symbols[label]
            repeated = text.endswith(symbol)
            if repeated:
                same = _same(following, text, beam)
                same.letter = _add(same.letter, beam.letter + p)
            longer = _longer(following, text + symbol, symbol, beam, wording)
            if longer is not None:
                longer.letter = _add(longer.letter, (beam.blank if repeated else ink) + p)
    ranked = sorted(following.items(), key=lambda item: -(item[1].ink + item[1].prior))
    return dict(ranked[:_BEAM])


def _same(following: dict[str, _Beam], text: str, beam: _Beam) -> _Beam:
    kept = following.get(text)
    if kept is None:
        kept = following[text] = _Beam(beam.state, beam.prior)
    return kept


def _longer(following: dict[str, _Beam], text: str, symbol: str, beam: _Beam, wording: Wording) -> _Beam | None:
    longer = following.get(text)
    if longer is None:
        state = wording.follow(beam.state, symbol)
        if state is None:
            return None
        longer = following[text] = _Beam(state, _WEIGHT * wording.weight(state, ended=False))
    return longer


def _add(a: float, b: float) -> float:
    if a < b:
        a, b = b, a
    return a if b <= _NONE else a + math.log1p(math.exp(b - a))
