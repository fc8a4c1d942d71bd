"""Opened books photographed with a phone: two pages that bend towards the gutter, on a table, held by thumbs.

Each page is a sheet bent along a Bézier curve (depth over distance from the gutter) that may lift more at its head than
at its foot, seen by a pinhole camera with a lens that distorts radially. The product assumes neither this curve nor the
lens (`pipeline.imaging.opened_book`). Lengths are in millimetres unless it says otherwise; x to the right, y down, z
towards the camera.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_models.workshop.drawing import degrade
from ocr_models.workshop.drawing.canvas import Pixels
from ocr_models.workshop.drawing.degrade import Shot
from pipeline.domain.geometry import Point, Quad

Floats = NDArray[np.float64]

_ALONG, _ACROSS = 48, 10  # cells that a page is drawn in, away from the gutter and down
_SAMPLES = 400  # of the curve, for its length
_SKINS = ((110, 150, 205), (95, 135, 190), (135, 175, 225), (70, 105, 160))  # BGR


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """How a page rises from the gutter and falls to its edge: `x`, `z` over `s`, the length along the paper.

    `lift` is by how much of `z` the page's head stands higher than its foot.
    """

    s: Floats
    x: Floats
    z: Floats
    lift: float

    def at(self, s: Floats, t: Floats) -> tuple[Floats, Floats]:
        """Distance from the gutter and height; `t` is 0 at the head and 1 at the foot."""
        x, z = np.interp(s, self.s, self.x), np.interp(s, self.s, self.z)
        return x, z * (1 + self.lift * (0.5 - t))


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """A pinhole camera with radial distortion. `rotation`, `place`: from the book's coordinates to the camera's."""

    rotation: Floats
    place: Floats
    focal: float  # pixels
    radial: tuple[float, float]
    size: tuple[int, int]

    def __call__(self, points: Floats) -> Floats:
        """(N, 3) points of the book as (N, 2) pixels."""
        seen = points @ self.rotation.T + self.place
        plane = seen[:, :2] / seen[:, 2:]
        square = (plane**2).sum(axis=1, keepdims=True)
        plane = plane * (1 + self.radial[0] * square + self.radial[1] * square**2)
        return np.asarray(plane * self.focal + np.array(self.size) / 2, dtype=np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedPage:
    """One page of the photographed book: where each of its pixels went."""

    width: int
    height: int
    ppm: float
    left: bool
    curve: Curve
    camera: Camera

    def points(self, pixels: Floats) -> Floats:
        """(N, 2) pixels of the drawn page as (N, 2) pixels of the photo."""
        across = (self.width - pixels[:, 0]) if self.left else pixels[:, 0]
        x, z = self.curve.at(across / self.ppm, pixels[:, 1] / self.height)
        y = (pixels[:, 1] - self.height / 2) / self.ppm
        return self.camera(np.stack([-x if self.left else x, y, -z], axis=1))

    def quad(self, x0: float, y0: float, x1: float, y1: float) -> Quad:
        a, b, c, d = self.points(np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], dtype=np.float64)).tolist()
        return ((a[0], a[1]), (b[0], b[1]), (c[0], c[1]), (d[0], d[1]))

    def outline(self) -> list[Point]:
        """Around the page, clockwise from its upper left."""
        across = np.linspace(0, self.width, 40)
        top = np.stack([across, np.zeros(40)], axis=1)
        bottom = np.stack([across[::-1], np.full(40, float(self.height))], axis=1)
        return [(float(x), float(y)) for x, y in self.points(np.concatenate([top, bottom]))]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedBook:
    """The photo, its pages (left, right), the gutter from head to foot, and what fingers cover."""

    pixels: Pixels
    pages: tuple[OpenedPage, OpenedPage]
    gutter: tuple[Point, Point]
    covered: tuple[Quad, ...]


def photograph_book(
    left: Pixels, right: Pixels, ppm: float, rng: Random, *, long_side: int, fingers: int = 0, strength: float = 1.0
) -> OpenedBook:
    """Two drawn pages of one height, bound, opened and photographed. `ppm`: their pixels per millimetre.

    `long_side` of the photo in pixels; `strength` scales bend, tilt and bad light.
    """
    height, wide = left.shape[0], (left.shape[1] + right.shape[1]) / ppm
    size = (long_side, round(long_side * 0.75))
    camera = _camera(rng, size, wide, height / ppm, strength)
    curves = [_curve(rng, page.shape[1] / ppm, strength) for page in (left, right)]
    pages = tuple(
        OpenedPage(width=page.shape[1], height=height, ppm=ppm, left=n == 0, curve=curves[n], camera=camera)
        for n, page in enumerate((left, right))
    )
    frame = _table(rng, *size)
    for page in pages:
        _draw_block(frame, page, rng)
    dark = rng.uniform(0.35, 0.75) * min(strength, 1.2)
    for page, pixels in zip(pages, (left, right), strict=True):
        _draw_page(frame, page, pixels, rng, dark)
    covered = tuple(_draw_finger(frame, rng.choice(pages), rng) for _ in range(fingers))
    shot = degrade.uneven_light(Shot.of(frame), rng, 1 - 0.3 * min(strength, 1.5))
    shot = degrade.noise(degrade.blur(shot, rng.uniform(0.3, 0.7)), rng, rng.uniform(1.5, 4.5))
    (x0, y0), (x1, y1) = pages[1].points(np.array([(0.0, 0.0), (0.0, float(height))])).tolist()
    return OpenedBook(pixels=shot.pixels, pages=(pages[0], pages[1]), gutter=((x0, y0), (x1, y1)), covered=covered)


def _camera(rng: Random, size: tuple[int, int], wide: float, high: float, strength: float) -> Camera:
    focal = size[0] * rng.uniform(0.70, 0.88)
    tilt = [math.radians(rng.gauss(0, sigma) * strength) for sigma in (4.0, 3.0, 1.6)]
    rotation = cv2.Rodrigues(np.array([tilt[0], 0, 0]))[0] @ cv2.Rodrigues(np.array([0, tilt[1], 0]))[0]
    rotation = cv2.Rodrigues(np.array([0, 0, tilt[2]]))[0] @ rotation
    fills = rng.uniform(0.84, 0.96)
    far = max(wide * focal / size[0], high * focal / size[1]) / fills
    place = np.array([rng.uniform(-0.01, 0.01) * wide, rng.uniform(-0.01, 0.01) * high, far])
    radial = (rng.uniform(-0.05, 0.04) * strength, rng.uniform(-0.02, 0.02) * strength)
    return Camera(rotation=np.asarray(rotation, np.float64), place=place, focal=focal, radial=radial, size=size)


def _curve(rng: Random, width: float, strength: float) -> Curve:
    """A Bézier curve of the page's length, from the gutter up over a hump and down to the edge."""
    high = rng.uniform(5, 16) * strength
    ends = np.array(
        [
            (0.0, 0.0),
            (rng.uniform(0.03, 0.12) * width, high * rng.uniform(1.0, 1.7)),
            (rng.uniform(0.35, 0.6) * width, high * rng.uniform(0.7, 1.3)),
            (width, high * rng.uniform(0.0, 0.7)),
        ]
    )
    u = np.linspace(0, 1, _SAMPLES)[:, None]
    path = (1 - u) ** 3 * ends[0] + 3 * u * (1 - u) ** 2 * ends[1] + 3 * u**2 * (1 - u) * ends[2] + u**3 * ends[3]
    s = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))])
    return Curve(s=s * width / s[-1], x=path[:, 0] * width / s[-1], z=path[:, 1], lift=rng.uniform(-0.35, 0.35))


def _table(rng: Random, width: int, height: int) -> Pixels:
    shot = degrade.photograph(Shot.of(np.full((8, 8, 3), 90, np.uint8)), rng, long_side=max(width, height))
    wood = np.asarray(cv2.resize(shot.pixels[: shot.pixels.shape[0] // 3], (width, height)), dtype=np.uint8)
    grain = np.random.default_rng(rng.randrange(1 << 30)).normal(0, 6, (height // 3 + 1, 40, 1))
    lines = cv2.resize(grain.astype(np.float32), (width, height))
    return np.asarray(np.clip(wood.astype(np.float32) + lines[:, :, None], 0, 255), dtype=np.uint8)


def _draw_block(frame: Pixels, page: OpenedPage, rng: Random) -> None:
    """The cover, and the edges of the pages below, a little wider than the page."""
    edge = page.width if not page.left else 0
    out = -1.0 if page.left else 1.0
    thick = rng.uniform(1.5, 6.0) * page.ppm
    cover = rng.choice(((40, 35, 60), (60, 70, 30), (45, 45, 50), (90, 60, 30)))
    margin = 4 * page.ppm
    corners = [(edge + out * (thick + margin), -margin), (page.width - edge, -margin)]
    corners += [(page.width - edge, page.height + margin), (edge + out * (thick + margin), page.height + margin)]
    cv2.fillPoly(frame, [page.points(np.array(corners)).round().astype(np.int32)], cover)
    steps = max(3, round(thick / 3))
    for n in range(steps, 0, -1):
        x = edge + out * thick * n / steps
        strip = np.array([(x, 0.0), (edge, 0.0), (edge, page.height), (x, page.height)], dtype=np.float64)
        shade = rng.randint(150, 225)
        cv2.fillPoly(frame, [page.points(strip).round().astype(np.int32)], (shade - 12, shade - 5, shade))


def _draw_page(frame: Pixels, page: OpenedPage, pixels: Pixels, rng: Random, dark: float) -> None:
    """The page, cell by cell, lit by its slope and darkened towards the gutter. Changes the frame's pixels."""
    lit = _lit(page, pixels, rng, dark)
    # Finer towards the gutter, where the page is steep.
    share = np.linspace(0, 1, _ALONG + 1) ** 1.6
    across = page.width * ((1 - share)[::-1] if page.left else share)
    down = np.linspace(0, page.height, _ACROSS + 1)
    for x0, x1 in _pairs(across):
        for y0, y1 in _pairs(down):
            _draw_cell(frame, lit, page, (x0, y0, x1, y1))


def _pairs(values: Floats) -> Iterator[tuple[float, float]]:
    yield from zip(values[:-1].tolist(), values[1:].tolist(), strict=True)


def _lit(page: OpenedPage, pixels: Pixels, rng: Random, dark: float) -> Pixels:
    across = np.abs(np.arange(page.width) + 0.5 - (page.width if page.left else 0)) / page.ppm
    _, z = page.curve.at(across, np.full(page.width, 0.5))
    slope = np.gradient(z, across) * (-1 if page.left else 1)
    light = 1 - rng.uniform(-0.35, 0.35) * slope
    light *= 1 - dark * np.exp(-across / rng.uniform(3.0, 9.0))
    lit = pixels * np.clip(light, 0.1, 1.04).astype(np.float32)[None, :, None]
    return np.asarray(np.clip(lit, 0, 255), dtype=np.uint8)


def _draw_cell(frame: Pixels, lit: Pixels, page: OpenedPage, cell: tuple[float, float, float, float]) -> None:
    x0, y0, x1, y1 = cell
    target = np.array(page.quad(x0, y0, x1, y1), dtype=np.float64)
    if cv2.contourArea(target.astype(np.float32), oriented=True) <= 0:
        return  # seen from behind
    left, top = np.floor(target.min(axis=0)).astype(int) - 1
    right, bottom = np.ceil(target.max(axis=0)).astype(int) + 2
    left, top = max(left, 0), max(top, 0)
    right, bottom = min(right, frame.shape[1]), min(bottom, frame.shape[0])
    if right <= left or bottom <= top:
        return
    sx, sy = max(0, int(x0) - 3), max(0, int(y0) - 3)
    source = lit[sy : int(y1) + 4, sx : int(x1) + 4]
    corners = np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)]) - (sx, sy)
    shift = target - (left, top)
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), shift.astype(np.float32))
    shrink = (x1 - x0) * (y1 - y0) / max(abs(cv2.contourArea(target.astype(np.float32))), 1.0)
    if shrink > 1.8:
        source = cv2.GaussianBlur(source, (0, 0), 0.4 * math.sqrt(shrink))
    piece = cv2.warpPerspective(source, matrix, (right - left, bottom - top), flags=cv2.INTER_LINEAR,
                                borderMode=cv2.BORDER_REPLICATE)  # fmt: skip
    mask = np.zeros(piece.shape[:2], np.uint8)
    grown = shift + np.sign(shift - shift.mean(axis=0)) * 0.5
    cv2.fillConvexPoly(mask, grown.round().astype(np.int32), 1)
    place = frame[top:bottom, left:right]
    place[mask > 0] = piece[mask > 0]


def _draw_finger(frame: Pixels, page: OpenedPage, rng: Random) -> Quad:
    """A thumb over the page's outer edge or foot; gives the place on the page that it covers."""
    long, wide = rng.uniform(14, 30) * page.ppm, rng.uniform(15, 20) * page.ppm
    if rng.random() < 0.6:
        edge = 0.0 if page.left else float(page.width)
        tip = (edge + (long if page.left else -long), page.height * rng.uniform(0.35, 0.95))
        root = (edge - (3 * long if page.left else -3 * long), tip[1] + rng.uniform(0.2, 1.2) * long)
    else:
        tip = (page.width * rng.uniform(0.2, 0.8), page.height - long)
        root = (tip[0] + rng.uniform(-0.5, 0.5) * long, page.height + 3 * long)
    ends = page.points(np.array([tip, root]))
    thick = float(np.linalg.norm(np.diff(page.points(np.array([tip, (tip[0] + wide, tip[1])])), axis=0)))
    _draw_capsule(frame, ends, thick, rng)
    half = wide / 2
    x0, x1 = (tip[0] - half, root[0] + half) if tip[0] < root[0] else (root[0] - half, tip[0] + half)
    y0, y1 = min(tip[1], root[1]) - half, max(tip[1], root[1]) + half
    return page.quad(max(x0, 0.0), max(y0, 0.0), min(x1, float(page.width)), min(y1, float(page.height)))


def _draw_capsule(frame: Pixels, ends: Floats, thick: float, rng: Random) -> None:
    """Skin, rounder and darker to its sides, with a nail; casts a small shadow."""
    skin = rng.choice(_SKINS)
    (ax, ay), (bx, by) = ends.round().astype(int).tolist()
    shadow = np.full(frame.shape[:2], 255, np.uint8)
    cv2.line(shadow, (ax + round(thick / 8), ay + round(thick / 8)), (bx, by), 150, round(thick * 1.05))
    shadow = cv2.GaussianBlur(shadow, (0, 0), thick / 10)
    frame[:] = cv2.multiply(frame, cv2.merge([shadow] * 3), scale=1 / 255)
    for share in (1.0, 0.85, 0.65, 0.4):
        shade = 0.78 + 0.27 * (1 - share)
        colour = tuple(min(255.0, c * shade) for c in skin)
        cv2.line(frame, (ax, ay), (bx, by), colour, max(1, round(thick * share)), cv2.LINE_AA)
    turn = math.degrees(math.atan2(by - ay, bx - ax))
    nail = tuple(min(255.0, c * 1.08 + 12) for c in skin)
    middle = (round(ax + 0.12 * (bx - ax) * 0.3), round(ay + 0.12 * (by - ay) * 0.3))
    cv2.ellipse(frame, middle, (round(thick * 0.42), round(thick * 0.3)), turn, 0, 360, nail, -1, cv2.LINE_AA)


def bound_halves(sheet: Pixels, margin: int, at: int) -> tuple[Pixels, Pixels]:
    """A wide sheet as two facing pages: cut at `at`, with an inner margin of so many pixels on each."""
    paper = np.median(sheet.reshape(-1, 3), axis=0).astype(np.uint8)
    ground = np.empty((sheet.shape[0], margin, 3), np.uint8)
    ground[:] = paper
    return np.hstack([sheet[:, : at + 2], ground]), np.hstack([ground, sheet[:, at - 1 :]])


def spread(outlines: Sequence[Sequence[Point]]) -> Quad:
    """The upright box around outlines, as a quadrilateral."""
    points = np.array([p for outline in outlines for p in outline])
    (x0, y0), (x1, y1) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    return ((x0, y0), (x1, y0), (x1, y1), (x0, y1))
