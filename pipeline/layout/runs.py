"""Runs of text completed: lines told apart, marks and points brought to their letters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.layout.components import Components, Ints
from pipeline.layout.model import Box

Floats = NDArray[np.float64]

_TWO_LINES = 1.9  # a run whose letters span this many letter heights may be two lines
_PICTURE = 3.0  # times a line's letters: what is higher may be a drawing
_BEYOND = 0.6  # of a letter's height that a drawing reaches beyond the line, above and below
_LINE = 3  # letters that make a line
_LINE_GAP = 0.75  # of the letter height, between the middles of two lines' letters


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
    """Runs from letters that are grouped (`owner`, -1 for pieces that are no letters).

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
    loose = np.flatnonzero(~letters)
    if len(loose) and count:
        owner[loose] = _nearest(pieces, loose, cores, heights)
    alone = _alone_in_cells(pieces, owner, cells, typical)
    if alone.max(initial=-1) >= 0:
        owner = np.where(alone >= 0, alone + count, owner).astype(np.int32)
        count = int(owner.max()) + 1
        extra = _extents(pieces, np.where(alone >= 0, owner, -1).astype(np.int32), count)[len(cores) :]
        cores = np.concatenate([cores, extra])
        heights = np.concatenate([heights, np.full(len(extra), typical)])
    return Runs(owner=owner, boxes=_extents(pieces, owner, count), heights=heights, cores=cores)


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
        first, last = np.percentile(pieces.x0[letters] + pieces.x1[letters], (10, 90)) / 2.0
        drawn = np.flatnonzero(members & tall)
        middle = (pieces.x0[drawn] + pieces.x1[drawn]) / 2.0
        above = pieces.y0[drawn] < np.median(pieces.y0[letters]) - beyond
        below = pieces.y1[drawn] > np.median(pieces.y1[letters]) + beyond
        out[drawn] = ((middle < first) | (middle > last)) & above & below
    return out


def _parted(pieces: Components, owner: Ints) -> Ints:
    """Runs that hold two or more lines, one above the other, parted where no letter's middle lies."""
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
        normal = pieces.height[members] <= 1.7 * heights[run]
        levels = np.sort(middle[normal])
        gaps = np.diff(levels)
        cuts = levels[:-1][gaps > _LINE_GAP * heights[run]] + gaps[gaps > _LINE_GAP * heights[run]] / 2
        if len(cuts) == 0:
            continue
        line = np.searchsorted(cuts, middle)
        out[members] = np.where(line == 0, run, fresh + line - 1)
        fresh += len(cuts)
    return out


def _marks_joined(pieces: Components, owner: Ints) -> Ints:
    """A mark over a big letter is as large as small print and made a run of its own: joined to it."""
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
    inked = (pieces.height >= 0.25 * typical) | (pieces.width >= 0.5 * typical)
    inked &= (pieces.height <= 4 * typical) & (pieces.area >= 0.05 * typical**2)
    number = 0
    for x0, y0, x1, y1 in cells:
        margin = 0.15 * typical
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
    inside = (x0 >= cores[:, 0] - 0.3 * big) & (x1 <= cores[:, 2] + 0.3 * big)
    gap = np.maximum(cores[:, 1] - y1, y0 - cores[:, 3])
    fits = inside & (gap < 0.3 * big) & (x1 - x0 < 0.9 * big) & (heights[:, None] < 0.6 * big)
    fits &= y1 - y0 < 0.6 * big
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
    near = (dx <= 1.2 * h) & (above <= 0.9 * h) & (below <= 0.7 * h)
    near &= pieces.height[loose][:, None] <= 2.5 * h
    cost = np.where(near, (dx + above + 1.3 * below) / h, np.inf)
    best = cost.argmin(axis=1)
    reach = cost[np.arange(len(loose)), best]
    return np.where(np.isfinite(reach), best, -1).astype(np.int32)
