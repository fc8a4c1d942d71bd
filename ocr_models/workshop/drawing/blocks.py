"""The parts of a page that are not plain rows: its head, signatures, tables of persons, repeated member blocks."""

from __future__ import annotations

from random import Random

from ocr_models.workshop.drawing.art import draw_scribble, seal_and_sign
from ocr_models.workshop.drawing.canvas import Box, hull
from ocr_models.workshop.drawing.clerk import Entry
from ocr_models.workshop.drawing.rows import Line, draw_lines, draw_row, draw_rows, draw_text, wrap
from ocr_models.workshop.drawing.sheet import Sheet
from pipeline.forms.definition import Item, Section


def draw_section(sheet: Sheet, section: Section) -> None:
    """Draw one section below what is there. Member blocks and ledgers have their own functions."""
    if section.kind == "heading":
        draw_heading(sheet, section)
    elif section.kind == "persons":
        draw_persons(sheet, section)
    elif section.kind == "signatures":
        for row in section.rows:
            draw_signatures(sheet, row)
    else:
        draw_rows(sheet, section.rows)


def draw_heading(sheet: Sheet, section: Section) -> None:
    """The office at the left, the State's name at the right; either side may be missing."""
    x0, x1, top = sheet.x0, sheet.x1, sheet.y
    width = x1 - x0
    split = x0 + width * sheet.rng.uniform(0.36, 0.42)
    if not section.left:
        split = x0
    bottom = top
    for items, start, end in ((section.left, x0, split), (section.right, split, x1)):
        sheet.x0, sheet.x1, sheet.y = start, end if section.right else x1, top
        for item in items:
            if item.issuer and not item.prompts:
                _draw_issuer(sheet, item)
            else:
                draw_row(sheet, (item,))
        bottom = max(bottom, sheet.y)
    sheet.x0, sheet.x1, sheet.y = x0, x1, bottom + sheet.look.leading * 0.3


def _draw_issuer(sheet: Sheet, item: Item) -> None:
    """The office: printed as a whole, or 'UBND' printed and the rest filled in on the blank's leaders."""
    by_hand = sheet.look.blank and sheet.kind_of_writing == "pen" and sheet.rng.random() < 0.4
    boxes: list[Box] = []
    drawn: list[str] = []
    for line in sheet.issuer[: item.lines]:
        if by_hand:
            words, box = _issuer_by_hand(sheet, line)
        else:
            words, box = line, draw_text(sheet, line, item.style, "center", sheet.x0, sheet.x1)
        drawn.append(words)
        boxes.append(box)
    whole = hull(boxes)
    if item.field and whole is not None:
        text = " ".join(drawn)
        writing = None if by_hand else "print"
        sheet.place(item.field, Entry(verbatim=text, value=text), whole, writing=writing)


def _issuer_by_hand(sheet: Sheet, line: str) -> tuple[str, Box]:
    head, rest = _issuer_halves(line)
    sheet.y += sheet.look.leading
    base = sheet.y - sheet.look.leading * 0.28
    hand = sheet.look.label(())
    box = hand.draw(sheet.canvas, head, sheet.x0, base)
    x = sheet.x0 + hand.width(f"{head} ")
    lines, value = wrap(Entry(verbatim=rest, value=rest), sheet.look.value, x, sheet.x1, sheet.x0, 1)
    return f"{head} {rest}", draw_lines(sheet, lines[:1], value, base).union(box)


def _issuer_halves(line: str) -> tuple[str, str]:
    """'UBND PHƯỜNG HÀNG BẠC' → what is printed (UBND) and what is filled in (phường Hàng Bạc)."""
    for printed in ("UBND", "UBHC", "THÀNH PHỐ", "CÔNG AN", "SỞ", "BỆNH VIỆN", "TRẠM"):
        if line.startswith(f"{printed} "):
            rest = line[len(printed) + 1 :].title()
            head = printed if printed.isascii() else printed.capitalize()
            return head, rest[0].lower() + rest[1:] if printed.startswith("UB") else rest
    head, _, rest = line.title().partition(" ")
    return head, rest


def draw_signatures(sheet: Sheet, row: tuple[Item, ...]) -> None:
    """Captions side by side, notes under them, then seal, signature and the signer's name."""
    x0, x1, top, leading = sheet.x0, sheet.x1, sheet.y + sheet.look.leading * 0.4, sheet.look.leading
    columns = max(2, len(row))
    width = (x1 - x0) / columns
    first = columns - len(row) if row[0].align == "right" else 0
    for place, item in enumerate(row):
        left = x0 + width * (first + place)
        sheet.x0, sheet.x1, sheet.y = left + width * 0.02, left + width * 0.98, top
        _draw_signature(sheet, item)
    sheet.x0, sheet.x1, sheet.y = x0, x1, top + leading * 5.4


def _draw_signature(sheet: Sheet, item: Item) -> None:
    leading = sheet.look.leading
    style = ("bold",) if sheet.rng.random() < 0.8 else ()
    draw_text(sheet, sheet.wording(item), style, "center", sheet.x0, sheet.x1)
    if item.note:
        sheet.y -= leading * 0.15
        draw_text(sheet, item.note, ("italic", "small"), "center", sheet.x0, sheet.x1)
    centre, middle = (sheet.x0 + sheet.x1) / 2, sheet.y + leading * 1.3
    if item.seal:
        seal_and_sign(sheet, centre, middle)
    elif item.field is None and sheet.rng.random() < 0.8:
        _scribble_only(sheet, centre, middle)
    if item.field is None:
        return
    entry = sheet.entry(item.field, item.grammar)
    base = sheet.y + leading * 3.1
    value = sheet.look.value
    need = value.width(entry.verbatim)
    if need > sheet.x1 - sheet.x0:
        value = value.scaled((sheet.x1 - sheet.x0) / need)
        need = sheet.x1 - sheet.x0
    box = value.draw(sheet.canvas, entry.verbatim, centre - need / 2, base) if entry.verbatim else None
    sheet.place(item.field, entry, box or Box(sheet.x0, base - leading, sheet.x1, base))


def _scribble_only(sheet: Sheet, x: float, y: float) -> None:
    draw_scribble(sheet.canvas, Random(sheet.rng.random()), x, y, sheet.look.size * 4)


def draw_persons(sheet: Sheet, section: Section) -> None:
    """A table with a column per person: row labels in a first column, or inside each cell."""
    in_cells = section.labelled == "cell"
    columns = list(section.columns)
    if not in_cells and sheet.rng.random() < 0.3:
        columns.reverse()
    x0, x1 = sheet.x0, sheet.x1
    stub = 0.0 if in_cells else (x1 - x0) * sheet.rng.uniform(0.22, 0.28)
    width = (x1 - x0 - stub) / len(columns)
    edges = [x0] + ([x0 + stub] if stub else []) + [x0 + stub + width * (n + 1) for n in range(len(columns))]
    top = sheet.y + sheet.look.leading * 0.2
    tops = [top]
    y = top
    if not in_cells:
        y = _table_head(sheet, [c.label for c in columns], edges[1:], y)
        tops.append(y)
    pad = sheet.look.size * 0.3
    for row in section.rows:
        item = row[0]
        bottom = y
        if stub:
            bottom = _cell_label(sheet, item, x0 + pad, x0 + stub - pad, y)
        for place, column in enumerate(columns):
            left = x0 + stub + place * width
            label = column.label if in_cells and row is section.rows[0] else item.label if in_cells else ""
            bottom = max(bottom, _person_cell(sheet, item, column.prefix, label, left + pad, left + width - pad, y))
        y = bottom
        tops.append(y)
    if not in_cells or sheet.rng.random() < 0.4:
        _rule_table(sheet, edges, tops, inner=not in_cells)
    sheet.y = y + sheet.look.leading * 0.25


def _table_head(sheet: Sheet, labels: list[str], edges: list[float], y: float) -> float:
    bottom = y
    keep = sheet.x0, sheet.x1
    for label, left, right in zip(labels, edges, edges[1:], strict=False):
        sheet.y = y
        draw_text(sheet, label, ("bold",), "center", left + 3, right - 3)
        bottom = max(bottom, sheet.y)
    sheet.x0, sheet.x1 = keep
    return bottom


def _cell_label(sheet: Sheet, item: Item, left: float, right: float, y: float) -> float:
    hand = sheet.look.label(())
    leading = sheet.look.leading
    entry = Entry(verbatim=sheet.wording(item), value=None)
    lines, fitted = wrap(entry, hand, left, right, left, 2)
    for number, line in enumerate(lines):
        text = " ".join(piece for piece, _ in line.pieces)
        fitted.draw(sheet.canvas, text, left, y + leading * (0.72 + 0.8 * number))
    return y + leading * (0.8 * (len(lines) - 1) + 1.0)


def _person_cell(sheet: Sheet, item: Item, prefix: str, label: str, left: float, right: float, y: float) -> float:
    leading, base = sheet.look.leading, y + sheet.look.leading * 0.72
    x = left
    if label:
        hand = sheet.look.label(())
        hand.draw(sheet.canvas, label, left, base)
        x = left + hand.width(f"{label} ")
    entry = sheet.entry(item.field, item.grammar, prefix=prefix)
    lines, value = wrap(entry, sheet.look.value, x, right, left, item.lines)
    if sheet.look.blank:
        lines += [Line(x0=left, x1=right, pieces=()) for _ in range(item.lines - len(lines))]
    box = draw_lines(sheet, lines, value, base)
    sheet.place(f"{prefix}{item.field}", entry, box)
    return y + leading * len(lines)


def _rule_table(sheet: Sheet, edges: list[float], tops: list[float], *, inner: bool) -> None:
    colour, thick = sheet.look.colour, sheet.rng.choice((0.12, 0.2, 0.3))
    for x in edges:
        sheet.canvas.line((x, tops[0]), (x, tops[-1]), colour, thick)
    for y in tops if inner and sheet.rng.random() < 0.8 else (tops[0], tops[min(1, len(tops) - 1)], tops[-1]):
        sheet.canvas.line((edges[0], y), (edges[-1], y), colour, thick)


def draw_member(sheet: Sheet, section: Section, bottom: float, *, crossed: bool) -> None:
    """One member's block down to `bottom`; crossed out with a diagonal when the member has left."""
    top = sheet.y
    for row in section.rows:
        if row[0].caption:
            _caption_row(sheet, row)
        else:
            draw_row(sheet, row)
    if crossed:
        ink = getattr(sheet.look.value, "colour", sheet.look.colour)
        sheet.canvas.line((sheet.x0, sheet.y), (sheet.x1, top), ink, 0.4)
    sheet.y = max(sheet.y, bottom)


def _caption_row(sheet: Sheet, row: tuple[Item, ...]) -> None:
    x0, x1, top, leading = sheet.x0, sheet.x1, sheet.y, sheet.look.leading
    width = (x1 - x0) / len(row)
    for place, item in enumerate(row):
        left = x0 + width * place
        sheet.x0, sheet.x1, sheet.y = left, left + width, top
        draw_text(sheet, sheet.wording(item), ("bold", "small"), "center", left, left + width)
        sheet.y -= leading * 0.2
        if item.note:
            draw_text(sheet, item.note, ("italic", "small"), "center", left, left + width)
        if sheet.facts.get("full_name") is not None:
            centre, middle = left + width / 2, sheet.y + leading * 0.5
            if item is row[-1]:
                seal_and_sign(sheet, centre, middle)
            else:
                _scribble_only(sheet, centre, middle)
    sheet.x0, sheet.x1, sheet.y = x0, x1, top + leading * 3.0
