"""`python -m tests.bench.ink_packs`: what packs of so many pieces of ink bring an office's base reader.

Values in pen faces that nothing was trained on stand for the clerks of an office. Each is cut as a pack's lines are:
one piece of each, names and dates whole, else a word. What is learnt is measured on further values, whole, by the same
faces, and on printed labels. Fonts flatter every reader of handwriting.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from random import Random

import cv2

from ocr_models.adaptation.adapt import Model
from ocr_models.adaptation.lines import CorrectedLine
from ocr_models.workshop.adapting.measure import figures, folder_of, read_lines
from ocr_models.workshop.fonts import catalogue
from ocr_models.workshop.training.lines import LineRenderer
from ocr_models.workshop.training.texts import Run, TextBank
from workers.ink.cutting import pieces
from workers.ink.merge import learn

SEED = 1800
_GRAMMARS = ("name", "name", "address", "date", "date_words")


class _Values(TextBank):
    """Lines that are a value each. `grammar`: of the line that was drawn last."""

    grammar = ""

    def line(self, rng: Random) -> list[Run]:
        self.grammar = rng.choice(_GRAMMARS)
        return [Run(self.value(rng, self.grammar), "value")]


def values(seed: int) -> Iterator[tuple[CorrectedLine, str]]:
    """Endless values with their grammars, worn and furnished as in training."""
    bank = _Values(seed, size=1500)
    renderer = LineRenderer(catalogue(None, split="test"), bank, seed, kinds=(0.0, 0.0, 1.0))
    while True:
        drawn = renderer.render()
        yield CorrectedLine(cv2.imencode(".png", drawn.pixels)[1].tobytes(), drawn.text), bank.grammar


def given(seed: int, model: Model) -> Iterator[CorrectedLine]:
    """Endless pieces, one of a value, as a pack holds them."""
    rng = Random(seed)
    for line, grammar in values(seed):
        cut = pieces(line, grammar, model=model)
        if cut:
            piece = rng.choice(cut)
            yield CorrectedLine(piece.ink, piece.text)


def measure(counts: list[int], further: int) -> Iterator[str]:
    """Rows of a Markdown table: the base, then what is learnt of so many pieces."""
    base = Model.load()
    judged = [line for line, _ in islice(values(SEED + 1), further)]
    packed = list(islice(given(SEED, base), max(counts)))
    yield "| pieces | verdict, share | CER % of further values | exact % | print CER % | CPU s |"
    yield "|---|---|---|---|---|---|"
    yield f"| 0 | | {figures(read_lines(None, judged), judged)} | | |"
    for count in counts:
        started = time.process_time()
        with tempfile.TemporaryDirectory() as scratch:
            made = learn(packed[:count], Path(scratch, "learnt"), base=base)
            spent = time.process_time() - started
            read = read_lines(folder_of(Path(scratch, "made"), made), judged)
        printed = made.facts["printed_cer"]
        yield (
            f"| {count} | {made.verdict}, {made.facts['share']} | {figures(read, judged)} "
            f"| {printed['base']:.2f} → {printed['new']:.2f} | {spent:.0f} |"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--counts", type=int, nargs="+", default=[200, 600, 1800], help="pieces of a pack")
    parser.add_argument("--further", type=int, default=400, help="values that are read to measure")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    for row in measure(options.counts, options.further):
        print(row, flush=True)


if __name__ == "__main__":
    main()
