"""Real lines of pen and typewriter (CC-BY 4.0, French; see README.md for the credit), split by hand.

They teach the shapes of real ink; the generated lines teach Vietnamese. A hand is in one split only:
two large hands are kept out altogether, to measure how a reader takes to a clerk it never saw.
"""

from __future__ import annotations

import csv
import io
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import cv2
import numpy as np

from ocr_models.workshop.fonts import Split
from ocr_models.workshop.training import paper
from ocr_models.workshop.training.alphabet import CHARACTERS
from ocr_models.workshop.training.lines import HEIGHT, MAX_WIDTH, Line, to_height
from ocr_models.workshop.training.marks import Mask

ADAPTATION_HAND = "lectaurep-dufour-1"
#: Hands that no reader of ours has seen: what learning a book's hand brings is measured on them.
ADAPTATION_HANDS = frozenset({ADAPTATION_HAND, "peraire"})
_YEARS_OF_MANY_HANDS = frozenset({"timeus-1858", "timeus-1878"})
_UNUSABLE = ("~~~", "XXX", "⟦", "⟧", "¥", "|", "ſ")
_MAPPED = {"^": "", "_": "", "\u2019": "'", "\u2018": "'", "\u2014": "–"}
_MAPPED |= {"\u04d3": "ä", "\u04d2": "Ä", "\u04e7": "ö"}  # Cyrillic letters that were typed for German ones
_ALLOWED = frozenset(CHARACTERS)
_PUBLISHED = {"pen": "DefaultLine", "typed": "DefaultLine:Typewritten", "print": "DefaultLine:Printed"}
_KINDS = {published: kind for kind, published in _PUBLISHED.items()} | {"default": "typed"}


@dataclass(frozen=True, slots=True)
class RealLine:
    """One line as published: its image file's bytes, the text in our characters, who wrote it, pen or typed."""

    coded: bytes
    text: str
    hand: str
    kind: str

    def pixels(self) -> Mask:
        decoded = cv2.imdecode(np.frombuffer(self.coded, np.uint8), cv2.IMREAD_GRAYSCALE)
        if decoded is None:
            raise ValueError("a line's image file cannot be read")
        return np.asarray(decoded, np.uint8)


def mapped_text(text: str) -> str | None:
    """The transcription in our characters; None for lines that hold something else or nothing."""
    if any(sign in text for sign in _UNUSABLE):
        return None
    text = "".join(_MAPPED.get(c, c) for c in unicodedata.normalize("NFC", text))
    text = " ".join(text.split())
    return text if text and all(c in _ALLOWED for c in text) else None


def hand_of(row: dict[str, str]) -> str:
    """Who wrote the line; naming the hand of a packed line again changes nothing.

    The registers come as one set, whose volumes are the hands. Who wrote which page of the labour court's two years is
    not known: a page stands for its hand there, and `shares_its_writer` says so.
    """
    hand, page = row["hand"], row["page"]
    if hand == "lectaurep-random-set-1":
        return page.rsplit("_L-", 1)[0]
    if hand in _YEARS_OF_MANY_HANDS:
        return f"{hand}/{page}"
    if hand.startswith("bljd_"):
        return "_".join(hand.split("_")[:2])
    return hand


def shares_its_writer(hand: str) -> bool:
    """Whether other pages of the same clerk or machine may stand in another split.

    Such lines say how well a known writer is read, and little about strangers.
    """
    return hand.partition("/")[0] in _YEARS_OF_MANY_HANDS or hand.startswith("EHRI-")


def split_of(hand: str) -> Split:
    """By the hand's name alone, so that it never changes: 12 % test, 6 % dev."""
    if hand in ADAPTATION_HANDS:
        return "test"
    place = zlib.crc32(hand.encode()) % 100
    return "test" if place < 12 else "dev" if place < 18 else "train"


def real_lines(archives: Iterable[Path], split: Split | None = None) -> Iterator[RealLine]:
    """The usable lines of the archives (`labels.tsv` and `lines/*.jpg` in a zip), one split or all."""
    for archive in archives:
        with zipfile.ZipFile(archive) as packed:
            table = io.StringIO(packed.read("labels.tsv").decode("utf-8"))
            for row in csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE):
                text = mapped_text(row["text"])
                hand = hand_of(row)
                handwritten_note = row["kind"] == "DefaultLine:Handwritten"
                if text is None or handwritten_note or (split and split_of(hand) != split):
                    continue
                kind = _KINDS.get(row["kind"], "pen")
                yield RealLine(packed.read(f"lines/{row['file']}"), text, hand, kind)


def pack(
    archives: Iterable[Path], target: Path, *, quality: int = 70, splits: tuple[Split, ...] = ("train", "dev")
) -> int:
    """Write the lines of the splits at the reader's height into one small archive; how many there are."""
    chosen = (line for line in real_lines(archives) if split_of(line.hand) in splits)
    return write_archive(
        target, ((to_height(line.pixels()), line.text, line.hand, line.kind) for line in chosen), quality=quality
    )


def write_archive(target: Path, lines: Iterable[tuple[Mask, str, str, str]], *, quality: int) -> int:
    """Lines as (pixels, text, hand, kind) into an archive for `real_lines`; how many there were.

    `kind` is "pen", "typed" or "print".
    """
    rows = ["file\thand\tpage\tkind\ttext"]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as out:
        for number, (pixels, text, hand, kind) in enumerate(lines):
            name = f"{number:06d}.webp"
            coded = cv2.imencode(".webp", pixels, (cv2.IMWRITE_WEBP_QUALITY, quality))[1]
            out.writestr(f"lines/{name}", coded.tobytes())
            rows.append(f"{name}\t{hand}\t{hand}\t{_PUBLISHED[kind]}\t{text}")
        out.writestr("labels.tsv", "\n".join(rows) + "\n", zipfile.ZIP_DEFLATED)
    return len(rows) - 1


class RealSource:
    """An endless source of real lines, each time bent, worn and cropped a little differently."""

    def __init__(self, lines: list[RealLine], seed: int) -> None:
        if not lines:
            raise ValueError("no real lines to draw from")
        self.lines = lines
        self.rng = Random(seed)
        self.banks = paper.Banks.make(seed)

    def render(self) -> Line:
        line = self.rng.choice(self.lines)
        return Line(worn(line.pixels(), self.banks, self.rng), line.text, f"real-{line.kind}")


def worn(grey: Mask, banks: paper.Banks, rng: Random) -> Mask:
    """The same writing as another scan might show it, at the reader's height."""
    rows, width = grey.shape
    light = paper.grey_level(grey, 80)
    pad = int(rows * rng.uniform(0.0, 0.18))
    cut = int(rows * rng.uniform(0.0, 0.04)) if pad < 2 else 0
    stretch, slant = rng.uniform(0.8, 1.2), rng.gauss(0, 0.12)
    swing = rng.uniform(0, 2.0)
    matrix = np.array([[stretch, slant, -slant * rows / 2 + abs(slant) * rows / 2], [0, 1, pad / 2 - cut / 2]])
    size = (int(width * stretch + abs(slant) * rows) + 4, rows + pad - cut)
    out = cv2.warpAffine(grey, matrix, size, flags=cv2.INTER_LINEAR, borderValue=light)
    if swing > 0.6:
        xs = np.arange(size[0], dtype=np.float32)
        wave = swing * np.sin(xs / rng.uniform(60, 240) + rng.uniform(0, 6.28)).astype(np.float32)
        ys = np.arange(size[1], dtype=np.float32)[:, None] + wave[None, :]
        out = cv2.remap(out, np.ascontiguousarray(np.broadcast_to(xs, ys.shape)), ys, cv2.INTER_LINEAR,
                        borderMode=cv2.BORDER_REPLICATE)  # fmt: skip
    if rng.random() < 0.5:
        rows_then = max(24, round(rng.uniform(0.55, 1.0) * out.shape[0]))
        out = to_height(out, rows_then)
    changed = out.astype(np.float32)
    if rng.random() < 0.6:
        changed = light + (changed - light) * rng.uniform(0.6, 1.3) + rng.uniform(-25, 15)
    if rng.random() < 0.3:
        changed = cv2.GaussianBlur(changed, (0, 0), rng.uniform(0.4, 0.9))
    changed += banks.cut(banks.noise, out.shape[0], out.shape[1], rng) * np.float32(rng.random() ** 2 * 10)
    out = np.clip(changed, 0, 255).astype(np.uint8)
    if rng.random() < 0.08:
        low = paper.grey_level(out, 1)
        out = np.where(out > low + (light - low) * rng.uniform(0.5, 0.75), 255, 0).astype(np.uint8)
    return to_height(out, HEIGHT)[:, :MAX_WIDTH]
