"""Runs in a school hand: letters joined as the font joins them, then bent as pens, haste and age bend them.

A font that joins its letters (`joined` in the catalogue) is shaped by HarfBuzz, piece by piece, so that a clerk may
lift the pen within a word. Marks can be taken off the letters and drawn loose, late or not at all (the dot of an i).
What comes out keeps the contract of `glyphs.set_run`.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from random import Random

import cv2
import numpy as np
from fontTools.ttLib import TTFont
from numpy.typing import NDArray
from PIL import Image, ImageFont, features

from ocr_models.workshop.fonts import FontEntry
from ocr_models.workshop.training.glyphs import ABOVE, BELOW, X_HEIGHT
from ocr_models.workshop.training.marks import Looseness, Mask, can_draw, draw_marks, split_letter

# The font's own proportions: loops three times as high as an x, capitals with two marks higher still.
_ABOVE, _BELOW = 104, 56
_ASCENDER, _DESCENDER = 62, 40
# Where most marks stand, next to the letters' bodies: as high as in the font in every hand.
_MARKED_ABOVE, _MARKED_BELOW = 1.6 * X_HEIGHT, 0.45 * X_HEIGHT
_KEPT_ON = frozenset("\u031b\u0335")  # horn and bar: part of the letter's stroke
_DOT_ABOVE = "\u0307"


@dataclass(frozen=True, slots=True)
class Clerk:
    """One hand. Lengths in x-heights unless said otherwise.

    `size` is the x-height in parts of `X_HEIGHT`; `tall` and `deep` what is left of the font's loops above and below;
    `nib` the pen's breadth in pixels and `nib_angle` how it is held (radians); `tremor` how far letters stray from the
    font's shapes (pixels); `lag` how far marks come down to the right of their letter; `lifts` and `lost_dots` shares
    of letters; `flood` how much of the line's ink runs.
    """

    size: float
    stretch: float
    slant: float
    tall: float
    deep: float
    word_gap: float
    nib: float
    nib_angle: float
    tremor: float
    lag: float
    loose: Looseness | None
    lifts: float
    lost_dots: float
    retouched: float
    flood: float
    fading: float

    @staticmethod
    def draw(rng: Random, *, faint: bool = True) -> Clerk:
        """Any hand that a person reads; without `faint` none whose thin strokes a black-and-white scan would lose."""
        tall = rng.uniform(0.3, 0.9)
        highest = (ABOVE - 4) / (_MARKED_ABOVE + (_ASCENDER - _MARKED_ABOVE + 12) * tall)
        size = min(rng.uniform(0.85, 1.5), highest)
        return Clerk(
            size=size,
            stretch=size * rng.uniform(0.6, 1.1),
            slant=rng.uniform(-0.1, 0.65),
            tall=tall,
            deep=rng.uniform(0.4, max(0.45, min(1.0, (BELOW - 4) / (size * _DESCENDER)))),
            word_gap=rng.uniform(0.3, 1.4),
            nib=rng.uniform(1.8 if faint else 2.8, 4.8),
            nib_angle=rng.uniform(-0.2, 1.0),
            tremor=rng.uniform(0.3, 2.4),
            lag=max(0.0, rng.gauss(0.08, 0.16)),
            loose=Looseness.pen(rng) if rng.random() < 0.65 else None,
            lifts=rng.choice((0.0, 0.04, 0.15)),
            lost_dots=rng.choice((0.0, 0.0, 0.15, 0.7)),
            retouched=0.25 if rng.random() < 0.25 else 0.0,
            flood=rng.uniform(0.1, 0.6) if rng.random() < 0.25 else 0.0,
            fading=rng.uniform(0.1, 0.6) if faint and rng.random() < 0.4 else 0.0,
        )


@dataclass(slots=True)
class JoinedFace:
    """A font that joins its letters, at working size."""

    entry: FontEntry
    font: ImageFont.FreeTypeFont
    letters: frozenset[str]
    middles: dict[str, float] = field(default_factory=dict)

    @staticmethod
    def load(entry: FontEntry) -> JoinedFace:
        """Raises OSError when the file is no font, RuntimeError where Pillow has no HarfBuzz to join letters with."""
        if not features.check("raqm"):
            raise RuntimeError("Pillow lacks raqm (HarfBuzz): the school hand's letters would stand apart")
        probe = ImageFont.truetype(str(entry.file), 200, layout_engine=ImageFont.Layout.RAQM)
        _, top, _, bottom = probe.getbbox("x", anchor="ls")
        size = round(200 * X_HEIGHT / (bottom - top))
        with TTFont(entry.file, lazy=True) as table:
            letters = frozenset(map(chr, table.getBestCmap() or {}))
        return JoinedFace(
            entry, ImageFont.truetype(str(entry.file), size, layout_engine=ImageFont.Layout.RAQM), letters
        )

    def draws(self, text: str) -> bool:
        """Whether the font has every letter of the text; it would draw a box for one that it lacks."""
        return self.letters.issuperset(text)

    def middle(self, letter: str) -> float:
        """Where the font sets a mark over `letter`, from the letter's start: the middle of what the mark adds."""
        found = self.middles.get(letter)
        if found is None:
            bare, right = self._columns(letter), self.font.getlength(letter)
            marked = self._columns(unicodedata.normalize("NFC", letter.replace("ı", "i") + "\u0301"))
            added = np.clip(marked - bare, 0, None)
            total = float(added.sum())
            found = float((np.arange(len(added)) * added).sum() / total) if total else right / 2
            self.middles[letter] = found
        return found

    def top(self, letter: str) -> float:
        """The letter's height above the baseline."""
        return -float(self.font.getbbox(letter, anchor="ls")[1])

    def _columns(self, text: str) -> NDArray[np.float64]:
        canvas = np.zeros((_ABOVE + _BELOW, 160), np.uint8)
        _draw(canvas, self.font, text, 0)
        return np.asarray(canvas.sum(axis=0, dtype=np.float64))


def write_run(face: JoinedFace, text: str, clerk: Clerk, rng: Random) -> Mask:
    """The ink of `text`, 255 = full: (ABOVE + BELOW, width), baseline at row ABOVE. Width is at least 1."""
    words = [_word(face, word, clerk, rng) for word in text.split(" ") if word]
    gap = clerk.word_gap * X_HEIGHT / max(0.5, clerk.stretch)
    places, pen = [], float(X_HEIGHT)
    for mask in words:
        places.append(round(pen))
        pen += mask.shape[1] - 3 * X_HEIGHT + gap * rng.uniform(0.6, 1.4)
    inner = np.zeros((_ABOVE + _BELOW, int(pen) + 3 * X_HEIGHT), np.uint8)
    for mask, x in zip(words, places, strict=True):
        _darken(inner, mask, x, round(rng.gauss(0, 0.04) * X_HEIGHT))
    inner = _inked(inner, clerk, rng)
    return _bent(inner, clerk, rng)


def _word(face: JoinedFace, word: str, clerk: Clerk, rng: Random) -> Mask:
    """One word as it comes from the pen, with a margin of one x-height at either side."""
    letters = [_taken_apart(letter, clerk, rng) for letter in word]
    length = face.font.getlength("".join(base for base, _ in letters))
    canvas = np.zeros((_ABOVE + _BELOW, int(length) + 3 * X_HEIGHT), np.uint8)
    pen = float(X_HEIGHT)
    for piece in _pieces(letters, clerk.lifts, rng):
        text = "".join(base for base, _ in piece)
        _draw(canvas, face.font, text, round(pen))
        for at, (base, marks) in enumerate(piece):
            if marks:
                start = pen + face.font.getlength(text[:at])
                _mark(canvas, face, base, marks, start, clerk, rng)
        if rng.random() < clerk.retouched:
            _retouch(canvas, face, text, pen, rng)
        pen += face.font.getlength(text) + (rng.uniform(-1.5, 1.5) if clerk.lifts else 0.0)
    return canvas


def _taken_apart(letter: str, clerk: Clerk, rng: Random) -> tuple[str, tuple[str, ...]]:
    """The letter to draw with the font, and the marks to draw apart from it."""
    loosely = clerk.loose is not None and rng.random() < 0.8
    if letter == "i" and (loosely or rng.random() < clerk.lost_dots):
        return "ı", () if rng.random() < clerk.lost_dots else (_DOT_ABOVE,)
    if letter.isascii() or not loosely or not can_draw(letter):
        return letter, ()
    base, marks = split_letter(letter)
    kept = "".join(mark for mark in marks if mark in _KEPT_ON)
    apart = tuple(mark for mark in marks if mark not in _KEPT_ON)
    base = letter if not apart else unicodedata.normalize("NFC", base + kept)
    return ("ı" if base == "i" and apart != ("\u0323",) else base), apart


def _pieces(
    letters: list[tuple[str, tuple[str, ...]]], lifts: float, rng: Random
) -> list[list[tuple[str, tuple[str, ...]]]]:
    """The word cut where the pen is lifted."""
    pieces: list[list[tuple[str, tuple[str, ...]]]] = [[]]
    for letter in letters:
        pieces[-1].append(letter)
        if rng.random() < lifts:
            pieces.append([])
    return [piece for piece in pieces if piece]


def _mark(
    canvas: Mask, face: JoinedFace, base: str, marks: tuple[str, ...], start: float, clerk: Clerk, rng: Random
) -> None:
    """The marks of the letter that begins at `start`: late (`lag`) and as loose as the hand."""
    loose = clerk.loose or Looseness.typewriter(rng)
    middle = start + face.middle(base) + X_HEIGHT * clerk.lag * rng.uniform(0.5, 1.5)
    top = _ABOVE - face.top(base)
    if marks == (_DOT_ABOVE,):
        _dot(canvas, middle, top - X_HEIGHT * rng.uniform(0.3, 0.9), rng)
        return
    half = 0.35 * X_HEIGHT
    draw_marks(
        canvas,
        base,
        marks,
        (middle - half, top, middle + half, float(_ABOVE)),
        baseline=_ABOVE,
        x_height=X_HEIGHT,
        stroke=0.12 * X_HEIGHT,
        ink=255,
        loose=loose,
        rng=rng,
    )


def _dot(canvas: Mask, x: float, y: float, rng: Random) -> None:
    """An i's dot, or the short dash that haste makes of it."""
    dash = rng.uniform(0, 0.25) * X_HEIGHT
    ends = np.array([[[x, y]], [[x + dash, y - dash * rng.uniform(-0.2, 0.8)]]])
    cv2.polylines(canvas, [np.round(ends * 16).astype(np.int32)], False, 255, 2, cv2.LINE_AA, 4)


def _retouch(canvas: Mask, face: JoinedFace, text: str, pen: float, rng: Random) -> None:
    """One letter gone over a second time, beside its first stroke; now and then over a wrong one that was paler."""
    at = rng.randrange(len(text))
    start = round(pen + face.font.getlength(text[:at]))
    if rng.random() < 0.3:
        wrong = np.zeros_like(canvas)
        _draw(wrong, face.font, rng.choice("aenouic"), start)
        np.maximum(canvas, cv2.convertScaleAbs(wrong, alpha=rng.uniform(0.25, 0.55)), out=canvas)
    again = np.zeros_like(canvas)
    _draw(again, face.font, text[at], start + rng.randint(-1, 1))
    _darken(canvas, again, 0, rng.choice((-1, 1)))


def _inked(inner: Mask, clerk: Clerk, rng: Random) -> Mask:
    """Strokes as broad as the nib leaves them, run where the ink is too much, paler where the pen runs dry."""
    out = cv2.dilate(inner, _nib(clerk.nib, clerk.nib_angle))
    shape = out.shape
    if clerk.flood:
        wet = _smooth(shape, 26, rng)
        run = cv2.dilate(out, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3)))
        out = np.where(wet > np.quantile(wet, 1 - clerk.flood), run, out)
    if clerk.fading:
        dry = cv2.resize(_smooth((1, shape[1]), 90, rng), (shape[1], 1))
        out = (out * (1 - clerk.fading * np.clip(dry, 0, 1))).astype(np.uint8)
    return np.asarray(out, np.uint8)


def _nib(breadth: float, angle: float) -> Mask:
    """A pen's edge as a kernel: strokes across it come out broad, strokes along it thin."""
    side = 2 * int(np.ceil(breadth / 2)) + 1
    kernel = np.zeros((side, side), np.uint8)
    reach = np.array([np.cos(angle), np.sin(angle)]) * (breadth - 1) / 2
    middle = np.array([side // 2, side // 2])
    ends = np.round(np.stack([middle - reach, middle + reach]) * 16).astype(np.int32).reshape(-1, 1, 2)
    cv2.polylines(kernel, [ends], False, 1, 1, cv2.LINE_8, 4)
    return kernel


def _bent(inner: Mask, clerk: Clerk, rng: Random) -> Mask:
    """Size, proportions, slant and the straying of letters, in one resampling; rows as `set_run` gives them."""
    rows = ABOVE + BELOW
    left = int(clerk.slant * BELOW if clerk.slant > 0 else -clerk.slant * ABOVE)
    width = int(inner.shape[1] * clerk.stretch + abs(clerk.slant) * rows) + 4
    height = (ABOVE - np.arange(rows, dtype=np.float32)) / np.float32(clerk.size)
    ys = _ABOVE - _proportioned(height, clerk)
    lean = np.float32(clerk.slant) * (ABOVE - np.arange(rows, dtype=np.float32))
    xs = (np.arange(width, dtype=np.float32)[None, :] - left - lean[:, None]) / np.float32(clerk.stretch)
    stray = np.float32(clerk.tremor)
    xs = xs + stray * (_smooth(xs.shape, 16, rng) + 1.5 * _smooth(xs.shape, 60, rng))
    yy = ys[:, None] + stray * np.float32(0.8) * _smooth(xs.shape, 18, rng)
    return np.asarray(cv2.remap(inner, xs.astype(np.float32), yy.astype(np.float32), cv2.INTER_LINEAR), np.uint8)


def _proportioned(height: NDArray[np.float32], clerk: Clerk) -> NDArray[np.float32]:
    """Height in the font's proportions for a height in the hand's: loops shorter, letters and near marks alike."""
    above = _MARKED_ABOVE + (height - _MARKED_ABOVE) / clerk.tall
    below = -_MARKED_BELOW + (height + _MARKED_BELOW) / clerk.deep
    middle = np.where(height < -_MARKED_BELOW, below, height)
    return np.where(height > _MARKED_ABOVE, above, middle).astype(np.float32)


def _smooth(shape: tuple[int, ...], length: float, rng: Random) -> NDArray[np.float32]:
    """Noise of about unit strength that changes over `length` pixels."""
    rows, columns = shape[0], shape[1]
    grid = (max(2, round(rows / length) + 1), max(2, round(columns / length) + 1))
    coarse = np.random.default_rng(rng.getrandbits(32)).standard_normal(grid, dtype=np.float32)
    return np.asarray(cv2.resize(coarse, (columns, rows), interpolation=cv2.INTER_CUBIC), np.float32)


def _draw(canvas: Mask, font: ImageFont.FreeTypeFont, text: str, x: int) -> None:
    """`text` in one shaping, its start at column x, its baseline at row `_ABOVE`."""
    core, offset = font.getmask2(text, mode="L", anchor="ls")
    if 0 not in core.size:
        _darken(canvas, np.array(Image.Image()._new(core), np.uint8), x + int(offset[0]), _ABOVE + int(offset[1]))


def _darken(canvas: Mask, mask: Mask, x: int, y: int) -> None:
    """Darken `canvas` by `mask` with its top left at (x, y), clipped to the canvas."""
    x0, y0 = max(x, 0), max(y, 0)
    x1, y1 = min(x + mask.shape[1], canvas.shape[1]), min(y + mask.shape[0], canvas.shape[0])
    if x0 < x1 and y0 < y1:
        region = canvas[y0:y1, x0:x1]
        np.maximum(region, mask[y0 - y : y1 - y, x0 - x : x1 - x], out=region)
