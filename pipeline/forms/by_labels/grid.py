"""The header of a table of people whose cells are known: which rows it has, and what stands over each column."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from pipeline.forms.bands import Bands
from pipeline.forms.by_labels.cells import Place, cell_meanings, cells_of
from pipeline.forms.by_labels.meaning import heading
from pipeline.forms.by_labels.wording import Meaning, Vocabulary
from pipeline.forms.entry_header import HeaderCell
from pipeline.forms.keys import fold
from pipeline.forms.sheet import Sheet

HEADER_ROWS = 4  # rows of a header at most: persons, what is asked of them, its second line, the columns' numbers
OF_ROW = 0.5  # share of such a row's cells that ask something; by trial
COLUMNS, ASKED = 4, 3  # columns of such a table; different things that its header asks
_NUMBER = re.compile(r"^\W*\d{1,2}\W*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class GridHeader:
    """Lines of the header and of the body; for each column of the grid its header lines and whose it is."""

    header: list[int]
    body: list[int]
    lines: Mapping[int, list[int]]
    who: Mapping[int, str]

    def cells(self, sheet: Sheet, bands: Bands) -> list[HeaderCell]:
        """One header cell for each band of the body."""
        cells = [
            HeaderCell([], *span, columns=(column,)) for span, column in zip(bands.ranges, bands.columns, strict=True)
        ]
        for column, lines in self.lines.items():
            own = [cell for cell in cells if cell.columns == (column,)]
            for n in lines:
                x0, _, x1, _ = sheet.boxes[n]
                near = own or [cells[bands.of((x0 + x1) / 2)]]
                min(near, key=lambda cell: abs(cell.centre - (x0 + x1) / 2)).lines.append(n)
        for cell in cells:
            cell.text = fold(" ".join(sheet.texts[n] for n in cell.lines))
        return cells

    def over(self, cells: Sequence[HeaderCell]) -> dict[int, str]:
        """Whose a cell is by the heading over it."""
        return {n: self.who[cell.columns[0]] for n, cell in enumerate(cells) if cell.columns[0] in self.who}


def grid_header(sheet: Sheet, words: Vocabulary, but: Set[int]) -> GridHeader | None:
    """The header of the sheet's largest ruled table of people; None where no table has one."""
    tables = cells_of(sheet, but)
    for _, table in sorted(tables.items(), key=lambda t: -len(t[1])):
        found = _header(sheet, words, table)
        if found is not None:
            return found
    return None


def _header(sheet: Sheet, words: Vocabulary, table: Mapping[Place, list[int]]) -> GridHeader | None:
    if len({column for _, column in table}) < COLUMNS:
        return None
    asked: dict[Place, list[tuple[Meaning, str | None]]] = {}
    persons: dict[Place, str] = {}
    rows: list[int] = []
    for row in sorted({row for row, _ in table})[: HEADER_ROWS + 1]:
        inside = [place for place in table if place[0] == row]
        told = {p: list(cell_meanings(sheet, words, table[p])) for p in inside}
        heads = {p: name for p in inside if (name := _person(sheet, words, table[p], told[p]))}
        numbers = sum(1 for p in inside if _NUMBER.match(_text(sheet, table[p])))
        known = sum(1 for p in inside if told[p] or p in heads)
        if known < len(inside):  # beside other values "Nam" and "Chủ hộ" are values
            known = sum(1 for p in inside if p in heads or (told[p] and not _may_answer(words, told[p][0][0])))
        if known < OF_ROW * len(inside) and numbers < OF_ROW * len(inside):
            break
        rows.append(row)
        if known >= OF_ROW * len(inside):
            asked |= told
            persons |= heads
    body = [n for place, strips in table.items() if place[0] not in rows for n in strips]
    kinds = {meaning.what.name for own in asked.values() for meaning, _ in own}
    if not rows or not body or len(kinds) < ASKED:
        return None
    lines: dict[int, list[int]] = {}
    who: dict[int, str] = {}
    for row, column in sorted(asked):
        if (row, column) in persons and (_spans(table, rows, row, column) or not asked[row, column]):
            # The next person's heading may stand a row lower, on the other page of a book.
            end = min((c for _, c in persons if c > column), default=10**6)
            for under in _under(table, row, column):
                if under < end:
                    who.setdefault(under, persons[row, column])
        else:
            lines.setdefault(column, []).extend(table[row, column])
    header = [n for place, strips in table.items() if place[0] in rows for n in strips]
    return GridHeader(header=header, body=body, lines=lines, who=who)


def _may_answer(words: Vocabulary, asked: Meaning) -> bool:
    """Whether words that ask may be an answer too: a sex, or who somebody is."""
    return asked.what.column or fold(asked.text) in words.alone


def _person(sheet: Sheet, words: Vocabulary, strips: Sequence[int], told: Sequence[object]) -> str | None:
    """Whom a cell of the header names: as a whole, or, where it asks nothing, by one of its lines."""
    texts = [_text(sheet, strips), *([] if told else (sheet.texts[n] for n in strips))]
    return next((name for text in texts if (name := heading(text, words)) and name != "parents"), None)


def _text(sheet: Sheet, strips: Sequence[int]) -> str:
    return " ".join(sheet.texts[n] for n in strips)


def _under(table: Mapping[Place, object], row: int, column: int) -> list[int]:
    """The columns that a cell of the header stands over: to the next cell of its row."""
    ends = [c for r, c in table if r == row and c > column]
    last = min(ends, default=10**6)
    return sorted({c for _, c in table if column <= c < last})


def _spans(table: Mapping[Place, object], rows: Sequence[int], row: int, column: int) -> bool:
    """Whether cells of the header's next row stand under the cell."""
    under = set(_under(table, row, column))
    return any(r in rows and r > row and c in under for r, c in table)
