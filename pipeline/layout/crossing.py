"""Writing that goes on beyond a vertical rule: a date too long for its column, whose last digit stands in the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.domain.recognition import Gray
from pipeline.layout.model import Rule, Segment

# In letter heights. A column keeps its writing farther from its rules than words that run on stand from each other.
_NEAR = 0.6  # how far from the rule a segment that crosses it may end: the rule took some of its ink; by trial
_BESIDE = 0.2  # from the rule, on both sides of which there is ink where writing goes on; by trial
_ROWS = 0.15  # of rows with such ink, at least: less is a speck, or a rule's ragged edge; by trial


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
