"""The paper of an opened book in the picture: where it ends at the table, and what lies over it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.bend import Bend, Side
from pipeline.imaging.book_lines import Curve
from pipeline.imaging.warp import Pixels

Gray = NDArray[np.uint8]
Floats = NDArray[np.float64]
Line = tuple[float, float]  # x = at + slope * y

# Lengths are in pixels of the small picture unless it says otherwise; all by trial.
_SMALL = 640  # pixels of its longer side
_SHADOW = 0.07  # of the width: how far the shadow of a gutter reaches, to either side
_CLOSED, _OPENED = 9, 7
_LEAST, _SOLID = 0.2, 0.86  # of the picture that an opened book fills; of its hull that it fills
_RIM = 0.012  # of the picture's sides: nearer is the end of the picture, not of the paper
_LEVELS = (0.4, 0.5, 0.6, 0.68, 0.75, 0.85)  # shares of the paper's L* above which something may be paper
_BAND, _SHARP = 9, 25.0  # pixels within which inside and outside are compared; colour distance of a sharp end
_CUT_OFF = 0.4  # what the picture's own end counts for instead
_AS_LIGHT = 0.8  # of the paper's L* at a place that what is paper there has at least
_COLOUR = 11.0  # CIE 1976 a*, b* distance from the paper of what is no paper
_STATIONS = 48  # along each edge
_OFF_LINE = 2.0  # from a page's outer edge
_FROM_GUTTER = 0.16  # of a page's width: nearer, head and foot are not seen beside the gutter's shadow
_EDGE_COUNTS = 4.0  # times a letter's foot


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """Where paper is: `mask` is 255 on it, in the view's pixels."""

    mask: Gray

    def holds(self, points: Floats) -> bool:
        """Whether most of the points lie on paper."""
        x = np.clip(points[:, 0].astype(int), 0, self.mask.shape[1] - 1)
        y = np.clip(points[:, 1].astype(int), 0, self.mask.shape[0] - 1)
        return bool((self.mask[y, x] > 0).mean() > 0.8)

    def sides(self, gutter: Line) -> tuple[Side, Side] | None:
        """Left and right page; None where there is hardly any paper.

        Of a page that the picture cuts off, the outer edge runs as perspective has it: gutter and edges are parallel on
        the table, so that their slopes grow evenly across the picture.
        """
        left, right = self._side(gutter, right=False), self._side(gutter, right=True)
        if left is None or right is None:
            return None
        if left.cut == right.cut:
            return left, right
        return (left, _as_facing(right, left)) if right.cut else (_as_facing(left, right), right)

    def _side(self, gutter: Line, *, right: bool) -> Side | None:
        """The page at one side of the gutter: its outer edge a straight line; None where there is hardly any paper."""
        height, width = self.mask.shape
        rows = np.linspace(0.05 * height, 0.95 * height, _STATIONS).astype(int)
        found = []
        for y in rows:
            at = int(np.clip(gutter[0] + gutter[1] * y, 1, width - 2))
            line = self.mask[y, at:] if right else self.mask[y, at::-1]
            paper = np.flatnonzero(line)
            if len(paper) > 0.1 * width:
                found.append((float(y), float(at + paper[-1] + 1 if right else at - paper[-1])))
        if len(found) < _STATIONS // 3:
            return None
        y, x = np.array(found).T
        edge = _outer_line(y, x, width, right)
        top, bottom = self._ends(gutter, edge)
        middle = (top + bottom) / 2
        return Side(
            gutter=(gutter[0] + gutter[1] * middle, gutter[1]),
            edge=(edge[0] + edge[1] * middle, edge[1]),
            middle=middle,
            high=bottom - top,
            cut=float(np.median(x if right else width - x)) > (1 - _RIM) * width,
        )

    def _ends(self, gutter: Line, edge: Line) -> tuple[float, float]:
        """Median first and last paper across the page."""
        tops, bottoms = [], []
        for share in np.linspace(0.1, 0.9, 17):
            column = self._column(gutter[0] + share * (edge[0] - gutter[0]), gutter[1] + share * (edge[1] - gutter[1]))
            if column is not None:
                tops.append(column[0])
                bottoms.append(column[1])
        if not tops:
            return 0.0, float(self.mask.shape[0])
        return float(np.median(tops)), float(np.median(bottoms))

    def _column(self, at: float, slope: float) -> tuple[float, float] | None:
        """First and last paper along the line `x = at + slope * y`."""
        height, width = self.mask.shape
        y = np.arange(height)
        x = np.clip((at + slope * y).astype(int), 0, width - 1)
        paper = np.flatnonzero(self.mask[y, x])
        return (float(paper[0]), float(paper[-1] + 1)) if len(paper) > 0.3 * height else None

    def edges(self, side: Side) -> list[Curve]:
        """Head and foot of the page as curves, where paper ends within the picture."""
        height = self.mask.shape[0]
        heads, feet = [], []
        for share in np.linspace(_FROM_GUTTER, 0.95, _STATIONS):
            slope = side.gutter[1] + share * (side.edge[1] - side.gutter[1])
            at = side.gutter[0] + share * (side.edge[0] - side.gutter[0]) - slope * side.middle
            column = self._column(at, slope)
            if column is None:
                continue
            head, foot = column
            if head > _RIM * height:
                heads.append((at + slope * head, head))
            if foot < (1 - _RIM) * height:
                feet.append((at + slope * foot, foot))
        return [Curve(np.array(points), _EDGE_COUNTS) for points in (heads, feet) if len(points) > _STATIONS // 2]

    def heights(self, bend: Bend) -> tuple[float, float]:
        """Heights on the flat page at which the paper begins and ends, also where a finger hides its edge."""
        side = bend.side
        heads, feet = [], []
        for share in np.linspace(0.05, 0.95, _STATIONS):
            slope = side.gutter[1] + share * (side.edge[1] - side.gutter[1])
            at = side.gutter[0] + share * (side.edge[0] - side.gutter[0]) - slope * side.middle
            column = self._column(at, slope)
            if column is not None:
                ends = np.array([(at + slope * y, y) for y in column])
                head, foot = bend.height(ends)
                heads.append(head)
                feet.append(foot)
        if not heads:
            return side.middle - side.high / 2, side.middle + side.high / 2
        return float(np.percentile(heads, 30)), float(np.percentile(feet, 70))


def _as_facing(side: Side, facing: Side) -> Side:
    """The page with its outer edge in perspective with the gutter and the facing page's edge."""
    (at, slope), (far, far_slope) = facing.gutter, facing.edge
    growth = (far_slope - slope) / (far - at)
    edge = side.edge[0]
    return replace(side, edge=(edge, side.gutter[1] + growth * (edge - side.gutter[0])))


def _outer_line(y: Floats, x: Floats, width: int, right: bool) -> Line:
    """The line along a page's outer edge; thumbs and torn places lie within it and count for nothing."""
    best: tuple[float, Line] = (-1.0, (float(np.median(x)), 0.0))
    tolerance = max(_OFF_LINE, 0.003 * width)
    pairs = np.random.default_rng(5).integers(0, len(y), (200, 2))
    for i, j in pairs:
        if abs(y[i] - y[j]) < 0.2 * (y.max() - y.min()):
            continue
        slope = (x[j] - x[i]) / (y[j] - y[i])
        at = x[i] - slope * y[i]
        near = np.abs(x - (at + slope * y)) < tolerance
        beyond = ((x - (at + slope * y)) * (1 if right else -1) > tolerance).sum()
        score = float(near.sum() - beyond)
        if abs(slope) < 0.2 and score > best[0]:
            fitted = np.polyfit(y[near], x[near], 1)
            best = (score, (float(fitted[1]), float(fitted[0])))
    return best[1]


def find_paper(view: Pixels, gutter: Line) -> Paper | None:
    """The paper of the book whose gutter this is; None where no solid sheet lies around it."""
    height, width = view.shape[:2]
    scale = max(height, width) / _SMALL
    size = (round(width / scale), round(height / scale))
    small = cv2.resize(view, size, interpolation=cv2.INTER_AREA)
    if small.ndim == 2:
        small = cv2.cvtColor(small, cv2.COLOR_GRAY2BGR)
    lab = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_BGR2LAB)
    # Ink is bridged, so that only large things remain.
    light = cv2.morphologyEx(lab[:, :, 0], cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    line = (gutter[0] / scale, gutter[1])
    masks = [m for m in _candidates(light, lab, line) if _is_book(m)]
    if not masks:
        return None
    best = max(masks, key=lambda mask: _likeness(mask, lab))
    for _ in range(2):
        again = _by_light(best, light, lab, line)
        if _is_book(again) and _likeness(again, lab) > _likeness(best, lab):
            best = again
    wide = cv2.resize(best * 255, (width, height), interpolation=cv2.INTER_LINEAR)
    return Paper(mask=(wide >= 128).astype(np.uint8) * 255)


def _candidates(light: NDArray[np.float32], lab: NDArray[np.float32], gutter: Line) -> list[Gray]:
    """Masks of what may be the book: lighter than several levels, of the paper's colour, around the gutter."""
    height, width = light.shape
    middle = lab[height // 5 : -height // 5, width // 5 : -width // 5].reshape(-1, 3)
    paper = np.median(middle[middle[:, 0] >= np.median(middle[:, 0])], axis=0)
    soft = cv2.blur(lab, (5, 5))
    tint = np.linalg.norm(soft[:, :, 1:] - paper[1:], axis=2) < _COLOUR
    levels = {float(cv2.threshold(light.astype(np.uint8), 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[0])}
    levels |= {share * float(paper[0]) for share in _LEVELS}
    return [_whole((light > level) & tint, gutter) for level in sorted(levels)]


def _by_light(mask: Gray, light: NDArray[np.float32], lab: NDArray[np.float32], gutter: Line) -> Gray:
    """What is as light as this paper is there: its light is taken to change over the picture as a square function."""
    height, width = light.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32) / max(height, width) - 0.5
    terms = np.stack([np.ones_like(x), x, y, x * y, x * x, y * y], axis=2)
    inner = cv2.erode(mask, np.ones((_BAND, _BAND), np.uint8)) > 0
    fitted = np.linalg.lstsq(terms[inner][::7], light[inner][::7], rcond=None)[0]
    paper = np.median(lab[inner][:, 1:], axis=0)
    tint = np.linalg.norm(cv2.blur(lab, (5, 5))[:, :, 1:] - paper, axis=2) < _COLOUR
    return _whole((light > _AS_LIGHT * (terms @ fitted)) & tint, gutter)


def _whole(there: NDArray[np.bool_], gutter: Line) -> Gray:
    mask = _across_gutter(there.astype(np.uint8), gutter)
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((_CLOSED, _CLOSED), np.uint8))
    return _largest(cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((_OPENED, _OPENED), np.uint8)))


def _likeness(mask: Gray, lab: NDArray[np.float32]) -> float:
    return _fullness(mask) * _bordered(mask, lab)


def _across_gutter(mask: Gray, gutter: Line) -> Gray:
    """The dark gutter filled where there is paper on both sides of it."""
    height, width = mask.shape
    reach = max(4, round(_SHADOW * width))
    out = mask.copy()
    for y in range(height):
        at = int(np.clip(gutter[0] + gutter[1] * y, reach, width - reach - 1))
        left, right = mask[y, at - reach : at], mask[y, at : at + reach]
        if left[: reach // 2].any() and right[reach // 2 :].any():
            out[y, at - reach + int(left.nonzero()[0][0]) : at + int(right.nonzero()[0][-1]) + 1] = 1
    return out


def _largest(mask: Gray) -> Gray:
    """The largest piece, its holes filled."""
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    out = np.zeros_like(mask)
    if contours:
        cv2.drawContours(out, [max(contours, key=cv2.contourArea)], -1, 1, -1)
    return out


def _is_book(mask: Gray) -> bool:
    return float(mask.mean()) >= _LEAST and _solidity(mask) >= _SOLID


def _fullness(mask: Gray) -> float:
    """How much it is one whole rectangle: a shadow that is taken for the table cuts off corners."""
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    _, (width, height), _ = cv2.minAreaRect(max(contours, key=cv2.contourArea))
    return float(_solidity(mask) * mask.sum() / max(float(width) * float(height), 1.0))


def _bordered(mask: Gray, lab: NDArray[np.float32]) -> float:
    """How sharply things end along its outline, 0 to 1: paper at the table does, in a shadow it does not."""
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    x, y = max(contours, key=cv2.contourArea).reshape(-1, 2)[::2].T
    height, width = mask.shape
    inside = mask.astype(np.float32)
    share = cv2.blur(inside, (_BAND, _BAND))[y, x]
    within = cv2.blur(lab * inside[:, :, None], (_BAND, _BAND))[y, x]
    both = cv2.blur(lab, (_BAND, _BAND))[y, x]
    beyond = (both - within) / np.maximum(1 - share, 0.05)[:, None]
    apart = np.linalg.norm(within / np.maximum(share, 0.05)[:, None] - beyond, axis=1)
    at_rim = (x < 3) | (y < 3) | (x > width - 4) | (y > height - 4)
    return float(np.where(at_rim, _CUT_OFF, np.minimum(1.0, apart / _SHARP)).mean())


def _solidity(mask: Gray) -> float:
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not contours:
        return 0.0
    piece = max(contours, key=cv2.contourArea)
    return float(cv2.contourArea(piece) / max(cv2.contourArea(cv2.convexHull(piece)), 1.0))
