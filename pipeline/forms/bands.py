"""The columns of a ruled table as its body shows them: where each begins and ends on the page.

The rules of a header are often broken or cross merged cells, so that its words come as one line over
several columns. The cells below are many and say the same thing again and again: they decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from pipeline.forms.sheet import Sheet

FEWEST = 3  # columns that make a table
WIDE_GAP = 0.55  # letter heights between two words from which a column's border may run there


@dataclass(frozen=True, slots=True)
class Bands:
    """x ranges of a table's columns from left to right, and the grid's number of each."""

    ranges: tuple[tuple[float, float], ...]
    columns: tuple[int, ...]

    def of(self, x: float) -> int:
        """The band at x; the nearest one outside the table."""
        return next((n for n, (_, high) in enumerate(self.ranges) if x < high), len(self.ranges) - 1)


def column_bands(sheet: Sheet, header: Sequence[int], body: Sequence[int]) -> Bands | None:
    """The bands of the table that holds most of the body; None where it has no grid of three columns.

    A column with nothing written in its body is known by its header alone.
    """
    tables = [c[0] for n in body if (c := sheet.lines[n].cell) is not None]
    if not tables:
        return None
    table = max(sorted(set(tables)), key=tables.count)
    extents: dict[int, list[tuple[float, float]]] = {}
    for lines in (body, header):
        seen = set(extents)
        for n in lines:
            cell = sheet.lines[n].cell
            if cell is not None and cell[0] == table and cell[2] not in seen:
                x0, _, x1, _ = sheet.boxes[n]
                extents.setdefault(cell[2], []).append((x0, x1))
    own = {column: _usual(spans) for column, spans in extents.items()}
    order = sorted(own)
    if len(order) < FEWEST or any(sum(own[a]) >= sum(own[b]) for a, b in pairwise(order)):
        return None
    borders = [(own[a][1] + own[b][0]) / 2 for a, b in pairwise(order)]
    edges = [sheet.left - 1, *borders, sheet.right + 1]
    return Bands(tuple(pairwise(edges)), tuple(order))


def _usual(spans: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Where a column's writing begins and ends, without the lines that run over its borders."""
    middle = median((a + b) / 2 for a, b in spans)
    inside = [s for s in spans if s[0] < middle < s[1]] or list(spans)
    usual = median(b - a for a, b in inside)
    kept = [s for s in inside if s[1] - s[0] <= 2.0 * usual] or inside
    return min(a for a, _ in kept), max(b for _, b in kept)


def border_cuts(sheet: Sheet, lines: Sequence[int], bands: Bands) -> dict[int, list[int]]:
    """Where lines that run over a border of the bands are parted, as `Sheet` wants its cuts.

    A line is parted only at a gap wider than one between words, and only near a border.
    """
    cuts: dict[int, list[int]] = {}
    for n in lines:
        x0, _, x1, _ = sheet.boxes[n]
        spots = _gaps(sheet, n)
        for (_, border), _ in pairwise(bands.ranges):
            near = [s for s in spots if s[0] - sheet.height <= border <= s[1] + sheet.height]
            if near and x0 < border < x1:
                best = min(near, key=lambda s: (abs((s[0] + s[1]) / 2 - border) - (s[1] - s[0]), s[2]))
                line, start = sheet.cut_of(n, best[2])
                cuts.setdefault(line, []).append(start)
    return cuts


def _gaps(sheet: Sheet, line: int) -> list[tuple[float, float, int]]:
    """Wide gaps between the words of a strip: left and right end, and the character after it."""
    text = sheet.texts[line]
    found = []
    for n in range(1, len(text)):
        if text[n - 1].isspace() and not text[n].isspace():
            end = len(text[:n].rstrip())
            left, right = sheet.right_of(line, end), sheet.x_at(line, n)
            if right - left > WIDE_GAP * sheet.height:
                found.append((left, right, n))
    return found
