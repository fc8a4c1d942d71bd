"""Writing too long for its cell, read as one with what stands in the next cell, and parted where its word ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipeline.domain.geometry import Transform, bounds, rectangle
from pipeline.domain.model import TextLine
from pipeline.domain.recognition import Character, LineImage, Reading
from pipeline.layout import Crossing

_LEAST = 4  # pixels of a part's image


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What stands in one of the two cells, and the line image it is read in."""

    reading: Reading
    cut: LineImage


def over_rules(
    lines: Sequence[TextLine], cuts: Sequence[LineImage], united: Sequence[tuple[Crossing, LineImage, Reading]]
) -> tuple[tuple[TextLine, ...], list[LineImage]]:
    """Lines and their line images, each value that was written over a rule in the cell where it was begun.

    `united`: of lines side by side that may be one word, the image of both and its reading. What changed is
    marked as crossing a rule, as ink may lie on ink there.
    """
    told, images = list(lines), list(cuts)
    for crossing, cut, reading in united:
        parts = parted(crossing, cut, reading)
        if parts is None:
            continue
        left, right = parts
        alone = told[crossing.right]
        told[crossing.left], images[crossing.left] = _as(told[crossing.left], left), left.cut
        if right is not None:
            told[crossing.right], images[crossing.right] = _as(alone, right), right.cut
        elif _is_end_of(alone.text, left.reading.text):
            nothing = replace(alone.readings[0], text="", characters=())
            told[crossing.right] = alone.evolve(readings=(nothing,), crosses=True)
        else:
            told[crossing.right] = alone.evolve(crosses=True)
    return tuple(told), images


def _as(line: TextLine, part: Part) -> TextLine:
    """The line, read as the part says; its box from where that begins to where it ends."""
    _, y0, _, y1 = bounds(line.box)
    x0, x1 = (part.cut.to_upright((x, 0.0))[0] for x in (0.0, float(part.cut.pixels.shape[1])))
    box = rectangle(x0, y0, x1, y1)
    return line.evolve(box=box, readings=(part.reading,), line_to_upright=part.cut.to_upright, crosses=True)


def parted(crossing: Crossing, united: LineImage, reading: Reading) -> tuple[Part, Part | None] | None:
    """The reading of two cells' writing, parted: what was begun in the left cell is the left one's to its end.

    None where a space stands at the rule: nothing crosses it. The second part is None where nothing tells where the
    right cell's own writing begins. A word ends at a space, between figures and letters, and before a capital
    after a small letter; which cell it was begun in is all that counts, as ink may lie on ink beyond the rule.
    """
    rule = united.to_upright.inverse()((crossing.rule, crossing.y))[0]
    characters = reading.characters
    first = next((n for n, c in enumerate(characters) if (c.start + c.end) / 2 > rule), None)
    if not first or any(c.text.isspace() for c in characters[first - 1 : first + 1]):
        return None
    end = next((n for n in range(first, len(characters)) if _ends(characters[n - 1], characters[n])), len(characters))
    if end == first:
        return None
    left = _part(reading, united, 0, end)
    rest = end + 1 if end < len(characters) and characters[end].text.isspace() else end
    return left, (_part(reading, united, rest, len(characters)) if rest < len(characters) else None)


def _ends(before: Character, after: Character) -> bool:
    """Whether a word ends between two characters."""
    if after.text.isspace():
        return True
    if before.text.isalpha() and after.text.isalpha():
        return before.text.islower() and after.text.isupper()
    return after.text.isalpha()


def _part(reading: Reading, united: LineImage, start: int, end: int) -> Part:
    characters = reading.characters
    width = united.pixels.shape[1]
    x0 = 0 if start == 0 else _between(characters[start - 1], characters[start])
    x1 = width if end == len(characters) else _between(characters[end - 1], characters[end])
    x0 = min(x0, width - _LEAST)
    own = tuple(replace(c, start=max(0.0, c.start - x0), end=max(0.0, c.end - x0)) for c in characters[start:end])
    return Part(
        reading=Reading(
            text="".join(c.text for c in own), characters=own, confidence=reading.confidence, reader=reading.reader
        ),
        cut=LineImage(
            pixels=np.ascontiguousarray(united.pixels[:, x0 : max(x1, x0 + _LEAST)]),
            to_upright=united.to_upright @ Transform.shift(x0, 0),
        ),
    )


def _between(before: Character, after: Character) -> int:
    return round((before.end + after.start) / 2)


def _is_end_of(text: str, left: str) -> bool:
    """Whether what was read in the right cell alone is nothing but the end of the left one's writing."""
    kept = "".join(text.split())
    return left.replace(" ", "").endswith(kept)
