"""`hotich digitize PATH…`: the main job; `hotich digitize --reread`: the archive read again, where somebody asks for
it."""

from __future__ import annotations

import json
import shlex
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from flows.prefect_run import PrefectRun
from hotich.commands.watch import watch
from hotich.commands.would_read import tell as tell_what_would_be_read
from hotich.hints import again, other
from hotich.progress import Progress, is_quiet
from hotich.settings import Settings, load_settings
from hotich.summary import print_places, print_summary
from hotich.wiring.batch import BatchOrder, OpenBatch, open_batch, prefect_run
from hotich.wiring.encryption import papers_encrypted
from hotich.wiring.processes import provenance
from hotich.wiring.stores import stores
from pipeline.domain.errors import HotichError, ResourceError, WrongUse
from pipeline.domain.message import Message
from storage.objects.paper_class import NOTHING
from workers.batch.book_breaks import with_breaks
from workers.batch.inputs import FoundInputs, InputFile, find_inputs
from workers.batch.results import Fate, FileResult, totals
from workers.batch.review_list import write_review_list

if TYPE_CHECKING:
    from storage.catalogue import RereadChoice, StoredSource

_MOST_NAMED = 5  # files that were passed over, in an error

Tell = Callable[[Sequence[FileResult], Path | None], None]


def run(arguments: Namespace) -> int:
    """Exit code 0; 3 when this machine could not store a file that may be good (`FileResult.failed_here`); 1 with
    `--strict` when an input did not wholly become records (`FileResult.is_whole`)."""
    settings = load_settings(arguments.home, workers=arguments.workers)
    out = arguments.out.absolute() if arguments.out else None
    _check_choice(arguments)
    order = _of_book(settings, arguments.book, BatchOrder(out=out, retry=arguments.retry, reread=arguments.reread))
    if arguments.watch:
        return watch(arguments, settings, order, digitize)
    if arguments.reread:
        results = _reread(arguments, settings, order)
    else:
        inputs = _find(arguments.paths, settings, out)
        if arguments.dry_run:
            return tell_what_would_be_read(arguments, settings, inputs)

        def tell(results: Sequence[FileResult], review: Path | None) -> None:
            _tell(arguments, settings, inputs, results, out=out, review=review)

        results = digitize(settings, inputs, order, tell=tell)
    if any(result.failed_here for result in results):
        return 3
    whole = all(result.is_whole for result in results)
    return 1 if arguments.strict and not whole else 0


def digitize(
    settings: Settings, inputs: FoundInputs, order: BatchOrder, *, tell: Tell | None = None
) -> list[FileResult]:
    """Results in the order of the inputs.

    `tell` is given them, and the review page's path if there is something to review, as soon as every
    file is done: what is left then is Prefect's book-keeping.
    """
    with Progress({file.name: file.size for file in inputs.files}) as progress:
        try:
            made_by = provenance(settings, order.book_model)
        except ResourceError as error:  # a model is missing: no file can be read, each says so
            results, review = [_cannot_be_read(file, error, progress) for file in inputs.files], None
            progress.close()
            if tell is not None:
                tell(results, review)
            return results
        with open_batch(settings, order, listener=progress, inputs=inputs.files, made_by=made_by) as batch:
            driven = prefect_run(settings, batch.run, inputs.files)
            try:
                driven.run()
                results = with_breaks(
                    batch.run.results_of(inputs.files), catalogue=batch.catalogue, objects=batch.objects
                )
                review = _review_list(settings, order, batch, results)
                progress.close()
                if tell is not None:
                    tell(results, review)
                _tell_import(settings, batch.import_id, results)
                _finish(driven, settings)
            finally:
                driven.close()
    return results


def _tell_import(settings: Settings, import_id: str, results: Sequence[FileResult]) -> None:
    """How the whole run can be undone, where it stored something."""
    if any(result.status in (Fate.DONE, Fate.INCOMPLETE) for result in results) and not is_quiet():
        undo = f"hotich trash undo {import_id} --home {shlex.quote(str(settings.home))}"
        print(f"Lượt nhập / import {import_id}; bỏ / undo: {undo}", file=sys.stderr)


def _reread(arguments: Namespace, settings: Settings, order: BatchOrder) -> list[FileResult]:
    """Says what it will cost, asks, and reads the chosen files of the store again."""
    from workers.batch.reread import cost_of, reread
    from workers.spool import new_spool

    made_by = provenance(settings, order.book_model)
    with stores(settings) as (catalogue, _):
        chosen = catalogue.to_reread(_choice(arguments, settings, made_by.software))
    cost = cost_of(chosen, workers=settings.worker_count)
    print(cost.message(), file=sys.stderr)
    if arguments.dry_run:
        return []
    if chosen and not arguments.yes:
        _confirm()
    if not chosen:
        _tell(arguments, settings, _chosen([]), [], out=order.out, review=None)
        return []
    with (
        Progress({source.name: source.size for source in chosen}) as progress,
        open_batch(settings, order, listener=progress, inputs=(), made_by=made_by) as batch,
    ):
        results = reread(batch.run, batch.objects, chosen, new_spool(settings.home / "reread"))
        review = _review_list(settings, order, batch, results)
        progress.close()
        _tell(arguments, settings, _chosen(chosen), results, out=order.out, review=review)
    return results


def _chosen(sources: Sequence[StoredSource]) -> FoundInputs:
    files = (InputFile(path=Path(source.original.sha256), name=source.name, size=source.size) for source in sources)
    return FoundInputs(files=tuple(files), passed_over=())


def _choice(arguments: Namespace, settings: Settings, reads_now: str) -> RereadChoice:
    from pipeline.intake.fixity import sha256_of_file
    from storage.catalogue import RereadChoice

    document_type, _, form = (arguments.form or "").partition("/")
    inputs = None
    if arguments.paths:
        files = _find(arguments.paths, settings, None).files
        inputs = tuple(sha256_of_file(file.path) for file in files if file.trouble is None)
    return RereadChoice(
        inputs=inputs,
        document_type=document_type or None,
        form=form or None,
        read_before=arguments.read_before,
        software=arguments.software,
        not_by=reads_now,
    )


def _confirm() -> None:
    """Asks a person at a terminal. Raises WrongUse where nobody sits there, or on a no."""
    if not sys.stdin.isatty():
        raise WrongUse(Message("Chưa xác nhận: thêm --yes", "Not confirmed: add --yes"))
    print("Tiếp tục? [c/K] / Go on? [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in ("c", "có", "y", "yes"):
        raise WrongUse(Message("Đã dừng, chưa đọc gì", "Stopped; nothing was read"))


def _check_choice(arguments: Namespace) -> None:
    """Which files are to be read again can be chosen only with `--reread`; without it files must be named."""
    chosen = [name for name in ("form", "read_before", "software", "yes") if getattr(arguments, name)]
    if chosen and not arguments.reread:
        option = "--" + chosen[0].replace("_", "-")
        raise WrongUse(Message(f"{option} chỉ dùng với --reread", f"{option} goes with --reread"))
    if arguments.read_before:
        try:
            date.fromisoformat(arguments.read_before)
        except ValueError as error:
            raise WrongUse(
                Message("--read-before: cần dạng 2026-12-31", "--read-before: wanted: 2026-12-31")
            ) from error
    if not arguments.paths and not arguments.reread:
        raise WrongUse(Message("Cần tên tệp hoặc thư mục", "Name a file or a folder"))


def _of_book(settings: Settings, book: str | None, order: BatchOrder) -> BatchOrder:
    """The order with the book's own model, where the book has one."""
    if book is None:
        return order
    from storage.catalogue import checked_book
    from workers.books.model_folder import book_model

    with stores(settings) as (catalogue, objects):
        folder = book_model(catalogue, objects, checked_book(book), settings.home / "models")
    if folder is None:
        print(
            f"Sổ {book} chưa có mô hình riêng: đọc bằng mô hình chung"
            f" / book {book} has no model of its own: the base reads it",
            file=sys.stderr,
        )
    return replace(order, book=checked_book(book), book_model=folder)


def _review_list(settings: Settings, order: BatchOrder, batch: OpenBatch, results: Sequence[FileResult]) -> Path | None:
    folder = order.out or settings.home / "review"
    return write_review_list(
        results,
        folder,
        catalogue=batch.catalogue,
        objects=batch.objects,
        crops=batch.crops,
        desk=settings.public_url,
        encrypted=papers_encrypted(settings) if order.out is None else NOTHING,
    )


def _cannot_be_read(file: InputFile, error: HotichError, progress: Progress) -> FileResult:
    result = FileResult(
        file=file.name, status=Fate.SET_ASIDE, code=error.code, message=error.message.before(file.shown)
    )
    progress.file(result)
    return result


def _finish(driven: PrefectRun, settings: Settings) -> None:
    """Every file is done: let Prefect note the run, unless the person has no wish to wait."""

    def wait_notice() -> None:
        print(
            "Đang ghi lịch sử chạy vào Prefect; Ctrl-C để bỏ qua / noting the run in Prefect; Ctrl-C skips it",
            file=sys.stderr,
            flush=True,
        )

    with suppress(KeyboardInterrupt):
        driven.finish(patience_s=settings.prefect_patience_seconds, tell=wait_notice)
    if driven.trouble is not None:
        print(
            f"Prefect không chạy được ({driven.trouble}); mọi tệp vẫn đã xử lý và ghi sổ"
            f" / Prefect could not run ({driven.trouble}); every file was done and is in the ledger",
            file=sys.stderr,
        )


def _find(paths: Sequence[Path], settings: Settings, out: Path | None) -> FoundInputs:
    from workers.batch.output_folder import check_output_folder

    if out is not None:
        check_output_folder(out, paths)
    beside = [settings.home, *([out] if out else [])]
    inputs = find_inputs(paths, leave_out=[path for path in beside if path.exists()])
    if not inputs.files:
        others = "".join(f"; {other.shown}: {other.reason}" for other in inputs.passed_over[:_MOST_NAMED])
        raise WrongUse(
            Message("Không tìm thấy tệp quét nào", "no scans found").about(", ".join(map(str, paths)) + others)
        )
    return inputs


def _tell(
    arguments: Namespace,
    settings: Settings,
    inputs: FoundInputs,
    results: Sequence[FileResult],
    *,
    out: Path | None,
    review: Path | None,
) -> None:
    if arguments.json:
        passed_over = [{"file": other.name, "reason": str(other.reason)} for other in inputs.passed_over]
        report = {
            "files": [result.as_json() for result in results],
            "passed_over": passed_over,
            "totals": totals(results),
        }
        print(json.dumps(report, ensure_ascii=False, indent=2))
    if len(results) != len(inputs.files):  # every input is accounted for, or the run counts as failed
        raise ResourceError(Message("Có tệp không có kết quả.", "An input has no result."), code="internal.lost_input")
    stream = sys.stderr if arguments.json else sys.stdout
    print_summary(results, stream, passed_over=inputs.passed_over)
    if arguments.quiet:
        return
    print_places(home=settings.home, out_folder=out, review=review, again=_next(arguments, results, review), out=stream)


def _next(arguments: Namespace, results: Sequence[FileResult], review: Path | None) -> str:
    if any(result.status is Fate.SET_ASIDE for result in results):
        return f"{again(arguments, '--retry')}  (sau khi sửa / after mending)"
    if review is not None:
        return f"mở / open {shlex.quote(str(review))}"
    return other(arguments, "verify")
