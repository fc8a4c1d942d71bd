"""Readers side by side on the same held-out lines: errors, exact lines, errors in marks, CPU time."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from ocr_models.asternet import AsternetReader
from ocr_models.reader import OwnReader
from ocr_models.tesseract import TesseractReader
from ocr_models.training.held_out import HeldOut
from ocr_models.training.measure_text import edits
from ocr_models.training.texts import tidy
from pipeline.geometry import Transform
from pipeline.recognition import LineImage, Recognizer

_TITLE = "| lines | reader | CER % | without marks % | exact % | CPU ms/line |"


def make_reader(name: str, weights: Path | None = None) -> Recognizer:
    """ "ours", "tesseract" or "asternet". Raises ValueError for another name."""
    if name == "ours":
        return OwnReader(folder=weights)
    if name == "tesseract":
        return TesseractReader()
    if name == "asternet":
        return AsternetReader()
    raise ValueError(f"no such reader: {name}")


def compare(readers: Sequence[Recognizer], sets: Iterable[HeldOut]) -> Iterator[str]:
    """A Markdown table, row by row. Each reader reads every set one line at a time, as a page's lines come."""
    yield _TITLE
    yield "|" + "---|" * _TITLE.count("| ")
    for held in sets:
        for reader in readers:
            yield _row(reader, held)


def _row(reader: Recognizer, held: HeldOut) -> str:
    images = [LineImage(pixels=line.pixels, to_upright=Transform.shift(0, 0)) for line in held.lines]
    start = time.process_time()
    said = [tidy(reading.text) for reading in reader.read(images)]
    spent = 1000 * (time.process_time() - start) / len(images)
    wanted = [line.text for line in held.lines]
    letters = sum(map(len, wanted))
    wrong = sum(map(edits, wanted, said))
    bare = sum(edits(_bare(a), _bare(b)) for a, b in zip(wanted, said, strict=True))
    exact = sum(a == b for a, b in zip(wanted, said, strict=True))
    shares = f"{100 * wrong / letters:.2f} | {100 * bare / letters:.2f} | {100 * exact / len(said):.0f}"
    return f"| {held.name} ({len(said)}) | {reader.identity.name} | {shares} | {spent:.1f} |"


def _bare(text: str) -> str:
    """Without the marks of Vietnamese: what is left are wrong letters."""
    apart = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in apart if not unicodedata.combining(c))
