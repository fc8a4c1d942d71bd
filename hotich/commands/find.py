"""`hotich find`: stored documents by what stands on them; as a table, as files, or exported."""

from __future__ import annotations

import contextlib
import json
import sys
from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hotich.hints import other
from hotich.settings import Settings, load_settings
from hotich.wiring.service import service_keys
from hotich.wiring.stores import actor, stores
from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from pipeline.judging.review.wording import paper_label
from pipeline.records.searching import Closeness, Question
from workers.batch.inputs import printable
from workers.finding import CLOSENESS, Finder, Seeker

if TYPE_CHECKING:
    from storage.catalogue import Catalogue, Finds, FoundDocument
    from storage.objects import ObjectStore

_ASKED = ("name", "number", "date", "born", "place", "book", "status")
_STATUSES = {"accepted": "đã nhận / accepted", "review": "chờ xem / to review", "rejected": "không đọc được / rejected"}


def run(arguments: Namespace) -> int:
    """Exit code 0, whether or not something was found."""
    settings = load_settings(arguments.home)
    question = question_of(arguments)
    if settings.is_new:
        raise WrongUse(Message(f"{settings.home}: chưa có gì", "nothing is here yet"))
    with open_finder(settings) as (finder, catalogue, objects):
        if arguments.rebuild_index:
            return _rebuild(objects, catalogue, arguments)
        rebuild = other(arguments, "find", "--rebuild-index")
        if not catalogue.finds_everything():
            print(
                f"Chưa tìm được giấy tờ lưu từ trước khi có chỉ mục: {rebuild}"
                f" / what was stored before there was an index is not found yet: {rebuild}",
                file=sys.stderr,
            )
        seeker = Seeker(actor=actor(settings), office=settings.office, purpose=arguments.purpose or "hotich find")
        return _find(finder, question, seeker, arguments)


def question_of(arguments: Namespace) -> Question:
    """What is looked for, as it was typed. Raises WrongUse."""
    return Question(
        text=" ".join(arguments.words),
        document_type=arguments.type or "",
        near=arguments.near,
        offices=None if arguments.office is None else (arguments.office,),
        **{name: getattr(arguments, name) or "" for name in _ASKED},
    )


def _find(finder: Finder, question: Question, seeker: Seeker, arguments: Namespace) -> int:
    finds = finder.find(question, seeker, most=arguments.most, skip=arguments.skip)
    exported = None
    if arguments.export is not None and finds.count:
        exported = _export(finder, question, seeker, arguments.export)
    if arguments.copies is not None:
        written = finder.copies(finds.documents, seeker, arguments.copies)
        print(f"{written} tệp / files: {arguments.copies}", file=sys.stderr)
    if arguments.json:
        print(json.dumps(_as_json(finds, exported), ensure_ascii=False, indent=2))
    elif exported is None:
        _print(finds)
    if exported is not None:
        print(f"{exported} giấy tờ / documents: {arguments.export}", file=sys.stderr)
    return 0


def _export(finder: Finder, question: Question, seeker: Seeker, path: Path) -> int:
    from workers.exporting import ExportFormat

    kind = ExportFormat.of(path)
    if path.exists():
        raise WrongUse(Message(f"{path}: đã có, không ghi đè", f"{path}: is there already, and is not overwritten"))
    return finder.export(question, seeker, path, kind)


def _rebuild(objects: ObjectStore, catalogue: Catalogue, arguments: Namespace) -> int:
    from hotich.progress import counting
    from pipeline.records.archival.reading_back import page_texts
    from storage.search_rebuilding import files_to_index, rebuild_search_index

    with counting("Lập chỉ mục / indexing", files_to_index(catalogue)) as one_more:
        count = rebuild_search_index(objects, catalogue, page_texts=page_texts, on_file=one_more)
    if arguments.json:
        print(json.dumps({"documents": count}))
    print(f"Đã lập chỉ mục {count} giấy tờ / {count} documents indexed", file=sys.stderr)
    return 0


@contextlib.contextmanager
def open_finder(settings: Settings) -> Iterator[tuple[Finder, Catalogue, ObjectStore]]:
    from storage.office.store import OfficeStore

    with stores(settings) as (catalogue, objects):
        keys = service_keys(settings)
        finder = Finder(
            catalogue=catalogue,
            office=OfficeStore(catalogue.database),
            objects=objects,
            digest=lambda asked: keys.digest("search", asked),
        )
        yield finder, catalogue, objects


def _as_json(finds: Finds, exported: int | None) -> dict[str, Any]:
    shown = ("holding_code", "document_id", "revision", "document_type", "form", "status", "office", "book", "names",
             "number", "date", "place", "source_name", "committed_at")  # fmt: skip
    return {
        "found": finds.closeness.value if finds.count else None,
        "count": min(finds.count, finds.count - finds.are_more),
        "more": finds.are_more,
        "exported": exported,
        "documents": [{name: getattr(one, name) for name in shown} for one in finds.documents],
    }


def _print(finds: Finds) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if not finds.count:
        print("Không tìm thấy giấy tờ nào / nothing found", file=sys.stderr)
        return
    console = Console(width=None if sys.stdout.isatty() else 220, highlight=False)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("Mã lưu giữ / code", "Loại / type", "Người / people", "Số / number", "Ngày / date", "Sổ / book",
                  "Tệp / file", "Trạng thái / status"):  # fmt: skip
        table.add_column(title, overflow="fold")
    for one in finds.documents:
        table.add_row(*(Text(printable(cell)) for cell in _cells(one)))
    console.print(table)
    print(_told(finds), file=sys.stderr)


def _cells(one: FoundDocument) -> Sequence[str]:
    return (
        one.holding_code, paper_label(one.document_type, one.form)[0], one.names, one.number,
        "/".join(reversed(one.date.split("-"))), one.book, one.source_name, _STATUSES[one.status.value],
    )  # fmt: skip


def _told(finds: Finds) -> str:
    shown = len(finds.documents)
    count = f"hơn / more than {finds.count - 1}" if finds.are_more else str(finds.count)
    how = "" if finds.closeness is Closeness.EXACT else f" ({CLOSENESS[finds.closeness]})"
    return f"{shown} trong / of {count} giấy tờ / documents{how}"
