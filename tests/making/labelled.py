"""Papers that are read by their labels alone: rows of text, cells of ruled forms, and what was read from them."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.domain.model import DocumentType, TextLine
from pipeline.forms.by_labels.labels import PageLabel, hits_of, page_labels
from pipeline.forms.by_labels.read import read_by_labels
from pipeline.forms.by_labels.wording import vocabulary
from pipeline.forms.fields import ExtractedField
from pipeline.forms.leaf import LeafFields
from pipeline.forms.loading import form
from pipeline.forms.sheet import Sheet
from tests.making.paper import PITCH, leaf, line

Side = tuple[DocumentType, str, str]
CERTIFICATE: Side = (DocumentType.BIRTH_CERTIFICATE_OLD, "1999", "front")
MARRIAGE: Side = (DocumentType.MARRIAGE_CERTIFICATE, "2016", "front")
EXTRACT: Side = (DocumentType.BIRTH_EXTRACT, "2016", "front")
BOOK: Side = (DocumentType.HOUSEHOLD_BOOK, "2014", "members")
LEDGER: Side = (DocumentType.BIRTH_REGISTER_ENTRY, "ledger", "page")

Row = str | tuple[tuple[str, int], ...]
Cell = str | tuple[str, ...]
SMALL = 14  # pixels that a character in a cell is wide
COLUMNS = (100, 700, 1500, 2100)


def read(paper: Side, lines: Sequence[TextLine]) -> LeafFields:
    """One leaf, read by its labels."""
    document_type, form_id, side = paper
    return read_by_labels(document_type, form(document_type, form_id).page(side), leaf(list(lines), side), 0)


def told(fields: Sequence[ExtractedField]) -> dict[str, str]:
    """What the fields that hold writing say."""
    return {f.name: f.text for f in fields if not f.empty}


def members(lines: Sequence[TextLine]) -> list[dict[str, str]]:
    """What a leaf of a household's book says of each member, without the fields' prefix."""
    found = read(BOOK, lines).members
    return [{name.removeprefix("members[]."): text for name, text in told(m).items()} for m in found]


def rows(*texts: Row) -> list[TextLine]:
    """A line for each text, from the top; a row of several is given with their x."""
    made = []
    for n, row in enumerate(texts):
        for text, x in ((row, 150),) if isinstance(row, str) else row:
            made.append(line(text, x, 100 + n * PITCH))
    return made


def ruled(*cells: tuple[Cell, ...], table: int = 0, top: float = 100, xs: Sequence[int] = COLUMNS) -> list[TextLine]:
    """The lines of a ruled table, a tuple for each of its rows; a cell of several lines is a tuple of them."""
    made = []
    for r, row in enumerate(cells):
        within = [(cell,) if isinstance(cell, str) else cell for cell in row]
        for c, own in enumerate(within):
            made += [
                line(text, xs[c], top + n * PITCH, wide=SMALL, cell=(table, r, c)) for n, text in enumerate(own) if text
            ]
        top += max(map(len, within)) * PITCH + 20
    return made


def labels_in(paper: Side, *texts: Row) -> list[tuple[str, str]]:
    """The labels found on a page of these rows: what each asks, and its printed words."""
    sheet, words = Sheet(leaf(rows(*texts), paper[2]).lines), vocabulary(paper[0])
    return [(label.name, _printed(sheet, label)) for label in page_labels(sheet, words, hits_of(sheet, words))]


def _printed(sheet: Sheet, label: PageLabel) -> str:
    end = label.end if label.line == label.last_line else None
    return sheet.texts[label.line][label.start : end]
