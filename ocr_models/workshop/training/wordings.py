"""What knowing what a field may say is worth: `python -m ocr_models.workshop.training.wordings [--forms FOLDER]`.

The same values read freely, with the words a field may hold (or its pattern), and with its letters too. Names are drawn
in pen fonts that nobody trained on: usual ones, and ones of legal syllables that no list of names has, which must not
suffer. `--forms`: another maker's documents (`foreign.py`), of which values in pen are cut out by the boxes of their
truth; those that are kept apart are left alone.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import cv2
import numpy as np
import pypdfium2
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from ocr_models.reader import OwnReader
from ocr_models.reader.preparation import Pixels
from ocr_models.workshop.fonts import catalogue
from ocr_models.workshop.measuring.foreign import is_kept_apart
from ocr_models.workshop.training.lines import LineRenderer
from ocr_models.workshop.training.texts import Run, TextBank, tidy
from pipeline.constraints.by_grammar import wording
from pipeline.constraints.letters import WithLetters
from pipeline.domain.geometry import Transform
from pipeline.domain.recognition import LineImage, Wording
from pipeline.judging.review.places import grammar_of

SEED = 77
_MARGIN = 0.12  # of the box's height
_LEAST, _MOST = 0.2, 1.8  # of a box: how many times as long as high for each letter; beyond, it is no single line


@dataclass(frozen=True, slots=True)
class Value:
    """A value's image, what it says, and the grammar of its field."""

    image: LineImage
    text: str
    grammar: str


class _Names(TextBank):
    """Lines that are a name each: usual, or a usual surname before two legal syllables."""

    rare = False

    def line(self, rng: Random) -> list[Run]:
        name = rng.choice(self.values["name"])
        if self.rare:
            name = " ".join([name.split()[0], *(rng.choice(self.syllables).capitalize() for _ in range(2))])
        return [Run(name, "value")]


def names(count: int, *, rare: bool) -> list[Value]:
    """Names in pen fonts of the split `test`, worn and furnished as in training."""
    bank = _Names(SEED, size=600)
    bank.rare = rare
    renderer = LineRenderer(catalogue(None, split="test"), bank, 5, kinds=(0.0, 0.0, 1.0))
    return [Value(_line(drawn.pixels), drawn.text, "name") for drawn in (renderer.render() for _ in range(count))]


def pen_values(folder: Path) -> Iterator[Value]:
    """The values in pen on the first pages of another maker's files, by the boxes of their truth."""
    for row in map(json.loads, (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines()):
        if is_kept_apart(row["file"]) or row["condition"]["writing"] != "handwriting":
            continue
        page = _page(folder / row["file"], row["page_sizes"][0][0])
        for name, field in row["fields"].items():
            text = tidy(field.get("verbatim") or "")
            if field.get("legible") is False or field.get("page") != 1 or not field.get("box") or not text:
                continue
            cut = _cut(page, np.array(field["box"], np.float32), len(text))
            if cut is not None:
                yield Value(
                    _line(cut), text, grammar_of(row["document_type"], None, re.sub(r"^entries\[\d+\]\.", "", name))
                )


def _page(path: Path, width: int) -> Pixels:
    if path.suffix.lower() == ".pdf":
        page = pypdfium2.PdfDocument(str(path))[0]
        drawn = page.render(scale=width / page.get_width(), grayscale=True).to_numpy()
        return np.ascontiguousarray(drawn[..., 0] if drawn.ndim == 3 else drawn, np.uint8)
    pixels = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE | cv2.IMREAD_IGNORE_ORIENTATION)
    assert pixels is not None, path
    return np.asarray(pixels, np.uint8)


def _cut(page: Pixels, box: NDArray[np.float32], letters: int) -> Pixels | None:
    """The box, set upright, with a margin; None where it is no single line of so many letters."""
    along, across = float(np.hypot(*(box[1] - box[0]))), float(np.hypot(*(box[3] - box[0])))
    if min(along, across) < 8 or not _LEAST <= along / across / letters <= _MOST:
        return None
    at = _MARGIN * across
    corners = np.array([[at, at], [at + along, at], [at + along, at + across], [at, at + across]], np.float32)
    matrix, size = cv2.getPerspectiveTransform(box, corners), (int(along + 2 * at), int(across + 2 * at))
    cut = cv2.warpPerspective(page, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cut, np.uint8)


def _line(pixels: Pixels) -> LineImage:
    return LineImage(pixels=pixels, to_upright=Transform.identity())


def _read(reader: OwnReader, value: Value, allowed: Wording | None) -> str:
    """What ink and wording make likeliest; the free reading where there is no wording or it allows nothing."""
    if allowed is None:
        return tidy(reader.read([value.image])[0].text)
    reading = reader.read_as([value.image], allowed)[0]
    return tidy(reading.alternatives[0][0] if reading.alternatives else reading.text)


def _words(grammar: str) -> Wording | None:
    allowed = wording(grammar)
    return allowed.inner if isinstance(allowed, WithLetters) else allowed


WAYS: dict[str, Callable[[str], Wording | None]] = {"free": lambda _: None, "words": _words, "letters too": wording}


def measure(reader: OwnReader, title: str, values: Sequence[Value]) -> Iterator[str]:
    """Markdown rows: a way each. Mended and broken: values that become right, and wrong, against the free reading."""
    free: list[int] = []
    for way, of in WAYS.items():
        started = time.process_time()
        read = [_read(reader, value, of(value.grammar)) for value in values]
        spent = 1000 * (time.process_time() - started) / len(values)
        wrong = [Levenshtein.distance(value.text, text) for value, text in zip(values, read, strict=True)]
        free = free or wrong
        letters = sum(len(value.text) for value in values)
        mended = sum(before > 0 and not now for before, now in zip(free, wrong, strict=True))
        broken = sum(not before and now > 0 for before, now in zip(free, wrong, strict=True))
        cer, exact = 100 * sum(wrong) / letters, 100 * wrong.count(0) / len(wrong)
        yield f"| {title} ({len(values)}) | {way} | {cer:.2f} | {exact:.1f} | {mended} / {broken} | {spent:.1f} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--count", type=int, default=200, help="names of either kind")
    parser.add_argument("--forms", type=Path, help="another maker's documents")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    reader = OwnReader()
    sets = {"usual names": names(arguments.count, rare=False), "rare names": names(arguments.count, rare=True)}
    if arguments.forms is not None:
        sets["values in pen"] = list(pen_values(arguments.forms))
    print("| values | read | CER % | exact % | mended / broken | CPU ms |\n|---|---|---|---|---|---|")
    for title, values in sets.items():
        for row in measure(reader, title, values):
            print(row, flush=True)


if __name__ == "__main__":
    main()
