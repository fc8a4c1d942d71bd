"""Reading an archive again: chosen source files come out of the store, a few at a time, and through the batch run."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.domain.message import Message
from storage.catalogue import StoredSource
from storage.files import translated_os_errors
from storage.objects import ObjectStore
from workers.batch.batch_run import BatchRun
from workers.batch.batches import Batches, in_batches
from workers.batch.inputs import InputFile
from workers.batch.results import FileResult

SECONDS_A_PAGE = 2.1
"""Processor seconds a page took on forms of other makers, on the machine that docs/figures.md names."""

_ROUND_BYTES = 256 << 20  # so much of the store lies beside it at once
_ROUND_FILES = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class RereadCost:
    """What reading these files again will take. `pages`: those that hold a field, and one at least of each file."""

    files: int
    pages: int
    size: int
    workers: int

    @property
    def cpu_seconds(self) -> float:
        return self.pages * SECONDS_A_PAGE

    def message(self) -> Message:
        megabytes, minutes = self.size / 1e6, max(1, round(self.cpu_seconds / self.workers / 60))
        return Message(
            f"Đọc lại {self.files} tệp, ít nhất {self.pages} trang, {megabytes:.0f} MB: khoảng {minutes} phút với"
            f" {self.workers} tiến trình. Bản đọc cũ được giữ.",
            f"Reads {self.files} files again, {self.pages} pages at least, {megabytes:.0f} MB: some {minutes} minutes"
            f" with {self.workers} processes. What was read before is kept.",
        )


def cost_of(sources: Sequence[StoredSource], *, workers: int) -> RereadCost:
    """Told before anything is read."""
    return RereadCost(
        files=len(sources),
        pages=sum(max(1, source.pages) for source in sources),
        size=sum(source.size for source in sources),
        workers=workers,
    )


def reread(
    run: BatchRun,
    objects: ObjectStore,
    sources: Sequence[StoredSource],
    folder: Path,
    *,
    read: Callable[[Batches], None] | None = None,
) -> list[FileResult]:
    """Reads the files again, each round's originals lying in `folder` meanwhile; results in the order of `sources`.

    `read` works a round's batches off, by default one after the other in this thread. Raises the stores' errors.
    """
    results: list[FileResult] = []
    for number, chosen in enumerate(_rounds(sources)):
        place = folder / str(number)
        try:
            files = [_fetched(objects, source, place) for source in chosen]
            batches = Batches(run, in_batches(files))
            (read or _in_turn)(batches)
            results += run.results_of(files)
        finally:
            shutil.rmtree(place, ignore_errors=True)
    return results


def _in_turn(batches: Batches) -> None:
    for number in range(len(batches)):
        batches.run(number)


def _rounds(sources: Sequence[StoredSource]) -> Iterator[list[StoredSource]]:
    chosen: list[StoredSource] = []
    for source in sources:
        if chosen and (len(chosen) == _ROUND_FILES or sum(other.size for other in chosen) + source.size > _ROUND_BYTES):
            yield chosen
            chosen = []
        chosen.append(source)
    if chosen:
        yield chosen


def _fetched(objects: ObjectStore, source: StoredSource, folder: Path) -> InputFile:
    path = folder / source.original.sha256
    with translated_os_errors(Message("lấy bản gốc từ kho", "fetching an original")):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with objects.open(source.original) as stored, path.open("wb") as out:
            shutil.copyfileobj(stored, out, 1 << 20)
    return InputFile(path=path, name=source.name, size=source.size, in_store=True)
