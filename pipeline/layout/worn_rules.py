"""Row rules of tables that are dotted, worn or lost in the shadow of a fold, made whole before cells are looked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise, permutations
from statistics import median

import cv2
import numpy as np

from pipeline.domain.recognition import Gray
from pipeline.layout.model import Rule

Piece = tuple[int, int, int, int]
"""Left, top, right and bottom on the canvas, of a rule its middle line."""

# Lengths are in millimetres; all by trial.
_SMALLEST = (30.0, 25.0)  # width and height of a table whose rows are looked at
_UPRIGHT = 0.3  # of a table's height from which an upright rule is a column's
_FEWEST_SIDES = 5  # sides of columns: four columns
_APART = 2.5  # upright rules that are nearer are one
_LEVEL = 1.6  # within which the pieces of one row's rule lie
_IN_COLUMNS, _SOME, _NEARLY_ALL = (
    0.5,
    0.35,
    0.8,
)  # share of the columns in which a worn rule shows; below another; a whole one
_HEADER = (
    2  # whole rules above, over and under the header, below which a rule may be worn: those within it part columns
)
_WORN, _WORN_SHARE = 0.85, 0.4  # of a column that a worn rule covers at most; of its columns in which it is so
_SHORT = 14.0  # by which a whole rule may stop short of the table's side
_BEYOND, _FEWEST_RULES = 5.0, 3  # by which a crease sticks out more than the usual of so many row rules at least
_OVER = 5.0  # by which a rule may stick out over the outer upright rule
_FOLD = 0.25  # of the width of both: between the tables on two pages of an opened book at most
_ASKEW = 8.0  # by which the upper and lower rules of two such pages may lie apart
_SAME = 2.5  # by which a row on one page may miss the row that it is on the other; twice as far is another row
_MOST = 0.6  # share of the rows of the page that shows fewer that the other must show too


@dataclass(frozen=True, slots=True)
class _Table:
    """A table's box (left, top, right, bottom); the heights of its row rules, from the top; what is to be drawn."""

    box: Piece
    heights: list[float]
    drawn: list[list[tuple[int, int]]]


def make_whole(canvas: Gray, rules: Sequence[Rule], *, shrink: int, mm: float) -> None:
    """Draws the row rules of tables onto the canvas, on which `rules` are drawn `shrink` times smaller.

    Pieces of one height in half of a table's columns are a row's rule, where some are worn; below such a rule fewer
    are enough. A whole rule that stops short of the table's side is drawn to it: at a fold each ends elsewhere in the
    shadow. A row that only one page of an opened ledger shows goes on over the other. `mm`: pixels of the canvas.
    """
    tables = list(_tables(canvas, rules, shrink, mm))
    drawn = [line for table in tables for line in table.drawn]
    drawn += [row for a, b in permutations(tables, 2) for row in _over_the_fold(a, b, mm)]
    for line in drawn:
        cv2.polylines(canvas, [np.array(line, np.int32)], isClosed=False, color=255)


def without_folds(rules: Sequence[Rule], *, mm: float) -> tuple[Rule, ...]:
    """The rules without creases of the paper: what lies across a table's columns and goes on beyond its sides, where
    its own row rules end. `mm`: pixels of the rules' boxes."""
    upright = [rule.box for rule in rules if not rule.horizontal]

    def over(rule: Rule) -> tuple[int, float]:
        """How many columns the rule crosses, and by how much it sticks out beyond the outer ones."""
        x0, y0, x1, y1 = rule.box
        near = [b for b in upright if b[1] - mm < (y0 + y1) / 2 < b[3] + mm]
        crossed = [b for b in near if x0 <= b[0] and b[2] <= x1]
        if not crossed:
            return 0, 0.0
        return len(crossed), max(0.0, min(b[0] for b in near) - x0, x1 - max(b[2] for b in near))

    told = {n: over(rule) for n, rule in enumerate(rules) if rule.horizontal}
    rows = [(rules[n], out) for n, (crossed, out) in told.items() if crossed >= _FEWEST_SIDES - 1]

    def usual(rule: Rule) -> float:
        """By how much the row rules of the same table stick out: one that a picture cuts off has no outer side."""
        ends = [out for row, out in rows if _over_half(rule, row)]
        return median(ends) if len(ends) >= _FEWEST_RULES else float("inf")

    return tuple(
        rule
        for n, rule in enumerate(rules)
        if n not in told or told[n][0] < 2 or told[n][1] <= usual(rule) + _BEYOND * mm
    )


def _over_half(a: Rule, b: Rule) -> bool:
    """Whether two horizontal rules lie above each other for half of the shorter one at least."""
    both = min(a.box[2], b.box[2]) - max(a.box[0], b.box[0])
    return both >= min(a.box[2] - a.box[0], b.box[2] - b.box[0]) / 2


def _tables(canvas: Gray, rules: Sequence[Rule], shrink: int, mm: float) -> Iterator[_Table]:
    """The tables of rules that hang together, with the pieces of worn rules that lie within them by themselves."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        cv2.dilate(canvas, np.ones((3, 3), np.uint8)), connectivity=8
    )
    lying: dict[int, list[Piece]] = {}
    upright: dict[int, list[Piece]] = {}
    for rule in rules:
        x0, y0, x1, y1 = (int(v / shrink) for v in rule.box)
        x, y = (x0 + x1) // 2, (y0 + y1) // 2
        piece = (x0, y, x1, y) if rule.horizontal else (x, y0, x, y1)
        (lying if rule.horizontal else upright).setdefault(int(labels[y, x]), []).append(piece)
    pale = {int(rule.box[1] + rule.box[3]) // (2 * shrink) for rule in rules if rule.horizontal and rule.pale}
    alone = [p for n, pieces in lying.items() if len(pieces) == 1 and n not in upright for p in pieces]
    for n in range(1, count):
        x, y, w, h = (int(v) for v in stats[n][:4])
        if w >= _SMALLEST[0] * mm and h >= _SMALLEST[1] * mm and n in upright:
            box = (x, y, x + w, y + h)
            inside = lying.get(n, []) + [p for p in alone if _is_inside(p, box)]
            table = _table(box, inside, upright[n], pale, mm)
            if table is not None:
                yield table


def _is_inside(piece: Piece, box: Piece) -> bool:
    return box[0] <= piece[0] and piece[2] <= box[2] and box[1] <= piece[1] <= box[3]


def _table(box: Piece, lying: Sequence[Piece], upright: Sequence[Piece], pale: Set[int], mm: float) -> _Table | None:
    """The table in the box with those of its rules that are to be drawn; None where it has too few columns. `pale`:
    heights of rules of which parts are too light for ink, as others of the table may be altogether."""
    left, top, right, bottom = box
    long = [(x, end) for x, start, _, end in upright if end - start > _UPRIGHT * (bottom - top)]
    left = next((x for x, _ in sorted(long) if x - left <= _OVER * mm), left)
    right = next((x for x, _ in sorted(long, reverse=True) if right - x <= _OVER * mm), right)
    sides = distinct([left, *(x for x, _ in long), right], _APART * mm)
    if len(sides) < _FEWEST_SIDES:
        return None
    heights: list[float] = []
    drawn: list[list[tuple[int, int]]] = []
    worn_above, whole_above = False, 0
    for level in _levels(lying, _LEVEL * mm):
        level = _without_holes(level, sides)
        shares = [_covered(a, b, level) for a, b in pairwise(sides)]
        there = [share for share in shares if share > 0]
        worn = sum(share < _WORN for share in there) >= _WORN_SHARE * len(there)
        worn = worn or any(abs(y - height) <= _LEVEL * mm for _, y, _, _ in level for height in pale)
        worn_row = len(there) >= _IN_COLUMNS * len(shares) and worn and whole_above >= _HEADER
        (x0, first, *_), (*_, x1, last) = level[0], level[-1]
        whole = len(there) >= _NEARLY_ALL * len(shares) and max(x0 - left, right - x1) <= _SHORT * mm
        if worn_row or (worn_above and len(there) >= _SOME * len(shares)):
            drawn.append([(left, first), *(point for a, b, c, d in level for point in ((a, b), (c, d))), (right, last)])
        elif whole:
            drawn += [[(left, first), (x0, first)], [(x1, last), (right, last)], *_lines(level)]
        else:
            continue
        heights.append(float(np.mean([y for _, y, _, _ in level])))
        worn_above, whole_above = worn_above or worn_row, whole_above + whole
    if not any(bottom - height <= _SHORT * mm for height in heights):  # no rule closes the table
        drawn += [[(x, end), (x, bottom)] for x, end in long if 0 < bottom - end <= _SHORT * mm]
    return _Table(box, heights, drawn)


def _lines(level: Sequence[Piece]) -> list[list[tuple[int, int]]]:
    return [[(x0, y0), (x1, y1)] for x0, y0, x1, y1 in level]


def _over_the_fold(shown: _Table, beside: _Table, mm: float) -> Iterator[list[tuple[int, int]]]:
    """The rows of a table that the table on the facing page does not show, as they stand there.

    Only where the two begin and end together, and most rows that the poorer one shows are the other's too.
    """
    a, b = shown.box, beside.box
    apart = max(a[0], b[0]) - min(a[2], b[2])
    theirs, ours = beside.heights, shown.heights
    if not -mm < apart < _FOLD * (max(a[2], b[2]) - min(a[0], b[0])) or min(len(ours), len(theirs)) < 3:
        return
    if abs(ours[0] - theirs[0]) > _ASKEW * mm or abs(ours[-1] - theirs[-1]) > _ASKEW * mm:
        return
    moved = np.interp(ours, [ours[0], ours[-1]], [theirs[0], theirs[-1]])
    missed = np.array([min(abs(height - other) for other in theirs) for height in moved])
    shared = moved[missed <= _SAME * mm]
    same = len(shared) - 2  # the first and the last were laid onto each other
    if same < _MOST * (min(len(ours), len(theirs)) - 2) or ((missed > _SAME * mm) & (missed < 2 * _SAME * mm)).any():
        return
    for height in moved[missed > _SAME * mm]:
        if height > shared[1]:  # above it is the header, which has its own rows on each page
            yield [(b[0], round(height)), (b[2], round(height))]


def _levels(pieces: Sequence[Piece], within: float) -> Iterator[list[Piece]]:
    """Pieces of one height, from left to right; from the top."""
    rest = sorted(pieces, key=lambda piece: piece[1])
    while rest:
        level = [piece for piece in rest if piece[1] - rest[0][1] <= within]
        rest = rest[len(level) :]
        yield sorted(level)


def _without_holes(level: Sequence[Piece], sides: Sequence[int]) -> list[Piece]:
    """The pieces of one height, and where they cover most columns whole, the rest of each that they cover in part: a
    rule ends at a column's side, and nowhere between."""
    columns = list(pairwise(sides))
    shares = [_covered(a, b, level) for a, b in columns]
    if sum(share >= _WORN for share in shares) < _IN_COLUMNS * len(shares):
        return list(level)
    xs, ys = zip(*((x, y) for a, b, c, d in level for x, y in ((a, b), (c, d))), strict=True)
    holed = [c for c, share in zip(columns, shares, strict=True) if _SOME <= share < 1]
    return sorted([*level, *((a, round(np.interp(a, xs, ys)), b, round(np.interp(b, xs, ys))) for a, b in holed)])


def _covered(left: int, right: int, level: Sequence[Piece]) -> float:
    """The share of a column that the pieces run through."""
    return sum(max(0, min(right, x1) - max(left, x0)) for x0, _, x1, _ in level) / max(1, right - left)


def distinct(values: Iterable[int], apart: float) -> list[int]:
    """The values, from small to large, without those that are hardly larger than the one before."""
    out: list[int] = []
    for value in sorted(values):
        if not out or value - out[-1] > apart:
            out.append(value)
    return out
