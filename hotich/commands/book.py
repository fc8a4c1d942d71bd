"""`hotich book load|list`: what an office says of its books, and what the archive holds of each."""

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
