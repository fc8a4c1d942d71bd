"""How a sheet is laid out: halves of a spread, two persons side by side, a table with a column for each person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.forms.by_labels.labels import PageLabel
from pipeline.forms.sheet import Piece, Sheet

# Lengths are in letter heights of the sheet unless it says otherwise; all by trial.
GUTTER = (0.36, 0.64)  # share of the width within which a spread's two pages meet
SIDES = 3  # labels on each side of a gutter at least
IN_ROWS = 0.7  # share of the labels on the right that stand in rows of labels on the left, in a page of two columns
SPREAD_WIDE = 48.0  # width from which a sheet with such rows may be a spread
COUNTERPART = {"father": "mother", "mother": "father", "husband": "wife", "wife": "husband"}
TWICE = 2  # rows that ask both persons the same thing, at least
THROUGH = 1.0  # to both sides of a border that a strip must reach to go through it
ONE_ROW = 2.0  # between headings of two persons' parts beside each other
NEAR = 6.0  # around a border, in which a strip may be cut


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A part of the sheet from `top` to `floor` that two persons share, parted at x = `border`.

    `rows`: how many rows ask both the same thing.
    """

    top: float
    floor: float
    border: float
    left: str
    right: str
    headings: tuple[int, int]
    table: bool = False
    rows: int = 0

    def who(self, sheet: Sheet, line: int, start: int) -> str | None:
        """Whose a character in the band is; None outside."""
        _, y0, _, y1 = sheet.boxes[line]
        if not self.top <= (y0 + y1) / 2 < self.floor:
            return None
        return self.left if sheet.x_at(line, start) < self.border else self.right


def gutter(sheet: Sheet, labels: Sequence[PageLabel]) -> float | None:
    """The x at which the two pages of a spread meet: no strip crosses it, and labels begin on both sides."""
    low, high = (sheet.left + share * sheet.width for share in GUTTER)
    spans = sorted((b[0], b[2]) for n, b in enumerate(sheet.boxes) if sheet.texts[n].strip())
    edges = [low, *(x1 for _, x1 in spans if low < x1 < high)]
    best: tuple[float, float] | None = None
    for left in edges:
        right = min((x0 for x0, x1 in spans if x1 > left), default=high)
        crossed = any(x0 < left - 1 and x1 > left + 1 for x0, x1 in spans)
        if not crossed and right - left > 1.5 * sheet.height and (best is None or right - left > best[0]):
            best = (right - left, (left + right) / 2)
    if best is None:
        return None
    x = best[1]
    if _is_grid(sheet, labels, x):
        return None
    starts = [sheet.x_at(label.line, label.start) for label in labels if label.head]
    left_side, right_side = [s for s in starts if s < x], [s for s in starts if s > x]
    if len(left_side) < SIDES or len(right_side) < SIDES:
        return None
    first = min(right_side)
    aligned = sum(abs(s - first) < 1.5 * sheet.height for s in right_side)
    return x if aligned >= max(SIDES, len(right_side) / 2) else None


def _is_grid(sheet: Sheet, labels: Sequence[PageLabel], x: float) -> bool:
    """Whether what stands right of x goes on in the rows of what stands left of it: one page with two columns.

    The two pages of a spread ask the same things, or have rows of their own, or are wide and in no common table. Where
    both sides ask several people their part of it, one below another, each of them is told of across the page.
    """
    heads = [label for label in labels if label.head]
    left = [label for label in heads if sheet.x_at(label.line, label.start) < x]
    right = [label for label in heads if sheet.x_at(label.line, label.start) > x]
    rows = {sheet.rows[label.line] for label in left}
    beside = sum(sheet.rows[label.line] in rows for label in right)
    twins = {label.name for label in left} & {label.name for label in right}
    if twins or beside < IN_ROWS * len(right):
        return False
    ruled = {cell[:2] for label in left if (cell := sheet.lines[label.line].cell) is not None}
    if all(len({label.name for label in side}) < len(side) for side in (left, right)):
        return True
    in_table = sum((cell := sheet.lines[label.line].cell) is not None and cell[:2] in ruled for label in right)
    return in_table >= IN_ROWS * len(right) or sheet.width < SPREAD_WIDE * sheet.height


def person_bands(sheet: Sheet, headings: Sequence[tuple[int, str]], labels: Sequence[PageLabel]) -> list[Band]:
    """The bands that begin with two persons' headings in one row; one of the two may be illegible."""
    bands = []
    labelled = {label.line for label in labels}
    for row in _heading_rows(sheet, headings):
        pair = sorted(row, key=lambda h: sheet.boxes[h[0]][0])[-2:]  # before them: of both, over the labels
        if len(pair) == 1 and pair[0][1] in COUNTERPART:
            at = sheet.rows[pair[0][0]]
            beside = [n for n, own in enumerate(sheet.rows) if own == at and n != pair[0][0] and n not in labelled]
            if len(beside) == 1 and sheet.texts[beside[0]].strip():
                pair = sorted([*pair, (beside[0], COUNTERPART[pair[0][1]])], key=lambda h: sheet.boxes[h[0]][0])
        if len(pair) == 2 and pair[0][1] != pair[1][1] and "parents" not in {pair[0][1], pair[1][1]}:
            band = _band(sheet, pair, labels)
            if band is not None:
                bands.append(band)
    return bands


def _heading_rows(sheet: Sheet, headings: Sequence[tuple[int, str]]) -> list[list[tuple[int, str]]]:
    """The headings from the top, those together that stand in a row, or in about one beside each other: the parts of
    two persons are printed apart and seldom meet the same line."""
    rows: list[list[tuple[int, str]]] = []
    for heading in sorted(headings, key=lambda h: (sheet.rows[h[0]], sheet.boxes[h[0]][0])):
        x0, y0, x1, _ = sheet.boxes[heading[0]]
        last = sheet.boxes[rows[-1][-1][0]] if rows else None
        in_row = bool(rows) and sheet.rows[rows[-1][-1][0]] == sheet.rows[heading[0]]
        near = last is not None and abs(y0 - last[1]) < ONE_ROW * sheet.height and (x1 < last[0] or last[2] < x0)
        if in_row or near:
            rows[-1].append(heading)
        else:
            rows.append([heading])
    return rows


def _band(sheet: Sheet, pair: Sequence[tuple[int, str]], labels: Sequence[PageLabel]) -> Band | None:
    (first, left), (second, right) = pair
    top = min(sheet.boxes[first][1], sheet.boxes[second][1])
    below = [label for label in labels if sheet.boxes[label.line][1] > top + 0.5 * sheet.height]
    floor = min(
        (sheet.boxes[x.line][1] for x in below if x.meaning.what.paper or x.who not in {None, left, right}), default=1e9
    )
    inside = [label for label in below if sheet.boxes[label.line][1] < floor - 0.3 * sheet.height]
    middle = (sheet.boxes[first][0] + sheet.boxes[first][2]) / 2
    twins = _twins(sheet, inside)
    if len(twins) >= TWICE:
        border = min(sheet.x_at(b.line, b.start) for _, b in twins) - 0.4 * sheet.height
        if border > middle - sheet.height:
            rows = len({sheet.rows[a.line] for a, _ in twins})
            return Band(
                top=top, floor=floor, border=border, left=left, right=right, headings=(first, second), rows=rows
            )
    if (parted := _two_parts(sheet, pair, inside)) is not None:
        border, rows = parted
        return Band(top=top, floor=floor, border=border, left=left, right=right, headings=(first, second), rows=rows)
    beside = [
        label for label in inside if sheet.x_at(label.line, label.end) <= sheet.boxes[first][0] + 3 * sheet.height
    ]
    if len(beside) >= TWICE and len(beside) >= 0.7 * len(inside):
        border = (sheet.boxes[first][2] + sheet.boxes[second][0]) / 2
        last = max(sheet.boxes[label.line][3] for label in beside)
        floor = min(floor, last + 6 * sheet.height)
        return Band(top=top, floor=floor, border=border, left=left, right=right, headings=(first, second), table=True)
    return None


def _two_parts(sheet: Sheet, pair: Sequence[tuple[int, str]], labels: Sequence[PageLabel]) -> tuple[float, int] | None:
    """Where two persons' parts meet that ask the same things in the same order, each in rows of its own, and how many
    things; None where they do not."""
    (first, _), (second, _) = pair
    middle = (sheet.boxes[first][2] + sheet.boxes[second][0]) / 2
    left = [label for label in labels if sheet.x_at(label.line, label.start) < middle]
    right = [label for label in labels if sheet.x_at(label.line, label.start) >= middle]
    asked = [label.name for label in left if label.name in {other.name for other in right}]
    again = [label.name for label in right if label.name in asked]
    if len(set(asked)) < TWICE or asked != again:
        return None
    return min(sheet.x_at(label.line, label.start) for label in right) - 0.4 * sheet.height, len(asked)


def _twins(sheet: Sheet, labels: Sequence[PageLabel]) -> list[tuple[PageLabel, PageLabel]]:
    """Labels that ask the same thing twice in about one row."""
    twins = []
    for n, a in enumerate(labels):
        for b in labels[n + 1 :]:
            if a.name != b.name:
                continue
            ya, yb = sheet.boxes[a.line], sheet.boxes[b.line]
            if (
                abs(ya[1] - yb[1]) < 1.2 * sheet.height
                and abs(sheet.x_at(a.line, a.start) - sheet.x_at(b.line, b.start)) > 4 * sheet.height
            ):
                pair = sorted((a, b), key=lambda x: sheet.x_at(x.line, x.start))
                twins.append((pair[0], pair[1]))
    return twins


def cuts_at(sheet: Sheet, border: float, top: float, floor: float, labels: Sequence[PageLabel]) -> dict[int, list[int]]:
    """Where strips between `top` and `floor` that go through a border are parted: line -> characters."""
    cuts: dict[int, list[int]] = {}
    margin = THROUGH * sheet.height
    for n, (x0, y0, x1, y1) in enumerate(sheet.boxes):
        if not (top <= (y0 + y1) / 2 < floor and x0 < border - margin and x1 > border + margin):
            continue
        starts = [
            x.start
            for x in labels
            if x.line == n and abs(sheet.x_at(n, x.start) - border) < NEAR * sheet.height and x.start
        ]
        text = sheet.texts[n]
        spots = [
            (sheet.x_at(n, i) - sheet.right_of(n, len(text[:i].rstrip())), i)
            for i in range(1, len(text))
            if text[i - 1] == " " and text[i] != " " and abs(sheet.x_at(n, i) - border) < NEAR * sheet.height
        ]
        at = min(starts, key=lambda i: abs(sheet.x_at(n, i) - border)) if starts else max(spots)[1] if spots else None
        if at is not None:
            line, character = sheet.cut_at(Piece(line=n, start=at, end=at))
            cuts.setdefault(line, []).append(character)
    return cuts


def in_flows(sheet: Sheet, lines: Sequence[int], spread: float | None, bands: Sequence[Band]) -> list[list[int]]:
    """The lines in the order in which they are read, column after column."""
    if spread is not None:
        halves: list[list[int]] = [[], []]
        for n in lines:
            halves[(sheet.boxes[n][0] + sheet.boxes[n][2]) / 2 >= spread].append(n)
        return [h for h in halves if h]
    flows: list[list[int]] = []
    rest = list(lines)
    for band in [b for b in bands if not b.table]:
        above: list[int] = []
        left: list[int] = []
        right: list[int] = []
        below: list[int] = []
        for n in rest:
            x0, y0, x1, y1 = sheet.boxes[n]
            middle = (y0 + y1) / 2
            if middle < band.top:
                above.append(n)
            elif middle >= band.floor:
                below.append(n)
            else:
                (left if (x0 + x1) / 2 < band.border else right).append(n)
        flows += [above, left, right]
        rest = below
    flows.append(rest)
    return [f for f in flows if f]
