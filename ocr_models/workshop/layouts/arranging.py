"""Asks arranged on a page: lines, running text, grids, boxes; persons one below the other, side by side, as columns."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence

from ocr_models.workshop.layouts.style import Style
from ocr_models.workshop.layouts.writing import Ask

Person = tuple[str, Sequence[Ask]]  # a heading, perhaps empty, and what is asked of the person


class Numbering:
    """Numbers labels through a paper, where it numbers them."""

    def __init__(self, style: Style) -> None:
        self._style, self._at = style, 0

    def next(self) -> str:
        self._at += 1
        if self._style.numbering == "a)":
            return f"{chr(96 + min(self._at, 26))}) "
        return f"{self._style.numbering.replace('1', str(self._at))} " if self._style.numbering else ""


def label_html(ask: Ask, style: Style, *, number: str = "", colon: str | None = None) -> str:
    """The printed label, with its number, its English and its colon."""
    up = " up" if style.small_caps else ""
    english = f' <span class="en">/ {html.escape(ask.english)}</span>' if ask.english else ""
    sign = style.colon if colon is None else colon
    if ask.english and style.english_below:
        below = f'<br><span class="en">{html.escape(ask.english)}</span>'
        return f'<span class="lb{up}" style="display:inline-block">{number}{html.escape(ask.label)}{sign}{below}</span>'
    return f'<span class="lb{up}">{number}{html.escape(ask.label)}{english}{sign}</span>'


def arranged(asks: Sequence[Ask], style: Style, numbering: Numbering) -> str:
    """The asks in the paper's arrangement."""
    arrange = {"lines": _lines, "running": _running, "grid": _grid, "boxed": _boxed, "above": _above, "cells": _cells}
    return arrange[style.arrangement](asks, style, numbering)


def _rows(asks: Sequence[Ask], most: int) -> Iterator[list[Ask]]:
    """Neighbours that may share a line, at most so many."""
    row: list[Ask] = []
    for ask in asks:
        if row and (not ask.short or not row[-1].short or len(row) == most):
            yield row
            row = []
        row.append(ask)
    if row:
        yield row


def _line(ask: Ask, style: Style, number: str) -> str:
    return f'<div class="ln">{label_html(ask, style, number=number)}<span class="w">{ask.value}</span></div>'


def _lines(asks: Sequence[Ask], style: Style, numbering: Numbering) -> str:
    most = 1 + round(2 * style.joined)
    rows = ("".join(_line(a, style, numbering.next()) for a in row) for row in _rows(asks, most))
    return "".join(f'<div class="pr">{row}</div>' for row in rows)


def _running(asks: Sequence[Ask], style: Style, numbering: Numbering) -> str:
    """Labels and values as they run on in a sentence; what is long goes on under its label."""
    most = 1 + round(3 * style.joined)
    return "".join(
        '<p class="run">'
        + " &nbsp; ".join(
            f'{label_html(a, style, number=numbering.next())} <span class="w">{a.value}</span>' for a in row
        )
        + "</p>"
        for row in _rows(asks, most)
    )


def _grid(asks: Sequence[Ask], style: Style, numbering: Numbering) -> str:
    cells = (f'<div class="{"" if a.short else "wide"}">{_line(a, style, numbering.next())}</div>' for a in asks)
    return f'<div class="grid">{"".join(cells)}</div>'


def _boxed(asks: Sequence[Ask], style: Style, numbering: Numbering) -> str:
    """A ruled table: labels in their cells, values in theirs."""
    rows = []
    for row in _rows(asks, 2 if style.joined else 1):
        span = 3 if len(row) == 1 and style.joined else 1
        cells = (
            f"<td>{label_html(a, style, number=numbering.next(), colon='')}</td>"
            f'<td class="w" colspan="{span}">{a.value}</td>'
            for a in row
        )
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return f"<table>{''.join(rows)}</table>"


def _above(asks: Sequence[Ask], style: Style, numbering: Numbering) -> str:
    cells = (
        f'<div class="ab {"" if a.short else "wide"}">{label_html(a, style, number=numbering.next())}'
        f'<span class="w">{a.value or "&nbsp;"}</span></div>'
        for a in asks
    )
    return f'<div class="grid">{"".join(cells)}</div>'


def _cells(asks: Sequence[Ask], style: Style, numbering: Numbering) -> str:
    """Ruled cells with the label small above its value."""
    rows = []
    for row in _rows(asks, 3 if style.joined > 0.6 else 2):
        span = 6 // len(row)
        cells = (
            f'<td colspan="{span}" class="ab">{label_html(a, style, number=numbering.next())}'
            f'<span class="w" style="border:none">{a.value or "&nbsp;"}</span></td>'
            for a in row
        )
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return f"<table>{''.join(rows)}</table>"


def persons(people: Sequence[Person], style: Style, numbering: Numbering, *, ruled: bool) -> str:
    """Several persons of whom the same is asked, in the paper's way of parting them."""
    if style.parting == "columns" and len({len(asks) for _, asks in people}) == 1:
        return _columns(people, style, numbering)
    if style.parting == "side":
        parts = (f"<div>{_part(person, style, Numbering(style), centred=True)}</div>" for person in people)
        return f'<div class="two{" ruled" if ruled else ""}">{"".join(parts)}</div>'
    return "".join(_part(person, style, numbering) for person in people)


def _part(person: Person, style: Style, numbering: Numbering, *, centred: bool = False) -> str:
    heading, asks = person
    head = f'<h2 class="{"c" if centred else ""}">{html.escape(heading)}</h2>' if heading else ""
    return head + arranged(asks, style, numbering)


def _columns(people: Sequence[Person], style: Style, numbering: Numbering) -> str:
    """A table: a row for each label, a column for each person."""
    heads = "".join(f"<th>{html.escape(heading)}</th>" for heading, _ in people)
    rows = (
        f"<tr><td>{label_html(row[0], style, number=numbering.next(), colon='')}</td>"
        + "".join(f'<td class="w" style="width:{74 // len(people)}%">{ask.value}</td>' for ask in row)
        + "</tr>"
        for row in zip(*(asks for _, asks in people), strict=True)
    )
    return f"<table><tr><th></th>{heads}</tr>{''.join(rows)}</table>"


def table(heads: Sequence[Sequence[tuple[str, int, int]]], rows: Sequence[Sequence[str]], fold: int = 0) -> str:
    """A ruled table. `heads`: rows of (words, columns, rows) cells. It goes over the fold of an opened book after the
    first `fold` columns, where that is not 0."""
    parted = f'<td class="fold" rowspan="{len(heads) + len(rows)}"></td>'
    top = ""
    for number, row in enumerate(heads):
        top += "<tr>"
        across = 0
        for words, columns, below in row:
            top += parted if fold and number == 0 and across == fold else ""
            top += f'<th colspan="{columns}" rowspan="{below}">{html.escape(words)}</th>'
            across += columns
        top += "</tr>"
    body = "".join("<tr>" + "".join(f'<td class="w">{cell}</td>' for cell in row) + "</tr>" for row in rows)
    return f"<table>{top}{body}</table>"
