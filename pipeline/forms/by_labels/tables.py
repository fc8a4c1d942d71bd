"""Tables of entries and of members, known by the words in their headers: any columns in any order."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from itertools import pairwise

from pipeline.forms.anchors import LabelHit
from pipeline.forms.bands import Bands, border_cuts, column_bands
from pipeline.forms.by_labels.cells import cell_meanings
from pipeline.forms.by_labels.grid import GridHeader
from pipeline.forms.by_labels.illegible import told_besides
from pipeline.forms.by_labels.meaning import heading, meanings_in
from pipeline.forms.by_labels.wording import SUBJECTS, Meaning, Vocabulary, lexicon
from pipeline.forms.definition import Column, Section
from pipeline.forms.entries import Entries, header_and_body, table_of
from pipeline.forms.entry_fields import of_named_parent
from pipeline.forms.entry_header import HeaderCell, band_cells, first_cells, header_cells
from pipeline.forms.fields import DITTO, UNLABELLED, ExtractedField
from pipeline.forms.keys import fold
from pipeline.forms.sheet import Sheet

FEWEST = 4  # columns with a known meaning that make a table of people
ASKED = 3  # different things that a header asks, at least
ALONE, WELL = 0.6, 0.75  # of a header strip's letters that one label has; score of such a label
HEADER_HIGH = 2.2  # letter heights around one label within which the others stand
WRAPS, WRAPPED = 1.3, 0.2  # letter heights to a wrapped word above, below
FEWEST_STEPS, COUNTED = 2, 0.7  # steps from number to number, and the share by one, that show entries' numbers
NAMED = 0.5  # of the columns whose meaning must be known; both by trial
_TICKED = re.compile(r"^\W*\w?\W*$")  # a cross, a tick or a stroke is read as one sign or none
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)|(?<!\d)\d{1,3}\s*tuổi")
_YEARS = frozenset({"year", "age", "date"})  # grammars of the part that a year or an age is
_WORDS_OF_SEX = frozenset({"nam", "nu", "trai", "gai"})
BOTH_PARENTS = frozenset({"father_full_name", "mother_full_name"})
_OTHER_PARENT = {"father": "mother", "mother": "father"}
_SEXES = {"male": "Nam", "female": "Nữ"}  # what a mark says in a column of that name


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One thing that a column asks: the fields that its value fills. `sex`: of whom one of two columns speaks."""

    names: tuple[str, ...]
    grammar: str
    lines: int
    sex: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelTable:
    """A table with its entries; `cuts` are places where its lines run over its columns' borders; `ruled`: the
    cells of its header are known; `guessed`: columns whose header says nothing that could be read."""

    asks: tuple[tuple[Ask, ...], ...]
    section: Section
    entries: Entries
    cuts: dict[int, list[int]]
    ruled: bool
    guessed: Set[int] = frozenset()

    def told(self, row: Sequence[ExtractedField]) -> list[ExtractedField]:
        """A row's fields by their own names: what stands in one of two columns, and cells of several values, told."""
        fields: list[ExtractedField] = []
        columns: dict[str, list[tuple[str, ExtractedField]]] = {}
        for field in row:
            asks = self.asks[int(field.name)]
            if int(field.name) in self.guessed:
                field = replace(field, notes=(*field.notes, UNLABELLED))
            if asks[0].sex:
                columns.setdefault(asks[0].names[0], []).append((asks[0].sex, field))
            elif len(asks) > 1:
                fields += _parted(field, asks)
            else:
                fields += [replace(field, name=name) for name in asks[0].names]
        fields += [f for name, own in columns.items() for f in _of_columns(name, own)]
        return of_named_parent(fields)


def _of_columns(name: str, own: Sequence[tuple[str, ExtractedField]]) -> list[ExtractedField]:
    """What stands in one of two columns, the sex where a mark does; nothing where both hold writing."""
    marked = [(sex, field) for sex, field in own if not field.empty]
    if len(marked) != 1:
        return [] if marked else [replace(own[0][1], name=name)]
    ((sex, field),) = marked
    field = replace(field, name=name)
    if not name.endswith("sex"):
        return [field]
    said = _TICKED.match(field.verbatim) or fold(field.verbatim) in _WORDS_OF_SEX
    notes = tuple(note for note in field.notes if note != DITTO)
    return [replace(field, repeated=sex if said else field.verbatim, notes=notes)]


def _parted(field: ExtractedField, asks: Sequence[Ask]) -> list[ExtractedField]:
    """The parts of a cell that holds a name, a year or an age, and more, as its header lists them."""
    text = field.verbatim
    year = _YEAR.search(text)
    comma = min((i for i in (text.find(","), text.find(";")) if i > 0), default=len(text))
    start, end = year.span() if year else (comma, comma)
    rest = [part for part in re.split(r"[,;]", text[end:].lstrip(" ,;.-")) if part.strip()]
    parted = []
    for ask in asks:
        if ask.grammar == "name":
            part = text[:start]
        elif ask.grammar in _YEARS:
            part = text[start:end]
        else:
            part = rest.pop(0) if rest else ""
        part = part.strip(" ,;.-–")
        told = replace(field, grammar=ask.grammar, verbatim=part, empty=not part, repeated=part or None)
        parted += [replace(told, name=name) for name in ask.names]
    return parted


def read_tables(
    sheet: Sheet,
    words: Vocabulary,
    labels: dict[str, list[LabelHit]],
    grid: GridHeader | None = None,
    but: Set[int] = frozenset(),
) -> LabelTable | None:
    """The table of people on the sheet, in which the strips `but` have no part; None where there is none.

    `grid`: its header, where its cells are known.
    """
    bands = column_bands(sheet, [n for own in grid.lines.values() for n in own], grid.body) if grid else None
    over: dict[int, str] | None = None
    groups: dict[int, str] = {}
    if grid is not None and bands is not None:
        header, body, cells = grid.header, grid.body, grid.cells(sheet, bands)
        told, over = [list(cell_meanings(sheet, words, cell.lines)) for cell in cells], grid.over(cells)
    else:
        lines = [n for n in range(len(sheet.lines)) if n not in but]
        top_bottom = _header(sheet, words, labels, but)
        if top_bottom is None:
            return None
        header, body = header_and_body(sheet, lines, *top_bottom)
        header, body = _of_the_table(sheet, words, header, body)
        groups = _groups(sheet, words, header)
        header = [n for n in header if n not in groups]
        cells, told, bands = _by_place(sheet, words, header, body)
    if not told[0] and bands is not None and _counts(sheet, bands, body):
        number = next(what for what in lexicon().whats if what.name == "entry_number")
        told[0] = [(Meaning(what=number, text=f"{number.labels[0]}:"), None)]
    guessed = told_besides(sheet, words, cells, told, bands, body)
    told = [guessed.get(n, own) for n, own in enumerate(told)]
    known = sum(map(bool, told))
    if known < FEWEST or known < NAMED * len([c for c in cells if c.lines]):
        return None
    if bands is None and not any(sheet.lines[n].cell for n in header) and any(":" in sheet.texts[n] for n in header):
        return None
    asks = _asks(words, told, _over(sheet, cells, groups) if over is None else over)
    columns = tuple(_column(number, own, meant) for number, (own, meant) in enumerate(zip(asks, told, strict=True)))
    members = SUBJECTS.get(words.type) == "member"
    matched = {n: n for n in range(len(columns))}
    return LabelTable(
        asks=tuple(asks),
        section=Section(kind="entries", columns=columns, each="member" if members else "record"),
        entries=table_of(sheet, columns, cells, matched, bands, [*header, *groups], body),
        cuts=border_cuts(sheet, [*header, *body], bands) if bands is not None else {},
        ruled=over is not None,
        guessed=guessed.keys(),
    )


def _by_place(
    sheet: Sheet, words: Vocabulary, header: Sequence[int], body: Sequence[int]
) -> tuple[list[HeaderCell], list[list[tuple[Meaning, str | None]]], Bands | None]:
    """The header's cells, what they ask, and the body's bands where these tell them better than the header itself."""
    bands = column_bands(sheet, header, body)
    cells = header_cells(sheet, header)
    told = _told(sheet, words, cells)
    if bands is not None:
        banded, _ = band_cells(sheet, Section(kind="entries"), header, bands)
        of_bands = _told(sheet, words, banded)
        if sum(map(bool, of_bands)) >= sum(map(bool, told)):
            return banded, of_bands, bands
    return cells, told, None


def _column(number: int, asks: Sequence[Ask], told: Sequence[tuple[Meaning, str | None]]) -> Column:
    """The column under its number, by which a row's fields are told what they are."""
    label = told[0][0].text if told else ""
    if not asks:
        return Column(label=label)
    return Column(label=label, field=str(number), grammar=asks[-1].grammar, lines=asks[-1].lines)


def _header(
    sheet: Sheet, words: Vocabulary, labels: dict[str, list[LabelHit]], but: Set[int]
) -> tuple[float, float] | None:
    """Top and bottom of the header: the place where most different things are asked in strips of their own."""
    asked = {n: name for n, name in _asked(sheet, words, labels).items() if n not in but}
    middle = {n: (sheet.boxes[n][1] + sheet.boxes[n][3]) / 2 for n in asked}
    best: tuple[int, float, list[int]] = (0, 0.0, [])
    for n in asked:
        near = [m for m in asked if abs(middle[m] - middle[n]) <= HEADER_HIGH * sheet.height]
        kinds = min(len({asked[m] for m in near}), _side_by_side(sheet, near))
        if (kinds, -middle[n]) > (best[0], -best[1]):
            best = (kinds, middle[n], near)
    if best[0] < ASKED:
        return None
    chosen = best[2]
    top, bottom = min(sheet.boxes[m][1] for m in chosen), max(sheet.boxes[m][3] for m in chosen)
    rest = _cells_with(sheet, words, chosen, top, bottom) or [
        n
        for n, box in enumerate(sheet.boxes)
        if top - WRAPS * sheet.height <= box[3]
        and box[1] <= bottom + WRAPPED * sheet.height
        and not any(c.isdigit() for c in sheet.texts[n])
    ]
    together = [*chosen, *rest]
    return min(sheet.boxes[n][1] for n in together), max(sheet.boxes[n][3] for n in rest or chosen)


def _asked(sheet: Sheet, words: Vocabulary, labels: dict[str, list[LabelHit]]) -> dict[int, str]:
    """Strips that hold little but a label without a colon, or its broken words in a ruled cell, with what it asks."""
    asked: dict[int, str] = {}
    for key, hits in labels.items():
        what = words.labels[key].what
        for hit in [label.hit for label in hits] if not what.column else ():
            most = hit.length >= ALONE * len(sheet.page_text.keys[hit.line].text)
            if most and hit.score >= WELL and ":" not in sheet.texts[hit.line]:
                asked[hit.line] = what.name
    for lines in first_cells(sheet.lines).values():
        if len(lines) > 1 and (meant := meanings_in(" ".join(sheet.texts[n] for n in lines), words)):
            asked |= dict.fromkeys(lines, meant[0][0].what.name)
    return asked


def _cells_with(sheet: Sheet, words: Vocabulary, chosen: Sequence[int], top: float, bottom: float) -> list[int]:
    """The lines of the ruled header in which the chosen ones stand, with the persons' headings over them."""
    cells = [c for m in chosen if (c := sheet.lines[m].cell) is not None]
    if not cells:
        return []
    table = max(sorted({c[0] for c in cells}), key=[c[0] for c in cells].count)
    rows = [c[1] for c in cells if c[0] == table]
    last = max(sorted(set(rows)), key=rows.count)
    inside = [
        n
        for n, line in enumerate(sheet.lines)
        if line.cell is not None
        and line.cell[0] == table
        and line.cell[1] <= last
        and (line.cell[1] >= min(rows) or heading(sheet.texts[n], words))
    ]
    return _together(sheet, inside, top, bottom)


def _together(sheet: Sheet, lines: Sequence[int], top: float, bottom: float) -> list[int]:
    """Of these lines those that stand from `top` to `bottom`, and on, above and below, as words that wrap stand."""
    gap = WRAPS * sheet.height
    found: set[int] = set()
    while more := {
        n for n in lines if n not in found and top - gap <= sheet.boxes[n][3] and sheet.boxes[n][1] <= bottom + gap
    }:
        found |= more
        top = min(top, *(sheet.boxes[n][1] for n in more))
        bottom = max(bottom, *(sheet.boxes[n][3] for n in more))
    return sorted(found)


def _side_by_side(sheet: Sheet, lines: Sequence[int]) -> int:
    """How many of the lines stand beside one another, none over another."""
    count, right = 0, float("-inf")
    for n in sorted(lines, key=lambda m: sheet.boxes[m][2]):
        if sheet.boxes[n][0] > right:
            count, right = count + 1, sheet.boxes[n][2]
    return count


def _told(sheet: Sheet, words: Vocabulary, cells: Sequence[HeaderCell]) -> list[list[tuple[Meaning, str | None]]]:
    return [meanings_in(" ".join(sheet.texts[n] for n in cell.lines), words) for cell in cells]


def _counts(sheet: Sheet, bands: Bands, body: Sequence[int]) -> bool:
    """Whether the first column counts on from row to row: the entries' numbers, whatever was read over them."""
    first = [n for n in body if bands.of((sheet.boxes[n][0] + sheet.boxes[n][2]) / 2) == 0]
    numbers = [int(text) for n in sheet.reading_order(first) if (text := sheet.texts[n].strip()).isdecimal()]
    steps = [b - a == 1 for a, b in pairwise(numbers)]
    return len(steps) >= FEWEST_STEPS and sum(steps) >= COUNTED * len(steps)


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
    header = [n for n in header if n in set(ruled) or sheet.boxes[n][1] >= top or heading(sheet.texts[n], words)]
    inside = [n for n in body if (c := sheet.lines[n].cell) is not None and c[0] == table]
    if not inside:
        return header, list(body)
    bottom = max(sheet.boxes[n][3] for n in inside)
    return header, [n for n in body if n in set(inside) or (sheet.lines[n].cell is None and sheet.boxes[n][1] < bottom)]


def _groups(sheet: Sheet, words: Vocabulary, header: Sequence[int]) -> dict[int, str]:
    """Header lines that name a person over columns of his: line -> whose."""
    groups = {}
    for n in header:
        who = heading(sheet.texts[n], words)
        x0, _, x1, y1 = sheet.boxes[n]
        near = 4 * sheet.height
        below = [m for m in header if sheet.boxes[m][1] >= y1 - 0.4 * sheet.height]
        under = [m for m in below if sheet.boxes[m][0] < x1 + near and sheet.boxes[m][2] > x0 - near]
        if who is not None and who != "parents" and len(under) > 1:
            groups[n] = who
    return groups


def _asks(
    words: Vocabulary, told: Sequence[Sequence[tuple[Meaning, str | None]]], over: dict[int, str]
) -> list[tuple[Ask, ...]]:
    """What each header cell asks, read from left to right: who was named goes on being spoken of.

    `over` says under whose heading a cell stands.
    """
    subject = SUBJECTS.get(words.type, "holder")
    who = subject
    asks: list[tuple[Ask, ...]] = []
    seen: set[str] = set()
    for number, meanings in enumerate(told):
        own: list[Ask] = []
        for meaning, said in meanings:
            what = meaning.what
            if what.name in _SEXES and own and own[-1].sex:
                own = [replace(ask, sex="") for ask in own]  # "Nam/Nữ" over one column
                continue
            if what.name in _SEXES and own:
                own = [replace(ask, sex=_SEXES[what.name]) for ask in own]
                continue  # "Sinh ngày (Nam)": the date stands in one of two columns
            with_age = len(meanings) > 1 or (number + 1 < len(told) and _asks_age(told[number + 1]))
            person = said or over.get(number) or (_other_parent(who, meaning, seen) if with_age else None)
            if person == "head" and subject == "member":
                person = "member"
            of_both = person == "parents" or (person is None and seen >= BOTH_PARENTS)
            if what.name in {"residence", "permanent_residence"} and of_both:
                person = "father"  # one column for both: where they live, told of the one who is named first
            if person is None:
                person = subject if what.paper or not words.field(what, who) else who
            if not what.paper and said != "parents":
                who = person
            names = words.field(what, person)
            names = tuple(n for n in names if n not in seen or what.column or len(meanings) > 1)
            if names:
                grammar, lines = words.fields[names[0]]
                own.append(Ask(names=names, grammar=grammar, lines=lines, sex=_SEXES.get(what.name, "")))
            seen.update(names)
        asks.append(tuple(own))
    return asks


def _asks_age(told: Sequence[tuple[Meaning, str | None]]) -> bool:
    """Whether a cell asks for a year of birth or an age alone, of whom the cell before it names."""
    return len(told) == 1 and told[0][1] is None and told[0][0].what.name in ("birth_year", "age")


def _other_parent(who: str, asked: Meaning, seen: Set[str]) -> str | None:
    """The parent of whom a cell speaks that names nobody, or none: it asks for a name with an age or the like,
    and the name of the parent spoken of before was asked already."""
    other = _OTHER_PARENT.get(who)
    if other is None or asked.what.name != "full_name":
        return None
    return other if f"{who}_full_name" in seen and f"{other}_full_name" not in seen else None


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
