"""Reads one leaf by its labels alone."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from rapidfuzz import fuzz

from pipeline.domain.geometry import rectangle
from pipeline.domain.model import DocumentType
from pipeline.forms.anchors import PLACE_LENGTH, Anchor
from pipeline.forms.by_labels.arrangement import Band, cuts_at, gutter, in_flows, person_bands
from pipeline.forms.by_labels.cells import LabelCell, form_cells
from pipeline.forms.by_labels.grid import GridHeader, grid_header
from pipeline.forms.by_labels.labels import (
    NO_CELLS,
    PROMPTS,
    PageLabel,
    answers_relationship,
    headings_of,
    hits_of,
    page_labels,
    prompt_lines,
    spans,
)
from pipeline.forms.by_labels.misread import unknown, with_misread
from pipeline.forms.by_labels.tables import LabelTable, read_tables
from pipeline.forms.by_labels.wording import PREFIXES, SUBJECTS, Vocabulary, vocabulary
from pipeline.forms.cleaning import trim
from pipeline.forms.definition import Column, FormPage, Item
from pipeline.forms.english import english_cuts, english_strips
from pipeline.forms.entry_fields import entry_fields
from pipeline.forms.fields import UNLABELLED, ExtractedField, Leaf
from pipeline.forms.keys import HEAD
from pipeline.forms.leaf import LeafFields, LeafReader
from pipeline.forms.plan import Slot
from pipeline.forms.sheet import Piece, Sheet
from pipeline.forms.signatures import signer_below, signs_for_office
from pipeline.forms.walk import Holder, Walk

FIXED_LIKE = 86.0  # likeness (rapidfuzz) of a strip to fixed print or a caption; by trial
CELL_LINES = 3  # of a value in a table with a column for each person
BOOKS = frozenset({DocumentType.HOUSEHOLD_BOOK, DocumentType.TEMPORARY_RESIDENCE_BOOK})
ROWS_OF_TWO = 3  # rows that ask two persons the same thing: no table of people has so many in its header
RULED = 4  # label cells that make a leaf a ruled form
FEW = 2  # labels with a value beside or below them that tell which it is
NAMING = frozenset({"members[].full_name", "members[].relationship_to_head"})
SIGNERS = ("nguoi", "thutruong", "daidien", "canbo", "giamdoc")  # how captions over signatures begin
# Headings that count the members of a household.
NUMBERS_MEMBER = re.compile(r"(nguoi|nhankhau|thanhvien)(so|thu)?\d{1,2}")
ALONE = re.compile(r"\d{1,2}\s?[.)]")
EARLY = frozenset({"document_number", "entry_number", "date_of_registration", "full_name", "relationship"})

OF_NO_PARENT = frozenset({"sex", "insurance_number"})  # a label that stands below a parent's and asks for no parent's


def read_by_labels(document_type: DocumentType, page: FormPage, leaf: Leaf, number: int) -> LeafFields:
    """The fields of one leaf of a paper of this type, whatever its layout."""
    return _LabelReader(vocabulary(document_type), page, leaf, number).read()


class _LabelReader(LeafReader):
    def __init__(self, words: Vocabulary, page: FormPage, leaf: Leaf, number: int) -> None:
        super().__init__(page, leaf, number)
        self.words = words
        self.page_labels: list[PageLabel] = []
        self.bands: list[Band] = []
        self.sides: dict[int, str] = {}  # of slots of date prompts
        self.spread: float | None = None
        self.cells = NO_CELLS
        self.cuts: dict[int, list[int]] = {}
        self.grid: GridHeader | None = None

    def read(self) -> LeafFields:
        if not self.sheet.lines:
            return self.result
        self._look()
        self._cut(english_cuts(self.sheet))
        beside = [band for band in self.bands if not band.table]
        for band in beside:
            self._cut(cuts_at(self.sheet, band.border, band.top, band.floor, self.page_labels))
        table = self._table()
        if table is not None and table.cuts:
            self._cut(table.cuts)
            table = self._table()
        if table is not None:
            self._of_table(table)
        rest = [n for n in range(len(self.sheet.lines)) if n not in self.table_lines]
        flows = in_flows(self.sheet, rest, self.spread, self.bands)
        if rest:
            self._plan(flows)
            self._fields(flows)
        self.result.printed = [
            self.sheet.origin(Piece(line=line, start=start, end=end))
            for label in self.page_labels
            if label.line not in self.table_lines
            for line, start, end in spans(self.sheet, label)
        ]
        self.result.ruled = self.result.ruled or len(self.cells.labels) >= RULED
        self._support()
        return self.result

    def _table(self) -> LabelTable | None:
        """The table of entries or members; a table with a column for each person is none, a ruled form neither, nor two
        persons' parts side by side, which ask the same from row to row."""
        if self._tabled() or any(band.rows >= ROWS_OF_TWO for band in self.bands):
            return None
        return read_tables(self.sheet, self.words, self.labels, self.grid, self.cells.strips)

    def _tabled(self) -> bool:
        """Whether a table tells of two persons whose headings are known."""
        return any(band.table for band in self.bands)

    def _look(self) -> None:
        self.labels = hits_of(self.sheet, self.words)
        self.cells = form_cells(self.sheet, self.labels, self.words)
        found = page_labels(self.sheet, self.words, self.labels, self.cells)
        self.page_labels = with_misread(self.sheet, self.words, found)
        self.spread = gutter(self.sheet, self.page_labels)
        headings = headings_of(self.sheet, self.words, self.page_labels)
        self.headings = dict(headings)
        self.grid = grid_header(self.sheet, self.words, self.cells.strips)
        self.bands = [] if self.grid else person_bands(self.sheet, headings, self.page_labels)

    def _cut(self, cuts: Mapping[int, Sequence[int]]) -> None:
        """Parts lines at these characters too, and looks anew at what then stands on the sheet."""
        if not cuts:
            return
        for line, spots in cuts.items():
            self.cuts.setdefault(line, []).extend(spots)
        self.sheet = Sheet(self.sheet.source, self.cuts)
        self.place = replace(self.place, sheet=self.sheet)
        self._look()

    def _of_persons(self, holder: Holder, slot: Slot) -> list[ExtractedField]:
        """What a table says of two persons: by its cells where they are known, else by where its headings stand."""
        label = self.cells.labels.get(holder.line)
        cells = label.columns if label else {}
        if len(cells) != len(slot.columns):
            return super()._of_persons(holder, slot)
        return [
            self.place.field(
                f"{column.prefix}{slot.field}", slot.grammar, self._cell(cells[n]), label=slot.wordings[0],
                where=self._room(holder),
            )
            for n, column in zip(sorted(cells), slot.columns, strict=True)
        ]  # fmt: skip

    def _of_holder(self, holder: Holder) -> list[ExtractedField]:
        fields = super()._of_holder(holder)
        return [_ruled(field) for field in fields] if holder.line in self.cells.labels else fields

    def _without_scraps(self, holder: Holder, slot: Slot, pieces: list[Piece]) -> list[Piece]:
        """What stands alone in the cell beside a label is its value, however short and far from it: "Lê An"."""
        kept = super()._without_scraps(holder, slot, pieces)
        return kept or (pieces if holder.line in self.cells.labels else [])

    def _cell(self, lines: Sequence[int]) -> list[Piece]:
        pieces = [trim(self.sheet, Piece(line=n, start=0, end=len(self.sheet.texts[n]))) for n in lines]
        return [piece for piece in pieces if piece is not None]

    def _of_table(self, table: LabelTable) -> None:
        self.table_lines |= table.entries.lines
        rows = [table.told(row) for row in entry_fields(self.place, table.section, table.entries)]
        if table.ruled:
            rows = [[_ruled(field) for field in row] for row in rows]
        members = table.section.each == "member"
        (self.result.members if members else self.result.entries).extend(rows)
        self.result.ruled = table.ruled
        self.result.labels += len(table.section.columns)
        self.result.labels_seen += len(table.section.columns)

    def _plan(self, flows: list[list[int]]) -> None:
        """Slots and anchors of the labels, in reading order, each for the field that it is."""
        self.slots, self.anchors = [], []
        inside = {n for flow in flows for n in flow}
        apart = {cell.line for cell in self.cells.labels.values() if cell.columns} if not self._tabled() else set()
        labels = [label for label in self.page_labels if label.line in inside and label.line not in apart]
        by_line: dict[int, list[PageLabel]] = {}
        for label in labels:
            by_line.setdefault(label.line, []).append(label)
        prompts: dict[int, list[int]] = {}
        for line, start in prompt_lines(self.sheet, labels):
            prompts.setdefault(line, []).append(start)
        scope = _Scope(self.words, self.page.side)
        for flow in flows:
            below = self._values_below(flow, by_line)
            for line in self.sheet.reading_order(flow):
                if line not in by_line and self._is_head(line, scope):
                    self._begin_with_head(line, scope)
                elif line in self.headings:
                    self._heading(line, scope)
                elif line not in by_line and line not in prompts:
                    self._fixed(line, scope)
                events: list[tuple[int, PageLabel | None]] = [(x.start, x) for x in by_line.get(line, ())]
                events += [(start, None) for start in prompts.get(line, ())]
                for start, found in sorted(events, key=lambda e: e[0]):
                    if found is None:
                        self._prompt(line, start, scope)
                    else:
                        self._label(found, scope, below=below)
        self._settle_prompts()

    def _english(self) -> Collection[int]:
        return english_strips(self.sheet)

    def _run(self, walk: Walk, flows: list[list[int]]) -> None:
        """What stands in the cells of a ruled form is theirs; the rest is walked through."""
        cells = {} if self._tabled() else self.cells.labels
        apart = self.cells.strips if cells else set()
        for flow in flows:
            walk.run([n for n in flow if n not in apart])
        for cell in cells.values():
            if cell.whole or sum(1 for label in self.page_labels if label.line == cell.line) == 1:
                walk.fill(cell.line, cell.values)
            else:
                walk.run([cell.line, *cell.values])
        if cells and self.words.type in BOOKS:
            self.result.members.extend(self._members_beside(list(cells.values())))

    def _members_beside(self, cells: Sequence[LabelCell]) -> Iterator[list[ExtractedField]]:
        """The members of tables with a column for each of them."""
        columns = sorted({column for cell in cells for column in cell.columns})
        for column in columns:
            fields = []
            for cell in cells:
                for meaning, _ in cell.meanings[:1] if column in cell.columns else ():
                    for name in self.words.field(meaning.what, "member")[:1]:
                        x0, y0, x1, y1 = self.sheet.boxes[cell.line]
                        fields.append(self.place.field(
                            name, self.words.fields[name][0], self._cell(cell.columns[column]),
                            label=meaning.text, where=rectangle(x1, y0, x1 + (x1 - x0), y1),
                        ))  # fmt: skip
            if any(not field.empty for field in fields):
                yield [_ruled(field) for field in fields]

    def _values_below(self, flow: Sequence[int], by_line: dict[int, list[PageLabel]]) -> bool:
        """Whether the flow's values stand under their labels and not beside them."""
        beside = under = 0
        rows: dict[int, list[int]] = {}
        for n in self.sheet.reading_order(flow):
            rows.setdefault(self.sheet.rows[n], []).append(n)
        ordered = list(rows.values())
        for at, row in enumerate(ordered):
            for label in [x for n in row for x in by_line.get(n, ())]:
                ends = [x.start for x in by_line.get(label.last_line, ()) if x.start >= label.end]
                after = self.sheet.texts[label.last_line][label.end : min(ends, default=None)]
                right = self.sheet.x_at(label.last_line, label.end)
                nexts = [n for n in row if self.sheet.boxes[n][0] >= right - 1 and n != label.last_line]
                following = nexts[:1] if nexts and nexts[0] not in by_line and not ends else []
                if sum(c.isalnum() for c in after) > 0 or following:
                    beside += 1
                    continue
                left = self.sheet.x_at(label.line, label.start)
                lower = ordered[at + 1] if at + 1 < len(ordered) else []
                aligned = [
                    n for n in lower if abs(self.sheet.boxes[n][0] - left) < 2 * self.sheet.height and n not in by_line
                ]
                under += bool(aligned)
        return under >= FEW and under > beside

    def _is_head(self, line: int, scope: _Scope) -> bool:
        """Whether the strip is CHỦ HỘ over the head's own part of a book."""
        said = self.sheet.page_text.keys[line].text == HEAD
        return (
            scope.member
            and said
            and line not in self.cells.strips
            and not answers_relationship(self.sheet, self.page_labels, line)
        )

    def _begin_with_head(self, line: int, scope: _Scope) -> None:
        scope.begin_member()
        name = "members[].relationship_to_head"
        scope.seen.add(name)
        item = Item(label=self.sheet.texts[line], itself=(self.sheet.texts[line],))
        self._slot(Slot(role="label", wordings=(self.sheet.texts[line],), section=0, row=0, field=name,
                        grammar="relationship", block=scope.block, item=item), line)  # fmt: skip

    def _heading(self, line: int, scope: _Scope) -> None:
        who = self.headings[line]
        table = next((b for b in self.bands if b.table and line in b.headings), None)
        if table is not None:
            slot = Slot(role="header", wordings=("",), section=self._section(table), row=0, block=scope.block)
            self._slot(replace(slot, column=table.headings.index(line), columns=self._columns(table)), line)
            return
        band = next((b for b in self.bands if line in b.headings), None)
        if band is None:
            scope.turn(who)
        self._slot(Slot(role="text", wordings=("",), section=0, row=0, block=scope.block), line)

    def _section(self, band: Band) -> int:
        return 1 + self.bands.index(band)

    def _columns(self, band: Band) -> tuple[Column, ...]:
        return tuple(Column(label="", prefix=PREFIXES[who][0]) for who in (band.left, band.right))

    def _fixed(self, line: int, scope: _Scope) -> None:
        """Fixed print, captions and titles end what stands above them."""
        key = self.sheet.page_text.keys[line].text
        if scope.member and (NUMBERS_MEMBER.fullmatch(key) or ALONE.fullmatch(self.sheet.texts[line].strip())):
            self._slot(Slot(role="text", wordings=("",), section=0, row=0, block=scope.block), line)
            return
        if len(key) < 5:
            return
        caption, other, fixed = (
            max((fuzz.ratio(key, wording) for wording in wordings), default=0.0)
            for wordings in (self.words.signers, self.words.captions, self.words.fixed)
        )
        text = self.sheet.texts[line]
        if (key.startswith("congan") and text.isupper()) or signs_for_office(text):
            caption = max(caption, FIXED_LIKE)  # CÔNG AN QUẬN …: the office that signs, whichever it is
        slot = Slot(role="caption", wordings=("",), section=0, row=0, block=scope.block)
        if caption >= FIXED_LIKE and caption >= other:
            field = self.words.signed.get(scope.side)
            item = Item(label=self.sheet.texts[line], caption=True, field=field, grammar="name")
            self._slot(replace(slot, field=field, grammar="name", item=item), line)
        elif max(other, fixed) >= FIXED_LIKE:
            self._slot(slot if other > fixed else replace(slot, role="text"), line)

    def _slot(self, slot: Slot, line: int) -> None:
        self.slots.append(slot)
        end = len(self.sheet.texts[line])
        self.anchors.append(Anchor(len(self.slots) - 1, line, 0, line, end, 1.0))

    def _prompt(self, line: int, start: int, scope: _Scope) -> None:
        """A line of date prompts; which of the side's dates it is `_settle_prompts` says, when all are known."""
        led = start < PLACE_LENGTH and not any(a.line == line for a in self.anchors)
        self.slots.append(Slot(role="prompt", wordings=(PROMPTS,), section=0, row=0, grammar="date", block=scope.block))
        self.sides[len(self.slots) - 1] = scope.side
        self.anchors.append(Anchor(len(self.slots) - 1, line, 0 if led else start, line, start, 1.0))

    def _label(self, label: PageLabel, scope: _Scope, *, below: bool) -> None:
        band = next((b for b in self.bands if b.who(self.sheet, label.line, label.start)), None)
        what = label.meaning.what
        wordings = (label.meaning.text,)
        if band is not None and band.table and not what.paper and label.who is None:
            names = self.words.field(what, band.left)
            base = names[0][len(PREFIXES[band.left][0]) :] if names else None
            place = Slot(
                role="label", wordings=wordings, section=self._section(band), row=0, field=base, lines=CELL_LINES,
                columns=self._columns(band),
            )  # fmt: skip
        else:
            who = band.who(self.sheet, label.line, label.start) if band is not None and not band.table else None
            names = scope.name(label, who)
            place = Slot(
                role="label", wordings=wordings, section=0, row=0, field=names[0] if names else None,
                lines=max([what.lines, *(self.words.fields[n][1] for n in names)]), below=below or what.below,
            )  # fmt: skip
        grammar = self.words.fields[names[0]][0] if names else what.grammar
        slot = replace(place, grammar=grammar, block=scope.block, item=Item(label=wordings[0]))
        if grammar == "name" and self._is_caption(label):
            item = Item(label=wordings[0], caption=True, field=slot.field, grammar=grammar)
            slot = replace(slot, role="caption", item=item)
        self.slots.append(slot)
        self.anchors.append(
            Anchor(len(self.slots) - 1, label.line, label.start, label.last_line, label.end, label.weight)
        )

    def _is_caption(self, label: PageLabel) -> bool:
        """Whether the label stands by itself in a row of captions, with the name under it: NGƯỜI ĐỠ ĐẺ."""
        text = self.sheet.texts[label.line]
        if label.last_line != label.line or text[: label.start].strip() or text[label.end :].strip(" .:"):
            return False
        beside = [n for n, row in enumerate(self.sheet.rows) if row == self.sheet.rows[label.line] and n != label.line]
        keys = [self.sheet.page_text.keys[n].text for n in beside]
        return any(key.startswith(SIGNERS) for key in keys)

    def _signed_unsaid(
        self, known: Sequence[ExtractedField], used: set[int], flows: list[list[int]]
    ) -> list[ExtractedField]:
        """Who signed under place and day at the right, where no caption was read there."""
        field = self.words.signed.get(self.page.side)
        if field is None or any(f.name == field and not f.empty for f in known):
            return []
        middle = self.sheet.left + self.sheet.width / 2
        days = [a for a in self.anchors if self.slots[a.slot].role == "prompt" and self.sheet.boxes[a.line][2] > middle]
        if not days:
            return []
        flow = next((f for f in flows if days[-1].line in f), flows[0])
        taken = [*used, *(a.line for a in self.anchors)]
        pieces = signer_below(self.sheet, days[-1], taken, flow)
        if not pieces:
            return []
        found = self.place.field(field, "name", pieces, label="", where=self.sheet.box(pieces))
        return [replace(found, notes=(*found.notes, UNLABELLED))]

    def _settle_prompts(self) -> None:
        """Which dates a block's prompts are: those that no label asks for, in the form's order where there are as many
        prompts; else the last one is the signature's."""
        for block in {s.block for s in self.slots}:
            own = [n for n, s in enumerate(self.slots) if s.block == block]
            labelled = {self.slots[n].field for n in own if self.slots[n].role == "label"}
            prompts = [n for n in own if self.slots[n].role == "prompt"]
            for place, n in enumerate(prompts):
                names = [name for name in self.words.prompts.get(self.sides[n], ()) if name not in labelled]
                last = names[-1] if names and n == prompts[-1] else None
                self.slots[n] = replace(self.slots[n], field=names[place] if len(names) == len(prompts) else last)

    def _foreign(self) -> list[tuple[int, int, int]]:
        return unknown(self.sheet, self.page_labels)

    def _sort_out(self, groups: dict[int, list[ExtractedField]]) -> None:
        inside = [f for fields in groups.values() for f in fields if not f.name.startswith("members[")]
        members = _whole([[f for f in groups[n] if f.name.startswith("members[")] for n in sorted(groups)])
        if any(any(not f.empty for f in fields) for fields in members):
            self.result.members.extend(members)
            self.result.fields.extend(inside)
        elif self.page.many and sum(sum(not f.empty for f in fields) > 2 for fields in groups.values()) > 1:
            self.result.entries.extend(groups[n] for n in sorted(groups) if any(not f.empty for f in groups[n]))
        else:
            self.result.fields.extend(inside)


def _ruled(field: ExtractedField) -> ExtractedField:
    return replace(field, support=replace(field.support, ruled=1.0))


def _whole(parts: Sequence[list[ExtractedField]]) -> list[list[ExtractedField]]:
    """The members of these parts: a part that names nobody goes on with the member before it."""
    members: list[list[ExtractedField]] = []
    for part in parts:
        named = any(f.name in NAMING and not f.empty for f in part)
        if members and part and not named:
            members[-1].extend(part)
        elif part:
            members.append(part)
    return members


class _Scope:
    """Of whom and of which act the paper speaks at a place, read from the top."""

    def __init__(self, words: Vocabulary, side: str) -> None:
        self.words = words
        subject = SUBJECTS.get(words.type, "holder")
        self.member = subject == "member"
        self.side = "owner" if side == "cover" and self.member else side
        self.subject = "head" if self.member and self.side == "owner" else subject
        self.who = self.subject
        self.block = 0
        self.many = side in {"page", "members"}
        self.seen: set[str] = set()
        self.body = False
        self.opener: str | None = None  # what the first act or member of the leaf begins with

    def begin_member(self) -> None:
        """A book's member begins here, also on a leaf that began with what is said of the household."""
        if self.seen:
            self.block, self.seen, self.body = self.block + 1, set(), False
        self.side, self.subject, self.who, self.many = "members", "member", "member", True

    def turn(self, who: str) -> None:
        """What follows is said of `who`."""
        if who == "head" and self.subject == "member":
            return
        self.who = who

    def name(self, label: PageLabel, who: str | None) -> tuple[str, ...]:
        """The field of a label here; a label that begins another act or member moves on to it."""
        what = label.meaning.what
        if what.name == "relationship" and self.member and self.subject == "head":
            self.begin_member()
        person = label.who or who or self.who
        if person == "head" and self.subject == "member":
            person = "member"
        names = self.words.field(what, person)
        if not names and label.who is None and what.name in OF_NO_PARENT:
            person = "child"
            names = self.words.field(what, person)
        own = bool(names) and (what.paper or person in {self.subject, "member"}) and not (self.member and what.paper)
        again = bool(names) and names[0] in self.seen and what.name in EARLY
        if what.starts and self.opener is None:
            self.opener = what.name
        if self.many and own and (again or (what.starts and self.body and what.name == self.opener)):
            self.block, self.seen, self.body = self.block + 1, set(), False
            self.who = self.subject
            person = label.who or who or self.who
            names = self.words.field(what, person)
        if not what.paper and label.who is not None and label.who != "parents":
            self.who = label.who
        if names and names[0] in self.seen:
            number = "registration_number"
            names = (
                (number,)
                if what.name == "document_number" and number in self.words.fields and number not in self.seen
                else ()
            )
        self.seen.update(names)
        self.body = self.body or not (what.paper or what.starts)
        return names
