"""How many pixels make an inch: where the file does not say, and whether to believe it where it does."""

from __future__ import annotations

TEXT_HEIGHT_MM = 2.4
"""Median height of the compact pieces of a page (`Ink.height`), small letters with their share of capitals: 11 to 13
point print. Taken over the known forms."""
_INCH = 25.4  # mm
_SHAPE = 0.04  # relative tolerance of a paper's shape; by trial
_MOST_OFF = 1.7  # times: a paper whose letters are further from the usual height is not this paper; by trial
_A4_MM = 297.0  # longer side, ISO 216
# Sides in mm: A3, A4, A5 (ISO 216), a household book's leaf, the book open; and by what factor a paper's
# letters must fit better than A4's before it is taken instead (by trial).
_PAPERS = {
    (297.0, 420.0): 1.25,
    (210.0, 297.0): 1.0,
    (148.0, 210.0): 1.25,
    (120.0, 165.0): 1.25,
    (165.0, 240.0): 1.25,
}
_WRITTEN_MM = (0.85, 4.1)
"""Letter heights in mm (`Ink.letters`): nobody writes smaller or bigger ones. Those of known papers and of foreign ones
are 0.9 to 3.6, but for single sheets within the sizes below."""
_SHEETS_MM = (170.0, 430.0)  # longer side: less is a card or a leaf, more is larger than A3 with its margins
CARD_MM = (85.6, 53.98)  # ISO/IEC 7810 ID-1


def dpi_by_text(text_height_px: float) -> float | None:
    """Resolution if the letters are of usual size; None without letters."""
    return text_height_px / (TEXT_HEIGHT_MM / _INCH) if text_height_px > 0 else None


def dpi_of_sheet(width: float, height: float, text_height_px: float) -> float:
    """Resolution of a squared sheet of unknown size.

    Of the paper sizes that have its shape, the one whose letters come out of the most usual
    height, A4 before others; when none fits, by the letters alone; without letters, as if the longer
    side were A4's.
    """
    by_text = dpi_by_text(text_height_px)
    if by_text is None:
        return max(width, height) / (_A4_MM / _INCH)
    short, long = sorted((width, height))
    best, least = by_text, _MOST_OFF
    for paper, penalty in _PAPERS.items():
        if abs((long / short) / (paper[1] / paper[0]) - 1) < _SHAPE:
            dpi = long / (paper[1] / _INCH)
            off = penalty * max(dpi / by_text, by_text / dpi)
            if off < least:
                best, least = dpi, off
    return best


def may_be_contradicted(dpi: float, long_side: float) -> bool:
    """Whether a sheet of this longer side, in pixels, has no usual size by what is stated: `contradicted` can say
    nothing against others, whatever their letters."""
    return not _SHEETS_MM[0] <= long_side * _INCH / dpi <= _SHEETS_MM[1]


def contradicted(dpi: float, long_side: float, letters: float) -> bool:
    """Whether a stated resolution is wrong by letters of this height and a longer side of this length, in pixels.

    Two witnesses must agree: the letters are smaller than anybody's on what claims to be smaller than a sheet, or
    bigger on what claims to be larger than one. `letters` is 0 where there are too few to tell.
    """
    mm = _INCH / dpi
    smaller = long_side * mm < _SHEETS_MM[0] and letters * mm < _WRITTEN_MM[0]
    bigger = long_side * mm > _SHEETS_MM[1] and letters * mm > _WRITTEN_MM[1]
    return letters > 0 and (smaller or bigger)


def dpi_of_card(long_side: float) -> float:
    """Resolution of a squared ID-1 card, exact by its standard."""
    return long_side / (CARD_MM[0] / _INCH)
