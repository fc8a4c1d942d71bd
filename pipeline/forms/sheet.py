"""One upright image's read lines with their geometry: rows, reading order, and where a character stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median

from pipeline.forms.search import PageText
from pipeline.geometry import Quad, bounds, rectangle
from pipeline.model import TextLine

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of one line: characters `start` to before `end` of `readings[0]` of line `line`."""

    line: int
    start: int
    end: int


class Sheet:
    """The lines of one image. Coordinates are pixels of the upright image, origin top left."""

    def __init__(self, lines: Sequence[TextLine]) -> None:
        self.lines = tuple(lines)
        self.texts = tuple(line.text for line in self.lines)
        self.boxes: tuple[Box, ...] = tuple(bounds(line.box) for line in self.lines)
        heights = [b[3] - b[1] for b, t in zip(self.boxes, self.texts, strict=True) if t.strip()]
        self.height = median(heights) if heights else 40.0
        self.left = min((b[0] for b in self.boxes), default=0.0)
        self.right = max((b[2] for b in self.boxes), default=1.0)
        self.rows = self._rows()
        self._scale: dict[int, tuple[float, float]] = {}

    @cached_property
    def page_text(self) -> PageText:
        return PageText.of(self.texts)

    @property
    def width(self) -> float:
        return max(1.0, self.right - self.left)

    def reading_order(self, lines: Iterable[int] | None = None) -> list[int]:
        """Lines by row, then from left to right."""
        chosen = range(len(self.lines)) if lines is None else lines
        return sorted(chosen, key=lambda n: (self.rows[n], self.boxes[n][0]))

    def _rows(self) -> tuple[int, ...]:
        """The row of each line: as layout numbered them, or by overlap of more than half the height."""
        if self.lines and all(line.row is not None for line in self.lines):
            return tuple(line.row or 0 for line in self.lines)
        rows = [0] * len(self.lines)
        order = sorted(range(len(self.lines)), key=lambda n: self.boxes[n][1] + self.boxes[n][3])
        row, top, bottom = -1, 0.0, -1.0
        for n in order:
            _, y0, _, y1 = self.boxes[n]
            overlap = min(bottom, y1) - max(top, y0)
            if row < 0 or overlap < 0.5 * min(y1 - y0, bottom - top):
                row, top, bottom = row + 1, y0, y1
            rows[n] = row
        return tuple(rows)

    def x_at(self, line: int, index: int) -> float:
        """Where character `index` of a line begins (the line's right end past the last one)."""
        characters = self.lines[line].readings[0].characters if self.lines[line].readings else ()
        x0, _, x1, _ = self.boxes[line]
        size = len(self.texts[line])
        if len(characters) != size or not size:
            return x0 + (x1 - x0) * index / max(1, size)
        if line not in self._scale:
            self._scale[line] = self._fit(line)
        zero, per_pixel = self._scale[line]
        pixel = characters[index].start if index < size else characters[-1].end
        return zero + per_pixel * pixel

    def _fit(self, line: int) -> tuple[float, float]:
        """Upright x of the line image's x = 0, and upright pixels per line pixel."""
        to_upright = self.lines[line].line_to_upright
        far = self.lines[line].readings[0].characters[-1].end or 1.0
        (x0, _), (x1, _) = to_upright((0.0, 0.0)), to_upright((far, 0.0))
        return x0, (x1 - x0) / far

    def index_at(self, line: int, x: float) -> int:
        """The first character of a line that begins at x or to the right of it."""
        size = len(self.texts[line])
        low, high = 0, size
        while low < high:
            middle = (low + high) // 2
            if self.x_at(line, middle) < x:
                low = middle + 1
            else:
                high = middle
        return low

    def piece_box(self, piece: Piece) -> Box:
        _, y0, _, y1 = self.boxes[piece.line]
        return self.x_at(piece.line, piece.start), y0, self.x_at(piece.line, piece.end), y1

    def box(self, pieces: Sequence[Piece]) -> Quad:
        """The upright rectangle around the pieces. Raises ValueError on none."""
        corners = [self.piece_box(p) for p in pieces]
        return rectangle(*bounds([(b[0], b[1]) for b in corners] + [(b[2], b[3]) for b in corners]))
