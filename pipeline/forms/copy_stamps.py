"""Stamps that certify a copy ("CHỨNG THỰC BẢN SAO … Số chứng thực: 5269 Quyển số: 01 SCT/BS Ngày 15-12-2009"): their
number, book and day are the copy's, and never the paper's own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz import fuzz

from pipeline.domain.model import TextLine
from pipeline.forms.keys import fold

Box = tuple[float, float, float, float]
_STAMPS = ("chungthucbansaodungvoibanchinh", "saoybanchinh", "saoluctubanchinh", "dacapbansao")
STAMP_LETTERS, STAMP_LIKE = 14, 78.0  # letters of such words, at least, and their likeness (rapidfuzz)
ROWS_BELOW = 4.0  # heights of a stamp's first line within which its number, book and day stand; by trial
BESIDE = 0.75  # widths of that line, to either side, within which their middles stand; by trial
_OF_COPY = re.compile(r"s[oố] ch[uứ]ng th[uự]c|\bSCT\b|SCT/|quy[eể]n s[oố]|^\W*ng[aà]y\W*\d", re.IGNORECASE)


def is_stamp(text: str) -> bool:
    """Whether the words are of a stamp that certifies a copy, however they were read: they stand among signatures."""
    key = fold(text)
    return len(key) >= STAMP_LETTERS and any(fuzz.partial_ratio(key, stamp) >= STAMP_LIKE for stamp in _STAMPS)


def stamped(lines: Sequence[TextLine], boxes: Sequence[Box]) -> set[int]:
    """The lines of stamps that say which copy this is, with the words above them. Boxes: left, top, right, bottom.

    Words of a stamp without number, book or day below them are left alone: they may be a title's.
    """
    heads = [n for n, line in enumerate(lines) if is_stamp(line.text)]
    found: set[int] = set()
    for head in heads:
        x0, y0, x1, y1 = boxes[head]
        slack, floor = BESIDE * (x1 - x0), y1 + ROWS_BELOW * (y1 - y0)
        below = {
            n
            for n, (left, top, right, _) in enumerate(boxes)
            if y0 < top < floor and x0 - slack < (left + right) / 2 < x1 + slack and _OF_COPY.search(lines[n].text)
        }
        found |= {head, *below} if below else set()
    return found
