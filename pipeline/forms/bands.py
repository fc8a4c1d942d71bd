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

# Lengths are in letter heights of the sheet; all by trial.
FEWEST = 3  # columns that make a table
MOST = 0.6  # share of a column's cells that must agree; never fewer than two cells
SAME_GAP = 2.0  # distance between gaps that are one border
OVERFLOWS = 2.0  # times the usual width of a column's lines: wider ones run over its borders
WIDE_GAP = 0.55  # gap between two words from which a column's border may run there


@dataclass(frozen=True, slots=True)
class Bands:
    """x ranges of a table's columns from left to right, and the grid's number of each."""

    ranges: tuple[tuple[float, float], ...]
    columns: tuple[int, ...]

    def of(self, x: float) -> int:
        """The band at x; the nearest one outside the table."""
        return next((n for n, (_, high) in enumerate(self.ranges) if x < high), len(self.ranges) - 1)


def column_bands(sheet: Sheet, header: Sequence[int], body: Sequence[int]) -> Bands | None:
    """The bands of the table that holds most of the body; None where it has fewer than three columns.

    A column with nothing written in its body is known by its header alone.
    """
    tables = [c[0] for n in body if (c := sheet.lines[n].cell) is not None]
    if not tables:
        return None
    table = max(sorted(set(tables)), key=tables.count)
    groups = _by_column(sheet, table, body)
    for column, lines in _by_column(sheet, table, header).items():
        groups.setdefault(column, lines)
    parted = [(column, part) for column in sorted(groups) for part in _parted(sheet, groups[column])]
    parted = [*_outside(sheet, body, parted, left=True), *parted, *_outside(sheet, body, parted, left=False)]
    own = [_usual([(sheet.boxes[n][0], sheet.boxes[n][2]) for n in lines]) for _, lines in parted]
    if len(own) < FEWEST or any(sum(a) >= sum(b) for a, b in pairwise(own)):
        return None
    borders = [(a[1] + b[0]) / 2 for a, b in pairwise(own)]
    edges = [sheet.left - 1, *borders, sheet.right + 1]
    return Bands(tuple(pairwise(edges)), tuple(column for column, _ in parted))


def _by_column(sheet: Sheet, table: int, lines: Sequence[int]) -> dict[int, list[int]]:
    groups: dict[int, list[int]] = {}
    for n in lines:
        cell = sheet.lines[n].cell
        if cell is not None and cell[0] == table:
            groups.setdefault(cell[2], []).append(n)
    return groups


def _outside(
    sheet: Sheet, body: Sequence[int], inner: Sequence[tuple[int, list[int]]], *, left: bool
) -> list[tuple[int, list[int]]]:
    """A column beside the grid, where the table's outer rule was not seen: written in most of its rows."""
    if not inner:
        return []
    edge = min(sheet.boxes[n][0] for n in inner[0][1]) if left else max(sheet.boxes[n][2] for n in inner[-1][1])
    beside = [
        n
        for n in body
        if sheet.lines[n].cell is None
        and sheet.texts[n].strip()
        and (sheet.boxes[n][2] <= edge if left else sheet.boxes[n][0] >= edge)
    ]
    rows = {sheet.rows[n] for _, lines in inner for n in lines}
    beside = [n for n in beside if sheet.rows[n] in rows]
    cells = len({c[1] for _, lines in inner for n in lines if (c := sheet.lines[n].cell) is not None})
    if len(beside) < max(2, MOST * cells):
        return []
    return [(inner[0][0] - 1, beside)] if left else [(inner[-1][0] + 1, beside)]


def _parted(sheet: Sheet, lines: list[int]) -> list[list[int]]:
    """A grid column whose rule was not seen: most of its rows hold two runs with the same gap between them."""
    rows: dict[int, list[int]] = {}
    for n in lines:
        rows.setdefault(sheet.rows[n], []).append(n)
    gaps = []
    for row in rows.values():
        for a, b in pairwise(sorted(row, key=lambda n: sheet.boxes[n][0])):
            gaps.append((sheet.boxes[a][2] + sheet.boxes[b][0]) / 2)
    cells = len({c[1] for n in lines if (c := sheet.lines[n].cell) is not None})
    if len(gaps) < max(2, MOST * cells):
        return [lines]
    border = median(gaps)
    crossed = sum(1 for n in lines if sheet.boxes[n][0] < border < sheet.boxes[n][2])
    if crossed or sum(abs(g - border) < SAME_GAP * sheet.height for g in gaps) < max(2, MOST * cells):
        return [lines]
    left = [n for n in lines if sheet.boxes[n][2] <= border]
    return [left, [n for n in lines if n not in set(left)]]


def _usual(spans: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Where a column's writing begins and ends, without the lines that run over its borders."""
    middle = median((a + b) / 2 for a, b in spans)
    inside = [s for s in spans if s[0] < middle < s[1]] or list(spans)
    usual = median(b - a for a, b in inside)
    kept = [s for s in inside if s[1] - s[0] <= OVERFLOWS * usual] or inside
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
    gaps = []
    for n in range(1, len(text)):
        if text[n - 1].isspace() and not text[n].isspace():
            end = len(text[:n].rstrip())
            left, right = sheet.right_of(line, end), sheet.x_at(line, n)
            if right - left > WIDE_GAP * sheet.height:
                gaps.append((left, right, n))
    return gaps
