"""One job's inputs in batches, each batch worked through once, whoever asks for it."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from workers.batch.batch_run import BatchRun, FileJob
from workers.batch.inputs import InputFile
from workers.batch.results import FileResult


class Batches:
    """Inputs in batches over one `BatchRun`. Safe to call from several threads.

    While a batch is waited for, the next one is begun, so that no worker is idle between two.
    """

    def __init__(self, run: BatchRun, batches: Sequence[Sequence[InputFile]]) -> None:
        self._run = run
        self._batches = batches
        self._locks = [threading.Lock() for _ in batches]
        self._jobs: dict[int, list[FileJob]] = {}
        self._finished = [threading.Event() for _ in batches]

    def __len__(self) -> int:
        return len(self._batches)

    def files_after(self, number: int) -> int:
        """How many inputs stand in the batches after this one."""
        return sum(len(batch) for batch in self._batches[number + 1 :])

    def wait_for_first(self, seconds: float) -> None:
        """Returns once a first file has been read, or after so long."""
        self._run.first_read.wait(seconds)

    def look(self, number: int) -> list[FileJob]:
        """What is to be done in this batch; looked up once."""
        with self._locks[number]:
            if number not in self._jobs:
                self._jobs[number] = self._run.look(self._batches[number])
            return self._jobs[number]

    def run(self, number: int) -> list[FileResult]:
        """Does the batch, or waits for it where it is already under way, and gives the files' results."""
        jobs = self.look(number)
        self._run.begin(jobs)
        if number + 1 < len(self._batches):
            self._run.begin(self.look(number + 1))
        results = self._run.finish(jobs)
        self._finished[number].set()
        return results

    def is_finished(self, number: int, *, wait_s: float = 0.0) -> bool:
        """Whether every file of the batch has its result, waiting at most so long for it."""
        return self._finished[number].wait(wait_s)


def in_batches(
    files: Sequence[InputFile], *, most_files: int = 16, most_bytes: int = 64 << 20
) -> list[list[InputFile]]:
    """Inputs in runs of at most so many files and, beyond the first, bytes."""
    out: list[list[InputFile]] = []
    room = 0
    for file in files:
        if not out or len(out[-1]) >= most_files or file.size > room:
            out.append([])
            room = most_bytes
        out[-1].append(file)
        room -= file.size
    return out
