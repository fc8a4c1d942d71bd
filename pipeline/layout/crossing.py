"""Writing that goes on beyond a vertical rule: a date too long for its column, whose last digit stands in the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.domain.recognition import Gray
from pipeline.layout.model import Rule, Segment

# In letter heights. A column keeps its writing farther from its rules than words that run on stand from each other.
_NEAR = 0.6  # how far from the rule a segment that crosses it may end: the rule took some of its ink; by trial
_BESIDE = 0.2  # from the rule, on both sides of which there is ink where writing goes on; by trial
_ROWS = 0.15  # of rows with such ink, at least: less is a speck, or a rule's ragged edge; by trial


_CLOSE = 0.8  # between two cells' writing that may be one word: the margins beside a rule are wider; by trial
_LEVEL = 0.5  # by which the middles of their lines may lie apart; by trial
_OVER = 1.5  # how far from the rule one of the two may end: a letter over the rule is the nearer cell's; by trial


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """Two segments, by number, of neighbouring cells, which may be one word over the rule at x = `rule`, y = `y`."""

    left: int
    right: int
    rule: float
    y: float


def find_crossings(segments: Sequence[Segment], rules: Sequence[Rule]) -> tuple[Crossing, ...]:
    """The pairs of segments that stand in cells side by side, level, and nearer to each other than cells' margins are.

    Boxes of both in the same pixels. A segment is the left one of one pair at most.
    """
    upright = [rule for rule in rules if not rule.horizontal]
    place = {(s.table, s.cell_row, s.cell_column, s.row): n for n, s in reversed(list(enumerate(segments)))}
    found = []
    for n, left in enumerate(segments):
        if left.table is None or left.cell_column is None:
            continue
        m = place.get((left.table, left.cell_row, left.cell_column + 1, left.row))
        x = None if m is None else _rule_between(left, segments[m], upright)
        if m is not None and x is not None:
            found.append(Crossing(left=n, right=m, rule=x, y=(left.box[1] + left.box[3]) / 2))
    return tuple(found)


def _rule_between(left: Segment, right: Segment, upright: Sequence[Rule]) -> float | None:
    """Where the rule stands that two segments are near enough to be one word over; None where they are not."""
    height = left.text_height
    level = abs(left.box[1] + left.box[3] - right.box[1] - right.box[3]) / 2 <= _LEVEL * height
    if not level or right.box[0] - left.box[2] > _CLOSE * height:
        return None
    y = (left.box[1] + left.box[3]) / 2
    for rule in upright:
        x0, y0, x1, y1 = rule.box
        before = x0 - _OVER * height <= left.box[2] <= x1 + _OVER * height
        if y0 <= y <= y1 and before and x0 - _OVER * height <= right.box[0] <= x1 + _NEAR * height:
            return (x0 + x1) / 2
    return None


def with_crossings(segments: Sequence[Segment], ink: Gray, rules: Sequence[Rule]) -> list[Segment]:
    """The segments, with `crosses` set where writing goes on from one to the other side of a vertical rule.

    `ink` is the page's text without its rules, 255 on ink; boxes in its pixels.
    """
    upright = [rule for rule in rules if not rule.horizontal]
    return [replace(s, crosses=True) if any(_crosses(s, rule, ink) for rule in upright) else s for s in segments]


def _crosses(segment: Segment, rule: Rule, ink: Gray) -> bool:
    x0, y0, x1, y1 = segment.box
    near = _NEAR * segment.text_height
    ends_there = min(abs(x0 - rule.box[2]), abs(x1 - rule.box[0])) <= near
    top, bottom = round(max(y0, rule.box[1])), round(min(y1, rule.box[3]))
    if not ends_there or top >= bottom:
        return False
    left, right, beside = round(rule.box[0]), round(rule.box[2]), max(3, round(_BESIDE * segment.text_height))
    before, after = ink[top:bottom, max(0, left - beside) : left], ink[top:bottom, right : right + beside]
    both = before.any(axis=1) & after.any(axis=1)
    return int(both.sum()) >= max(2.0, _ROWS * segment.text_height)
