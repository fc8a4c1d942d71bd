"""Lines of the general kind, drawn when they are needed: what a book's model must not forget.

The pages of a book carry printed labels, and the same reader reads them. So printed, typed and pen lines in our
own fonts are rehearsed while a hand is learnt, and others, in fonts not rehearsed, tell what was forgotten.
"""

from __future__ import annotations

from collections.abc import Sequence

from ocr_models.adaptation.lines import Sample, sample_of
from ocr_models.fonts import Split, catalogue
from ocr_models.training.lines import LineRenderer
from ocr_models.training.texts import TextBank

_LONGEST = 960  # pixels of ink: longer lines cost much and teach nothing more


def rehearsal(characters: str, *, count: int, seed: int) -> list[Sample]:
    """Lines to learn along, of all three kinds."""
    return _drawn("train", (0.45, 0.2, 0.35), characters, count=count, seed=seed)


def guard(characters: str, *, count: int = 120) -> list[Sample]:
    """The same lines every time, print and typewriter as labels are, in fonts that are never rehearsed."""
    return _drawn("dev", (0.7, 0.3, 0.0), characters, count=count, seed=1957)


def _drawn(split: Split, kinds: Sequence[float], characters: str, *, count: int, seed: int) -> list[Sample]:
    renderer = LineRenderer(catalogue(split=split), TextBank(seed, size=200), seed, kinds=kinds)
    found: list[Sample] = []
    while len(found) < count:
        line = renderer.render()
        sample = sample_of(line.pixels, line.text, characters)
        if sample is not None and sample.ink.shape[1] <= _LONGEST:
            found.append(sample)
    return found
