"""Assigns every piece of writing between the labels to the label it belongs to.

A value stands after its label, in the same row or, where the form leaves room, in the rows below it,
until the next label begins. On cards it stands under the label. Nothing is looked for at fixed places.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.forms.anchors import LONG_NUMBERS, Anchor
from pipeline.forms.cleaning import trim, unread
from pipeline.forms.plan import Slot
from pipeline.forms.sheet import Piece, Sheet

# Lengths are in letter heights of the sheet; all by trial.
GAP = 1.8  # below the label or the value's last row within which the value goes on
WITH_DIGITS = LONG_NUMBERS | {"date", "year", "age", "time", "weight_g", "count"}  # grammars
WIDE = 3.0  # gap in a row from which another column may begin
NEAR = 1.0  # and on cards, where the columns stand closer
ALIGNED = 1.5  # between the start of a run and of the label above whose column it is in
COLUMN = 2.0  # to the left of its label that a value may begin; further away is another column
UNDER = 1.0  # to the left of its label that a value may begin which had no room beside it
JOINED = 0.6  # gap in a row below which two strips were one
_NUMBERING = re.compile(r"^\W*\d{1,2}\W*$")
_DAY = r"[^\W_]{1,2}"  # or month: a figure may be read as a letter
_BROKEN_DATE = re.compile(
    rf"^\W*ngày\w?\s*{_DAY}(?:\s*tháng(?:\s*{_DAY}(?:\s*năm)?)?)?\W*$|^\W*\d{{1,2}}\s*[-/.]\s*\d{{1,2}}\s*[-/.]$",
    re.IGNORECASE,
)
FULL_LINE = 0.7  # share of the sheet's width that a line of print reaches across before it goes on below
MOST_ROWS = 2  # of a value at the end of a line of print that goes on in the next
ROWS_OF_DATE = 4  # that a narrow column breaks a date into at most: its day, "tháng", its month, its year


@dataclass(slots=True)
class Holder:
    """A label on the page and the writing it has collected. `slot` None: a label that is no field's."""

    slot: Slot | None
    number: int
    line: int
    left: float
    label_right: float
    pieces: list[Piece] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    struck: list[Piece] = field(default_factory=list)
    right: float = float("inf")
    bottom: float = 0.0
    broken: bool = False  # a date that goes on in the next row
    runs: bool = False  # its label stands behind another one's value in one line of print

    @property
    def lines(self) -> int:
        return self.slot.lines if self.slot else 1

    @property
    def below(self) -> bool:
        return bool(self.slot and self.slot.below)

    def room(self) -> bool:
        """Whether another row may be the value's. A corrected (struck out) row does not count."""
        struck = len({p.line for p in self.struck})
        return len(self.rows) < (max(ROWS_OF_DATE, self.lines) if self.broken else self.lines) + struck

    def add(self, sheet: Sheet, piece: Piece) -> None:
        box = sheet.piece_box(piece)
        row = sheet.rows[piece.line]
        if row not in self.rows:
            self.rows.append(row)
        self.bottom = max(self.bottom, box[3])
        (self.struck if sheet.lines[piece.line].struck_out else self.pieces).append(piece)
        if self.slot is not None and self.slot.grammar == "date":
            so_far = " ".join(_with_stroke(sheet.texts[p.line], p) for p in self.pieces)
            self.broken = bool(_BROKEN_DATE.match(so_far))


def _with_stroke(text: str, piece: Piece) -> str:
    """The piece with the stroke that a value loses at its end."""
    follows = text[piece.end : piece.end + 1]
    return text[piece.start : piece.end] + (follows if follows in "-/." else "")


@dataclass(frozen=True, slots=True)
class Stop:
    """A label's place in a line: from character `start`, its value from `end`. `slot` -1: no field's."""

    start: int
    end: int
    slot: int
    left: float
    right: float
    head: bool = True  # False: the rest of a label that began in an earlier line


def stops_of(sheet: Sheet, anchors: Sequence[Anchor], foreign: Sequence[tuple[int, int, int]]) -> dict[int, list[Stop]]:
    """The labels of each line from left to right. `foreign` are other forms' labels: line, start, end."""
    stops: dict[int, list[Stop]] = {}
    for a in anchors:
        wraps = a.last_line != a.line
        end = len(sheet.texts[a.line]) if wraps else a.end
        stops.setdefault(a.line, []).append(_stop(sheet, a.line, a.start, end, a.slot))
        for between in range(a.line + 1, a.last_line):
            size = len(sheet.texts[between])
            stops.setdefault(between, []).append(_stop(sheet, between, 0, size, a.slot, head=False))
        if wraps:
            stops.setdefault(a.last_line, []).append(_stop(sheet, a.last_line, 0, a.end, a.slot, head=False))
    for line, start, end in foreign:
        text = sheet.texts[line]
        ends = [s.end for s in stops.get(line, ()) if s.end <= start]
        if ends and not any(c.isalnum() for c in text[max(ends) : start]):
            continue  # "Giấy tờ tùy thân: CMND số: …": the value begins with what is a label elsewhere
        if all(end <= s.start or s.end <= start for s in stops.get(line, ()) if s.end > s.start):
            inside_prompt = any(s.start == s.end and s.start <= start for s in stops.get(line, ()))
            if not inside_prompt:
                stops.setdefault(line, []).append(_stop(sheet, line, start, end, -1))
    for group in stops.values():
        group.sort(key=lambda s: (s.start, s.end))
    return stops


def _stop(sheet: Sheet, line: int, start: int, end: int, slot: int, head: bool = True) -> Stop:
    return Stop(start, end, slot, sheet.x_at(line, start), sheet.x_at(line, end), head)


class Walk:
    """One pass over a flow of lines (a page, or one column of it) in reading order."""

    def __init__(
        self, sheet: Sheet, slots: Sequence[Slot], stops: dict[int, list[Stop]], english: Collection[int] = ()
    ) -> None:
        """`english`: strips that are small English print under labels; what stands beside one is its label's value."""
        self.sheet, self.slots, self.stops, self.english = sheet, slots, stops, english
        self.holders: list[Holder] = []
        self.open: list[Holder] = []
        self._by_slot: dict[int, Holder] = {}
        self._alone = False  # whether nothing else stands in the row

    def run(self, lines: Sequence[int]) -> list[Holder]:
        """Holders for the labels among `lines`, with their writing. Call once per column."""
        self.open = []
        for row in self._rows(lines):
            self._row(row)
        return self.holders

    def fill(self, line: int, lines: Sequence[int]) -> None:
        """Gives all writing of `lines`, and what stands behind it in its own line, to the last label of `line`."""
        stops = self.stops.get(line, [])
        if not stops:
            return
        holder = self._hold(line, stops[-1], None)
        for n, start in [(line, stops[-1].end), *((n, 0) for n in lines)]:
            size = len(self.sheet.texts[n])
            piece = trim(self.sheet, Piece(line=n, start=start, end=size)) if start < size else unread(self.sheet, n)
            if piece is not None:
                holder.add(self.sheet, piece)

    def _rows(self, lines: Sequence[int]) -> Iterator[list[int]]:
        group: list[int] = []
        for n in self.sheet.reading_order(lines):
            if group and self.sheet.rows[n] != self.sheet.rows[group[0]]:
                yield group
                group = []
            group.append(n)
        if group:
            yield group

    def _row(self, lines: list[int]) -> None:
        fresh: list[Holder] = []
        current: Holder | None = None
        self._alone = sum(bool(self.sheet.texts[n].strip()) for n in lines) == 1
        edge = self.sheet.left
        for n, after in zip(lines, [*lines[1:], None], strict=True):
            at = 0
            if n in self.english and (above := self._aligned(self.sheet.boxes[n])) is not None:
                current, edge = above, self.sheet.boxes[n][2]
                continue
            if after is not None and current is not None and current.pieces and self._numbers(n, after):
                continue
            for stop in self.stops.get(n, []):
                if stop.start < at:
                    continue
                self._give(n, at, stop.start, current, edge)
                current = self._hold(n, stop, current)
                if stop.head:
                    fresh.append(current)
                at, edge = max(stop.end, at), stop.right
            size = len(self.sheet.texts[n])
            if not size:
                self._give_unread(n, current)
            if at < size:
                current = self._give(n, at, size, current, edge)
                edge = self.sheet.boxes[n][2]
        self._close(fresh)

    def _numbers(self, line: int, after: int) -> bool:
        """Whether a strip is the number of the label that begins the next one: "8" before ". Ngày cấp:"."""
        first = next(iter(self.stops.get(after, [])), None)
        if first is None or not _NUMBERING.match(self.sheet.texts[line]):
            return False
        begins = not any(c.isalnum() for c in self.sheet.texts[after][: first.start])
        return begins and self.sheet.boxes[after][0] - self.sheet.boxes[line][2] < JOINED * self.sheet.height

    def _hold(self, line: int, stop: Stop, current: Holder | None) -> Holder:
        if not stop.head and stop.slot in self._by_slot:
            holder = self._by_slot[stop.slot]
            holder.label_right = max(stop.right, holder.label_right)
            holder.bottom = max(holder.bottom, self.sheet.boxes[line][3])
            return holder
        slot = self.slots[stop.slot] if stop.slot >= 0 else None
        holder = Holder(slot, stop.slot, line, stop.left, stop.right, bottom=self.sheet.boxes[line][3])
        if current is not None and current.right > stop.left > current.left:
            current.right = stop.left
        holder.runs = any(other.end < stop.start for other in self.stops[line])
        self.holders.append(holder)
        self._by_slot[stop.slot] = holder
        return holder

    def _give(self, line: int, start: int, end: int, current: Holder | None, edge: float) -> Holder | None:
        """Gives a run to the label before it in the row, or to one above; returns whose row goes on."""
        piece = trim(self.sheet, Piece(line=line, start=start, end=end))
        if piece is None:
            return current
        box = self.sheet.piece_box(piece)
        if current is not None:
            far = (box[0] - edge) / self.sheet.height if start == 0 else 0.0
            other = far > WIDE or (far > NEAR and current.below)
            above = self._aligned(box) if other and (current.pieces or current.below) else None
            owner: Holder | None = above or current
            if above is None and far > WIDE and current.below and not self._plausible(current, piece):
                owner = None
        else:
            owner = self._going_on(piece) or self._above(piece)
        if owner is not None:
            owner.add(self.sheet, piece)
        return current

    def _going_on(self, piece: Piece) -> Holder | None:
        """The last label of the line above, where labels and values run on in one line of print like a sentence: what
        stands below at the line's beginning, alone, goes on with its end. What stands beside more is in columns; but a
        label at the line's end, behind which its value found no room, has it below all the same."""
        last = self.open[-1] if self.open else None
        if last is None or last.slot is None or last.slot.role != "label":
            return None
        if self._found_no_room(last, piece):
            return last
        if not self._alone or not last.runs:
            return None
        box, strip = self.sheet.piece_box(piece), self.sheet.boxes[last.line]
        begins = abs(box[0] - strip[0]) < ALIGNED * self.sheet.height
        full = strip[2] - self.sheet.left >= FULL_LINE * self.sheet.width
        near = len(last.rows) < MOST_ROWS and box[1] - last.bottom <= GAP * self.sheet.height
        return last if begins and full and near else None

    def _found_no_room(self, label: Holder, piece: Piece) -> bool:
        """Whether a label without a value, the only one, ends its line so near the margin that this run, which begins
        the next line, would not have fitted behind it."""
        box, height = self.sheet.piece_box(piece), self.sheet.height
        begins = box[0] - self.sheet.left < ALIGNED * height and label.left - self.sheet.left > COLUMN * height
        close = box[1] - self.sheet.boxes[label.line][3] <= GAP * height
        room = self.sheet.right - label.label_right
        hungry = [holder for holder in self.open if not holder.pieces] == [label]
        return begins and close and hungry and room < box[2] - box[0] and self._plausible(label, piece)

    def _give_unread(self, line: int, current: Holder | None) -> None:
        """Gives ink that was not read to the label before it, when that has no value yet."""
        piece = unread(self.sheet, line)
        if piece is None:
            return
        owner = current if current is not None else self._above(piece)
        if owner is not None and not owner.pieces:
            owner.add(self.sheet, piece)

    def _aligned(self, box: tuple[float, float, float, float]) -> Holder | None:
        """A label above whose column this run begins in, on pages that have columns (cards)."""
        for holder in reversed(self.open):
            close = abs(box[0] - holder.left) < ALIGNED * self.sheet.height
            if close and self._reaches(holder, box):
                return holder
        return None

    def _plausible(self, holder: Holder, piece: Piece) -> bool:
        """Whether a run may be the value of a label that wants digits."""
        text = self.sheet.texts[piece.line][piece.start : piece.end]
        wants = holder.slot is not None and holder.slot.grammar in WITH_DIGITS
        return not wants or not text or any(c.isdigit() for c in text)

    def _above(self, piece: Piece) -> Holder | None:
        """The label above whose value goes on with this run."""
        box = self.sheet.piece_box(piece)
        able = [h for h in self.open if self._reaches(h, box) and not self._left_of_card_column(h, box)]
        able = [h for h in able if not h.below or self._plausible(h, piece)]
        able = [h for h in able if h.rows or h.below or h.lines > 1 or self._moved_down(h, piece)]
        if not able:
            return None
        margin = COLUMN * self.sheet.height
        inside = [h for h in able if h.left - margin <= box[0] < h.right]
        hungry = [h for h in inside if not h.rows and (h.below or box[0] < h.label_right)]
        if hungry:
            return max(hungry, key=lambda h: h.left)
        roomy = [h for h in able if (h.lines > 1 or h.broken) and h.rows]
        if roomy:
            own = [h for h in inside if h in roomy]
            return max(own or roomy, key=lambda h: h.bottom)
        rest = [h for h in inside if h.rows or box[0] < h.label_right]
        return max(rest, key=lambda h: h.left) if rest else None

    def _moved_down(self, holder: Holder, piece: Piece) -> bool:
        """Whether a run is the one value of a label that had no room for it: right under the label, and no
        label itself."""
        x0 = self.sheet.piece_box(piece)[0]
        text = self.sheet.texts[piece.line][piece.start : piece.end]
        under = holder.left - UNDER * self.sheet.height <= x0 < holder.label_right
        return under and ":" not in text and self._plausible(holder, piece)

    def _left_of_card_column(self, holder: Holder, box: tuple[float, float, float, float]) -> bool:
        """Whether a run on a card stands left of the label's column, and so in another."""
        return holder.below and box[0] < holder.left - COLUMN * self.sheet.height

    def _reaches(self, holder: Holder, box: tuple[float, float, float, float]) -> bool:
        if holder.slot is None or holder.slot.role in {"text", "caption", "header"}:
            return False
        gap = (box[1] - holder.bottom) / self.sheet.height
        if holder.rows:
            return holder.room() and gap <= GAP
        return gap <= GAP

    def _close(self, fresh: list[Holder]) -> None:
        """Ends the values above the labels of this row, except those in another column of a card."""
        if not fresh:
            return
        if any(h.slot and h.slot.role == "caption" for h in fresh):
            self.open = []
            return
        first, apart = min(h.left for h in fresh), COLUMN * self.sheet.height
        last = max(h.label_right for h in fresh)
        beside = [h for h in self.open if h.below and h.room() and (h.left > last or h.left > first + apart)]
        beside = [h for h in beside if all(abs(h.left - f.left) > apart for f in fresh)]
        if any(not h.below for h in fresh):
            beside = []
        self.open = beside + fresh
