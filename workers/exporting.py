"""Records that were found, as a table for an office program or as lines of JSON for another one.

A table has a row for each document and a column for each entry that one of them has. A value that a spreadsheet would
take for a formula is kept as text: papers are written by strangers.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final

from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from pipeline.judging.review.display import display_value
from pipeline.judging.review.places import grammar_of
from pipeline.judging.review.wording import label_of, paper_label
from storage.catalogue import FoundDocument
from storage.files import translated_os_errors
from storage.objects import ObjectStore

MOST_TABLE_ROWS: Final = 1_048_575  # an Excel sheet has one more, for the headings
_LONGEST_CELL: Final = 32_767
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_STATUSES: Final = {"accepted": "đã nhận", "review": "chờ xem", "rejected": "không đọc được"}
_FIXED: Final[tuple[tuple[str, Callable[[FoundDocument], str]], ...]] = (
    ("Mã lưu giữ", lambda found: found.holding_code),
    ("Loại giấy tờ", lambda found: paper_label(found.document_type, found.form)[0]),
    ("Trạng thái", lambda found: _STATUSES[found.status.value]),
    ("Sổ", lambda found: found.book),
    ("Tệp quét", lambda found: found.source_name),
    ("Trang", lambda found: ", ".join(map(str, json.loads(found.pages)))),
    ("Lưu lúc (UTC)", lambda found: found.committed_at[:19]),
)


class ExportFormat(StrEnum):
    CSV = "csv"
    EXCEL = "xlsx"
    JSON_LINES = "jsonl"

    @property
    def media_type(self) -> str:
        return _MEDIA[self]

    @staticmethod
    def of(path: Path) -> ExportFormat:
        """By the ending of the file's name. Raises WrongUse for any other."""
        try:
            return ExportFormat(path.suffix.lower().removeprefix("."))
        except ValueError:
            raise WrongUse(
                Message(
                    f"{path.name}: tên tệp xuất kết thúc bằng .csv, .xlsx hoặc .jsonl",
                    f"{path.name}: an export's name ends in .csv, .xlsx or .jsonl",
                )
            ) from None


_MEDIA: Final = {
    ExportFormat.CSV: "text/csv; charset=utf-8",
    ExportFormat.EXCEL: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ExportFormat.JSON_LINES: "application/jsonl; charset=utf-8",
}


def export(found: Callable[[], Iterable[FoundDocument]], objects: ObjectStore, path: Path, kind: ExportFormat) -> int:
    """Writes the records of these documents to `path`; returns how many. Memory does not grow with them.

    `found` is asked twice for a table: for its columns, then for its rows. Raises WrongUse for more documents than a
    sheet has rows, and the stores' errors.
    """
    with translated_os_errors(Message("ghi tệp xuất", "writing the export")):
        if kind is ExportFormat.JSON_LINES:
            return _json_lines(found(), objects, path)
        columns = _columns(_record(objects, one) for one in found())
        rows = (_row(one, _record(objects, one), columns) for one in found())
        heads = [*(head for head, _ in _FIXED), *(label_of(name)[0] for name in columns)]
        return (_excel if kind is ExportFormat.EXCEL else _csv)(heads, rows, path)


def _json_lines(found: Iterable[FoundDocument], objects: ObjectStore, path: Path) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="\n") as out:
        for one in found:
            line = {"book": one.book, "record": _record(objects, one)}
            out.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
            count += 1
    return count


def _csv(heads: Sequence[str], rows: Iterable[Sequence[str]], path: Path) -> int:
    """With the mark by which Excel knows UTF-8."""
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        table = csv.writer(out)
        table.writerow(heads)
        for row in rows:
            table.writerow([as_text(value) for value in row])
            count += 1
    return count


def _excel(heads: Sequence[str], rows: Iterable[Sequence[str]], path: Path) -> int:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Giấy tờ")
    sheet.freeze_panes = "A2"

    def cell(value: str, *, bold: bool = False) -> Any:
        made = WriteOnlyCell(sheet, value=_printable(value)[:_LONGEST_CELL])
        made.data_type = "s"  # text, whatever it begins with
        if bold:
            made.font = Font(bold=True)
        return made

    sheet.append([cell(head, bold=True) for head in heads])
    count = 0
    for row in islice(rows, MOST_TABLE_ROWS + 1):
        if count == MOST_TABLE_ROWS:
            raise WrongUse(
                Message(
                    "Một trang Excel không chứa hết; hãy thu hẹp lựa chọn hoặc xuất CSV",
                    "More than an Excel sheet holds: narrow the selection, or export CSV",
                )
            )
        sheet.append([cell(value) for value in row])
        count += 1
    book.save(path)
    return count


def as_text(value: str) -> str:
    """The value so that no spreadsheet takes it for a formula: one that begins as a formula does gets an apostrophe."""
    return f"'{value}" if value.startswith(_FORMULA) else value


def _record(objects: ObjectStore, found: FoundDocument) -> dict[str, Any]:
    record: dict[str, Any] = json.loads(objects.get(found.record))
    return record


def _columns(records: Iterable[Mapping[str, Any]]) -> list[str]:
    """Every field's name, in the order in which they are met; members one after the other."""
    names = dict.fromkeys(chain.from_iterable(record["fields"] for record in records))
    return sorted(names, key=_by_member)


def _by_member(name: str) -> tuple[int, str]:
    member, closing, field = name.partition("].")
    return (int(member.rpartition("[")[2]) + 1, field) if closing else (0, "")


def _row(found: FoundDocument, record: Mapping[str, Any], columns: Sequence[str]) -> list[str]:
    fields = record["fields"]
    return [
        *(told(found) for _, told in _FIXED),
        *(_shown(found, name, fields[name]) if name in fields else "" for name in columns),
    ]


def _shown(found: FoundDocument, name: str, field: Mapping[str, Any]) -> str:
    """The value as a clerk writes it."""
    if field["value"] is None:
        return str(field["verbatim"])
    return display_value(grammar_of(found.document_type, found.form, name), field["value"])


def _printable(value: str) -> str:
    """Without the controls that no workbook may hold."""
    return "".join(char for char in value if char in "\t\n" or ord(char) >= 32)


def lines_of(path: Path, most: int) -> Iterator[bytes]:
    """The file in pieces of `most` bytes."""
    with path.open("rb") as file:
        while piece := file.read(most):
            yield piece
