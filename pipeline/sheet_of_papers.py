"""Two papers on one sheet, told apart: certificates one above the other on a flatbed, an extract beside a certificate.

One record would mix them: the dead person's number in a child's record. Each paper has its own title. A leaf of a
register or a book may name papers among its acts: only what is a whole paper of one act by itself is parted from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from statistics import median

from pipeline.domain.geometry import bounds
from pipeline.domain.model import DocumentType, TextLine
from pipeline.forms.acts_on_leaf import tells_of_several
from pipeline.forms.classify import Classification, classify, names_paper, titled
from pipeline.forms.loading import card_types
from pipeline.read_image import ReadImage, part_of
from pipeline.sheet_of_cards import MORE, told_apart, widest_gaps

_MANY_ACTS = frozenset(
    (DocumentType.BIRTH_REGISTER_ENTRY, DocumentType.HOUSEHOLD_BOOK, DocumentType.TEMPORARY_RESIDENCE_BOOK)
)
_MOST = 4  # papers on one sheet
_TITLE = 0.95  # of the usual line's height: lower print is no title; by trial
_WHOLE = 1.5  # times the evidence that is enough, from which what stands beside a book is a paper and no mention of one
_RIVAL = 0.7  # of the best evidence: what is nearly as likely may stand there too; by trial
_APART = 6.0  # letter heights between two titles that are two papers', not one in two lines; by trial


def papers_apart(image: ReadImage, kind: Classification) -> list[tuple[ReadImage, Classification]]:
    """The image as one; or each paper on it by itself, where a gap in the writing leaves a title on both sides, or
    cards on one."""
    if image.image.kind != "page":
        return [(image, kind)]
    beside = _beside_cards(image.lines, kind)
    if beside:
        parts_of_sheet = [(part_of(image, lines), classify(lines)) for lines in beside]
        return [
            one for part, own in parts_of_sheet for one in (told_apart if _is_card(own) else papers_apart)(part, own)
        ]
    if kind.document_type in _MANY_ACTS:
        parts = _beside_a_book(image.lines, kind.document_type) if _names_one_act(image.lines) else []
    else:
        parts = _split(image.lines, _MOST) if has_several_titles(image.lines) else _of_two_kinds(image.lines, kind)
    if len(parts) < 2:
        return [(image, kind)]
    return [(part_of(image, lines), classify(lines)) for lines in parts]


def in_doubt(images: Sequence[ReadImage], document_type: DocumentType) -> bool:
    """Whether one record may hold what two papers say: two titles on a sheet between which no gap was found, or what is
    asked once of an act asked again."""
    sheets = [image for image in images if image.image.kind == "page"]
    if any(tells_of_several(image.lines, document_type) for image in sheets):
        return True
    holds_another = _names_one_act if document_type in _MANY_ACTS else has_several_titles
    return any(holds_another(image.lines) for image in sheets)


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


def _names_one_act(lines: Sequence[TextLine]) -> bool:
    """Whether a line is the title of papers of one act, and of no register or book."""
    return any(types and types.isdisjoint(_MANY_ACTS) for types in (titled([line.text]) for line in lines))


def _beside_a_book(lines: Sequence[TextLine], book: DocumentType) -> list[tuple[TextLine, ...]]:
    """The book's lines and those of a whole paper beside, above or below it; nothing where no gap parts them so."""
    for parts in widest_gaps(lines):
        kinds = [classify(part) for part in parts]
        for n in (0, 1):
            if kinds[n].document_type is book and _is_one_act(kinds[1 - n]) and _names_one_act(parts[1 - n]):
                return list(parts)
    return []


def _beside_cards(lines: Sequence[TextLine], kind: Classification) -> list[tuple[TextLine, ...]]:
    """The lines of whole cards and those of the paper that they were laid beside; nothing where no gap parts them so.

    A card has no title of its own to be told by: its labels speak for it. A leaf that asks what cards say too shows no
    more for being cut."""
    if not _shows(kind, is_card=True) or not _shows(kind, is_card=False):
        return []
    for parts in widest_gaps(lines):
        kinds = [classify(part) for part in parts]
        shown = sum(one.candidates[0].evidence for one in kinds)
        if sum(map(_is_card, kinds)) == 1 and all(map(_is_whole, kinds)) and shown > MORE * kind.candidates[0].evidence:
            return list(parts)
    return []


def _of_two_kinds(lines: Sequence[TextLine], kind: Classification) -> list[tuple[TextLine, ...]]:
    """The lines of two papers of one act whose titles were not seen both: each shows as much by itself as the sheet."""
    best = kind.candidates[0]
    likely = {c.document_type for c in kind.candidates if c.evidence >= max(c.enough, _RIVAL * best.evidence)}
    if len(likely - _MANY_ACTS) < 2:
        return []
    for parts in widest_gaps(lines):
        kinds = [classify(part) for part in parts]
        if all(_is_one_act(one) and one.candidates[0].evidence >= best.evidence for one in kinds):
            return list(parts)
    return []


def _shows(kind: Classification, *, is_card: bool) -> bool:
    """Whether what is seen would be enough for a card, or for a paper that is none."""
    return any((c.document_type in card_types()) is is_card and c.evidence >= c.enough for c in kind.candidates)


def _is_card(kind: Classification) -> bool:
    return kind.document_type in card_types()


def _is_whole(kind: Classification) -> bool:
    best = kind.candidates[0]
    return kind.known and best.evidence >= _WHOLE * best.enough


def _is_one_act(kind: Classification) -> bool:
    """Whether this is a paper of one act, and no mention of one."""
    return kind.document_type not in _MANY_ACTS and _is_whole(kind)


def _distance(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> float:
    """Between two boxes: the wider of the gaps across and along."""
    return max(max(a[0], b[0]) - min(a[2], b[2]), max(a[1], b[1]) - min(a[3], b[3]))


def _split(lines: Sequence[TextLine], most: int) -> list[tuple[TextLine, ...]]:
    for before, after in widest_gaps(lines):
        if most > 1 and all(any(names_paper(line.text) for line in part) for part in (before, after)):
            return [*_split(before, most // 2), *_split(after, most // 2)]
    return [tuple(lines)]
