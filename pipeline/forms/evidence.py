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
SHORT = 5
MARGIN = 3  # letters


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


def weigh(hit: Hit, wording: str, texts: Sequence[str]) -> float:
    """Between 0 (no label) and about 1.2. Deterministic; looks at the primary reading only."""
    text, last = texts[hit.line], texts[hit.last_line]
    starts = hit.start == 0 or not text[hit.start - 1].isalnum()
    ends = hit.end >= len(last) or not last[hit.end].isalnum()
    weight = hit.score
    read = text[hit.start : hit.end if hit.line == hit.last_line else None]
    if hit.length <= SHORT:
        if not (starts and ends):
            return 0.0
        if hit.length <= 3 and hit.score < 1 and not _COLON.match(last, hit.end):
            return 0.0
        if hit.length <= 3 and text[: hit.start].strip() and not _REAL_COLON.match(last, hit.end):
            return 0.0  # "phố X, Số 5" is no label
        if wording.endswith(":") and not _FOLLOWS.match(last, hit.end):
            weight *= 0.55
        weight += 0.1 if read.lower() == wording.rstrip(" :").lower() else 0.0  # marks count: Số, not Sở
    if ":" in read.rstrip(" :") and ":" not in wording.rstrip(" :"):
        weight -= 0.3  # it runs over the colon of a shorter label into its value
    weight -= (0 if starts else 0.2) + (0 if ends else 0.12)
    if _COLON.match(last, hit.end) and (hit.length > SHORT or hit.end < len(last.rstrip())):
        weight += 0.1
    if not text[: hit.start].strip(" .:;,-_…("):
        weight += 0.06
    weight *= _capitals(read, wording)
    return max(0.0, weight)


def _capitals(read: str, wording: str) -> float:
    """Less for small print read in capitals (a name, most often) or capitals read in small print."""
    letters = [c for c in read if c.isalpha()]
    if len(letters) < 4:
        first = letters[:1]
        return 0.9 if first and first[0].isupper() != _first_upper(wording) else 1.0
    upper = sum(c.isupper() for c in letters) / len(letters)
    printed = [c for c in wording if c.isalpha()]
    expected = sum(c.isupper() for c in printed) / max(1, len(printed))
    if expected < 0.6 and upper > 0.85:
        return 0.75
    if expected > 0.9 and upper < 0.3:
        return 0.85
    return 1.0 if read[:1].isupper() == _first_upper(wording) or not read[:1].isalpha() else 0.95


def _first_upper(wording: str) -> bool:
    return next((c.isupper() for c in wording if c.isalpha()), False)
