"""Two papers on one sheet, told apart: certificates one above the other on a flatbed, an extract beside a certificate.

One record would mix them: the dead person's number in a child's record. Each paper has its own title; papers that are
many acts by themselves, registers and books, are not looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from statistics import median

from pipeline.domain.geometry import bounds
from pipeline.domain.model import DocumentType, TextLine
from pipeline.forms.acts_on_leaf import tells_of_several
from pipeline.forms.classify import Classification, classify, names_paper
from pipeline.read_image import ReadImage, part_of
from pipeline.sheet_of_cards import widest_gaps

_MANY_ACTS = frozenset(
    (DocumentType.BIRTH_REGISTER_ENTRY, DocumentType.HOUSEHOLD_BOOK, DocumentType.TEMPORARY_RESIDENCE_BOOK)
)
_MOST = 4  # papers on one sheet
_TITLE = 0.95  # of the usual line's height: lower print is no title; by trial
_APART = 6.0  # letter heights between two titles that are two papers', not one in two lines; by trial


def papers_apart(image: ReadImage, kind: Classification) -> list[tuple[ReadImage, Classification]]:
    """The image as one; or each paper on it by itself, where a gap in the writing leaves a title on both sides."""
    if image.image.kind != "page" or kind.document_type in _MANY_ACTS or not has_several_titles(image.lines):
        return [(image, kind)]
    parts = _split(image.lines, _MOST)
    if len(parts) < 2:
        return [(image, kind)]
    return [(part_of(image, lines), classify(lines)) for lines in parts]


def in_doubt(images: Sequence[ReadImage], document_type: DocumentType) -> bool:
    """Whether one record may hold what two papers say: two titles on a sheet between which no gap was found, or what is
    asked once of an act asked again."""
    sheets = [image for image in images if image.image.kind == "page"]
    if any(tells_of_several(image.lines, document_type) for image in sheets):
        return True
    return document_type not in _MANY_ACTS and any(has_several_titles(image.lines) for image in sheets)


def has_several_titles(lines: Sequence[TextLine]) -> bool:
    """Whether lines far from each other name papers, as titles stand: none is printed smaller than what it is the title
    of, as the rest of a caption is ("NGƯỜI KÝ G|IẤY KHAI SINH" under a seal)."""
    named = [bounds(line.box) for line in lines if names_paper(line.text)]
    if len(named) < 2:
        return False
    usual = median(y1 - y0 for _, y0, _, y1 in map(bounds, (line.box for line in lines)))
    boxes = [box for box in named if box[3] - box[1] >= _TITLE * usual]
    apart = _APART * usual
    return any(_distance(a, b) >= apart for a, b in combinations(boxes, 2))


def _distance(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> float:
    """Between two boxes: the wider of the gaps across and along."""
    return max(max(a[0], b[0]) - min(a[2], b[2]), max(a[1], b[1]) - min(a[3], b[3]))


def _split(lines: Sequence[TextLine], most: int) -> list[tuple[TextLine, ...]]:
    for before, after in widest_gaps(lines):
        if most > 1 and all(any(names_paper(line.text) for line in part) for part in (before, after)):
            return [*_split(before, most // 2), *_split(after, most // 2)]
    return [tuple(lines)]
