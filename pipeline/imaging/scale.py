"""How many pixels make an inch, when nobody says."""

from __future__ import annotations

# Median height of small letters with their share of capitals, over the forms we know: 11 to 13 point print.
TEXT_HEIGHT_MM = 2.4
_INCH = 25.4
# Sides in millimetres, and how much rarer than A4: A3, A4, A5, a household book's leaf, the book open.
_PAPERS = {
    (297.0, 420.0): 1.25,
    (210.0, 297.0): 1.0,
    (148.0, 210.0): 1.25,
    (120.0, 165.0): 1.25,
    (165.0, 240.0): 1.25,
}
CARD_MM = (85.6, 53.98)  # ISO/IEC 7810 ID-1


def dpi_by_text(text_height_px: float) -> float | None:
    """Resolution if the letters are of usual size; None without letters."""
    return text_height_px / (TEXT_HEIGHT_MM / _INCH) if text_height_px > 0 else None


def dpi_of_sheet(width: float, height: float, text_height_px: float) -> float:
    """Resolution of a squared sheet of unknown size.

    Of the paper sizes that have its shape (within 4 %), the one whose letters come out of the most usual
    height, A4 before others; when none fits, by the letters alone; without letters, as if the longer
    side were A4's.
    """
    by_text = dpi_by_text(text_height_px)
    if by_text is None:
        return max(width, height) / (297.0 / _INCH)
    short, long = sorted((width, height))
    best, least = by_text, 1.7
    for paper, penalty in _PAPERS.items():
        if abs((long / short) / (paper[1] / paper[0]) - 1) < 0.04:
            dpi = long / (paper[1] / _INCH)
            off = penalty * max(dpi / by_text, by_text / dpi)
            if off < least:
                best, least = dpi, off
    return best


def dpi_of_card(long_side: float) -> float:
    """Resolution of a squared ID-1 card, exact by its standard."""
    return long_side / (CARD_MM[0] / _INCH)
