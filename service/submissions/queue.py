"""The queue of submissions that wait to be read, and the threads that read them."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.domain.errors import HotichError

_log = logging.getLogger(__name__)
_PAUSES_S = (1.0, 5.0, 20.0, 60.0)


@dataclass(frozen=True, slots=True)
class Place:
    """A submission's place in the queue. `position` 0: it is being read; `page`: the last page that was read."""

    position: int
    page: int | None


class Queue:
    """Reads submissions in the order they came, `size` at a time.

    When `work` raises, the submission is tried again later, after growing pauses: it is never lost, and never answered
    with a guess. `close` does not wait for readings; what is unfinished is queued again by the next start.
    """

    def __init__(self, work: Callable[[str], None], *, size: int, on_change: Callable[[str], None]) -> None:
        self._work = work
        self._on_change = on_change
        self._waiting: deque[str] = deque()
        self._known: set[str] = set()
        self._reading: dict[str, int | None] = {}
        self._tries: dict[str, int] = {}
        self._later: dict[str, threading.Timer] = {}
        self._condition = threading.Condition()
        self._closing = False
        self._threads = [
            threading.Thread(target=self._run, name=f"hotich-submission-{n}", daemon=True) for n in range(size)
        ]
        for thread in self._threads:
            thread.start()

    def put(self, submission_id: str) -> None:
        """Queues a submission, unless it is queued already."""
        with self._condition:
            if submission_id in self._known or self._closing:
                return
            self._known.add(submission_id)
            self._waiting.append(submission_id)
            self._condition.notify()

    def place(self, submission_id: str) -> Place | None:
        """The submission's place; None when it is not in the queue."""
        with self._condition:
            if submission_id in self._reading:
                return Place(0, self._reading[submission_id])
            if submission_id in self._later:
                return Place(len(self._waiting) + 1, None)
            try:
                return Place(self._waiting.index(submission_id) + 1, None)
            except ValueError:
                return None

    def read_page(self, submission_id: str, page: int) -> None:
        """Records that a page was read."""
        with self._condition:
            if submission_id in self._reading:
                self._reading[submission_id] = page
        self._on_change(submission_id)

    @property
    def waiting(self) -> int:
        """How many submissions have no answer yet."""
        return len(self._known)

    @property
    def troubled(self) -> int:
        """How many submissions were tried and could not be answered."""
        return len(self._tries)

    def close(self) -> None:
        """Starts no more readings. Each thread ends when its reading has ended."""
        with self._condition:
            self._closing = True
            for timer in self._later.values():
                timer.cancel()
            self._condition.notify_all()

    def join(self, timeout_s: float) -> None:
        for thread in self._threads:
            thread.join(timeout_s)

    def _run(self) -> None:
        while True:
            with self._condition:
                while not self._waiting and not self._closing:
                    self._condition.wait()
                if self._closing:
                    return
                submission_id = self._waiting.popleft()
                self._reading[submission_id] = None
                behind = list(self._waiting)
            self._on_change(submission_id)
            for other in behind:
                self._on_change(other)
            self._try(submission_id)
            self._on_change(submission_id)

    def _try(self, submission_id: str) -> None:
        try:
            self._work(submission_id)
        except Exception as error:  # whatever the error, the submission is kept and the thread goes on
            code = error.code if isinstance(error, HotichError) else type(error).__name__
            known = isinstance(error, HotichError)
            _log.error("submission.failed id=%s code=%s", submission_id, code, exc_info=not known)
            self._try_later(submission_id)
            return
        with self._condition:
            self._reading.pop(submission_id, None)
            self._tries.pop(submission_id, None)
            self._known.discard(submission_id)

    def _try_later(self, submission_id: str) -> None:
        with self._condition:
            self._reading.pop(submission_id, None)
            tries = self._tries[submission_id] = self._tries.get(submission_id, 0) + 1
            if self._closing:
                return
            timer = threading.Timer(_PAUSES_S[min(tries, len(_PAUSES_S)) - 1], self._again, (submission_id,))
            timer.daemon = True
            self._later[submission_id] = timer
            timer.start()

    def _again(self, submission_id: str) -> None:
        with self._condition:
            self._later.pop(submission_id, None)
            if not self._closing:
                self._waiting.append(submission_id)
                self._condition.notify()
