"""What speaks for a value being this field's and nobody else's: the label it was found by, and the ink around it.

Every character of a leaf is printed wording, the value of one field, or unexplained. A value that is itself printed
wording, that another field claims too, that stands far from its label or beside writing that nobody explains, may be
somebody else's, however surely its characters were read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from pipeline.domain.geometry import bounds
from pipeline.forms.anchors import LabelHit
from pipeline.forms.fields import ExtractedField, Support
from pipeline.forms.keys import fold
from pipeline.forms.sheet import Box, Piece, Sheet

# Lengths are in letter heights of the sheet, weights those of `evidence.weigh`; chosen on forms of another maker.
PRINTED = 0.75  # weight from which a hit of any form's wording is printed wording
ALIKE = 88.0  # likeness (rapidfuzz) of such a hit to the wording: of up to seven letters every one, then one is misread
SAME_ROW = 0.6  # of the lower height that a label and its value share in one row
BESIDE, ABOVE = 6.0, 1.2  # how far beside and above or below a value unexplained writing counts
FARTHEST = 20.0  # gaps beyond are alike


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    owner: int  # which field, or one of these:


_WORDING, _RESEMBLES = -1, -2  # printed wording; a hit that explains ink, but is too unlike to speak against a value


def with_support(
    sheet: Sheet,
    labels: Mapping[str, Sequence[LabelHit]],
    blocks: Sequence[Sequence[ExtractedField]],
    *,
    printed: Sequence[Piece] | None = None,
) -> list[list[ExtractedField]]:
    """The fields of one leaf, block by block, each with its `Support`.

    `printed` is what is printed wording, in lines and characters of the leaf; where it is not given, every hit is that
    weighs enough; but no value is, that does not say it almost to the letter: "Kinh" is no "sinh", nor "Không" "nặng".
    """
    wording = [(piece, _WORDING) for piece in printed or ()]
    if printed is None:
        sure = [(key, hit) for key, hits in labels.items() for hit in hits if hit.weight >= PRINTED]
        wording = [
            (p, _WORDING if _says(sheet, key, hit) else _RESEMBLES) for key, hit in sure for p in _pieces_of(sheet, hit)
        ]
    leaf = _Leaf(sheet, labels, wording, [field for block in blocks for field in block])
    numbered = iter(range(10**9))
    return [_supported(leaf, block, [next(numbered) for _ in block]) for block in blocks]


def _supported(leaf: _Leaf, block: Sequence[ExtractedField], numbers: Sequence[int]) -> list[ExtractedField]:
    filled = sum(not field.empty for field in block) / max(1, len(block))
    return [
        replace(field, support=replace(leaf.support(field, number), block=round(filled, 4)))
        for field, number in zip(block, numbers, strict=True)
    ]


class _Leaf:
    """The characters of a leaf with whose they are."""

    def __init__(
        self,
        sheet: Sheet,
        labels: Mapping[str, Sequence[LabelHit]],
        wording: Sequence[tuple[Piece, int]],
        fields: Sequence[ExtractedField],
    ) -> None:
        self._sheet = sheet
        self._labels = labels
        self._spans: dict[int, list[_Span]] = {}
        for piece, kind in wording:
            self._spans.setdefault(piece.line, []).append(_Span(piece.start, piece.end, kind))
        for number, field in enumerate(fields):
            for piece in field.pieces:
                self._spans.setdefault(piece.line, []).append(_Span(piece.start, piece.end, number))
        self._unexplained = list(self._unexplained_writing())
        letters = sum(character.isalnum() for text in sheet.texts for character in text)
        free = sum(count for _, count in self._unexplained)
        self._explained = round(1.0 - free / letters, 3) if letters else 0.0

    def support(self, field: ExtractedField, number: int) -> Support:
        """All but `block`, which only the field's neighbours tell."""
        box = bounds(field.box)
        weight, gap = self._label(field, box)
        letters = printed = shared = 0
        for piece in field.pieces:
            text = self._sheet.source[piece.line].text
            for at in range(piece.start, piece.end):
                if not text[at].isalnum():
                    continue
                letters += 1
                owners = {s.owner for s in self._spans.get(piece.line, ()) if s.start <= at < s.end}
                printed += _WORDING in owners
                shared += bool(owners - {_WORDING, _RESEMBLES, number})
        return Support(
            label=round(weight, 3),
            gap=round(gap, 2),
            printed=round(printed / letters, 3) if letters else 0.0,
            shared=round(shared / letters, 3) if letters else 0.0,
            unexplained=self._around(box),
            explained=self._explained,
            ruled=field.support.ruled,
        )

    def _label(self, field: ExtractedField, box: Box) -> tuple[float, float]:
        """Weight of the nearest label of this wording left of the value or above it, and how far it is."""
        best = (0.0, FARTHEST)
        for label in self._labels.get(fold(field.label), ()) if field.label else ():
            hit = label.hit
            _, y0, _, y1 = self._sheet.boxes[hit.last_line]
            right = self._sheet.x_at(hit.last_line, hit.end)
            left = self._sheet.x_at(hit.line, hit.start)
            overlap = min(y1, box[3]) - max(y0, box[1])
            if overlap >= SAME_ROW * min(y1 - y0, box[3] - box[1]):
                gap = abs(box[0] - right)
            else:
                gap = max(0.0, box[1] - y1) + max(0.0, left - box[2], box[0] - right)
            gap = min(FARTHEST, gap / self._sheet.height)
            if gap < best[1] or (gap == best[1] and label.weight > best[0]):
                best = (label.weight, gap)
        return best

    def _around(self, box: Box) -> int:
        """Letters nearby that nobody explains."""
        beside, above = BESIDE * self._sheet.height, ABOVE * self._sheet.height
        x0, y0, x1, y1 = box[0] - beside, box[1] - above, box[2] + beside, box[3] + above
        return sum(
            count
            for (left, top, right, bottom), count in self._unexplained
            if left < x1 and right > x0 and top < y1 and bottom > y0
        )

    def _unexplained_writing(self) -> Iterator[tuple[Box, int]]:
        """Runs of each strip that are nobody's, with how many letters they have."""
        for strip, text in enumerate(self._sheet.texts):
            line, offset = self._sheet.cut_of(strip, 0)
            spans = self._spans.get(line, ())
            free = [
                at
                for at, character in enumerate(text)
                if character.isalnum() and not any(s.start <= at + offset < s.end for s in spans)
            ]
            if free:
                _, y0, _, y1 = self._sheet.boxes[strip]
                yield (self._sheet.x_at(strip, free[0]), y0, self._sheet.right_of(strip, free[-1] + 1), y1), len(free)


def _says(sheet: Sheet, wording: str, label: LabelHit) -> bool:
    """Whether a hit says its wording, which is given by its key."""
    pieces = _pieces_of(sheet, label)
    said = "".join(fold(sheet.source[piece.line].text[piece.start : piece.end]) for piece in pieces)
    return fuzz.ratio(said, wording) >= ALIKE


def _pieces_of(sheet: Sheet, label: LabelHit) -> Iterator[Piece]:
    """The leaf's lines and characters that a label covers."""
    hit = label.hit
    for strip in range(hit.line, hit.last_line + 1) if hit.last_line >= hit.line else (hit.line,):
        start = hit.start if strip == hit.line else 0
        end = hit.end if strip == hit.last_line else len(sheet.texts[strip])
        yield sheet.origin(Piece(line=strip, start=start, end=end))
