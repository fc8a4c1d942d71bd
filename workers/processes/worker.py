"""One worker process as its parent sees it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from workers.processes import passing, receiving
from workers.processes.limits import WorkerLimits
from workers.processes.messages import Setup

_ROOT = Path(__file__).resolve().parents[2]
# Everything else of the environment stays here: it may hold the office's secrets.
_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TESSDATA_PREFIX", "LD_LIBRARY_PATH")
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(slots=True)
class Usage:
    """Processor seconds used so far (children included) and resident megabytes."""

    cpu_s: float
    resident_mb: float


class Worker:
    """A started process, its pipe, and what it is doing now. Used by one thread: the pool's."""

    def __init__(self, setup: Setup) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            # -P: nothing is imported from the folder that hotich was started in, which may be one of scans.
            command = [sys.executable, "-P", "-m", "workers.processes.process", str(theirs.fileno()), str(os.getpid())]
            self._process = subprocess.Popen(
                command,
                pass_fds=[theirs.fileno()],
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=None if os.environ.get("HOTICH_DEBUG") else subprocess.DEVNULL,
                # Its own group: Ctrl-C reaches the parent alone, and its children end with it.
                start_new_session=True,
            )
        self.pipe = Connection(ours.detach())
        self.pipe.send(setup)
        self.started = time.monotonic()
        self.ready = False
        self.job: Any = None
        self.page: int | None = None
        self.waits = False  # for an answer, which may be long in coming
        self.asked = False  # and has no answer yet: a job asks one thing at a time
        self.page_started = 0.0
        self._page_cpu = 0.0
        self._last = Usage(0.0, 0.0)
        self.peak_mb = 0.0

    @property
    def pid(self) -> int:
        return self._process.pid

    def give(self, job: Any, message: Any) -> None:
        """Hands over a job and the files that it is about. Raises BrokenPipeError when the process is gone, another
        OSError where a file cannot be written."""
        with passing.opened_for(message) as passed:
            self.job, self.asked = job, False
            self.begin_page(None)
            passing.send(self.pipe, passed)
            self.pipe.send(message)

    def hear(self) -> Any:
        """What the process says. Raises EOFError or OSError when it is gone, `NotData` when it may not say that."""
        return receiving.receive(self.pipe)

    def ask(self) -> None:
        """The job waits for its parent's answer from now on."""
        self.waits = True

    def answer(self, given: Any) -> None:
        """Sends the answer; a page that waited has its time from here on. Raises OSError when the process is gone."""
        if self.waits:
            self.page_started, self.waits = time.monotonic(), False
        self.asked = False
        self.pipe.send(given)

    def begin_page(self, number: int | None) -> None:
        self.page = number
        self.page_started = time.monotonic()
        self._page_cpu = self.usage().cpu_s

    def usage(self) -> Usage:
        """What the process has used; the last known figures when it has ended."""
        with contextlib.suppress(OSError, IndexError, ValueError):
            fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
            cpu = sum(int(v) for v in fields[11:15]) / _TICKS
            self._last = Usage(cpu, int(fields[21]) * _PAGE_BYTES / 2**20)
            self.peak_mb = max(self.peak_mb, self._last.resident_mb)
        return self._last

    def exceeded(self, limits: WorkerLimits) -> str | None:
        """Which bound is passed now: "memory", "time" or None."""
        usage = self.usage()
        if usage.resident_mb > limits.memory_mb:
            return "memory"
        wall = time.monotonic() - self.page_started
        hangs = wall > limits.page_wall_s and not self.waits
        over = usage.cpu_s - self._page_cpu > limits.page_cpu_s or hangs
        return "time" if over else None

    def kill(self) -> None:
        """Ends the process and everything it started, at once."""
        with contextlib.suppress(OSError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()
        self.pipe.close()


def _environment() -> Mapping[str, str]:
    kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    threads = {"OMP_THREAD_LIMIT": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    # Page images come from a heap that is kept within a page and released after it (`release_memory`): taking each
    # array from the system anew cost a fifth of all time, keeping everything let memory creep.
    memory = {"MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_THRESHOLD_": "33554432", "MALLOC_TRIM_THRESHOLD_": "134217728"}
    memory["GLIBC_TUNABLES"] = "glibc.malloc.hugetlb=1"  # a page image in few large pages
    path = os.pathsep.join([str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    return kept | threads | memory | {"PYTHONPATH": path, "PYTHONUNBUFFERED": "1"}
