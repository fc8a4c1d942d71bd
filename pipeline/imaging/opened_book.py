"""An opened book that was photographed: its gutter found, both pages flattened, table and fingers cut away.

Told by three witnesses that must agree: paper darkens towards a line near the middle, no writing crosses that line, and
lines bend towards it. A flat sheet has no bend, a folded one is crossed by its lines; both stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.domain.geometry import Point, Quad, bounds, rectangle
from pipeline.imaging.bend import FOCAL, Bend, fit_bend
from pipeline.imaging.book_lines import Curve, letter_height, trace
from pipeline.imaging.book_outline import Paper, find_paper
from pipeline.imaging.curved import Curved
from pipeline.imaging.warp import Pixels, Shrunk, quarter_turn, reduced, turned

Gray = NDArray[np.uint8]
Floats = NDArray[np.float64]

# All by trial.
_SMALL = 512  # pixels of the longer side of the view that every page is looked at on
_TALL, _WIDE = 21, 5  # pixels of that view: writing and double rules are bridged along a gutter and not across
_ZONE = (0.33, 0.67)  # of the width within which a gutter is looked for
_BESIDE = (0.02, 0.045)  # of the width to either side: paper that a gutter is darker than
_DARKER, _ALONG = 0.05, 0.55  # share of its light that a gutter lacks; share of the paper's rows in which it does
_LIT, _FEWEST_ROWS = 0.6, 0.3  # of the lightest rows' light that a row of paper has; share of all rows that are paper
_STEEPEST = 0.12  # of a gutter against the picture's sides
_OFF_LINE = 2.5  # pixels of the small view from a gutter to its darkest place
_VIEW = 2000  # pixels of the longer side of the view on which lines are traced
_LETTERS = (5.0, 40.0)  # pixels of letters on it; others cannot be traced
_CROSSING = 0.06  # share of the curves that may cross the gutter
_BENT = 0.0015  # of its height that a bent page's lines leave the straight, at least
_SHAPE = (0.45, 1.7)  # width over height of a page
_OFF = 2.5  # view pixels: lines that are not straighter afterwards were not understood
_STEP = 16  # pixels of the flat page between points of its way back
_PAST = 0.004  # of the photo's longer side: the table that is cut off with the page's very edge
_COVER_MM = 5.0  # what hides less of a page's edge is a bent corner or an uneven edge
_GUTTER = 0.07  # of a page's width: nothing that ends within it was laid on the page
_PAGE_MM = 297.0  # a page's longer side, as nothing says it


@dataclass(frozen=True, slots=True, kw_only=True)
class FlatPage:
    """One page, flattened: its pixels, and where each of them was on the scan (`to_scan`).

    `outline` is the page on the scan; `covered` are places on the scan where something lies over the page.
    """

    pixels: Pixels
    to_scan: Curved
    outline: Quad
    covered: tuple[Quad, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedBook:
    """Left and right page as the book lies in the picture, and its gutter from end to end, in scan pixels."""

    pages: tuple[FlatPage, FlatPage]
    gutter: tuple[Point, Point]

    def joined(self) -> FlatPage:
        """Both pages as one sheet, for a table that goes on over the gutter."""
        left, right = self.pages
        flat = left.to_scan.beside(right.to_scan)
        return FlatPage(
            pixels=np.hstack([left.pixels, right.pixels]),
            to_scan=Curved(grid=flat.grid, size=flat.size, before=flat.before, after=left.to_scan.after),
            outline=(left.outline[0], right.outline[1], right.outline[2], left.outline[3]),
            covered=(*left.covered, *right.covered),
        )


def find_opened_book(scan: Pixels | Shrunk) -> OpenedBook | None:
    """The opened book that the scan shows; None where it shows none, or where it is flat already.

    A gutter may run down or across. Which way is up is not asked: `pages` are in the order of the picture, a book that
    lies on its side turned so that its gutter runs down.
    """
    shrunk = Shrunk.of(scan)
    small = _small(shrunk)
    for turn in (0, 270):
        seen = turned(small, turn)
        line = _gutter(seen)
        if line is not None:
            found = _flattened(turned(shrunk.scan, turn), line, seen.shape[1])
            if found is not None:
                return _turned_back(found, turn, shrunk.scan)
    return None


def _small(shrunk: Shrunk) -> Gray:
    height, width = shrunk.scan.shape[:2]
    scale = max(1.0, max(height, width) / _SMALL)
    return _grey(shrunk.reduced((max(8, round(width / scale)), max(8, round(height / scale)))))


def _grey(pixels: Pixels) -> Gray:
    return pixels if pixels.ndim == 2 else np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), dtype=np.uint8)


def _gutter(small: Gray) -> tuple[float, float] | None:
    """The line `x = at + slope * y`, in pixels of the small view, along which the paper is darkest; None without."""
    height, width = small.shape
    if width < 0.9 * height:
        return None
    paper = cv2.dilate(small, np.ones((_TALL, _WIDE), np.uint8)).astype(np.float32)
    first, last = round(_ZONE[0] * width), round(_ZONE[1] * width)
    rows = np.arange(round(0.12 * height), round(0.88 * height), 2)
    middle = paper[rows, first:last]
    darker = np.full(middle.shape, np.inf, dtype=np.float32)
    for share in _BESIDE:
        beside = round(share * width)
        around = np.minimum(paper[rows, first - beside : last - beside], paper[rows, first + beside : last + beside])
        darker = np.minimum(darker, 1 - middle / np.maximum(around, 1.0))
    light = middle.max(axis=1)
    of_paper = light > _LIT * np.percentile(light, 90)  # a low book leaves rows to the table
    if of_paper.mean() < _FEWEST_ROWS:
        return None
    rows, darker = rows[of_paper], darker[of_paper]
    darkest = darker.argmax(axis=1)
    strong = darker.max(axis=1)
    own = strong > _DARKER
    if own.mean() < _ALONG:
        return None
    line = _line(rows[own].astype(np.float64), (first + darkest[own] + 0.5).astype(np.float64))
    if line is None:
        return None
    near = np.abs(first + darkest + 0.5 - (line[0] + line[1] * rows)) < _OFF_LINE
    return line if (near & own).mean() >= _ALONG else None


def _line(y: Floats, x: Floats) -> tuple[float, float] | None:
    """The line that most points are near (RANSAC), then through these."""
    pairs = np.random.default_rng(3).integers(0, len(y), (120, 2))
    i, j = pairs[np.abs(y[pairs[:, 0]] - y[pairs[:, 1]]) > 0.2 * (y.max() - y.min() + 1)].T
    if len(i) == 0:
        return None
    slopes = (x[j] - x[i]) / (y[j] - y[i])
    near = np.abs(x - (x[i, None] + slopes[:, None] * (y - y[i, None]))) < _OFF_LINE
    count = np.where(np.abs(slopes) < _STEEPEST, near.sum(axis=1), -1)
    best = near[int(count.argmax())]
    if count.max() < 0 or best.sum() < 8:
        return None
    slope, at = np.polyfit(y[best], x[best], 1)
    return float(at), float(slope)


def _flattened(scan: Pixels, line: tuple[float, float], small_width: int) -> OpenedBook | None:
    """Both pages of a scan whose gutter runs down along this line of its small view."""
    scale = max(1.0, max(scan.shape[:2]) / _VIEW)
    view = reduced(scan, (round(scan.shape[1] / scale), round(scan.shape[0] / scale)))
    times = view.shape[1] / small_width
    gutter = (line[0] * times, line[1])
    grey = _grey(view)
    letter = letter_height(grey)
    if not _LETTERS[0] <= letter <= _LETTERS[1]:
        return None
    paper = find_paper(view, gutter)
    if paper is None:
        return None
    curves = [curve for curve in trace(grey, letter) if paper.holds(curve.points)]
    right = [_right_of(curve.points, gutter, 0.0) for curve in curves]
    crossing = [_crosses(curve.points, gutter, letter) for curve in curves]
    if not curves or float(np.mean(crossing)) > _CROSSING:
        return None
    bends: list[Bend] = []
    for is_right, side in enumerate(paper.sides(gutter) or (None,)):
        if side is None or not _SHAPE[0] < side.wide / side.high < _SHAPE[1]:
            return None
        own = [Curve(c.points[r == bool(is_right)], c.weight) for c, r in zip(curves, right, strict=True)]
        bend = fit_bend(side, [*[c for c in own if len(c.points) >= 3], *paper.edges(side)])
        if bend is None or bend.off > _OFF:
            return None
        bends.append(bend)
    if max(bend.most() for bend in bends) < _BENT:
        return None
    ends = [paper.heights(bend) for bend in bends]
    high = round(scale * max(bottom - top for top, bottom in ends))
    pages = [_flat_page(scan, bend, paper, scale, high) for bend in bends]
    head, foot = ((gutter[0] + gutter[1] * y) * scale for y in (0.0, float(view.shape[0])))
    return OpenedBook(pages=(pages[0], pages[1]), gutter=((head, 0.0), (foot, float(scan.shape[0]))))


def _right_of(points: Floats, gutter: tuple[float, float], by: float) -> NDArray[np.bool_]:
    return np.asarray(points[:, 0] - (gutter[0] + gutter[1] * points[:, 1]) > by, dtype=np.bool_)


def _crosses(points: Floats, gutter: tuple[float, float], letter: float) -> bool:
    """Whether writing stands on the gutter: there are points at both sides near to it."""
    away = points[:, 0] - (gutter[0] + gutter[1] * points[:, 1])
    near = np.abs(away) < 4 * letter
    return bool((near & (away > 0)).sum() >= 2 and (near & (away < 0)).sum() >= 2)


def _flat_page(scan: Pixels, bend: Bend, paper: Paper, scale: float, high: int) -> FlatPage:
    """The page drawn flat and `high` pixels high; its width follows."""
    side = bend.side
    top, bottom = paper.heights(bend)
    rulings = np.linspace(side.gutter[0], side.edge[0], 200)
    view_size = (scan.shape[1] / scale, scan.shape[0] / scale)
    lengths = bend.lengths(rulings, centre=view_size[0] / 2, focal=FOCAL * max(view_size))
    steps = max(2, round(lengths[-1] * high / (bottom - top) / _STEP))
    size = (steps * _STEP, high)
    along = np.linspace(0, lengths[-1], steps + 1)
    ruling = np.interp(along if side.edge[0] > side.gutter[0] else along[::-1], lengths, rulings)
    y = bend.seen(ruling, np.linspace(top, bottom, max(2, high // _STEP) + 1)[:, None])
    x = side.point(ruling, y)
    to_scan = Curved.of(np.stack([x, y], axis=2) * scale, size)
    pixels, covered = _drawn(scan, to_scan, size, paper, scale, right=side.edge[0] > side.gutter[0])
    outline = to_scan.quad(rectangle(0.0, 0.0, float(size[0]), float(size[1])))
    return FlatPage(pixels=pixels, to_scan=to_scan, outline=outline, covered=tuple(to_scan.quad(q) for q in covered))


def _drawn(
    scan: Pixels, to_scan: Curved, size: tuple[int, int], paper: Paper, scale: float, *, right: bool
) -> tuple[Pixels, list[Quad]]:
    """The flat page's pixels, paper where it is covered or ends; and what is covered, in its own pixels."""
    pixels = to_scan.cut(scan, size)
    there = to_scan.cut(paper.mask, size, scale=1 / scale)
    mm = max(size) / _PAGE_MM
    foreign = (there < 128).astype(np.uint8)
    covered = [q for q in _covered(foreign, round(_COVER_MM * mm)) if not _in_gutter(q, size[0], right=right)]
    past = max(3, round(_PAST * max(scan.shape[:2])))
    foreign = cv2.dilate(foreign, np.ones((2 * past + 1, 2 * past + 1), np.uint8))
    foreign[: past // 2] = foreign[-(past // 2) :] = 1
    light = _paper_light(pixels, foreign)
    pixels[foreign > 0] = light[foreign > 0]
    return pixels, covered


def _paper_light(pixels: Pixels, foreign: Gray) -> Pixels:
    """The paper's colour around every place, by what of it is seen."""
    small = (max(8, pixels.shape[1] // 32), max(8, pixels.shape[0] // 32))
    bright = cv2.dilate(pixels, np.ones((9, 9), np.uint8))
    bright[foreign > 0] = 0
    light = np.atleast_3d(cv2.resize(bright, small, interpolation=cv2.INTER_AREA).astype(np.float32))
    own = cv2.resize((1 - foreign).astype(np.float32), small, interpolation=cv2.INTER_AREA)
    filled, told = np.zeros_like(light), np.full(own.shape, 1e-6, np.float32)
    for reach in (1.0, 4.0, 16.0):  # from the nearest that is seen
        share = cv2.GaussianBlur(own, (0, 0), reach)
        around = np.atleast_3d(cv2.GaussianBlur(light, (0, 0), reach)) / np.maximum(share, 1e-3)[:, :, None]
        part = np.maximum(0, 1 - told) * np.minimum(1, 4 * share)
        filled += part[:, :, None] * around
        told += part
    level = np.clip(filled / told[:, :, None], 0, 255).astype(np.uint8)
    if pixels.ndim == 2:
        level = level[:, :, 0]
    return np.asarray(cv2.resize(level, (pixels.shape[1], pixels.shape[0])), dtype=np.uint8)


def _covered(foreign: Gray, least: int) -> list[Quad]:
    """Boxes around what lies over the page, wider than `least` pixels."""
    opened = cv2.morphologyEx(foreign, cv2.MORPH_OPEN, np.ones((least, least), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(opened)
    quads: list[Quad] = []
    for x, y, w, h, _ in stats[1:].tolist():
        quads.append(((x, y), (x + w, y), (x + w, y + h), (x, y + h)))
    return quads


def _in_gutter(place: Quad, width: int, *, right: bool) -> bool:
    """Whether the place is in the gutter's shadow alone, at the head or foot of which cover shows."""
    x0, _, x1, _ = bounds(place)
    return (x1 if right else width - x0) < _GUTTER * width


def _turned_back(book: OpenedBook, turn: int, scan: Pixels) -> OpenedBook:
    """The book found on the scan turned by so many degrees, told in the scan's own pixels."""
    if turn == 0:
        return book
    back = quarter_turn(turn, scan.shape[1], scan.shape[0])
    pages = [
        FlatPage(
            pixels=page.pixels,
            to_scan=page.to_scan.into(back),
            outline=back.quad(page.outline),
            covered=tuple(back.quad(quad) for quad in page.covered),
        )
        for page in book.pages
    ]
    return OpenedBook(pages=(pages[0], pages[1]), gutter=(back(book.gutter[0]), back(book.gutter[1])))
