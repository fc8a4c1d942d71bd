"""Names that lost their surname to the label before them ("… người nuôi dưỡng Phạm | Quỳnh Hoài") or to the edge of the
column that they were signed in.

Where a paper prints no colon, or it was not read, a label that is found with some letters wrong may end in the word
behind it. A Vietnamese name begins with a surname, and there are few of them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.domain.geometry import bounds, rectangle
from pipeline.forms.cleaning import written
from pipeline.forms.fields import ExtractedField
from pipeline.forms.keys import fold
from pipeline.forms.leaf import LeafFields
from pipeline.forms.sheet import Piece, Sheet
from pipeline.gazetteer.people import has_surname

MOST_WORDS = 2  # of a name that a label takes, at most
GAP = 1.0  # letter heights between two words of a name, at most; by trial
_WORD_BEFORE = re.compile(r"(?P<word>[^\W\d_]+)\s*$")


def with_whole_names(leaf: LeafFields, sheet: Sheet) -> None:
    """Gives the leaf's names that begin with no surname the one that stands right before them in their line.

    No word that another field was read from, and none of the field's own label, is taken. `sheet`: of the leaf's lines.
    """
    groups = [leaf.fields, *leaf.entries, *leaf.members]
    taken = [(p.line, p.start, p.end) for group in groups for f in group for p in f.pieces]
    for group in groups:
        group[:] = [_whole(field, sheet, taken) if _is_headless(field) else field for field in group]


def _is_headless(field: ExtractedField) -> bool:
    return field.grammar == "name" and bool(field.pieces) and bool(field.verbatim) and not has_surname(field.verbatim)


def _whole(field: ExtractedField, sheet: Sheet, taken: Sequence[tuple[int, int, int]]) -> ExtractedField:
    first = field.pieces[0]
    text = sheet.source[first.line].text
    label = {fold(word) for word in re.split(r"[\s/]+", field.label)}
    start = first.start
    for _ in range(MOST_WORDS):
        before = _WORD_BEFORE.search(text, 0, start)
        if before is None or not before["word"][0].isupper() or fold(before["word"]) in label:
            return field
        at, end = before.span("word")
        far = sheet.span_box(first.line, start, first.end)[0] - sheet.span_box(first.line, at, end)[2]
        if far > GAP * sheet.height or any(n == first.line and a < end and at < b for n, a, b in taken):
            return field
        start = at
        if has_surname(before["word"]):
            return _from(field, replace(first, start=start), sheet)
    return field


def _from(field: ExtractedField, first: Piece, sheet: Sheet) -> ExtractedField:
    pieces = (first, *field.pieces[1:])
    said = written(" ".join(sheet.source[p.line].text[p.start : p.end] for p in pieces))
    x0, y0, x1, y1 = sheet.span_box(first.line, first.start, first.end)
    return replace(field, pieces=pieces, verbatim=said, box=rectangle(*bounds([*field.box, (x0, y0), (x1, y1)])))
