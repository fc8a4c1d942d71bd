"""`hotich adapt`: a book's own model, learnt from the lines that people corrected, or from the register's word."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hotich.settings import Settings, load_settings
from hotich.wiring.stores import actor, stores
from pipeline.domain.errors import HotichError, WrongUse
from pipeline.domain.message import Message

if TYPE_CHECKING:
    from ocr_models.adaptation.adapt import Adapted, Model
    from ocr_models.adaptation.lines import CorrectedLine
    from ocr_models.adaptation.teach import ProposedLine
    from storage.books import Correction
    from storage.catalogue import Catalogue
    from storage.objects import ObjectStore
    from workers.books.adapt_book import Outcome

_REASONS = {
    "better": "dùng mô hình mới / the new model is in use",
    "not_better": "mô hình mới không hơn, giữ làm bằng chứng / the new model is no better; kept as evidence",
    "credulous": "mô hình mới tin CSDL dân cư hơn nét chữ viết, giữ làm bằng chứng"
    " / the new model believes the register more than the ink; kept as evidence",
    "forgets": "mô hình mới quên chữ in, giữ làm bằng chứng / the new model forgets print; kept as evidence",
    "base_better": "mô hình chung đọc tốt hơn, quay về / the base reads better: back to it",
    "still_better": "mô hình của sổ vẫn tốt hơn / the book's model is still better",
}


def run(arguments: Namespace) -> int:
    """Exit code 0; 3 when a book could not be learnt."""
    if arguments.due and (arguments.lines or arguments.history or arguments.from_register):
        raise WrongUse(
            Message(
                "--lines, --history và --from-register cần --book", "--lines, --history and --from-register need --book"
            )
        )
    settings = load_settings(arguments.home)
    with stores(settings) as (catalogue, objects):
        if arguments.due:
            return _due(settings, catalogue, objects, arguments)
        from storage.catalogue import checked_book

        book = checked_book(arguments.book)
        if arguments.history:
            _tell_history(catalogue, book, arguments.json)
            return 0
        parts: dict[str, Any] = {"catalogue": catalogue, "objects": objects, "actor": actor(settings)}
        parts["base"] = base_model(settings)
        report: dict[str, Any] = {"book": book}
        if arguments.lines:
            given, facts = _add(settings, catalogue, objects, book, arguments)
            report |= facts
            if arguments.dry_run:
                parts["beside"] = given
        if arguments.from_register:
            proposed = _from_register(settings, catalogue, objects, book)
            report["found_in_register"] = len(proposed)
            parts["learn"] = partial(_teach, proposed=proposed)
        try:
            outcome = _adapt(book, dry_run=arguments.dry_run, **parts)
        except HotichError as error:
            if arguments.json:
                print(json.dumps(report | {"code": error.code}, ensure_ascii=False, indent=2))
            raise
    _tell(report | _as_json(outcome), arguments.json)
    return 0


def _due(settings: Settings, catalogue: Catalogue, objects: ObjectStore, arguments: Namespace) -> int:
    """Every book that is due; one that fails does not stop the others."""
    from workers.books.adapt_book import adapt_due

    def adapt_one(book: str, **parts: Any) -> Outcome:
        return _adapt(book, dry_run=arguments.dry_run, **parts)

    reports: list[dict[str, Any]] = []
    for book, outcome in adapt_due(
        catalogue=catalogue, objects=objects, actor=actor(settings), first=settings.adapt_after, adapt_one=adapt_one,
        base=base_model(settings),
    ):  # fmt: skip
        if isinstance(outcome, HotichError):
            print(f"{book}: {outcome.message} [{outcome.code}]", file=sys.stderr)
            reports.append({"book": book, "code": outcome.code})
        else:
            reports.append(_as_json(outcome))
    if not reports:
        print("Chưa sổ nào đủ dòng mới / no book is due", file=sys.stderr)
    _tell(reports, arguments.json)
    return 3 if any("code" in report for report in reports) else 0


def _add(
    settings: Settings, catalogue: Catalogue, objects: ObjectStore, book: str, arguments: Namespace
) -> tuple[tuple[Correction, ...], dict[str, Any]]:
    """Keeps the lines at `--lines`, unless it is a dry run; gives them, and what is to be told of them."""
    from ocr_models.adaptation.lines import is_image
    from storage.books import keep_corrections
    from workers.books.corrections import read_corrections

    path: Path = arguments.lines
    read = read_corrections(path, is_image)
    for line in read.refused:
        print(f"{line.file}: không dùng được / cannot be used [{line.code}]", file=sys.stderr)
    added = 0
    if not arguments.dry_run:
        added = keep_corrections(objects, catalogue, book, read.corrections, actor=actor(settings))
    print(
        f"Dòng đã sửa: {len(read.corrections)} đọc được, {added} mới, {len(read.refused)} bỏ / "
        f"corrected lines: {len(read.corrections)} found, {added} new, {len(read.refused)} refused",
        file=sys.stderr,
    )
    facts = {
        "found": len(read.corrections),
        "added": added,
        "refused": dict(Counter(line.code for line in read.refused)),
    }
    return read.corrections, facts


def _from_register(settings: Settings, catalogue: Catalogue, objects: ObjectStore, book: str) -> list[ProposedLine]:
    """The lines of the book's stored documents that the register has a text for."""
    from hotich.wiring.processes import view_renderer
    from hotich.wiring.stores import register_on_demand
    from workers.books.register_lines import register_lines

    renderer = view_renderer(settings)
    try:
        proposed = list(
            register_lines(
                book,
                catalogue=catalogue,
                objects=objects,
                register=register_on_demand(settings),
                cutter=renderer,
                working=settings.home / "spool",
            )
        )
    finally:
        renderer.close()
    print(
        f"{book}: {len(proposed)} dòng có trong CSDL dân cư / lines that the register has a text for",
        file=sys.stderr,
    )
    return proposed


def _teach(lines: Sequence[CorrectedLine], *, proposed: Sequence[ProposedLine], **parts: Any) -> Adapted:
    """`ocr_models.adaptation.teach.teach`, loaded when it is needed."""
    from ocr_models.adaptation.teach import teach

    return teach(lines, proposed=proposed, **parts)


def _adapt(book: str, *, dry_run: bool, **parts: Any) -> Outcome:
    """`workers.books.adapt_book.adapt_book` with a progress bar."""
    from rich.console import Console
    from rich.progress import Progress

    from workers.books.adapt_book import adapt_book

    with Progress(console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(f"{book}: đang học / learning", total=None)

        def progress(done: int, of: int) -> None:
            shown.update(task, completed=done, total=of)

        return adapt_book(book, dry_run=dry_run, progress=progress, **parts)


def base_model(settings: Settings) -> Model | None:
    """The office's own base reader; None for the one that comes with the program."""
    from hotich.wiring.processes import own_reader
    from ocr_models.adaptation.adapt import Model

    folder = own_reader(settings)
    return None if folder is None else Model.load(folder)


def _as_json(outcome: Outcome) -> dict[str, Any]:
    recheck = outcome.recheck
    return {
        "book": outcome.book,
        "version": outcome.version,
        "reason": outcome.reason.value,
        "in_use": outcome.in_use,
        "recheck": None if recheck is None else {"reason": recheck.reason.value, **recheck.facts()},
        **outcome.facts,
    }


def _tell(report: dict[str, Any] | list[dict[str, Any]], as_json: bool) -> None:
    """One book's report, or those of all due books: as JSON an object, or a list."""
    if as_json:
        print(json.dumps(report, ensure_ascii=False, indent=2))
        return
    for book_report in report if isinstance(report, list) else [report]:
        _tell_one(book_report)


def _tell_one(report: dict[str, Any]) -> None:
    if "code" in report:
        return
    if report["recheck"] is not None:
        cer = report["recheck"]["new_lines_cer"]
        print(
            f"{report['recheck']['new_lines']} dòng mới sửa / newly corrected lines: "
            f"{cer['in_use']:.1f} % (chung / base {cer['base']:.1f} %): {_REASONS[report['recheck']['reason']]}"
        )
    if "believed" in report:
        found = report["contradictions_found"]
        print(
            f"{report['book']}: {report['proposed']} dòng có trong CSDL dân cư, "
            f"{report['believed'][-1]} dòng có nét chữ viết khớp / lines in the register, "
            f"{report['believed'][-1]} borne out by the ink; sai lệch còn thấy / "
            f"contradictions still found {100 * found['base']:.0f} → {100 * found['new']:.0f} %"
        )
    held, printed = report["held_out_cer"], report["printed_cer"]
    version = "thử / dry run" if report["version"] is None else f"bản / version {report['version']}"
    print(
        f"{report['book']}, {version}: {report['learnt']} dòng học, {report['held_out']} dòng để kiểm / "
        f"{report['learnt']} lines learnt, {report['held_out']} held out\n"
        f"  sai / errors: {held['base']:.1f} % (chung / base), {held['in_use']:.1f} % (đang dùng / in use)"
        f" → {held['new']:.1f} %; chữ in / print {printed['base']:.1f} → {printed['new']:.1f} %;"
        f" {report['cpu_seconds']:.0f} s CPU\n"
        f"  {_REASONS[report['reason']]}"
    )


def _tell_history(catalogue: Catalogue, book: str, as_json: bool) -> None:
    """Versions and choices, oldest first, with their figures; no line's text."""
    with catalogue.books() as books:
        models, choices, used = books.models(book), books.choices(book), books.in_use(book)
        lines = len(books.lines(book))
    report = {
        "book": book,
        "lines": lines,
        "in_use": 0 if used is None else used.version,
        "versions": [
            {"version": model.version, "made_at": model.made_at, "sha256": model.weights.sha256, **model.facts}
            for model in models
        ],
        "choices": [
            {"at": choice.chosen_at, "in_use": choice.version, "reason": choice.reason.value, **choice.facts}
            for choice in choices
        ],
    }
    if as_json:
        print(json.dumps(report, ensure_ascii=False, indent=2))
        return
    print(f"{book}: {lines} dòng đã sửa / corrected lines; đang dùng / in use: {_name(report['in_use'])}")
    for model in models:
        held = model.facts["held_out_cer"]
        print(
            f"  {_name(model.version)}  {model.made_at[:16]}  {model.facts['learnt']:>4} dòng/lines  "
            f"{held['base']:.1f} → {held['new']:.1f} %  {model.weights.sha256[:12]}"
        )
    for choice in choices:
        print(f"  {choice.chosen_at[:16]}  → {_name(choice.version)}: {_REASONS[choice.reason.value]}")


def _name(version: object) -> str:
    return f"bản/v{version}" if version else "chung/base"
