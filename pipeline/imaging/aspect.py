"""The true shape of a rectangle seen in perspective, and which known format it is."""

from __future__ import annotations

import math

import numpy as np

from pipeline.domain.geometry import Point, Quad
from pipeline.imaging.regions import side_lengths
from pipeline.imaging.scale import CARD_MM

CARD = CARD_MM[0] / CARD_MM[1]  # length over height, ISO/IEC 7810 ID-1
SHEET = math.sqrt(2)  # ISO 216
_PARALLEL = 0.04  # relative: opposite sides whose depths differ by less are parallel for the formula; by trial
_FOCAL = (0.6, 8.0)  # focal length over half the picture's longer side: wide-angle to long telephoto; by trial
_BELIEVED = (0.75, 1.33)  # the formula's aspect over the plain one; beyond it the corners are wrong; by trial


def true_aspect(quad: Quad, centre: Point) -> float:
    """Width over height of the rectangle whose picture is `quad`.

    For a camera with square pixels whose axis meets the picture at `centre`, after Zhang and He,
    "Whiteboard scanning and image enhancement" (2007). Where opposite sides are nearly parallel the
    formula is undetermined, and the ratio of the mean side lengths is used.
    """
    plain = _plain(quad)
    a, b, c, d = (np.array((x - centre[0], y - centre[1], 1.0)) for x, y in (quad[0], quad[1], quad[3], quad[2]))
    k2 = np.cross(a, d) @ c / (np.cross(b, d) @ c)
    k3 = np.cross(a, d) @ b / (np.cross(c, d) @ b)
    n2, n3 = k2 * b - a, k3 * c - a
    if abs(k2 - 1) < _PARALLEL or abs(k3 - 1) < _PARALLEL or abs(n2[2] * n3[2]) < 1e-9:
        return plain
    focal2 = -(n2[0] * n3[0] + n2[1] * n3[1]) / (n2[2] * n3[2])
    size = max(abs(centre[0]), abs(centre[1]))
    if not _FOCAL[0] * size < math.sqrt(max(focal2, 0.0)) < _FOCAL[1] * size:
        return plain
    width2 = (n2[0] ** 2 + n2[1] ** 2) / focal2 + n2[2] ** 2
    height2 = (n3[0] ** 2 + n3[1] ** 2) / focal2 + n3[2] ** 2
    aspect = math.sqrt(width2 / height2)
    return aspect if _BELIEVED[0] < aspect / plain < _BELIEVED[1] else plain


def near(aspect: float, format_aspect: float, tolerance: float) -> bool:
    """Whether the shape is the format's, lying or standing, within a relative tolerance."""
    return abs(max(aspect, 1 / aspect) / format_aspect - 1) <= tolerance


def squared_size(quad: Quad, aspect: float) -> tuple[float, float]:
    """Width and height of the squared picture: of this shape, and no smaller than the longest side seen."""
    width, height = side_lengths(quad)
    width = max(width, height * aspect)
    return width, width / aspect


def _plain(quad: Quad) -> float:
    width, height = side_lengths(quad)
    return width / max(height, 1e-6)
