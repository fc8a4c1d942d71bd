"""Completes runs of text: separates lines, and joins marks and points to their letters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.layout.components import Components, Ints
from pipeline.layout.model import Box

Floats = NDArray[np.float64]

# Every length is in letter heights: of the run it concerns, or of the page (`typical`). All by trial.
_TWO_LINES = 1.9  # height of a run's letters together from which it may be two lines
_PICTURE = 3.0  # what is higher may be a drawing
_BEYOND = 0.6  # how far a drawing reaches beyond the line, above and below
_LINE = 3  # letters that make a line
_LINE_ENDS = (10, 90)  # percentiles of the letters' middles between which no piece is beside the line
_LINE_GAP = 0.75  # between the middles of two lines' letters
_NORMAL = 1.7  # height of an ordinary letter; taller pieces do not show where a line's middle is
_DITTO = (0.25, 0.5)  # height or width, at least, of what stands alone in a cell and is no speck
_DITTO_TALLEST = 4.0  # and its height at most
_DITTO_AREA = 0.05  # and its ink at least, in squares of a letter height
_CELL_EDGE = 0.15  # inside a cell's edges: nearer ink is the rest of a rule
_MARK_NEAR = 0.3  # how far a mark may stand beside or above the run of big letters it belongs to
_MARK_WIDE, _MARK_HIGH = 0.9, 0.6  # a mark's width and height at most, in heights of the big letter
_REACH = (1.2, 0.9, 0.7)  # from a run's letters to a loose mark or point: beside, above, below
_DASH_REACH = 2.2  # from a line's letters to a dash on it: a machine sets a whole letter's width between them
_DASH_WIDE, _DASH_HIGH = (0.3, 1.3), 0.4  # of a dash; it is at least twice as wide as high
_LOOSE_TALLEST = 2.5  # of a loose piece that still joins a run
_SMALL_LETTER = 0.45  # of a run's letters, the height of a small one that takes others on to it
_BELOW_COSTS = 1.3  # times: of two runs as near, the one below a mark is the likelier (marks stand mostly above)


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """`owner[i]` is the run (from 0) of piece i, -1 for none.

    `boxes` (runs, 4) holds all of a run's ink, `cores` only its letters; `heights` is the typical
    letter height of each run.
    """

    owner: Ints
    boxes: Floats
    heights: Floats
    cores: Floats


def complete_runs(pieces: Components, owner: Ints, cells: Sequence[Box], typical: float) -> Runs:
    """Runs from grouped letters (`owner`; -1 for pieces that are no letters).

    Groups that hold two lines are parted, marks over big letters and loose marks and points join the
    run they belong to, and what is left alone in a cell becomes a run of its own.
    """
    owner = _renumbered(owner)
    owner = _renumbered(_parted(pieces, owner))
    owner = _marks_joined(pieces, owner)
    letters = owner >= 0
    count = int(owner.max(initial=-1)) + 1
    cores = _extents(pieces, owner, count)
    heights = _typical_heights(pieces, owner, count)
    if count:
        owner = _loose_joined(pieces, owner, letters, cores, heights)
    alone = _alone_in_cells(pieces, owner, cells, typical)
    if alone.max(initial=-1) >= 0:
        owner = np.where(alone >= 0, alone + count, owner).astype(np.int32)
        count = int(owner.max()) + 1
        extra = _extents(pieces, np.where(alone >= 0, owner, -1).astype(np.int32), count)[len(cores) :]
        cores = np.concatenate([cores, extra])
        heights = np.concatenate([heights, np.full(len(extra), typical)])
    return Runs(owner=owner, boxes=_extents(pieces, owner, count), heights=heights, cores=cores)


def are_dashes(width: Ints, height: Ints, letters: float | Floats) -> NDArray[np.bool_]:
    """Which pieces have a hyphen's or a dash's shape beside letters of this height; all three broadcast."""
    wide = (width >= _DASH_WIDE[0] * letters) & (width <= _DASH_WIDE[1] * letters)
    return np.asarray(wide & (width >= 2 * height) & (height <= _DASH_HIGH * letters), bool)


def pictures_beside(pieces: Components, owner: Ints) -> NDArray[np.bool_]:
    """Which pieces are drawn beside a line and not letters of it: a fingerprint, a chip, an arm of a signature.

    Such a piece stands at a line's end, far higher than its letters and beyond them both above and below; a
    capital's flourish goes one way only. `owner` numbers the groups, -1 for none.
    """
    out = np.zeros(len(pieces), bool)
    compact = _renumbered(owner)
    count = int(compact.max(initial=-1)) + 1
    if count == 0:
        return out
    heights = _typical_heights(pieces, compact, count)
    own = compact >= 0
    tall = own.copy()
    tall[own] = pieces.height[own] > _PICTURE * heights[compact[own]]
    if not tall.any():
        return out
    for run in np.unique(compact[tall]).tolist():
        members = compact == run
        letters = np.flatnonzero(members & ~tall)
        if len(letters) < _LINE:
            continue
        beyond = _BEYOND * heights[run]
        first, last = np.percentile(pieces.x0[letters] + pieces.x1[letters], _LINE_ENDS) / 2.0
        drawn = np.flatnonzero(members & tall)
        middle = (pieces.x0[drawn] + pieces.x1[drawn]) / 2.0
        above = pieces.y0[drawn] < np.median(pieces.y0[letters]) - beyond
        below = pieces.y1[drawn] > np.median(pieces.y1[letters]) + beyond
        out[drawn] = ((middle < first) | (middle > last)) & above & below
    return out


def _parted(pieces: Components, owner: Ints) -> Ints:
    """The grouping with runs of two or more lines, one above the other, split where no letter's middle lies."""
    count = int(owner.max(initial=-1)) + 1
    if count == 0:
        return owner
    heights = _typical_heights(pieces, owner, count)
    cores = _extents(pieces, owner, count)
    out = owner.copy()
    fresh = count
    for run in np.flatnonzero(cores[:, 3] - cores[:, 1] > _TWO_LINES * heights).tolist():
        members = np.flatnonzero(owner == run)
        middle = (pieces.y0[members] + pieces.y1[members]) / 2.0
        normal = pieces.height[members] <= _NORMAL * heights[run]
        levels = np.sort(middle[normal])
        gaps = np.diff(levels)
        cuts = levels[:-1][gaps > _LINE_GAP * heights[run]] + gaps[gaps > _LINE_GAP * heights[run]] / 2
        if len(cuts) == 0:
            continue
        line = np.searchsorted(cuts, middle)
        out[members] = np.where(line == 0, run, fresh + line - 1)
        fresh += len(cuts)
    return out


def _loose_joined(pieces: Components, owner: Ints, letters: NDArray[np.bool_], cores: Floats, heights: Floats) -> Ints:
    """The grouping with each loose piece in the run it belongs to.

    A small letter that joined a run is one of its letters for the next one: small print after a capital, where
    large writing beside it says how high letters are, comes in letter by letter.
    """
    owner, letters = owner.copy(), letters.copy()
    while len(loose := np.flatnonzero(owner < 0)):
        nearest = _nearest(pieces, loose, cores, heights)
        owner[loose] = nearest
        joined = loose[nearest >= 0]
        run = owner[joined]
        middle = (pieces.y0[joined] + pieces.y1[joined]) / 2.0
        inside = (middle > cores[run, 1]) & (middle < cores[run, 3])
        small = joined[inside & (pieces.height[joined] >= _SMALL_LETTER * heights[run])]
        if not len(small):
            break
        letters[small] = True
        cores = _extents(pieces, np.where(letters, owner, -1).astype(np.int32), len(cores))
    return owner


def _marks_joined(pieces: Components, owner: Ints) -> Ints:
    """The grouping with big letters' marks joined to them: as large as small print, each had a run of its own."""
    while True:
        count = int(owner.max(initial=-1)) + 1
        if count == 0:
            return owner
        host = _marks_of(_extents(pieces, owner, count), _typical_heights(pieces, owner, count))
        if not (host >= 0).any():
            return owner
        owner = _renumbered(np.where((owner >= 0) & (host[owner] >= 0), host[owner], owner))


def _alone_in_cells(pieces: Components, owner: Ints, cells: Sequence[Box], typical: float) -> Ints:
    """For each piece left over in a cell that holds no run: which of those cells, else -1."""
    out = np.full(len(pieces), -1, np.int32)
    if not cells:
        return out
    x, y = (pieces.x0 + pieces.x1) / 2.0, (pieces.y0 + pieces.y1) / 2.0
    inked = (pieces.height >= _DITTO[0] * typical) | (pieces.width >= _DITTO[1] * typical)
    inked &= (pieces.height <= _DITTO_TALLEST * typical) & (pieces.area >= _DITTO_AREA * typical**2)
    number = 0
    for x0, y0, x1, y1 in cells:
        margin = _CELL_EDGE * typical
        inside = (x > x0 + margin) & (x < x1 - margin) & (y > y0 + margin) & (y < y1 - margin)
        if not inside.any() or (owner[inside] >= 0).any():
            continue
        chosen = inside & inked
        if chosen.any():
            out[chosen] = number
            number += 1
    return out


def _marks_of(cores: Floats, heights: Floats) -> Ints:
    """For each run the run of much bigger letters that it is a mark of, else -1."""
    x0, y0, x1, y1 = (cores[:, i, None] for i in range(4))
    big = heights[None, :]
    inside = (x0 >= cores[:, 0] - _MARK_NEAR * big) & (x1 <= cores[:, 2] + _MARK_NEAR * big)
    gap = np.maximum(cores[:, 1] - y1, y0 - cores[:, 3])
    fits = inside & (gap < _MARK_NEAR * big) & (x1 - x0 < _MARK_WIDE * big) & (heights[:, None] < _MARK_HIGH * big)
    fits &= y1 - y0 < _MARK_HIGH * big
    return np.where(fits.any(axis=1), fits.argmax(axis=1), -1).astype(np.int32)


def _renumbered(owner: Ints) -> Ints:
    """The same grouping with run numbers 0, 1, 2, … and -1 kept."""
    if len(owner) == 0:
        return owner
    numbers, compact = np.unique(owner, return_inverse=True)
    return (compact - int(numbers[0] < 0)).astype(np.int32)


def _extents(pieces: Components, owner: Ints, count: int) -> Floats:
    out = np.empty((count, 4))
    out[:, :2], out[:, 2:] = np.inf, -np.inf
    own = owner >= 0
    for column, values, reduce in (
        (0, pieces.x0, np.minimum),
        (1, pieces.y0, np.minimum),
        (2, pieces.x1, np.maximum),
        (3, pieces.y1, np.maximum),
    ):
        reduce.at(out[:, column], owner[own], values[own])
    return out


def _typical_heights(pieces: Components, owner: Ints, count: int) -> Floats:
    """Median height of each run's letters."""
    own = owner >= 0
    values, group_of = pieces.height[own].astype(np.float64), owner[own]
    order = np.lexsort((values, group_of))
    starts = np.searchsorted(group_of[order], np.arange(count))
    sizes = np.bincount(group_of, minlength=count)
    return np.asarray(values[order][starts + sizes // 2], np.float64)


def _nearest(pieces: Components, loose: NDArray[np.int64], cores: Floats, heights: Floats) -> Ints:
    """For each loose piece the run it belongs to: inside its reach and vertically closest, else -1."""
    x = ((pieces.x0[loose] + pieces.x1[loose]) / 2.0)[:, None]
    y = ((pieces.y0[loose] + pieces.y1[loose]) / 2.0)[:, None]
    h = heights[None, :]
    dx = np.maximum(np.maximum(cores[:, 0] - x, x - cores[:, 2]), 0.0)
    above = np.maximum(cores[:, 1] - y, 0.0)
    below = np.maximum(y - cores[:, 3], 0.0)
    near = (dx <= _REACH[0] * h) & (above <= _REACH[1] * h) & (below <= _REACH[2] * h)
    level = (above == 0) & (below == 0) & (dx <= _DASH_REACH * h)
    near |= level & are_dashes(pieces.width[loose][:, None], pieces.height[loose][:, None], h)
    near &= pieces.height[loose][:, None] <= _LOOSE_TALLEST * h
    cost = np.where(near, (dx + above + _BELOW_COSTS * below) / h, np.inf)
    best = cost.argmin(axis=1)
    reach = cost[np.arange(len(loose)), best]
    return np.where(np.isfinite(reach), best, -1).astype(np.int32)
