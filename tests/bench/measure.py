"""Runs a command and measures what it and all its children cost."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil


@dataclass(slots=True)
class Cost:
    """Wall and CPU seconds of a process tree, and the highest resident memory of any one process in it."""

    wall: float = 0.0
    cpu: float = 0.0
    peak_mb: float = 0.0
    samples: list[tuple[float, float]] = field(default_factory=list)  # seconds, highest resident MB then


def run(command: Sequence[str], *, env: Mapping[str, str] | None = None, every: float = 0.25) -> Cost:
    """Runs to the end; raises CalledProcessError with its output when it fails."""
    cost = Cost()
    started = time.monotonic()
    before = os.times()
    process = subprocess.Popen(
        list(command),
        env={**os.environ, **(env or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    done = threading.Event()
    watch = threading.Thread(target=_watch, args=(process.pid, cost, started, every, done))
    watch.start()
    output, _ = process.communicate()
    done.set()
    watch.join()
    after = os.times()
    cost.wall = time.monotonic() - started
    cost.cpu = after.children_user - before.children_user + after.children_system - before.children_system
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command, output)
    return cost


def _watch(pid: int, cost: Cost, started: float, every: float, done: threading.Event) -> None:
    while not done.wait(every):
        highest = 0.0
        try:
            root = psutil.Process(pid)
            for process in [root, *root.children(recursive=True)]:
                highest = max(highest, process.memory_info().rss / 2**20)
        except psutil.Error:
            continue
        cost.samples.append((time.monotonic() - started, highest))
        cost.peak_mb = max(cost.peak_mb, highest)


def bench_folder(name: str) -> Path:
    """A folder under build/bench, kept between runs so that generated pages are made once."""
    folder = Path("build/bench") / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder
