"""Ruled grids and their cells."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.domain.recognition import Gray
from pipeline.layout.model import Box, Cell, Rule

_SMALL = 4  # rules are drawn and cells found on a canvas this many times smaller; for speed
_SMALLEST_TABLE_MM = (30.0, 8.0)  # width and height; by trial
_SMALLEST_CELL_MM = (4.0, 1.7)  # width and height: a row number's column, a row of column numbers; by trial
_SAME_EDGE_MM = 2.5  # edges of cells that differ by less are one row's, one column's; by trial; steady
_FILLED = 0.6  # of its box that a cell's area fills; less is a gap between leaning rules; by trial
_LONGER = 3  # canvas pixels (1 mm at 300 dpi) that rules are drawn longer than found, so that they meet; by trial


def find_cells(rules: tuple[Rule, ...], shape: tuple[int, int], *, dpi: float) -> tuple[Cell, ...]:
    """Cells of every grid with at least two rows and two columns, table by table from the top.

    Outer side rules may be missing, as in bound ledgers: the ends of the horizontal rules stand in.
    """
    canvas = _draw(rules, shape)
    grown = cv2.dilate(canvas, np.ones((3, 3), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(grown, connectivity=8)
    mm = dpi / 25.4 / _SMALL
    cells: list[Cell] = []
    table = 0
    order = sorted(range(1, count), key=lambda i: int(stats[i, cv2.CC_STAT_TOP]))
    for label in order:
        x, y, w, h, _ = (int(v) for v in stats[label])
        if w < _SMALLEST_TABLE_MM[0] * mm or h < _SMALLEST_TABLE_MM[1] * mm:
            continue
        grid = np.where(labels[y : y + h, x : x + w] == label, np.uint8(255), np.uint8(0))
        boxes = _fields(grid, mm)
        boxes = [(x + b[0], y + b[1], x + b[2], y + b[3]) for b in boxes]
        rows, columns = _edges(boxes, 1, mm), _edges(boxes, 0, mm)
        if len(boxes) < 4 or len(rows) < 2 or len(columns) < 2:
            continue
        cells.extend(_cell(table, box, rows, columns) for box in boxes)
        table += 1
    return tuple(sorted(cells, key=lambda c: (c.table, c.row, c.column)))


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
        if w >= wide and h >= tall and area > _FILLED * w * h:
            out.append((x, y, x + w, y + h))
    return out


def _edges(boxes: list[tuple[int, int, int, int]], axis: int, mm: float) -> list[float]:
    """Distinct upper (axis 1) or left (axis 0) edges, from small to large."""
    out: list[float] = []
    for value in sorted(b[axis] for b in boxes):
        if not out or value - out[-1] > _SAME_EDGE_MM * mm:
            out.append(float(value))
    return out


def _cell(table: int, box: tuple[int, int, int, int], rows: list[float], columns: list[float]) -> Cell:
    row = int(np.argmin([abs(edge - box[1]) for edge in rows]))
    column = int(np.argmin([abs(edge - box[0]) for edge in columns]))
    full: Box = (box[0] * _SMALL, box[1] * _SMALL, box[2] * _SMALL, box[3] * _SMALL)
    return Cell(table=table, row=row, column=column, box=full)
