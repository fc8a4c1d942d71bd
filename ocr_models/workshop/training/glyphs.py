"""Runs of text set from cached glyphs: one FreeType call per letter and font, then only copies.

Every font is cached at the size where its x-height is `X_HEIGHT` pixels, so that fonts of different
design size come out alike; later scaling happens on whole lines.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import cv2
import numpy as np
from PIL import Image, ImageFont

from ocr_models.workshop.fonts import FontEntry
from ocr_models.workshop.training.marks import Looseness, Mask, can_draw, draw_marks, split_letter

X_HEIGHT = 22
ABOVE = 66  # rows above the baseline: room for a capital with two marks and a flourish
BELOW = 40
_DOTLESS = "ı"


@dataclass(slots=True)
class Glyph:
    """A letter's ink with its place: `left` from the pen, `top` from the baseline (negative is above)."""

    mask: Mask
    left: int
    top: int
    advance: float


@dataclass(slots=True)
class Face:
    """One font at working size, with its glyphs as they are asked for."""

    entry: FontEntry
    font: ImageFont.FreeTypeFont
    stroke: float
    glyphs: dict[str, Glyph] = field(default_factory=dict)

    @staticmethod
    def load(entry: FontEntry) -> Face:
        """Raises OSError when the file is no font."""
        size = _working_size(entry.file)
        font = ImageFont.truetype(str(entry.file), size, layout_engine=ImageFont.Layout.BASIC)
        stem = np.asarray(_mask(font, "l")[0], dtype=np.float64)
        rows = max(1, int((stem.max(axis=1) > 64).sum()))
        return Face(entry=entry, font=font, stroke=max(1.0, float(stem.sum()) / 255 / rows))

    def glyph(self, letter: str) -> Glyph:
        glyph = self.glyphs.get(letter)
        if glyph is None:
            mask, left, top = _mask(self.font, letter)
            glyph = Glyph(mask, left, top, float(self.font.getlength(letter)))
            self.glyphs[letter] = glyph
        return glyph

    def draws(self, letter: str) -> bool:
        """Whether the font itself has the letter; a bare font has the plain alphabet only."""
        return not self.entry.bare or letter.isascii()


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """How one hand or machine sets a run. Lengths in x-heights.

    `loose` draws marks apart from letters, with the hand's looseness; None keeps the font's own.
    """

    spacing: float = 0.0
    word_gap: float = 1.0
    jitter: float = 0.0
    pressure: float = 0.0
    fixed_pitch: bool = False
    loose: Looseness | None = None
    loose_share: float = 1.0


def set_run(face: Face, text: str, script: Script, rng: Random) -> Mask:
    """The ink of `text`, 255 = full: (ABOVE + BELOW, width), baseline at row ABOVE. Width is at least 1."""
    advances = [face.glyph(_drawn(face, c)).advance for c in text]
    pitch = face.glyph("n").advance if script.fixed_pitch else 0.0
    gap = script.spacing * X_HEIGHT
    pens: list[float] = []
    pen = float(X_HEIGHT // 2)
    for letter, advance in zip(text, advances, strict=True):
        pens.append(pen)
        step = pitch or advance * (script.word_gap if letter == " " else 1.0)
        pen += max(1.0, step + gap)
    canvas = np.zeros((ABOVE + BELOW, int(pen) + X_HEIGHT), dtype=np.uint8)
    even = not script.jitter and not script.pressure and script.loose is None
    for letter, at in zip(text, pens, strict=True):
        if letter == " ":
            continue
        if even and (letter.isascii() or not face.entry.bare):
            glyph = face.glyph(letter)
            _lay(canvas, glyph.mask, round(at + glyph.left), round(ABOVE + glyph.top))
        else:
            _set_letter(canvas, face, letter, at, script, rng)
    return canvas


def _set_letter(canvas: Mask, face: Face, letter: str, at: float, script: Script, rng: Random) -> None:
    base = letter
    marks: tuple[str, ...] = ()
    loosely = script.loose is not None and rng.random() < script.loose_share
    if not letter.isascii() and (loosely or not face.draws(letter)) and can_draw(letter):
        base, marks = split_letter(letter)
        if base == "i" and any(mark != "\u0323" for mark in marks):
            base = _DOTLESS if not face.entry.bare else "i"
    glyph = face.glyph(base)
    rise = rng.gauss(0, script.jitter) * X_HEIGHT if script.jitter else 0.0
    ink = 255 - int(255 * script.pressure * rng.random() ** 2) if script.pressure else 255
    mask = glyph.mask if ink == 255 else cv2.convertScaleAbs(glyph.mask, alpha=ink / 255)
    x, y = round(at + glyph.left), round(ABOVE + glyph.top + rise)
    _lay(canvas, mask, x, y)
    if marks:
        loose = script.loose or Looseness.typewriter(rng)
        box = (float(x), float(y), float(x + mask.shape[1]), float(y + mask.shape[0]))
        draw_marks(
            canvas,
            base,
            marks,
            box,
            baseline=ABOVE + rise,
            x_height=X_HEIGHT,
            stroke=face.stroke,
            ink=ink,
            loose=loose,
            rng=rng,
        )


def _drawn(face: Face, letter: str) -> str:
    return letter if face.draws(letter) else split_letter(letter)[0]


def _lay(canvas: Mask, mask: Mask, x: int, y: int) -> None:
    """Darken `canvas` by `mask` with its top left at (x, y); what falls outside is cut."""
    height, width = mask.shape
    rows, columns = canvas.shape
    if x >= 0 and y >= 0 and x + width <= columns and y + height <= rows:
        region = canvas[y : y + height, x : x + width]
        np.maximum(region, mask, out=region)
        return
    x0, y0 = max(x, 0), max(y, 0)
    x1, y1 = min(x + width, columns), min(y + height, rows)
    if x0 < x1 and y0 < y1:
        region = canvas[y0:y1, x0:x1]
        np.maximum(region, mask[y0 - y : y1 - y, x0 - x : x1 - x], out=region)


def _mask(font: ImageFont.FreeTypeFont, letter: str) -> tuple[Mask, int, int]:
    core, offset = font.getmask2(letter, mode="L", anchor="ls")
    if 0 in core.size:
        return np.zeros((1, 1), np.uint8), 0, 0
    pixels = np.array(Image.Image()._new(core), dtype=np.uint8)
    return pixels, int(offset[0]), int(offset[1])


def _working_size(file: Path) -> int:
    """The size in pixels at which the letter x is `X_HEIGHT` high."""
    probe = ImageFont.truetype(str(file), 200, layout_engine=ImageFont.Layout.BASIC)
    _, top, _, bottom = probe.getbbox("x", anchor="ls")
    return max(8, min(120, round(200 * X_HEIGHT / max(1.0, bottom - top))))
