"""A crease from edge to edge of the page that writing runs across: it parts no columns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.layout.components import Components
from pipeline.layout.model import Rule

_EDGE = 0.02  # of the page's height, by which an upright rule may end before its edges; by trial
_NEAR = 0.8  # of a letter's height: what stands so near on both sides is one word; by trial
_LETTER_MM = (1.2, 6.0)  # heights of letters
_WORDS = 3  # rows in which writing runs across; by trial


def walls_of(rules: Sequence[Rule], half: Components, *, height: int, mm: float) -> list[Rule]:
    """The upright rules that part columns: none from the page's upper edge to its lower one that words run across.

    `half` are the pieces of ink without rules at half size, `height` the page's and `mm` a millimetre in whole pixels.
    """
    upright = [rule for rule in rules if not rule.horizontal]
    return [rule for rule in upright if not (_whole(rule, height) and _crossed(rule, half, mm / 2))]


def _whole(rule: Rule, height: int) -> bool:
    return rule.box[1] <= _EDGE * height and rule.box[3] >= (1 - _EDGE) * height


def _crossed(rule: Rule, half: Components, mm: float) -> bool:
    left, right = rule.box[0] / 2, rule.box[2] / 2
    letters = (half.height >= _LETTER_MM[0] * mm) & (half.height <= _LETTER_MM[1] * mm)
    reach = _NEAR * half.height
    before = np.flatnonzero(letters & (half.x1 <= right) & (half.x1 >= left - reach))
    after = np.flatnonzero(letters & (half.x0 >= left) & (half.x0 <= right + reach))
    middle = (half.y0 + half.y1) / 2
    rows: list[float] = []
    for n in before:
        beside = np.abs(middle[after] - middle[n]) < half.height[n] / 2
        if beside.any() and all(abs(middle[n] - row) > half.height[n] for row in rows):
            rows.append(float(middle[n]))
    return len(rows) >= _WORDS
