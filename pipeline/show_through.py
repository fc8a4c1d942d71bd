"""Writing of the other side that shows through thin paper: it reads better in a mirror, and is paler than this side's.

Its lines say nothing of this side: joined to a value they would invent what nobody wrote.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from pipeline.domain.message import Message
from pipeline.domain.model import Finding
from pipeline.domain.recognition import LineImage, Reading, Recognizer
from pipeline.layout import PageLayout
from pipeline.layout.model import Box

SHOW_THROUGH = Finding(
    code="page.show_through",
    message=Message(
        "Chữ của mặt sau thấm hoặc hằn qua giấy; máy không đọc chữ đó",
        "Writing of the other side shows through the paper; it was not read",
    ),
)
# Of 135 files of another maker and 70 of our own three have such writing; nothing else was taken for it.
_SURELY_READ = 0.95  # mean of the letters' probabilities in lines whose ink is this side's
_FEWEST_LINES = 4  # of such, to know how dark this side's ink is
_BADLY_READ = 0.92  # mean of the letters' probabilities: what is read better is no mirrored writing
_PALE = 0.75  # of the contrast of this side's ink
_BETTER = 0.08  # by which the mean is higher in a mirror, where a page is first seen to show through
_READ = 0.6  # the least mean in a mirror of what is seen first
_NO_WORSE = -0.05  # by which what can be read in a mirror may be read worse, then: its own lines were, by a tenth
_LETTERS = 8  # in such lines together, from which the page shows through
_SHORTEST = 3  # letters of a line that is asked about
_PAPER, _WHITE = 250, 245  # grey levels of paper in the layout's ink, and from which a pixel is no ink
_DARK = 20  # percentile of a line's inked pixels that says how dark its ink is


def show_through(
    layout: PageLayout, readings: Sequence[Reading], cuts: Sequence[LineImage], reader: Recognizer
) -> frozenset[int]:
    """Which of the page's segments are writing of the other side, by their numbers.

    `readings[i]` was read from `cuts[i]`, the line image of `layout.segments[i]`. Only pale lines that were read badly
    are read in a mirror. What can be read neither way may be faded writing of this side, and stays.
    """
    sure = [number for number, reading in enumerate(readings) if _mean(reading) >= _SURELY_READ]
    if len(sure) < _FEWEST_LINES:
        return frozenset()
    contrast = float(np.median([_contrast(layout, layout.segments[number].box) for number in sure]))
    doubtful = [
        number
        for number, reading in enumerate(readings)
        if len(_letters(reading)) >= _SHORTEST
        and _mean(reading) < _BADLY_READ
        and _contrast(layout, layout.segments[number].box) < _PALE * contrast
    ]
    mirrored = dict(zip(doubtful, reader.read([_mirrored(cuts[number]) for number in doubtful]), strict=True))
    read = {n: _mean(seen) for n, seen in mirrored.items() if len(_letters(seen)) >= _SHORTEST}
    better = {n for n in read if read[n] > _mean(readings[n]) + _BETTER}
    if sum(len(_letters(mirrored[n])) for n in better if read[n] > _READ) < _LETTERS:
        return frozenset()
    return frozenset(better | {n for n in read if read[n] > _READ and read[n] > _mean(readings[n]) + _NO_WORSE})


def _mirrored(cut: LineImage) -> LineImage:
    return replace(cut, pixels=np.ascontiguousarray(cut.pixels[:, ::-1]))


def _letters(reading: Reading) -> list[float]:
    return [character.probability for character in reading.characters if character.text.isalnum()]


def _mean(reading: Reading) -> float:
    letters = _letters(reading)
    return sum(letters) / len(letters) if letters else 0.0


def _contrast(layout: PageLayout, box: Box) -> float:
    """Grey levels between the paper and the darker ink within a box of the upright image."""
    to_ink = layout.ink.to_upright.inverse()
    (x0, y0), (x1, y1) = to_ink((box[0], box[1])), to_ink((box[2], box[3]))
    part = layout.ink.grey[max(0, int(y0)) : int(y1) + 1, max(0, int(x0)) : int(x1) + 1]
    inked = part[part < _WHITE]
    return _PAPER - float(np.percentile(inked, _DARK)) if inked.size else 0.0
