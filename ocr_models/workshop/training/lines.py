"""One rendered training line after another: text, hands, form furniture, paper, scan, loose crop.

`LineRenderer.render()` gives the grey strip a line cutter might hand to a reader, at the reader's
height, and the truth. Everything follows from the seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import cv2
import numpy as np

from ocr_models.workshop.fonts import FontEntry, Kind, Split, catalogue
from ocr_models.workshop.training import paper
from ocr_models.workshop.training.glyphs import ABOVE, BELOW, X_HEIGHT, Face, Script, set_run
from ocr_models.workshop.training.marks import Looseness, Mask
from ocr_models.workshop.training.school_hand import Clerk, JoinedFace, write_run
from ocr_models.workshop.training.texts import Run, TextBank, truth

HEIGHT = 48
MAX_WIDTH = 1600
_SWAY = 7  # rows by which a wavering line leaves its rows; high loops and figures would lose their tops
_KINDS: tuple[Kind, ...] = ("print", "typed", "pen")


@dataclass(frozen=True, slots=True)
class Line:
    """A grey strip of `HEIGHT` rows (dark ink on light ground), what it says, and how its values are written."""

    pixels: Mask
    text: str
    kind: str


class LineRenderer:
    """An endless source of lines. `fonts` must hold at least one font of each kind in `kinds`.

    Where one of them joins its letters, a `Clerk` writes all lines of the kind "pen", in such fonts alone.
    """

    def __init__(
        self,
        fonts: Sequence[FontEntry],
        bank: TextBank,
        seed: int,
        *,
        kinds: Sequence[float] = (0.36, 0.2, 0.44),
        plain: bool = False,
    ) -> None:
        self.rng = Random(seed)
        self.bank = bank
        self.banks = paper.Banks.make(seed)
        self.weights = kinds
        self.plain = plain
        faces = [Face.load(entry) for entry in fonts if not entry.joined]
        self.faces = {kind: [f for f in faces if f.entry.kind == kind] for kind in _KINDS}
        self.joined = [JoinedFace.load(entry) for entry in fonts if entry.joined]
        self.previous: Mask | None = None

    def render(self) -> Line:
        """The next line. `plain` renderers leave out furniture and heavy wear (for measuring on clean lines)."""
        rng = self.rng
        kind = rng.choices(_KINDS, self.weights)[0]
        runs = self.bank.line(rng)
        if self._by_clerk(kind):
            runs = _as_clerks_write(runs, rng)
        wear = paper.Wear.draw(rng)
        if self._by_clerk(kind):
            wear = replace(wear, level=0.7 * wear.level)
        if self.plain:
            wear = replace(wear, level=0.25 * wear.level, bilevel=False, cleaned=False)
        ink, rows = self._compose(runs, kind, wear)
        if self._by_clerk(kind):
            rows = (rows[0] - _SWAY, rows[1] + _SWAY)
        strip = self._crop(ink, rows)
        lowest = 28 if self._by_clerk(kind) else 18
        height = min(64, max(lowest, round(rng.gauss(44, 11)))) if not self.plain else rng.randint(36, 60)
        width = max(8, round(strip.shape[1] * height / strip.shape[0]))
        small = cv2.resize(strip, (width, height), interpolation=cv2.INTER_AREA)
        if rng.random() < 0.15:
            small = _weighted(small, rng)
        behind = self._behind(width, height)
        self.previous = small
        grey = paper.expose(small, self.banks, wear, rng, behind=behind)
        return Line(to_height(grey), truth(runs), kind)

    def _by_clerk(self, kind: Kind) -> bool:
        return kind == "pen" and bool(self.joined)

    def _compose(self, runs: list[Run], kind: Kind, wear: paper.Wear) -> tuple[Mask, tuple[int, int]]:
        """All runs on one baseline, with leaders, rules, seals and neighbours, and the rows of the writing."""
        rng = self.rng
        label_face = rng.choice(self.faces["typed" if kind == "typed" and rng.random() < 0.25 else "print"])
        hand = (rng.choice(self.joined), Clerk.draw(rng, faint=not wear.harsh)) if self._by_clerk(kind) else None
        value_face = label_face if hand else rng.choice(self.faces[kind])
        same = kind == "print" and rng.random() < 0.5
        label_script = self._script("print")
        value_script = self._script(kind, faint=not wear.harsh)
        value_scale = 1.0 if same else rng.uniform(0.8, 1.35 if kind == "pen" else 1.15)
        value_ink = rng.uniform(0.8 if wear.harsh or hand else 0.55, 1.0)
        pieces: list[tuple[Mask, str]] = []
        for run in runs:
            if run.role == "label" or (hand and not hand[0].draws(run.text)):
                pieces.append((set_run(label_face, run.text, label_script, rng), "label"))
                continue
            face = label_face if same else value_face
            if hand:
                mask = write_run(hand[0], run.text, hand[1], rng)
            else:
                mask = set_run(face, run.text, value_script, rng)
                mask = self._by_hand(mask, value_scale) if kind == "pen" else _scaled(mask, value_scale)
            if value_ink < 0.95 and not same:
                mask = cv2.convertScaleAbs(mask, alpha=value_ink)
            pieces.append((mask, "value"))
        return self._lay_out(pieces, kind)

    def _lay_out(self, pieces: list[tuple[Mask, str]], kind: Kind) -> tuple[Mask, tuple[int, int]]:
        rng = self.rng
        rows = ABOVE + BELOW + 24
        gaps = [self._gap(pieces, i) for i in range(len(pieces))]
        tail = rng.randint(0, 220) if rng.random() < 0.25 else rng.randint(0, 14)
        lead = rng.randint(0, 12) if rng.random() < 0.85 else rng.randint(12, 120)
        width = lead + sum(m.shape[1] for m, _ in pieces) + sum(gaps) + tail
        canvas = np.zeros((rows, max(24, width)), np.uint8)
        dotted = not self.plain and rng.random() < (0.5 if len(pieces) > 1 else 0.3)
        solid = not self.plain and not dotted and rng.random() < 0.15
        erase = rng.random() < 0.4
        leader_y = ABOVE + 12 + rng.randint(-1, 6)
        x = lead
        for (mask, role), gap in zip(pieces, gaps, strict=True):
            x += gap
            rise = rng.randint(-7, 5) if role == "value" and kind != "print" else 0
            paper.overlay(canvas, mask, x, 12 + rise)
            if role == "value":
                begin, end = x - gap + rng.randint(0, 6), x + mask.shape[1] + tail
                if dotted:
                    paper.leader(canvas, begin, end, leader_y, rng, X_HEIGHT, erase=erase)
                elif solid:
                    paper.rule(canvas, (begin, leader_y + 2), (end, leader_y + 2), rng, erase=erase)
            x += mask.shape[1]
        inked = np.flatnonzero((canvas > 60).any(axis=1))
        extent = (int(inked[0]), int(inked[-1]) + 1) if len(inked) else (0, rows)
        if not self.plain:
            self._furnish(canvas)
        return self._bent(canvas, kind), extent

    def _gap(self, pieces: list[tuple[Mask, str]], at: int) -> int:
        if at == 0:
            return 0
        wide = pieces[at][1] == "label" and pieces[at - 1][1] == "value"
        if self.rng.random() < (0.55 if wide else 0.12):
            return self.rng.randint(20, 200)
        return self.rng.randint(-12, 10)

    def _script(self, kind: Kind, *, faint: bool = False) -> Script:
        rng = self.rng
        if kind == "print":
            return Script(spacing=rng.gauss(0, 0.02), word_gap=rng.uniform(0.8, 1.3))
        if kind == "typed":
            loose = Looseness.typewriter(rng) if rng.random() < 0.3 else None
            return Script(
                fixed_pitch=True,
                spacing=rng.gauss(0, 0.03),
                jitter=abs(rng.gauss(0, 0.03)),
                pressure=rng.choice((0.0, 0.2, 0.5)) if faint else 0.15,
                loose=loose,
            )
        free = rng.random() < 0.5
        return Script(
            spacing=rng.gauss(0, 0.06),
            word_gap=rng.uniform(0.75, 2.0),
            jitter=abs(rng.gauss(0, 0.03)),
            pressure=rng.choice((0.0, 0.15, 0.35)) if faint else 0.1,
            loose=Looseness.pen(rng) if free else None,
            loose_share=rng.uniform(0.3, 1.0),
        )

    def _by_hand(self, mask: Mask, scale: float) -> Mask:
        """Slant, width and stroke of one hand."""
        rng = self.rng
        slant, stretch = rng.gauss(0.05, 0.16), scale * rng.uniform(0.75, 1.25)
        base = ABOVE
        room = int(abs(slant) * (ABOVE + BELOW) * scale)
        size = (int(mask.shape[1] * stretch) + room + 4, mask.shape[0])
        lean = slant * scale
        offset = room * (0.4 if slant > 0 else 0.6) + lean * base
        matrix = np.array([[stretch, -lean, offset], [0, scale, base * (1 - scale)]])
        out = cv2.warpAffine(mask, matrix, size, flags=cv2.INTER_LINEAR)
        return _weighted(out, rng) if rng.random() < 0.35 else out

    def _furnish(self, canvas: Mask) -> None:
        """Neighbouring lines, rules of tables and seals that reach into the crop."""
        rng, (rows, width) = self.rng, canvas.shape
        before = self.previous
        if before is not None and rng.random() < 0.25:
            other = before if rng.random() < 0.5 else before[:, ::-1] if rng.random() < 0.2 else before
            shift = rng.randint(-200, 60)
            if rng.random() < 0.5:
                paper.overlay(canvas, other, shift, 12 + ABOVE - 44 - other.shape[0] + rng.randint(-6, 5))
            else:
                paper.overlay(canvas, other, shift, 12 + ABOVE + 14 + rng.randint(0, 12))
        if rng.random() < 0.12:
            x = rng.choice((rng.randint(0, 6), width - 1 - rng.randint(0, 6)))
            paper.rule(canvas, (x, 0), (x + rng.randint(-2, 2), rows), rng)
        if rng.random() < 0.1:
            y = rng.choice((12 + ABOVE + rng.randint(16, 30), 12 + ABOVE - rng.randint(46, 60)))
            paper.rule(canvas, (0, y), (width, y + rng.randint(-2, 2)), rng)
        if rng.random() < 0.07:
            seal = rng.choice(self.banks.seals)
            paper.overlay(canvas, seal, rng.randint(-60, width - 40), rng.randint(-seal.shape[0] + 40, rows - 40),
                          rng.uniform(0.25, 0.7))  # fmt: skip

    def _bent(self, canvas: Mask, kind: Kind) -> Mask:
        """Light skew, perspective and a wavering baseline."""
        rng, (rows, width) = self.rng, canvas.shape
        if rng.random() < (0.75 if kind == "pen" else 0.45):
            amplitude = rng.uniform(0.5, 5.0 if kind == "pen" else 2.0)
            turn = rng.gauss(0, 0.006) * width / 2
            turn = max(-9.0, min(9.0, turn))
            xs = np.arange(width, dtype=np.float32)
            wave = amplitude * np.sin(xs / rng.uniform(60, 260) + rng.uniform(0, 6.28))
            wave += np.linspace(-turn, turn, width, dtype=np.float32)
            ys = np.add(np.arange(rows, dtype=np.float32)[:, None], wave.astype(np.float32))
            lean = np.float32(rng.gauss(0, 0.03))
            places = ys * lean
            places += xs - lean * np.float32(ABOVE)
            return np.asarray(cv2.remap(canvas, places, ys, cv2.INTER_LINEAR), np.uint8)
        return canvas

    def _crop(self, ink: Mask, rows: tuple[int, int]) -> Mask:
        """Cut as loosely as a line finder would, sometimes a little too close. `rows` is where the writing is."""
        rng = self.rng
        baseline = 12 + ABOVE
        if rng.random() < 0.65:
            top, bottom = rows
            margin = (bottom - top) * rng.uniform(-0.03, 0.35)
            split = rng.uniform(0.25, 0.75)
            top, bottom = round(top - margin * split), round(bottom + margin * (1 - split))
        else:
            top = min(baseline - rng.randint(36, 58), rows[0] + rng.randint(0, 4))
            bottom = max(baseline + rng.randint(9, 24), rows[1] - rng.randint(0, 4))
        top = max(0, min(top, baseline - 26))
        return ink[top : min(ink.shape[0], max(bottom, baseline + 6))]

    def _behind(self, width: int, height: int) -> Mask | None:
        if self.plain or self.previous is None or self.rng.random() > 0.08:
            return None
        back = cv2.resize(self.previous[:, ::-1], (width, height), interpolation=cv2.INTER_AREA)
        return np.asarray(cv2.GaussianBlur(back, (0, 0), 1.2), np.uint8)


def school_renderer(
    fonts: Sequence[FontEntry], folder: Path | None, split: Split, bank: TextBank, seed: int
) -> LineRenderer:
    """Pen lines in the fonts of the split that join their letters, printed labels in those of `fonts`.

    Raises ValueError when `folder` holds no such font.
    """
    joined = catalogue(folder, split=split, joined=True)
    if not joined:
        raise ValueError(f"no font of the split {split} that joins its letters in {folder}")
    printed = [entry for entry in fonts if entry.kind == "print"]
    return LineRenderer([*printed, *joined], bank, seed, kinds=(0.0, 0.0, 1.0))


def _as_clerks_write(runs: list[Run], rng: Random) -> list[Run]:
    """Half of the lines in pen throughout, as in acts without a form; few in capitals alone, which nobody joins."""
    throughout = rng.random() < 0.5 or all(run.role == "label" for run in runs)
    written = [replace(run, role="value") if throughout else run for run in runs]
    return [_in_small_letters(run) if run.role == "value" and rng.random() < 0.8 else run for run in written]


def _in_small_letters(run: Run) -> Run:
    """Names and sentences in capitals with small letters after the first; abbreviations and numbers as they were."""
    words = run.text.split(" ")
    shout = run.text.isupper() and len(words) > 1 and all(len(word) > 1 and word.isalpha() for word in words)
    return replace(run, text=run.text.title()) if shout else run


def to_height(grey: Mask, height: int = HEIGHT) -> Mask:
    """Scaled to `height` rows, proportions kept."""
    if grey.shape[0] == height:
        return grey
    width = max(8, round(grey.shape[1] * height / grey.shape[0]))
    how = cv2.INTER_AREA if grey.shape[0] > height else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(grey, (width, height), interpolation=how), np.uint8)


def _scaled(mask: Mask, scale: float) -> Mask:
    """Scaled about the baseline, same rows."""
    if abs(scale - 1) < 0.02:
        return mask
    matrix = np.array([[scale, 0, 0], [0, scale, ABOVE * (1 - scale)]], dtype=np.float64)
    size = (int(mask.shape[1] * scale) + 2, mask.shape[0])
    return np.asarray(cv2.warpAffine(mask, matrix, size, flags=cv2.INTER_LINEAR), np.uint8)


def _weighted(mask: Mask, rng: Random) -> Mask:
    """Thicker strokes, or thinner by a pixel's part."""
    kernel = np.ones((2, 2), np.uint8)
    other = cv2.dilate(mask, kernel) if rng.random() < 0.65 else cv2.erode(mask, kernel)
    return np.asarray(cv2.addWeighted(mask, 0.5, other, 0.5, 0), np.uint8)
