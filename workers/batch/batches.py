"""One order to digitize: its inputs in batches, each batch worked through once, whoever asks for it."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from workers.batch.batch_run import Desk, Work
from workers.batch.inputs import InputFile
from workers.batch.results import FileResult


class Order:
    """Batches of inputs over a desk. Safe to call from several threads.

    While a batch is waited for, the next one is begun, so that no worker is idle between two.
    """

    def __init__(self, desk: Desk, batches: Sequence[Sequence[InputFile]]) -> None:
        self._desk = desk
        self._batches = batches
        self._locks = [threading.Lock() for _ in batches]
        self._works: dict[int, list[Work]] = {}
        self._finished = [threading.Event() for _ in batches]

    def __len__(self) -> int:
        return len(self._batches)

    def files_after(self, number: int) -> int:
        """How many inputs stand in the batches after this one."""
        return sum(len(batch) for batch in self._batches[number + 1 :])

    def wait_for_first(self, seconds: float) -> None:
        """Returns once a first file has been read, or after so long."""
        self._desk.first_read.wait(seconds)

    def look(self, number: int) -> list[Work]:
        """What is to be done in this batch; looked up once."""
        with self._locks[number]:
            if number not in self._works:
                self._works[number] = self._desk.look(self._batches[number])
            return self._works[number]

    def run(self, number: int) -> list[FileResult]:
        """Does the batch, or waits for it where it is already under way, and gives the files' results."""
        works = self.look(number)
        self._desk.begin(works)
        if number + 1 < len(self._batches):
            self._desk.begin(self.look(number + 1))
        results = self._desk.finish(works)
        self._finished[number].set()
        return results

    def is_finished(self, number: int, *, wait_s: float = 0.0) -> bool:
        """Whether every file of the batch has its result, waiting at most so long for it."""
        return self._finished[number].wait(wait_s)
