"""Separator sheets: pages put between papers before a stack is scanned, with nothing on them but a code and small
print.

A code says what the sheet is; the little that is written says that it is no paper: a page of writing that carries such
a code, a card, a certificate, is never left out of the records.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.codes import Code, Separator, parse_separator
from pipeline.domain.geometry import Quad, bounds
from pipeline.domain.model import TextLine
from pipeline.forms.classify import classify
from pipeline.read_page import ReadPage

MOST_LETTERS = 200  # letters and digits beside the codes: our own sheets have 75, with the longest name of a book 160
MOST_ROOM = (
    2.5  # times the codes' area that the writing takes; on our sheets 2.2 where the QR code is damaged, else 0.5
)
_AROUND = 0.15  # of a code's side: the marks of its edge are taken for writing that far beside it; by trial


def separator_of(page: ReadPage) -> Separator | None:
    """What the page says as a separator sheet, or None where it is a page like others.

    A separator's code and nothing else: no other code, no machine-readable zone, little writing that takes little room,
    and none that names a paper. A sheet that is in doubt is a page like others: a person sees it.
    """
    own = [[code for code in image.codes if parse_separator(code.text) is not None] for image in page.images]
    separator = parse_separator(*(code.text for codes in own for code in codes))
    if separator is None or any(image.mrz is not None for image in page.images):
        return None
    lines: list[TextLine] = []
    for image, codes in zip(page.images, own, strict=True):
        if any(code not in codes and not _on_a_code(code.box, codes) for code in image.codes):
            return None
        lines += [line for line in image.lines if not _on_a_code(line.box, codes)]
    letters = sum(c.isalnum() for line in lines for c in line.text)
    room = sum(_area(line.box) for line in lines if line.text.strip())
    if letters > MOST_LETTERS or room > MOST_ROOM * sum(_area(code.box) for codes in own for code in codes):
        return None
    kind = classify(lines)
    return None if kind.known or kind.other else separator


def _on_a_code(box: Quad, codes: Sequence[Code]) -> bool:
    """Whether the middle of the box lies on one of the codes: bars and modules look like writing to layout."""
    left, top, right, bottom = bounds(box)
    x, y = (left + right) / 2, (top + bottom) / 2
    for x0, y0, x1, y1 in (bounds(code.box) for code in codes):
        across, along = _AROUND * (x1 - x0), _AROUND * (y1 - y0)
        if x0 - across <= x <= x1 + across and y0 - along <= y <= y1 + along:
            return True
    return False


def _area(box: Quad) -> float:
    left, top, right, bottom = bounds(box)
    return (right - left) * (bottom - top)
