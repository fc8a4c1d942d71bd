"""Curves along which a page's lines run: rows of letters, rules, leaders. They tell how the page is bent."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Gray = NDArray[np.uint8]
Floats = NDArray[np.float64]

# Lengths are in letter heights of the view unless it says otherwise; all by trial.
_WINDOW, _MARGIN = 2.6, 0.12  # of a pixel's surroundings; share of the paper's level by which ink is darker
_LETTER = (0.45, 2.6)  # of a letter's or cursive word's height
_WIDEST = 9.0  # of one piece
_GAP, _STEP = 1.9, 0.42  # to the next letter of a row, along and across
_FEWEST, _SHORTEST = 4, 6.0  # pieces and length of a row that counts
_RULE = 1.6  # of a stroke that is a rule or leader
_JOINED = 0.5  # between the dashes of a leader
_THICKEST = 0.4  # of a rule
_SLOPES = (-0.36, -0.18, 0.0, 0.18, 0.36)  # rises of a rule that are looked for
_EVERY = 0.6  # a rule's points
_RULE_COUNTS = 3.0  # times a letter's foot


@dataclass(frozen=True, slots=True)
class Curve:
    """Points of one line, (N, 2) view pixels from left to right, and how much a point counts: letters' feet are 1."""

    points: Floats
    weight: float = 1.0


def trace(grey: Gray, letter: float) -> list[Curve]:
    """The curves on a grey view whose letters are `letter` pixels high."""
    paper = cv2.GaussianBlur(grey, (0, 0), _WINDOW * letter).astype(np.float32)
    ink = (grey < (1 - _MARGIN) * paper - 2).astype(np.uint8)
    return [*_rows(ink, letter), *_rules(ink, letter)]


def letter_height(grey: Gray) -> float:
    """Median height of compact pieces of ink, in pixels; 0.0 where there are too few."""
    paper = cv2.GaussianBlur(grey, (0, 0), 25).astype(np.float32)
    _, _, stats, _ = cv2.connectedComponentsWithStats((grey < (1 - _MARGIN) * paper - 2).astype(np.uint8))
    width, height = stats[1:, cv2.CC_STAT_WIDTH], stats[1:, cv2.CC_STAT_HEIGHT]
    own = (height >= 4) & (height <= 60) & (width < 2.5 * height) & (width > 0.3 * height)
    return float(np.median(height[own])) if own.sum() >= 40 else 0.0


def _rows(ink: Gray, letter: float) -> list[Curve]:
    """Rows of letters, by their feet: each letter is linked to the nearest that goes on with its row."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink)
    x, y, w, h = (stats[1:, n].astype(np.float64) for n in range(4))
    keep = (h >= _LETTER[0] * letter) & (h <= _LETTER[1] * letter) & (w <= _WIDEST * letter) & (w >= 0.15 * letter)
    x, y, w, h = x[keep], y[keep], w[keep], h[keep]
    after = _links(x, x + w, y + h, letter)
    rows, done = [], np.zeros(len(x), dtype=bool)
    for first in np.argsort(x):
        chain, at = [], int(first)
        while at >= 0 and not done[at]:
            done[at] = True
            chain.append(at)
            at = int(after[at])
        if len(chain) >= _FEWEST and x[chain[-1]] + w[chain[-1]] - x[chain[0]] >= _SHORTEST * letter:
            rows.append(Curve(np.stack([(x + w / 2)[chain], (y + h)[chain]], axis=1)))
    return rows


def _links(left: Floats, right: Floats, foot: Floats, letter: float) -> NDArray[np.int_]:
    """For each piece the next of its row, -1 for none; no piece follows two."""
    order = np.argsort(left)
    starts = left[order]
    after = np.full(len(left), -1)
    taken: dict[int, float] = {}
    owner: dict[int, int] = {}
    for n in order:
        low, high = np.searchsorted(starts, (right[n] - 0.4 * letter, right[n] + _GAP * letter))
        near = order[low:high]
        near = near[(np.abs(foot[near] - foot[n]) <= _STEP * letter) & (near != n) & (left[near] > left[n])]
        if not len(near):
            continue
        cost = np.maximum(left[near] - right[n], 0) + 2.5 * np.abs(foot[near] - foot[n])
        best = int(near[cost.argmin()])
        if float(cost.min()) < taken.get(best, np.inf):
            if best in owner:
                after[owner[best]] = -1
            taken[best], owner[best] = float(cost.min()), int(n)
            after[n] = best
    return after


def _rules(ink: Gray, letter: float) -> list[Curve]:
    """Rules and leaders, also bent ones: thin strokes that run on for more than a letter."""
    joined = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((1, max(3, round(_JOINED * letter)) | 1), np.uint8))
    strokes = np.zeros_like(ink)
    for slope in _SLOPES:
        cv2.max(strokes, cv2.morphologyEx(joined, cv2.MORPH_OPEN, _stroke(letter, slope)), dst=strokes)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(strokes)
    curves = []
    for number in range(1, len(stats)):
        x, y, w, h, area = stats[number]
        if w < 3 * _RULE * letter or area > _THICKEST * letter * w * (1 + h / w):
            continue
        piece = labels[y : y + h, x : x + w] == number
        count = piece.sum(axis=0)
        middle = (np.arange(h)[:, None] * piece).sum(axis=0) / np.maximum(count, 1)
        at = np.arange(0, w, max(2, round(_EVERY * letter)))
        at = at[(count[at] > 0) & (count[at] <= max(3, 2 * _THICKEST * letter))]
        if len(at) >= _FEWEST:
            curves.append(Curve(np.stack([x + at + 0.5, y + middle[at] + 0.5], axis=1), _RULE_COUNTS))
    return curves


def _stroke(letter: float, slope: float) -> Gray:
    """A line one pixel thick, `_RULE` long, that rises so much."""
    long = max(9, round(_RULE * letter)) | 1
    high = 2 * round(abs(slope) * long / 2) + 1
    kernel = np.zeros((high, long), np.uint8)
    start, end = (0, high - 1) if slope < 0 else (high - 1, 0)
    cv2.line(kernel, (0, start), (long - 1, end), 1)
    return kernel
