"""Cards copied or printed onto a sheet: no paper ends at their edge, only a line runs around them.

A copier prints a card's outline in any size and as faintly as it likes, on the same white as the sheet. What tells such
an outline from a ruled box: the shape of an ID-1 card, rounded corners, and letters inside.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.domain.geometry import Quad
from pipeline.imaging.aspect import CARD, near, true_aspect
from pipeline.imaging.edges import SPAN, STATIONS, Lab, line_through, meeting
from pipeline.imaging.regions import clockwise, overlap, side_lengths

Gray = NDArray[np.uint8]

# Lengths are pixels of a view whose longer side is about 1000; shares are of the sheet's shorter side. All by trial.
_EDGES = (30.0, 90.0)  # Canny's upper thresholds: faint outlines, and clear ones without the ground's pattern
_HYSTERESIS = 2.5  # upper over lower threshold
_SMALLEST = 0.25  # a card's longer side; A4 holds an ID-1 card at its true size with 0.41
_LARGEST = 0.85  # beyond it an outline may be a form's frame, and round corners and its size must tell a card
_ENLARGED_IN = 5.7  # inches: 1.7 times a card's length; larger outlines with round corners are frames
_FILLED = 0.9  # of its rectangle that an outline's hull covers
_ROUGH_SHAPE, _SHAPE = 0.12, 0.055  # relative tolerances of a card's shape, before and after its sides are measured
_DEPTH = 0.08  # of a side's length: how far from the rough side its points may lie
_SUPPORT, _MEAN_SUPPORT = 0.45, 0.65  # of each side's length on which its line is there, and of all on average
_LEAST_LETTERS = 12  # letter-like specks inside; a photograph's frame or an empty cell has fewer
_LETTER_HIGH, _LETTER_WIDE = (0.012, 0.11), (0.004, 0.4)  # of the card's longer side
_WINDOW, _DARKER = 21, 14  # pixels of a speck's surroundings, and grey levels by which it is darker
_APART = 0.2  # of the smaller card that two outlines may share
_ROUND = (0.006, 0.035)  # of the longer side: from a round corner to where the sides would meet, along the diagonal
_ROUND_CORNERS = 3  # of four that must be seen
_BOX = 0.6  # from that size an outline may be a box of a form
_BESIDE = 0.5  # of the letters inside: where more stand beside such an outline, it is one


def copied_cards(lab: Lab, dpi: float | None, *, seen_aslant: bool = False) -> list[Quad]:
    """Outlines of cards on a squared sheet, in pixels of `lab`; none overlaps another.

    `lab` is an (H, W, 3) float L*a*b* picture, `dpi` its resolution where that is known. Corners are clockwise from
    the one nearest its upper left. `seen_aslant`: the sheet was squared from a photo, and its own shape, and with it
    that of all on it, is known but roughly.
    """
    grey = np.clip(lab[:, :, 0] * 2.55, 0, 255).astype(np.uint8)
    kept: list[Quad] = []
    inside, largest = 0, 0.0
    for _, size, quad in sorted(_cards(grey, dpi, seen_aslant), reverse=True):
        if all(overlap(quad, other) <= _APART for other in kept):
            letters = _letters(grey, quad, size)
            if letters >= _LEAST_LETTERS:
                kept.append(quad)
                inside, largest = inside + letters, max(largest, size)
    if largest < _BOX * min(grey.shape):
        return kept
    beside = _letters(grey, _whole(grey), largest) - inside
    return kept if beside <= _BESIDE * inside else []


def _cards(grey: Gray, dpi: float | None, seen_aslant: bool) -> Iterator[tuple[int, float, Quad]]:
    """Outlines of a card's shape, with how round and how large they are: the sheet's own edge meets in points."""
    centre = (grey.shape[1] / 2, grey.shape[0] / 2)
    for quad in _outlines(grey):
        size, corners = max(side_lengths(quad)), round_corners(grey, quad)
        roughly = seen_aslant and corners >= _ROUND_CORNERS
        if near(true_aspect(quad, centre), CARD, _ROUGH_SHAPE if roughly else _SHAPE):
            mostly_card = dpi is not None and size / dpi < _ENLARGED_IN and corners >= _ROUND_CORNERS
            if mostly_card or size < _LARGEST * min(grey.shape):
                yield corners, size, quad


def _outlines(grey: Gray) -> Iterator[Quad]:
    """Closed lines with about a card's shape, four straight sides laid through each."""
    least = _SMALLEST * min(grey.shape)
    for upper in _EDGES:
        edges = cv2.Canny(grey, upper / _HYSTERESIS, upper, L2gradient=True)
        edges = cv2.dilate(edges, np.ones((3, 3), np.uint8))
        contours, _ = cv2.findContours(edges, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
        for contour in contours:
            _, _, width, height = cv2.boundingRect(contour)
            if max(width, height) < least or min(width, height) < least / CARD / 2:
                continue
            hull = cv2.convexHull(contour)
            box = cv2.minAreaRect(hull)
            size = max(box[1][0], 1.0), max(box[1][1], 1.0)
            if near(size[0] / size[1], CARD, _ROUGH_SHAPE) and cv2.contourArea(hull) > _FILLED * size[0] * size[1]:
                quad = _four_sides(contour.reshape(-1, 2).astype(np.float64), clockwise(cv2.boxPoints(box)))
                if quad is not None:
                    yield quad


def _four_sides(points: NDArray[np.float64], rough: Quad) -> Quad | None:
    """The quadrilateral whose sides run where most of the outline's points lie; None when one is not there."""
    lines = []
    supports = []
    for n in range(4):
        start, end = np.array(rough[n]), np.array(rough[(n + 1) % 4])
        length = float(np.linalg.norm(end - start)) or 1.0
        along = (end - start) / length
        outward = np.array([along[1], -along[0]])
        stations, offsets = _outermost(points - start, along, outward, length)
        line, support = line_through(stations, offsets, np.ones(len(stations), np.float32), least=0.0)
        supports.append(support)
        ends = [start + d * along + (line[0] + line[1] * d) * outward for d in (0.0, length)]
        lines.append(((float(ends[0][0]), float(ends[0][1])), (float(ends[1][0]), float(ends[1][1]))))
    corners = [meeting(lines[n - 1], lines[n]) for n in range(4)]
    if min(supports) < _SUPPORT or sum(supports) / 4 < _MEAN_SUPPORT or None in corners:
        return None
    return clockwise(np.array(corners, dtype=np.float64))


def _outermost(
    points: NDArray[np.float64], along: NDArray[np.float64], outward: NDArray[np.float64], length: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Of the points near a side, the outermost at each station: places along the side, and distances outward."""
    places, distances = points @ along / length, points @ outward
    near_side = (places > SPAN[0]) & (places < SPAN[1]) & (np.abs(distances) < _DEPTH * length)
    stations = ((places[near_side] - SPAN[0]) / (SPAN[1] - SPAN[0]) * STATIONS).astype(int)
    outer = np.full(STATIONS, -np.inf)
    np.maximum.at(outer, stations, distances[near_side])
    there = np.isfinite(outer)
    middles = (SPAN[0] + (np.arange(STATIONS) + 0.5) / STATIONS * (SPAN[1] - SPAN[0])) * length
    return middles[there], outer[there]


def round_corners(grey: Gray, quad: Quad) -> int:
    """At how many of its corners the outline cuts the corner, as a card's does, rather than meeting in a point."""
    long = max(side_lengths(quad))
    offsets = np.arange(-_ROUND[0], _ROUND[1] + _ROUND[0], 0.5 / long) * long
    return sum(_is_round(grey, quad, corner, offsets, long) for corner in range(4))


def _is_round(grey: Gray, quad: Quad, corner: int, offsets: NDArray[np.float64], long: float) -> bool:
    point = np.array(quad[corner])
    inward = sum(
        (np.array(quad[other]) - point) / max(math.dist(quad[other], quad[corner]), 1.0)
        for other in ((corner + 1) % 4, (corner - 1) % 4)
    )
    path = point + offsets[:, None] * inward / np.linalg.norm(inward)
    x, y = path[:, 0].astype(np.float32)[None], path[:, 1].astype(np.float32)[None]
    levels = cv2.remap(grey, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)[0].astype(np.float32)
    steps = np.abs(np.diff(cv2.blur(levels[None], (3, 1))[0]))
    where = offsets[int(steps.argmax())] / long
    return bool(_ROUND[0] <= where <= _ROUND[1])


def _whole(grey: Gray) -> Quad:
    height, width = grey.shape
    return (0.0, 0.0), (float(width), 0.0), (float(width), float(height)), (0.0, float(height))


def _letters(grey: Gray, quad: Quad, long: float) -> int:
    """How many specks inside have a letter's size on a card whose longer side is `long`."""
    ink = cv2.adaptiveThreshold(grey, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, _WINDOW, _DARKER)
    inside = np.zeros_like(ink)
    cv2.fillConvexPoly(inside, np.array(quad).round().astype(np.int32), 1)
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink & inside)
    widths, heights = stats[1:, cv2.CC_STAT_WIDTH] / long, stats[1:, cv2.CC_STAT_HEIGHT] / long
    high = (heights >= _LETTER_HIGH[0]) & (heights <= _LETTER_HIGH[1])
    return int((high & (widths >= _LETTER_WIDE[0]) & (widths <= _LETTER_WIDE[1])).sum())
