"""Runs of text into segments in reading order, each with its table cell."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.layout.model import Cell, Rule, Segment
from pipeline.layout.runs import Runs

Floats = NDArray[np.float64]
_ALIGNED = 6.0  # pixels, 0.5 mm at 300 dpi: ends of rules that differ by less begin or end together; by trial; steady
_PRINTED = 2  # other rules that begin or end with one: from here on it is printed, not drawn by hand; by trial; steady
_OVERSHOOT = 2.5  # letter heights that a pen may go beyond what it strikes out, on both sides; by trial; steady
_SAME_ROW = 0.5  # of the lower run's height that runs of one row share, at least; by trial
_LAST_ROWS = 6  # rows, the lowest so far, that a run is compared with: runs come from the top; for speed
_MIDDLE = 0.25  # of the letters' height, left out at top and bottom: a line there underlines, it strikes nothing out
_STRUCK = 0.5  # of a run's width that a line must cross to strike it out; by trial


def build_segments(
    runs: Runs, cells: tuple[Cell, ...], rules: tuple[Rule, ...], *, to_image: float
) -> tuple[list[Segment], NDArray[np.int32]]:
    """Segments in reading order, and for each run its place in that order.

    `to_image` is the factor from the runs' pixels to the image's. Rows are chains of runs whose
    letter bands overlap; where a grid holds them, the runs of a cell row make one or more rows.
    """
    boxes, cores = runs.boxes * to_image, runs.cores * to_image
    heights = runs.heights * to_image
    strokes = _loose(rules)
    rows = _rows(cores)
    order = np.lexsort((boxes[:, 0], rows)) if len(boxes) else np.zeros(0, np.int64)
    ranks = np.empty(len(boxes), np.int32)
    ranks[order] = np.arange(len(order))
    segments: list[Segment] = []
    for run in order.tolist():
        row = int(rows[run])
        index = segments[-1].index + 1 if segments and segments[-1].row == row else 0
        cell = _cell_of(cores[run], cells)
        box = boxes[run]
        segments.append(
            Segment(
                box=(float(box[0]), float(box[1]), float(box[2]), float(box[3])),
                row=row,
                index=index,
                text_height=float(heights[run]),
                struck_out=_is_struck(cores[run], strokes),
                table=cell.table if cell else None,
                cell_row=cell.row if cell else None,
                cell_column=cell.column if cell else None,
            )
        )
    return segments, ranks


def _rows(cores: Floats) -> NDArray[np.int64]:
    """Row number of each run: runs that overlap by half of the lower one's height share a row."""
    rows = np.zeros(len(cores), np.int64)
    bands: list[list[float]] = []  # top, bottom of each row: means over its runs
    members: list[int] = []
    for run in np.argsort(cores[:, 1] + cores[:, 3]).tolist():
        top, bottom = float(cores[run, 1]), float(cores[run, 3])
        best, share = -1, _SAME_ROW
        for index in range(max(0, len(bands) - _LAST_ROWS), len(bands)):
            low, high = bands[index]
            overlap = (min(bottom, high) - max(top, low)) / max(1.0, min(bottom - top, high - low))
            if overlap > share:
                best, share = index, overlap
        if best < 0:
            bands.append([top, bottom])
            members.append(1)
            best = len(bands) - 1
        else:
            n = members[best]
            bands[best] = [(bands[best][0] * n + top) / (n + 1), (bands[best][1] * n + bottom) / (n + 1)]
            members[best] = n + 1
        rows[run] = best
    by_middle = np.argsort([sum(band) for band in bands], kind="stable")
    place = np.empty(len(bands), np.int64)
    place[by_middle] = np.arange(len(bands))
    return place[rows] if len(rows) else rows


def _cell_of(core: Floats, cells: tuple[Cell, ...]) -> Cell | None:
    x, y = (core[0] + core[2]) / 2, (core[1] + core[3]) / 2
    for cell in cells:
        if cell.box[0] <= x < cell.box[2] and cell.box[1] <= y < cell.box[3]:
            return cell
    return None


def _loose(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """The horizontal lines that may be drawn by hand: printed ones begin or end where others do."""
    flat = [rule for rule in rules if rule.horizontal]

    def aligned(rule: Rule, side: int) -> int:
        return sum(abs(rule.box[side] - other.box[side]) <= _ALIGNED for other in flat) - 1

    return tuple(r for r in flat if max(aligned(r, 0), aligned(r, 2)) < _PRINTED)


def _is_struck(core: Floats, rules: tuple[Rule, ...]) -> bool:
    """Whether a drawn line runs through the letters' middle for at least half of the run.

    A line that goes on far at both ends is a fold of the paper or a rule, not a correction.
    """
    x0, y0, x1, y1 = (float(v) for v in core)
    height = y1 - y0
    covered = 0.0
    for rule in rules:
        if min(x0 - rule.box[0], rule.box[2] - x1) > _OVERSHOOT * height:
            continue
        middle = (rule.box[1] + rule.box[3]) / 2
        if y0 + _MIDDLE * height < middle < y1 - _MIDDLE * height:
            covered += max(0.0, min(x1, rule.box[2]) - max(x0, rule.box[0]))
    return covered > _STRUCK * (x1 - x0)
