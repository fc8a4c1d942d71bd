"""One run over a batch of scans: each found, claimed, read by a worker process, stored, delivered.

Knows nothing of Prefect. The ledger in the catalogue decides what is to be done; a result is stored
as soon as it is there, whoever waits for it. Safe to call from several threads.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from pipeline.continuing import Preceding, preceding
from pipeline.domain.errors import HotichError, ResourceError
from pipeline.domain.message import Message
from pipeline.domain.model import Finding, Provenance
from pipeline.intake.fixity import sha256_of_file
from storage.catalogue import Catalogue, Claim, WorkItem, WorkKey, WorkState
from workers.archive_reading import ArchiveReading
from workers.batch.inputs import InputFile, in_series
from workers.batch.keep_results import ResultKeeper
from workers.batch.not_read import gone, same_as, set_aside, timed, withdrawn
from workers.batch.results import Fate, FileResult
from workers.jobs import MOST_SKIPPED, PAGE_FINDINGS, FileRead, Later, ReadFile, ReadLater, WhatPrecedes
from workers.leases import LeaseKeeper
from workers.patience import Patience

_HALTING = ("resource.disk_full", "resource.access_refused")  # the next file would meet the same


_READ_ELSEWHERE = ("work.later", "work.elsewhere")


class Reader(Protocol):
    """Where files are read: a `WorkerPool`, or a plain function in tests."""

    def submit(
        self,
        payload: Any,
        *,
        on_page: Callable[[int], None] | None = None,
        answers: Mapping[type, Callable[[Any], Any]] | None = None,
    ) -> Future[Any]: ...


class Listener(Protocol):
    """Hears what happens, from any thread."""

    def page(self, name: str, number: int) -> None: ...

    def file(self, result: FileResult) -> None: ...


@dataclass(slots=True, eq=False)
class FileJob:
    """One content to be read, and the inputs that have it. `result` is the first input's; `after` is the file that
    this one's name goes on from; `reading` what a worker is asked for now."""

    key: WorkKey
    files: list[InputFile]
    result: Future[FileResult] = field(default_factory=Future)
    after: FileJob | None = None
    reading: Future[FileRead] | None = None
    claim: Claim | None = None
    skip: dict[int, Finding] = field(default_factory=dict)


class BatchRun:
    """Works through inputs. `look` tells what is to do, `begin` starts it, `finish` waits for it.

    `first_read` is set once a first file has been read and stored, or set aside.
    """

    def __init__(
        self,
        *,
        catalogue: Catalogue,
        archive: ArchiveReading,
        keeper: ResultKeeper,
        provenance: Provenance,
        spool: Path,
        listener: Listener,
        reader: Callable[[], Reader],
        retry_set_aside: bool = False,
        reread: bool = False,
        book: str | None = None,
        leases: LeaseKeeper | None = None,
        patience: Patience | None = None,
    ) -> None:
        """`reader` is called once, when the first file has to be read.

        What any software read before is done, unless `reread`: then it is read anew where this software has not.
        `book`: what all these files are of; what another model than this book's read is then not done either.
        `leases` keeps the claims, `patience` tries again what a store that is away did not do; by default once.
        """
        self._catalogue = catalogue
        self._archive = archive
        self._keeper = keeper
        self._provenance = provenance
        self._spool = spool
        self._listener = listener
        self._make_reader = reader
        self._retry = retry_set_aside
        self._reread = reread
        self._book = book
        self._lock = threading.RLock()
        self._reader: Reader | None = None
        self._works: dict[str, FileJob] = {}
        self._series: dict[tuple[str, str, int], FileJob] = {}
        self._results: dict[str, FileResult] = {}
        self._halted: HotichError | None = None
        self._leases = leases or LeaseKeeper(catalogue.renew_all, every_s=catalogue.lease.total_seconds() / 4)
        self._patience = patience or Patience(0)
        self.stage_seconds: dict[str, float] = {"read": 0.0, "store": 0.0}
        self.first_read = threading.Event()
        # One thread stores: SQLite has one writer, and results are stored in the order they come.
        self._storing = ThreadPoolExecutor(max_workers=1, thread_name_prefix="hotich-store")

    @property
    def results(self) -> list[FileResult]:
        """What is known by now, in no particular order."""
        with self._lock:
            return list(self._results.values())

    def look(self, files: Iterable[InputFile]) -> list[FileJob]:
        """Examines inputs: those known already get their result now, the others are returned to be done.

        Inputs of equal content share one work. Calling it again with the same inputs changes nothing.
        """
        todo: dict[str, FileJob] = {}
        for file in files:
            work = self._look_at(file)
            if work is not None:
                todo[work.key.input_sha256] = work
        return list(todo.values())

    def begin(self, works: Iterable[FileJob]) -> None:
        """Claims the works and has them read, without waiting."""
        for work in works:
            with self._lock:
                if work.claim is not None or work.result.done():
                    continue
                self._begin(work)

    def finish(self, works: Iterable[FileJob]) -> list[FileResult]:
        """Waits until all is stored or set aside. Never raises for what a file does."""
        works = list(works)
        self.begin(works)
        return [work.result.result() for work in works]

    def close(self) -> None:
        """Gives back what was claimed and not finished."""
        self._storing.shutdown(wait=True)
        for work in self._works.values():
            if work.claim is not None and not work.result.done():
                self._archive.release(work.claim)
            work.result.cancel()
        self._leases.close()

    def _look_at(self, file: InputFile) -> FileJob | None:
        if file.name in self._results:
            return None
        if file.trouble is not None:
            self._report(set_aside(file, file.trouble))
            return None
        try:
            digest = file.sha256 or sha256_of_file(file.path)
        except OSError as error:
            self._report(set_aside(file, gone(error)))
            return None
        with self._lock:
            known = self._works.get(digest)
            if known is not None:
                if all(other.path != file.path for other in known.files):
                    known.files.append(file)
                    if known.result.done():
                        self._copy(known, file)
                return None if known.result.done() else known
            work = FileJob(WorkKey.of(digest, self._provenance), [file])
            self._works[digest] = work
            place = in_series(file.name)
            if place is not None:
                before, after, number = place
                self._series[place] = work
                work.after = self._series.get((before, after, number - 1))
        try:
            item = self._patience.do(lambda: self._known(work.key))
            if item is not None:
                self._note_book(work.key)
            if item is not None and not self._is_to_do(item):
                work.key = item.key
                if item.state is WorkState.DONE and not file.in_store:
                    self._archive.see_again(digest, file.path)  # where it lies now, whatever place it is from
                self._settle(work, self._of_ledger(file, item))
                return None
        except HotichError as error:
            self._settle(work, set_aside(file, error))
            return None
        return work

    def _known(self, key: WorkKey) -> WorkItem | None:
        """The ledger's line for this work, or for what was read of the same input before and need not be read again."""
        item = self._catalogue.item(key)
        if self._reread or (item is not None and item.state is WorkState.DONE):
            return item
        models = None if self._book is None else key.models_sha256
        return self._catalogue.done_before(key.input_sha256, models_sha256=models) or item

    def results_of(self, files: Iterable[InputFile]) -> list[FileResult]:
        """Results in the order of the inputs, of those that have one."""
        with self._lock:
            return [self._results[file.name] for file in files if file.name in self._results]

    def _is_to_do(self, item: WorkItem) -> bool:
        if item.state is WorkState.SET_ASIDE:
            return self._retry
        return item.state is not WorkState.DONE

    def _begin(self, work: FileJob) -> None:
        first = work.files[0]
        if self._halted is not None:
            self._settle(work, set_aside(first, self._halted))
            return
        try:
            item = self._patience.do(
                lambda: self._archive.claim(
                    work.key, name=first.name, size=first.size, retry_set_aside=self._retry, place=_place(first)
                )
            )
            if item.claim is not None:
                self._leases.hold(item.claim)
            self._note_book(work.key)
            if item.claim is None:
                self._settle(work, self._of_ledger(first, item))
                return
        except HotichError as error:
            self._settle(work, set_aside(first, error))
            return
        work.claim = item.claim
        self._submit(work)

    def _found(self, file: InputFile, key: WorkKey) -> list[str]:
        """Notes where a known input lies: which box, which folder. Where it lay before, if that is a new place."""
        place = _place(file)
        return [] if place is None else self._archive.found(key.input_sha256, place)

    def _note_book(self, key: WorkKey) -> None:
        if self._book is not None:
            self._catalogue.of_book(key.input_sha256, self._book)

    def _submit(self, work: FileJob) -> None:
        if self._reader is None:
            self._reader = self._make_reader()
        first = work.files[0]
        job = ReadFile(
            path=str(first.path),
            name=first.name,
            sha256=work.key.input_sha256,
            size=first.size,
            pdf=str(self._spool / f"{work.key.work_id}.pdf"),
            skip=dict(work.skip),
            follows=work.after is not None or self._reread or first.after_sha256 is not None,
        )
        work.reading = self._reader.submit(
            job,
            on_page=lambda number: self._on_page(work, number),
            answers={WhatPrecedes: lambda _: self._what_precedes(work)},
        )
        work.reading.add_done_callback(lambda done: self._store_later(work, done))

    def _what_precedes(self, work: FileJob) -> Preceding | Later | None:
        """What the file before left open. Waits while it is being read, never for one that waits itself: else every
        worker might wait for a file that none is left to read."""
        before = work.after
        if before is not None and not before.result.done():
            reading = before.reading
            if reading is None or not (reading.running() or reading.done()):
                return Later()
            with suppress(HotichError, CancelledError):
                read = reading.result()
                return preceding(read.records, read.elsewhere)
            return Later()
        if before is None and (sha256 := work.files[0].after_sha256) is not None:
            return self._what_was_read_elsewhere(sha256)
        if before is not None and before.result.result().code in _READ_ELSEWHERE:
            return self._what_was_read_elsewhere(before.key.input_sha256)
        with suppress(HotichError, CancelledError):
            if before is None:
                return self._keeper.resumed(work.key.input_sha256)
            if before.result.result().status is not Fate.SET_ASIDE:
                return self._keeper.left_open(before.key)
        return None

    def _what_was_read_elsewhere(self, sha256: str) -> Preceding | Later | None:
        """What the file before left open, whoever read it; it is waited for while it waits itself."""
        with suppress(HotichError):
            item = self._catalogue.done_before(sha256)
            if item is not None:
                return self._keeper.left_open(item.key)
            return Later() if self._catalogue.is_waiting(sha256) else None
        return Later()

    def _again_after(self, work: FileJob, before: FileJob) -> None:
        """Reads a file that had to wait, as soon as the one before it has come to its end."""

        def submit(_: Future[FileResult]) -> None:
            if self._halted is not None:
                self._settle(work, self._could_not(work, self._halted))
                return
            with suppress(RuntimeError):  # the pool is closing
                self._submit(work)

        before.result.add_done_callback(submit)

    def _on_page(self, work: FileJob, number: int) -> None:
        self._listener.page(work.files[0].name, number)

    def _store_later(self, work: FileJob, done: Future[Any]) -> None:
        if not done.cancelled():
            with suppress(RuntimeError):  # closing: the claim is given back there
                self._storing.submit(self._store, work, done)

    def _store(self, work: FileJob, done: Future[FileRead]) -> None:
        first, claim = work.files[0], work.claim
        assert claim is not None
        started = time.monotonic()
        try:
            read = done.result()
            self._keeper.keep_crops(read)
            kept = self._archive.commit_patiently(claim, read, original=first.path, patience=self._patience)
            documents = kept.documents
            result = self._patience.do(
                lambda: self._keeper.result(first, work.key, documents, Fate.DONE, pages=read.pages, kept=kept)
            )
            storing = time.monotonic() - started
            self.stage_seconds["read"] += read.seconds
            self.stage_seconds["store"] += storing
            result = self._keeper.deliver(timed(result, read.seconds + storing), documents)
        except HotichError as error:
            if isinstance(error, ReadLater) and work.after is not None and not _is_left(work.after):
                self._again_after(work, work.after)
                return
            if error.code == "work.stopped" or self._again_without_page(work, error):
                return
            result = self._could_not(work, error)
        except Exception as error:  # a fault of ours must not stop the batch
            fault = ResourceError(Message.same(f"{type(error).__name__}"), code="internal.error")
            result = self._could_not(work, fault)
        (self._spool / f"{work.key.work_id}.pdf").unlink(missing_ok=True)
        self._settle(work, result)

    def _again_without_page(self, work: FileJob, error: HotichError) -> bool:
        """A page over its limit costs that page, not the file: the file is read again without it."""
        page, code = error.page, PAGE_FINDINGS.get(error.code)
        if code is None or page is None or page in work.skip or len(work.skip) >= MOST_SKIPPED:
            return False
        work.skip[page] = Finding(code=code, message=error.message)
        try:
            self._submit(work)
        except RuntimeError:  # the pool is closing
            return False
        return True

    def _could_not(self, work: FileJob, error: HotichError) -> FileResult:
        """Closes the claim: an input at fault is set aside, a machine at fault leaves it to be done."""
        assert work.claim is not None
        if error.code in _HALTING or (self._patience.is_any and error.retryable):
            self._halt(error)
        if not error.code.startswith("output."):
            self._archive.give_back(work.claim, error)
        return set_aside(work.files[0], error)

    def _halt(self, error: HotichError) -> None:
        """What nobody reads yet is left: it would meet the same."""
        first, self._halted = self._halted is None, error
        if not first:
            return
        with self._lock:
            works = list(self._works.values())
        for work in works:
            if work.claim is not None and work.reading is not None and work.reading.cancel():
                self._archive.give_back(work.claim, error)
                self._settle(work, set_aside(work.files[0], error))

    def _of_ledger(self, file: InputFile, item: WorkItem) -> FileResult:
        """The result for work that this run does not do."""
        if item.state is WorkState.DONE:
            documents = self._keeper.documents(item.key)
            result = self._keeper.result(file, item.key, documents, Fate.UNCHANGED)
            if count := self._keeper.withdrawn(item.key):
                result = result.noted("input.withdrawn", withdrawn(file, count))
            before = self._found(file, item.key)
            if before:
                result = result.noted("input.duplicate", same_as(file, before[0], result.pages))
            try:
                return self._keeper.deliver(result, documents)
            except HotichError as error:
                return set_aside(file, error)
        if item.state is WorkState.SET_ASIDE:
            return FileResult(file=file.name, status=Fate.SET_ASIDE, code=item.code, message=item.message)
        message = Message(
            f"{file.shown}: một tiến trình hotich khác đang xử lý; hãy chạy lại sau",
            f"{file.shown}: another hotich has it in hand; run again later",
        )
        return FileResult(file=file.name, status=Fate.SET_ASIDE, code="work.elsewhere", message=message)

    def _settle(self, work: FileJob, result: FileResult) -> None:
        with self._lock:
            if work.result.done():
                return
            self._report(result)
            work.result.set_result(result)
            if work.claim is not None:
                self._leases.let_go(work.claim)
                self.first_read.set()
            for file in work.files[1:]:
                self._copy(work, file)

    def _copy(self, work: FileJob, file: InputFile) -> None:
        """The result of another input of equal content."""
        if file.name in self._results:
            return
        first = work.result.result()
        if first.status is Fate.SET_ASIDE:
            self._report(first.named(file.name))
            return
        result = first.named(file.name)
        if first.status is not Fate.INCOMPLETE:
            message = same_as(file, work.files[0].name, first.pages)
            result = replace(result, status=Fate.UNCHANGED, code="input.duplicate", message=message)
        result = timed(result, 0.0)
        try:
            self._found(file, work.key)
            result = self._keeper.deliver(result, self._keeper.documents(work.key))
        except HotichError as error:
            result = set_aside(file, error)
        self._report(result)

    def _report(self, result: FileResult) -> None:
        with self._lock:
            self._results[result.file] = result
        self._listener.file(result)


def _place(file: InputFile) -> str | None:
    """Where the file lies, to be noted; None for what came out of the store."""
    return None if file.in_store else file.place or str(file.path)


def _is_left(work: FileJob) -> bool:
    """Whether this run will not read the file any more, and another will."""
    return work.result.done() and work.result.result().code in _READ_ELSEWHERE
