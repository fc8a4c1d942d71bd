"""How much a hit weighs as a printed label: its letters, its borders, its capitals, what follows it.

A label stands at a word's start, ends with a colon or a leader, and keeps its printed capitals; a
name that looks like a label ("NGUYỄN VĂN" and "Nguyên quán") does not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.forms.search import Hit

_FOLLOWS = re.compile(r"\s*[:;.…_·\-–—(/]|\s*$|\s*\d")
_COLON = re.compile(r"\s*[:;…]|\s*\.{2,}|\s*$")
_REAL_COLON = re.compile(r"\s*[:;…]|\s*\.{2,}")
# Factors on, and amounts added to or taken from, a hit's score. All by trial.
SHORT = 5  # letters of a label that must be whole words
SHORTEST = 3  # letters of a label that must be read without a fault, or end in a colon
MARGIN = 3  # letters, at either end, that a hit is stretched by to whole words
NOT_FOLLOWED = 0.55  # factor: a short label whose colon is missing, before a word
MARKS_AGREE = 0.1  # added: a short label read with its own marks (Số, not Sở)
OVER_COLON = 0.3  # taken: it runs over the colon of a shorter label into its value
INSIDE_START, INSIDE_END = 0.2, 0.12  # taken: it begins, ends inside a word
COLON = 0.1  # added: a colon, a leader or the line's end follows
FIRST = 0.06  # added: nothing stands before it in its line
FEW_LETTERS = 4  # letters below which only the first one's capital is compared
WRONG_FIRST, WRONG_FIRST_SHORT = 0.95, 0.9  # factors: the first letter's capital differs; so, with few letters
READ_IN_CAPITALS, SMALL_PRINT, CAPITALS = 0.75, 0.6, 0.85  # factor: a label with fewer capitals read with more
READ_SMALL, ALL_CAPITALS, SMALL = 0.85, 0.9, 0.3  # factor: a label with more capitals read with fewer


def snap(hit: Hit, texts: Sequence[str]) -> Hit:
    """The hit stretched to whole words: a label's misread first or last letters are still the label's."""
    start, end = hit.start, hit.end
    text, last = texts[hit.line], texts[hit.last_line]
    for _ in range(MARGIN):
        if start and text[start - 1].isalpha():
            start -= 1
    if start and text[start - 1].isalnum():
        start = hit.start
    for _ in range(MARGIN):
        if end < len(last) and last[end].isalpha() and not (last[end].isupper() and last[end - 1].islower()):
            end += 1
    if end < len(last) and last[end].isalnum():
        end = hit.end
    return replace(hit, start=start, end=end) if (start, end) != (hit.start, hit.end) else hit


def weigh(hit: Hit, wording: str, texts: Sequence[str], *, capitals: bool = False) -> float:
    """The hit's weight as a label, from 0 (no label) to about 1.2. Deterministic; looks at the primary reading only.

    `capitals`: the paper prints its labels in capitals, whatever its form does.
    """
    text, last = texts[hit.line], texts[hit.last_line]
    starts = hit.start == 0 or not text[hit.start - 1].isalnum()
    ends = hit.end >= len(last) or not last[hit.end].isalnum()
    weight = hit.score
    read = text[hit.start : hit.end if hit.line == hit.last_line else None]
    if hit.length <= SHORT:
        if not (starts and ends):
            return 0.0
        if hit.length <= SHORTEST and hit.score < 1 and not _COLON.match(last, hit.end):
            return 0.0
        if hit.length <= SHORTEST and text[: hit.start].strip() and not _REAL_COLON.match(last, hit.end):
            return 0.0  # "phố X, Số 5" is no label
        if wording.endswith(":") and not _FOLLOWS.match(last, hit.end):
            weight *= NOT_FOLLOWED
        weight += MARKS_AGREE if read.lower() == wording.rstrip(" :").lower() else 0.0
    if ":" in read.rstrip(" :") and ":" not in wording.rstrip(" :"):
        weight -= OVER_COLON
    weight -= (0 if starts else INSIDE_START) + (0 if ends else INSIDE_END)
    if _COLON.match(last, hit.end) and (hit.length > SHORT or hit.end < len(last.rstrip())):
        weight += COLON
    if not text[: hit.start].strip(" .:;,-_…("):
        weight += FIRST
    weight *= 1.0 if capitals and read_in_capitals(read) else _capitals(read, wording)
    return max(0.0, weight)


def read_in_capitals(read: str) -> bool:
    """Whether nearly all letters of a text are capitals, and they are more than a few."""
    letters = [c for c in read if c.isalpha()]
    return len(letters) >= FEW_LETTERS and sum(c.isupper() for c in letters) > CAPITALS * len(letters)


def _capitals(read: str, wording: str) -> float:
    """Factor below 1 for small print read in capitals (mostly a name) and for capitals read as small print."""
    letters = [c for c in read if c.isalpha()]
    if len(letters) < FEW_LETTERS:
        first = letters[:1]
        return WRONG_FIRST_SHORT if first and first[0].isupper() != _first_upper(wording) else 1.0
    upper = sum(c.isupper() for c in letters) / len(letters)
    printed = [c for c in wording if c.isalpha()]
    expected = sum(c.isupper() for c in printed) / max(1, len(printed))
    if expected < SMALL_PRINT and upper > CAPITALS:
        return READ_IN_CAPITALS
    if expected > ALL_CAPITALS and upper < SMALL:
        return READ_SMALL
    return 1.0 if read[:1].isupper() == _first_upper(wording) or not read[:1].isalpha() else WRONG_FIRST


def _first_upper(wording: str) -> bool:
    return next((c.isupper() for c in wording if c.isalpha()), False)
