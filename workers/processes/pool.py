"""A pool of worker processes that outlives any of them.

The standard library's pool breaks as a whole when one process is killed. Here each worker has its own
pipe; one that crashes, hangs or grows too large is ended and replaced, its job is answered with the
reason, and the others do not notice.
"""

from __future__ import annotations

import contextlib
import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import Any

from pipeline.domain.errors import HotichError
from pipeline.domain.message import Message
from storage.files import os_error
from workers.errors import WorkerUnusable
from workers.processes.confine import Confinement
from workers.processes.limits import WorkerLimits
from workers.processes.messages import Asked, Broken, Done, Failed, Page, PageDone, Ready, Setup
from workers.processes.passing import Vouched
from workers.processes.reasons import cannot_start, crashed, over_memory, over_time
from workers.processes.receiving import NotData
from workers.processes.worker import Worker

_log = logging.getLogger(__name__)
_TICK_S = 0.2
_STARTS = 3  # processes that end one after the other before they are loaded: nothing will load
_TRIES = 2  # a crash may have been another's fault (the kernel's memory killer): once more, alone to blame


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSpec:
    """How workers are made. `answer` serves what a job asks of its parent; it must be thread-safe.

    `readable`: what loading needs besides code and the system's libraries: all else is closed to a worker.
    """

    factory: str
    arguments: dict[str, Any] = field(default_factory=dict)
    limits: WorkerLimits = field(default_factory=WorkerLimits)
    answer: Callable[[Any], Any] | None = None
    confined: bool = True
    readable: tuple[str, ...] = ()


@dataclass(slots=True)
class _Job:
    payload: Any
    future: Future[Any]
    on_page: Callable[[int], None] | None
    answers: Mapping[type, Callable[[Any], Any]]
    tries: int = 0


class WorkerPool:
    """Runs jobs in bounded processes. Use as a context manager; leaving it ends every process.

    Workers start loading at once. A job's future gives the handler's result or raises: the `HotichError`
    the handler raised; OverMemory, OverTime or WorkerCrashed, with the page in hand; WorkerUnusable
    or the loading error when no worker can be started. Jobs start in the order they were submitted.
    """

    def __init__(self, spec: WorkerSpec, *, size: int) -> None:
        self._spec = spec
        self._size = size
        self._setup = Setup(spec.factory, spec.arguments, spec.limits.memory_mb, spec.confined, spec.readable)
        self._waiting: deque[_Job] = deque()
        self._workers: list[Worker] = []
        self._lock = threading.Lock()
        self._closing = False
        self._held = False
        self._broken: HotichError | None = None
        self._failed_starts = 0
        self.peak_mb = 0.0
        self.confined: Confinement | None = None
        self._bell, self._ring = os.pipe()
        # One thread starts and watches all workers: the kernel ends them when that thread ends.
        self._thread = threading.Thread(target=self._run, name="hotich-pool", daemon=True)
        self._thread.start()

    def __enter__(self) -> WorkerPool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def submit(
        self,
        payload: Any,
        *,
        on_page: Callable[[int], None] | None = None,
        answers: Mapping[type, Callable[[Any], Any]] | None = None,
    ) -> Future[Any]:
        """Queues a job. `on_page` hears of each page that is done (in the pool's thread: be short).

        `answers` serve the job's questions of these types, each in a thread of its own that may wait for an earlier
        job; the spec's `answer` serves all others.
        """
        future: Future[Any] = Future()
        with self._lock:
            if self._closing:
                raise RuntimeError("the pool is closed")
            self._waiting.append(_Job(payload, future, on_page, answers or {}))
        self._wake()
        return future

    def hold(self, held: bool) -> None:
        """While held, jobs that wait are not begun; those that are begun come to their end."""
        self._held = held
        self._wake()

    def close(self) -> None:
        """Ends every worker at once; jobs not finished are cancelled."""
        with self._lock:
            if self._closing:
                return
            self._closing = True
        self._wake()
        self._thread.join()
        os.close(self._ring)
        os.close(self._bell)

    def _wake(self) -> None:
        with contextlib.suppress(OSError):
            os.write(self._ring, b"!")

    # Everything below runs in the pool's own thread.

    def _run(self) -> None:
        while not self._closing:
            self._fill()
            self._hand_out()
            pipes: list[Any] = [worker.pipe for worker in self._workers]
            for ready in wait([self._bell, *pipes], timeout=_TICK_S):
                if ready == self._bell:
                    os.read(self._bell, 4096)
                else:
                    self._hear(self._of(ready))
            self._watch()
        for worker in self._workers:
            worker.kill()
            self._cancel(worker.job)
        for job in self._waiting:
            self._cancel(job)

    def _of(self, pipe: Connection | Any) -> Worker:
        return next(worker for worker in self._workers if worker.pipe is pipe)

    def _fill(self) -> None:
        while self._broken is None and len(self._workers) < self._size:
            try:
                self._workers.append(Worker(self._setup))
            except OSError as error:
                self._break(cannot_start(error.strerror or type(error).__name__))

    def _hand_out(self) -> None:
        if self._broken is not None:
            while self._waiting:
                self._waiting.popleft().future.set_exception(self._broken)
            return
        for worker in [] if self._held else list(self._workers):
            if worker.ready and worker.job is None and self._waiting:
                job = self._waiting.popleft()
                if job.tries == 0 and not job.future.set_running_or_notify_cancel():
                    continue
                try:
                    worker.give(job, job.payload)
                except ConnectionError:
                    self._crashed(worker)
                except OSError as error:
                    worker.job = None
                    job.future.set_exception(os_error(error, Message("ghi tệp tạm", "writing a working file")))

    def _hear(self, worker: Worker) -> None:
        try:
            self._heard(worker, worker.hear())
        except (EOFError, OSError):
            self._crashed(worker)
        except (NotData, TypeError, AttributeError) as error:  # no worker of ours would say that
            _log.error("worker.not_data kind=%s", type(error).__name__)
            self._crashed(worker)

    def _heard(self, worker: Worker, message: Any) -> None:
        _check(worker, message)
        if isinstance(message, Ready):
            worker.ready = True
            self._failed_starts = 0
            self.confined = message.confined
        elif isinstance(message, Broken):
            self._break(message.error)
        elif isinstance(message, Page):
            worker.begin_page(message.number)
        elif isinstance(message, PageDone):
            if worker.job.on_page is not None:
                worker.job.on_page(message.number)
        elif isinstance(message, Asked):
            worker.asked = True
            own = worker.job.answers.get(type(message.question))
            if own is not None:
                worker.ask()
            # A thread for each: one that waits for an earlier job must not keep that job's question waiting.
            arguments = (worker, message.question, own or self._spec.answer)
            threading.Thread(target=_reply, args=arguments, name="hotich-answer", daemon=True).start()
        elif isinstance(message, Done):
            payload = worker.job.payload
            result = payload.vouched(message.result) if isinstance(payload, Vouched) else message.result
            self._release(worker).future.set_result(result)
            self._retire_if_swollen(worker)
        elif isinstance(message, Failed):
            self._failed(worker, message)

    def _failed(self, worker: Worker, message: Failed) -> None:
        page = worker.page
        job = self._release(worker)
        if message.out_of_memory:
            self._drop(worker)
            job.future.set_exception(self._over("memory", page))
        else:
            assert message.error is not None
            if message.error.page is None:
                message.error.page = page
            job.future.set_exception(message.error)

    def _watch(self) -> None:
        limits = self._spec.limits
        for worker in list(self._workers):
            if not worker.ready:
                if time.monotonic() - worker.started > limits.start_s:
                    self._break(cannot_start("timeout"))
                continue
            which = worker.exceeded(limits) if worker.job is not None else None
            self.peak_mb = max(self.peak_mb, worker.peak_mb)
            if which is not None:
                page, job = worker.page, self._release(worker)
                self._drop(worker)
                job.future.set_exception(self._over(which, page))

    def _crashed(self, worker: Worker) -> None:
        near_limit = worker.usage().resident_mb > 0.9 * self._spec.limits.memory_mb
        page, job, ready = worker.page, worker.job, worker.ready
        self._drop(worker)
        if job is None:
            self._failed_starts += not ready
            if self._failed_starts >= _STARTS:
                self._break(cannot_start("crash"))
            return
        job.tries += 1
        if job.tries < _TRIES and not near_limit:
            self._waiting.appendleft(job)
        else:
            job.future.set_exception(self._over("memory", page) if near_limit else crashed(page))

    def _release(self, worker: Worker) -> _Job:
        job: _Job = worker.job
        worker.job = None
        return job

    def _retire_if_swollen(self, worker: Worker) -> None:
        """Memory that libraries keep after a huge page is given back by starting afresh."""
        if worker.usage().resident_mb > 0.6 * self._spec.limits.memory_mb:
            self._drop(worker)

    def _drop(self, worker: Worker) -> None:
        self.peak_mb = max(self.peak_mb, worker.peak_mb)
        self._workers.remove(worker)
        worker.kill()

    def _break(self, error: HotichError) -> None:
        self._broken = error
        for worker in self._workers:
            worker.kill()
            if worker.job is not None:
                worker.job.future.set_exception(error)
        self._workers.clear()

    def _cancel(self, job: _Job | None) -> None:
        if job is not None and not job.future.done() and not job.future.cancel():
            job.future.set_exception(WorkerUnusable(Message("Đã dừng.", "Stopped."), code="work.stopped"))

    def _over(self, which: str, page: int | None) -> HotichError:
        limits = self._spec.limits
        if which == "memory":
            return over_memory(limits.memory_mb, page)
        return over_time(limits.page_cpu_s, page)


def _check(worker: Worker, message: Any) -> None:
    """Raises NotData for what no worker of ours would say now: it would stop the pool, or mislead it."""
    if isinstance(message, (Ready, Broken)):
        fits = not worker.ready
    elif isinstance(message, (Page, PageDone)):
        fits = worker.job is not None and type(message.number) is int
    elif isinstance(message, Failed):
        fits = worker.job is not None and (message.out_of_memory or isinstance(message.error, HotichError))
    elif isinstance(message, Asked):
        fits = worker.job is not None and not worker.asked
    else:
        fits = worker.job is not None and isinstance(message, Done)
    if not fits:
        raise NotData(type(message).__name__)


def _reply(worker: Worker, question: Any, answer: Callable[[Any], Any] | None) -> None:
    given = None if answer is None else answer(question)
    with contextlib.suppress(OSError):
        worker.answer(given)
