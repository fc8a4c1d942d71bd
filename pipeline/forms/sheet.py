"""One upright image's read lines with their geometry: rows, reading order, and where a character stands.

A line that goes through a wide gap is looked at as two strips: what layout took for one run may be the
ends of two columns. Everything in extraction counts in strips; only what goes out counts in lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from statistics import median

from pipeline.domain.geometry import Quad, bounds, rectangle
from pipeline.domain.model import TextLine
from pipeline.forms.copy_stamps import stamped
from pipeline.forms.search import PageText

Box = tuple[float, float, float, float]
GAP = 1.7  # letter heights between two characters from which a line is cut in two; by trial
LETTER_HEIGHT = 40.0  # pixels, of a sheet on which nothing was read; by trial
FEWEST_SIGNS = 2  # a line with no more is a mark or a number and does not count for the letter height; by trial
FEWEST_CHARACTERS = 4  # a line with fewer is not cut; by trial
SAME_ROW = 0.5  # of the lower line's height that lines of one row share; by trial
LAST_OF_ROW = 3  # lines of a row that the next one is compared with, since a row may lean; by trial
SAME_MIDDLE = (0.45, 0.8)
"""How far the middles of lines of one row may differ: the first share of the higher line's height, but no more than the
second share of the letter height (of the lower line's height, where that is more). By trial."""
FRAME_SIGNS, FRAME_MARKS, FRAME_STEP, FRAME_ROW = 2, 12, 6.0, 0.8
"""A mark of an ornamental frame has at most so many signs; so many of them stand in a line; they differ by less than so
many pixels in place and size; where a row of them was read as one line, that share of its words is a single sign. By
trial."""
NO_CUTS: Mapping[int, Sequence[int]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of one line: characters `start` to before `end` of `readings[0]` of line `line`.

    Inside extraction `line` counts strips; in an `ExtractedField` it counts the lines of its leaf. A piece
    with no characters is ink that the reader could not read.
    """

    line: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Strip:
    line: int
    start: int
    end: int


class Sheet:
    """The strips of one image. Coordinates are pixels of the upright image, origin top left.

    `cuts` are further places where a line is cut: line -> character indices.
    """

    def __init__(self, lines: Sequence[TextLine], cuts: Mapping[int, Sequence[int]] = NO_CUTS) -> None:
        self.source = tuple(lines)
        whole = [bounds(line.box) for line in self.source]
        heights = [b[3] - b[1] for b, t in zip(whole, self.source, strict=True) if len(t.text.strip()) > FEWEST_SIGNS]
        self.height = median(heights) if heights else LETTER_HEIGHT
        self._whole = whole
        self._fits: dict[int, tuple[float, float]] = {}
        self.ornament = ornament = frozenset(_ornament(self.source, whole))
        self.stamps = frozenset(stamped(self.source, whole))
        passed = ornament | self.stamps
        self._strips = [s for n in range(len(self.source)) if n not in passed for s in self._cut(n, cuts.get(n, ()))]
        self.lines = tuple(self.source[s.line] for s in self._strips)
        self.texts = tuple(self.source[s.line].text[s.start : s.end] for s in self._strips)
        self.boxes: tuple[Box, ...] = tuple(self._strip_box(s) for s in self._strips)
        self.left = min((b[0] for b in self.boxes), default=0.0)
        self.right = max((b[2] for b in self.boxes), default=1.0)
        self.rows = self._rows()

    @cached_property
    def page_text(self) -> PageText:
        return PageText.of(self.texts, self.rows)

    @property
    def width(self) -> float:
        return max(1.0, self.right - self.left)

    def reading_order(self, lines: Iterable[int] | None = None) -> list[int]:
        """Strips by row, then from left to right."""
        chosen = range(len(self.lines)) if lines is None else lines
        return sorted(chosen, key=lambda n: (self.rows[n], self.boxes[n][0]))

    def origin(self, piece: Piece) -> Piece:
        """The piece in lines and characters of the leaf."""
        strip = self._strips[piece.line]
        return Piece(line=strip.line, start=strip.start + piece.start, end=strip.start + piece.end)

    def x_at(self, line: int, index: int) -> float:
        """Where character `index` of a strip begins (the strip's right end past the last one)."""
        strip = self._strips[line]
        at = strip.start + index
        return self._x(strip.line, at) if index < strip.end - strip.start else self._right(strip.line, at)

    def right_of(self, line: int, end: int) -> float:
        """Where the character before `end` of a strip ends."""
        strip = self._strips[line]
        return self._right(strip.line, strip.start + end)

    def piece_box(self, piece: Piece) -> Box:
        x0, y0, x1, y1 = self.boxes[piece.line]
        if piece.end <= piece.start:
            return x0, y0, x1, y1
        return self.x_at(piece.line, piece.start), y0, self.x_at(piece.line, piece.end), y1

    def box(self, pieces: Sequence[Piece]) -> Quad:
        """The upright rectangle around the pieces. Raises ValueError on none."""
        corners = [self.piece_box(p) for p in pieces]
        return rectangle(*bounds([(b[0], b[1]) for b in corners] + [(b[2], b[3]) for b in corners]))

    def span_box(self, line: int, start: int, end: int) -> Box:
        """Where characters `start` to before `end` of a line of the leaf stand."""
        x0, y0, x1, y1 = self._whole[line]
        left = x0 if start == 0 else self._x(line, start)
        right = x1 if end >= len(self.source[line].text) else self._right(line, end)
        return left, y0, right, y1

    def cut_at(self, piece: Piece) -> tuple[int, int]:
        """Line and character where a piece begins, as `cuts` wants them."""
        return self.cut_of(piece.line, piece.start)

    def cut_of(self, line: int, index: int) -> tuple[int, int]:
        """The leaf's line and character of a strip's character."""
        strip = self._strips[line]
        return strip.line, strip.start + index

    def _cut(self, line: int, extra: Sequence[int]) -> list[_Strip]:
        text = self.source[line].text
        cuts = sorted({*extra, *self._gaps(line)})
        edges = [0, *(c for c in cuts if 0 < c < len(text)), len(text)]
        strips = []
        for start, end in pairwise(edges):
            trimmed_start = start + len(text[start:end]) - len(text[start:end].lstrip())
            trimmed_end = end - (len(text[start:end]) - len(text[start:end].rstrip()))
            if trimmed_end > trimmed_start:
                strips.append(_Strip(line, trimmed_start, trimmed_end))
        return strips or [_Strip(line, 0, 0)]

    def _gaps(self, line: int) -> list[int]:
        """Characters that stand after a wide gap."""
        text = self.source[line].text
        characters = self.source[line].readings[0].characters if self.source[line].readings else ()
        if len(characters) != len(text) or len(text) < FEWEST_CHARACTERS:
            return []
        _, per_pixel = self._fit(line)
        spots, before = [], None
        for n, c in enumerate(characters):
            if c.text.isspace():
                continue
            if before is not None and (c.start - characters[before].end) * per_pixel > GAP * self.height:
                spots.append(n)
            before = n
        return spots

    def _strip_box(self, strip: _Strip) -> Box:
        x0, y0, x1, y1 = self._whole[strip.line]
        if strip.start == 0 and strip.end >= len(self.source[strip.line].text.rstrip()):
            return x0, y0, x1, y1
        left = x0 if strip.start == 0 else self._x(strip.line, strip.start)
        right = x1 if strip.end == len(self.source[strip.line].text) else self._right(strip.line, strip.end)
        return left, y0, max(right, left + 1), y1

    def _rows(self) -> tuple[int, ...]:
        """The row of each strip: layout's, parted where its members do not stand beside one another."""
        known = bool(self.lines) and all(line.row is not None for line in self.lines)
        groups: dict[int, list[int]] = {}
        for n, line in enumerate(self.lines):
            groups.setdefault((line.row or 0) if known else 0, []).append(n)
        rows = [0] * len(self.lines)
        row = -1
        for key in sorted(groups):
            members: list[int] = []
            for n in sorted(groups[key], key=lambda k: self.boxes[k][1] + self.boxes[k][3]):
                if not members or not self._beside(members, n):
                    row, members = row + 1, []
                members.append(n)
                rows[n] = row
        return tuple(rows)

    def _beside(self, members: Sequence[int], n: int) -> bool:
        """Whether a strip overlaps the row's last members by half and has about the same middle."""
        _, y0, _, y1 = self.boxes[n]
        for m in members[-LAST_OF_ROW:]:
            _, top, _, bottom = self.boxes[m]
            overlap = min(bottom, y1) - max(top, y0)
            low, tall = sorted((bottom - top, y1 - y0))
            apart = abs(bottom + top - y0 - y1) / 2
            near = min(SAME_MIDDLE[0] * tall, SAME_MIDDLE[1] * max(self.height, low))
            if overlap >= SAME_ROW * low and apart <= near:
                return True
        return False

    def _x(self, line: int, index: int) -> float:
        characters = self.source[line].readings[0].characters if self.source[line].readings else ()
        x0, _, x1, _ = self._whole[line]
        size = len(self.source[line].text)
        if len(characters) != size or not size:
            return x0 + (x1 - x0) * index / max(1, size)
        zero, per_pixel = self._fit(line)
        return zero + per_pixel * (characters[index].start if index < size else characters[-1].end)

    def _right(self, line: int, end: int) -> float:
        """The right end of the character before `end`."""
        characters = self.source[line].readings[0].characters if self.source[line].readings else ()
        if not end or len(characters) != len(self.source[line].text):
            return self._x(line, end)
        zero, per_pixel = self._fit(line)
        return zero + per_pixel * characters[end - 1].end

    def _fit(self, line: int) -> tuple[float, float]:
        """Upright x of the line image's x = 0, and upright pixels per line pixel."""
        if line not in self._fits:
            to_upright = self.source[line].line_to_upright
            far = self.source[line].readings[0].characters[-1].end or 1.0
            (x0, _), (x1, _) = to_upright((0.0, 0.0)), to_upright((far, 0.0))
            self._fits[line] = (x0, (x1 - x0) / far)
        return self._fits[line]


def _ornament(lines: Sequence[TextLine], boxes: Sequence[Box]) -> set[int]:
    """Lines that are the pieces of a frame: many marks of one size in one column, or in one row, of the image."""
    small = [n for n, line in enumerate(lines) if len(line.text.strip()) <= FRAME_SIGNS and line.cell is None]
    found = {n for n, line in enumerate(lines) if _is_row_of_marks(line.text)}
    for low, high in ((0, 2), (1, 3)):
        groups: dict[tuple[int, int], list[int]] = {}
        for n in small:
            size = boxes[n][high] - boxes[n][low]
            middle = (boxes[n][low] + boxes[n][high]) / 2
            groups.setdefault((round(middle / FRAME_STEP), round(size / FRAME_STEP)), []).append(n)
        for (place, size), _ in groups.items():
            near = [n for dp in (-1, 0, 1) for ds in (-1, 0, 1) for n in groups.get((place + dp, size + ds), ())]
            if len(near) >= FRAME_MARKS:
                found.update(near)
    return found


def _is_row_of_marks(text: str) -> bool:
    """Whether a line is one mark again and again, as a frame's row of dots is read: "0 0 o 0 0 0 e 0"."""
    signs = [word for word in text.split() if len(word) == 1]
    usual = max((text.count(sign) for sign in set(signs)), default=0)
    return len(signs) >= FRAME_MARKS and len(signs) >= FRAME_ROW * len(text.split()) and usual >= len(signs) / 2
