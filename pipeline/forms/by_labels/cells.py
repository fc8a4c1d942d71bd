"""Forms ruled into cells: a label in its cell and the value in the next one, or both in one cell.

What stands in a cell is the cell's: no value runs on into the next one, and what goes on with a label in its cell is
label, however long or in whatever language.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.forms.anchors import LabelHit
from pipeline.forms.by_labels.meaning import meanings_in
from pipeline.forms.by_labels.wording import Vocabulary
from pipeline.forms.keys import fold
from pipeline.forms.search import Hit
from pipeline.forms.sheet import Sheet

# All by trial, on papers laid out by the workshop.
READ = 0.85  # score of a wording that begins a label's cell
OF_CELL = 0.5  # share of the cell's letters that it makes up, English and what stands in brackets aside
SHORT = 6  # letters of a wording that must be read without a fault
NUMBER_SIGNS = 4  # signs of a label's number before it
OF_COLUMN = 0.6  # share of a column's cells that begin with a label: it is a column of labels,
FEWEST = 2  # where it has so many at least
OF_TABLE = 0.6  # share of a table's cells that begin with a label: each holds its own value
FEWEST_CELLS = 3  # of such a table
OF_ROW = 0.7  # share of a row's cells that begin with a label, in the header of a table of people
HEADER, HEADER_ROWS = 3, 2  # cells of such a header; rows among which it is looked for

ASIDE = re.compile(r"\(.*|/.*")  # English beside a label, what it may hold
Cell = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class FormCells:
    """The cells of a sheet that form a label with its value.

    `values`: strip that a label begins in -> the strips of its value, in reading order; a label whose own cell holds
    its value has the strips below it. `rest`: strips that go on with a label. `whole`: strips that are label to their
    end. `columns`: label strip -> the strips of each person's value, where a table has a column for each.
    """

    values: dict[int, list[int]] = field(default_factory=dict)
    rest: set[int] = field(default_factory=set)
    whole: set[int] = field(default_factory=set)
    columns: dict[int, dict[int, list[int]]] = field(default_factory=dict)

    @property
    def strips(self) -> set[int]:
        """Every strip in these cells."""
        own = {n for line, values in self.values.items() for n in (line, *values)}
        shared = {n for line, by in self.columns.items() for n in (line, *(m for v in by.values() for m in v))}
        return own | shared | self.rest

    @property
    def heads(self) -> set[int]:
        """The strips that labels begin in."""
        return {*self.values, *self.columns}


def form_cells(sheet: Sheet, labels: Mapping[str, Sequence[LabelHit]], words: Vocabulary) -> FormCells:
    """The label and value cells of the sheet's ruled tables; tables of entries have none."""
    cells: dict[Cell, list[int]] = {}
    for n in sheet.reading_order():
        cell = sheet.lines[n].cell
        if cell is not None and sheet.texts[n].strip():
            cells.setdefault(cell, []).append(n)
    begins = _beginnings(sheet, labels, words)
    found = FormCells()
    for table in sorted({cell[0] for cell in cells}):
        own = {cell[1:]: strips for cell, strips in cells.items() if cell[0] == table}
        labelled = {place for place, strips in own.items() if strips[0] in begins}
        if not _has_header(sheet, words, own, labelled):
            _pair(found, own, labelled)
    return found


def _beginnings(sheet: Sheet, labels: Mapping[str, Sequence[LabelHit]], words: Vocabulary) -> set[int]:
    """Strips that begin with a label."""
    begins: set[int] = set()
    for key, hits in labels.items():
        for hit in [label.hit for label in hits] if not words.labels[key].what.column else ():
            before = sheet.texts[hit.line][: hit.start]
            head = not any(c.isalpha() for c in before) and len(before.strip()) <= NUMBER_SIGNS
            if head and hit.score >= (1.0 if hit.length <= SHORT else READ):
                begins.add(hit.line)
    return begins


def is_whole(text: str, hit: Hit) -> bool:
    """Whether a label's cell that a wording begins is that label: it makes up most of its Vietnamese words."""
    told = ASIDE.sub("", text[hit.start :])
    return hit.length >= OF_CELL * len(fold(told)) and (hit.length > SHORT or hit.length >= len(fold(told)))


def _has_header(
    sheet: Sheet, words: Vocabulary, own: Mapping[tuple[int, int], Sequence[int]], labelled: set[tuple[int, int]]
) -> bool:
    """Whether the labels stand in one row over the others: a table of people."""
    rows = sorted({row for row, _ in own})
    for row in rows[:HEADER_ROWS]:
        inside = [place for place in own if place[0] == row]
        asked = [p for p in inside if p in labelled or meanings_in(" ".join(sheet.texts[n] for n in own[p]), words)]
        below = [place for place in labelled if place[0] > row]
        if len(asked) >= HEADER and len(asked) >= OF_ROW * len(inside) and len(below) < len(asked):
            return True
    return False


def _pair(
    found: FormCells,
    own: Mapping[tuple[int, int], list[int]],
    labelled: set[tuple[int, int]],
) -> None:
    columns = sorted({column for _, column in own})
    of_labels = set()
    for column in columns:
        inside = [place for place in own if place[1] == column]
        heads = [place for place in inside if place in labelled]
        if len(heads) >= FEWEST and len(heads) >= OF_COLUMN * len(inside):
            of_labels.add(column)
    alone = sum(1 for place in labelled if len(own[place]) == 1)
    if len(labelled) >= FEWEST_CELLS and len(labelled) >= OF_TABLE * len(own) and alone < len(labelled) / 2:
        for place in labelled:  # each cell holds its label and its value
            first, *below = own[place]
            found.values[first] = below
        return
    if not of_labels or not set(columns) - of_labels:
        return
    several = _several(own, of_labels)
    for place in sorted(p for p in labelled if p[1] in of_labels):
        row, column = place
        ends = [c for c in of_labels if c > column]
        right = [c for c in columns if column < c < min(ends, default=columns[-1] + 1)]
        first, *more = own[place]
        found.rest.update(more)
        found.whole.add(first)
        if several:
            found.columns[first] = {c: own.get((row, c), []) for c in right}
        else:
            found.values[first] = [n for c in right for n in own.get((row, c), [])]


def _several(own: Mapping[tuple[int, int], Sequence[int]], of_labels: set[int]) -> bool:
    """Whether rows hold several values behind one label: a column for each person."""
    if len(of_labels) != 1:
        return False
    (labels,) = of_labels
    rows = [sum(1 for r, c in own if r == row and c > labels) for row, column in own if column == labels]
    return sum(1 for count in rows if count > 1) > len(rows) / 2
