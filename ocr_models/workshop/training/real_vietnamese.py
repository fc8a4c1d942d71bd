"""Vietnamese in real ink: new lines spelt out of one hand's letters, with marks drawn as pens draw them.

French hands have every letter of Vietnamese but its marks. What a hand has written (see `hands`) is cut at
the joins, set anew, and gets its marks in strokes of the same width and darkness. Everything follows from the seed.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import cv2
import numpy as np

from ocr_models.reader import OwnReader
from ocr_models.workshop.fonts import Split
from ocr_models.workshop.training import paper
from ocr_models.workshop.training.hands import Hand, Piece, ink_lines
from ocr_models.workshop.training.lines import HEIGHT, to_height
from ocr_models.workshop.training.marks import Looseness, Mask, draw_marks, split_letter
from ocr_models.workshop.training.real import RealLine, real_lines, write_archive
from ocr_models.workshop.training.real_ink import ABOVE, BELOW, X_HEIGHT, InkLine, sheared
from ocr_models.workshop.training.texts import TextBank, tidy

_GRAMMARS = {"name": 30, "address": 24, "date_words": 14, "text": 10, "date": 5, "ethnicity": 2, "religion": 2,
             "relationship": 2, "nationality": 1, "personal_id": 2, "year": 1}  # fmt: skip
_RECUT_SHARE = 0.15
_LEAST_WORDS = 40
_LONGEST_TEXT = 44
_WIDEST = 1250
_LEAST_TEXT, _MOST_LINES = 5, 600  # characters of a line worth aligning; lines of one hand


@dataclass(frozen=True, slots=True)
class Setting:
    """How the words of one line stand: gaps and wavering in pixels of the working size."""

    word_gap: float
    waver: float
    loose: Looseness
    like: InkLine


class Scribe:
    """New lines in the ink of one hand."""

    def __init__(self, name: str, hand: Hand, bank: TextBank, banks: paper.Banks) -> None:
        self.name, self.hand, self.bank, self.banks = name, hand, bank, banks
        self.texts = sorted(hand.words)

    def line(self, rng: Random) -> tuple[Mask, str] | None:
        """Grey pixels of `HEIGHT` rows and their text; None where this hand lacks a letter of what was drawn."""
        like = rng.choice(self.hand.words[rng.choice(self.texts)]).line
        setting = Setting(rng.uniform(0.5, 1.3) * X_HEIGHT, rng.uniform(0.2, 1.0), Looseness.pen(rng), like)
        if rng.random() < _RECUT_SHARE:
            chosen = [rng.choice(self.hand.words[text]) for text in rng.choices(self.texts, k=rng.randint(2, 7))]
            words = [(piece.text, [piece]) for piece in chosen]
        else:
            spelt = self._spelt(_said(self.bank, rng), rng, like)
            if spelt is None:
                return None
            words = spelt
        ink = self._written(words, setting, rng)
        return self._exposed(ink, like, rng), " ".join(text for text, _ in words)

    def _spelt(self, text: str, rng: Random, like: InkLine) -> list[tuple[str, list[Piece]]] | None:
        """The text's words that this hand can spell; None for less than half of them."""
        words = text.split(" ")
        spelt = [(word, self.hand.spell(word, rng, like)) for word in words]
        known = [(word, pieces) for word, pieces in spelt if pieces is not None]
        return known if 2 * len(known) > len(words) else None

    def _written(self, words: Sequence[tuple[str, list[Piece]]], setting: Setting, rng: Random) -> Mask:
        width = sum(p.letters[-1].end - p.letters[0].start for _, ps in words for p in ps)
        canvas = np.zeros((ABOVE + BELOW, width + int((setting.word_gap + 8) * len(words)) + 4 * X_HEIGHT), np.uint8)
        x = X_HEIGHT
        for text, pieces in words:
            rise = round(rng.gauss(0, setting.waver))
            x = self._word(canvas, text, pieces, x, rise, setting, rng)
            x += max(5, round(setting.word_gap + rng.gauss(0, 0.12) * X_HEIGHT))
        return canvas[:, : x + X_HEIGHT // 2]

    def _word(self, canvas: Mask, text: str, pieces: Sequence[Piece], x: int, rise: int, setting: Setting,
              rng: Random) -> int:  # fmt: skip
        """Lay the pieces side by side from column `x` and draw what marks they lack; the column after the word."""
        text = unicodedata.normalize("NFC", text)
        at, placed = 0, []
        for piece in pieces:
            mask = piece_ink(piece)
            paper.overlay(canvas, mask, x, rise)
            first = piece.letters[0].start
            for letter, wanted in zip(piece.letters, text[at:], strict=False):
                placed.append((letter.text, wanted, x + letter.start - first, x + letter.end - first))
            x += mask.shape[1] - (0 if piece.whole else 1)
            at += len(piece.letters)
        stroke = float(np.mean([piece.line.stroke for piece in pieces]))
        for real, wanted, start, end in placed:
            draw_missing(canvas, real, wanted, (start, end), rise, stroke, rng, setting.loose)
        return x

    def _exposed(self, ink: Mask, like: InkLine, rng: Random) -> Mask:
        lean = -(like.slant if rng.random() < 0.7 else self.hand.slant) * rng.uniform(0.8, 1.0)
        room = int(abs(lean) * (ABOVE + BELOW)) + 2
        ink = cv2.copyMakeBorder(ink, 0, 0, room, room, cv2.BORDER_CONSTANT, value=0)
        ink = sheared(ink, lean, ABOVE)
        rows = np.flatnonzero((ink > 70).any(axis=1))
        columns = np.flatnonzero((ink > 70).any(axis=0))
        top, bottom = (int(rows[0]), int(rows[-1]) + 1) if len(rows) else (0, ink.shape[0])
        margin = (bottom - top) * rng.uniform(0.0, 0.15)
        top, bottom = max(0, int(top - margin)), min(ink.shape[0], int(bottom + margin) + 1)
        if len(columns):
            ink = ink[:, max(0, int(columns[0]) - rng.randint(2, 14)) : int(columns[-1]) + rng.randint(2, 14)]
        strip = to_height(np.ascontiguousarray(ink[top:bottom]), HEIGHT)
        wear = paper.Wear(level=0.35 * rng.random(), bilevel=False, jpeg=False, cleaned=False)
        return paper.expose(strip, self.banks, wear, rng)


def piece_ink(piece: Piece) -> Mask:
    """A piece's columns, without what hangs in from the letters on either side."""
    first, last = piece.letters[0], piece.letters[-1]
    mask = piece.line.ink[:, first.start : last.end]
    if piece.whole or mask.shape[1] < 2:
        return mask
    _, labels, stats, _ = cv2.connectedComponentsWithStats((mask > 40).astype(np.uint8), connectivity=8)
    left, width = stats[:, cv2.CC_STAT_LEFT], stats[:, cv2.CC_STAT_WIDTH]
    top, tall = stats[:, cv2.CC_STAT_TOP], stats[:, cv2.CC_STAT_HEIGHT]
    at_edge = (left == 0) | (left + width == mask.shape[1])
    off_body = (top + tall < ABOVE - X_HEIGHT) | (top > ABOVE + 2)
    gone = at_edge & off_body & (width < 0.5 * X_HEIGHT)
    gone[0] = False
    return np.where(gone[labels], 0, mask).astype(np.uint8) if gone.any() else mask


def _missing(real: str, wanted: str) -> tuple[str, ...]:
    """The marks that the wanted letter has and the real one lacks, in drawing order."""
    has = set(split_letter(real)[1])
    return tuple(mark for mark in split_letter(wanted)[1] if mark not in has)


def draw_missing(canvas: Mask, real: str, wanted: str, columns: tuple[int, int], rise: int, stroke: float,
                 rng: Random, loose: Looseness | None = None) -> None:  # fmt: skip
    """Draw the marks that `wanted` has and `real` lacks on the real letter that stands in these columns.

    The baseline is `rise` rows below row `ABOVE`. Ink is only added, but for the dot of an i that gets a tone.
    """
    missing = _missing(real, wanted)
    if not missing:
        return
    start, end = columns
    base = split_letter(wanted)[0]
    baseline = ABOVE + rise
    above = any(mark != "\u0323" for mark in missing)
    if base == "i" and above:
        _take_dot_away(canvas, start, end, baseline - X_HEIGHT)
    body = canvas[: baseline + 1, start:end]
    top = baseline - X_HEIGHT
    if base.isupper() or base == "d":
        top = _first_inked(body, top)
    elif split_letter(real)[1] and above:
        top = min(top, max(_first_inked(body, top), baseline - 2 * X_HEIGHT))
    ink = int(np.percentile(body[body > 60], 75)) if (body > 60).any() else 220
    draw_marks(
        canvas, base, missing, (float(start), float(top), float(end), float(baseline)), baseline=float(baseline),
        x_height=float(X_HEIGHT), stroke=stroke, ink=ink, loose=loose or Looseness.pen(rng), rng=rng,
    )  # fmt: skip


def _first_inked(body: Mask, otherwise: int) -> int:
    inked = np.flatnonzero((body > 90).any(axis=1))
    return int(inked[0]) if len(inked) else otherwise


def _take_dot_away(canvas: Mask, start: int, end: int, top: int) -> None:
    """Clerks set the tone in the place of the dot."""
    x0, x1 = max(0, start - 4), min(canvas.shape[1], end + 6)
    part = canvas[:, x0:x1]
    _, labels, stats, _ = cv2.connectedComponentsWithStats((part > 40).astype(np.uint8), connectivity=8)
    left, width = stats[:, cv2.CC_STAT_LEFT], stats[:, cv2.CC_STAT_WIDTH]
    bottom = stats[:, cv2.CC_STAT_TOP] + stats[:, cv2.CC_STAT_HEIGHT]
    gone = (bottom <= top + 3) & (width < 0.8 * X_HEIGHT) & (left > 0) & (left + width < x1 - x0)
    gone[0] = False
    part[gone[labels]] = 0


def _said(bank: TextBank, rng: Random) -> str:
    """What a clerk might write: values of the domain, else legal syllables."""
    if rng.random() < 0.15:
        words = [rng.choice(bank.syllables) for _ in range(rng.randint(2, 6))]
        return " ".join(word.capitalize() if rng.random() < 0.3 else word for word in words)
    grammar = rng.choices(list(_GRAMMARS), list(_GRAMMARS.values()))[0]
    text = tidy(rng.choice(bank.values[grammar]))
    if text.isupper() and len(text) > 4:
        text = text.title()
    words = text.split(" ")
    while len(" ".join(words)) > _LONGEST_TEXT:
        words = words[1:] if rng.random() < 0.5 else words[:-1]
    return " ".join(words)


def scribes(archives: Sequence[Path], split: Split, seed: int, *, reader: OwnReader | None = None) -> list[Scribe]:
    """One for each hand of the split with enough sure words."""
    real: dict[str, list[RealLine]] = defaultdict(list)
    for line in real_lines(archives, split):
        if line.kind == "pen" and len(line.text) > _LEAST_TEXT and len(real[line.hand]) < _MOST_LINES:
            real[line.hand].append(line)
    by_hand: dict[str, list[InkLine]] = defaultdict(list)
    for name, ink in ink_lines(reader or OwnReader(), [line for lines in real.values() for line in lines]):
        by_hand[name].append(ink)
    bank, banks = TextBank(seed, size=3000), paper.Banks.make(seed)
    made = (Scribe(name, Hand(lines), bank, banks) for name, lines in sorted(by_hand.items()))
    return [scribe for scribe in made if scribe.hand.count >= _LEAST_WORDS]


def new_lines(writers: Sequence[Scribe], count: int, seed: int) -> Iterator[tuple[Mask, str, str, str]]:
    """`count` lines as `write_archive` takes them; a hand comes up the more often the more it has written."""
    rng = Random(seed)
    weights = [min(scribe.hand.count, 1500) ** 0.5 for scribe in writers]
    made = 0
    while made < count:
        scribe = rng.choices(writers, weights)[0]
        line = scribe.line(rng)
        if line is not None and len(line[1]) > 1 and line[0].shape[1] <= _WIDEST:
            made += 1
            yield *line, scribe.name, "pen"


def vietnamise(
    archives: Sequence[Path],
    target: Path,
    *,
    count: int,
    seed: int,
    split: Split = "train",
    weights: Path | None = None,
) -> int:
    """Write an archive of `count` lines in the ink of the split's hands; how many there are.

    `weights`: a folder of our weights to align with instead of the repository's; hands that a reader has learnt give it
    more sure words.
    """
    found = scribes(archives, split, seed, reader=OwnReader(folder=weights))
    return write_archive(target, new_lines(found, count, seed), quality=80)
