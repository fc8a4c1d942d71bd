"""`hotich desk summary|export|seed|move`: the desk's day, its trail to take away, items of known truth, and what is in
nobody's queue."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import secrets
import sys
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from hotich import stranded
from hotich.settings import Settings, load_settings
from hotich.wiring.service import service_keys
from hotich.wiring.stores import actor, open_catalogue
from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from pipeline.judging.review.policy import load_policy
from pipeline.settling.triage import TriageSettings
from storage.files import translated_os_errors
from storage.office.store import OfficeStore
from storage.review import ReviewStore
from storage.review.moving import move_open, open_of
from storage.review.seeded_items import Seed, add_seeds
from storage.review.stranded import find_stranded, reviewer_offices

if TYPE_CHECKING:
    from service.desk.overview.daily import DayReport

_COLUMNS = ("document_id", "field", "value")
_SHOWN_LINES = 20


def summary(arguments: Namespace) -> int:
    """Prints the day's report; with `--mail` sends it too."""
    from service.desk.overview.daily import day_report

    settings = load_settings(arguments.home)
    with desk_store(settings) as store:
        report = day_report(
            store, promise=1.0 - TriageSettings().accept_at, office=arguments.office, day=_day(arguments.day)
        )
    if arguments.json:
        print(json.dumps(report.facts(), ensure_ascii=False, indent=2))
    else:
        print(report.text, end="")
    if arguments.mail:
        _mail(settings, arguments.mail, report)
    return 0


def export(arguments: Namespace) -> int:
    """Writes the trail as lines of JSON, readable by this user alone, in constant memory."""
    if not arguments.trail:
        raise WrongUse(Message("Chưa nói xuất gì: --trail", "Say what to export: --trail"))
    count, head = 0, ""
    with desk_store(load_settings(arguments.home)) as store, store.read() as tables, _output(arguments.out) as out:
        for entry in tables.trail.all():
            out.write(entry.line() + "\n")
            count, head = count + 1, entry.hash
    if arguments.json:
        print(json.dumps({"entries": count, "head": head, "file": str(arguments.out)}, ensure_ascii=False))
    print(f"{count} bước, đầu chuỗi / entries, head of the chain: {head or '—'}", file=sys.stderr)
    return 0


def seed(arguments: Namespace) -> int:
    """Opens items of known truth from a table; exit code 1 when a line could not be one."""
    seeds = _seeds(arguments.file)
    with desk_store(load_settings(arguments.home)) as store, store.write() as tables:
        made = add_seeds(tables.connection, tables.items, seeds)
    lines = {name: [place + 2 for place in getattr(made, name)] for name in made.__slots__}
    if arguments.json:
        print(json.dumps({"opened": len(made.opened), "lines": lines}))
    wrong = {
        "unknown": "không có giấy tờ hoặc mục này / no such document or field",
        "impossible": "mục này không thể có giá trị đó / that field cannot say that",
        "asked": "mục này đang được hỏi / the field is being asked for already",
        "repeated": "đã đưa vào trước đây / was seeded before",
    }
    for name, why in wrong.items():
        if lines[name]:
            more = " …" if len(lines[name]) > _SHOWN_LINES else ""
            places = ", ".join(map(str, lines[name][:_SHOWN_LINES])) + more
            print(f"  {why}: dòng / lines {places}", file=sys.stderr)
    print(f"{len(made.opened)} mục có sẵn đáp án / seeded items", file=sys.stderr)
    return 1 if made.unknown or made.impossible else 0


def move(arguments: Namespace) -> int:
    """Gives what is in nobody's queue, or with `--from` all that is open of one office, to another office. Exit code 1
    when something still waits for nobody."""
    settings = load_settings(arguments.home)
    with desk_store(settings) as store, store.write() as tables:
        if arguments.to not in reviewer_offices(tables.connection):
            raise WrongUse(
                Message(
                    f"{arguments.to}: cơ quan này chưa có người duyệt đang hoạt động",
                    "that office has no active reviewer",
                )
            )
        if arguments.from_office is None:
            found = find_stranded(tables.connection, settings.office)
            items = [item for one in found for item in one.items]
            submissions = [submission for one in found for submission in one.submissions]
        else:
            items, submissions = open_of(tables.connection, arguments.from_office)
        moved = move_open(
            tables.connection,
            store.clock,
            items=items,
            submission_ids=submissions,
            to=arguments.to,
            actor=actor(settings),
        )
        left = find_stranded(tables.connection, settings.office)
    if arguments.json:
        print(json.dumps({**asdict(moved), "stranded": stranded.facts(left)}, ensure_ascii=False))
    print(
        f"{moved.items} mục của {moved.documents} giấy tờ, {moved.submissions} hồ sơ → {arguments.to} / "
        f"{moved.items} items of {moved.documents} documents, {moved.submissions} submissions",
        file=sys.stderr,
    )
    if left:
        print(stranded.warning(left), file=sys.stderr)
    return 1 if left else 0


@contextlib.contextmanager
def desk_store(settings: Settings) -> Iterator[ReviewStore]:
    """The desk's tables alone. Raises WrongUse in an empty home."""
    if settings.is_new:
        raise WrongUse(Message(f"{settings.home}: chưa có gì", "nothing is here yet"))
    catalogue = open_catalogue(settings)
    try:
        OfficeStore(catalogue.database)  # its tables say which office a paper came to
        yield ReviewStore(
            catalogue.database,
            policy=load_policy(settings.home / "review.toml"),
            draw=service_keys(settings).draw,
            home_office=settings.office,
        )
    finally:
        catalogue.close()


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise WrongUse(Message("--day: cần dạng 2026-11-22", "wanted: 2026-11-22")) from error


def _mail(settings: Settings, address: str, report: DayReport) -> None:
    from service.notices.email import Smtp, checked_address

    if not settings.smtp_host:
        raise WrongUse(Message("--mail: cần smtp_host trong thiết lập", "smtp_host has to be set"))
    sender = settings.smtp_from or f"hotich@{settings.smtp_host}"
    server = Smtp(
        host=settings.smtp_host,
        port=settings.smtp_port,
        sender=sender,
        user=settings.smtp_user,
        password=settings.smtp_password,
        tls=settings.smtp_tls,
    )
    server.mail(checked_address(address), subject=report.subject, text=report.text, message_id=secrets.token_hex(16))


@contextlib.contextmanager
def _output(path: Path) -> Iterator[TextIO]:
    with translated_os_errors(Message("ghi tệp xuất", "writing the export")):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as out:
            yield out


def _seeds(path: Path) -> list[Seed]:
    """Raises WrongUse for a table without the three columns."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            if rows.fieldnames is None or set(_COLUMNS) - set(rows.fieldnames):
                raise WrongUse(Message(f"{path.name}: cần các cột", f"needs the columns {', '.join(_COLUMNS)}"))
            return [Seed(**{name: (row[name] or "").strip() for name in _COLUMNS}) for row in rows]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise WrongUse(Message(f"{path.name}: không đọc được", f"cannot be read: {type(error).__name__}")) from error
