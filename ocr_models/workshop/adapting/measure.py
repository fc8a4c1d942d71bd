"""What a book's corrected lines gain: errors on further lines of the same hand, before and after."""

from __future__ import annotations

import csv
import html
import io
import tempfile
import time
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import cv2
import numpy as np
from rapidfuzz.distance import Levenshtein

from ocr_models.adaptation.adapt import Adapted, Model, adapt
from ocr_models.adaptation.lines import CorrectedLine
from ocr_models.adaptation.tuning import Recipe
from ocr_models.reader import NAME, OwnReader
from ocr_models.reader.preparation import ink_of
from ocr_models.workshop.training.real import mapped_text
from pipeline.domain.geometry import Transform
from pipeline.domain.recognition import LineImage
from pipeline.layout.rules import erase_rules, find_rules

_OFTEN = 0.2  # of the pages: what stands on so many is a printed heading or a formula, and is left out

_LINE_MM = 8.0  # about what a published line image is high
_INK = 110


@dataclass(frozen=True, slots=True)
class Book:
    """Lines of one hand: those of its first pages to be corrected, those of its last pages to be read."""

    corrected: tuple[CorrectedLine, ...]
    further: tuple[CorrectedLine, ...]


def load_book(archive: Path, hand: str, *, most: int, further: int, seed: int = 1, ruled: bool = False) -> Book:
    """`most` lines drawn from the first two fifths of the hand's pages, and `further` ones from the last two fifths.

    `archive`: a zip with `labels.tsv` (file, hand, page, kind, text) and `lines/`. Raises ValueError for a hand of
    fewer lines. Drawn rules are taken out, as the pipeline does, unless `ruled`.
    """
    with zipfile.ZipFile(archive) as packed:
        table = io.StringIO(packed.read("labels.tsv").decode("utf-8"))
        rows = [row for row in csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE) if row["hand"] == hand]
        pages = sorted({row["page"] for row in rows})
        seen = defaultdict(set)
        for row in rows:
            seen[row["text"]].add(row["page"])
        rows = [row for row in rows if len(seen[row["text"]]) < _OFTEN * len(pages)]
        early = {page: number for number, page in enumerate(pages)}
        first = [row for row in rows if early[row["page"]] < 0.4 * len(pages)]
        last = [row for row in rows if early[row["page"]] >= 0.6 * len(pages)]
        return Book(_drawn(packed, first, most, seed, ruled), _drawn(packed, last, further, seed, ruled))


def _drawn(
    packed: zipfile.ZipFile, rows: Sequence[dict[str, str]], count: int, seed: int, ruled: bool
) -> tuple[CorrectedLine, ...]:
    usable = [(row["file"], mapped_text(html.unescape(row["text"]))) for row in rows]
    chosen = Random(seed).sample([(file, text) for file, text in usable if text], count)
    lines = [CorrectedLine(packed.read(f"lines/{file}"), text) for file, text in chosen]
    return tuple(lines if ruled else map(_without_rules, lines))


def _without_rules(line: CorrectedLine) -> CorrectedLine:
    """The line as the pipeline hands it over: rules taken out of the ink before lines are cut."""
    pixels = line.pixels()
    assert pixels is not None
    ink = np.where(ink_of(pixels) > _INK, 255, 0).astype(np.uint8)
    dpi = pixels.shape[0] / _LINE_MM * 25.4
    drawn = cv2.subtract(ink, erase_rules(ink, find_rules(ink, dpi=dpi)))
    light = np.percentile(pixels, 70)
    cleaned = np.where(cv2.dilate(drawn, np.ones((5, 5), np.uint8)) > 0, light, pixels).astype(np.uint8)
    return CorrectedLine(cv2.imencode(".png", cleaned)[1].tobytes(), line.text)


BOOKS = {"lectaurep-dufour-1": "repertoires.zip", "peraire": "peraire.zip"}
"""Hands that nothing was trained on, and the archives that hold them."""

HEADER = (
    "| book | corrected lines | learnt / held out | held-out CER % | share | CER % of further lines | exact % "
    "| print CER % | CPU s |\n|---|---|---|---|---|---|---|---|---|"
)


def measure(
    name: str,
    book: Book,
    counts: Sequence[int],
    *,
    weights: Path | None,
    recipe: Recipe | None = None,
    worst: int = 0,
) -> Iterator[str]:
    """Rows of a Markdown table (`HEADER`): the base, then the model made of the first 50, 100, … corrected lines, each
    read by the reader itself. `weights`: folder of the base. `worst`: that many of the worst lines are told after the
    table.
    """
    base = Model.load(weights)
    with tempfile.TemporaryDirectory() as scratch:
        read = read_lines(weights, book.further)
        yield f"| {name} | 0 | | | | {figures(read, book.further)} | | |"
        for count in counts:
            started = time.process_time()
            made = adapt(book.corrected[:count], base=base, recipe=recipe)
            spent = time.process_time() - started
            read = read_lines(weights, book.further, book=folder_of(Path(scratch, str(count)), made))
            facts = made.facts
            held, printed = facts["held_out_cer"], facts["printed_cer"]
            yield (
                f"| {name} | {count} | {facts['learnt']} / {facts['held_out']} "
                f"| {held['base']:.1f} → {held['new']:.1f} ({made.verdict}) | {facts['share']} "
                f"| {figures(read, book.further)} | {printed['base']:.2f} → {printed['new']:.2f} | {spent:.0f} |"
            )
    wrong = [Levenshtein.distance(line.text, text) for line, text in zip(book.further, read, strict=True)]
    for place in sorted(range(len(read)), key=lambda i: -wrong[i])[:worst]:
        yield f"{wrong[place]:3d}  {book.further[place].text}  ->  {read[place]}"


def folder_of(folder: Path, made: Adapted) -> Path:
    """A folder that the reader loads the model from."""
    folder.mkdir()
    (folder / f"{NAME}.onnx").write_bytes(made.weights)
    (folder / "manifest.json").write_bytes(made.manifest)
    return folder


def read_lines(folder: Path | None, lines: Sequence[CorrectedLine], *, book: Path | None = None) -> list[str]:
    """What the reader itself reads with the weights in a folder, None for the repository's, and a book's beside it."""
    images = []
    for line in lines:
        pixels = line.pixels()
        assert pixels is not None
        images.append(LineImage(pixels=pixels, to_upright=Transform.shift(0, 0)))
    return [reading.text for reading in OwnReader(folder=folder, book=book).read(images)]


def figures(read: Sequence[str], lines: Sequence[CorrectedLine]) -> str:
    """Character errors and lines without one, in per cent, as two cells of a table."""
    wrong = [Levenshtein.distance(line.text, text) for line, text in zip(lines, read, strict=True)]
    letters = sum(len(line.text) for line in lines)
    return f"{100 * sum(wrong) / letters:.2f} | {100 * wrong.count(0) / len(lines):.0f}"
