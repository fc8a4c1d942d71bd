"""Vietnamese marks drawn as pen strokes, apart from their letter, as real pens and old typewriters set them.

Fonts place every mark in the one right spot. Clerks do not: the tone lands over the next letter, the
circumflex floats, the dot below becomes a dash. Offsets and sizes here stay inside what a person
still reads without doubt. Lengths are in x-heights of the writing, x to the right, y down.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.uint8]

_ACUTE, _GRAVE, _TILDE, _HOOK, _DOT = "\u0301", "\u0300", "\u0303", "\u0309", "\u0323"
_CIRCUMFLEX, _BREVE, _HORN, _BAR = "\u0302", "\u0306", "\u031b", "\u0335"

_SHAPES: dict[str, tuple[tuple[tuple[float, float], ...], ...]] = {
    _ACUTE: (((-0.10, 0.0), (0.14, -0.28)), ((-0.14, 0.0), (0.2, -0.2)), ((-0.03, 0.02), (0.07, -0.33))),
    _GRAVE: (((-0.14, -0.28), (0.10, 0.0)), ((-0.2, -0.2), (0.14, 0.0)), ((-0.07, -0.33), (0.03, 0.02))),
    _TILDE: (
        ((-0.26, -0.04), (-0.14, -0.17), (0.0, -0.1), (0.12, -0.04), (0.26, -0.18)),
        ((-0.24, -0.08), (-0.08, -0.2), (0.08, -0.06), (0.24, -0.2)),
        ((-0.3, -0.06), (-0.15, -0.15), (0.1, -0.08), (0.34, -0.14)),
    ),
    _HOOK: (
        ((-0.12, -0.26), (-0.02, -0.36), (0.11, -0.3), (0.1, -0.2), (0.0, -0.12), (0.0, -0.02)),
        ((-0.1, -0.3), (0.04, -0.35), (0.1, -0.24), (-0.02, -0.1), (0.05, 0.0)),
        ((-0.08, -0.24), (0.06, -0.3), (0.1, -0.18), (-0.04, -0.02)),
    ),
    _DOT: (((0.0, 0.0), (0.01, 0.01)), ((-0.05, 0.0), (0.05, 0.02)), ((0.0, 0.0), (0.0, 0.06))),
    _CIRCUMFLEX: (
        ((-0.24, 0.0), (0.0, -0.22), (0.24, 0.0)),
        ((-0.2, 0.02), (-0.02, -0.2), (0.18, 0.03)),
        ((-0.24, -0.02), (-0.05, -0.14), (0.05, -0.14), (0.25, 0.02)),
    ),
    _BREVE: (
        ((-0.22, -0.2), (-0.12, -0.03), (0.1, -0.03), (0.22, -0.2)),
        ((-0.24, -0.14), (0.0, 0.0), (0.24, -0.16)),
    ),
    _HORN: (
        ((-0.02, 0.02), (0.12, -0.04), (0.17, -0.18), (0.12, -0.24)),
        ((-0.04, 0.05), (0.13, 0.0), (0.16, -0.15)),
        ((-0.02, 0.0), (0.16, -0.2)),
    ),
}


@dataclass(frozen=True, slots=True)
class Looseness:
    """How far a hand lets its marks stray: standard deviations in x-heights, and the spread of sizes."""

    dx: float
    dy: float
    lift: float
    size: float
    turn: float

    @staticmethod
    def pen(rng: Random) -> Looseness:
        strength = rng.random()
        return Looseness(
            dx=0.02 + 0.13 * strength,
            dy=0.02 + 0.06 * strength,
            lift=rng.uniform(0.0, 0.28),
            size=0.05 + 0.12 * strength,
            turn=0.05 + 0.15 * strength,
        )

    @staticmethod
    def typewriter(rng: Random) -> Looseness:
        return Looseness(dx=0.02, dy=0.02, lift=rng.uniform(0.0, 0.1), size=0.02, turn=0.02)


@cache
def split_letter(letter: str) -> tuple[str, tuple[str, ...]]:
    """Base letter and the marks to draw, lowest first. đ and Đ are d and D with a bar."""
    if letter in "đĐ":
        return ("d" if letter == "đ" else "D"), (_BAR,)
    parts = unicodedata.normalize("NFD", letter)
    marks = tuple(sorted(parts[1:], key=lambda mark: mark in (_ACUTE, _GRAVE, _TILDE, _HOOK)))
    return parts[0], marks


def can_draw(letter: str) -> bool:
    """Whether the letter's marks are all strokes that this module knows."""
    _, marks = split_letter(letter)
    return all(mark in _SHAPES or mark == _BAR for mark in marks)


def draw_marks(
    canvas: Mask,
    base: str,
    marks: tuple[str, ...],
    box: tuple[float, float, float, float],
    *,
    baseline: float,
    x_height: float,
    stroke: float,
    ink: int,
    loose: Looseness,
    rng: Random,
) -> None:
    """Draw the `marks` of letter `base`, whose ink fills `box` (x0, y0, x1, y1), onto `canvas`; all in pixels."""
    x0, y0, x1, _ = box
    stroke = min(stroke * rng.uniform(0.7, 0.95), 0.13 * x_height)
    scale = rng.uniform(0.95, 1.5)
    shift = rng.gauss(0, loose.dx)
    ceiling = y0 - x_height * (0.12 + loose.lift * rng.random())
    beside = False
    for mark in marks:
        size = x_height * max(0.6, 1 + rng.gauss(0, loose.size)) * scale
        if mark == _BAR:
            _bar(canvas, base, box, baseline, x_height, stroke, ink, rng)
            continue
        place_x = (x0 + x1) / 2 + x_height * (shift + rng.gauss(0, loose.dx * 0.6))
        place_y = ceiling + x_height * rng.gauss(0, loose.dy)
        if mark == _DOT:
            place_y = baseline + x_height * (0.22 + abs(rng.gauss(0, 0.05)) + loose.lift * 0.4)
        elif mark == _HORN:
            place_x, place_y = x1 - 0.02 * x_height, y0 + x_height * rng.uniform(0.0, 0.12)
        elif beside and mark in (_ACUTE, _GRAVE, _HOOK) and rng.random() < 0.5:
            place_x += x_height * (0.27 if mark != _GRAVE or rng.random() < 0.5 else -0.27)
            place_y -= x_height * 0.06
            size *= 0.85
        _stroke(canvas, rng.choice(_SHAPES[mark]), place_x, place_y, size, stroke, ink, loose.turn, rng, mark)
        if mark in (_CIRCUMFLEX, _BREVE):
            ceiling -= x_height * scale * (0.25 + 0.05 * rng.random())
            beside = True


def _stroke(
    canvas: Mask,
    shape: tuple[tuple[float, float], ...],
    x: float,
    y: float,
    size: float,
    stroke: float,
    ink: int,
    turn: float,
    rng: Random,
    mark: str,
) -> None:
    angle = rng.gauss(0, turn) if mark not in (_DOT, _HORN) else 0.0
    cos, sin = np.cos(angle) * size, np.sin(angle) * size
    points = np.array(shape, dtype=np.float64)
    points += np.array([[rng.gauss(0, 0.015), rng.gauss(0, 0.015)] for _ in shape])
    turned = points @ np.array([[cos, sin], [-sin, cos]]) + (x, y)
    width = stroke * (1.35 if mark == _DOT else rng.uniform(0.75, 1.05))
    _polyline(canvas, turned, width, ink)


def _bar(
    canvas: Mask,
    base: str,
    box: tuple[float, float, float, float],
    baseline: float,
    x_height: float,
    stroke: float,
    ink: int,
    rng: Random,
) -> None:
    """The bar of đ crosses its stem above the bowl; that of Đ crosses the left stem at half height."""
    x0, y0, x1, _ = box
    tall = baseline - y0
    if base == "D":
        y = baseline - tall * rng.uniform(0.45, 0.55)
        ends = (x0 - 0.1 * x_height, x0 + rng.uniform(0.3, 0.45) * x_height)
    else:
        y = y0 + tall * rng.uniform(0.14, 0.24)
        middle = x1 - 0.12 * x_height + rng.gauss(0, 0.04) * x_height
        ends = (middle - 0.26 * x_height, middle + 0.26 * x_height)
    tilt = rng.gauss(0, 0.04) * x_height
    _polyline(canvas, np.array([[ends[0], y + tilt], [ends[1], y - tilt]]), stroke * 0.9, ink)


def _polyline(canvas: Mask, points: NDArray[np.float64], width: float, ink: int) -> None:
    """Anti-aliased strokes thinner than a pixel are drawn fainter instead."""
    thickness = max(1, round(width))
    strength = ink if width >= 1 else int(ink * max(0.45, width))
    fixed = np.round(points * 16).astype(np.int32).reshape(1, -1, 2)
    cv2.polylines(canvas, [fixed], False, strength, thickness, cv2.LINE_AA, 4)
