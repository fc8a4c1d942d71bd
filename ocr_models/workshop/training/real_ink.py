"""Real pen ink lifted off its paper: upright, at one x-height, on one baseline, cut at the letters' joins.

A line of a register or a will becomes an ink mask (255 = full) like a font's, so that its letters can be set
in new lines. Rows count from the top; `ABOVE` rows stand over the baseline, `BELOW` under it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_models.adaptation.alignment import Place
from ocr_models.workshop.training.marks import Mask

X_HEIGHT = 18
ABOVE = 52
BELOW = 32
_LOW_LETTERS = frozenset("acemnorsuvx")  # whose ink is the x-height, marks and tails apart
_LEAST_LETTERS = 4
_INKED = 90
_SURE = 0.15
_REACH = 20  # columns that a line's first and last letter may take beyond their middles


@dataclass(frozen=True, slots=True)
class Letter:
    """A character with the columns it takes in a line's ink, and how sure the alignment is of it.

    `crossed` is the ink that a cut at its start goes through, in strokes of the pen.
    """

    text: str
    start: int
    end: int
    probability: float
    crossed: float = 0.0


@dataclass(frozen=True, slots=True)
class InkLine:
    """A line's ink at the common size: (ABOVE + BELOW, width), its letters in order, spaces among them.

    `stroke` is the pen's width in pixels, `slant` the lean that was taken out (columns a row, right is
    positive), `size` the scale from the published line.
    """

    ink: Mask
    letters: tuple[Letter, ...]
    stroke: float
    slant: float
    size: float = 1.0


def lift_ink(grey: Mask) -> Mask:
    """Ink without paper: stains, ruled shades and lines of the neighbours at the edges are left behind."""
    closed = cv2.morphologyEx(grey, cv2.MORPH_CLOSE, np.ones((17, 17), np.uint8))
    ground = cv2.blur(closed, (31, 31)).astype(np.float32)
    depth = np.maximum(ground - grey, 0)
    full = max(30.0, float(np.percentile(depth, 99)))
    ink = np.clip((depth / full - 0.2) * (255 / 0.6), 0, 255).astype(np.uint8)
    return _without_neighbours(ink)


def _without_neighbours(ink: Mask) -> Mask:
    """Without specks, and without what hangs in from the lines above and below."""
    count, labels, stats, centres = cv2.connectedComponentsWithStats((ink > 40).astype(np.uint8), connectivity=8)
    rows = ink.shape[0]
    top, tall, area = stats[:, cv2.CC_STAT_TOP], stats[:, cv2.CC_STAT_HEIGHT], stats[:, cv2.CC_STAT_AREA]
    middle = centres[:, 1]
    edge = ((top == 0) & (middle < 0.2 * rows)) | ((top + tall == rows) & (middle > 0.86 * rows))
    gone = edge | (area < 5)
    gone[0] = False
    if count > 1 and gone.any():
        ink = np.where(gone[labels], 0, ink).astype(np.uint8)
    return ink


def cut_letters(ink: Mask, places: Sequence[Place]) -> list[Letter]:
    """Columns of each character: neighbours part where the least ink is crossed, near halfway between them.

    A space takes the emptiest columns between its neighbours, wherever the network saw it.
    """
    if not places:
        return []
    weight = np.convolve(ink.sum(axis=0, dtype=np.float64) / 255, (0.25, 0.5, 0.25), mode="same")
    edges: list[tuple[int, int]] = []  # where a letter ends and where the next begins
    inked = [place for place in places if place.text != " "]
    spaced = _spaced(places)
    for before, after, apart in zip(inked, inked[1:], spaced, strict=False):
        low = edges[-1][1] + 1 if edges else 0
        edges.append(_parted(weight, max(low, before.middle), after.middle, apart=apart))
    lead = max(0, int(inked[0].middle) - _REACH) if inked else 0
    tail = min(len(weight), int(inked[-1].middle) + _REACH) if inked else 0
    starts, ends = [lead, *(b for _, b in edges)], [*(a for a, _ in edges), tail]
    out: list[Letter] = []
    for place, start, end, apart in zip(inked, starts, ends, [False, *spaced], strict=True):
        if apart:
            out.append(Letter(" ", out[-1].end, start, 1.0))
        out.append(Letter(place.text, start, max(start + 1, end), place.probability))
    return out


def _spaced(places: Sequence[Place]) -> list[bool]:
    """For each pair of neighbouring letters whether a space stands between them."""
    out: list[bool] = []
    space = True
    for place in places:
        if place.text == " ":
            space = True
            continue
        out.append(space)
        space = False
    return out[1:]


def _parted(weight: NDArray[np.float64], a: float, b: float, *, apart: bool) -> tuple[int, int]:
    """Where the letter with middle `a` ends and that with middle `b` begins."""
    width, room = len(weight), max(1.0, b - a)
    low = min(int(a + 0.12 * room) + 1, width - 1)
    high = min(max(low + 1, int(b - 0.12 * room) + 1), width)
    part = weight[low:high]
    if apart:
        empty = np.flatnonzero(part <= part.min() + 0.4)
        runs = np.split(empty, np.flatnonzero(np.diff(empty) > 1) + 1)
        widest = max(runs, key=len)
        return low + int(widest[0]), low + int(widest[-1])
    columns = np.arange(low, high)
    cut = int(columns[np.argmin(part + 5.0 * np.abs(columns - (a + b) / 2) / room)])
    return cut, cut


def body_rows(ink: Mask, letters: Sequence[Letter]) -> tuple[float, float] | None:
    """Rows of the x-height's top and of the baseline, by the low letters; None where too few are sure."""
    tops, bottoms = [], []
    for letter in letters:
        if letter.text not in _LOW_LETTERS or letter.probability < _SURE or letter.end - letter.start < 3:
            continue
        rows = (ink[:, letter.start : letter.end] > _INKED).sum(axis=1)
        if not rows.any():
            continue
        filled = np.flatnonzero(rows > 0)
        runs = np.split(filled, np.flatnonzero(np.diff(filled) > 1) + 1)
        body = max(runs, key=lambda run: int(rows[run].sum()))
        tops.append(int(body[0]))
        bottoms.append(int(body[-1]) + 1)
    if len(tops) < _LEAST_LETTERS:
        return None
    return float(np.median(tops)), float(np.median(bottoms))


def stroke_width(ink: Mask) -> float:
    """The pen's mean width in pixels: ink's area over half its outline."""
    filled = (ink > 110).astype(np.uint8)
    inner = cv2.erode(filled, cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3)))
    area = int(filled.sum())
    outline = area - int(inner.sum())
    return 2.0 * area / outline if outline else 1.0


def at_common_size(ink: Mask, letters: Sequence[Letter], rows: tuple[float, float]) -> tuple[Mask, list[Letter], float]:
    """The line scaled so that its x-height is `X_HEIGHT` and its baseline row `ABOVE`, and the scale."""
    top, base = rows
    scale = X_HEIGHT / (base - top)
    width = max(1, round(ink.shape[1] * scale))
    matrix = np.array([[scale, 0.0, 0.0], [0.0, scale, ABOVE - base * scale]])
    out = cv2.warpAffine(ink, matrix, (width, ABOVE + BELOW), flags=cv2.INTER_LINEAR if scale > 0.7 else cv2.INTER_AREA)
    moved = [replace(x, start=round(x.start * scale), end=round(x.end * scale)) for x in letters]
    return np.asarray(out, np.uint8), moved, scale


def with_crossings(ink: Mask, letters: Sequence[Letter], stroke: float) -> list[Letter]:
    """The letters with the ink that the cuts between them go through; none at a space or at either end."""
    through = np.convolve(ink.sum(axis=0, dtype=np.float64) / 255, (0.5, 0.5), mode="same") / max(1.0, stroke)
    out = list(letters)
    for number, (before, letter) in enumerate(pairwise(letters), start=1):
        if " " not in (before.text, letter.text) and letter.start < len(through):
            out[number] = replace(letter, crossed=float(through[letter.start]))
    return out


def sheared(ink: NDArray[np.uint8], lean: float, base: float) -> Mask:
    """Rows above `base` move left by `lean` columns a row, those below right; negative the other way round."""
    matrix = np.array([[1.0, lean, -lean * base], [0.0, 1.0, 0.0]])
    return np.asarray(cv2.warpAffine(ink, matrix, (ink.shape[1], ink.shape[0]), flags=cv2.INTER_LINEAR), np.uint8)
