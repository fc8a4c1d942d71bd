"""Counts the letters of `pipeline.constraints.letters`: `python -m ocr_models.workshop.letters`.

From what our generators write, labels beside values and values alone, and from the gazetteer's names. Half a minute.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random

import pipeline.constraints
from ocr_models.workshop.training.texts import TextBank, tidy, truth
from pipeline.constraints.letters import BEGIN, DATA, END, ORDER, Row, written
from pipeline.gazetteer import units

SEED = 991
_COUNT = 60_000
_LEAST = 5  # how often what follows a context of two letters and more must have come


def main() -> None:
    path = Path(pipeline.constraints.__path__[0]) / DATA
    path.write_bytes(written(counted(texts(_COUNT))))
    print(f"{path.name}: {path.stat().st_size} bytes")


def texts(count: int) -> Iterator[str]:
    """So many lines, as many values, and the name of every administrative unit."""
    rng, bank = Random(SEED), TextBank(SEED, size=3000)
    for _ in range(count):
        yield tidy(truth(bank.line(rng)))
    for _ in range(count):
        yield tidy(bank.value(rng))
    for unit in units().values():
        yield unit.name


def counted(lines: Iterable[str]) -> dict[str, Row]:
    """The rows of the n-gram."""
    following: dict[str, Counter[str]] = defaultdict(Counter)
    for line in lines:
        text = BEGIN * (ORDER - 1) + line + END
        for place in range(ORDER - 1, len(text)):
            for length in range(ORDER):
                following[text[place - length : place]][text[place]] += 1
    return {context: row for context, counts in following.items() if (row := _row(context, counts)) is not None}


def _row(context: str, counts: Counter[str]) -> Row | None:
    kept = {c: n for c, n in counts.items() if len(context) < 2 or n >= _LEAST}
    return Row(counts.total(), len(counts), kept) if kept else None


if __name__ == "__main__":
    main()
