"""What a reader saw of a line, drawn up by hand."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import numpy as np

from pipeline.domain.trace import Trace
from pipeline.settling.traced import Traced

_TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
_VOWELS = [unicodedata.normalize("NFC", vowel + tone) for vowel in "aăâeêioôơuưy" for tone in _TONES]
_SMALL = [*"bcdđghklmnpqrstvx", *_VOWELS]
SYMBOLS = ("", *"0123456789/ .,", *_SMALL, *(letter.upper() for letter in _SMALL))


def trace(text: str, *, blurred: Sequence[tuple[int, str]] = (), sure: float = 1e-7) -> Trace:
    """Ink that says the text: each letter in one step, with a blank before and after.

    All else has together the probability `sure` at each step. `blurred` names letters by their place that could as
    well be another one.
    """
    steps = np.full((2 * len(text) + 1, len(SYMBOLS)), np.log(sure / len(SYMBOLS)))
    steps[::2, 0] = np.log1p(-sure)
    other = dict(blurred)
    for n, letter in enumerate(text):
        said = (letter, other[n]) if n in other else (letter,)
        for symbol in said:
            steps[2 * n + 1, SYMBOLS.index(symbol)] = np.log((1 - sure) / len(said))
    return Trace.of(steps, SYMBOLS)


def traced(*texts: str, blurred: Sequence[tuple[int, str]] = ()) -> Traced:
    """A value whose ink clearly says these texts, but for what is `blurred` in the first of them."""
    return Traced(
        texts=texts,
        traces=tuple(trace(text, blurred=() if n else blurred) for n, text in enumerate(texts)),
    )
