"""Rows of labelled places: label, leader, value, continuation lines. The way of most Vietnamese forms."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

from ocr_models.workshop.drawing.canvas import Box, hull
from ocr_models.workshop.drawing.clerk import Entry
from ocr_models.workshop.drawing.hands import Hand, Printed, Typed
from ocr_models.workshop.drawing.sheet import Sheet
from pipeline.forms.definition import Item

_SMALLEST = 0.74  # a value is written no smaller than this part of its size before it takes another line


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a wrapped value: where it starts and may end, and its pieces (text, struck out)."""

    x0: float
    x1: float
    pieces: tuple[tuple[str, bool], ...]


def draw_rows(sheet: Sheet, rows: tuple[tuple[Item, ...], ...], *, prefix: str = "") -> None:
    """Draw the rows one under another from `sheet.y`, which moves on below them."""
    for row in rows:
        draw_row(sheet, row, prefix=prefix)


def draw_row(sheet: Sheet, row: tuple[Item, ...], *, prefix: str = "") -> None:
    """One row; its items share the width by what they need, or stand under each other when they cannot."""
    if len(row) == 1:
        _draw_single(sheet, row[0], prefix)
        return
    entries = [_entry(sheet, item, prefix) for item in row]
    stacked = all(item.below for item in row)
    needs = [_need(sheet, item, entry, stacked=stacked) for item, entry in zip(row, entries, strict=True)]
    width = sheet.x1 - sheet.x0
    gap = sheet.look.size * 0.6
    free = width - gap * (len(row) - 1)
    squeeze = min(1.0, free / max(1.0, sum(needs)))
    if squeeze < _SMALLEST:
        for item, entry in zip(row, entries, strict=True):
            _draw_item(sheet, item, entry, sheet.x0, sheet.x1, sheet.x0)
        return
    spare = max(0.0, free - sum(needs))
    x, top, bottom = sheet.x0, sheet.y, sheet.y
    for place, (item, entry, need) in enumerate(zip(row, entries, needs, strict=True)):
        share = need * squeeze + spare * need / sum(needs)
        sheet.y = top
        last = place == len(row) - 1
        _draw_item(
            sheet,
            item,
            entry,
            x,
            x + share,
            sheet.x0 if last else x,
            squeeze=squeeze,
            single=not last,
            stacked=stacked,
        )
        bottom = max(bottom, sheet.y)
        x += share + gap
    sheet.y = bottom


def _entry(sheet: Sheet, item: Item, prefix: str) -> Entry:
    caps = "caps" in item.style
    name = item.field
    if name is None and item.prompts:
        fact = sheet.facts.get("_day")
        return sheet.clerk.write(cast("None", fact), "date", prompts=item.prompts)
    return sheet.entry(name, item.grammar, caps=caps, prompts=item.prompts, prefix=prefix)


def _need(sheet: Sheet, item: Item, entry: Entry, *, stacked: bool = False) -> float:
    label = sheet.look.label(item.style).width(f"{item.label} ") if item.label else 0.0
    if item.text:
        return sheet.look.label(item.style).width(item.text)
    if item.prompts:
        return label + _prompt_width(sheet, item, entry)
    value = sheet.look.value.width(entry.verbatim) * 1.05
    if item.lines > 1:
        value = min(value, (sheet.x1 - sheet.x0) * 0.4)
    value = max(value, sheet.look.size * 2.5)
    return max(label, value) if stacked else label + value + sheet.look.size * 0.5


def _draw_single(sheet: Sheet, item: Item, prefix: str) -> None:
    if item.text:
        draw_text(sheet, item.text, item.style, item.align, sheet.x0, sheet.x1)
        return
    entry = _entry(sheet, item, prefix)
    x0, x1 = sheet.x0, sheet.x1
    if item.align != "left" and not item.below:
        need = min(x1 - x0, _need(sheet, item, entry) + sheet.look.size)
        x0 = x1 - need if item.align == "right" else x0 + (x1 - x0 - need) / 2
        x1 = x0 + need
    _draw_item(sheet, item, entry, x0, x1, x0)


def draw_text(sheet: Sheet, text: str, style: tuple[str, ...], align: str, x0: float, x1: float) -> Box:
    """Fixed print between x0 and x1, shrunk if it must be; moves `sheet.y` one line on."""
    hand = sheet.look.label(style)
    if (width := hand.width(text)) > x1 - x0:
        hand = hand.scaled((x1 - x0) / width)
        width = x1 - x0
    x = x0 if align == "left" else x1 - width if align == "right" else x0 + (x1 - x0 - width) / 2
    height = max(sheet.look.leading * (hand.size / sheet.look.size) ** 0.5, hand.size * 1.2)
    sheet.y += height
    base = sheet.y - sheet.look.leading * 0.28
    box = hand.draw(sheet.canvas, text, x, base)
    if "underline" in style:
        drop = base + hand.size * 0.32
        inset = width * sheet.rng.choice((0.0, 0.0, 0.22))
        sheet.canvas.line((x + inset, drop), (x + width - inset, drop), hand.colour, 0.2)
    return box


def _draw_item(
    sheet: Sheet,
    item: Item,
    entry: Entry,
    x0: float,
    x1: float,
    margin: float,
    *,
    squeeze: float = 1.0,
    single: bool = False,
    stacked: bool = False,
) -> None:
    """A label with its value. `margin` is where continuation lines start; `single` forbids them."""
    look = sheet.look
    if item.text:
        draw_text(sheet, item.text, item.style, item.align, x0, x1)
        return
    if entry.verbatim.upper() in item.itself and sheet.rng.random() < 0.5:
        box = draw_text(sheet, entry.verbatim.upper(), ("bold",), "left", x0, x1)
        sheet.place(item.field, replace(entry, verbatim=entry.verbatim.upper()), box)
        return
    hand = look.label(tuple(s for s in item.style if s not in ("caps", "large", "red")))
    hand = hand.scaled(squeeze) if squeeze < 1 else hand
    base = sheet.y + look.leading * 0.72
    x, base = _draw_label(sheet, sheet.wording(item) if item.label else "", hand, x0, x1, base)
    if item.choices:
        _draw_choices(sheet, item, hand, x, base)
        return
    value = _value_hand(sheet, item)
    value = value.scaled(squeeze) if squeeze < 1 else value
    if item.prompts:
        box = draw_prompts(sheet, item.prompts, entry, x, base, hand, value)
        sheet.place(item.field, entry, box)
        sheet.y = base + look.leading * 0.28
        return
    below = item.below and (stacked or sheet.rng.random() < 0.75 or x > x0 + (x1 - x0) * 0.7)
    if below:
        base, x, margin = base + look.leading * 0.92, x0, x0
    allowed = 1 if single else max(item.lines, 1)
    lines, value = wrap(entry, value, x, x1, margin, allowed)
    if look.blank and not single and not below:
        lines += [Line(x0=margin, x1=x1, pieces=()) for _ in range(allowed - len(lines))]
    box = draw_lines(sheet, lines, value, base)
    sheet.place(item.field, entry, box)
    sheet.y = base + look.leading * (len(lines) - 1 + 0.28)


def _draw_choices(sheet: Sheet, item: Item, hand: Printed, x: float, base: float) -> None:
    """Boxes to tick, one of them ticked."""
    side, ticked = sheet.look.size * 0.75, sheet.rng.randrange(len(item.choices))
    ink = getattr(sheet.look.value, "colour", sheet.look.colour)
    for number, choice in enumerate(item.choices):
        box = Box(x, base - side, x + side, base)
        sheet.canvas.rectangle(box, sheet.look.colour, 0.2)
        if number == ticked:
            sheet.canvas.line((box.x0, box.y0), (box.x1, box.y1), ink, 0.3)
            sheet.canvas.line((box.x0, box.y1), (box.x1, box.y0 - side * 0.2), ink, 0.3)
        hand.draw(sheet.canvas, choice, x + side * 1.4, base)
        x += side * 2.4 + hand.width(f"{choice}  ")
    sheet.y = base + sheet.look.leading * 0.28


def _value_hand(sheet: Sheet, item: Item) -> Hand:
    value = sheet.look.value
    if "large" in item.style or "red" in item.style:
        bigger = value.scaled(1.25 if "large" in item.style else 1.0)
        if isinstance(bigger, Printed):
            colour = (48, 40, 190) if "red" in item.style else bigger.colour
            return Printed(face=bigger.face, size=bigger.size, weight="bold", colour=colour)
        if isinstance(bigger, Typed) and "red" in item.style:
            return replace(bigger, colour=(60, 50, 175))
        return bigger
    return value


def _draw_label(sheet: Sheet, label: str, hand: Printed, x0: float, x1: float, base: float) -> tuple[float, float]:
    """Print the label, over several lines when it is long. Gives where the value may start."""
    x, space = x0, hand.width(" ")
    words: list[str] = []
    for word in label.split():
        row_text = " ".join([*words, word])
        if x + hand.width(row_text) > x1 and words:
            hand.draw(sheet.canvas, " ".join(words), x, base)
            base, words = base + sheet.look.leading * 0.8, [word]
        else:
            words.append(word)
    if words:
        hand.draw(sheet.canvas, " ".join(words), x, base)
        x += hand.width(" ".join(words)) + space
    return x, base


def wrap(entry: Entry, hand: Hand, x: float, x1: float, margin: float, allowed: int) -> tuple[list[Line], Hand]:
    """Break the entry into lines: the first from x, the others from the margin. Smaller writing is tried
    before a line more than allowed is taken."""
    tokens = [(w, True) for w in entry.struck.split()] + [(w, False) for w in entry.verbatim.split()]
    scale = 1.0
    while True:
        tried = hand.scaled(scale) if scale < 1 else hand
        lines = _broken(tokens, tried, x, x1, margin)
        fits = all(tried.width(_text(line)) <= line.x1 - line.x0 + 1 for line in lines)
        if (len(lines) <= allowed and fits) or scale <= _SMALLEST:
            return lines, tried
        scale *= 0.94


def _text(line: Line) -> str:
    return " ".join(text for text, _ in line.pieces)


def _broken(tokens: list[tuple[str, bool]], hand: Hand, x: float, x1: float, margin: float) -> list[Line]:
    lines: list[Line] = []
    row: list[tuple[str, bool]] = []
    start = x
    for token in tokens:
        row_text = " ".join(word for word, _ in [*row, token])
        if start + hand.width(row_text) > x1 and (row or start > margin):
            lines.append(Line(x0=start, x1=x1, pieces=_grouped(row)))
            row, start = [token], margin
        else:
            row.append(token)
    lines.append(Line(x0=start, x1=x1, pieces=_grouped(row)))
    return lines


def _grouped(row: list[tuple[str, bool]]) -> tuple[tuple[str, bool], ...]:
    groups: list[tuple[str, bool]] = []
    for word, struck in row:
        if groups and groups[-1][1] == struck:
            groups[-1] = (f"{groups[-1][0]} {word}", struck)
        else:
            groups.append((word, struck))
    return tuple(groups)


def draw_lines(sheet: Sheet, lines: list[Line], hand: Hand, base: float, *, leading: float | None = None) -> Box:
    """Leaders and values of one place; gives the box of what is written and not struck out."""
    leading = leading or sheet.look.leading
    boxes: list[Box] = []
    for number, line in enumerate(lines):
        y = base + number * leading
        draw_leader(sheet, line.x0, line.x1, y)
        x = line.x0
        room = line.x1 - line.x0 - hand.width(_text(line))
        if hand.kind != "print" and room > 0:
            x += min(room, sheet.rng.random() * sheet.look.size * 1.2)
        wander = sheet.rng.gauss(0, sheet.look.size * 0.035) if hand.kind != "print" else 0.0
        for text, struck in line.pieces:
            box = hand.draw(sheet.canvas, text, x, y + sheet.look.drop + wander)
            if struck:
                strike(sheet, box, hand)
            else:
                boxes.append(box)
            x += hand.width(f"{text} ")
    first = lines[0]
    return hull(boxes) or Box(first.x0, base - sheet.look.size * 0.8, first.x1, base + sheet.look.size * 0.2)


def strike(sheet: Sheet, box: Box, hand: Hand) -> None:
    """A stroke, or two, through a wrong entry."""
    colour = getattr(hand, "colour", sheet.look.colour)
    for _ in range(sheet.rng.choice((1, 1, 2))):
        a, b = (box.y0 + (box.y1 - box.y0) * sheet.rng.uniform(0.42, 0.7) for _ in range(2))
        sheet.canvas.line((box.x0 - 2, a), (box.x1 + 2, b), colour, 0.3)


def draw_leader(sheet: Sheet, x0: float, x1: float, base: float) -> None:
    """The dotted or ruled line a value stands on."""
    look, y = sheet.look, base + sheet.look.size * 0.1
    if look.leader == "dots":
        hand = look.label(())
        sheet.canvas.dots(
            x0,
            x1,
            base,
            look.colour,
            pitch_mm=_pitch(sheet, hand),
            size_mm=hand.size / sheet.canvas.ppm * 0.085,
        )
    elif look.leader == "line":
        sheet.canvas.line((x0, y), (x1, y), look.colour, 0.12)
    elif look.leader == "dash":
        step = look.size * 0.35
        x = x0
        while x < x1 - step * 0.6:
            sheet.canvas.line((x, y), (x + step * 0.55, y), look.colour, 0.12)
            x += step


def _pitch(sheet: Sheet, hand: Printed) -> float:
    return max(0.55, hand.width(".") / sheet.canvas.ppm)


def _prompt_width(sheet: Sheet, item: Item, entry: Entry) -> float:
    hand, value = sheet.look.label(item.style), sheet.look.value
    pieces = item.prompts.split("…")
    width = sum(hand.width(piece) for piece in pieces)
    for place in range(len(pieces) - 1):
        gap = entry.gaps[place] if place < len(entry.gaps) else ""
        width += max(value.width(gap) * 1.15, sheet.look.size * 1.6)
    return width


def draw_prompts(sheet: Sheet, prompts: str, entry: Entry, x: float, base: float, hand: Printed, value: Hand) -> Box:
    """A printed skeleton with its gaps filled in; the box holds prompts and values, not a town before the date."""
    boxes: list[Box] = []
    pieces = prompts.split("…")
    town = prompts.startswith("…, ")
    for place, piece in enumerate(pieces):
        if piece.strip():
            boxes.append(hand.draw(sheet.canvas, piece, x, base))
        x += hand.width(piece)
        if place == len(pieces) - 1:
            break
        gap = entry.gaps[place] if place < len(entry.gaps) else ""
        width = max(value.width(gap) * 1.15, sheet.look.size * 1.6)
        draw_leader(sheet, x, x + width, base)
        if gap:
            inset = (width - value.width(gap)) / 2
            boxes.append(value.draw(sheet.canvas, gap, x + inset, base + sheet.look.drop))
        x += width
        if town and place == 0:
            boxes.clear()
    return hull(boxes) or Box(x, base - 1, x + 1, base)
