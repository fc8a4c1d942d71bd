"""The header of a table of entries: its band, its cells, and which column each of them names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz import fuzz

from pipeline.domain.model import TextLine
from pipeline.forms.anchors import LabelHit
from pipeline.forms.bands import Bands
from pipeline.forms.cleaning import trim
from pipeline.forms.definition import Column, Section
from pipeline.forms.keys import fold
from pipeline.forms.sheet import Piece, Sheet

# Likeness is rapidfuzz's ratio of keys, 0 to 100; lengths are in letter heights of the sheet. All by trial.
HEADER_ROWS = 2  # of a table, that may hold its header
GROUP_LIKE = 80.0  # likeness of a header line to a group's name from which it is the group's heading
GROUP_IN = 85.0  # likeness of a group's name to a part of a header cell from which it stands there
HARDLY = 40.0  # likeness to its label from which a header between two known ones is known by its place
LIKE = 62.0  # likeness of a header cell to a column's label from which it may be it
WORD_LIKE = 75.0  # likeness of a word to one of the labels' words from which it is that word
SURE = 0.7  # weight of a label that shows where the header is
HEADER_ABOVE, HEADER_HIGH = 0.5, 6.0  # how far a header's labels stand above and below one of them
FEWEST = 3  # column labels that make a header, or all where there are fewer columns
WRAPS, OVERLAPS = 1.3, 0.6  # gap to the next row of a header, and by how much the rows may overlap
WRAPPED_ROWS = 4  # rows that a header cell's words may wrap to
LABEL_WORDS = 0.7  # share of a row's lines that are words of the labels, in such a row
STACKED = 0.9  # gap between two lines of one header cell
UNDER = 0.5  # of the narrower line's width that both lines of a cell share


def first_cells(lines: Sequence[TextLine]) -> dict[tuple[int, int, int], list[int]]:
    """The lines of each cell in the rows of ruled tables that may hold a header: table, row, column -> lines."""
    cells: dict[tuple[int, int, int], list[int]] = {}
    for n, line in enumerate(lines):
        if line.cell is not None and line.cell[1] < HEADER_ROWS and line.text.strip():
            cells.setdefault(line.cell, []).append(n)
    return cells


@dataclass(slots=True)
class HeaderCell:
    """Header lines that stand above one another."""

    lines: list[int]
    left: float
    right: float
    text: str = ""
    columns: tuple[int, ...] = ()

    @property
    def centre(self) -> float:
        return (self.left + self.right) / 2


def header_band(
    sheet: Sheet, section: Section, labels: dict[str, list[LabelHit]], lines: Sequence[int]
) -> tuple[float, float] | None:
    """Top and bottom of the header: around the place where most of the column labels stand."""
    inside = set(lines)
    hits: dict[int, set[int]] = {}
    for number, column in enumerate(section.columns):
        for wording in (column.label, *column.also, *((column.group,) if column.group else ())):
            for label in labels.get(fold(wording), ()):
                if label.hit.line in inside and label.weight > SURE:
                    hits.setdefault(label.hit.line, set()).add(number)
    kinds_in_row: dict[int, set[int]] = {}
    for n, kinds in hits.items():
        kinds_in_row.setdefault(sheet.rows[n], set()).update(kinds)
    hits = {n: kinds for n, kinds in hits.items() if len(kinds_in_row[sheet.rows[n]]) > 1}
    if not hits:
        return None
    best: tuple[int, float, list[int]] = (0, 0.0, [])
    for n in hits:
        y = sheet.boxes[n][1]
        near = [m for m in hits if -HEADER_ABOVE * sheet.height <= sheet.boxes[m][1] - y <= HEADER_HIGH * sheet.height]
        size = len(set().union(*(hits[m] for m in near)))
        if (size, -y) > (best[0], -best[1]) or not best[2]:
            best = (size, y, near)
    if best[0] < min(FEWEST, len(section.columns)):
        return None
    top, bottom = min(sheet.boxes[m][1] for m in best[2]), max(sheet.boxes[m][3] for m in best[2])
    rows = [cell[1] for m in best[2] if (cell := sheet.lines[m].cell) is not None]
    if rows:
        table = next(c[0] for m in best[2] if (c := sheet.lines[m].cell) is not None)
        last = max(rows)
        same = [n for n in lines if (c := sheet.lines[n].cell) is not None and c[0] == table and c[1] <= last]
        bottom = max([bottom] + [sheet.boxes[n][3] for n in same])
        top = min([top] + [sheet.boxes[n][1] for n in same])
        return top, max(bottom, _loose_words_end(sheet, section, lines, (table, last), bottom))
    return _with_wrapped_words(sheet, section, lines, top, bottom)


def _loose_words_end(
    sheet: Sheet, section: Section, lines: Sequence[int], last: tuple[int, int], bottom: float
) -> float:
    """Bottom of the header's last words that stand in no cell: lines of label words above the body's cells."""
    words = {fold(w) for c in section.columns for t in (c.label, *c.also, c.group) for w in t.split()}
    body = [n for n in lines if (c := sheet.lines[n].cell) is not None and c[0] == last[0] and c[1] > last[1]]
    limit = min((sheet.boxes[n][1] for n in body), default=bottom)
    for n in sheet.reading_order(lines):
        _, y0, _, y1 = sheet.boxes[n]
        near = bottom - sheet.height <= y0 <= bottom + sheet.height and (y0 + y1) / 2 < limit
        if sheet.lines[n].cell is None and y1 > bottom and near and _only_words(sheet.texts[n], words):
            bottom = y1
    return bottom


def _with_wrapped_words(
    sheet: Sheet, section: Section, lines: Sequence[int], top: float, bottom: float
) -> tuple[float, float]:
    """Header cells wrap: rows just above and below that hold only words of the labels belong to the header."""
    words = {fold(w) for c in section.columns for t in (c.label, *c.also, c.group) for w in t.split()}
    rows: dict[int, list[int]] = {}
    for n in lines:
        rows.setdefault(sheet.rows[n], []).append(n)
    for _ in range(WRAPPED_ROWS):
        for row in rows.values():
            y0, y1 = min(sheet.boxes[n][1] for n in row), max(sheet.boxes[n][3] for n in row)
            below = bottom - OVERLAPS * sheet.height <= y0 <= bottom + WRAPS * sheet.height and y1 > bottom
            above = top - WRAPS * sheet.height <= y1 <= top + OVERLAPS * sheet.height and y0 < top
            of_labels = sum(_only_words(sheet.texts[n], words) for n in row)
            if (below or above) and of_labels >= LABEL_WORDS * len(row):
                top, bottom = min(top, y0), max(bottom, y1)
    return top, bottom


def _only_words(text: str, words: set[str]) -> bool:
    own = [fold(w) for w in text.split() if fold(w)]
    return bool(own) and all(any(fuzz.ratio(w, k) >= WORD_LIKE for k in words) for w in own)


def header_cells(sheet: Sheet, header: Sequence[int]) -> list[HeaderCell]:
    """Header lines gathered into cells: by the grid, or where they stand above one another."""
    cells: list[HeaderCell] = []
    by_grid: dict[int, HeaderCell] = {}
    for n in sheet.reading_order(header):
        whole = trim(sheet, Piece(line=n, start=0, end=len(sheet.texts[n])))
        if whole is None:
            continue
        x0, _, x1, _ = sheet.piece_box(whole)
        grid = sheet.lines[n].cell
        if grid is not None:
            group = _grid_key(sheet, n)
            if group in by_grid:
                cell = by_grid[group]
                cell.lines.append(n)
                cell.left, cell.right = min(cell.left, x0), max(cell.right, x1)
            else:
                by_grid[group] = HeaderCell([n], x0, x1, columns=(grid[2],))
                cells.append(by_grid[group])
            continue
        cells.append(HeaderCell([n], x0, x1))
    if not by_grid:
        cells = _stack(sheet, cells)
    for cell in cells:
        cell.text = fold(" ".join(sheet.texts[n] for n in cell.lines))
    return sorted(cells, key=lambda c: c.centre)


def band_cells(
    sheet: Sheet, section: Section, header: Sequence[int], bands: Bands
) -> tuple[list[HeaderCell], list[HeaderCell]]:
    """One header cell for each band, whether anything was read in it or not; and the cells of the groups."""
    groups = {fold(c.group) for c in section.columns if c.group}
    cells = [HeaderCell([], *span, columns=(column,)) for span, column in zip(bands.ranges, bands.columns, strict=True)]
    over: list[HeaderCell] = []
    for n in sheet.reading_order(header):
        whole = trim(sheet, Piece(line=n, start=0, end=len(sheet.texts[n])))
        if whole is None:
            continue
        x0, _, x1, _ = sheet.piece_box(whole)
        text = fold(sheet.texts[n])
        if any(fuzz.ratio(text, group) > GROUP_LIKE for group in groups):
            over.append(HeaderCell([n], x0, x1, text=text))
        else:
            cells[bands.of((x0 + x1) / 2)].lines.append(n)
    for cell in cells:
        cell.text = fold(" ".join(sheet.texts[n] for n in cell.lines))
    return cells, over


def _grid_key(sheet: Sheet, n: int) -> int:
    table, row, column = sheet.lines[n].cell or (0, 0, 0)
    return (table * 1000 + row) * 1000 + column


def _stack(sheet: Sheet, cells: list[HeaderCell]) -> list[HeaderCell]:
    """Joins a header line to the cell right above it that it stands under; wide group cells stay alone."""
    stacked: list[HeaderCell] = []
    for cell in cells:
        top = sheet.boxes[cell.lines[0]][1]
        for other in stacked:
            last = sheet.boxes[other.lines[-1]]
            shared = min(cell.right, other.right) - max(cell.left, other.left)
            close = top - last[3] < STACKED * sheet.height and top > last[1]
            if close and shared > UNDER * min(cell.right - cell.left, other.right - other.left):
                other.lines.extend(cell.lines)
                other.left, other.right = min(other.left, cell.left), max(other.right, cell.right)
                break
        else:
            stacked.append(cell)
    return stacked


def ordered_columns(section: Section, cells: Sequence[HeaderCell]) -> list[Column]:
    """The section's columns, with its groups (father, mother) in the order their header cells stand."""
    groups = list(dict.fromkeys(c.group for c in section.columns if c.group))
    if len(groups) < 2:
        return list(section.columns)
    place: dict[str, float] = {}
    for group in groups:
        scored = [(fuzz.partial_ratio(fold(group), c.text), c.centre) for c in cells if c.text]
        good = max(scored, default=(0.0, 0.0))
        if good[0] > GROUP_IN:
            place[group] = good[1]
    if len(place) < len(groups):
        return list(section.columns)
    first = next(n for n, c in enumerate(section.columns) if c.group)
    inner = sorted((c for c in section.columns if c.group), key=lambda c: place[c.group])
    rest = [c for c in section.columns if not c.group]
    return rest[:first] + inner + rest[first:]


def match_columns(columns: Sequence[Column], cells: Sequence[HeaderCell]) -> dict[int, int]:
    """Column -> header cell, both from left to right, so that the likeness is greatest in sum."""
    size = len(cells)
    best = [[0.0] * (size + 1) for _ in range(len(columns) + 1)]
    for i, column in enumerate(columns, 1):
        for j, cell in enumerate(cells, 1):
            like = _likeness(column, cell)
            take = best[i - 1][j - 1] + like if like >= LIKE else 0.0
            best[i][j] = max(best[i - 1][j], best[i][j - 1], take)
    matched: dict[int, int] = {}
    i, j = len(columns), size
    while i and j:
        if best[i][j] == best[i - 1][j]:
            i -= 1
        elif best[i][j] == best[i][j - 1]:
            j -= 1
        else:
            matched[i - 1] = j - 1
            i, j = i - 1, j - 1
    return matched


def fill_by_place(columns: Sequence[Column], cells: Sequence[HeaderCell], matched: dict[int, int]) -> dict[int, int]:
    """The match with columns added whose header was not read: where as many cells as columns lie between known ones."""
    known = [(-1, -1), *sorted(matched.items()), (len(columns), len(cells))]
    filled = dict(matched)
    for (a, i), (b, j) in pairwise(known):
        if b - a != j - i:
            continue
        for step in range(1, b - a):
            column, cell = columns[a + step], cells[i + step]
            if not cell.text or _likeness(column, cell) >= HARDLY:
                filled[a + step] = i + step
    return filled


def _likeness(column: Column, cell: HeaderCell) -> float:
    if not cell.text:
        return 0.0
    wordings = (column.label, *column.also)
    plain = max(fuzz.ratio(fold(w), cell.text) for w in wordings)
    if column.group:
        plain = max(plain, *(fuzz.ratio(fold(column.group + w), cell.text) for w in wordings))
    return plain
