"""The same pages with 1, 2 and 4 workers through Prefect: who did what, what orchestration costs, and what a hundred
workers would wait for.

Workers are processes on homes of their own, each with one reading process, on the production parts as processes. What
is measured hangs on how many cores are free: with fewer cores than workers nothing can get faster.
"""

from __future__ import annotations

import argparse
import heapq
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.making.stack import Stack, draw_page, running_stack, unnumbered, wait_until

_IDLE_S = 10.0
_INTAKE_S = 0.004  # of the dispatcher for a new file of some 400 KB: digest and row
_LOG_SHARE = 0.3  # of what storing a file takes, the transaction that holds the head of the audit log


@dataclass(frozen=True, slots=True)
class BatchTimes:
    """Seconds of one batch, by Prefect's run: `own` of all that is not the batch itself."""

    files: int
    fetch: float
    read: float
    store: float
    own: float


@dataclass(frozen=True, slots=True)
class Measured:
    """What so many workers did."""

    workers: int
    pages: int
    seconds: float
    by_node: dict[str, int]
    batches: list[BatchTimes]
    server_cpu_s: float

    @property
    def server_s_a_run(self) -> float:
        """Processor seconds of Prefect's server for each batch, without what it takes when nothing is to be done."""
        return self.server_cpu_s / max(1, len(self.batches))

    @property
    def overhead(self) -> float:
        """Of all the time that runs took, the part that is neither fetching, reading nor storing."""
        total = sum(one.own + one.fetch + one.read + one.store for one in self.batches)
        return sum(one.own for one in self.batches) / total if total else 0.0


def measure(workers: int, pages: int, batch_pages: int, source: Path | None) -> Measured:
    """From nothing: the pages lie there, all workers are up, then they are dispatched."""
    with running_stack(HOTICH_WORKERS="1", HOTICH_BATCH_PAGES=str(batch_pages)) as stack:
        files = _pages(stack, pages, source)
        for number in range(workers):
            stack.start_worker(f"w{number}")
        wait_until(lambda: _online(stack) == workers, "workers")
        idle = stack.prefect_cpu_seconds()
        time.sleep(_IDLE_S)
        began, server = time.monotonic(), stack.prefect_cpu_seconds()
        idle = (server - idle) / _IDLE_S
        stack.hotich("dispatch")
        engines: dict[int, str] = {}
        wait_until(lambda: _seen(stack, engines) and stack.done() >= files, f"{workers} workers", seconds=3600)
        seconds = time.monotonic() - began
        wait_until(lambda: not stack.sql("select 1 from queued_batches"), "the last run's end")
        time.sleep(3)
        batches = _batches(stack)
        server = max(0.0, stack.prefect_cpu_seconds() - server - idle * (time.monotonic() - began))
        return Measured(workers, files, seconds, _by_node(stack, engines), batches, server)


def _pages(stack: Stack, pages: int, source: Path | None) -> int:
    if source is None:
        for number in range(pages):
            draw_page(stack.inbox / unnumbered(number), number)
        return pages
    chosen = sorted(path for path in source.rglob("*") if path.is_file())[:pages]
    for path in chosen:
        (stack.inbox / path.name).write_bytes(path.read_bytes())
    time.sleep(6)
    return len(chosen)


def _online(stack: Stack) -> int:
    workers = stack.prefect("/work_pools/hotich/workers/filter")
    return sum(worker["status"] == "ONLINE" for worker in workers) if isinstance(workers, list) else 0


def _seen(stack: Stack, engines: dict[int, str]) -> bool:
    """Notes which worker started which process."""
    for name, process in stack.workers.items():
        with suppress(psutil.NoSuchProcess):
            engines.update({child.pid: name for child in psutil.Process(process.pid).children(recursive=True)})
    return True


def _by_node(stack: Stack, engines: dict[int, str]) -> dict[str, int]:
    """Batches by worker: Prefect notes the process of each run."""
    pids = [int(str(run.get("infrastructure_pid") or "0").rpartition(":")[2]) for run in _runs(stack)]
    return dict(Counter(engines.get(pid, "?") for pid in pids))


def _runs(stack: Stack) -> list[dict[str, object]]:
    return [run for run in stack.prefect("/flow_runs/filter") if str(run["name"]).startswith("batch-")]


def _batches(stack: Stack) -> list[BatchTimes]:
    found = []
    for run in _runs(stack):
        state = run["state"]
        assert isinstance(state, dict)
        said = dict(part.rsplit(" ", 1) for part in str(state["message"]).split(": ")[-1].split(", ") if " " in part)
        took = float(str(run["total_run_time"]))
        fetch, read, store = (float(said.get(f"{stage}_seconds", 0)) for stage in ("fetch", "read", "store"))
        files, own = int(float(said.get("files", 0))), max(0.0, took - fetch - read - store)
        found.append(BatchTimes(files=files, fetch=fetch, read=read, store=store, own=own))
    return found


@dataclass(frozen=True, slots=True)
class Simulated:
    """What so many workers would do: pages a second, and how much of the time each shared part is busy."""

    workers: int
    pages_a_second: float
    busy: dict[str, float]

    @property
    def bottleneck(self) -> str:
        return max(self.busy, key=lambda part: self.busy[part])


def simulate(
    batches: Sequence[BatchTimes], workers: int, *, run_s: float, intake_s: float, log_share: float
) -> Simulated:
    """Workers draw batches like those measured. Shared by all, one at a time: the head of the audit log, which every
    commit holds (`log_share` of what storing takes); Prefect's server (`run_s` seconds of a run); the dispatcher
    (`intake_s` a file)."""
    draw = random.Random(1)
    free = {"audit log": 0.0, "Prefect server": 0.0, "dispatcher": 0.0}
    busy = dict.fromkeys(free, 0.0)
    ready = [(0.0, number) for number in range(workers)]
    files = 0
    now = 0.0
    for _ in range(workers * 20):
        now, number = heapq.heappop(ready)
        batch = draw.choice(batches)
        for part, need in (("dispatcher", intake_s * batch.files), ("Prefect server", run_s)):
            begin = max(now, free[part])
            free[part] = now = begin + need
            busy[part] += need
        now += batch.own + batch.fetch + batch.read + batch.store * (1 - log_share)
        need = batch.store * log_share
        begin = max(now, free["audit log"])
        free["audit log"] = now = begin + need
        busy["audit log"] += need
        files += batch.files
        heapq.heappush(ready, (now, number))
    ends = max(time_ for time_, _ in ready)
    return Simulated(workers, files / ends, {part: value / ends for part, value in busy.items()})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=12)
    parser.add_argument("--batch-pages", type=int, default=6)
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2, 4])
    parser.add_argument("--from", dest="source", type=Path, help="a folder of scans in place of small drawn pages")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(3))  # the parts are ended too
    first: Measured | None = None
    batches: list[BatchTimes] = []
    server: list[float] = []
    for workers in given.workers:
        one = measure(workers, given.pages, given.batch_pages, given.source)
        first = first or one
        batches += one.batches
        speed, alone = one.pages / one.seconds, first.pages / first.seconds * workers / first.workers
        shares = ", ".join(f"{name}: {count}" for name, count in sorted(one.by_node.items()))
        print(
            f"{workers} workers: {one.pages} pages in {one.seconds:.1f} s, {speed:.2f} pages/s, efficiency"
            f" {speed / alone:.0%}; batches by worker: {shares}; run time that is no stage: {one.overhead:.0%};"
            f" Prefect's server {one.server_s_a_run:.2f} CPU s a batch",
            flush=True,
        )
        server.append(one.server_s_a_run)
    for workers in (1, 10, 50, 100, 200):
        made = simulate(batches, workers, run_s=min(server), intake_s=_INTAKE_S, log_share=_LOG_SHARE)
        parts = ", ".join(f"{part} {value:.0%}" for part, value in sorted(made.busy.items()))
        said = f"{made.pages_a_second:.1f} pages/s; busy: {parts}; first: {made.bottleneck}"
        print(f"simulated, {workers:3} workers: {said}")


if __name__ == "__main__":
    main()
