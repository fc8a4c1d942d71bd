"""Tables whose rows are entries: register ledgers, household members in a grid, adjustment pages."""

from __future__ import annotations

from collections.abc import Sequence

from ocr_models.workshop.drawing.canvas import Box
from ocr_models.workshop.drawing.clerk import EMPTY, Entry
from ocr_models.workshop.drawing.facts import Facts
from ocr_models.workshop.drawing.hands import Hand
from ocr_models.workshop.drawing.rows import Line, strike, wrap
from ocr_models.workshop.drawing.sheet import Sheet
from pipeline.forms.definition import Column, Section

_DITTO = ('"', "-nt-", "''")
_REPEATABLE = frozenset({"text", "address", "place", "ethnicity", "date", "nationality"})


def draw_entries(sheet: Sheet, section: Section, entries: Sequence[Facts], bottom: float) -> None:
    """The table down to `bottom`: header, one row an entry, the rest left blank for later ones.

    Fields are placed under `section.prefix` with `[]` numbered for members, or as `record` n of the page.
    """
    edges = _edges(sheet, section.columns)
    top = sheet.y
    y, marks = _draw_header(sheet, section.columns, edges, top)
    leading = sheet.look.leading * 0.86
    deepest = max((c.lines for c in section.columns), default=2)
    height = leading * (deepest + 0.25)
    rows = max(len(entries), min(int((bottom - y) / height), len(entries) + sheet.rng.randint(0, 6)))
    height = min(height * 1.3, max(leading * 2.1, (bottom - y) / max(rows, 1)))
    before: dict[str, Entry] = {}
    for number in range(rows):
        if number < len(entries):
            _draw_entry(sheet, section, entries[number], number, edges, y, height, before)
        y += height
        marks.append(y)
    joined = [
        section.columns[n].group and section.columns[n].group == section.columns[n - 1].group
        for n in range(1, len(edges) - 1)
    ]
    starts = [top, *(sheet.look.leading * 0.92 + top if inner else top for inner in joined), top]
    _rule(sheet, edges, starts, marks)
    sheet.y = y


def _edges(sheet: Sheet, columns: tuple[Column, ...]) -> list[float]:
    shares = [c.width * sheet.rng.uniform(0.92, 1.1) for c in columns]
    scale = (sheet.x1 - sheet.x0) / sum(shares)
    edges = [sheet.x0]
    for share in shares:
        edges.append(edges[-1] + share * scale)
    return edges


def _draw_header(
    sheet: Sheet, columns: tuple[Column, ...], edges: list[float], top: float
) -> tuple[float, list[float]]:
    """Header cells, groups above their columns; gives the y below and the rules drawn so far."""
    leading = sheet.look.leading * 0.8
    hand = sheet.look.label(("bold",) if sheet.rng.random() < 0.7 else ())
    grouped = any(c.group for c in columns)
    lift = leading * 1.15 if grouped else 0.0
    deepest = 1
    for place, column in enumerate(columns):
        label = column.label
        if column.also and sheet.rng.random() < sheet.look.wordings:
            label = sheet.rng.choice(column.also)
        left, right = edges[place] + 3, edges[place + 1] - 3
        lines, fitted = wrap(Entry(verbatim=label, value=None), hand, left, right, left, 3)
        deepest = max(deepest, len(lines))
        start = top + (lift if column.group else lift * 0.5)
        for number, line in enumerate(lines):
            _centred(sheet, line, fitted, left, right, start + leading * (number + 0.85))
    y = top + lift + leading * (deepest + 0.35)
    if grouped:
        _draw_groups(sheet, columns, edges, top, lift, hand)
    return y, [top, y]


def _draw_groups(
    sheet: Sheet, columns: tuple[Column, ...], edges: list[float], top: float, lift: float, hand: Hand
) -> None:
    place = 0
    while place < len(columns):
        end = place + 1
        while end < len(columns) and columns[place].group and columns[end].group == columns[place].group:
            end += 1
        if columns[place].group:
            line = Line(x0=edges[place], x1=edges[end], pieces=((columns[place].group, False),))
            _centred(sheet, line, hand, edges[place], edges[end], top + lift * 0.75)
            sheet.canvas.line((edges[place], top + lift), (edges[end], top + lift), sheet.look.colour, 0.15)
        place = end


def _centred(sheet: Sheet, line: Line, hand: Hand, left: float, right: float, base: float) -> None:
    text = " ".join(piece for piece, _ in line.pieces)
    width = hand.width(text)
    hand.draw(sheet.canvas, text, left + max(0.0, (right - left - width) / 2), base)


def _draw_entry(
    sheet: Sheet,
    section: Section,
    facts: Facts,
    number: int,
    edges: list[float],
    y: float,
    height: float,
    before: dict[str, Entry],
) -> None:
    """One row of the table. A value equal to the one above may be a ditto mark."""
    member = section.each == "member"
    keep = sheet.facts
    sheet.facts = facts
    if member:
        sheet.prefix = section.prefix.replace("[]", f"[{number}]")
    else:
        sheet.record = number
    for place, column in enumerate(section.columns):
        left, right = edges[place] + sheet.look.size * 0.12, edges[place + 1] - sheet.look.size * 0.12
        entry = _cell_entry(sheet, section, column, number, before)
        box = _draw_cell(sheet, entry, left, right, y, height)
        if column.field is not None:
            sheet.place(column.field, entry, box)
            before[column.field] = entry
    sheet.facts, sheet.prefix, sheet.record = keep, "", 0


def _cell_entry(sheet: Sheet, section: Section, column: Column, number: int, before: dict[str, Entry]) -> Entry:
    if column.field is None:
        first = column is section.columns[0]
        return Entry(verbatim=str(number + 1), value=None) if section.numbered and first else EMPTY
    entry = sheet.entry(column.field, column.grammar)
    above = before.get(column.field)
    same = above is not None and entry.value is not None and above.value == entry.value
    if same and column.grammar in _REPEATABLE and sheet.rng.random() < 0.6:
        return Entry(verbatim=sheet.rng.choice(_DITTO), value=entry.value, ditto=True)
    return entry


def _draw_cell(sheet: Sheet, entry: Entry, left: float, right: float, y: float, height: float) -> Box:
    leading = sheet.look.leading * 0.86
    allowed = max(1, int(height / leading - 0.1))
    hand = sheet.look.value.scaled(0.92)
    lines, fitted = wrap(entry, hand, left, right, left, allowed)
    if len(lines) > allowed:
        leading *= allowed / len(lines)
    widest = max((fitted.width(" ".join(t for t, _ in line.pieces)) for line in lines), default=0.0)
    if widest > right - left:
        fitted = fitted.scaled((right - left) / widest)
    free = height - leading * len(lines)
    base = y + leading * 0.78 + (free * 0.4 if sheet.kind_of_writing != "pen" else min(free, leading * 0.3))
    whole: Box | None = None
    for number, line in enumerate(lines):
        x = left + (sheet.rng.random() * sheet.look.size * 0.2)
        if entry.ditto:
            x = left + (right - left) * sheet.rng.uniform(0.3, 0.55)
        for text, struck in line.pieces:
            box = fitted.draw(sheet.canvas, text, x, base + number * leading)
            if struck:
                strike(sheet, box, fitted)
            else:
                whole = box.union(whole)
            x += fitted.width(f"{text} ")
    return whole or Box(left, y + height * 0.2, right, y + height * 0.8)


def _rule(sheet: Sheet, edges: list[float], starts: list[float], marks: list[float]) -> None:
    """Rule the table; lines inside a group of columns start below the group's name."""
    colour = sheet.rng.choice((sheet.look.colour, sheet.look.colour, (150, 90, 60), (90, 90, 190)))
    thick = sheet.rng.choice((0.12, 0.18, 0.25))
    for x, top in zip(edges, starts, strict=True):
        sheet.canvas.line((x, top), (x, marks[-1]), colour, thick)
    for y in marks:
        sheet.canvas.line((edges[0], y), (edges[-1], y), colour, thick)
