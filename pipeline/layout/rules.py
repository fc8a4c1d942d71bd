"""Drawn lines: found as long straight runs, and removed so that the strokes they cross survive."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from pipeline.domain.recognition import Gray
from pipeline.layout.components import find_components, halve
from pipeline.layout.model import Box, Rule

_SHORTEST_MM = 11.0  # straight run; longer than any stroke of a letter; by trial
_SHORTEST_WALL_MM = 4.0  # of a vertical rule between two horizontal ones; by trial
_MEETS_MM = 0.6  # between the end of such a rule and the rule it meets; by trial
_THICKEST_MM = 1.3  # thicker is a bar, a photo's edge or a filled area; by trial
_JOIN_GAP_MM = 4.0  # between two pieces of one rule: where it is worn or crossed by writing; by trial; steady
_LEAN = 0.02  # of its length that a rule may lean out of straight, 1.1 degrees; by trial
_ACROSS = 2.0  # pixels that two pieces of one rule may lie apart across it; by trial
_REACH = 5  # pixels around a rule in which its own pixels and the strokes that cross it are looked for; by trial
_RUN = (25, 60)  # pixels: shortest run of a rule's own pixels, a third of the rule within these bounds; by trial


def find_rules(ink: Gray, *, dpi: float) -> tuple[Rule, ...]:
    """Horizontal and vertical rules of at least 11 mm, and a table's vertical ones that are one row high.

    Works at half size. A rule that leans or waves by more than its own thickness comes in pieces;
    pieces in line are joined.
    """
    half = halve(cv2.dilate(ink, np.ones((3, 1), np.uint8)))
    shortest = int(_SHORTEST_MM * dpi / 25.4 / 2)
    rules: list[Rule] = []
    for horizontal in (True, False):
        shape = (1, shortest) if horizontal else (shortest, 1)
        runs = cv2.morphologyEx(half, cv2.MORPH_OPEN, np.ones(shape, np.uint8))
        rules.extend(_straight(np.asarray(runs, np.uint8), horizontal=horizontal, dpi=dpi))
    return (*rules, *_short_walls(half, rules, dpi=dpi))


def _short_walls(half: Gray, rules: Sequence[Rule], *, dpi: float) -> list[Rule]:
    """Vertical rules one row of a table long: each runs from a horizontal rule to the next, as no letter does."""
    shortest = int(_SHORTEST_WALL_MM * dpi / 25.4 / 2)
    runs = cv2.morphologyEx(half, cv2.MORPH_OPEN, np.ones((shortest, 1), np.uint8))
    level = [rule for rule in rules if rule.horizontal]
    known = [rule for rule in rules if not rule.horizontal]
    near = _MEETS_MM * dpi / 25.4
    found = _straight(np.asarray(runs, np.uint8), horizontal=False, dpi=dpi, gap_mm=0.0)  # a letter below is no part
    return [
        wall
        for wall in found
        if _meets(wall, wall.box[1], level, near)
        and _meets(wall, wall.box[3], level, near)
        and not any(_within(wall, rule, near) for rule in known)
    ]


def _meets(wall: Rule, y: float, level: Sequence[Rule], near: float) -> bool:
    x = (wall.box[0] + wall.box[2]) / 2
    return any(
        rule.box[0] - near <= x <= rule.box[2] + near and rule.box[1] - near <= y <= rule.box[3] + near
        for rule in level
    )


def _within(wall: Rule, rule: Rule, near: float) -> bool:
    """Whether a wall is a piece of a rule that is known."""
    x, y = (wall.box[0] + wall.box[2]) / 2, (wall.box[1] + wall.box[3]) / 2
    return rule.box[0] - near <= x <= rule.box[2] + near and rule.box[1] <= y <= rule.box[3]


def upright_runs(mask: Gray, *, dpi: float) -> list[Rule]:
    """The vertical rules among whatever is 255, as `find_rules` finds them in ink."""
    shortest = int(_SHORTEST_MM * dpi / 25.4 / 2)
    runs = cv2.morphologyEx(halve(mask), cv2.MORPH_OPEN, np.ones((shortest, 1), np.uint8))
    return _straight(np.asarray(runs, np.uint8), horizontal=False, dpi=dpi)


def _straight(runs: Gray, *, horizontal: bool, dpi: float, gap_mm: float = _JOIN_GAP_MM) -> list[Rule]:
    """The rules among long straight runs at half size: thin enough, and hardly leaning.

    The thickness is without what thickening and halving added: 2 pixels across a horizontal rule, half a pixel across
    a vertical one; a box may be 4 pixels higher than the limit for ragged edges.
    """
    pieces = find_components(runs)
    long, thick = (pieces.width, pieces.height) if horizontal else (pieces.height, pieces.width)
    mean_thickness = 2.0 * pieces.area / np.maximum(1, long) - (2.0 if horizontal else 0.5)
    limit = _THICKEST_MM * dpi / 25.4
    keep = (mean_thickness <= limit) & (2 * thick <= limit + _LEAN * 2 * long + 4)
    boxes = np.stack([pieces.x0, pieces.y0, pieces.x1, pieces.y1], axis=1)[keep] * 2
    rules = [
        Rule(
            box=(float(b[0]), float(b[1]), float(b[2]), float(b[3])),
            horizontal=horizontal,
            thickness=max(1.0, float(t)),
        )
        for b, t in zip(boxes.tolist(), mean_thickness[keep].tolist(), strict=True)
    ]
    return _join(rules, gap=gap_mm * dpi / 25.4)


def _join(rules: list[Rule], *, gap: float) -> list[Rule]:
    """The rules, with pieces that continue each other joined to one."""
    out: list[Rule] = []
    for rule in sorted(rules, key=lambda r: _along(r)[0]):
        start, end, low, high = _along(rule)
        for index in range(len(out) - 1, -1, -1):
            other_start, other_end, other_low, other_high = _along(out[index])
            overlap = min(high, other_high) - max(low, other_low)
            if overlap >= -_ACROSS and start - other_end <= gap:
                box = _box(
                    other_start,
                    max(end, other_end),
                    min(low, other_low),
                    max(high, other_high),
                    rule.horizontal,
                )
                thick = max(rule.thickness, out[index].thickness)
                out[index] = Rule(box=box, horizontal=rule.horizontal, thickness=thick)
                break
        else:
            out.append(rule)
    return out


def _along(rule: Rule) -> tuple[float, float, float, float]:
    """Start and end along the rule, low and high across it."""
    x0, y0, x1, y1 = rule.box
    return (x0, x1, y0, y1) if rule.horizontal else (y0, y1, x0, x1)


def _box(start: float, end: float, low: float, high: float, horizontal: bool) -> Box:
    return (start, low, end, high) if horizontal else (low, start, high, end)


def erase_rules(ink: Gray, rules: Sequence[Rule], seen: Gray | None = None) -> Gray:
    """A copy of `ink` without the rules; strokes that run on at both sides of a rule are kept whole.

    `seen`: where the rules show whole, if they do not in `ink`.
    """
    clean = ink.copy()
    for rule in rules:
        _erase_rule(clean, rule, clean if seen is None else seen)
    return clean


def _erase_rule(ink: Gray, rule: Rule, seen: Gray) -> None:
    x0, y0, x1, y1 = (int(v) for v in rule.box)
    reach = int(rule.thickness) + _REACH
    top, left = max(0, y0 - reach), max(0, x0 - reach)
    strip, whole = (mask[top : y1 + reach, left : x1 + reach] for mask in (ink, seen))
    work = strip if rule.horizontal else np.ascontiguousarray(strip.T)
    if work.size == 0:
        return
    shown = work if whole is strip else whole if rule.horizontal else np.ascontiguousarray(whole.T)
    # The rule's own pixels: runs that stay long when four missing pixels are closed.
    closed = cv2.morphologyEx(shown, cv2.MORPH_CLOSE, np.ones((1, 5), np.uint8))
    length = max(_RUN[0], min(closed.shape[1] // 3, _RUN[1]))
    runs = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    drawn = cv2.bitwise_and(work, cv2.dilate(runs, np.ones((3, 1), np.uint8)))
    repaired = repair(work, drawn, across=int(rule.thickness) + _REACH)
    ink[top : y1 + reach, left : x1 + reach] = repaired if rule.horizontal else repaired.T


def repair(ink: Gray, drawn: Gray, *, across: int, along: int = 0) -> Gray:
    """`ink` without `drawn`, but with those of its pixels that bridge strokes left on both sides.

    `across` is the height in pixels a stroke may have lost, `along` the width (0: none).
    """
    left = cv2.subtract(ink, drawn)
    bridged = cv2.morphologyEx(left, cv2.MORPH_CLOSE, np.ones((across, 1), np.uint8))
    if along:
        beside = cv2.morphologyEx(left, cv2.MORPH_CLOSE, np.ones((1, along), np.uint8))
        bridged = cv2.bitwise_or(bridged, beside)
    return np.asarray(cv2.bitwise_or(left, cv2.bitwise_and(bridged, drawn)), np.uint8)
