"""Tables for pages, with links to the items behind each number, and the same tables as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from pipeline.domain.message import Message

ITEMS = "/ban-duyet/muc"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What stands in a cell. `plain`: for a program, where that differs; `href`: the items behind it."""

    text: Message
    plain: str | None = None
    href: str | None = None
    number: bool = False
    state: str = ""

    @property
    def exported(self) -> str:
        return self.text.vi if self.plain is None else self.plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """`name` is its address; the first column says what a row is about."""

    name: str
    title: Message
    columns: Sequence[Message]
    rows: Sequence[Sequence[Cell]]
    note: Message | None = None


def words_cell(text: Message, href: str | None = None, plain: str | None = None, state: str = "") -> Cell:
    return Cell(text=text, href=href, plain=plain, state=state)


def text_cell(text: str, href: str | None = None) -> Cell:
    return Cell(text=Message(text, text), href=href)


def number_cell(shown: str, plain: float | None, href: str | None = None) -> Cell:
    """`shown` as people write it, `plain` for a program: a decimal point, empty where nothing is known."""
    plain_text = "" if plain is None else f"{plain:.6g}" if isinstance(plain, float) else str(plain)
    return Cell(text=Message(shown, shown), plain=plain_text, href=href, number=True)


def items_link(**which: object) -> str:
    """The address of the list of items with these properties; None is left out."""
    given = {name: str(value) for name, value in which.items() if value is not None}
    return f"{ITEMS}?{urlencode(given)}"


def csv_bytes(table: Table) -> bytes:
    """The table for a spreadsheet. It begins with a byte order mark, without which they misread Vietnamese, and
    no cell can be taken for a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_not_a_formula(str(column) if column.vi != column.en else column.vi) for column in table.columns])
    writer.writerows([_not_a_formula(cell.exported) for cell in row] for row in table.rows)
    return out.getvalue().encode("utf-8-sig")


def _not_a_formula(cell: str) -> str:
    return "'" + cell if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
