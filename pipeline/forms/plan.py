"""A form's page as a sequence of slots in the order they are read: what anchoring looks for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from typing import Literal

from pipeline.forms.definition import Column, FormPage, Item, Section

Role = Literal["label", "text", "caption", "header", "prompt"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One printed wording to find, and what stands with it.

    `row` is shared by the slots that the definition prints in one row; `section` and `block` say which
    section and which repetition of it; `swap` that the section is one of a group. `column` is the person
    column of a table, for slots that belong to one; a table's row label has `columns` instead.
    """

    role: Role
    wordings: tuple[str, ...]
    section: int
    row: int
    block: int = 0
    field: str | None = None
    grammar: str = "text"
    lines: int = 1
    below: bool = False
    heading: bool = False
    swap: bool = False
    columns: tuple[Column, ...] = ()
    column: int | None = None
    item: Item | None = None


MOST_SWAPPED = 3  # sections whose orders are all tried; of more only the printed order is; for speed


def variants(page: FormPage) -> Iterator[tuple[Section, ...]]:
    """The orders a page's sections may stand in: as printed first, then with swappable parts and
    columns exchanged."""
    names = [n for n, s in enumerate(page.sections) if s.swap]
    orders = list(permutations(names)) if 0 < len(names) <= MOST_SWAPPED else [tuple(names)]
    for order in orders:
        sections = list(page.sections)
        for place, n in zip(names, order, strict=True):
            sections[place] = page.sections[n]
        yield tuple(sections)
        tables = [n for n, s in enumerate(sections) if s.kind == "persons"]
        for n in tables:
            sections[n] = replace(sections[n], columns=tuple(reversed(sections[n].columns)))
        if tables:
            yield tuple(sections)


def slots_of(sections: Sequence[Section], *, repeats: int = 1, blocks: int = 1) -> list[Slot]:
    """The slots of a page: the whole page `repeats` times (several acts), its repeated section `blocks` times."""
    slots: list[Slot] = []
    row = 0
    for repeat in range(repeats):
        for number, section in enumerate(sections):
            if section.kind == "entries":
                continue
            times = blocks if section.kind == "repeat" else 1
            for block in range(times):
                section_slots = list(_section_slots(section, number, row))
                row = max((s.row for s in section_slots), default=row) + 1
                which = block if section.kind == "repeat" else repeat
                slots.extend(replace(s, block=which, swap=bool(section.swap)) for s in section_slots)
    return slots


def _section_slots(section: Section, number: int, row: int) -> Iterator[Slot]:
    if section.kind == "persons":
        yield from _persons(section, number, row)
        return
    for item in (*section.left, *section.right):
        if not item.issuer:
            yield from _item(item, number, row, heading=True)
            row += 1
    for items in section.rows:
        for item in items:
            yield from _item(item, number, row, prefix=section.prefix)
        row += 1


def _item(item: Item, number: int, row: int, *, prefix: str = "", heading: bool = False) -> Iterator[Slot]:
    if item.text:
        yield Slot(role="text", wordings=(item.text,), section=number, row=row, heading=heading)
        return
    role: Role = "caption" if item.caption else "label" if item.label else "prompt"
    yield Slot(
        role=role,
        wordings=item.wordings,
        section=number,
        row=row,
        field=prefix + item.field if item.field else None,
        grammar=item.grammar,
        lines=item.lines,
        below=item.below,
        heading=heading,
        item=item,
    )
    for choice in item.choices:
        yield Slot(role="text", wordings=(choice,), section=number, row=row)


def _persons(section: Section, number: int, row: int) -> Iterator[Slot]:
    if section.labelled == "cell":
        yield from _person_blocks(section, number, row)
        return
    for n, column in enumerate(section.columns):
        yield Slot(
            role="header",
            wordings=(column.label, *column.also),
            section=number,
            row=row,
            column=n,
            columns=section.columns,
        )
    for n, items in enumerate(section.rows, 1):
        for item in items:
            yield Slot(
                role="label",
                wordings=item.wordings,
                section=number,
                row=row + n,
                field=item.field,
                grammar=item.grammar,
                lines=item.lines,
                columns=section.columns,
                item=item,
            )


def _person_blocks(section: Section, number: int, row: int) -> Iterator[Slot]:
    """Each person's column as a block of its own: the columns are read one after the other."""
    for n, column in enumerate(section.columns):
        for place, items in enumerate(section.rows):
            for item in items:
                wordings = (column.label, *column.also) if place == 0 else item.wordings
                yield Slot(
                    role="label",
                    wordings=wordings,
                    section=number,
                    row=row + n * len(section.rows) + place,
                    field=f"{column.prefix}{item.field}",
                    grammar=item.grammar,
                    lines=item.lines,
                    column=n,
                    item=item,
                )
