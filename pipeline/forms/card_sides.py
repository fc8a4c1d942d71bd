"""Which sides of cards are one card: by the number they carry, else by their place on the sheet."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations

from rapidfuzz.distance import Hamming

from pipeline.domain.geometry import Point
from pipeline.forms.classify import Classification
from pipeline.forms.loading import card_types

MISREAD_DIGITS = 3  # of twelve; two people's numbers differ in more
NEIGHBOUR = 2.0  # card lengths between the middles of two sides on one sheet that belong together; by trial
SAME_STEP = 0.4  # card lengths by which such steps may differ; by trial
OPPOSITE = {"front": "back", "back": "front"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CardSide:
    """One side of a card. `middle` is its place on page `page`, in scan pixels; `length` its longer side's there.

    `number` is the personal number it carries, in print or in a code; None where none was read.
    """

    kind: Classification
    number: str | None
    page: int
    middle: Point
    length: float


def same_number(number: str | None, other: str | None) -> bool:
    """Whether two numbers may be one, a few digits misread. Not where one is missing."""
    return number is not None and other is not None and Hamming.distance(number, other) <= MISREAD_DIGITS


def partners(sides: Sequence[CardSide | None]) -> Mapping[int, int]:
    """For each side that surely has its other side among these, which one that is. None is no card.

    Sides of one number are one card, wherever they lie. The others of one sheet are paired when one step leads from
    every front to its back (beside it, below it), and leaves none over; sides of different numbers never are.
    """
    pairs: dict[int, int] = {}
    for _, a, b in sorted(_of_one_number(sides)):
        if a not in pairs and b not in pairs:
            pairs |= {a: b, b: a}
    left = [n for n, side in enumerate(sides) if side is not None and n not in pairs]
    for page in sorted({side.page for side in sides if side is not None}):
        for a, b in _on_one_sheet({n: side for n in left if (side := sides[n]) and side.page == page}):
            pairs |= {a: b, b: a}
    return pairs


def _of_one_number(sides: Sequence[CardSide | None]) -> Iterator[tuple[int, int, int]]:
    for a, b in combinations(range(len(sides)), 2):
        first, second = sides[a], sides[b]
        if first is None or second is None or not (_may_be(first, second) or _may_be(second, first)):
            continue
        if first.number and second.number and same_number(first.number, second.number):
            yield Hamming.distance(first.number, second.number), a, b


def _on_one_sheet(sides: Mapping[int, CardSide]) -> list[tuple[int, int]]:
    """The fronts and backs that one step pairs without a rest; none where no step does, or two different ones do."""
    found: set[tuple[tuple[int, int], ...]] = set()
    for a, b in permutations(sides, 2):
        step = _step(sides[a], sides[b])
        if math.hypot(*step) > NEIGHBOUR or not _may_be(sides[a], sides[b]):
            continue
        pairs = [(n, m) for n, m in permutations(sides, 2) if _leads(sides[n], sides[m], step)]
        if sorted(n for pair in pairs for n in pair) == sorted(sides):
            found.add(tuple(sorted((min(pair), max(pair)) for pair in pairs)))
    return list(found.pop()) if len(found) == 1 else []


def _leads(front: CardSide, back: CardSide, step: Point) -> bool:
    x, y = _step(front, back)
    return math.hypot(x - step[0], y - step[1]) < SAME_STEP and _may_be(front, back)


def _step(front: CardSide, back: CardSide) -> Point:
    """From the one's middle to the other's, in card lengths."""
    (x0, y0), (x1, y1) = front.middle, back.middle
    length = max(front.length, back.length)
    return (x1 - x0) / length, (y1 - y0) / length


def _may_be(front: CardSide, back: CardSide) -> bool:
    """Whether these may be front and back of one card: one of them is known as that, the other too or not known."""
    kinds = front.kind, back.kind
    if not all(k.document_type in card_types() for k in kinds if k.known) or any(k.other for k in kinds):
        return False
    if front.number and back.number and not same_number(front.number, back.number):
        return False
    known = [k.side == side for k, side in zip(kinds, ("front", "back"), strict=True) if k.known]
    return bool(known) and all(known)
