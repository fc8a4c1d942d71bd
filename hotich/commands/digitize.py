"""`hotich digitize PATH…`: the main job."""

from __future__ import annotations

import json
import shlex
import shutil
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from flows.prefect_run import Conductor
from hotich.books import book_model
from hotich.progress import Progress
from hotich.settings import Settings, load_settings
from hotich.summary import print_places, print_summary
from hotich.wiring import Office, provenance
from pipeline.domain.errors import HotichError, ResourceError, WrongUse
from pipeline.domain.message import Message
from workers.batch.inputs import FoundInputs, InputFile, find_inputs
from workers.batch.results import Fate, FileResult, totals

Tell = Callable[[Sequence[FileResult], Path | None], None]


def run(arguments: Namespace) -> int:
    """Exit code 0, or 1 with `--strict` when an input was set aside."""
    settings = load_settings(arguments.home, workers=arguments.workers)
    out = arguments.out.absolute() if arguments.out else None
    found = _find(arguments.paths, settings, out)

    def tell(results: Sequence[FileResult], review: Path | None) -> None:
        _tell(arguments, settings, found, results, out=out, review=review)

    from storage.catalogue import checked_book

    book = None if arguments.book is None else checked_book(arguments.book)
    own = None if book is None else book_model(settings, book)
    results = digitize(settings, found, out=out, retry=arguments.retry, own=own, book=book, tell=tell)
    set_aside = any(result.status is Fate.SET_ASIDE for result in results)
    return 1 if set_aside and arguments.strict else 0


def digitize(
    settings: Settings,
    found: FoundInputs,
    *,
    out: Path | None,
    retry: bool = False,
    own: Path | None = None,
    book: str | None = None,
    tell: Tell | None = None,
) -> list[FileResult]:
    """Results in the order of the inputs. `own`: folder of the book's model that reads them, None for the base; `book`:
    the book they are of.

    `tell` is given them, and the review page's path if there is something to review, as soon as every
    file is done: what is left then is Prefect's book-keeping.
    """
    with Progress({file.name: file.size for file in found.files}) as progress:
        if found.passed_over:
            progress.note(
                f"bỏ qua {found.passed_over} tệp không phải bản quét"
                f" / {found.passed_over} files that are no scans were passed over"
            )
        try:
            made_by = provenance(settings, own)
        except ResourceError as error:  # a model is missing: no file can be read, each says so
            results, review = [_cannot_be_read(file, error, progress) for file in found.files], None
            progress.close()
            if tell is not None:
                tell(results, review)
            return results
        with Office(
            settings,
            listener=progress,
            out=out,
            inputs=found.files,
            made_by=made_by,
            retry=retry,
            own=own,
            book=book,
        ) as office:
            conductor = office.conductor(found.files)
            try:
                conductor.run()
                results = office.results(found.files)
                review = office.write_review(results, out or settings.home / "review")
                progress.close()
                if tell is not None:
                    tell(results, review)
                _finish(conductor, settings)
            finally:
                conductor.close()
    return results


def _cannot_be_read(file: InputFile, error: HotichError, progress: Progress) -> FileResult:
    result = FileResult(
        file=file.name, status=Fate.SET_ASIDE, code=error.code, message=error.message.before(file.shown)
    )
    progress.file(result)
    return result


def _finish(conductor: Conductor, settings: Settings) -> None:
    """Every file is done: let Prefect note the run, unless the person has no wish to wait."""

    def wait_notice() -> None:
        print(
            "Đang ghi lịch sử chạy vào Prefect; Ctrl-C để bỏ qua / noting the run in Prefect; Ctrl-C skips it",
            file=sys.stderr,
            flush=True,
        )

    with suppress(KeyboardInterrupt):
        conductor.finish(patience_s=settings.prefect_patience_seconds, tell=wait_notice)
    if conductor.trouble is not None:
        print(
            f"Prefect không chạy được ({conductor.trouble}); mọi tệp vẫn đã xử lý và ghi sổ"
            f" / Prefect could not run ({conductor.trouble}); every file was done and is in the ledger",
            file=sys.stderr,
        )


def _find(paths: Sequence[Path], settings: Settings, out: Path | None) -> FoundInputs:
    from workers.batch.output_folder import check_output_folder

    if out is not None:
        check_output_folder(out, paths)
    beside = [settings.home, *([out] if out else [])]
    found = find_inputs(paths, leave_out=[path for path in beside if path.exists()])
    if not found.files:
        raise WrongUse(Message("Không tìm thấy tệp quét nào", "no scans found").about(", ".join(map(str, paths))))
    return found


def _tell(
    arguments: Namespace,
    settings: Settings,
    found: FoundInputs,
    results: Sequence[FileResult],
    *,
    out: Path | None,
    review: Path | None,
) -> None:
    if arguments.json:
        report = {"files": [result.as_json() for result in results], "totals": totals(results)}
        print(json.dumps(report, ensure_ascii=False, indent=2))
    if len(results) != len(found.files):  # every input is accounted for, or the run counts as failed
        raise ResourceError(Message("Có tệp không có kết quả.", "An input has no result."), code="internal.lost_input")
    stream = sys.stderr if arguments.json else sys.stdout
    print_summary(results, stream)
    print_places(home=settings.home, out_folder=out, review=review, again=_next(arguments, results, review), out=stream)


def _next(arguments: Namespace, results: Sequence[FileResult], review: Path | None) -> str:
    program = "hotich" if shutil.which("hotich") else sys.argv[0]
    words = [program, "digitize", "--retry", *(str(path) for path in arguments.paths)]
    for name in ("out", "home", "book"):
        if getattr(arguments, name) is not None:
            words += [f"--{name}", str(getattr(arguments, name))]
    if any(result.status is Fate.SET_ASIDE for result in results):
        return f"{shlex.join(words)}  (sau khi sửa / after mending)"
    if review is not None:
        return f"mở / open {shlex.quote(str(review))}"
    return f"{program} verify"
