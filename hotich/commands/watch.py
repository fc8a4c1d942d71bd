"""`hotich digitize --watch FOLDER`: whatever is put into a folder is read, until somebody stops it."""

from __future__ import annotations

import json
import signal
import sys
import threading
import time
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from hotich.settings import Settings
from hotich.wiring.batch import BatchOrder
from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from workers.batch.inputs import FoundInputs
from workers.batch.results import Fate, FileResult
from workers.batch.watching import Watch

LOOK_EVERY_S = 2.0
Tell = Callable[[Sequence[FileResult], Path | None], None]
Digitize = Callable[..., Sequence[FileResult]]
"""`hotich.commands.digitize.digitize`."""


def watch(arguments: Namespace, settings: Settings, order: BatchOrder, digitize: Digitize) -> int:
    """Reads what stands still in the folder, looks again, and so on. A first signal (Ctrl-C, SIGTERM) ends it once the
    files in hand are done, a second at once. Raises WrongUse for anything but one folder."""
    folder = _folder(arguments)
    beside = [path for path in (settings.home, order.out) if path is not None and path.exists()]
    watched = Watch(folder, now=time.monotonic, leave_out=beside)
    with _until_stopped() as stopped:
        if not arguments.quiet:
            print(
                f"Đang chờ bản quét trong {folder}; Ctrl-C để dừng / waiting for scans in {folder}; Ctrl-C stops",
                file=sys.stderr,
                flush=True,
            )
        while not stopped.is_set():
            found = watched.look()
            for other in found.passed_over:
                print(f"bỏ qua / passed over: {other.shown}: {other.reason}", file=sys.stderr, flush=True)
            if found.files:
                _read(arguments, found, watched, partial(_one_batch, settings, found, order, digitize))
            stopped.wait(LOOK_EVERY_S)
    return 0


def _one_batch(
    settings: Settings, found: FoundInputs, order: BatchOrder, digitize: Digitize, tell: Tell
) -> Sequence[FileResult]:
    return digitize(settings, found, order, tell=tell)


def _read(
    arguments: Namespace, found: FoundInputs, watched: Watch, read: Callable[[Tell], Sequence[FileResult]]
) -> None:
    def tell(results: Sequence[FileResult], _review: Path | None) -> None:
        for result in results:
            if result.status is not Fate.UNCHANGED:
                _tell(arguments, result)

    results = read(tell)
    by_machine = {result.file for result in results if (result.code or "").startswith(("resource.", "work."))}
    watched.again([file for file in found.files if file.name in by_machine])


def _tell(arguments: Namespace, result: FileResult) -> None:
    """A line for each file: JSON with `--json`."""
    if arguments.json:
        print(json.dumps(result.as_json(), ensure_ascii=False), flush=True)
        return
    what = f"{result.message} [{result.code}]" if result.message else f"{len(result.records)} hồ sơ / records"
    review = f", cần xem / to review: {result.for_a_person}" if result.for_a_person else ""
    print(f"{result.file}: {what}{review}", flush=True)


def _folder(arguments: Namespace) -> Path:
    if len(arguments.paths) != 1 or not arguments.paths[0].is_dir():
        raise WrongUse(Message("--watch cần đúng một thư mục", "--watch goes with one folder"))
    for name in ("reread", "dry_run", "strict"):
        if getattr(arguments, name):
            option = "--" + name.replace("_", "-")
            raise WrongUse(Message(f"{option} không dùng với --watch", f"{option} does not go with --watch"))
    return Path(arguments.paths[0]).absolute()


@contextmanager
def _until_stopped() -> Iterator[threading.Event]:
    """An event that the first signal to stop sets; the second one is as always."""
    stopped = threading.Event()
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def stop(_number: int, _frame: object) -> None:
        stopped.set()
        for number, handler in kept.items():
            signal.signal(number, handler)

    for number in kept:
        signal.signal(number, stop)
    try:
        yield stopped
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
