"""The writing in what was read: without the leaders it stands on and the colon before it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.forms.keys import fold
from pipeline.forms.sheet import Piece, Sheet

_LEAD = " \t\u00a0.:;,…_·•~|*°'`^‘’“”=-–—)]"
_TAIL = " \t\u00a0.:;…_·•~|*°`^=-–—(["
_LEADERS = re.compile(r"\s*(?:[._…·•]\s?){3,}\s*|…+|_{2,}|(?<=\s)[._·•]{2,}(?=\s)")
DITTO = re.compile(
    r"""^\W*(?:["“”″„]+[1lI|]?|''|,,|〃|-?\s*n\s*t\s*-?|-?//-?|như\s+trên|nhu\s+tren)\W*$""", re.IGNORECASE
)
# Lengths are in letter heights of the sheet (the usual height of a line); all by trial.
MARK_SIZE = (0.22, 0.5)  # height of a ditto mark, and its width up to twice that: a speck is smaller, a letter larger
MARK_SHAPE = 0.45  # height over width of a ditto mark, at least; flatter is a dash
CROSS_HIGH, CROSS_SHAPE = 0.25, (0.7, 1.6)  # height of a cross, at least, and over its width
MARK_SIGNS = 3  # signs, at most, that readers make of a ditto mark
UNREAD_WIDTH, UNREAD_HEIGHT = 1.2, (0.5, 2.2)  # of ink that is writing although nothing was read in it
SCRAP_SIGNS = 4  # signs, at most, of what is left of a stamp
_WORD = re.compile(r"^[^\W\d_](?:[^\W\d_A-ZĐ]+|[^\W\d_a-zđ]+)$")
_VOWEL = re.compile(r"[aeiouy]")
_DASHES = frozenset("-–")
_BLANK = re.compile(r"^(?:_|[^\w+×✓✗✔])*$")  # a cross or a tick is writing


def trim(sheet: Sheet, piece: Piece) -> Piece | None:
    """The piece without leaders at its ends; None when nothing is written. Ditto marks are writing."""
    text = sheet.texts[piece.line][piece.start : piece.end]
    if DITTO.match(text):
        core = text.strip()
        start = piece.start + text.index(core)
        return Piece(line=piece.line, start=start, end=start + len(core))
    if _BLANK.match(text):
        return piece if text.strip() and _is_cross(sheet, piece) else None
    start = piece.start + len(text) - len(text.lstrip(_LEAD))
    end = piece.end - (len(text) - len(text.rstrip(_TAIL)))
    return Piece(line=piece.line, start=start, end=end) if end > start else None


def _is_cross(sheet: Sheet, piece: Piece) -> bool:
    """Whether what was read as a dash is about as high as wide: a cross whose upright stroke the reader passed over."""
    x0, y0, x1, y1 = sheet.boxes[piece.line]
    whole = sheet.texts[piece.line].strip() == sheet.texts[piece.line][piece.start : piece.end].strip()
    dashes = set(sheet.texts[piece.line].strip()) <= _DASHES
    high, (least, most) = y1 - y0, CROSS_SHAPE
    return whole and dashes and high >= CROSS_HIGH * sheet.height and least * (x1 - x0) <= high <= most * (x1 - x0)


def unread(sheet: Sheet, line: int) -> Piece | None:
    """The strip as a piece when it has no text but is as large as writing: ink the reader could not read."""
    if sheet.texts[line].strip():
        return None
    x0, y0, x1, y1 = sheet.boxes[line]
    low, high = (share * sheet.height for share in UNREAD_HEIGHT)
    writing = x1 - x0 > UNREAD_WIDTH * sheet.height and low < y1 - y0 < high
    return Piece(line=line, start=0, end=0) if writing else None


def is_small_mark(sheet: Sheet, line: int) -> bool:
    """Whether a strip is as small as a ditto mark and holds no word: readers make "11", "-" or nothing of one."""
    x0, y0, x1, y1 = sheet.boxes[line]
    wide, tall = (x1 - x0) / sheet.height, (y1 - y0) / sheet.height
    low, high = MARK_SIZE
    small = low <= tall <= high and low <= wide <= 2 * high and tall >= MARK_SHAPE * wide
    return small and len(sheet.texts[line].strip()) <= MARK_SIGNS


def is_scrap(text: str) -> bool:
    """Whether a run is a few signs that make no word, as a stamp or a signature leaves them."""
    signs = "".join(text.split())
    return len(signs) <= SCRAP_SIGNS and not (_WORD.match(signs) and _VOWEL.search(fold(signs)))


def without_comma(sheet: Sheet, piece: Piece) -> Piece:
    """A value's last piece without a comma or point at its end, which is a trace of the leader."""
    text = sheet.texts[piece.line][piece.start : piece.end]
    return Piece(line=piece.line, start=piece.start, end=piece.start + len(text.rstrip(", .")))


def joined(texts: Iterable[str]) -> str:
    """The lines of a value as one text: a dash that touches its word touches the next line's word too."""
    whole = ""
    for text in filter(None, (text.strip() for text in texts)):
        touching = (whole[-1:] in _DASHES and whole[-2:-1].isalnum()) or (text[0] in _DASHES and text[1:2].isalnum())
        whole += text if touching or not whole else f" {text}"
    return whole


def written(text: str) -> str:
    """A value's text: leaders inside become one space."""
    return re.sub(r"\s+", " ", _LEADERS.sub(" ", text)).strip()


def is_ditto(text: str) -> bool:
    """Whether a cell says "as above": quotation marks, -nt-, như trên."""
    return bool(DITTO.match(text))
