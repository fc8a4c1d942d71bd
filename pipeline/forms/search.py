"""Finds printed wordings in read lines although readers lose marks, spaces and letters.

Sellers' approximate matching (P. H. Sellers, 1980), all wordings at once over the page's keys joined
to one text. A wording does not run over a line's end, unless it is so long that it wraps in print.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pipeline.forms.keys import Key, fold

_ALPHABET = {c: n for n, c in enumerate("abcdefghijklmnopqrstuvwxyz0123456789", 1)}
# Costs count half letters: a wrong letter costs two, a look-alike one. Lengths are letters of keys. All by trial.
_STEP = 2  # cost of one wrong, missing or added letter
# Pairs of letters that readers of Vietnamese print and pen confuse.
_ALIKE = "o0 oc ce oe ao ae il i1 l1 ij tf tl it nh nu hb mn rn uv gq g9 s5 b8 vy ea kh yv cg da bh z2 o6 o9 eo"
_WALL = 30  # cost of running over a line's end: more than a label of usual length may cost
_WRAP = 2  # and where a wording may do so
LONG = 26  # letters from which a wording may wrap to the next row
MIDDLE = 8  # letters from which it may lie in two lines of one row, parted by wear or a stroke
ONE_ALIKE, ONE_WRONG = 3, 5  # letters up to which one look-alike, up to which one letter may be wrong
WRONG_SHARE = 0.3  # of the letters of longer wordings that may be wrong
_SHIFT = 14  # bits that hold a start within the text; a page of more letters is cut off there
_MOST = 120_000  # the dearest walk through a text that fits into 32 bits beside the start


def _letter_costs() -> NDArray[np.int32]:
    size = len(_ALPHABET) + 1
    costs = np.full((size, size), _STEP, dtype=np.int32)
    np.fill_diagonal(costs, 0)
    for pair in _ALIKE.split():
        a, b = pair[0], pair[1]
        costs[_ALPHABET[a], _ALPHABET[b]] = costs[_ALPHABET[b], _ALPHABET[a]] = 1
    costs[0, :] = costs[:, 0] = _WALL
    return costs


_COSTS = _letter_costs()


@dataclass(frozen=True, slots=True)
class Hit:
    """One wording found: in `line`, from character `start` to before `end` of its text (`last_line` is
    another line when the wording wraps, and `end` counts there). `score` is 1 for a perfect match."""

    wording: int
    line: int
    start: int
    last_line: int
    end: int
    score: float
    length: int


@dataclass(frozen=True, slots=True)
class Wordings:
    """Wordings to look for, as keys. Their indices are what `Hit.wording` says."""

    keys: tuple[str, ...]

    @staticmethod
    def of(texts: Sequence[str]) -> Wordings:
        return Wordings(tuple(fold(t) for t in texts))


def allowed_cost(length: int) -> int:
    """Cost up to which a wording of this many letters counts as read."""
    if length <= ONE_ALIKE:
        return 1
    if length <= ONE_WRONG:
        return _STEP
    return int(length * WRONG_SHARE) * _STEP


@dataclass(frozen=True, slots=True)
class PageText:
    """The keys of a page's lines joined to one text: `codes` with 0 between lines, and whose letter is whose.

    `same_row` marks the ends of lines that go on in the same row.
    """

    keys: tuple[Key, ...]
    codes: NDArray[np.int32]
    line_of: NDArray[np.int32]
    offset_of: NDArray[np.int32]
    same_row: NDArray[np.bool_]

    @staticmethod
    def of(texts: Sequence[str], rows: Sequence[int] = ()) -> PageText:
        """Rows say which lines stand beside one another; without them none do."""
        keys = tuple(Key.of(t) for t in texts)
        codes, lines, offsets, beside = [0], [0], [-1], [False]
        for n, key in enumerate(keys):
            codes.extend(_ALPHABET[c] for c in key.text)
            lines.extend([n] * len(key.text))
            offsets.extend(range(len(key.text)))
            codes.append(0)
            lines.append(n)
            offsets.append(-1)
            beside.extend([False] * len(key.text))
            beside.append(n + 1 < len(rows) and rows[n] == rows[n + 1])
        as_array = [np.array(v, dtype=np.int32) for v in (codes, lines, offsets)]
        return PageText(keys, as_array[0], as_array[1], as_array[2], np.array(beside, dtype=np.bool_))


def find(wordings: Wordings, page: PageText) -> list[Hit]:
    """Every occurrence of every wording that is read well enough, best first where they overlap."""
    hits: list[Hit] = []
    order = sorted((n for n, k in enumerate(wordings.keys) if len(k) >= 2), key=lambda n: -len(wordings.keys[n]))
    groups: tuple[list[int], list[int], list[int]] = ([], [], [])
    for n in order:
        size = len(wordings.keys[n])
        groups[0 if size >= LONG else 1 if size >= MIDDLE else 2].append(n)
    walls = ((_WRAP, _WRAP), (_WRAP, _WALL), (_WALL, _WALL))
    for group, (beside, below) in zip(groups, walls, strict=True):
        if group and len(page.codes) > 2:
            wall = np.where(page.same_row, beside, below).astype(np.int32)
            hits.extend(_search(wordings.keys, group, page, wall))
    return hits


def _search(keys: Sequence[str], group: list[int], page: PageText, wall: NDArray[np.int32]) -> list[Hit]:
    lengths = [len(keys[n]) for n in group]
    wraps = lengths[-1] >= LONG
    limits = np.array([allowed_cost(n) + (_WRAP if wraps else 0) for n in lengths], dtype=np.int32)
    patterns = np.zeros((len(group), lengths[0]), dtype=np.int32)
    for row, n in enumerate(group):
        patterns[row, : lengths[row]] = [_ALPHABET[c] for c in keys[n]]
    hits: list[Hit] = []
    for row, values in _ends(patterns, lengths, limits, page.codes, wall):
        places = np.flatnonzero((values >> _SHIFT) <= limits[row])
        if len(places):
            hits.extend(_hits(group[row], lengths[row], values, places, page))
    return hits


def _ends(
    patterns: NDArray[np.int32],
    lengths: list[int],
    limits: NDArray[np.int32],
    codes: NDArray[np.int32],
    wall: NDArray[np.int32],
) -> Iterator[tuple[int, NDArray[np.int32]]]:
    """For each pattern that may be found: at each text position cost and start of the best match ending there.

    A cell is cost << _SHIFT | (limit - start): the minimum prefers the cheaper, then the shorter match.
    Patterns come longest first; one whose best match already costs too much is dropped on the way.
    """
    walked = np.cumsum(np.where(codes == 0, wall, _STEP), dtype=np.int64)
    size = min(int(np.searchsorted(walked, _MOST)), (1 << _SHIFT) - 2)  # more letters than any form holds
    walked = (walked[:size] << _SHIFT).astype(np.int32)
    step, start = np.int32(_STEP << _SHIFT), (1 << _SHIFT) - 1
    # Cells are kept less the cost of the walk to their place: adding letters of the text then costs nothing more.
    swap = (_COSTS[:, codes[:size]] << _SHIFT).astype(np.int32)
    swap[:, 1:] -= np.diff(walked)
    swap[:, 0] += start - walked[0]
    alive = np.arange(len(lengths))
    best = np.empty((len(lengths), size), dtype=np.int32)
    best[:] = start - np.arange(1, size + 1, dtype=np.int32) - walked  # start after this position, at no cost
    for i in range(lengths[0]):
        if i % 4 == 3:
            keep = ((best + walked).min(axis=1) >> _SHIFT) <= limits[alive]
            if not keep.all():
                alive, best = alive[keep], best[keep]
        if not len(alive):
            return
        moved = swap[patterns[alive, i]]
        moved[:, 1:] += best[:, :-1]
        moved[:, 0] += i * step
        best += step
        np.minimum(moved, best, out=moved)
        best = np.minimum.accumulate(moved, axis=1, out=moved)
        while len(alive) and lengths[alive[-1]] == i + 1:
            yield int(alive[-1]), best[-1] + walked
            alive, best = alive[:-1], best[:-1]


def _hits(n: int, length: int, values: NDArray[np.int32], places: NDArray[np.intp], page: PageText) -> list[Hit]:
    """The best end of each run of overlapping matches."""
    best: list[tuple[int, int, int]] = []  # cost, start, end (inclusive) in the joined text
    mask = (1 << _SHIFT) - 1
    for end in places.tolist():
        value = int(values[end])
        start, cost = mask - (value & mask), value >> _SHIFT
        if best and start <= best[-1][2]:
            if cost < best[-1][0]:
                best[-1] = (cost, start, end)
            continue
        best.append((cost, start, end))
    hits = []
    for cost, start, end in best:
        while start < end and page.codes[start] == 0:
            start += 1
        while end > start and page.codes[end] == 0:
            end -= 1
        if page.codes[start] == 0 or page.codes[end] == 0:
            continue
        first, last = int(page.line_of[start]), int(page.line_of[end])
        hits.append(
            Hit(
                n,
                first,
                page.keys[first].origin[int(page.offset_of[start])],
                last,
                page.keys[last].origin[int(page.offset_of[end])] + 1,
                1.0 - cost / (_STEP * length),
                length,
            )
        )
    return hits


@lru_cache(maxsize=4096)
def grams(key: str) -> frozenset[str]:
    """The letter pairs of a key, by which what cannot be on a page is left out quickly."""
    return frozenset(key[i : i + 2] for i in range(len(key) - 1))
