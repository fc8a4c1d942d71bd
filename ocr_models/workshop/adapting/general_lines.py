"""General lines: printed and typed ones that a book's model must not forget.

The pages of a book carry printed labels, and the same reader reads them. So lines in fonts that nothing is learnt from
show what was forgotten. They are shipped with the product: `python -m ocr_models.workshop.adapting guard` draws them
anew.
"""

from __future__ import annotations

from ocr_models.adaptation.lines import Sample, sample_of
from ocr_models.workshop.fonts import catalogue
from ocr_models.workshop.training.lines import LineRenderer
from ocr_models.workshop.training.texts import TextBank

SEED = 1957
_LONGEST = 960  # pixels of ink: longer lines cost much and teach nothing more


def draw_guard(characters: str, *, count: int = 120) -> list[Sample]:
    """The same lines every time, print and typewriter as labels are, of fonts of the split `dev`."""
    renderer = LineRenderer(catalogue(split="dev"), TextBank(SEED, size=200), SEED, kinds=(0.7, 0.3, 0.0))
    samples: list[Sample] = []
    while len(samples) < count:
        line = renderer.render()
        sample = sample_of(line.pixels, line.text, characters)
        if sample is not None and sample.ink.shape[1] <= _LONGEST:
            samples.append(sample)
    return samples
