"""A plain table as an Excel workbook: keys in the first row, texts in all others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any


def write_table(path: Path, keys: Sequence[str], rows: Iterable[Mapping[str, str]]) -> None:
    """Every cell is text, whatever it begins with: numbers keep their zeros, and nothing is a formula."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Sheet1")

    def cell(value: str) -> Any:
        made = WriteOnlyCell(sheet, value="".join(char for char in value if char in "\t\n" or ord(char) >= 32))
        made.data_type = "s"
        return made

    sheet.append([cell(key) for key in keys])
    for row in rows:
        sheet.append([cell(row.get(key, "")) for key in keys])
    book.save(path)
