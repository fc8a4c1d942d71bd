"""What a person reads when the work is done: a table, where the results are, what to do next."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

from pipeline.judging.review.wording import paper_label
from pipeline.page_ledger import Place
from workers.batch.earlier_lists import earlier_lists
from workers.batch.inputs import PassedOver, printable
from workers.batch.results import Fate, FileResult, totals

_MOST_ROWS = 60
_MOST_NOTES = 20  # of a kind; --json has them all
_FATES = {
    Fate.DONE: "xong / done",
    Fate.UNCHANGED: "đã có / unchanged",
    Fate.SET_ASIDE: "CHƯA XỬ LÝ ĐƯỢC / SET ASIDE",
    Fate.INCOMPLETE: "SỐ TRANG KHÔNG KHỚP / PAGES DO NOT ADD UP",
}
_FOR_A_PERSON = "CẦN NGƯỜI XEM / NEEDS A PERSON"
_PLACES = {
    Place.BLANK: "trắng / blank",
    Place.DUPLICATE: "trùng / duplicate",
    Place.SEPARATOR: "tờ ngăn / separator",
    Place.UNREADABLE: "KHÔNG ĐỌC ĐƯỢC / UNREADABLE",
    Place.OPEN: "CẦN NGƯỜI XEM / TO BE SEEN",
}


def print_summary(results: Sequence[FileResult], out: TextIO, *, passed_over: Sequence[PassedOver] = ()) -> None:
    """The table of files; above sixty, those a person must look at come first and the rest is counted.

    Below it where pages of books may be missing or doubled, what was met before or got another name, and what in the
    folders was passed over, each with its reason.
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
        style = "" if result.is_whole else "red"
        table.add_row(*(Text(cell, style=style) for cell in _cells(result)))
    console.print(table)
    if len(shown) < len(results):
        console.print(f"… {len(results) - len(shown)} tệp nữa / more files")
    for line in _pages_elsewhere(shown):
        console.print(Text(line))
    notes = [f"{result.message} [{result.code}]" for result in results if result.message and not _is_set_aside(result)]
    books = [f"{one.finding.message} [{one.finding.code}]" for result in results for one in result.breaks]
    passed = [f"bỏ qua / passed over: {other.shown}: {other.reason}" for other in passed_over]
    for lines in (books, notes, passed):
        for line in lines[:_MOST_NOTES]:
            console.print(Text(printable(line)))
        if len(lines) > _MOST_NOTES:
            console.print(f"… {len(lines) - _MOST_NOTES} tệp nữa như vậy: --json / more files like these: --json")
    seen_before = totals(results)["seen_before"]
    if seen_before:
        console.print(
            f"{seen_before} giấy tờ có vẻ đã có trong kho: xem danh sách cần xem"
            f" / {seen_before} papers look like ones already held: see the review list"
        )
    console.print(Text(_total_line(results), style="bold"))


def _is_set_aside(result: FileResult) -> bool:
    return result.status is Fate.SET_ASIDE


_COLUMNS = (
    ("Tệp / file", "left"),
    ("Loại / type", "left"),
    ("Kết quả / result", "left"),
    ("Trang / pages", "right"),
    ("Số trường / fields", "right"),
    ("Cần xem / to review", "right"),
    ("CSDL dân cư / register", "left"),
    ("Giây / s", "right"),
)


def _cells(result: FileResult) -> tuple[str, ...]:
    if _is_set_aside(result):
        return (printable(result.file), "", f"{_FATES[result.status]} [{result.code}]", "", "", "", "", "")
    return (
        printable(result.file),
        _type(result.document_type),
        _fate(result),
        str(result.pages),
        str(result.accepted + result.review),
        str(result.for_a_person),
        result.register or "—",
        f"{result.seconds:.1f}" if result.status in (Fate.DONE, Fate.INCOMPLETE) else "—",
    )


def _type(document_type: str | None) -> str:
    """The type of paper as clerks call it."""
    if document_type is None:
        return "—"
    return "nhiều loại / mixed" if document_type == "mixed" else paper_label(document_type)[0]


def _fate(result: FileResult) -> str:
    if result.status is Fate.INCOMPLETE:
        return f"{_FATES[result.status]} [{result.code}]"
    return _FATES[result.status] if result.is_whole else _FOR_A_PERSON


def _pages_elsewhere(results: Sequence[FileResult]) -> Iterator[str]:
    """A line for each file that has pages in no record, and what became of them."""
    told = [result for result in results if result.ledger is not None and result.ledger.elsewhere]
    if told:
        yield "Trang không vào hồ sơ nào / pages in no record:"
    for result in told:
        by_place: dict[Place, list[int]] = {}
        for page in result.ledger.elsewhere if result.ledger else ():
            by_place.setdefault(page.place, []).append(page.number)
        parts = (f"{_numbers(numbers)}: {_PLACES[place]}" for place, numbers in by_place.items())
        yield f"  {printable(result.file)}: trang/page {'; '.join(parts)}"


def _numbers(numbers: Sequence[int]) -> str:
    """Page numbers, those that follow one another as a range."""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and number == ranges[-1][-1] + 1:
            ranges[-1] = [ranges[-1][0], number]
        else:
            ranges.append([number])
    return ", ".join("–".join(str(end) for end in one) for one in ranges)


def _chosen(results: Sequence[FileResult]) -> list[FileResult]:
    if len(results) <= _MOST_ROWS:
        return list(results)
    rank = {Fate.SET_ASIDE: 0, Fate.INCOMPLETE: 1, Fate.DONE: 3, Fate.UNCHANGED: 4}
    return sorted(results, key=lambda r: rank[r.status] if r.is_whole else min(rank[r.status], 2))[:_MOST_ROWS]


def _total_line(results: Sequence[FileResult]) -> str:
    sums = totals(results)
    return (
        f"{sums['files']} tệp: {sums['done']} xong, {sums['unchanged']} đã có, {sums['set_aside']} chưa xử lý được; "
        f"{sums['records']} hồ sơ, {sums['accepted']} trường chấp nhận; "
        f"cần xem: {sums['review']} trường, {sums['papers']} giấy tờ, {sums['open_pages']} trang / "
        f"{sums['files']} files: {sums['done']} done, {sums['unchanged']} unchanged, "
        f"{sums['set_aside']} set aside; "
        f"{sums['records']} records, {sums['accepted']} fields accepted; to review: {sums['review']} fields,"
        f" {sums['papers']} papers, {sums['open_pages']} pages"
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
