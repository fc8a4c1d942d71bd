"""Whether a dash stands apart from its words, told by the ink: a network that learnt "a - b" reads "a-b" so too."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

import numpy as np
from numpy.typing import NDArray

from ocr_models.reader.preparation import HEIGHT, Prepared
from pipeline.domain.recognition import Character

_DASHES = frozenset("-–")
_DASH = re.compile(r"\s*[-–]\s*")
# By trial, on papers of another maker.
_BAND = (0.22, 0.75)  # of the line's height: where letters and dashes lie, rules and marks seldom
_INK = 90  # of 255
_CLEAR = 5.0  # columns of 48 rows between words at least, for what lies between them to be paper and not a pattern
_TOUCHING = 0.5  # of the gap between words, at most, that parts a dash from the word that it touches


def with_true_dashes(characters: Sequence[Character], line: Prepared) -> list[Character]:
    """The characters without the spaces beside a dash that touches both of its words.

    Nothing is done where the gaps between the line's words cannot be seen, or only one of the two can.
    """
    inked = [n for n, c in enumerate(characters) if not c.text.isspace()]
    dashes = [n for n in inked[1:-1] if characters[n].text in _DASHES]
    if not dashes:
        return list(characters)
    columns = _columns(line)

    def gap(left: int, right: int) -> int:
        a, b = ((characters[n].start + characters[n].end) / 2 for n in (left, right))
        return _longest_gap(columns, (a - line.left) * line.scale, (b - line.left) * line.scale)

    pairs = list(pairwise(inked))
    words = [
        gap(a, b)
        for a, b in pairs
        if b - a > 1 and characters[a].text not in _DASHES and characters[b].text not in _DASHES
    ]
    usual = median(words) if words else 0.0
    if usual < _CLEAR * HEIGHT / 48:
        return list(characters)
    touching = {
        n
        for n in dashes
        if all(gap(a, b) <= _TOUCHING * usual for a, b in pairs if n in (a, b))
        and all(characters[m].text.isalnum() for a, b in pairs for m in (a, b) if n in (a, b) and m != n)
    }
    gone = {m for a, b in pairs if a in touching or b in touching for m in range(a + 1, b)}
    return [c for n, c in enumerate(characters) if n not in gone]


def dashes_as_in(text: str, characters: Sequence[Character]) -> str:
    """The text with its dashes apart from their words only where the characters have them so; unchanged where there are
    more or fewer of them."""
    parts = _DASH.split(text)
    own = "".join(c.text for c in characters)
    dashes = [match.group() for match in _DASH.finditer(own)]
    if len(parts) != len(dashes) + 1:
        return text
    return "".join(part + dash for part, dash in zip(parts, [*dashes, ""], strict=True))


def _columns(line: Prepared) -> NDArray[np.bool_]:
    """Which columns hold ink where letters lie."""
    top, bottom = (round(share * line.ink.shape[0]) for share in _BAND)
    return np.asarray((line.ink[top:bottom] > _INK).any(axis=0), bool)


def _longest_gap(columns: NDArray[np.bool_], start: float, end: float) -> int:
    """The widest run of columns without ink between two places."""
    inside = columns[max(0, round(start)) : max(0, round(end))]
    full = np.concatenate([[-1], np.flatnonzero(inside), [len(inside)]])
    return int(np.diff(full).max() - 1) if len(inside) else 0
