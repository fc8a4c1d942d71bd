"""Rules of tables that are too pale for ink, where a camera or a copier lost them between the lines or columns.

Text decides what counts as ink around it, so that a thin grey rule is ink beside no writing and is none beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from statistics import median

import cv2
import numpy as np

from pipeline.domain.recognition import Gray
from pipeline.layout.components import find_components
from pipeline.layout.model import Box, Rule
from pipeline.layout.rules import upright_runs

# Lengths in millimetres; all by trial.
_WIDEST_APART = 0.1  # of the longer's length that two rules of one table may begin or end apart
_SHORTEST, _LOWEST = 60.0, 30.0  # of the rules that lie across a table's columns; of those that stand along its rows
_AT_RULE = 2.5  # from a lying rule at which an upright one begins
_TOGETHER = 2.5  # within which a table's upright rules end, where no rule lies
_FEWEST = 4  # upright rules that end together: three columns
_IN_PIECES = 0.5  # share of a table's upright rules of which pieces are ink: a pattern has none
_SEEN = 0.9  # of a rule's length that is ink: it is not pale
_LETTER, _NARROW = (1.2, 4.5), 1.2  # heights of a letter; its width at most, of its height
_BESIDE = 1.0  # between the middles of a pale rule and of the pieces of it that are ink


def find_pale_rules(rules: Sequence[Rule], faint: Gray, *, dpi: float) -> tuple[Rule, ...]:
    """The rules that `faint` shows and `rules`, those of the ink, do not or only in pieces: first the upright ones,
    then with them those that lie between.

    Such a rule stands between the ends of rules that lie one below the other, begins at one of them, and ends where
    the others of its table end: a fold, a shadow and a page's edge go beyond. Of most of a table's rules some pieces
    are ink. `faint`: 255 where ink might be.
    """
    upright = _upright(rules, faint, shortest=_SHORTEST, dpi=dpi)
    seen = without_pieces(rules, upright, dpi=dpi)
    turned = [_turned(rule) for rule in seen]
    lying = _upright(turned, np.ascontiguousarray(faint.T), shortest=_LOWEST, dpi=dpi)
    across = [r for r in turned if not r.horizontal]
    inked = [rule for rule in lying if _ink_along(rule, across, dpi / 25.4) > 0]  # a crease has no ink
    return (*upright, *map(_turned, inked))


def _upright(rules: Sequence[Rule], faint: Gray, *, shortest: float, dpi: float) -> tuple[Rule, ...]:
    """The upright ones, in tables whose lying rules are `shortest` mm long or longer."""
    mm = dpi / 25.4
    pale: list[Rule] = []
    for left, top, right, bottom in _tables(rules, faint.shape[0], shortest * mm):
        x0, y0 = max(0, int(left - mm)), max(0, int(top - mm))
        part = faint[y0 : int(bottom + mm), x0 : int(right + mm)]
        found = [_moved(rule, x0, y0) for rule in upright_runs(part, dpi=dpi)]
        of_ink = [r for r in rules if not r.horizontal and left - mm < r.box[0] and r.box[2] < right + mm]
        begun = [rule for rule in found if _begins_at_a_rule(rule.box, rules, mm)]
        own = _of_one_table(begun, of_ink, rules, mm)
        seen = [_ink_along(rule, of_ink, mm) for rule in own]
        if len(own) >= _FEWEST and sum(share > 0 for share in seen) >= _IN_PIECES * len(own):
            pale += [replace(rule, pale=True) for rule, share in zip(own, seen, strict=True) if share < _SEEN]
    return tuple(pale)


def without_pieces(rules: Sequence[Rule], pale: Sequence[Rule], *, dpi: float) -> tuple[Rule, ...]:
    """The rules with the pale ones in the place of their own pieces."""
    mm = dpi / 25.4
    kept = [r for r in rules if not any(_is_piece(r, whole, mm) for whole in pale)]
    return (*kept, *pale)


def with_whole_letters(ink: Gray, faint: Gray, *, dpi: float) -> Gray:
    """The ink, with letters that stand alone made whole where a dim capture left a part of their strokes pale.

    A letter in a word is told by its neighbours; a number alone in its cell that lost its stem is a dash.
    """
    pieces = find_components(faint)
    mm = dpi / 25.4
    letter = (pieces.height >= _LETTER[0] * mm) & (pieces.height <= _LETTER[1] * mm)
    letter &= (pieces.width <= _LETTER[1] * mm) & (pieces.width <= _NARROW * pieces.height)
    begun = np.zeros(len(pieces) + 1, bool)
    begun[pieces.labels[ink > 0]] = True
    begun[0] = False
    begun[1:] &= letter
    return np.asarray(cv2.bitwise_or(ink, np.where(begun[pieces.labels], np.uint8(255), np.uint8(0))), np.uint8)


def _tables(rules: Sequence[Rule], height: int, shortest: float) -> Iterator[Box]:
    """Left, top and right of the lying rules that begin and end together, and how far down their table may go."""
    rest = sorted((r for r in rules if r.horizontal and r.box[2] - r.box[0] >= shortest), key=lambda r: r.box[1])
    while rest:
        first = rest[0].box
        apart = _WIDEST_APART * (first[2] - first[0])
        own = [r for r in rest if abs(r.box[0] - first[0]) <= apart and abs(r.box[2] - first[2]) <= apart]
        rest = [r for r in rest if r not in own]
        if len(own) > 1:
            left, right = min(r.box[0] for r in own), max(r.box[2] for r in own)
            yield left, own[0].box[1], right, float(height)


def _begins_at_a_rule(box: Box, rules: Sequence[Rule], mm: float) -> bool:
    x = (box[0] + box[2]) / 2
    return any(
        r.horizontal
        and r.box[0] - mm <= x <= r.box[2] + mm
        and r.box[1] - _AT_RULE * mm <= box[1] <= r.box[3] + _AT_RULE * mm
        for r in rules
    )


def _of_one_table(begun: Sequence[Rule], of_ink: Sequence[Rule], rules: Sequence[Rule], mm: float) -> list[Rule]:
    """Those that end at a lying rule, or together with most of the others."""
    ends = [rule.box[3] for rule in (*begun, *of_ink)]
    groups = [[end for end in ends if abs(end - last) <= _TOGETHER * mm] for last in ends]
    together = max(groups, key=len, default=[])
    last = median(together) if len(together) >= _FEWEST else float("inf")
    lying = [r.box for r in rules if r.horizontal]
    return [
        rule
        for rule in begun
        if abs(rule.box[3] - last) <= _TOGETHER * mm
        or any(b[0] - mm <= rule.box[0] <= b[2] + mm and abs(b[3] - rule.box[3]) <= _AT_RULE * mm for b in lying)
    ]


def _ink_along(rule: Rule, of_ink: Sequence[Rule], mm: float) -> float:
    """The share of the rule along which its own pieces are ink."""
    seen = sum(min(r.box[3], rule.box[3]) - max(r.box[1], rule.box[1]) for r in of_ink if _is_piece(r, rule, mm))
    return seen / max(1.0, rule.box[3] - rule.box[1])


def _is_piece(rule: Rule, whole: Rule, mm: float) -> bool:
    if rule.horizontal != whole.horizontal:
        return False
    if rule.horizontal:
        rule, whole = _turned(rule), _turned(whole)
    beside = abs(rule.box[0] + rule.box[2] - whole.box[0] - whole.box[2]) / 2 <= _BESIDE * mm
    return beside and rule.box[1] < whole.box[3] and whole.box[1] < rule.box[3]


def _turned(rule: Rule) -> Rule:
    """The rule with across and down exchanged."""
    x0, y0, x1, y1 = rule.box
    return replace(rule, box=(y0, x0, y1, x1), horizontal=not rule.horizontal)


def _moved(rule: Rule, x: float, y: float) -> Rule:
    x0, y0, x1, y1 = rule.box
    return replace(rule, box=(x0 + x, y0 + y, x1 + x, y1 + y))
