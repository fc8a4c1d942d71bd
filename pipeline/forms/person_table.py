"""Tables with one column for each person and one row for each label."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from pipeline.forms.anchors import Anchor
from pipeline.forms.cleaning import trim
from pipeline.forms.plan import Slot
from pipeline.forms.sheet import Piece, Sheet
from pipeline.forms.walk import Holder

OVER = 0.2  # of a piece's width that may lie beyond a border without its being cut there; by trial


class PersonColumns:
    """Which column of a persons table a piece of writing stands in, by its grid cell or its x."""

    def __init__(self, sheet: Sheet, slots: Sequence[Slot], anchors: Sequence[Anchor], section: int) -> None:
        self.sheet = sheet
        own = [a for a in anchors if slots[a.slot].section == section]
        headers = {slots[a.slot].column or 0: a for a in own if slots[a.slot].role == "header"}
        labels = [sheet.x_at(a.last_line, a.end) for a in own if slots[a.slot].role == "label"]
        self.count = max((len(slots[a.slot].columns) for a in own), default=2)
        self._cells = {cell[2]: n for n, a in headers.items() if (cell := sheet.lines[a.line].cell) is not None}
        cells = [sheet.lines[a.line].cell for a in own if slots[a.slot].role == "label"]
        self._label_rows = [c[:2] for c in cells if c is not None]
        start = max(labels, default=sheet.left)
        share = (sheet.right - start) / self.count
        centres = [start + share * (n + 0.5) for n in range(self.count)]
        for n, a in headers.items():
            centres[n] = (sheet.x_at(a.line, a.start) + sheet.x_at(a.last_line, a.end)) / 2
        self.borders = [(a + b) / 2 for a, b in pairwise(centres)]

    def split(self, piece: Piece) -> list[tuple[int, Piece]]:
        """The piece, or its parts, with their columns."""
        cell = self.sheet.lines[piece.line].cell
        if cell is not None and len(self._cells) == self.count:
            return [(self._cells[cell[2]], piece)] if cell[2] in self._cells else []
        x0, _, x1, _ = self.sheet.piece_box(piece)
        for n, border in enumerate(self.borders):
            if x1 <= border + self.sheet.height or ((x0 + x1) / 2 < border and x1 - border < OVER * (x1 - x0)):
                return [(n, piece)]
            if x0 < border - self.sheet.height:
                return self._cut(piece, n, border)
        return [(len(self.borders), piece)]

    def _cut(self, piece: Piece, column: int, border: float) -> list[tuple[int, Piece]]:
        """A run that goes through a border is cut at the widest gap between words near it."""
        text = self.sheet.texts[piece.line]
        spaces = [i for i in range(piece.start + 1, piece.end) if text[i] == " "]
        if not spaces:
            return [(column, piece)]
        at = min(spaces, key=lambda i: abs(self.sheet.x_at(piece.line, i) - border))
        left = trim(self.sheet, Piece(line=piece.line, start=piece.start, end=at))
        right = trim(self.sheet, Piece(line=piece.line, start=at, end=piece.end))
        rest = self.split(right) if right else []
        return ([(column, left)] if left else []) + rest

    def pieces_of(self, holder: Holder) -> list[Piece]:
        """Everything in the label's grid row, where there is a grid; else what the walk collected."""
        cell = self.sheet.lines[holder.line].cell
        if cell is None or not self._cells or self._label_rows.count(cell[:2]) > 1:
            return holder.pieces
        pieces = []
        for n in self.sheet.reading_order():
            other = self.sheet.lines[n].cell
            if other is not None and other[:2] == cell[:2] and other[2] != cell[2]:
                piece = trim(self.sheet, Piece(line=n, start=0, end=len(self.sheet.texts[n])))
                if piece:
                    pieces.append(piece)
        return pieces or holder.pieces
