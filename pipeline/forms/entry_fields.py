"""Fields of table entries: ditto marks repeat the value above, struck-out lines give way."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.domain.geometry import rectangle
from pipeline.forms.cleaning import is_ditto, is_small_mark, trim
from pipeline.forms.definition import Column, Section
from pipeline.forms.entries import Entries
from pipeline.forms.fields import DITTO, UNREAD, ExtractedField, Place
from pipeline.forms.sheet import Piece

MARK = '"'  # what a ditto mark known by its size is written as
# Every act and every person has a number of its own: what looks like a mark there is a number that was not read.
_WORDS = frozenset(("address", "place", "name", "ethnicity", "nationality", "text"))  # grammars
_STROKES = re.compile(r"^\W*[1lI|/\\!]{2}\W*$")
_HOMES = ("father_residence", "mother_residence")
_NEVER_REPEATED = frozenset(("document_number", "personal_id", "old_national_id", "identity_number"))  # grammars


def entry_fields(place: Place, section: Section, table: Entries) -> list[list[ExtractedField]]:
    """For each entry its fields, in the order of the columns. Columns whose header was not found give none."""
    entries: list[list[ExtractedField]] = []
    above: dict[int, ExtractedField] = {}
    for row, span in zip(table.rows, table.spans, strict=True):
        given = dict(row)
        fields = []
        for n, column in enumerate(table.columns):
            low, high = table.areas[n]
            if not column.field or high <= low:
                continue
            pieces = given.get(n, ())
            mark = _is_mark(place, pieces) or (column.grammar in _WORDS and _are_strokes(place, pieces))
            if mark and n not in above and column.grammar not in _NEVER_REPEATED:
                pieces = tuple(p for p in pieces if trim(place.sheet, p))
            field = _field(place, section, column, pieces, (low, span[0], high, span[1]))
            if column.grammar in _NEVER_REPEATED:
                field = _unread(field) if mark or is_ditto(field.verbatim) else field
            else:
                field = _repeat(field, above.get(n), mark=mark)
            if not field.empty:
                above[n] = field
            fields.append(field)
        entries.append(of_named_parent(fields))
    return entries


def of_named_parent(row: Sequence[ExtractedField]) -> list[ExtractedField]:
    """A row's fields; where no father is named, what the column of both parents' home says is the mother's."""
    names = {field.name: field for field in row}
    father, mother, home = (names.get(n) for n in ("father_full_name", "mother_full_name", _HOMES[0]))
    alone = father is not None and father.empty and mother is not None and not mother.empty
    if not alone or home is None or home.empty or _HOMES[1] in names:
        return list(row)
    return [replace(field, name=_HOMES[1]) if field is home else field for field in row]


def _field(
    place: Place,
    section: Section,
    column: Column,
    pieces: Sequence[Piece],
    area: tuple[float, float, float, float],
) -> ExtractedField:
    lines = place.sheet.lines
    kept = [p for p in pieces if not lines[p.line].struck_out]
    struck = [p for p in pieces if lines[p.line].struck_out]
    return place.field(
        f"{section.prefix}{column.field}",
        column.grammar,
        kept,
        label=column.label,
        where=rectangle(*area),
        struck=struck,
    )


def _is_mark(place: Place, pieces: Sequence[Piece]) -> bool:
    """Whether all that stands in a cell is one small mark, whatever the reader took it for."""
    return len(pieces) == 1 and is_small_mark(place.sheet, pieces[0].line)


def _are_strokes(place: Place, pieces: Sequence[Piece]) -> bool:
    """Whether a cell for words holds two strokes, which readers take for "11"."""
    return len(pieces) == 1 and bool(_STROKES.match(place.sheet.texts[pieces[0].line][pieces[0].start : pieces[0].end]))


def _unread(field: ExtractedField) -> ExtractedField:
    """The field as one whose ink could not be read for sure; a sign for "as above" is no reading of a number."""
    verbatim = "" if is_ditto(field.verbatim) else field.verbatim
    return replace(field, verbatim=verbatim, notes=tuple(dict.fromkeys((*field.notes, UNREAD))))


def _repeat(field: ExtractedField, above: ExtractedField | None, *, mark: bool) -> ExtractedField:
    """The field with the value of the entry above when it is a ditto mark; without an entry above, with none."""
    if mark and above is not None and not is_ditto(field.verbatim):
        field = replace(field, verbatim=MARK, notes=tuple(n for n in field.notes if n != UNREAD))
    if not is_ditto(field.verbatim):
        return field
    repeated = above.text if above is not None else None
    return replace(field, notes=(*field.notes, DITTO), repeated=repeated)
