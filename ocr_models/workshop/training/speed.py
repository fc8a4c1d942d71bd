"""How many lines a second each source draws on one core."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import cv2

from ocr_models.workshop.fonts import catalogue
from ocr_models.workshop.training.lines import LineRenderer
from ocr_models.workshop.training.real import RealSource, real_lines
from ocr_models.workshop.training.texts import TextBank

_KINDS = ("print", "typed", "pen")
_BATCHES = 20


def rates(fonts: Path | None, archives: tuple[Path, ...] = (), *, count: int = 600) -> Iterator[tuple[str, float]]:
    """(source, lines a CPU second) of generated print, typewriter and pen, and of bent real lines.

    Each source draws some lines first, so that letters are in its cache as they are after a minute of training.
    """
    cv2.setNumThreads(1)
    chosen = [*catalogue(fonts, split="train"), *catalogue(fonts, split="train", bare=True)]
    bank = TextBank(1, size=300)
    for number, kind in enumerate(_KINDS):
        shares = [0.0, 0.0, 0.0]
        shares[number] = 1.0
        yield kind, _rate(LineRenderer(chosen, bank, seed=3, kinds=shares), count)
    real = list(real_lines(archives, "train"))
    if real:
        yield "real", _rate(RealSource(real, seed=3), count)


def _rate(source: LineRenderer | RealSource, count: int) -> float:
    """The upper quartile over batches: what else runs on the machine only ever slows."""
    for _ in range(3 * count):
        source.render()
    measured = []
    for _ in range(_BATCHES):
        start = time.process_time()
        for _ in range(max(1, count // _BATCHES)):
            source.render()
        measured.append(max(1, count // _BATCHES) / max(1e-6, time.process_time() - start))
    return sorted(measured)[3 * _BATCHES // 4]
