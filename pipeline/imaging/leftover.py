"""Writing that lies on a sheet beside the cards that were found on it: a card that was missed, or a note."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.aspect import CARD
from pipeline.imaging.regions import Region
from pipeline.imaging.scale import dpi_of_card

Mask = NDArray[np.uint8]

_WIDTH = 830  # pixels of the small view's longer side: A4 at some 70 dpi; by trial
_LETTER_HIGH, _LETTER_WIDE = (4, 30), (2, 120)  # pixels of that view: sizes of a letter or a word in cursive; by trial
_LETTERS = 60  # letter-like specks that are writing, not dirt; by trial; steady
_LIGHT = 140  # median grey level of a sheet; darker is a table, whose grain is no writing; by trial; steady
_WINDOW, _DARKER = 31, 25  # pixels of a speck's surroundings, and grey levels by which it is darker; by trial
_PAST_EDGE = 1.08  # times a card's size: its edge and shadow are left out with it; by trial
_APART = (0.07, 0.14)  # of a card's length: what is nearer belongs together, on a dense and a sparse card; by trial
_FILLS = (0.72, 1.08)  # contents over the card's own size, along and across; by trial
_MARGIN = 1.03  # times the card's size that is cut out: contents need not lie in the middle; by trial


def writing_beside_cards(pixels: NDArray[np.uint8], regions: Sequence[Region]) -> bool:
    """Whether letters stand on the sheet outside every found card. False where no cards were cut out."""
    if not _only_cards(regions):
        return False
    dark, _ = _dark_beside(pixels, regions)
    return _letters(dark) >= _LETTERS


def missed_cards(pixels: NDArray[np.uint8], regions: Sequence[Region]) -> list[Region]:
    """Cards whose edges are too faint to measure: writing beside found cards that fills a card of their size.

    Such a region is the found cards' rectangle laid around the writing; only its middle and lean are measured.
    """
    if not _only_cards(regions):
        return []
    dark, scale = _dark_beside(pixels, regions)
    length = float(np.median([max(region.size) for region in regions])) * scale
    dark = _without_specks(dark)
    found = (_cards_in(dark, length, scale, max(3, round(apart * length))) for apart in _APART)
    return next((cards for cards in found if cards), [])


def _cards_in(dark: Mask, length: float, scale: float, reach: int) -> list[Region]:
    """Cards among what belongs together: what lies nearer than `reach` pixels."""
    joined = cv2.morphologyEx(dark, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(np.asarray(joined, np.uint8))
    cards = []
    for number in range(1, count):
        if max(stats[number, cv2.CC_STAT_WIDTH], stats[number, cv2.CC_STAT_HEIGHT]) < _FILLS[0] * length:
            continue
        own = np.asarray(dark & (labels == number), np.uint8)
        if _letters(own) >= _LETTERS and (region := _card_around(own, length, scale)) is not None:
            cards.append(region)
    return cards


def _only_cards(regions: Sequence[Region]) -> bool:
    return bool(regions) and not any(region.whole or region.kind != "card" for region in regions)


def _dark_beside(pixels: NDArray[np.uint8], regions: Sequence[Region]) -> tuple[Mask, float]:
    """What is darker than its surroundings outside the cards, on a small view; the view's scale."""
    grey = pixels if pixels.ndim == 2 else cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    scale = _WIDTH / max(grey.shape)
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    if float(np.median(small)) < _LIGHT:
        return np.zeros(small.shape, np.uint8), scale
    dark = cv2.adaptiveThreshold(small, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, _WINDOW, _DARKER)
    for region in regions:
        quad = np.array(region.quad) * scale
        middle = quad.mean(axis=0)
        wider = middle + (quad - middle) * _PAST_EDGE
        cv2.fillConvexPoly(dark, wider.round().astype(np.int32), 0)
    return np.asarray(dark, np.uint8), scale


def _without_specks(dark: Mask) -> Mask:
    """What is dark without what is smaller than a letter: a copier's dirt lies everywhere and joins everything."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(dark)
    speck = (stats[:, cv2.CC_STAT_HEIGHT] < _LETTER_HIGH[0]) & (stats[:, cv2.CC_STAT_WIDTH] < _LETTER_HIGH[0])
    return np.asarray(dark & ~speck[labels], np.uint8)


def _letters(dark: Mask) -> int:
    """How many specks have a letter's size."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(dark)
    widths, heights = stats[1:, cv2.CC_STAT_WIDTH], stats[1:, cv2.CC_STAT_HEIGHT]
    high = (heights >= _LETTER_HIGH[0]) & (heights <= _LETTER_HIGH[1])
    return int((high & (widths >= _LETTER_WIDE[0]) & (widths <= _LETTER_WIDE[1])).sum())


def _card_around(dark: Mask, length: float, scale: float) -> Region | None:
    middle, (width, height), angle = cv2.minAreaRect(cv2.findNonZero(dark))
    while angle > 45:
        width, height, angle = height, width, angle - 90
    while angle < -45:
        width, height, angle = height, width, angle + 90
    across = length / CARD
    lying = width >= height
    card = (length, across) if lying else (across, length)
    low, high = _FILLS
    if not (low < width / card[0] < high and low < height / card[1] < high):
        return None
    size = (card[0] * _MARGIN, card[1] * _MARGIN)
    lean = np.deg2rad(angle)
    turn = np.array([[np.cos(lean), -np.sin(lean)], [np.sin(lean), np.cos(lean)]])
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * np.array(size) / 2
    a, b, c, d = (tuple(float(v) for v in point) for point in (corners @ turn.T + middle) / scale)
    in_scan = (size[0] / scale, size[1] / scale)
    dpi = dpi_of_card(max(in_scan) / _MARGIN)
    return Region(quad=((a[0], a[1]), (b[0], b[1]), (c[0], c[1]), (d[0], d[1])), size=in_scan, kind="card", dpi=dpi)
