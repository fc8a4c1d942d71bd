"""Forms ruled into cells: a label in its cell and the value in the next one, or both in one cell.

What stands in a cell is the cell's: no value runs on into the next one, and what goes on with a label in its cell is
label, however long or in whatever language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from itertools import groupby, pairwise, takewhile

from pipeline.forms.anchors import LabelHit
from pipeline.forms.by_labels.meaning import heading, meanings_in
from pipeline.forms.by_labels.wording import Meaning, Vocabulary
from pipeline.forms.english import is_english
from pipeline.forms.keys import fold
from pipeline.forms.sheet import Sheet

# All by trial, on papers laid out by the workshop.
READ = 0.85  # score of a wording that begins a label's cell
SHORT = 6  # letters of a wording that must be read without a fault
MOST_LINES = 3  # of a label that a narrow cell breaks
NUMBER_SIGNS = 4  # signs of a label's number before it
OF_CELL, OF_WHOLE = (
    0.5,
    0.9,
)  # share of a label cell's letters that are known words, English and what it may hold aside; with it
LEAST = 0.75  # score of such words
OF_COLUMN = 0.5  # share of a column's cells that are labels: it is a column of labels,
FEWEST = 2  # where it has so many at least
OF_TABLE = 0.6  # share of a table's cells that begin with a label: each holds its own value
FEWEST_CELLS = 3  # of such a table
OF_ROW = 0.7  # share of a row's cells that ask something, in the header of a table of people
HEADER, HEADER_ROWS = 3, 2  # cells of such a header; rows among which it is looked for
_NUMBER = re.compile(r"^\W*(?:\(?\s*(?:\d{1,2}|[a-zA-ZđĐ]|[IVX]{1,4})\s*[.):]+\s*)?")
_ASIDE = re.compile(r"\s*\(.*|\s+/.*|/\s.*")  # English beside a label, what it may hold
Place = tuple[int, int]  # row and column


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelCell:
    """A cell that is a label, or begins with one.

    `line` is its first strip and `rest` its others, `meanings` what it asks and of whom. `values` are the strips of its
    value, in reading order; `columns` those of each person's value, where the table has a column for each. `whole`: the
    cell is nothing but label; else its value follows in it.
    """

    line: int
    rest: tuple[int, ...] = ()
    meanings: tuple[tuple[Meaning, str | None], ...] = ()
    values: tuple[int, ...] = ()
    columns: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    whole: bool = True


@dataclass(frozen=True, slots=True)
class FormCells:
    """The label cells of a sheet's ruled forms, by their first strip."""

    labels: Mapping[int, LabelCell] = field(default_factory=dict)

    @property
    def strips(self) -> set[int]:
        """Every strip in these cells."""
        return {n for cell in self.labels.values() for n in (cell.line, *cell.rest)} | self.values

    @property
    def values(self) -> set[int]:
        """The strips of their values."""
        own = {n for cell in self.labels.values() for n in cell.values}
        return own | {n for cell in self.labels.values() for strips in cell.columns.values() for n in strips}


def cells_of(sheet: Sheet, but: Set[int] = frozenset()) -> dict[int, dict[Place, list[int]]]:
    """The ruled tables of a sheet: row and column -> the strips there, in reading order, without the strips `but`."""
    tables: dict[int, dict[Place, list[int]]] = {}
    for n in sheet.reading_order():
        cell = sheet.lines[n].cell
        if cell is not None and sheet.texts[n].strip() and n not in but:
            tables.setdefault(cell[0], {}).setdefault(cell[1:], []).append(n)
    return tables


def form_cells(sheet: Sheet, labels: Mapping[str, Sequence[LabelHit]], words: Vocabulary) -> FormCells:
    """The label cells of the sheet's ruled forms; tables of entries and members have none."""
    tables = cells_of(sheet)
    begins = _beginnings(sheet, labels, words)
    found: dict[int, LabelCell] = {}
    for table in tables.values():
        if len(table) < FEWEST_CELLS:
            continue  # a frame around the page
        asked = {place: cell_meanings(sheet, words, strips) for place, strips in table.items() if strips[0] in begins}
        if asked and not _has_header(sheet, words, table, asked):
            found |= _label_cells(sheet, words, table, asked, begins)
    return FormCells(found)


def _beginnings(sheet: Sheet, labels: Mapping[str, Sequence[LabelHit]], words: Vocabulary) -> set[int]:
    """Strips that begin with a label."""
    begins: set[int] = set()
    for key, hits in labels.items():
        for hit in [label.hit for label in hits] if not words.labels[key].what.column else ():
            before = sheet.texts[hit.line][: hit.start]
            numbered = len(before.strip()) <= NUMBER_SIGNS
            head = numbered and not any(c.isalpha() for c in _NUMBER.sub("", before))
            if head and hit.score >= (1.0 if hit.length <= SHORT else READ):
                begins.add(hit.line)
    return begins


def cell_meanings(sheet: Sheet, words: Vocabulary, strips: Sequence[int]) -> tuple[tuple[Meaning, str | None], ...]:
    """What a cell asks that is nothing but label."""
    text = _NUMBER.sub("", " ".join(sheet.texts[n] for n in strips))
    if len(strips) > 1 and all(is_english(sheet.texts[n]) for n in strips[1:]):
        text = _NUMBER.sub("", sheet.texts[strips[0]])
    whole = meanings_in(text, words, share=OF_WHOLE, least=LEAST)
    return tuple(whole or meanings_in(_ASIDE.sub("", text) or text, words, share=OF_CELL, least=LEAST))


def _has_header(
    sheet: Sheet, words: Vocabulary, table: Mapping[Place, Sequence[int]], asked: Mapping[Place, Sequence[object]]
) -> bool:
    """Whether the labels stand in one row over the others: a table of people. An address or a name may begin as a label
    does ("số 5", "NGUYỄN"): below, a cell is one where its first line is nothing but label or has a colon."""
    for row in sorted({row for row, _ in table})[:HEADER_ROWS]:
        inside = [place for place in table if place[0] == row]
        heads = [
            p
            for p in inside
            if (p in asked or cell_meanings(sheet, words, table[p])) and not _holds_value(sheet, words, table[p])
        ]
        below = [p for p in asked if p[0] > row and _is_label(sheet, words, table[p][0])]
        if len(heads) >= HEADER and len(heads) >= OF_ROW * len(inside) and len(below) < len(heads):
            return True
    return False


def _is_label(sheet: Sheet, words: Vocabulary, strip: int) -> bool:
    return ":" in sheet.texts[strip] or bool(cell_meanings(sheet, words, [strip]))


def _label_cells(
    sheet: Sheet,
    words: Vocabulary,
    table: Mapping[Place, list[int]],
    asked: Mapping[Place, tuple[tuple[Meaning, str | None], ...]],
    begins: Set[int],
) -> dict[int, LabelCell]:
    """Forms of one grid are told apart by their rows: those whose cells hold their own values, and those whose values
    stand beside the labels."""
    found: dict[int, LabelCell] = {}
    for holds, rows in _blocks(sheet, words, table, begins):
        block = {place: strips for place, strips in table.items() if place[0] in rows}
        inside = {place: told for place, told in asked.items() if place in block}
        found |= _holding(sheet, words, block, begins) if holds else _beside(sheet, words, block, inside, begins)
    return found


def _blocks(
    sheet: Sheet, words: Vocabulary, table: Mapping[Place, list[int]], begins: Set[int]
) -> Iterator[tuple[bool, set[int]]]:
    """Rows that follow each other and are of one kind, and whether their cells hold their own values. A row that says
    nothing by itself is of the kind of the rows above it; persons' names alone stand over the rows below."""
    rows = sorted({row for row, _ in table})
    kinds = [_kind_of_row(sheet, words, [table[p] for p in sorted(table) if p[0] == row], begins) for row in rows]
    known = [kind for kind in kinds if kind is not None]
    before = known[0] if known else False
    for n, kind in enumerate(kinds):
        if kind is None and _names_persons(sheet, words, [table[p] for p in table if p[0] == rows[n]]):
            kinds[n] = next((later for later in kinds[n + 1 :] if later is not None), before)
        elif kind is None:
            kinds[n] = before
        before = bool(kinds[n])
    for holds, block in groupby(zip(kinds, rows, strict=True), key=lambda pair: bool(pair[0])):
        yield holds, {row for _, row in block}


def _kind_of_row(sheet: Sheet, words: Vocabulary, cells: Sequence[Sequence[int]], begins: Set[int]) -> bool | None:
    """Whether most of a row's cells begin with a label and go on with its value; False where a cell that is nothing but
    label stands before one that is not; None where the row does not say."""
    whole = [_is_whole(sheet, words, strips) for strips in cells]
    begun = [not only and strips[0] in begins for only, strips in zip(whole, cells, strict=True)]
    sure = sum(_is_label(sheet, words, strips[0]) for start, strips in zip(begun, cells, strict=True) if start)
    if any(a and not b for a, b in pairwise(whole)) and sure < sum(whole):
        return False
    own = sure + sum(
        len(s) == 1 and not _is_label(sheet, words, s[0]) for start, s in zip(begun, cells, strict=True) if start
    )
    return True if own >= OF_TABLE * len(cells) else None


def _holds_value(sheet: Sheet, words: Vocabulary, strips: Sequence[int]) -> bool:
    return len(strips) > 1 and _is_label(sheet, words, strips[0]) and not _is_whole(sheet, words, strips)


def _is_whole(sheet: Sheet, words: Vocabulary, strips: Sequence[int]) -> bool:
    """Whether a cell is nothing but label: English beside it aside, all its lines are the label's."""
    if 1 < _lines_of_label(sheet, words, strips) < len(strips):
        return False
    own = [n for n in strips[1:] if not is_english(sheet.texts[n])]
    if not own:
        return bool(cell_meanings(sheet, words, strips[:1]))
    text = _NUMBER.sub("", " ".join(sheet.texts[n] for n in (strips[0], *own)))
    if not _says_sex(sheet, words, strips[0]) and any(_says_sex(sheet, words, n) for n in own):
        return False  # "Nam" below a label is its value; "Nam," over "nữ" is a label
    return bool(meanings_in(text, words, share=OF_WHOLE, least=LEAST))


def _lines_of_label(sheet: Sheet, words: Vocabulary, strips: Sequence[int]) -> int:
    """Over how many of its lines the label at a cell's head runs: to the line with its colon, where all are one label.
    "Quan hệ với chủ | hộ:" over "Con"."""
    if ":" in sheet.texts[strips[0]]:
        return 1
    for count in range(2, min(len(strips), MOST_LINES) + 1):
        last = sheet.texts[strips[count - 1]].rstrip()
        if last.endswith(":"):
            text = _NUMBER.sub("", " ".join(sheet.texts[n] for n in strips[:count])).rstrip(" :")
            told = meanings_in(text, words, share=OF_WHOLE, least=LEAST)
            return count if len(told) == 1 else 1
    return 1


def _says_sex(sheet: Sheet, words: Vocabulary, strip: int) -> bool:
    told = cell_meanings(sheet, words, [strip])
    return bool(told) and told[0][0].what.column


def _names_persons(sheet: Sheet, words: Vocabulary, cells: Sequence[Sequence[int]]) -> bool:
    texts = [" ".join(sheet.texts[n] for n in strips) for strips in cells]
    return all(fold(text) in words.alone or heading(text, words) for text in texts)


def _holding(
    sheet: Sheet, words: Vocabulary, table: Mapping[Place, list[int]], begins: Set[int]
) -> dict[int, LabelCell]:
    """Cells that begin with a label and go on with its value; one that holds two labels is told by its lines."""
    cells = {}
    for _, strips in sorted(table.items()):
        count = _lines_of_label(sheet, words, strips)
        first, label, after = strips[0], strips[:count], strips[count:]
        if first not in begins or any(_asks(sheet, words, n) for n in after if n in begins):
            continue
        english = list(takewhile(lambda n: is_english(sheet.texts[n]), after[:-1]))
        values = tuple(after[len(english) :])
        told = cell_meanings(sheet, words, label) if count > 1 else ()
        cells[first] = LabelCell(
            line=first, rest=(*label[1:], *english), meanings=told, values=values, whole=bool(told)
        )  # fmt: skip
    return cells


def _asks(sheet: Sheet, words: Vocabulary, strip: int) -> bool:
    told = cell_meanings(sheet, words, [strip])
    if not told or told[0][0].what.column:  # "Nam" and "Nữ" are values here
        return False
    return ":" in sheet.texts[strip] or not _may_be_value(words, told)


def _beside(
    sheet: Sheet,
    words: Vocabulary,
    table: Mapping[Place, list[int]],
    asked: Mapping[Place, tuple[tuple[Meaning, str | None], ...]],
    begins: Set[int],
) -> dict[int, LabelCell]:
    """Cells that are labels, each with the cells beside it that are its value."""
    columns = sorted({column for _, column in table})
    meant = dict(asked)
    of_labels = []
    for column in columns:
        inside = [place for place in table if place[1] == column]
        for place in inside:
            told = cell_meanings(sheet, words, table[place])
            if place not in meant and told and not told[0][0].what.column:  # "Nam" and "Nữ" are values here
                meant[place] = told
        heads = [place for place in inside if meant.get(place)]
        if len(heads) >= FEWEST and len(heads) >= OF_COLUMN * len(inside):
            of_labels.append(column)
    if not of_labels or not set(columns) - set(of_labels):
        return {}
    several = _several(sheet, words, table, of_labels, meant)
    found = {}
    for row in sorted({row for row, _ in table}):
        if _names_persons(sheet, words, [table[p] for p in table if p[0] == row]):
            continue  # they head the rows below
        labels = _labels_of_row(sheet, words, table, row, of_labels, meant, begins)
        for column in labels:
            last = min((c for c in labels if c > column), default=columns[-1] + 1)
            beside = {c: tuple(table.get((row, c), ())) for c in columns if column < c < last}
            first, *rest = table[row, column]
            values = [] if several else sheet.reading_order(n for strips in beside.values() for n in strips)
            meanings = tuple(meant.get((row, column), ()))
            of_each = beside if several else {}
            cell = LabelCell(line=first, rest=tuple(rest), meanings=meanings, columns=of_each)
            for part in _with_inner_labels(sheet, words, begins, cell, values):
                found[part.line] = part
    return found


def _labels_of_row(
    sheet: Sheet,
    words: Vocabulary,
    table: Mapping[Place, Sequence[int]],
    row: int,
    of_labels: Sequence[int],
    meant: Mapping[Place, Sequence[tuple[Meaning, str | None]]],
    begins: Set[int],
) -> list[int]:
    """The columns of a row whose cells are labels: in the columns of labels all but those that answer the label before
    them, elsewhere those that nothing but a label can be. Rows of several forms may share a column."""
    labels: list[int] = []
    answers = False
    for column in sorted(c for r, c in table if r == row):
        strips = table[row, column]
        told = meant.get((row, column), ())
        sure = bool(told) and not _may_be_value(words, told)
        printed = sure and strips[0] in begins and _is_printed(sheet, words, strips)
        label = printed or (column in of_labels and (sure or not answers))
        answers = label and bool(told)
        if label:
            labels.append(column)
    return labels


def _is_printed(sheet: Sheet, words: Vocabulary, strips: Sequence[int]) -> bool:
    """Whether a cell is a label to the letter, or is numbered: a name may be like one ("NGUYỄN", "Nguyên quán")."""
    text = " ".join(sheet.texts[n] for n in strips)
    plain = _NUMBER.sub("", text)
    return len(plain) < len(text) or fold(plain) in words.labels


def _with_inner_labels(
    sheet: Sheet, words: Vocabulary, begins: Set[int], cell: LabelCell, values: Sequence[int]
) -> Iterator[LabelCell]:
    """The label with its value, and those whose label stands in the same cell, as where a rule was not seen."""
    own: list[int] = []
    for n in values:
        told = cell_meanings(sheet, words, [n]) if n in begins else ()
        if told and len(values) > 1 and n != values[-1] and not _may_be_value(words, told):
            yield replace(cell, values=tuple(own))
            cell, own = LabelCell(line=n, meanings=told), []
        else:
            own.append(n)
    yield replace(cell, values=tuple(own))


def _may_be_value(words: Vocabulary, told: Sequence[tuple[Meaning, str | None]]) -> bool:
    """Whether a cell of these words may say who somebody is: "Chủ hộ", "Mẹ"."""
    return fold(told[0][0].text) in words.alone


def _several(
    sheet: Sheet,
    words: Vocabulary,
    table: Mapping[Place, Sequence[int]],
    of_labels: Sequence[int],
    meant: Mapping[Place, Sequence[tuple[Meaning, str | None]]],
) -> bool:
    """Whether rows hold several values behind one label: a column for each person. A row in which another label stands
    has its own values only, and says nothing of that."""
    if len(of_labels) != 1:
        return False
    rows = [[(r, c) for r, c in table if r == row and c > of_labels[0]] for row, c in table if c == of_labels[0]]
    asks = {
        p
        for p, told in meant.items()
        if told and not _may_be_value(words, told) and _is_printed(sheet, words, table[p])
    }
    own = [row for row in rows if asks.isdisjoint(row)]
    parted = sum(len(row) > 1 for row in own)
    return parted >= FEWEST and parted >= len(own) / 2
