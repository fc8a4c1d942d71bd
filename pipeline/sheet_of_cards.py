"""Cards on one sheet whose outlines were not seen, told apart by their writing.

A pale copy or a black and white one keeps the print of a card and loses its edge; front and back, or several people's
cards, are then one page of writing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median

from pipeline.domain.geometry import bounds
from pipeline.domain.model import TextLine
from pipeline.forms.classify import Classification, classify
from pipeline.forms.group import SHOWN
from pipeline.forms.loading import card_types
from pipeline.read_image import ReadImage, part_of

# All by trial.
GAP = 1.6  # letter heights between the writing of two cards, at least
CUTS = 8  # widest gaps that are tried
MOST_CARDS = 8  # on one sheet
MORE = 1.3  # times the evidence of the whole that its parts show together, where they are two sides and not two halves
FEWEST = 3  # lines of a card's side


def told_apart(image: ReadImage, kind: Classification) -> list[tuple[ReadImage, Classification]]:
    """The image as one; or each card side on it by itself, where all its parts are and show more than the whole."""
    if image.image.kind != "page" or not _shows_a_card(kind):
        return [(image, kind)]
    parts = _split(image.lines, kind, MOST_CARDS)
    if len(parts) < 2:
        return [(image, kind)]
    return [(part_of(image, lines), own) for lines, own in parts]


def _shows_a_card(kind: Classification) -> bool:
    return any(c.document_type in card_types() and c.evidence >= SHOWN * c.enough for c in kind.candidates)


def _split(
    lines: Sequence[TextLine], kind: Classification, most: int
) -> list[tuple[tuple[TextLine, ...], Classification]]:
    """The lines cut at the gap that leaves two sides of cards which are surest, each cut on."""
    best: tuple[float, list[tuple[tuple[TextLine, ...], Classification]]] = (0.0, [])
    for parts in widest_gaps(lines):
        kinds = _kinds_of_cards(parts)
        if kinds:
            shown = sum(k.candidates[0].evidence for k in kinds)
            if shown > max(best[0], MORE * kind.candidates[0].evidence):
                best = (shown, list(zip(parts, kinds, strict=True)))
    if most < 2 or not best[1]:
        return [(tuple(lines), kind)]
    return [piece for part, own in best[1] for piece in _split(part, own, most // 2)]


def _kinds_of_cards(parts: Sequence[Sequence[TextLine]]) -> list[Classification]:
    """What each part is, if all are cards; else nothing, as soon as one is none (the part of fewer lines first)."""
    kinds: dict[int, Classification] = {}
    for n in sorted(range(len(parts)), key=lambda n: len(parts[n])):
        kinds[n] = classify(parts[n])
        if not kinds[n].known or kinds[n].document_type not in card_types():
            return []
    return [kinds[n] for n in range(len(parts))]


def widest_gaps(lines: Sequence[TextLine]) -> Iterator[tuple[tuple[TextLine, ...], tuple[TextLine, ...]]]:
    """The lines above and below, left and right of the widest gaps in their writing."""
    if not lines:
        return
    boxes = [bounds(line.box) for line in lines]
    height = median(y1 - y0 for _, y0, _, y1 in boxes)
    gaps: list[tuple[float, int, float]] = []
    for axis in (1, 0):
        spans = sorted((box[axis], box[axis + 2]) for box in boxes)
        end = spans[0][1]
        for start, stop in spans[1:]:
            if start - end > GAP * height:
                gaps.append((start - end, axis, (start + end) / 2))
            end = max(end, stop)
    for _, axis, at in sorted(gaps, reverse=True)[:CUTS]:
        before = tuple(line for line, box in zip(lines, boxes, strict=True) if box[axis] < at)
        after = tuple(line for line, box in zip(lines, boxes, strict=True) if box[axis] >= at)
        if min(len(before), len(after)) >= FEWEST:
            yield before, after
