"""`hotich book load|list|check`: what an office says of its books, what the archive holds of each, and what an
archivist signs of it."""

from __future__ import annotations

import csv
import json
import sys
from argparse import Namespace
from dataclasses import asdict
from pathlib import Path

from hotich.settings import load_settings
from hotich.wiring.stores import actor, stores
from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from storage.book_findings import BookFindings, YearOfActs, find_in_book, sign_off, sign_offs
from storage.described_books import BookFacts, BookHeld, books_held, describe_books, facts_of

_COLUMNS = ("book", "folder", "number", "years", "office", "pages")


def load(arguments: Namespace) -> int:
    """Notes the books of a table. Raises WrongUse for a table or a line that cannot be one; then nothing is noted."""
    settings = load_settings(arguments.home)
    books = _books(arguments.file)
    with stores(settings) as (catalogue, _):
        count = describe_books(catalogue, books, actor=actor(settings))
    if arguments.json:
        print(json.dumps({"books": count}))
    print(f"{count} sổ / books", file=sys.stderr)
    return 0


def show(arguments: Namespace) -> int:
    """Prints every book with its totals."""
    with stores(load_settings(arguments.home)) as (catalogue, _):
        held = books_held(catalogue)
    if arguments.json:
        print(json.dumps([asdict(one) for one in held], ensure_ascii=False, indent=2))
        return 0
    for one in held:
        print(_line(one))
    return 0


def check(arguments: Namespace) -> int:
    """The findings of a book with their digest, and whether they are signed; `--sign` signs them. Exit code 0."""
    settings = load_settings(arguments.home)
    with stores(settings) as (catalogue, _):
        if arguments.sign:
            sign_off(catalogue, arguments.book, arguments.sign, note=arguments.note, actor=actor(settings))
        found = find_in_book(catalogue, arguments.book)
        if found is None:
            raise WrongUse(Message(f"{arguments.book}: không có sổ này", "there is no such book"))
        signed = sign_offs(catalogue, arguments.book)
    in_force = bool(signed) and signed[0].digest == found.digest
    if arguments.json:
        told = {**asdict(found), "digest": found.digest, "count": found.count, "signed": in_force,
                "sign_offs": [asdict(one) for one in signed]}  # fmt: skip
        print(json.dumps(told, ensure_ascii=False, indent=2))
        return 0
    for line in _finding_lines(found):
        print(line)
    if in_force:
        print(f"đã ký / signed: {signed[0].actor}, {signed[0].signed_at[:10]}", file=sys.stderr)
    elif signed:
        print("kết quả đã khác từ lần ký trước / others than were signed last", file=sys.stderr)
    print(f"{found.count} điều phải xem / findings; {found.digest}", file=sys.stderr)
    return 0


def _finding_lines(found: BookFindings) -> list[str]:
    expected = "" if found.expected_pages is None else f"/{found.expected_pages}"
    lines = [f"{found.book}: {found.papers} giấy tờ / papers, {found.pages}{expected} trang / pages"]
    lines += [_year_line(year) for year in found.years]
    if found.without_number:
        lines.append(f"  không đọc được số / without a number: {', '.join(found.without_number)}")
    if found.waiting:
        lines.append(f"  còn chờ người xem / still open: {', '.join(found.waiting)}")
    return lines


def _year_line(year: YearOfActs) -> str:
    parts = [f"  {year.year or 'không rõ năm / year unknown'}: {year.acts} việc / acts, {year.first}–{year.last}"]
    if year.missing:
        parts.append(f"thiếu / missing {', '.join(map(str, year.missing))}")
    for one in year.doubled:
        parts.append(f"trùng / double {one.number}: {', '.join(one.papers)}")
    return "; ".join(parts)


def _line(one: BookHeld) -> str:
    expected = "" if one.facts.expected_pages is None else f"/{one.facts.expected_pages}"
    gaps = f"; số thiếu / numbers missing: {', '.join(map(str, one.gaps[:10]))}" if one.gaps else ""
    return (
        f"{one.facts.book}: {one.papers} giấy tờ / papers, {one.pages}{expected} trang / pages,"
        f" {one.open_items} mục chờ / items wait{gaps}"
    )


def _books(path: Path) -> list[BookFacts]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            if rows.fieldnames is None or "book" not in rows.fieldnames:
                raise WrongUse(
                    Message(f"{path.name}: cần cột book", f"{path.name}: needs the column book").about(
                        ", ".join(_COLUMNS)
                    )
                )
            return [_facts(row, path, line) for line, row in enumerate(rows, start=2)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise WrongUse(
            Message(f"{path.name}: không đọc được", f"{path.name}: cannot be read: {type(error).__name__}")
        ) from error


def _facts(row: dict[str, str | None], path: Path, line: int) -> BookFacts:
    try:
        return facts_of(**{name: row.get(name) or "" for name in _COLUMNS})
    except WrongUse as error:
        where = Message(f"{path.name}, dòng {line}", f"{path.name}, line {line}")
        raise WrongUse(Message(f"{where.vi}: {error.message.vi}", f"{where.en}: {error.message.en}")) from error
