"""Readers side by side on the same held-out lines: errors, errors in marks, exact lines, CPU time."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from ocr_models.workshop.training.held_out import HeldOut
from ocr_models.workshop.training.texts import tidy
from pipeline.domain.geometry import Transform
from pipeline.domain.recognition import LineImage, Recognizer

TITLE = ("lines", "reader", "CER %", "marks %", "exact %", "CPU ms/line")
_WARM_UP = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one reader made of one set. All rates in per cent.

    `cer`: edits to be made, of the characters there are. `marks`: letters with a wrong mark or tone, of those whose
    plain letter is right. `exact`: lines right from end to end. `milliseconds`: CPU time of a line.
    """

    lines: str
    reader: str
    count: int
    cer: float
    marks: float
    exact: float
    milliseconds: float

    def cells(self) -> tuple[str, ...]:
        """As `TITLE` names them."""
        rates = (f"{self.cer:.2f}", f"{self.marks:.2f}", f"{self.exact:.0f}", f"{self.milliseconds:.1f}")
        return (f"{self.lines} ({self.count})", self.reader, *rates)


def compare(readers: Mapping[str, Recognizer], sets: Iterable[HeldOut]) -> Iterator[Result]:
    """Every reader on every set. A set is given as a whole, as the lines of a page come."""
    for held in sets:
        images = [LineImage(pixels=line.pixels, to_upright=Transform.identity()) for line in held.lines]
        wanted = [line.text for line in held.lines]
        for name, reader in readers.items():
            reader.read(images[:_WARM_UP])
            start = time.process_time()
            read = [tidy(reading.text) for reading in reader.read(images)]
            spent = time.process_time() - start
            yield _result(held.name, name, wanted, read, spent)


def _result(lines: str, reader: str, wanted: Sequence[str], read: Sequence[str], seconds: float) -> Result:
    marks = [_marks(a, b) for a, b in zip(wanted, read, strict=True)]
    return Result(
        lines=lines,
        reader=reader,
        count=len(wanted),
        cer=100 * sum(map(Levenshtein.distance, wanted, read)) / max(1, sum(map(len, wanted))),
        marks=100 * sum(wrong for wrong, _ in marks) / max(1, sum(letters for _, letters in marks)),
        exact=100 * sum(a == b for a, b in zip(wanted, read, strict=True)) / max(1, len(wanted)),
        milliseconds=1000 * seconds / max(1, len(wanted)),
    )


def _marks(wanted: str, read: str) -> tuple[int, int]:
    """How many letters have their plain letter right: those of them whose marks are wrong, and all of them."""
    plain_wanted, plain_read = "".join(map(_plain, wanted)), "".join(map(_plain, read))
    wrong = letters = 0
    for block in Levenshtein.opcodes(plain_wanted, plain_read):
        if block.tag == "equal":
            pairs = list(
                zip(wanted[block.src_start : block.src_end], read[block.dest_start : block.dest_end], strict=True)
            )
            letters += sum(a.isalpha() for a, _ in pairs)
            wrong += sum(a != b for a, b in pairs)
    return wrong, letters


def _plain(character: str) -> str:
    """The letter without the marks of Vietnamese; always one character."""
    return unicodedata.normalize("NFD", character.replace("đ", "d").replace("Đ", "D"))[0]
