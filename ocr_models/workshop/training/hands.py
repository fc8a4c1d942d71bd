"""What one hand has written, as pieces of ink to spell new words with.

A piece is a stretch of one word, cut where letters part; words that occur whole are taken whole.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

import cv2
import numpy as np

from ocr_models.adaptation.alignment import align
from ocr_models.reader import OwnReader
from ocr_models.workshop.slant import estimate_slant
from ocr_models.workshop.training import real_ink
from ocr_models.workshop.training.lines import HEIGHT, to_height
from ocr_models.workshop.training.marks import Mask, split_letter
from ocr_models.workshop.training.real import RealLine
from ocr_models.workshop.training.real_ink import ABOVE, X_HEIGHT, InkLine, Letter

LONGEST = 7
_LEAST_SEEN = 6  # letters, to know how wide a hand writes them
_TRIES = 12
_JOIN = 1.2  # strokes that a cut between joined letters goes through
_X_HEIGHTS = (8.0, 28.0)  # of 48 rows: outside, the line was not understood
_SURE_LETTER, _SURE_WORD, _SURE_NUMBER = 0.05, 0.3, 0.55  # numbers have no context to tell them by


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a word in ink: which line, which letters of it."""

    line: InkLine
    first: int
    last: int  # one past

    @property
    def letters(self) -> tuple[Letter, ...]:
        return self.line.letters[self.first : self.last]

    @property
    def text(self) -> str:
        return "".join(letter.text for letter in self.letters)

    @property
    def whole(self) -> bool:
        """Whether it is a word of its own, with paper on either side."""
        letters = self.line.letters
        return (self.first == 0 or letters[self.first - 1].text == " ") and (
            self.last == len(letters) or letters[self.last].text == " "
        )


def bare(text: str) -> str:
    """Without the marks of letters; đ is d."""
    return "".join(split_letter(c)[0] for c in unicodedata.normalize("NFC", text))


def ink_lines(reader: OwnReader, lines: Sequence[RealLine]) -> Iterator[tuple[str, InkLine]]:
    """(hand, ink) of the lines that could be aligned and measured."""
    upright = []
    for line in lines:
        grey = to_height(line.pixels(), HEIGHT)
        slant = estimate_slant(grey)
        upright.append((_stood_up(grey, slant), slant))
    aligned = align(reader, ((grey, line.text) for (grey, _), line in zip(upright, lines, strict=True)))
    for line, (grey, slant), places in zip(lines, upright, aligned, strict=True):
        if places is None:
            continue
        ink = real_ink.lift_ink(grey)
        letters = real_ink.cut_letters(ink, places)
        rows = real_ink.body_rows(ink, letters)
        if rows is None or not _X_HEIGHTS[0] <= rows[1] - rows[0] <= _X_HEIGHTS[1]:
            continue
        out, moved, scale = real_ink.at_common_size(ink, letters, rows)
        stroke = real_ink.stroke_width(ink) * scale
        yield line.hand, InkLine(out, tuple(real_ink.with_crossings(out, moved, stroke)), stroke, slant, scale)


def _stood_up(grey: Mask, slant: float) -> Mask:
    """The line with its slant taken out, about its middle row, so that columns stay where they are there."""
    if slant == 0.0:
        return grey
    rows, width = grey.shape
    room = int(abs(slant) * rows / 2) + 1
    matrix = np.array([[1.0, slant, room - slant * rows / 2], [0.0, 1.0, 0.0]])
    size = (width + 2 * room, rows)
    return np.asarray(
        cv2.warpAffine(grey, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.uint8
    )


def words_of(line: InkLine) -> Iterator[tuple[int, int]]:
    """First and one past last letter of each word that the alignment is sure of."""
    start = 0
    for place in range(len(line.letters) + 1):
        if place == len(line.letters) or line.letters[place].text == " ":
            word = line.letters[start:place]
            if word and _sure(word):
                yield start, place
            start = place + 1


def _sure(word: Sequence[Letter]) -> bool:
    chances = [letter.probability for letter in word]
    least = _SURE_NUMBER if any(letter.text.isdigit() for letter in word) else _SURE_WORD
    return min(chances) >= _SURE_LETTER and float(np.exp(np.mean(np.log(chances)))) >= least


class Hand:
    """One hand's pieces, found by the bare letters they spell."""

    def __init__(self, lines: Iterable[InkLine]) -> None:
        self.lines = list(lines)
        self.pieces: dict[str, list[Piece]] = defaultdict(list)
        self.words: dict[str, list[Piece]] = defaultdict(list)
        self._whole: dict[str, list[Piece]] = defaultdict(list)
        usual = _usual_widths(self.lines)
        for line in self.lines:
            for first, last in words_of(line):
                if all(_plausible(letter, usual) for letter in line.letters[first:last]):
                    self._take(Piece(line, first, last))
        self.slant = float(np.median([line.slant for line in self.lines])) if self.lines else 0.0

    def _take(self, word: Piece) -> None:
        self.words[word.text].append(word)
        self._whole[bare(word.text)].append(word)
        for start in range(word.first, word.last):
            for end in range(start + 1, min(word.last, start + LONGEST) + 1):
                piece = Piece(word.line, start, end)
                self.pieces[bare(piece.text)].append(piece)

    @property
    def count(self) -> int:
        """How many words, the same word as often as it was written."""
        return sum(map(len, self.words.values()))

    def spell(self, word: str, rng: Random, like: InkLine | None = None) -> list[Piece] | None:
        """Pieces that together have the word's bare letters, as few as may be; None where a letter is missing."""
        wanted = unicodedata.normalize("NFC", word)
        base = bare(wanted)
        whole = _chosen(self._whole.get(base, []), wanted, rng, like)
        if whole:
            return [whole]
        best: list[tuple[float, list[Piece]] | None] = [(0.0, [])] + [None] * len(base)
        for end in range(1, len(base) + 1):
            for start in range(max(0, end - LONGEST), end):
                before = best[start]
                if before is None:
                    continue
                piece = _chosen(self.pieces.get(base[start:end], []), wanted[start:end], rng, like)
                if piece is None:
                    continue
                cost = before[0] + 1.0 + rng.random() * 0.4 + _ragged(piece)
                held = best[end]
                if held is None or cost < held[0]:
                    best[end] = (cost, [*before[1], piece])
        return best[-1][1] if best[-1] else None


def _usual_widths(lines: Iterable[InkLine]) -> dict[str, float]:
    """Median width of each letter that a hand wrote often enough to tell."""
    widths: dict[str, list[int]] = defaultdict(list)
    for line in lines:
        for letter in line.letters:
            widths[letter.text].append(letter.end - letter.start)
    return {text: float(np.median(seen)) for text, seen in widths.items() if len(seen) >= _LEAST_SEEN}


def _plausible(letter: Letter, usual: dict[str, float]) -> bool:
    """Whether the letter is about as wide as this hand writes it: else it was aligned amiss."""
    wide = letter.end - letter.start
    expected = usual.get(letter.text)
    return wide >= 2 and (expected is None or 0.5 * expected <= wide <= 2.2 * expected)


def _chosen(pieces: Sequence[Piece], wanted: str, rng: Random, like: InkLine | None) -> Piece | None:
    """One of the pieces whose letters have no mark that the wanted ones lack: well cut, in a pen like `like`'s."""
    if not pieces:
        return None
    tries = rng.sample(pieces, min(len(pieces), _TRIES))
    fitting = [piece for piece in tries if all(map(usable, (x.text for x in piece.letters), wanted))]
    if not fitting:
        return None
    return min(fitting, key=lambda piece: _ragged(piece) + (_unlike(piece.line, like) if like else 0.0))


def _ragged(piece: Piece) -> float:
    """How much ink the cuts at both ends go through, in strokes beyond the one of a join; 0 for clean cuts."""
    letters = piece.line.letters
    begins = letters[piece.first].crossed
    ends = letters[piece.last].crossed if piece.last < len(letters) else 0.0
    return 0.5 * (max(0.0, begins - _JOIN) + max(0.0, ends - _JOIN))


def usable(real: str, wanted: str) -> bool:
    """Whether a real letter can be made the wanted one by drawing marks onto it.

    è is left out: some registers' transcriptions have it for é.
    """
    if real in "èÈ":
        return False
    base, marks = split_letter(real)
    wanted_base, wanted_marks = split_letter(wanted)
    return base == wanted_base and set(marks) <= set(wanted_marks)


def _unlike(a: InkLine, b: InkLine) -> float:
    """How far two lines of a hand differ in pen and size."""
    if a is b:
        return 0.0
    return abs(a.stroke - b.stroke) + 2 * abs(float(np.log(a.size / b.size))) + abs(a.slant - b.slant)


__all__ = ["ABOVE", "X_HEIGHT", "Hand", "Piece", "bare", "ink_lines", "usable", "words_of"]
