"""What a person reads when the work is done: a table, where the results are, what to do next."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from workers.batch.earlier_lists import earlier_lists
from workers.batch.inputs import PassedOver, printable
from workers.batch.results import Fate, FileResult, totals

_MOST_ROWS = 60
_MOST_NOTES = 20  # of a kind; --json has them all
_FATES = {Fate.DONE: "xong / done", Fate.UNCHANGED: "đã có / unchanged", Fate.SET_ASIDE: "ĐỂ LẠI / SET ASIDE"}


def print_summary(results: Sequence[FileResult], out: TextIO, *, passed_over: Sequence[PassedOver] = ()) -> None:
    """The table of files; above sixty, those a person must look at come first and the rest is counted.

    Below it what was met before or got another name, and what in the folders was passed over, each with its reason.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(file=out, width=None if out.isatty() else 220, highlight=False)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title, justify in _COLUMNS:
        table.add_column(title, justify=justify, overflow="fold")  # type: ignore[arg-type]
    shown = _chosen(results)
    for result in shown:
        style = "red" if result.status is Fate.SET_ASIDE else ""
        table.add_row(*(Text(cell, style=style) for cell in _cells(result)))
    console.print(table)
    if len(shown) < len(results):
        console.print(f"… {len(results) - len(shown)} tệp nữa / more files")
    notes = [f"{result.message} [{result.code}]" for result in results if result.message and not _is_set_aside(result)]
    passed = [f"bỏ qua / passed over: {other.shown}: {other.reason}" for other in passed_over]
    for lines in (notes, passed):
        for line in lines[:_MOST_NOTES]:
            console.print(Text(printable(line)))
        if len(lines) > _MOST_NOTES:
            console.print(f"… {len(lines) - _MOST_NOTES} tệp nữa như vậy: --json / more files like these: --json")
    console.print(Text(_total_line(results), style="bold"))


def _is_set_aside(result: FileResult) -> bool:
    return result.status is Fate.SET_ASIDE


_COLUMNS = (
    ("Tệp / file", "left"),
    ("Loại / type", "left"),
    ("Kết quả / result", "left"),
    ("Trang / pages", "right"),
    ("Đọc được / read", "right"),
    ("Cần xem / to review", "right"),
    ("Dân cư / register", "left"),
    ("Giây / s", "right"),
)


def _cells(result: FileResult) -> tuple[str, ...]:
    if _is_set_aside(result):
        return (printable(result.file), "", f"{_FATES[result.status]} [{result.code}]", "", "", "", "", "")
    return (
        printable(result.file),
        result.document_type or "—",
        _FATES[result.status],
        str(result.pages),
        str(result.accepted + result.review),
        str(result.review),
        result.register or "—",
        f"{result.seconds:.1f}" if result.status is Fate.DONE else "—",
    )


def _chosen(results: Sequence[FileResult]) -> list[FileResult]:
    if len(results) <= _MOST_ROWS:
        return list(results)
    rank = {Fate.SET_ASIDE: 0, Fate.DONE: 1, Fate.UNCHANGED: 2}
    return sorted(results, key=lambda result: rank[result.status])[:_MOST_ROWS]


def _total_line(results: Sequence[FileResult]) -> str:
    sums = totals(results)
    return (
        f"{sums['files']} tệp: {sums['done']} xong, {sums['unchanged']} đã có, {sums['set_aside']} để lại; "
        f"{sums['records']} hồ sơ, {sums['accepted']} trường chấp nhận, {sums['review']} trường cần xem / "
        f"{sums['files']} files: {sums['done']} done, {sums['unchanged']} unchanged, "
        f"{sums['set_aside']} set aside; "
        f"{sums['records']} records, {sums['accepted']} fields accepted, {sums['review']} to review"
    )


def print_places(*, home: Path, out_folder: Path | None, review: Path | None, again: str, out: TextIO) -> None:
    """Where things are, and what to type next."""
    if out_folder is not None:
        print(f"Hồ sơ và PDF / records and PDFs : {out_folder}", file=out)
    print(f"Kho lưu trữ / store             : {home}", file=out)
    if review is not None:
        print(f"Danh sách cần xem / to review   : {review}", file=out)
        earlier = earlier_lists(review)
        if earlier:
            names = ", ".join(path.name for path in earlier[:_MOST_NOTES])
            print(f"Danh sách trước / earlier lists : {names}", file=out)
        print(
            f"Bàn duyệt / review desk         : hotich serve --home {shlex.quote(str(home))}"
            " → /ban-duyet (docs/desk.md)",
            file=out,
        )
    print(f"Tiếp theo / next                : {again}", file=out)
