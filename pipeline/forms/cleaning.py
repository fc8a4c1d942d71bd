"""What of a read run is writing: without the leaders it stands on and the colon before it."""

from __future__ import annotations

import re

from pipeline.forms.keys import fold
from pipeline.forms.sheet import Piece, Sheet

_LEAD = " \t\u00a0.:;,…_·•~|*°'`^‘’“”=-–—)]"
_TAIL = " \t\u00a0.:;…_·•~|*°`^=-–—(["
_LEADERS = re.compile(r"\s*(?:[._…·•]\s?){3,}\s*|…+|_{2,}|(?<=\s)[._·•]{2,}(?=\s)")
DITTO = re.compile(r"""^\W*(?:["“”″„]+|''|,,|〃|-?\s*n\s*t\s*-?|-?//-?|như\s+trên|nhu\s+tren)\W*$""", re.IGNORECASE)
MARK_SIZE = (0.22, 0.5)  # of the usual height of a line: a speck is smaller, a letter larger
_WORD = re.compile(r"^[^\W\d_](?:[^\W\d_A-ZĐ]+|[^\W\d_a-zđ]+)$")
_VOWEL = re.compile(r"[aeiouy]")
_BLANK = re.compile(r"^[\W_]*$")


def trim(sheet: Sheet, piece: Piece) -> Piece | None:
    """The piece without leaders at its ends; None when nothing is written. Ditto marks are writing."""
    text = sheet.texts[piece.line][piece.start : piece.end]
    if DITTO.match(text):
        core = text.strip()
        start = piece.start + text.index(core)
        return Piece(line=piece.line, start=start, end=start + len(core))
    if _BLANK.match(text):
        return None
    start = piece.start + len(text) - len(text.lstrip(_LEAD))
    end = piece.end - (len(text) - len(text.rstrip(_TAIL)))
    return Piece(line=piece.line, start=start, end=end) if end > start else None


def unread(sheet: Sheet, line: int) -> Piece | None:
    """A strip without text that is as large as writing: ink the reader made nothing of."""
    if sheet.texts[line].strip():
        return None
    x0, y0, x1, y1 = sheet.boxes[line]
    writing = x1 - x0 > 1.2 * sheet.height and 0.5 * sheet.height < y1 - y0 < 2.2 * sheet.height
    return Piece(line=line, start=0, end=0) if writing else None


def is_small_mark(sheet: Sheet, line: int) -> bool:
    """Whether a strip is as small as a ditto mark and holds no word: readers make "11", "-" or nothing of one."""
    x0, y0, x1, y1 = sheet.boxes[line]
    wide, tall = (x1 - x0) / sheet.height, (y1 - y0) / sheet.height
    low, high = MARK_SIZE
    small = low <= tall <= high and low <= wide <= 2 * high and tall >= 0.45 * wide
    return small and len(sheet.texts[line].strip()) <= 3


def is_scrap(text: str) -> bool:
    """Whether a run is a few signs that are no word and no sentence: what is left of a stamp or a signature."""
    signs = "".join(text.split())
    return len(signs) <= 4 and not (_WORD.match(signs) and _VOWEL.search(fold(signs)))


def without_comma(sheet: Sheet, piece: Piece) -> Piece:
    """The last piece of a value: a comma at its end is a leader's trace, not writing."""
    text = sheet.texts[piece.line][piece.start : piece.end]
    return Piece(line=piece.line, start=piece.start, end=piece.start + len(text.rstrip(", .")))


def written(text: str) -> str:
    """A value's text: leaders inside become one space."""
    return re.sub(r"\s+", " ", _LEADERS.sub(" ", text)).strip()


def is_ditto(text: str) -> bool:
    """Whether a cell says "as above": quotation marks, -nt-, như trên."""
    return bool(DITTO.match(text))
