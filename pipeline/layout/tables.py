"""Ruled grids and their cells."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from pipeline.domain.recognition import Gray
from pipeline.layout.model import Box, Cell, Rule
from pipeline.layout.worn_rules import distinct, make_whole, without_folds

_SMALL = 4  # rules are drawn and cells found on a canvas this many times smaller; for speed
_SMALLEST_TABLE_MM = (30.0, 8.0)  # width and height; by trial
_SMALLEST_CELL_MM = (3.2, 1.7)  # width and height: a row number's column, a row of column numbers; by trial
_SMALLEST_AT_EDGE_MM = 3.5  # height of a cell above the first or below the last rule; by trial
_SAME_EDGE_MM = 2.5  # edges of cells that differ by less are one row's, one column's; by trial; steady
_FILLED = 0.6  # of its box that a cell's area fills; less is a gap between leaning rules; by trial
_FOLD = 0.25  # of the width of both: what lies between the tables on two pages of an opened book at most; by trial
_SAME_ROWS = 3  # rows and columns that two pages of one table have at least; by trial
_BESIDE = 0.5  # of the lower of two rows that stands beside the other where they are one row; by trial
_LONGER = 3  # canvas pixels (1 mm at 300 dpi) that rules are drawn longer than found, so that they meet; by trial


def find_cells(rules: tuple[Rule, ...], shape: tuple[int, int], *, dpi: float) -> tuple[Cell, ...]:
    """Cells of every grid with at least two rows and two columns, table by table from the top.

    Outer side rules may be missing, as in bound ledgers: the ends of the horizontal rules stand in. A table that goes
    over the fold of an opened book is one, its columns counted from the left page's first.
    """
    rules = without_folds(rules, mm=dpi / 25.4)
    canvas = _draw(rules, shape)
    make_whole(canvas, rules, shrink=_SMALL, mm=dpi / 25.4 / _SMALL)
    grown = cv2.dilate(canvas, np.ones((3, 3), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(grown, connectivity=8)
    mm = dpi / 25.4 / _SMALL
    tables: list[list[_Field]] = []
    order = sorted(range(1, count), key=lambda i: int(stats[i, cv2.CC_STAT_TOP]))
    for label in order:
        x, y, w, h, _ = (int(v) for v in stats[label])
        if w < _SMALLEST_TABLE_MM[0] * mm or h < _SMALLEST_TABLE_MM[1] * mm:
            continue
        grid = np.where(labels[y : y + h, x : x + w] == label, np.uint8(255), np.uint8(0))
        fields = [_Field(x + b[0], y + b[1], x + b[2], y + b[3], y + b[1]) for b in _fields(grid, mm)]
        if len(fields) >= 4 and len(_rows(fields, mm)) >= 2 and len(_columns(fields, mm)) >= 2:
            tables.append(fields)
    cells = [
        _cell(number, field, _rows(fields, mm), _columns(fields, mm))
        for number, fields in enumerate(_over_folds(tables, mm))
        for field in fields
    ]
    return tuple(sorted(cells, key=lambda c: (c.table, c.row, c.column)))


class _Field(NamedTuple):
    """A cell on the canvas. `level` is its upper edge, for a table over a fold that of the left page's rows."""

    left: int
    top: int
    right: int
    bottom: int
    level: int


def _over_folds(tables: list[list[_Field]], mm: float) -> list[list[_Field]]:
    """The tables; two that stand beside each other and have the same rows are one, over the fold of an opened book."""
    out: list[list[_Field]] = []
    for fields in sorted(tables, key=lambda t: min(f.left for f in t)):
        for before in out:
            apart = min(f.left for f in fields) - max(f.right for f in before)
            both = max(f.right for f in fields) - min(f.left for f in before)
            rows = _same_rows(before, fields, mm) if -mm < apart < _FOLD * both else None
            if rows is not None:
                before += [f._replace(level=rows[_nearest(list(rows), f.top)]) for f in fields]
                break
        else:
            out.append(list(fields))
    return sorted(out, key=lambda t: min(f.top for f in t))


def _same_rows(left: list[_Field], right: list[_Field], mm: float) -> dict[int, int] | None:
    """For the rows of a table on the right page, by their upper edges, the edges of those that they go on with.

    Rows are counted from the last one, as a header may have a row more on one page than on the other. None where the
    two have not the same rows: what is beside a row would be another person's.
    """
    ours, theirs = _whole_rows(left, mm), _whole_rows(right, mm)
    more = len(theirs) - len(ours)
    few = min(len(ours), len(theirs), len(_columns(left, mm)), len(_columns(right, mm))) < _SAME_ROWS
    if few or abs(more) > 1:
        return None
    on_left, on_right = _spans(ours, left)[-len(theirs) :], _spans(theirs, right)[-len(ours) :]
    if any(_beside(a, b) < _BESIDE for a, b in zip(on_left[1:], on_right[1:], strict=True)):
        return None
    rows = {b[0]: a[0] for a, b in zip(on_left, on_right, strict=True)}
    if more == 1:  # the right page's first row is the left one's, its second stands below it
        rows |= {theirs[0]: ours[0], theirs[1]: (ours[0] + ours[1]) // 2}
    return rows


def _spans(rows: list[int], fields: list[_Field]) -> list[tuple[int, int]]:
    """From where to where each row goes."""
    return list(zip(rows, [*rows[1:], max(f.bottom for f in fields)], strict=True))


def _beside(a: tuple[int, int], b: tuple[int, int]) -> float:
    """The share of the lower of two rows that stands beside the other."""
    return (min(a[1], b[1]) - max(a[0], b[0])) / min(a[1] - a[0], b[1] - b[0])


def _nearest(edges: list[int], value: float) -> int:
    return min(edges, key=lambda edge: abs(edge - value))


def _draw(rules: tuple[Rule, ...], shape: tuple[int, int]) -> Gray:
    """The rules as thin lines on a small canvas, each a little longer than found so that corners meet."""
    canvas = np.zeros((shape[0] // _SMALL + 1, shape[1] // _SMALL + 1), np.uint8)
    for rule in rules:
        x0, y0, x1, y1 = (int(v / _SMALL) for v in rule.box)
        if rule.horizontal:
            x0, x1, y0, y1 = x0 - _LONGER, x1 + _LONGER, (y0 + y1) // 2, (y0 + y1) // 2
        else:
            y0, y1, x0, x1 = y0 - _LONGER, y1 + _LONGER, (x0 + x1) // 2, (x0 + x1) // 2
        cv2.line(canvas, (x0, y0), (x1, y1), 255, 1)
    return canvas


def _fields(grid: Gray, mm: float) -> list[tuple[int, int, int, int]]:
    _, _, stats, _ = cv2.connectedComponentsWithStats(cv2.bitwise_not(grid), connectivity=4)
    wide, tall = _SMALLEST_CELL_MM[0] * mm, _SMALLEST_CELL_MM[1] * mm
    out = []
    for x, y, w, h, area in stats[1:].tolist():
        at_edge = y == 0 or y + h == grid.shape[0]  # between a leaning rule and the end of the table
        if w >= wide and h >= (_SMALLEST_AT_EDGE_MM * mm if at_edge else tall) and area > _FILLED * w * h:
            out.append((x, y, x + w, y + h))
    return [field for field in out if not any(_is_around(field, other) for other in out)]


def _is_around(field: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> bool:
    """Whether another cell lies inside this one: it is what is left of a page's frame around a table, and no cell."""
    x0, y0, x1, y1 = field
    return field != other and x0 <= other[0] and y0 <= other[1] and other[2] <= x1 and other[3] <= y1


def _rows(fields: list[_Field], mm: float) -> list[int]:
    return distinct((f.level for f in fields), _SAME_EDGE_MM * mm)


def _whole_rows(fields: list[_Field], mm: float) -> list[int]:
    """The rows without what a stroke through the writing of one cell parts off."""
    near = _SAME_EDGE_MM * mm
    return [row for row in _rows(fields, mm) if sum(0 <= f.level - row <= near for f in fields) > 1]


def _columns(fields: list[_Field], mm: float) -> list[int]:
    return distinct((f.left for f in fields), _SAME_EDGE_MM * mm)


def _cell(table: int, field: _Field, rows: list[int], columns: list[int]) -> Cell:
    row, column = rows.index(_nearest(rows, field.level)), columns.index(_nearest(columns, field.left))
    full: Box = (field.left * _SMALL, field.top * _SMALL, field.right * _SMALL, field.bottom * _SMALL)
    return Cell(table=table, row=row, column=column, box=full)
