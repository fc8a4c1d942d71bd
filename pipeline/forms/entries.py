"""Ledgers and member lists: a table whose header cells name the fields and whose rows are entries."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from pipeline.forms.anchors import LabelHit
from pipeline.forms.bands import Bands, border_cuts, column_bands
from pipeline.forms.cleaning import is_small_mark, trim, unread
from pipeline.forms.definition import Column, Section
from pipeline.forms.entry_header import (
    HeaderCell,
    band_cells,
    fill_by_place,
    header_band,
    header_cells,
    match_columns,
    ordered_columns,
)
from pipeline.forms.sheet import Piece, Sheet

# Lengths are in letter heights of the sheet; all by trial.
FULL = 0.4  # share of a table's columns with writing from which a ruled row is an entry; half of it where most rows are
MOSTLY_FULL = 0.6  # share of well filled rows from which each row is an entry; with fewer the paper is only lined
NUMBERED_ROWS, NUMBERED = 2, (3, 0.7)  # first rows that may number the columns; numbers in one, and their share
HEADER_SLACK = 2  # pixels by which a header's line may stick out of the header's band
BORDER_STEPS, CROSSES = 24, 2  # places tried for a border between two header cells; pixels a line must reach past one
INSIDE = 0.3  # of the line's or the column's width that a line must share with a column to stand in it
RULED = 0.8  # share of the writing in grid cells from which the grid tells the entries
ROW_SLACK = 0.7  # above an entry's start that its writing may begin
NUMBERS_COUNT = 0.6  # entry numbers for each name from which the numbers tell the entries
OVERLAP, NEW_ENTRY = 0.3, 0.85  # by which two numbers may overlap; gap that begins an entry where only names tell
BEGINS = 0.7  # share of the columns that begin where an entry does
BESIDE = 0.5  # of the lower one's height that two pieces of one line share
CROWDED = 1.5  # entry numbers for each ruled row from which the rules do not part entries
LEVEL_ENTRIES, LEVEL_COLUMNS, LEVEL_SHARE = (
    3,
    3,
    0.4,
)  # entries, and columns that agree on them, where no rule parts them
LEVEL_APART = 1.8  # letter heights from one such entry to the next
_NOWHERE = (-1.0, -1.0)
_NUMBERS = re.compile(r"^\W*\(?\s*\d{1,2}\s*\)?\W*$")


@dataclass(frozen=True, slots=True)
class Entries:
    """One table: for each entry, for each column with a field, its pieces. `lines` are those it took."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[tuple[int, tuple[Piece, ...]], ...], ...]
    areas: tuple[tuple[float, float], ...]
    spans: tuple[tuple[float, float], ...]
    lines: frozenset[int]


def read_entries(
    sheet: Sheet, section: Section, labels: dict[str, list[LabelHit]], lines: Sequence[int]
) -> Entries | None:
    """The table of this section on the page, or None when its header cannot be found."""
    top_bottom = header_band(sheet, section, labels, lines)
    if top_bottom is None:
        return None
    header, body = header_and_body(sheet, lines, *top_bottom)
    bands = column_bands(sheet, header, body)
    if bands is not None:
        cells, over = band_cells(sheet, section, header, bands)
    else:
        cells = over = header_cells(sheet, header)
    columns = ordered_columns(section, over)
    matched = match_columns(columns, cells)
    if len(matched) < 2:
        return None
    if bands is not None:
        matched = fill_by_place(columns, cells, matched)
    return table_of(sheet, columns, cells, matched, bands, header, body)


def table_of(
    sheet: Sheet,
    columns: Sequence[Column],
    cells: Sequence[HeaderCell],
    matched: dict[int, int],
    bands: Bands | None,
    header: Sequence[int],
    body: Sequence[int],
) -> Entries:
    """The entries of a table whose columns are known: `matched` says which header cell each has."""
    body = _without_column_numbers(sheet, list(body))
    if bands is not None:
        areas = [bands.ranges[matched[n]] if n in matched else _NOWHERE for n in range(len(columns))]
    else:
        areas = _areas(sheet, columns, cells, matched, body)
    parts = [part for n in body for part in _parts(sheet, n, cells, matched, areas)]
    rows = _entry_rows(sheet, columns, _with_rows(sheet, parts))
    spans = tuple(_span(row) for row in rows)
    return Entries(
        tuple(columns),
        tuple(_by_column(sheet, row) for row in rows),
        tuple(areas),
        spans,
        frozenset(header) | frozenset(body),
    )


def table_cuts(
    sheet: Sheet, section: Section, labels: dict[str, list[LabelHit]], lines: Sequence[int]
) -> dict[int, list[int]]:
    """Where lines of a ruled table that run over its columns' borders are to be parted."""
    top_bottom = header_band(sheet, section, labels, lines)
    if top_bottom is None:
        return {}
    header, body = header_and_body(sheet, lines, *top_bottom)
    bands = column_bands(sheet, header, body)
    return border_cuts(sheet, [*header, *body], bands) if bands is not None else {}


def header_and_body(sheet: Sheet, lines: Sequence[int], top: float, bottom: float) -> tuple[list[int], list[int]]:
    """The lines of a table's header, which lie from `top` to `bottom`, and those below."""
    header = [
        n for n in lines if sheet.boxes[n][1] >= top - HEADER_SLACK and sheet.boxes[n][3] <= bottom + HEADER_SLACK
    ]
    inside = set(header)
    return header, [n for n in lines if n not in inside and sheet.boxes[n][1] > top]


def _without_column_numbers(sheet: Sheet, body: list[int]) -> list[int]:
    """Drops the row of column numbers (1) (2) (3) that many ledgers print below the header."""
    rows: dict[int, list[int]] = {}
    for n in body:
        rows.setdefault(sheet.rows[n], []).append(n)
    for row in sorted(rows)[:NUMBERED_ROWS]:
        numbers = [n for n in rows[row] if _NUMBERS.match(sheet.texts[n])]
        if len(numbers) >= max(NUMBERED[0], NUMBERED[1] * len(rows[row])):
            return [n for n in body if sheet.rows[n] > row]
    return body


def _areas(
    sheet: Sheet,
    columns: Sequence[Column],
    cells: Sequence[HeaderCell],
    matched: dict[int, int],
    body: Sequence[int],
) -> list[tuple[float, float]]:
    """The x range of each column: borders lie between header cells, where the fewest entries cross."""
    read = sorted(matched)
    borders: list[float] = []
    pieces = [trim(sheet, Piece(line=n, start=0, end=len(sheet.texts[n]))) for n in body]
    extents = [(box[0], box[2]) for p in pieces if p is not None and (box := sheet.piece_box(p))]
    for a, b in pairwise(read):
        left, right = cells[matched[a]], cells[matched[b]]
        borders.append(_border(left, right, extents))
    edges = [sheet.left - 1, *borders, sheet.right + 1]
    known = {c: (edges[n], edges[n + 1]) for n, c in enumerate(read)}
    return [known.get(n, _NOWHERE) for n in range(len(columns))]


def _border(left: HeaderCell, right: HeaderCell, body: Sequence[tuple[float, float]]) -> float:
    middle = (left.right + right.left) / 2
    low, high = left.centre, right.centre
    best = (10**6, 0.0, middle)
    for k in range(BORDER_STEPS + 1):
        x = low + (high - low) * k / BORDER_STEPS
        crossing = sum(1 for x0, x1 in body if x0 < x - CROSSES and x1 > x + CROSSES)
        candidate = (crossing, abs(x - middle), x)
        best = min(best, candidate)
    return best[2]


@dataclass(frozen=True, slots=True)
class _Part:
    column: int
    piece: Piece
    top: float
    bottom: float
    row: int | None


def _parts(
    sheet: Sheet,
    line: int,
    cells: Sequence[HeaderCell],
    matched: dict[int, int],
    areas: Sequence[tuple[float, float]],
) -> list[_Part]:
    """A body line's writing with its column: by grid cell, else by x; a line over a border is cut there."""
    grid = sheet.lines[line].cell
    _, y0, _, y1 = sheet.boxes[line]
    size = len(sheet.texts[line])
    if grid is not None:
        x0, _, x1, _ = sheet.boxes[line]
        place = x0 + sheet.height if sheet.lines[line].crosses else (x0 + x1) / 2
        for column, cell in matched.items():
            low, high = areas[column]
            if grid[2] in cells[cell].columns and low <= place <= high:
                whole = Piece(line=line, start=0, end=size)
                piece = trim(sheet, whole) or unread(sheet, line)
                if piece is None and is_small_mark(sheet, line):
                    piece = whole
                return [_Part(column, piece, y0, y1, grid[1])] if piece else []
    parts = []
    written = trim(sheet, Piece(line=line, start=0, end=size))
    x0, _, x1, _ = sheet.piece_box(written) if written else sheet.boxes[line]
    for column, (low, high) in enumerate(areas):
        if high <= low or x1 <= low or x0 >= high:
            continue
        start = 0 if x0 >= low - sheet.height else _word_at(sheet, line, low)
        end = size if x1 <= high + sheet.height else _word_at(sheet, line, high)
        if min(x1, high) - max(x0, low) < INSIDE * min(x1 - x0, high - low) and not (start or end < size):
            continue
        piece = trim(sheet, Piece(line=line, start=start, end=end)) if end > start else None
        if piece:
            parts.append(_Part(column, piece, y0, y1, grid[1] if grid else None))
    return parts


def _with_rows(sheet: Sheet, parts: Sequence[_Part]) -> list[_Part]:
    """The parts, with those outside every cell in the grid row of the part beside them."""
    known: dict[int, set[int]] = {}
    for part in parts:
        if part.row is not None:
            known.setdefault(sheet.rows[part.piece.line], set()).add(part.row)
    only = {row: next(iter(beside)) for row, beside in known.items() if len(beside) == 1}
    return [replace(p, row=only.get(sheet.rows[p.piece.line])) if p.row is None else p for p in parts]


def _word_at(sheet: Sheet, line: int, x: float) -> int:
    """The word border of a line nearest to x."""
    text = sheet.texts[line]
    spots = [0, *(i + 1 for i, c in enumerate(text) if c == " "), len(text)]
    return min(spots, key=lambda i: abs(sheet.x_at(line, i) - x))


def _entry_rows(sheet: Sheet, columns: Sequence[Column], parts: Sequence[_Part]) -> list[list[_Part]]:
    """The parts of each entry, from the top: an entry begins where its number (or its name) begins."""
    ruled = bool(parts) and sum(p.row is not None for p in parts) >= RULED * len(parts)
    numbers = [p for p in parts if p.column == 0 and any(c.isdigit() for c in sheet.texts[p.piece.line])]
    by_numbers = _gap_starts(sheet, numbers, every=True)
    if len(by_numbers) > CROWDED * len({p.row for p in parts}):
        ruled = False  # the rules part the header from the body only
    level: list[float] = []
    if not ruled or len({p.row for p in parts if p.row is not None}) == 1:
        level = _level_starts(sheet, parts)
    if len(level) > len(by_numbers):
        ruled, starts = False, level
    elif ruled:
        parts = _parted_rows(sheet, parts)
        starts = [float(start) for start in _ruled_starts(parts)]
    else:
        starts = _starts(sheet, columns, parts)
    rows: list[list[_Part]] = [[] for _ in starts]
    for part in sorted(parts, key=lambda p: (p.top, p.piece.line, p.piece.start)):
        if ruled and part.row is not None:
            n = max((k for k, s in enumerate(starts) if s <= part.row), default=0)
        elif ruled:
            n = _nearest(part, rows)
        else:
            n = max((k for k, s in enumerate(starts) if s <= _reach(part, sheet.height)), default=0)
        if rows:
            rows[n].append(part)
    return [r for r in rows if any(columns[p.column].field for p in r)]


def _parted_rows(sheet: Sheet, parts: Sequence[_Part]) -> list[_Part]:
    """The parts with their rows numbered anew: a ruled row in which entries' numbers count on is as many, since the
    rules between them were not seen."""
    tops: dict[int, list[float]] = {}
    for row in {p.row for p in parts if p.row is not None}:
        own = sorted((p.top, sheet.texts[p.piece.line].strip()) for p in parts if p.row == row and p.column == 0)
        numbers = [(top, int(text)) for top, text in own if text.isdecimal()]
        counted = len(numbers) > 1 and all(b - a == 1 for (_, a), (_, b) in pairwise(numbers))
        tops[row] = [top for top, _ in numbers[1:]] if counted else []

    def place(part: _Part) -> tuple[int, int]:
        assert part.row is not None
        return part.row, sum(top <= _reach(part, sheet.height) for top in tops[part.row])

    halves = {row: half for row in tops if (half := _other_half(sheet, parts, row, tops)) is not None}

    places = [None if p.row is None else halves.get(p.row) or place(p) for p in parts]
    order = {at: n for n, at in enumerate(sorted({at for at in places if at is not None}))}
    return [p if at is None else replace(p, row=order[at]) for p, at in zip(parts, places, strict=True)]


def _other_half(sheet: Sheet, parts: Sequence[_Part], row: int, tops: dict[int, list[float]]) -> tuple[int, int] | None:
    """The entry whose other half a ruled row is that has no number: the rule above was seen in some columns only, so
    the number and the rest of the entry stand in the row before, at the same height and in other columns."""
    own = [p for p in parts if p.row == row]
    starts = tops.get(row - 1, [])
    if not starts or tops[row] or any(p.column == 0 for p in own):
        return None
    begins = starts[-1] - ROW_SLACK * sheet.height
    before = {p.column for p in parts if p.row == row - 1 and p.top >= begins}
    level = abs(min(p.top for p in own) - starts[-1]) <= ROW_SLACK * sheet.height
    return (row - 1, len(starts)) if level and before.isdisjoint(p.column for p in own) else None


def _reach(part: _Part, height: float) -> float:
    """How far down an entry may start that the part begins. Told by its foot too: dots of a rule make boxes higher."""
    return max(part.top, part.bottom - height) + ROW_SLACK * height


def _nearest(part: _Part, rows: Sequence[Sequence[_Part]]) -> int:
    """The last entry that began above a part which stands in no cell."""
    return max((k for k, own in enumerate(rows) if any(p.top <= part.top for p in own)), default=0)


def _starts(sheet: Sheet, columns: Sequence[Column], parts: Sequence[_Part]) -> list[float]:
    """Tops of the entries: numbers in the first column, or names after a gap."""
    numbers = [p for p in parts if p.column == 0 and any(c.isdigit() for c in sheet.texts[p.piece.line])]
    names = [p for p in parts if columns[p.column].grammar == "name" and columns[p.column].field]
    by_names = _gap_starts(sheet, names)
    by_numbers = _gap_starts(sheet, numbers, every=True)
    if len(by_numbers) < max(1, NUMBERS_COUNT * len(by_names)):
        return by_names
    return _gap_starts(sheet, [*numbers, *_misread_numbers(sheet, parts, by_numbers)], every=True)


def _level_starts(sheet: Sheet, parts: Sequence[_Part]) -> list[float]:
    """Tops of the entries of a table without row rules and numbers: where columns agree on as many, well apart.

    Lines of one value that a narrow column wrapped stand nearer to one another. Empty where too few columns agree.
    """
    columns: dict[int, list[_Part]] = {}
    for part in parts:
        columns.setdefault(part.column, []).append(part)
    tops = [_gap_starts(sheet, own) for own in columns.values()]
    counts = [len(own) for own in tops if len(own) > 1]
    most = max(counts, key=counts.count, default=0)
    agreed = [own for own in tops if len(own) == most]
    if most < LEVEL_ENTRIES or len(agreed) < max(LEVEL_COLUMNS, LEVEL_SHARE * len(counts)):
        return []
    starts = [median(own[n] for own in agreed) for n in range(most)]
    apart = median(b - a for a, b in pairwise(starts))
    return starts if apart >= LEVEL_APART * sheet.height else []


def _misread_numbers(sheet: Sheet, parts: Sequence[_Part], known: Sequence[float]) -> list[_Part]:
    """Where most columns begin and no number was read: what stands in the first one, or, above all numbers, in any."""
    slack = ROW_SLACK * sheet.height
    width = len({p.column for p in parts})
    return [
        part
        for part in parts
        if (part.column == 0 or part.top < min(known) - slack)
        and all(abs(part.top - top) > slack for top in known)
        and len({p.column for p in parts if abs(p.top - part.top) <= slack}) >= BEGINS * width
    ]


def _ruled_starts(parts: Sequence[_Part]) -> list[int]:
    """The ruled rows that begin an entry: all of them, or on lined paper the well filled ones."""
    rows: dict[int, list[_Part]] = {}
    for part in parts:
        if part.row is not None:
            rows.setdefault(part.row, []).append(part)
    width = len({p.column for p in parts})
    share = {r: len({p.column for p in own}) / width for r, own in rows.items()}
    full = [r for r in rows if share[r] >= FULL]
    if len(full) < MOSTLY_FULL * len(rows):
        numbered = [r for r, own in rows.items() if any(p.column == 0 for p in own)]
        full = sorted(set(full) | set(numbered)) or list(rows)
    else:
        full = [r for r in rows if share[r] >= FULL / 2]
    return sorted(full)


def _gap_starts(sheet: Sheet, parts: Sequence[_Part], *, every: bool = False) -> list[float]:
    """Where a new entry's writing starts in a column: each row's top, or those after an empty row."""
    starts: list[float] = []
    bottom = float("-inf")
    for part in sorted(parts, key=lambda p: p.top):
        gap = part.top - bottom
        if (every and gap > -OVERLAP * sheet.height) or gap > NEW_ENTRY * sheet.height:
            starts.append(part.top)
        bottom = max(bottom, part.bottom)
    return starts


def _by_column(sheet: Sheet, row: list[_Part]) -> tuple[tuple[int, tuple[Piece, ...]], ...]:
    grouped: dict[int, list[_Part]] = {}
    for part in row:
        grouped.setdefault(part.column, []).append(part)
    return tuple(
        (column, tuple(part.piece for part in _in_reading_order(sheet, parts)))
        for column, parts in sorted(grouped.items())
    )


def _in_reading_order(sheet: Sheet, parts: Sequence[_Part]) -> list[_Part]:
    """Parts from the top, those beside each other in one line of writing from the left: a dash is not as high as the
    word before it, and stands no line above."""
    lines: list[list[_Part]] = []
    for part in parts:
        before = lines[-1][0] if lines else None
        both = min(before.bottom, part.bottom) - max(before.top, part.top) if before is not None else 0.0
        if before is not None and both > BESIDE * min(before.bottom - before.top, part.bottom - part.top):
            lines[-1].append(part)
        else:
            lines.append([part])
    return [part for line in lines for part in sorted(line, key=lambda p: sheet.piece_box(p.piece)[0])]


def _span(row: list[_Part]) -> tuple[float, float]:
    return min(p.top for p in row), max(p.bottom for p in row)
