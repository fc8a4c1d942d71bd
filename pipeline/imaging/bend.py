"""How a page of an opened book is bent, from the curves along which its lines run.

A page bends along rulings that run as its gutter does. In the picture each ruling is a straight line, and along it the
height on the flat page is nearly an affine function of the height in the picture, whatever the bend. A page's lines
are where it is constant. So height is `v = y + A(x) + B(x) y + C(x) y²` with smooth A, B and C, by least squares over
all lines at once: no start is needed and nothing is assumed of the bend's shape. (Cao, Ding and Liu, "Rectifying the
bound document image captured by the camera", 2003, rectify a general cylinder by its lines in the same spirit.)

How long the paper is across follows from the same fit. What is nearer to the camera is seen larger: `1 + B` is the
ruling's distance from the camera over a usual one's. With the focal length of phones' cameras the depth's steps
count into the length.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.book_lines import Curve

Floats = NDArray[np.float64]

# All by trial unless it says otherwise.
_KNOTS = (13, 9, 4)  # of A, B and C across a page
_STIFF = (0.4, 1.2, 10.0)  # weight of their bending against a pixel of error
_NEAR = 0.12  # of a page's width: towards the gutter knots are closer than this scale
_ROUNDS = 7  # of reweighting
_OFF = 1.8  # view pixels from a line beyond which a point counts less: feet of g, p, q, y
_REFERENCE = 0.65  # of the width from the gutter: where nothing is stretched
FOCAL = 0.76  # of the photo's longer side: a 26 mm lens on 4:3 (34.6 mm), as phones' main cameras have
_STRETCHED = (0.75, 3.0)  # paper a view pixel across shows, over that at the reference
_FEWEST_CURVES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One page in the view: its gutter and its outer edge as `x = at + slope * (y - middle)`.

    `middle` and `high` are its middle height and height, in view pixels. `cut`: the picture ends before its outer edge.
    """

    gutter: tuple[float, float]
    edge: tuple[float, float]
    middle: float
    high: float
    cut: bool = False

    @property
    def wide(self) -> float:
        return abs(self.edge[0] - self.gutter[0])

    def ruling(self, points: Floats) -> Floats:
        """Where the rulings through these points, (N, 2), cross the middle height."""
        (g, kg), (e, ke) = self.gutter, self.edge
        turn = (ke - kg) / (e - g)
        y = points[:, 1] - self.middle
        return np.asarray((points[:, 0] - (kg - turn * g) * y) / (1 + turn * y), dtype=np.float64)

    def point(self, ruling: Floats, y: Floats) -> Floats:
        """The x at height y on these rulings."""
        (g, kg), (e, ke) = self.gutter, self.edge
        return np.asarray(ruling + (kg + (ke - kg) * (ruling - g) / (e - g)) * (y - self.middle), dtype=np.float64)

    def share(self, ruling: Floats) -> Floats:
        """Distance from the gutter as a share of the width."""
        return np.asarray((ruling - self.gutter[0]) / (self.edge[0] - self.gutter[0]), dtype=np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bend:
    """The fitted bend. `lines`: how many curves told it; `off`: their median distance from straight afterwards."""

    side: Side
    weights: tuple[Floats, Floats, Floats]
    lines: int
    off: float

    def height(self, points: Floats) -> Floats:
        """Height on the flat page of points in the view, (N, 2), in view pixels."""
        a, b, c = self._terms(self.side.ruling(points))
        y = (points[:, 1] - self.side.middle) / self.side.high
        return np.asarray(points[:, 1] + a + b * y + c * y**2, dtype=np.float64)

    def seen(self, ruling: Floats, height: Floats) -> Floats:
        """The y in the view at which these rulings reach these heights: the inverse of `height`; broadcasts."""
        a, b, c = self._terms(ruling)
        high, middle = self.side.high, self.side.middle
        y = (height - a - middle) / (high + b)
        for _ in range(3):
            error = middle + y * high + a + b * y + c * y**2 - height
            y = y - error / (high + b + 2 * c * y)
        return np.asarray(middle + y * high, dtype=np.float64)

    def nearness(self, ruling: Floats) -> Floats:
        """Distance from the camera at the rulings over that at the reference."""
        return np.asarray(1 + self._terms(ruling)[1] / self.side.high, dtype=np.float64)

    def lengths(self, rulings: Floats, *, centre: float, focal: float) -> Floats:
        """Length of paper from the first of these rulings to each, in view pixels as at the reference.

        `centre`: where the camera's axis meets the view, across; `focal` in view pixels.
        """
        near = self.nearness(rulings)
        across, deep = np.diff((rulings - centre) * near), focal * np.diff(near)
        step = np.diff(rulings)
        stretch = np.clip(np.hypot(across, deep) / np.maximum(np.abs(step), 1e-9), *_STRETCHED)
        return np.concatenate([[0.0], np.cumsum(stretch * np.abs(step))])

    def most(self) -> float:
        """How far the page's lines leave the straight, at most, as a share of its height."""
        share = np.linspace(0.0, 0.98, 50)
        ruling = self.side.gutter[0] + share * (self.side.edge[0] - self.side.gutter[0])
        a, b, _ = self._terms(ruling)
        off = []
        for y in (-0.4, 0.0, 0.4):
            shift = a + b * y
            off.append(float(np.abs(shift - np.polyval(np.polyfit(share, shift, 1), share)).max()))
        return max(off) / self.side.high

    def _terms(self, ruling: Floats) -> tuple[Floats, Floats, Floats]:
        share = self.side.share(ruling)
        a, b, c = (_basis(share, n) @ w for n, w in zip(_KNOTS, self.weights, strict=True))
        return a, b, c


def fit_bend(side: Side, curves: Sequence[Curve]) -> Bend | None:
    """The bend under which every curve lies at one height, as nearly as can be; None with too few curves."""
    curves = [curve for curve in curves if len(curve.points) >= 3]
    if len(curves) < _FEWEST_CURVES:
        return None
    points = np.concatenate([curve.points for curve in curves])
    owner = np.repeat(np.arange(len(curves)), [len(curve.points) for curve in curves])
    share, y = side.share(side.ruling(points)), (points[:, 1] - side.middle) / side.high
    parts = [_basis(share, n) for n in _KNOTS]
    design = np.concatenate([parts[0], parts[1] * y[:, None], parts[2] * (y**2)[:, None]], axis=1)
    extra = _smooth()
    trust = np.repeat([curve.weight for curve in curves], [len(curve.points) for curve in curves])
    weights = trust
    solved = np.zeros(design.shape[1])
    for _ in range(_ROUNDS):
        means = [_means(column, owner, weights) for column in (design, points[:, 1:2])]
        root = np.sqrt(weights)[:, None]
        left = np.concatenate([root * (design - means[0][owner]), extra])
        right = np.concatenate([-(root * (points[:, 1:2] - means[1][owner]))[:, 0], np.zeros(len(extra))])
        solved = np.linalg.solve(left.T @ left, left.T @ right)
        level = points[:, 1] + design @ solved
        off = level - _means(level[:, None], owner, weights)[owner, 0]
        weights = trust / (1 + (off / _OFF) ** 2)
    cut = np.cumsum(_KNOTS)[:-1]
    a, b, c = np.split(solved, cut)
    return Bend(side=side, weights=(a, b, c), lines=len(curves), off=float(np.median(np.abs(off))))


def _means(values: Floats, owner: NDArray[np.int_], weights: Floats) -> Floats:
    """Weighted means of the rows of each owner."""
    count = int(owner.max()) + 1
    total = np.bincount(owner, weights, count)
    sums = [np.bincount(owner, weights * column, count) for column in values.T]
    return np.asarray(np.stack(sums, axis=1) / np.maximum(total, 1e-9)[:, None], dtype=np.float64)


def _basis(share: Floats, knots: int) -> Floats:
    """Cubic B-splines over the page, closer together towards the gutter; outside they go on as at its rim."""
    place = np.log1p(np.clip(share, -0.02, 1.05) / _NEAR) / np.log1p(1 / _NEAR) * (knots - 3)
    first = np.clip(np.floor(place), 0, knots - 4).astype(int)
    t = place - first
    parts = ((1 - t) ** 3, 3 * t**3 - 6 * t**2 + 4, -3 * t**3 + 3 * t**2 + 3 * t + 1, t**3)
    out = np.zeros((len(share), knots))
    rows = np.arange(len(share))
    for n, part in enumerate(parts):
        out[rows, first + n] = part / 6
    return out


def _smooth() -> Floats:
    """Rows that hold the weights' second differences down, and A and B at the reference to nothing."""
    total = sum(_KNOTS)
    rows: list[Floats] = []
    start = 0
    for knots, stiff in zip(_KNOTS, _STIFF, strict=True):
        for n in range(knots - 2):
            row = np.zeros(total)
            row[start + n : start + n + 3] = np.array([1.0, -2.0, 1.0]) * stiff
            rows.append(row)
        held = np.zeros(total)
        held[start : start + knots] = _basis(np.array([_REFERENCE]), knots)[0] * 1e3
        rows.append(held)
        start += knots
    faint = np.eye(total) * 1e-3
    return np.concatenate([np.array(rows), faint])
