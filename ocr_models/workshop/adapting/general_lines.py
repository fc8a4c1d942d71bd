"""General lines: printed, typed and pen lines that a book's model must not forget.

The pages of a book carry printed labels, and the same reader reads them. So lines in our own fonts can be rehearsed
while a hand is learnt, and others, in fonts that are not rehearsed, show what was forgotten. The latter are shipped
with the product: `python -m ocr_models.workshop.adapting guard` draws them anew.
"""

from __future__ import annotations

from collections.abc import Sequence

from ocr_models.adaptation.lines import Sample, sample_of
from ocr_models.workshop.fonts import Split, catalogue
from ocr_models.workshop.training.lines import LineRenderer
from ocr_models.workshop.training.texts import TextBank

_LONGEST = 960  # pixels of ink: longer lines cost much and teach nothing more


def draw_rehearsal(characters: str, *, count: int, seed: int) -> list[Sample]:
    """Lines of all three kinds, to be learnt beside the book's own."""
    return _drawn("train", (0.45, 0.2, 0.35), characters, count=count, seed=seed)


def draw_guard(characters: str, *, count: int = 120) -> list[Sample]:
    """The same lines every time, print and typewriter as labels are, in fonts that are never rehearsed."""
    return _drawn("dev", (0.7, 0.3, 0.0), characters, count=count, seed=1957)


def _drawn(split: Split, kinds: Sequence[float], characters: str, *, count: int, seed: int) -> list[Sample]:
    renderer = LineRenderer(catalogue(split=split), TextBank(seed, size=200), seed, kinds=kinds)
    samples: list[Sample] = []
    while len(samples) < count:
        line = renderer.render()
        sample = sample_of(line.pixels, line.text, characters)
        if sample is not None and sample.ink.shape[1] <= _LONGEST:
            samples.append(sample)
    return samples
