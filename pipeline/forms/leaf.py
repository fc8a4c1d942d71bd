"""Reads one leaf: finds its labels in the order that explains most of them, then what stands with each."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from rapidfuzz import fuzz

from pipeline.domain.geometry import Quad, rectangle
from pipeline.forms.anchors import Anchor, LabelHit, add_remains, anchor, find_labels
from pipeline.forms.card_columns import card_cuts
from pipeline.forms.card_fields import card_fields, is_card
from pipeline.forms.cleaning import is_scrap, trim
from pipeline.forms.clues import page_labels
from pipeline.forms.definition import FormDefinition, FormPage, Item, Section
from pipeline.forms.entries import Entries, read_entries, table_cuts
from pipeline.forms.entry_fields import entry_fields
from pipeline.forms.fields import UNLABELLED, ExtractedField, Leaf, Place
from pipeline.forms.keys import fold
from pipeline.forms.loading import load_forms
from pipeline.forms.person_blocks import PersonBlocks, person_blocks
from pipeline.forms.person_table import PersonColumns
from pipeline.forms.plan import Slot, slots_of, variants
from pipeline.forms.repeats import columns, repetitions, telling_labels
from pipeline.forms.search import grams
from pipeline.forms.sheet import Piece, Sheet
from pipeline.forms.signatures import name_under, office_at_head
from pipeline.forms.support import with_support
from pipeline.forms.walk import Holder, Walk, stops_of

# Lengths are in letter heights of the sheet, weights those of `evidence.weigh`; all by trial.
REPEATED = 1.3  # times: what several acts on a page must explain more than one does
ACT_FIELDS = 2  # filled fields that make no act yet; two groups with more are two acts
FAR = 4.0  # from everything else of a value: scraps that stand this far away are not part of it
ROOM_BELOW = 6.0  # height of the place where a signer's name would stand
FOREIGN = 1.02  # weight, colon and all, from which another form's label ends a value
FOREIGN_LETTERS = 6  # fewest letters of such a label
FOREIGN_PAIRS = 0.8  # of its letter pairs that must be on the page for it to be looked for; for speed
LABEL_END_LETTERS = 4  # fewest letters of a label's wrapped end before a value
LABEL_END_LIKE = 80  # its likeness to the label's own end, 0 to 100 (rapidfuzz)
NAME_WORDS = 2  # words that a name has before age, office or number may end it


@dataclass(slots=True)
class LeafFields:
    """What one leaf gives: fields of the document, of table entries, of members; how many labels were seen. `printed`
    are the labels' own places, in lines and characters of the leaf; `ruled`: cells told labels and values apart."""

    fields: list[ExtractedField] = field(default_factory=list)
    entries: list[list[ExtractedField]] = field(default_factory=list)
    members: list[list[ExtractedField]] = field(default_factory=list)
    labels: int = 0
    labels_seen: int = 0
    printed: list[Piece] = field(default_factory=list)
    ruled: bool = False


def read_leaf(page: FormPage, leaf: Leaf, number: int) -> LeafFields:
    """The fields of one leaf. Several acts of a register on one leaf become entries."""
    return LeafReader(page, leaf, number).read()


class LeafReader:
    """Reads one leaf as its form's definition lays it out. What it finds is in `result`."""

    def __init__(self, page: FormPage, leaf: Leaf, number: int) -> None:
        self.page = page
        self.sheet = Sheet(leaf.lines)
        self.place = Place(sheet=self.sheet, leaf=number, page=leaf.page, part=leaf.part)
        self.result = LeafFields()
        self.labels: dict[str, list[LabelHit]] = {}
        self.slots: list[Slot] = []
        self.anchors: list[Anchor] = []
        self.blocks: PersonBlocks | None = None
        self.table_lines: frozenset[int] = frozenset()

    def read(self) -> LeafFields:
        if not self.sheet.lines:
            return self.result
        wordings = _wordings(self.page, self.sheet)
        self.labels = find_labels(self.sheet, wordings)
        self.blocks = person_blocks(self.sheet, self.page.sections, self.labels)
        cuts = self.blocks.cuts() if self.blocks else card_cuts(self.sheet, self.page, self.labels)
        cuts = cuts or self._table_cuts()
        if cuts:
            self.sheet = Sheet(self.sheet.source, cuts)
            self.place = replace(self.place, sheet=self.sheet)
            self.labels = find_labels(self.sheet, wordings)
            self.blocks = person_blocks(self.sheet, self.page.sections, self.labels)
        add_remains(self.sheet, self.labels, _own_wordings(self.page))
        everything = list(range(len(self.sheet.lines)))
        for section in self.page.sections:
            if section.kind == "entries":
                self._entries(section, everything)
        rest = [n for n in everything if n not in self.table_lines]
        flows = self._align(rest)
        self._fields(flows)
        if is_card(self.page):
            self.result.fields = card_fields(self.place, self.page, self.result.fields)
        self._support()
        return self.result

    def _support(self) -> None:
        """Says of every field what speaks for its value being its own."""
        result = self.result
        groups = [result.fields, *result.entries, *result.members]
        blocks = with_support(self.sheet, self.labels, groups, printed=result.printed or None)
        result.fields = blocks[0]
        result.entries = blocks[1 : 1 + len(result.entries)]
        result.members = blocks[1 + len(result.entries) :]

    def _table_cuts(self) -> dict[int, list[int]]:
        everything = range(len(self.sheet.lines))
        tables = [s for s in self.page.sections if s.kind == "entries"]
        by_table = [table_cuts(self.sheet, section, self.labels, everything) for section in tables]
        return {line: spots for cuts in by_table for line, spots in cuts.items()}

    def _entries(self, section: Section, lines: Sequence[int]) -> None:
        table: Entries | None = read_entries(self.sheet, section, self.labels, lines)
        self.result.labels += len(section.columns)
        if table is None:
            return
        self.table_lines |= table.lines
        self.result.labels_seen += sum(1 for low, high in table.areas if high > low)
        rows = entry_fields(self.place, section, table)
        (self.result.members if section.each == "member" else self.result.entries).extend(rows)

    def _align(self, lines: list[int]) -> list[list[int]]:
        """Chooses the variant of the page that explains most; returns its columns of lines in order."""
        blocks = any(s.kind == "repeat" for s in self.page.sections)
        telling = telling_labels(slots_of(self.page.sections), self.labels) if self.page.many else []
        times = repetitions(telling)
        inside = set(lines)
        groups = columns(self.sheet, telling) if times > 1 else [lines]
        flows = [[n for n in group if n in inside] for group in groups]
        best, chosen = -1.0, flows
        for sections in variants(self.page):
            arranged = (self.blocks.flows(flows[0]) if self.blocks and len(flows) == 1 else None) or flows
            order = [n for flow in arranged for n in self.sheet.reading_order(flow)]
            for repeats in {1} if blocks else {1, times}:
                slots = slots_of(sections, repeats=repeats, blocks=max(times, _blocks(sections)))
                anchors, total = anchor(self.sheet, slots, order, self.labels)
                total /= 1.0 if repeats == 1 else REPEATED
                if total > best:
                    best, chosen = total, arranged
                    self.slots, self.anchors = slots, anchors
        return chosen

    def _fields(self, flows: list[list[int]]) -> None:
        own = [s for s in self.slots if s.role == "label"]
        self.result.labels += len(own)
        self.result.labels_seen += sum(1 for a in self.anchors if self.slots[a.slot].role == "label")
        stops = stops_of(self.sheet, self.anchors, self._foreign())
        walk = Walk(self.sheet, self.slots, stops, self._english())
        self._run(walk, flows)
        groups: dict[int, list[ExtractedField]] = {}
        for holder in walk.holders:
            if holder.slot is not None:
                groups.setdefault(holder.slot.block, []).extend(self._of_holder(holder))
        used = {p.line for h in walk.holders for p in (*h.pieces, *h.struck)}
        for a in self.anchors:
            slot = self.slots[a.slot]
            if slot.role == "caption" and slot.field:
                groups.setdefault(slot.block, []).append(self._signed(a, slot, used, flows))
        groups.setdefault(0, []).extend(self._issuer(flows, used))
        groups[0].extend(self._signed_unsaid(groups[0], used, flows))
        groups[0].extend(self._by_shape(used))
        self._sort_out(groups)

    def _english(self) -> Collection[int]:
        """Strips that are English print under the labels."""
        return ()

    def _run(self, walk: Walk, flows: list[list[int]]) -> None:
        for flow in flows:
            walk.run(flow)

    def _sort_out(self, groups: dict[int, list[ExtractedField]]) -> None:
        """Members' blocks are members; several acts on a leaf are entries; all else is the document's."""
        inside = [f for fields in groups.values() for f in fields if "[]" not in f.name]
        if any(s.kind == "repeat" for s in self.page.sections):
            self.result.members.extend([f for f in groups[n] if "[]" in f.name] for n in sorted(groups))
            self.result.fields.extend(inside)
        elif sum(1 for fields in groups.values() if sum(not f.empty for f in fields) > ACT_FIELDS) > 1:
            self.result.entries.extend(groups[n] for n in sorted(groups) if any(not f.empty for f in groups[n]))
        else:
            self.result.fields.extend(inside)

    def _of_holder(self, holder: Holder) -> list[ExtractedField]:
        slot = holder.slot
        if slot is None or slot.field is None or slot.role not in {"label", "prompt"}:
            return []
        if slot.columns:
            return self._of_persons(holder, slot)
        pieces = holder.pieces or self._printed_value(holder, slot)
        pieces = self._shortened(slot, self._without_label(slot, pieces))
        pieces = self._without_scraps(holder, slot, pieces)
        where = self._room(holder)
        field = self.place.field(
            slot.field, slot.grammar, pieces, label=slot.wordings[0], where=where, struck=holder.struck
        )
        return [field]

    def _of_persons(self, holder: Holder, slot: Slot) -> list[ExtractedField]:
        table = PersonColumns(self.sheet, self.slots, self.anchors, slot.section)
        parts: dict[int, list[Piece]] = {n: [] for n in range(len(slot.columns))}
        for piece in table.pieces_of(holder):
            for n, part in table.split(piece):
                parts[n].append(part)
        where = self._room(holder)
        return [
            self.place.field(
                f"{column.prefix}{slot.field}", slot.grammar, parts[n], label=slot.wordings[0], where=where
            )
            for n, column in enumerate(slot.columns)
        ]

    def _printed_value(self, holder: Holder, slot: Slot) -> list[Piece]:
        """A printed word that is label and value at once: CHỦ HỘ in the head's block."""
        a = next((a for a in self.anchors if a.slot == holder.number), None)
        if a is None or slot.item is None or a.line != a.last_line:
            return []
        read = fold(self.sheet.texts[a.line][a.start : a.end])
        if any(read == fold(v) for v in slot.item.itself):
            return [Piece(line=a.line, start=a.start, end=a.end)]
        return []

    def _without_label(self, slot: Slot, pieces: list[Piece]) -> list[Piece]:
        """The pieces without the end of a label that wrapped in a narrow column: "expiry: 22/07/2029"."""
        for n, piece in enumerate(pieces):
            text = self.sheet.texts[piece.line][piece.start : piece.end]
            head, colon, _ = text.partition(":")
            key = fold(head)
            ends = [fold(w)[-len(key) :] for w in slot.wordings]
            if not colon or len(key) < LABEL_END_LETTERS:
                continue
            if any(fuzz.ratio(key, end) >= LABEL_END_LIKE for end in ends):
                rest = trim(self.sheet, Piece(line=piece.line, start=piece.start + len(head) + 1, end=piece.end))
                return [*pieces[:n], *([rest] if rest else []), *pieces[n + 1 :]]
        return pieces

    def _without_scraps(self, holder: Holder, slot: Slot, pieces: list[Piece]) -> list[Piece]:
        """The pieces without scraps of a stamp or a signature, far from the label and from the value's own words."""
        if slot.grammar not in _WORDS:
            return pieces
        kept: list[Piece] = []
        bottom = self.sheet.boxes[holder.line][3]
        ends = [holder.label_right]
        for piece in pieces:
            x0, y0, x1, y1 = self.sheet.piece_box(piece)
            below = (y0 + y1) / 2 > bottom and not kept
            near = min(abs(x0 - end) for end in (*ends, *([holder.left] if below else [])))
            text = self.sheet.texts[piece.line][piece.start : piece.end]
            if text and is_scrap(text) and near > FAR * self.sheet.height:
                continue
            kept.append(piece)
            ends.append(x1)
        return kept

    def _shortened(self, slot: Slot, pieces: list[Piece]) -> list[Piece]:
        """The pieces of a name up to where age, office or number follow: "Nguyễn Văn An, 34 tuổi"."""
        if slot.grammar != "name":
            return pieces
        for n, piece in enumerate(pieces):
            text = self.sheet.texts[piece.line]
            match = _AFTER_NAME.search(text, piece.start, piece.end)
            words = len(" ".join(text[p.start : p.end] for p in pieces[:n]).split())
            if match and words + len(text[piece.start : match.start()].split()) >= NAME_WORDS:
                return [*pieces[:n], Piece(line=piece.line, start=piece.start, end=match.start())]
        return pieces

    def _room(self, holder: Holder) -> Quad:
        """Where an empty value would stand: after its label, to the next one or the page's edge."""
        _, y0, _, y1 = self.sheet.boxes[holder.line]
        right = min(holder.right, max(self.sheet.right, holder.label_right + self.sheet.height))
        return rectangle(holder.label_right, y0, max(right, holder.label_right + 1), y1)

    def _signed(self, a: Anchor, slot: Slot, used: set[int], flows: list[list[int]]) -> ExtractedField:
        flow = next((f for f in flows if a.line in f), flows[0])
        others = [o for o in self.anchors if o is not a and o.line in set(flow)]
        taken = [*used, *(o.line for o in self.anchors)]
        pieces = name_under(self.sheet, a, others, taken, flow)
        x0, _, x1, y1 = self.sheet.boxes[a.line]
        where = rectangle(x0, y1, x1, y1 + ROOM_BELOW * self.sheet.height)
        return self.place.field(slot.field or "", slot.grammar, pieces, label=slot.wordings[0], where=where)

    def _signed_unsaid(
        self,
        known: Sequence[ExtractedField],  # noqa: ARG002
        used: set[int],  # noqa: ARG002
        flows: list[list[int]],  # noqa: ARG002
    ) -> list[ExtractedField]:
        """Signers' names whose caption was not read; a form's definition tells of none."""
        return []

    def _by_shape(self, used: set[int]) -> list[ExtractedField]:
        """Values known by their shape alone, where their label was not read and only one run has that shape.

        A number of 12 (9) digits; the date under a card's photograph.
        """
        seen = {a.slot for a in self.anchors}
        fields = []
        for n, slot in enumerate(self.slots):
            if n in seen or not slot.field or "[]" in slot.field or slot.item is None:
                continue
            if slot.grammar in _DIGITS:
                hits = self._shaped(number_of(_DIGITS[slot.grammar]), used, self.sheet.right)
            elif slot.grammar == "date" and "photo" in slot.item.style:
                own = [self.sheet.x_at(a.line, a.start) for a in self.anchors if self.slots[a.slot].role == "label"]
                hits = self._shaped(DATE_ALONE, used, min(own, default=0.0))
            else:
                continue
            if len(hits) == 1:
                where = self.sheet.box(hits)
                field = self.place.field(slot.field, slot.grammar, hits, label="", where=where)
                fields.append(replace(field, notes=(*field.notes, UNLABELLED)))
        return fields

    def _shaped(self, shape: re.Pattern[str], used: set[int], right: float) -> list[Piece]:
        """Unclaimed runs of this shape that end left of x = `right`."""
        return [
            Piece(line=k, start=match.start(), end=match.end())
            for k, text in enumerate(self.sheet.texts)
            if k not in used and self.sheet.boxes[k][2] <= right
            for match in shape.finditer(text)
        ]

    def _issuer(self, flows: list[list[int]], used: set[int]) -> list[ExtractedField]:
        fields = []
        free = [n for n in flows[0] if n not in used] if flows else []
        for section in self.page.sections:
            for item in (*section.left, *section.right):
                if item.issuer and item.field:
                    pieces = office_at_head(self.sheet, self.anchors, self.slots, free, item.lines)
                    if pieces:
                        where = self.sheet.box(pieces)
                        fields.append(self.place.field(item.field, item.grammar, pieces, label="", where=where))
        return fields

    def _foreign(self) -> list[tuple[int, int, int]]:
        """Labels that this form does not print, or not there, and that surely stand on the leaf: line, start, end."""
        own = {(a.line, a.start) for a in self.anchors}
        foreign = []
        for key, group in self.labels.items():
            for label in group:
                hit = label.hit
                follows = self.sheet.texts[hit.last_line][hit.end :].lstrip()[:1]
                sure = len(key) >= FOREIGN_LETTERS and label.weight >= FOREIGN and follows == ":"
                if sure and hit.line == hit.last_line and (hit.line, hit.start) not in own:
                    foreign.append((hit.line, hit.start, hit.end))
        return sorted(foreign, key=lambda f: (f[0], f[1], -f[2]))


def number_of(digits: int) -> re.Pattern[str]:
    """Exactly this many digits, perhaps with single spaces or points between."""
    return re.compile(rf"(?<!\d)\d(?:[ .]?\d){{{digits - 1}}}(?![ .]?\d)")


DATE_ALONE = re.compile(r"^\W*\d\d?[^\w\s]?[\dIl/.\-]{4,8}\d\W*$")
_WORDS = frozenset({"text", "address", "place", "relationship", "name", "religion", "ethnicity", "nationality"})
_DIGITS = {"personal_id": 12, "old_national_id": 9}
_AFTER_NAME = re.compile(
    r"[,;]\s|\s+[-–]\s|\s*\(|\s*\d|\s+(?:sinh năm|tuổi|chức vụ|UBND|(?:phó )?chủ tịch|"
    r"(?:phó )?trưởng (?:công an|ban|phòng)|(?:cán bộ|công chức) tư pháp)\b",
    re.IGNORECASE,
)


def _blocks(sections: Sequence[Section]) -> int:
    return max((s.blocks for s in sections if s.kind == "repeat"), default=1)


def _wordings(page: FormPage, sheet: Sheet) -> list[str]:
    """Every wording of the page, and labels of other forms that may stand on it too."""
    pairs = grams("".join(k.text + " " for k in sheet.page_text.keys))
    foreign = [w for w, key in _all_labels(load_forms()) if len(grams(key) & pairs) >= FOREIGN_PAIRS * len(grams(key))]
    return [*_own_wordings(page), *foreign]


@lru_cache(maxsize=64)
def _own_wordings(page: FormPage) -> tuple[str, ...]:
    wordings: dict[str, None] = {}
    for section in page.sections:
        for item in section.items():
            wordings.update(dict.fromkeys((*item.wordings, *_extra(item))))
        for column in section.columns:
            wordings.update(dict.fromkeys((column.label, *column.also, column.group)))
    return tuple(w for w in wordings if w and "…" not in w)


def _extra(item: Item) -> tuple[str, ...]:
    return ((item.text,) if item.text else ()) + item.choices


@lru_cache(maxsize=8)
def _all_labels(forms: tuple[FormDefinition, ...]) -> tuple[tuple[str, str], ...]:
    labels: dict[str, str] = {}
    for definition in forms:
        for page in definition.pages:
            for group in page_labels(page):
                for wording in group:
                    if (
                        wording.endswith(":")
                        and len(fold(wording)) >= FOREIGN_LETTERS
                        and not fold(wording).endswith("ngay")
                    ):
                        labels.setdefault(fold(wording), wording)
    return tuple((w, k) for k, w in labels.items())
