"""The same pages with 1, 2 and 4 workers through Prefect, and read alone: who did what, what orchestration costs, and
what a hundred workers would wait for.

Workers are processes on homes of their own, each with one reading process, on the production parts as processes; each
round has an empty catalogue and bucket. Seconds hang on how many cores are free: with fewer cores than workers nothing
gets faster. Processor time does not, and what orchestration costs is told by it.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import psutil

from flows.asking import QUESTIONS_A_SECOND
from tests.bench.scale_simulation import BatchTimes, Part, as_if, first_bottleneck, simulate
from tests.making.stack import Stack, draw_page, running_stack, unnumbered, wait_until

RECORDED = Path("build/bench/scale.json")
_IDLE_S = 15.0
_LANES = 4  # cores of PostgreSQL and of S3
_POOLS, _HEARTBEAT_S, _QUESTIONS = 2, 30, 50
_SERVERS = ("prefect", "postgres", "s3")


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What so many workers did. Processor seconds: `readers` of workers with their readers, `servers` beyond what
    they take where nobody asks; `first_s` from the dispatch until the first batch was begun. `log_held_s`: for
    which the head of the audit log was held; `dispatch_s`: of the dispatcher until all was queued."""

    workers: int
    pages: int
    seconds: float
    first_s: float
    by_node: dict[str, int]
    batches: list[BatchTimes]
    readers: float
    servers: dict[str, float]
    log_held_s: float
    dispatch_s: float

    @property
    def speed(self) -> float:
        return self.pages / self.seconds


@dataclass(frozen=True, slots=True)
class Asked:
    """Processor seconds of Prefect's server: a second in which nobody asks, a question for runs, a heartbeat. And of
    PostgreSQL, which is Prefect's too, in a second in which nobody asks."""

    idle: float
    question: float
    heartbeat: float
    postgres_idle: float = 0.0


def ask(stack: Stack) -> Asked:
    """Measured with no worker there."""
    began, postgres = stack.cpu_seconds("prefect"), stack.cpu_seconds("postgres")
    time.sleep(_IDLE_S)
    idle = (stack.cpu_seconds("prefect") - began) / _IDLE_S
    postgres_idle = (stack.cpu_seconds("postgres") - postgres) / _IDLE_S
    beat = {"name": "nobody", "heartbeat_interval_seconds": 1}
    costs = []
    for what, body in (("get_scheduled_flow_runs", {}), ("workers/heartbeat", beat)):
        began, clock = stack.cpu_seconds("prefect"), time.monotonic()
        for _ in range(_QUESTIONS):
            stack.ask_prefect(f"/work_pools/hotich/{what}", body)
        spent = stack.cpu_seconds("prefect") - began - idle * (time.monotonic() - clock)
        costs.append(max(0.0, spent) / _QUESTIONS)
    return Asked(idle, question=costs[0], heartbeat=costs[1], postgres_idle=postgres_idle)


def read_alone(stack: Stack, pages: int) -> tuple[float, float]:
    """Seconds and processor seconds of one machine that reads everything with nobody to order it."""
    stack.begin_anew("alone")
    before, began = _waited_for(), time.monotonic()
    stack.hotich("digitize", str(stack.inbox), home="alone")
    seconds, spent = time.monotonic() - began, _waited_for() - before
    if stack.done() != pages:
        raise SystemExit(f"read alone: {stack.done()} of {pages}")
    return seconds, spent


def _waited_for() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure(stack: Stack, workers: int, pages: int, asked: Asked) -> Round:
    """All workers are up and idle; then the pages are dispatched."""
    stack.begin_anew(f"round{workers}")
    names = [f"r{workers}w{number}" for number in range(workers)]
    runs_before = {str(run["id"]) for run in _runs(stack)}
    for name in names:
        stack.start_worker(name)
    wait_until(lambda: _online(stack, names), "workers")
    time.sleep(_IDLE_S)  # the warm processes have imported what they need
    before = {part: stack.cpu_seconds(part) for part in (*_SERVERS, *names)}
    began, clock = time.monotonic(), time.time()
    dispatched = json.loads(stack.hotich("dispatch", "--json"))
    engines: dict[int, str] = {}
    wait_until(lambda: _seen(stack, engines) and stack.done() >= pages, f"{workers} workers", seconds=7200)
    seconds = time.monotonic() - began
    wait_until(lambda: not stack.sql("select 1 from queued_batches"), "the last run's end")
    wait_until(lambda: not stack.engines(), "the last process's end")
    spent = {part: stack.cpu_seconds(part) - before[part] for part in before}
    idle = {"prefect": asked.idle, "postgres": asked.postgres_idle}
    took = time.monotonic() - began
    runs = [run for run in _runs(stack) if str(run["id"]) not in runs_before and run["start_time"]]
    begun = min(_time(run["start_time"]) for run in runs)
    for name in names:
        stack.kill_worker(name)
    return Round(
        workers=workers,
        pages=pages,
        seconds=seconds,
        first_s=begun - clock,
        by_node=dict(Counter(_node(run, engines) for run in runs)),
        batches=_batches(runs, engines),
        readers=sum(spent[name] for name in names),
        servers={part: max(0.0, spent[part] - idle.get(part, 0.0) * took) for part in _SERVERS},
        log_held_s=sum(_said(run).get("log_held_sum", 0.0) for run in runs),
        dispatch_s=dispatched["seconds"],
    )


def _online(stack: Stack, names: list[str]) -> bool:
    """Each of these workers asks for work: it was heard of since the last were killed."""
    heard = stack.prefect("/work_pools/hotich/workers/filter")
    alive = {name for name in names if stack.workers[name].poll() is None}
    recent = [one for one in heard if time.time() - _time(one["last_heartbeat_time"]) < 20] if heard else []
    return len(alive) == len(names) and len(recent) >= len(names)


def _seen(stack: Stack, engines: dict[int, str]) -> bool:
    """Notes which worker started which process."""
    for name, process in stack.workers.items():
        with suppress(psutil.NoSuchProcess):
            engines.update({child.pid: name for child in psutil.Process(process.pid).children()})
    return True


def _runs(stack: Stack) -> list[dict[str, object]]:
    """Of batches, the newest first, at most two hundred at a time."""
    found: list[dict[str, object]] = []
    while page := stack.prefect("/flow_runs/filter", {"offset": len(found), "limit": 200, "sort": "START_TIME_DESC"}):
        found += page
    return [run for run in found if str(run["name"]).startswith("batch-")]


def _node(run: dict[str, object], engines: dict[int, str]) -> str:
    """Which worker carried the run out: Prefect notes its process."""
    return engines.get(int(str(run.get("infrastructure_pid") or "0").rpartition(":")[2]), "?")


def _batches(runs: list[dict[str, object]], engines: dict[int, str]) -> list[BatchTimes]:
    """Each with how long its worker had had nothing to do."""
    idle: dict[str, float] = {}
    for node in {_node(run, engines) for run in runs}:
        own = sorted((run for run in runs if _node(run, engines) == node), key=lambda run: str(run["start_time"]))
        for before, run in pairwise(own):
            idle[str(run["id"])] = max(0.0, _time(run["start_time"]) - _time(before["end_time"]))
    return [_batch(run, idle.get(str(run["id"]), 0.0)) for run in runs]


def _batch(run: dict[str, object], idle: float) -> BatchTimes:
    said = _said(run)
    fetch, read, store = (said.get(f"{stage}_seconds", 0.0) for stage in ("fetch", "read", "store"))
    own = max(0.0, float(str(run["total_run_time"])) - fetch - read - store)
    return BatchTimes(files=int(said.get("files", 0)), fetch=fetch, read=read, store=store, own=own, idle=idle)


def _said(run: dict[str, object]) -> dict[str, float]:
    """The counts and seconds that a run ended with."""
    state = run["state"]
    assert isinstance(state, dict)
    parts = (part.rsplit(" ", 1) for part in str(state["message"]).split(": ")[-1].split(", ") if " " in part)
    return {name: float(value) for name, value in parts if value.replace(".", "", 1).isdigit()}


def _time(text: object) -> float:
    return datetime.fromisoformat(str(text).replace("Z", "+00:00")).timestamp()


def print_rounds(rounds: list[Round], alone: tuple[float, float]) -> None:
    """A table, and what it says of orchestration."""
    first = rounds[0]
    _, alone_cpu = alone
    print(f"\nread alone: {first.pages} pages, {alone[0]:.1f} s, {alone_cpu:.1f} CPU s")
    print("workers  seconds  pages/s  efficiency  first batch  idle between  CPU s readers  Prefect  over alone")
    for one in rounds:
        efficiency = one.speed / one.workers / (first.speed / first.workers)
        waits = sorted(batch.idle for batch in one.batches if batch.idle)
        spent = one.readers + one.servers["prefect"]
        print(
            f"{one.workers:7} {one.seconds:8.1f} {one.speed:8.2f} {efficiency:11.0%} {one.first_s:10.1f} s"
            f" {waits[len(waits) // 2] if waits else 0:11.1f} s {one.readers:14.1f} {one.servers['prefect']:8.1f}"
            f" {spent / alone_cpu - 1:11.1%}"
        )
    for one in rounds:
        shares = ", ".join(f"{name} {count}" for name, count in sorted(one.by_node.items()))
        print(f"batches with {one.workers}: {shares}")
    beyond = (first.readers + first.servers["prefect"] - alone_cpu) / len(first.batches)
    print(f"a batch costs {beyond:.1f} CPU s beyond reading: {beyond / (50 * 2.0):.1%} of 50 pages of 2 s")
    for one in rounds:
        print(f"the log's head with {one.workers}: held {1e3 * one.log_held_s / one.pages:.1f} ms a file")
    print(f"on {os.cpu_count()} cores, {len(os.sched_getaffinity(0))} of them ours; load {os.getloadavg()[0]:.1f}")


def shared_parts(alone: Round, asked: Asked) -> dict[str, Part]:
    """What all workers share, as measured with one worker: of several, each may have waited for another."""
    files = sum(batch.files for batch in alone.batches)
    return {
        "Prefect server": Part(
            always=asked.idle + _POOLS * QUESTIONS_A_SECOND * asked.question,
            a_batch=alone.servers["prefect"] / len(alone.batches),
            a_worker_second=_POOLS * asked.heartbeat / _HEARTBEAT_S,
        ),
        "PostgreSQL": Part(lanes=_LANES, always=asked.postgres_idle, a_file=alone.servers["postgres"] / files),
        "S3": Part(lanes=_LANES, a_file=alone.servers["s3"] / files),
        "audit log": Part(a_file=alone.log_held_s / files),
        "dispatcher": Part(a_file=alone.dispatch_s / alone.pages),
    }


def print_simulation(batches: list[BatchTimes], parts: dict[str, Part]) -> None:
    """What a crowd would do, by the recorded times."""
    for name, part in parts.items():
        print(f"{name}: {1e3 * part.a_file:.1f} ms a file, {1e3 * part.a_batch:.0f} ms a batch, {part.lanes} at a time")
    files = sum(batch.files for batch in batches) / len(batches)
    read = sum(batch.read for batch in batches) / sum(batch.files for batch in batches)
    print(f"\nsimulated: batches of {files:.0f} files, {read:.2f} s a file to be read")
    for workers in (1, 10, 50, 100, 200, 400):
        made = simulate(batches, parts, workers)
        busy = ", ".join(f"{part} {share:.0%}" for part, share in sorted(made.busy.items(), key=lambda item: -item[1]))
        print(f"{workers:4} workers: {made.files_a_second:7.1f} files/s; busy: {busy}")
    first = first_bottleneck(batches, parts)
    print("first bottleneck: " + (f"{first[1]}, from {first[0]} workers on" if first else "none up to 1000 workers"))


def record(rounds: list[Round], asked: Asked) -> None:
    """The times of the first round, for `--simulate`."""
    RECORDED.parent.mkdir(parents=True, exist_ok=True)
    parts = {name: asdict(part) for name, part in shared_parts(rounds[0], asked).items()}
    batches = [asdict(batch) for batch in rounds[0].batches]
    RECORDED.write_text(json.dumps({"batches": batches, "parts": parts}, indent=1))


def recorded(path: Path) -> tuple[list[BatchTimes], dict[str, Part]]:
    """What `record` wrote."""
    data = json.loads(path.read_text())
    return [BatchTimes(**one) for one in data["batches"]], {name: Part(**one) for name, one in data["parts"].items()}


def _pages(stack: Stack, pages: int, source: Path | None) -> int:
    if source is None:
        for number in range(pages):
            draw_page(stack.inbox / unnumbered(number), number)
        return pages
    chosen = sorted(path for path in source.rglob("*") if path.is_file())[:pages]
    for number, path in enumerate(chosen):
        copy = stack.inbox / unnumbered(number).replace(".png", path.suffix)
        copy.write_bytes(path.read_bytes())
        os.utime(copy, (time.time() - 60,) * 2)
    return len(chosen)


def main(arguments: Iterable[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=24)
    parser.add_argument("--batch-pages", type=int, default=4)
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2, 4])
    parser.add_argument("--from", dest="source", type=Path, help="a folder of scans in place of small drawn pages")
    parser.add_argument("--batch-of", type=int, help="simulated as if each batch had so many files")
    parser.add_argument("--read-s", type=float, help="simulated as if a file took so many seconds to be read")
    parser.add_argument("--simulate", action="store_true", help="only the simulation, by what was recorded last")
    given = parser.parse_args(None if arguments is None else list(arguments))
    if given.simulate:
        _simulate_recorded(given)
        return
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(3))  # the parts are ended too
    rounds: list[Round] = []
    settings = {"HOTICH_WORKERS": "1", "HOTICH_BATCH_PAGES": str(given.batch_pages), "HOTICH_ORCHESTRATION": "never"}
    with running_stack(lease_s=120, patience_s=600, **settings) as stack:
        pages = _pages(stack, given.pages, given.source)
        alone = read_alone(stack, pages)
        print(f"read alone: {alone[0]:.1f} s", flush=True)
        asked = ask(stack)
        for workers in given.workers:
            rounds.append(measure(stack, workers, pages, asked))
            print(f"{workers} workers: {rounds[-1].seconds:.1f} s", flush=True)
    print_rounds(rounds, alone)
    record(rounds, asked)
    _simulate_recorded(given)


def _simulate_recorded(given: argparse.Namespace) -> None:
    batches, parts = recorded(RECORDED)
    print_simulation(as_if(batches, files=given.batch_of, read_s=given.read_s), parts)


if __name__ == "__main__":
    main()
