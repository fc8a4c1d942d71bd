"""Pieces of ink into runs of text.

Each letter-like piece is drawn as a flat bar through its middle, as long as the piece and a share
of its height at both ends. Bars of one run of text touch, bars of different lines do not, whatever
marks and descenders do above and below; vertical rules cut them. `runs` completes the groups.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.domain.recognition import Gray
from pipeline.layout.components import Components
from pipeline.layout.model import Box
from pipeline.layout.runs import Runs, are_dashes, complete_runs, pictures_beside

# "Letter heights" are those of the small letters where a piece stands (`_typical_heights`).
Heights = NDArray[np.float64]

_SMALL = 2  # bars are drawn at half the scale of the pieces
_SIDE = 0.95  # of a letter's height, added to its bar at each end: bridges a wide space, not a column gap; by trial
_LETTER_MM = (1.0, 16.0)  # heights of a letter, from the smallest print to a heading's capitals; by trial
_SHORTEST = 0.55  # letter heights of the lowest letter; lower pieces are marks and points; by trial
_TALLEST = 5.0  # letter heights of a heading's capitals; bigger pieces are drawings and signatures; by trial
_LONGEST_MM = 120.0  # of a word in one stroke; longer ink is a rule or a border; by trial
_STROKE = (2.2, 0.3)  # letter heights: a flat piece as wide and as high as this is joined writing; by trial
_THICKEST_STROKE_MM = 2.0  # of pen or type; a piece that holds a wider square is a filled area; by trial
_SHORTEST_WALL_MM = 5.0  # of a vertical rule that parts columns; shorter ones may be letters; by trial; steady
_WORD_WIDE, _WORD_TALLEST = 1.5, 1.7  # times its height, and letter heights, of what may be a blurred word; by trial
_SOLID = 0.85  # of such a piece's height, of a letter's box: closed counters fill less, a bar all; by trial
_PASSES = 3  # a fingerprint's rings come off from the outside, one at a time; by trial; steady
_TYPICAL_MM = (0.9, 9.0)  # heights of the pieces whose median is the letter height; by trial
_TYPICAL_WIDTH_MM = (0.35, 12.0)  # and their widths: no dots, no rules; by trial
_NO_LETTERS_MM = 2.0  # letter height of a page that has no such pieces; by trial
_PRINTED = 2.0  # letter heights: what a cell's letters or joined letters are wide together, at least; by trial
_HIGHEST = 90  # percentile of their heights that is a capital's; by trial
_SMALL_PRINT = 0.75  # of the page's letter height, that capital: the cell holds nothing but small print; by trial


def group(pieces: Components, walls: Sequence[Box], cells: Sequence[Box], *, dpi: float) -> Runs:
    """Runs of text among `pieces`. No run crosses a wall (a vertical rule's box); whatever stands alone in a cell,
    even a ditto mark, is a run."""
    mm = dpi / 25.4
    sized = _letter_sized(pieces, mm)
    page = _typical_height(pieces, sized, mm)
    typical = _typical_heights(pieces, sized, cells, page)
    core = _letters(pieces, typical, mm)
    for _ in range(_PASSES):
        owner = _grouped(pieces, core, walls, typical, mm)
        pictures = pictures_beside(pieces, owner)
        if not pictures.any():
            break
        core &= ~pictures
    else:
        owner = _grouped(pieces, core, walls, typical, mm)
    return complete_runs(pieces, owner, cells, page)


def _grouped(
    pieces: Components, core: NDArray[np.bool_], walls: Sequence[Box], typical: Heights, mm: float
) -> NDArray[np.int32]:
    """For each letter of `core` a number that all letters of its group share, -1 for the other pieces."""
    chosen = np.flatnonzero(core)
    owner = np.full(len(pieces), -1, np.int32)
    if len(chosen):
        canvas = _bars(pieces, chosen, typical, reach=_SIDE)
        letters = _bars(pieces, chosen, typical, reach=0.0)
        _point_bars(canvas, letters, pieces, core, typical)
        _cut(canvas, walls, mm)
        _, labels = cv2.connectedComponents(canvas, connectivity=4, ltype=cv2.CV_32S)
        cx = ((pieces.x0[chosen] + pieces.x1[chosen]) // (2 * _SMALL)).clip(0, canvas.shape[1] - 1)
        cy = ((pieces.y0[chosen] + pieces.y1[chosen]) // (2 * _SMALL)).clip(0, canvas.shape[0] - 1)
        group_of = labels[cy, cx]
        owner[chosen] = np.where(group_of == 0, -1, group_of)
    return owner


def _letters(pieces: Components, typical: Heights, mm: float) -> NDArray[np.bool_]:
    """Which pieces are letters, joined letters or words; no specks, marks, drawings or filled areas."""
    height, width = pieces.height, pieces.width
    low = np.maximum(_LETTER_MM[0] * mm, _SHORTEST * typical)
    high = np.minimum(_LETTER_MM[1] * mm, _TALLEST * typical)
    core = (height >= low) & (height <= high) & (width <= _LONGEST_MM * mm) & (pieces.area > 4)  # pixels: no specks
    core |= (width >= _STROKE[0] * typical) & (height >= _STROKE[1] * typical) & (height <= high)
    return np.asarray(core & ~_filled(pieces, typical, _THICKEST_STROKE_MM * mm), bool)


def _filled(pieces: Components, typical: Heights, stroke: float) -> NDArray[np.bool_]:
    """Which pieces hold a square wider than any stroke of a pen or of type, blurred words aside."""
    side = max(3, int(stroke))
    ink = (pieces.labels > 0).astype(np.uint8)
    solid = cv2.erode(ink, np.ones((side, side), np.uint8), borderValue=0)
    filled = np.zeros(len(pieces) + 1, bool)
    filled[pieces.labels[solid > 0]] = True
    filled = filled[1:]
    low = pieces.height <= _WORD_TALLEST * typical
    word = low & (pieces.width >= _WORD_WIDE * pieces.height)
    filled &= word | ~low | (pieces.area > _SOLID * pieces.height * pieces.width)  # a bold N's counters may have closed
    for n in np.flatnonzero(filled & word).tolist():
        filled[n] = _holds(pieces, n, max(side, int(_SOLID * pieces.height[n])))
    return filled


def _holds(pieces: Components, piece: int, side: int) -> bool:
    """Whether a square of this side lies within the piece."""
    x0, y0, x1, y1 = (int(edge[piece]) for edge in (pieces.x0, pieces.y0, pieces.x1, pieces.y1))
    own = (pieces.labels[y0:y1, x0:x1] == piece + 1).astype(np.uint8)
    return bool(cv2.erode(own, np.ones((side, side), np.uint8), borderValue=0).any())


def _letter_sized(pieces: Components, mm: float) -> NDArray[np.bool_]:
    sized = (pieces.height >= _TYPICAL_MM[0] * mm) & (pieces.height <= _TYPICAL_MM[1] * mm)
    sized &= (pieces.width >= _TYPICAL_WIDTH_MM[0] * mm) & (pieces.width <= _TYPICAL_WIDTH_MM[1] * mm)
    return np.asarray(sized, bool)


def _typical_height(pieces: Components, sized: NDArray[np.bool_], mm: float) -> float:
    """Height of a small letter, in pixels: the median of letter-sized pieces."""
    if not sized.any():
        return _NO_LETTERS_MM * mm
    heights = np.sort(pieces.height[sized])
    return float(heights[len(heights) // 2])


def _typical_heights(pieces: Components, sized: NDArray[np.bool_], cells: Sequence[Box], page: float) -> Heights:
    """For each piece the height of a small letter where it stands: the page's, but in a cell of nothing but small
    print its own. A ledger's printed heads stand above writing by pen that is twice as high."""
    typical = np.full(len(pieces), page)
    x, y = (pieces.x0 + pieces.x1) / 2.0, (pieces.y0 + pieces.y1) / 2.0
    for x0, y0, x1, y1 in cells:
        inside = (x > x0) & (x < x1) & (y > y0) & (y < y1)
        letters = inside & sized
        wide = pieces.width[letters].sum() >= _PRINTED * page
        if wide and np.percentile(pieces.height[letters], _HIGHEST) <= _SMALL_PRINT * page:
            typical[inside] = np.median(pieces.height[letters])
    return typical


def _bars(pieces: Components, chosen: NDArray[np.int64], typical: Heights, *, reach: float) -> Gray:
    """Flat bars through the middles of the chosen pieces, on a canvas at `1/_SMALL` scale.

    `reach` is how far a bar goes beyond its piece, in heights of that piece (held to between 0.8 letter heights and
    1.8 letter heights plus 0.3 of its own). A bar is 0.44 of its piece's height thick, 3 pixels at least: thinner
    than the gap between the bars of two lines. All by trial.
    """
    shape = (pieces.labels.shape[0] // _SMALL + 1, pieces.labels.shape[1] // _SMALL + 1)
    canvas = np.zeros(shape, np.uint8)
    heights = pieces.height[chosen].astype(np.float64)
    near = typical[chosen]
    side = np.clip(heights, 0.8 * near, 1.8 * near + 0.3 * heights) * reach
    half = np.maximum(0.22 * heights, 1.5)
    middle = (pieces.y0[chosen] + pieces.y1[chosen]) / 2.0
    corners = np.stack([pieces.x0[chosen] - side, middle - half, pieces.x1[chosen] + side, middle + half], axis=1)
    _fill(canvas, corners)
    return canvas


def _fill(canvas: Gray, corners: NDArray[np.float64]) -> None:
    for x0, y0, x1, y1 in np.rint(corners / _SMALL).astype(int).tolist():
        cv2.rectangle(canvas, (x0, y0), (x1, y1), 255, -1)


def _point_bars(canvas: Gray, letters: Gray, pieces: Components, core: NDArray[np.bool_], typical: Heights) -> None:
    """Bars for full stops, commas and hyphens, at the height of the letters they stand beside.

    Without them a comma and a wide space would part a line. Such a point is 0.15 to 1.2 letter heights high and
    0.1 to 1.3 wide; its bar runs where small letters have their middle, 0.35 to 0.8 above its foot. A dash stands there
    itself: its bar is as thick as a letter's. By trial.
    """
    small = ~core & (pieces.height >= 0.15 * typical) & (pieces.width <= 1.3 * typical)
    small &= (pieces.width >= 0.1 * typical) & (pieces.height <= 1.2 * typical)
    dashes = are_dashes(pieces.width, pieces.height, typical)
    small |= ~core & dashes
    chosen = np.flatnonzero(small)
    level = dashes[chosen] & _is_beside_a_letter(letters, pieces, chosen, typical[chosen])
    chosen = chosen[level | ~_is_mark(letters, pieces, chosen, typical[chosen])]
    near = typical[chosen]
    side = _SIDE * near
    foot, middle = pieces.y1[chosen], (pieces.y0[chosen] + pieces.y1[chosen]) / 2.0
    dash = dashes[chosen]
    top = np.where(dash, middle - 0.22 * near, foot - 0.8 * near)
    bottom = np.where(dash, middle + 0.22 * near, foot - 0.35 * near)
    _fill(canvas, np.stack([pieces.x0[chosen] - side, top, pieces.x1[chosen] + side, bottom], axis=1))


def _is_mark(letters: Gray, pieces: Components, small: NDArray[np.int64], typical: Heights) -> NDArray[np.bool_]:
    """Which small pieces stand right above or below a letter: marks, not points of the sentence.

    Looked for at 0.7, 1.0 and 1.3 letter heights up and down (where the marks of ế and ạ meet their letter), two
    pixels to either side. By trial.
    """
    x = (pieces.x0[small] + pieces.x1[small]) // (2 * _SMALL)
    middle = (pieces.y0[small] + pieces.y1[small]) / 2.0
    is_mark = np.zeros(len(small), bool)
    for offset in (-1.3, -1.0, -0.7, 0.7, 1.0, 1.3):
        y = ((middle + offset * typical) / _SMALL).astype(int).clip(0, letters.shape[0] - 1)
        for beside in (-2, 0, 2):
            is_mark |= letters[y, (x + beside).clip(0, letters.shape[1] - 1)] > 0
    return is_mark


def _is_beside_a_letter(
    letters: Gray, pieces: Components, small: NDArray[np.int64], typical: Heights
) -> NDArray[np.bool_]:
    """Which small pieces have a letter's middle beside theirs, 0.6 to 1.6 letter heights to the left or right: dashes
    between words, whatever stands in the lines above and below. By trial."""
    y = ((pieces.y0[small] + pieces.y1[small]) // (2 * _SMALL)).clip(0, letters.shape[0] - 1)
    beside = np.zeros(len(small), bool)
    for offset in (0.6, 0.8, 1.0, 1.2, 1.4, 1.6):
        for x in (pieces.x0[small] - offset * typical, pieces.x1[small] + offset * typical):
            beside |= letters[y, (x / _SMALL).astype(int).clip(0, letters.shape[1] - 1)] > 0
    return beside


def _cut(canvas: Gray, walls: Sequence[Box], mm: float) -> None:
    for box in walls:
        if box[3] - box[1] >= _SHORTEST_WALL_MM * mm:
            x0, y0, x1, y1 = (round(v / _SMALL) for v in box)
            cv2.rectangle(canvas, (x0, y0), (max(x0, x1), y1), 0, -1)
