"""Names under signatures, and the office at the head of a paper: values without a label before them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz import fuzz

from pipeline.forms.anchors import Anchor
from pipeline.forms.cleaning import trim
from pipeline.forms.copy_stamps import is_stamp
from pipeline.forms.keys import fold
from pipeline.forms.plan import Slot
from pipeline.forms.sheet import SAME_ROW, Piece, Sheet

_OFFICES = frozenset(
    {
        "chutich",
        "phochutich",
        "truong",
        "photruong",
        "uyban",
        "ubnd",
        "ubhc",
        "nhandan",
        "hanhchinh",
        "kyghiro",
        "kyten",
        "dongdau",
        "hovaten",
        "hoten",
        "chucvu",
        "canbo",
        "tuphap",
        "hotich",
        "congan",
        "giamdoc",
        "thutruong",
        "uyvien",
        "thuky",
        "danhdau",
        "dauvaky",
        "nguoiky",
        "nguoidi",
        "nguoidung",
    }
)  # keys of words that stand in offices, not in names
_NO_NAME = re.compile(
    r"^\W*(?:(?:phường|xã|thị trấn|quận|huyện|thị xã|thành phố|tỉnh|t\.?\s?p)\s|b[aả]n m[aẫ]u|m[aẫ]u\b|speci|"
    r"[đd][uúù]ng v[oớ]i b[aả]n|ch[uứ]ng th[uự]c|b[aả]n sao|b[aả]n ch[ií]nh)|\bm[aẫ]u\s*$|specimen",
    re.IGNORECASE,
)  # a place, a stamp or a watermark
# A doctor's, a midwife's, a master's: no syllable has no vowel.
_TITLE = re.compile(r"\W*(?:(?:[bcdđghklmnpqrstvx]{2,5}\d?|[bcdđghklmnpqrstvx]\d|ys)\b[\s.,:]*)+(?=\w)", re.IGNORECASE)
_FOR_OFFICE = re.compile(r"^\W*(?:T\s?[./]?\s?M|K\s?[./]?\s?T|T\s?[./]?\s?L|T\s?[./]?\s?U\s?[./]?\s?[QY])[\s./]+\w")
_WORD = re.compile(r"[^\W\d_]+", re.UNICODE)
_WORDS = re.compile(r"[^\W\d_]{3,}", re.UNICODE)
_FORM_CODE = re.compile(r"^\W*(mẫu|mau|tp\W*/?ht|stp|ht\d|hk\d|mẩu)", re.IGNORECASE)
# Lengths are in letter heights of the sheet; all by trial.
REACH = 16.0  # below its caption within which a signer's name stands
WATERMARK_LETTERS, WATERMARK_LIKE = 5, 80.0  # letters of MẪU, at most, and likeness (rapidfuzz) of a watermark
BESIDE = 2.0  # beside the line of place and day that a signer's name under it may have its middle
SLACK = 0.3  # by which a name may overlap its caption, or the next labels below
NEXT = 2.0  # below the caption from where other labels end the room for the name, and a mere word may be its rest
NAME_WORDS, NAME_LETTERS = (2, 6), 5  # words of a name, and its letters at least
OFFICE_HALF = 0.5  # of the sheet's width, from the left, in which the issuing office stands
OFFICE_LETTERS = 3  # letters up to which a run is no office


def name_under(
    sheet: Sheet, caption: Anchor, others: Sequence[Anchor], used: Sequence[int], lines: Sequence[int]
) -> list[Piece]:
    """The signer's name: the lowest run below the caption, in its column, that looks like a name.

    Where none does, the lowest run that holds a word: a part of a name is better than no name.
    """
    left = sheet.x_at(caption.line, caption.start)
    right = sheet.x_at(caption.last_line, caption.end)
    centre, top = (left + right) / 2, sheet.boxes[caption.line][3]
    low, high = _column(sheet, caption, centre)
    below = [a.line for a in others if not sheet.texts[a.line].lstrip().startswith("(")]  # (Ký, ghi rõ họ tên)
    floor = min((sheet.boxes[n][1] for n in below if sheet.boxes[n][1] > top + NEXT * sheet.height), default=1e9)
    best: tuple[float, list[Piece]] = (0.0, [])
    rest: tuple[float, list[Piece]] = (0.0, [])
    for n in lines:
        _, y0, _, y1 = sheet.boxes[n]
        if n in used or y0 < top - SLACK * sheet.height or y1 > floor + SLACK * sheet.height:
            continue
        start, end = _in_column(sheet, n, low, high)
        if start >= end or y0 - top > REACH * sheet.height or is_stamp(sheet.texts[n]):
            continue
        title = _TITLE.match(sheet.texts[n], start, end)
        piece = trim(sheet, Piece(line=n, start=start if title is None else title.end(), end=end))
        if piece and y0 > best[0] and looks_like_name(sheet.texts[n][piece.start : piece.end]):
            best = (y0, [piece])
        elif not piece or is_watermark(sheet.texts[n]):
            continue
        elif y0 > rest[0] and y0 - top > NEXT * sheet.height and _WORDS.search(sheet.texts[n]):
            rest = (y0, [piece])
    return best[1] or rest[1]


def _column(sheet: Sheet, caption: Anchor, centre: float) -> tuple[float, float]:
    """The x range of a caption's column: half way to what stands beside it in its row, or to the page's ends."""
    row = sheet.boxes[caption.line]
    low, high = sheet.left - 1, sheet.right + 1
    for n, (x0, y0, x1, y1) in enumerate(sheet.boxes):
        overlap = min(y1, row[3]) - max(y0, row[1])
        if n == caption.line or overlap < SAME_ROW * min(y1 - y0, row[3] - row[1]) or not _WORDS.search(sheet.texts[n]):
            continue
        middle = (x0 + x1) / 2
        if x1 < centre:
            low = max(low, (middle + centre) / 2)
        elif x0 > centre:
            high = min(high, (middle + centre) / 2)
    return low, high


def _in_column(sheet: Sheet, n: int, low: float, high: float) -> tuple[int, int]:
    """The part of a line that stands in a column: all of it where it stands there, else its words that do.

    Names beside each other, of signers in two columns, may be read as one line.
    """
    x0, _, x1, _ = sheet.boxes[n]
    text = sheet.texts[n]
    if low <= x0 and x1 <= high:
        return 0, len(text)
    words = [
        match
        for match in re.finditer(r"\S+", text)
        if low <= (sheet.x_at(n, match.start()) + sheet.right_of(n, match.end())) / 2 <= high
    ]
    if len(words) < NAME_WORDS[0]:
        return (0, len(text)) if low <= (x0 + x1) / 2 <= high else (0, 0)
    return words[0].start(), words[-1].end()


def is_watermark(text: str) -> bool:
    """Whether the words are MẪU or SPECIMEN, however they were read."""
    key = fold(text)
    short = len(key) <= WATERMARK_LETTERS and fuzz.ratio(key, "mau") >= WATERMARK_LIKE
    return short or (len(key) >= len("specimen") - 1 and fuzz.partial_ratio(key, "specimen") >= WATERMARK_LIKE)


def signs_for_office(text: str) -> bool:
    """Whether a caption says for which office somebody signs, whichever it is: "TM. UBND XÃ …", "KT. CHỦ TỊCH"."""
    return bool(_FOR_OFFICE.match(text)) and text.isupper() and len(fold(text)) > OFFICE_LETTERS


def signer_below(sheet: Sheet, date: Anchor, used: Sequence[int], lines: Sequence[int]) -> list[Piece]:
    """The name under the line that says place and day of the signature, where a stamp has left nothing to read of the
    caption between them; nothing that does not look like a name."""
    x0, y0, x1, _ = sheet.boxes[date.line]
    slack = BESIDE * sheet.height
    under = [
        n
        for n in lines
        if sheet.boxes[n][1] > y0 and x0 - slack <= (sheet.boxes[n][0] + sheet.boxes[n][2]) / 2 <= x1 + slack
    ]
    pieces = name_under(sheet, date, [], used, under)
    return [p for p in pieces if looks_like_name(sheet.texts[p.line][p.start : p.end])]


def looks_like_name(text: str) -> bool:
    """Two to six words of letters, all but one with a capital, and no office among them."""
    words = _WORD.findall(text)
    if _NO_NAME.search(text) or text.lstrip().startswith("(") or sum(map(len, words)) < NAME_LETTERS:
        return False
    if not NAME_WORDS[0] <= len(words) <= NAME_WORDS[1] or any(c.isdigit() for c in text):
        return False
    key = fold(text)
    if any(office in key for office in _OFFICES):
        return False
    return sum(1 for w in words if str(w)[0].isupper()) >= len(words) - 1


def office_at_head(
    sheet: Sheet, anchors: Sequence[Anchor], slots: Sequence[Slot], lines: Sequence[int], most: int
) -> list[Piece]:
    """The issuing office: the runs at the top left, above the title and outside every printed word."""
    bodies = [a for a in anchors if not slots[a.slot].heading]
    floor = min((sheet.boxes[a.line][1] for a in bodies), default=sheet.boxes[lines[0]][3] if lines else 0.0)
    taken = {a.line for a in anchors}
    pieces = []
    for n in sheet.reading_order(lines):
        x0, y0, x1, _ = sheet.boxes[n]
        if y0 >= floor or n in taken or (x0 + x1) / 2 > sheet.left + OFFICE_HALF * sheet.width:
            continue
        text = sheet.texts[n]
        piece = trim(sheet, Piece(line=n, start=0, end=len(text)))
        if piece and len(fold(text)) > OFFICE_LETTERS and not _FORM_CODE.match(text):
            pieces.append(piece)
    return pieces[: most + 1]
