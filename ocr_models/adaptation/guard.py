"""Lines that a book's model must still read: print and typewriter as labels are, in fonts that nothing is learnt from.

They lie beside this file as `guard.npz`: every line's ink side by side in one strip, the lines' widths, and their texts
as UTF-8, one a line. `ocr_models.workshop.adapting` draws them.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ocr_models.adaptation.lines import Sample, labels_of

GUARD = Path(__file__).with_name("guard.npz")


def guard(characters: str) -> list[Sample]:
    """The lines in a fixed order; those left out that the reader's characters cannot spell."""
    with np.load(GUARD) as packed:
        texts = bytes(packed["texts"]).decode("utf-8").split("\n")
        inks = np.split(packed["strip"], np.cumsum(packed["widths"])[:-1], axis=1)
    samples = []
    for ink, text in zip(inks, texts, strict=True):
        labels = labels_of(text, characters)
        if labels is not None:
            samples.append(Sample(ink, text, labels))
    return samples


def pack_guard(samples: list[Sample], path: Path = GUARD) -> None:
    """Writes the file that `guard` reads."""
    strip = np.concatenate([sample.ink for sample in samples], axis=1)
    widths = np.array([sample.ink.shape[1] for sample in samples])
    texts = np.frombuffer("\n".join(sample.text for sample in samples).encode("utf-8"), np.uint8)
    np.savez_compressed(path, strip=strip, widths=widths, texts=texts)
