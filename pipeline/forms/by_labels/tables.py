"""Tables of entries and of members, known by the words in their headers: any columns in any order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.forms.anchors import LabelHit
from pipeline.forms.bands import border_cuts, column_bands
from pipeline.forms.by_labels.labels import heading, meanings_in
from pipeline.forms.by_labels.wording import SUBJECTS, Meaning, Vocabulary
from pipeline.forms.definition import Column, Section
from pipeline.forms.entries import Entries, header_and_body, table_of
from pipeline.forms.entry_header import HeaderCell, band_cells, header_cells
from pipeline.forms.fields import ExtractedField
from pipeline.forms.keys import fold
from pipeline.forms.sheet import Sheet

FEWEST = 4  # columns with a known meaning that make a table of people
ASKED = 3  # different things that a header asks, at least
ALONE, WELL = 0.6, 0.75  # of a header strip's letters that one label has; score of such a label
CELL_HIGH = 3.0  # letter heights that a header cell's words may stand above or below its labels
HEADER_HIGH, WRAPS = 2.2, 1.3  # letter heights: around one label within which the others stand; to a wrapped word
NAMED = 0.5  # of the columns whose meaning must be known; both by trial
_BOTH, _PART = "&", "|"  # in a column's field: one value for several fields, parts of a value for one field each
_MALE, _FEMALE = "@Nam", "@Nữ"
_TICKED = re.compile(r"^\W*[xX×+vV1lI/|✓✗]\W*$|^\W*$")
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)|(?<!\d)\d{1,3}\s*tuổi")
_GRAMMARS = {
    "full_name": "name", "birth_year": "year", "age": "age", "date_of_birth": "date", "ethnicity": "ethnicity",
    "nationality": "nationality", "residence": "address",
}  # fmt: skip
BOOKS = ("household_book", "temporary_residence_book")


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelTable:
    """A table with its entries; `cuts` are places where its lines run over its columns' borders."""

    section: Section
    entries: Entries
    cuts: dict[int, list[int]]

    def told(self, row: Sequence[ExtractedField]) -> list[ExtractedField]:
        """A row's fields, each by its own name: ticked columns and cells of several values taken apart."""
        fields: list[ExtractedField] = []
        ticks = [f for f in row if "@" in f.name]
        for field in row:
            if "@" in field.name:
                continue
            if _PART in field.name:
                fields += _parted(field)
            elif _BOTH in field.name:
                prefix, _, names = field.name.rpartition("].")
                fields += [replace(field, name=(f"{prefix}]." if prefix else "") + name) for name in names.split(_BOTH)]
            else:
                fields.append(field)
        return fields + _ticked(ticks)


def _ticked(ticks: Sequence[ExtractedField]) -> list[ExtractedField]:
    """What stands in one of two columns; nothing where both hold writing."""
    told: list[ExtractedField] = []
    for name in dict.fromkeys(f.name.partition("@")[0] for f in ticks):
        own = [f for f in ticks if f.name.partition("@")[0] == name]
        marked = [f for f in own if not f.empty]
        if not marked:
            told.append(replace(own[0], name=name))
        elif len(marked) == 1:
            told.append(_of_column(name, marked[0]))
    return told


def _of_column(name: str, field: ExtractedField) -> ExtractedField:
    """What stands in one of two columns: the sex that a mark there says, else what is written."""
    if not name.endswith("sex"):
        return replace(field, name=name)
    value = field.name.partition("@")[2]
    if not _TICKED.match(field.verbatim) and fold(field.verbatim) not in {"nam", "nu", "trai", "gai"}:
        value = field.verbatim
    return replace(field, name=name, repeated=value, notes=tuple(n for n in field.notes if n != "ditto"))


def _parted(field: ExtractedField) -> list[ExtractedField]:
    """The parts of a cell that holds a name, a year or an age, and more, as its header lists them."""
    names = field.name.split(_PART)
    prefix = names[0].rpartition("].")[0]
    prefix = f"{prefix}]." if prefix else ""
    names = [names[0], *(prefix + n for n in names[1:])]
    text = field.verbatim
    year = _YEAR.search(text)
    ends = (
        [year.start(), year.end()]
        if year
        else [min((i for i in (text.find(","), text.find(";")) if i > 0), default=len(text))] * 2
    )
    parts: list[str] = [text[: ends[0]], text[ends[0] : ends[1]], *re.split(r"[,;]", text[ends[1] :].lstrip(" ,;.-"))]
    wanted = []
    rest = [p for p in parts[2:] if p.strip()]
    for name in names:
        if name.endswith("full_name"):
            wanted.append(parts[0])
        elif name.endswith(("birth_year", "age", "date_of_birth")):
            wanted.append(parts[1])
        else:
            wanted.append(rest.pop(0) if rest else "")
    return [_part(field, name, part.strip(" ,;.-–")) for name, part in zip(names, wanted, strict=True)]


def _part(field: ExtractedField, name: str, part: str) -> ExtractedField:
    base = name.rsplit(".", 1)[-1]
    grammar = next((grammar for end, grammar in _GRAMMARS.items() if base.endswith(end)), "text")
    return replace(field, name=name, grammar=grammar, verbatim=part, empty=not part, repeated=part or None)


def read_tables(sheet: Sheet, words: Vocabulary, labels: dict[str, list[LabelHit]]) -> LabelTable | None:
    """The table of people on the sheet; None where there is none."""
    lines = list(range(len(sheet.lines)))
    top_bottom = _header(sheet, words, labels)
    if top_bottom is None:
        return None
    header, body = header_and_body(sheet, lines, *top_bottom)
    header, body = _of_the_table(sheet, words, header, body)
    groups = _groups(sheet, words, header)
    header = [n for n in header if n not in groups]
    bands = column_bands(sheet, header, body)
    cells = header_cells(sheet, header)
    told = _told(sheet, words, cells)
    if bands is not None:
        banded, _ = band_cells(sheet, Section(kind="entries"), header, bands)
        of_bands = _told(sheet, words, banded)
        if sum(map(bool, of_bands)) >= sum(map(bool, told)):
            cells, told = banded, of_bands
        else:
            bands = None
    known = sum(map(bool, told))
    if known < FEWEST or known < NAMED * len([c for c in cells if c.lines]):
        return None
    if bands is None and not any(sheet.lines[n].cell for n in header) and any(":" in sheet.texts[n] for n in header):
        return None
    members = words.type in BOOKS
    over = _over(sheet, cells, groups)
    columns = _columns(words, told, over, members=members)
    section = Section(kind="entries", columns=tuple(columns), each="member" if members else "record", prefix="")
    matched = {n: n for n in range(len(columns))}
    cuts = border_cuts(sheet, [*header, *body], bands) if bands is not None else {}
    return LabelTable(
        section=section, entries=table_of(sheet, columns, cells, matched, bands, [*header, *groups], body), cuts=cuts
    )


def _header(sheet: Sheet, words: Vocabulary, labels: dict[str, list[LabelHit]]) -> tuple[float, float] | None:
    """Top and bottom of the header: the place where most different things are asked in strips of their own."""
    asked: dict[int, str] = {}
    for key, hits in labels.items():
        what = words.labels[key].what
        for label in hits if not what.column else ():
            hit = label.hit
            own = hit.length >= ALONE * len(sheet.page_text.keys[hit.line].text)
            if own and hit.score >= WELL and ":" not in sheet.texts[hit.line]:
                asked[hit.line] = what.name
    best: tuple[int, float, list[int]] = (0, 0.0, [])
    for n in asked:
        middle = (sheet.boxes[n][1] + sheet.boxes[n][3]) / 2
        near = [
            m for m in asked if abs((sheet.boxes[m][1] + sheet.boxes[m][3]) / 2 - middle) <= HEADER_HIGH * sheet.height
        ]
        kinds = min(len({asked[m] for m in near}), _side_by_side(sheet, near))
        if (kinds, -middle) > (best[0], -best[1]):
            best = (kinds, middle, near)
    if best[0] < ASKED:
        return None
    top, bottom = min(sheet.boxes[m][1] for m in best[2]), max(sheet.boxes[m][3] for m in best[2])
    cells = [c for m in best[2] if (c := sheet.lines[m].cell) is not None]
    if cells:
        table = max(sorted({c[0] for c in cells}), key=[c[0] for c in cells].count)
        rows = [c[1] for c in cells if c[0] == table]
        last = max(sorted(set(rows)), key=rows.count)
        reach = CELL_HIGH * sheet.height
        same = [
            n
            for n, line in enumerate(sheet.lines)
            if line.cell is not None
            and line.cell[0] == table
            and line.cell[1] <= last
            and (line.cell[1] >= min(rows) or heading(fold(sheet.texts[n]), words))
            and sheet.boxes[n][1] >= top - reach
            and sheet.boxes[n][3] <= bottom + reach
        ]
        if same:
            return min([top, *(sheet.boxes[n][1] for n in same)]), max(sheet.boxes[n][3] for n in same)
    wrapped = list(best[2]) + [
        n
        for n, box in enumerate(sheet.boxes)
        if top - WRAPS * sheet.height <= box[3]
        and box[1] <= bottom + 0.2 * sheet.height
        and not any(c.isdigit() for c in sheet.texts[n])
    ]
    return min(sheet.boxes[n][1] for n in wrapped), max(sheet.boxes[n][3] for n in wrapped)


def _side_by_side(sheet: Sheet, lines: Sequence[int]) -> int:
    """How many of the lines stand beside one another, none over another."""
    count, right = 0, float("-inf")
    for n in sorted(lines, key=lambda m: sheet.boxes[m][2]):
        if sheet.boxes[n][0] > right:
            count, right = count + 1, sheet.boxes[n][2]
    return count


def _told(sheet: Sheet, words: Vocabulary, cells: Sequence[HeaderCell]) -> list[list[tuple[Meaning, str | None]]]:
    return [meanings_in(" ".join(sheet.texts[n] for n in cell.lines), words) for cell in cells]


def _of_the_table(
    sheet: Sheet, words: Vocabulary, header: Sequence[int], body: Sequence[int]
) -> tuple[list[int], list[int]]:
    """Header and body without what stands above and below the ruled table."""
    tables = [c[0] for n in header if (c := sheet.lines[n].cell) is not None]
    if not tables:
        return list(header), list(body)
    table = max(sorted(set(tables)), key=tables.count)
    ruled = [n for n in header if (c := sheet.lines[n].cell) is not None and c[0] == table]
    top = min(sheet.boxes[n][1] for n in ruled)
    header = [n for n in header if n in set(ruled) or sheet.boxes[n][1] >= top or heading(fold(sheet.texts[n]), words)]
    inside = [n for n in body if (c := sheet.lines[n].cell) is not None and c[0] == table]
    if not inside:
        return header, list(body)
    bottom = max(sheet.boxes[n][3] for n in inside)
    return header, [n for n in body if n in set(inside) or (sheet.lines[n].cell is None and sheet.boxes[n][1] < bottom)]


def _groups(sheet: Sheet, words: Vocabulary, header: Sequence[int]) -> dict[int, str]:
    """Header lines that name a person over columns of his: line -> whose."""
    groups = {}
    for n in header:
        who = heading(fold(sheet.texts[n]), words)
        x0, _, x1, y1 = sheet.boxes[n]
        near = 4 * sheet.height
        below = [m for m in header if sheet.boxes[m][1] >= y1 - 0.4 * sheet.height]
        under = [m for m in below if sheet.boxes[m][0] < x1 + near and sheet.boxes[m][2] > x0 - near]
        if who is not None and who != "parents" and len(under) > 1:
            groups[n] = who
    return groups


def _columns(
    words: Vocabulary,
    told: Sequence[Sequence[tuple[Meaning, str | None]]],
    over: dict[int, str],
    *,
    members: bool,
) -> list[Column]:
    """A column for each header cell, with the field or fields that its words mean, read from left to right.

    `over` says under whose heading a cell stands.
    """
    subject = "member" if members else SUBJECTS.get(words.type, "holder")
    who = subject
    columns = []
    seen: set[str] = set()
    for number, meanings in enumerate(told):
        names: list[str] = []
        grammar, lines = "text", 2
        for meaning, own in meanings:
            what = meaning.what
            person = own or over.get(number)
            if person == "head" and members:
                person = "member"
            if person is None:
                person = subject if what.paper or words.field(what, who) == () else who
            if not what.paper and own != "parents":
                who = person
            found = words.field(what, person)
            found = tuple(f for f in found if f not in seen or what.column or len(meanings) > 1)
            if what.name in {"male", "female"} and len(meanings) > 1:
                names = [f"{n}{_MALE if what.name == 'male' else _FEMALE}" for n in names if n]
                continue  # "Sinh ngày (Nam)": the date stands in one of two columns
            if what.name in {"male", "female"}:
                found = tuple(f + (_MALE if what.name == "male" else _FEMALE) for f in found)
            if found:
                grammar, lines = words.fields.get(found[0].split("@")[0], (what.grammar, what.lines))
            names.append(_BOTH.join(found))
            seen.update(found)
        field = _PART.join(n for n in names if n) if names else ""
        label = next((words.texts[k] for k, m in words.labels.items() if meanings and m is meanings[0][0]), "")
        columns.append(Column(label=label, field=field or None, grammar=grammar, lines=lines))
    return columns


def _over(sheet: Sheet, cells: Sequence[HeaderCell], groups: dict[int, str]) -> dict[int, str]:
    """Which cells stand under a person's heading: from the middle outwards, where their words stand below it."""
    over: dict[int, str] = {}
    for line, who in groups.items():
        x0, _, x1, y1 = sheet.boxes[line]
        middle = (x0 + x1) / 2
        own = [
            n
            for n, c in enumerate(cells)
            if c.lines and min(sheet.boxes[m][1] for m in c.lines) >= y1 - 0.5 * sheet.height
        ]
        if not own:
            continue
        nearest = min(own, key=lambda n: abs(cells[n].centre - middle))
        others = [(sheet.boxes[m][0] + sheet.boxes[m][2]) / 2 for m in groups if m != line]
        for step in (-1, 1):
            n = nearest
            while n in own and all(abs(cells[n].centre - middle) < abs(cells[n].centre - o) for o in others):
                over[n] = who
                n += step
    return over
