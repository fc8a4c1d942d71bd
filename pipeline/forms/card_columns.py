"""Cards have two columns: what stands under the photograph, and the labels beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.forms.anchors import LabelHit
from pipeline.forms.definition import FormPage
from pipeline.forms.sheet import Piece, Sheet

# Lengths are in letter heights of the card; all by trial.
ALIKE, SAME_START = 3, 0.5  # labels that make a column, and how far apart they may begin
SURE = 0.9  # weight of a label that counts for the column
UNDER_PHOTOGRAPH = 3.0  # left of the column from where a line begins under the photograph
NEAR = 0.6  # of the column that a word may begin to be cut there


def card_cuts(sheet: Sheet, page: FormPage, labels: Mapping[str, Sequence[LabelHit]]) -> dict[int, list[int]]:
    """Where lines that run from under the photograph into the labels' column must be cut: line -> characters."""
    if not any("photo" in item.style for section in page.sections for item in section.items()):
        return {}
    sure = [label.hit for group in labels.values() for label in group if label.weight > SURE]
    starts = {sheet.x_at(hit.line, hit.start) for hit in sure}
    column = _column(sorted(starts), sheet.height)
    if column is None:
        return {}
    cuts: dict[int, list[int]] = {}
    for n, (x0, _, x1, _) in enumerate(sheet.boxes):
        if not x0 < column - UNDER_PHOTOGRAPH * sheet.height < column < x1:
            continue
        text = sheet.texts[n]
        words = [i for i in range(1, len(text)) if text[i - 1] == " " and text[i] != " "]
        near = min(words, key=lambda i: abs(sheet.x_at(n, i) - column), default=None)
        if near is not None and abs(sheet.x_at(n, near) - column) < NEAR * sheet.height:
            line, character = sheet.cut_at(Piece(line=n, start=near, end=near))
            cuts.setdefault(line, []).append(character)
    return cuts


def _column(starts: Sequence[float], height: float) -> float | None:
    """The x that most labels begin at, when three or more do."""
    best: tuple[int, float] = (0, 0.0)
    for x in starts:
        best = max(best, (sum(abs(x - other) < SAME_START * height for other in starts), -x))
    return -best[1] if best[0] >= ALIKE else None
