"""A card on a sheet whose edges nothing told, beside cards that were cut out: it is known by its writing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.domain.geometry import bounds, rectangle
from pipeline.domain.model import TextLine
from pipeline.forms.classify import classify
from pipeline.forms.loading import card_types
from pipeline.read_image import ReadImage, part_of

Box = tuple[float, float, float, float]


def with_missed_card(cards: Sequence[ReadImage], sheet: ReadImage) -> tuple[ReadImage, ...]:
    """The cards in reading order, and among them what else is written on their sheet, if that is a card's writing.

    `sheet` is the page that the cards were cut from, read as one. A note beside the cards is none and is left out: that
    there is writing beside them is the page's finding.
    """
    places = [_written_on(card) for card in cards]
    on = [[line for line in sheet.lines if _is_on(place, sheet, line)] for place in places]
    taken = {id(line) for lines in on for line in lines}
    beside = tuple(line for line in sheet.lines if id(line) not in taken)
    if not beside or classify(beside).document_type not in card_types():
        return tuple(cards)
    number = len(cards) + 1
    part = part_of(sheet, beside)
    lines = tuple(replace(line, part=number) for line in part.lines)
    part = replace(part, image=part.image.evolve(part=number), lines=lines)
    at = sum(_comes_before(_around(own), _around(beside)) for own in on if own)
    return (*cards[:at], part, *cards[at:])


def _written_on(image: ReadImage) -> Box | None:
    """Where on the scan the image is written on."""
    return bounds(image.image.to_scan.quad(rectangle(*_around(image.lines)))) if image.lines else None


def _around(lines: Sequence[TextLine]) -> Box:
    lefts, tops, rights, bottoms = zip(*(bounds(line.box) for line in lines), strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _is_on(place: Box | None, sheet: ReadImage, line: TextLine) -> bool:
    left, top, right, bottom = bounds(sheet.image.to_scan.quad(line.box))
    x, y = (left + right) / 2, (top + bottom) / 2
    return place is not None and place[0] <= x <= place[2] and place[1] <= y <= place[3]


def _comes_before(a: Box, b: Box) -> bool:
    """Whether one is read before the other: it lies above the other's middle, or left of it in a row."""
    return a[3] < (b[1] + b[3]) / 2 or (a[1] < (b[1] + b[3]) / 2 and a[2] <= b[0])
