"""The submission service under load: `python -m tests.bench.service`.

Starts a real `hotich serve` with two workers and hands in phone photos of generated cards and A4 papers, no two of the
same bytes. A verdict's time runs from the first byte sent to the verdict in hand, waiting in the queue included.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import shutil
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.bench import service_holdings
from tests.bench.measure import bench_folder
from tests.bench.service_server import Memory, Server, run_hotich, serving
from tests.bench.service_uploads import Upload, distinct, make_uploads

LEVELS = {1: 24, 2: 24, 8: 40, 32: 48}  # submitters: submissions


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    kind: str
    seconds: float
    waited: bool  # answered with a place in the queue first
    outcome: str
    reasons: tuple[str, ...]


def submit(client: httpx.Client, upload: Upload, key: str | None = None) -> dict[str, Any]:
    """Hands it in; what the service answered."""
    files = [("files", (f"anh-{n}.jpg", data, "image/jpeg")) for n, data in enumerate(upload.files)]
    form = {"procedure": upload.procedure, "declared": json.dumps(dict(upload.declared))}
    answer = client.post("/submissions", data=form, files=files, headers={"Idempotency-Key": key} if key else {})
    answer.raise_for_status()
    told: dict[str, Any] = answer.json()
    return told


def to_verdict(client: httpx.Client, upload: Upload) -> Answer:
    """Hands it in and follows its events until there is a verdict."""
    started = time.monotonic()
    told = submit(client, upload)
    waited = told["verdict"] is None
    while told["verdict"] is None:
        with client.stream("GET", told["links"]["events"]) as events:
            lines = [line for line in events.iter_lines() if line.startswith("data: ")]
        told = json.loads(lines[-1].removeprefix("data: "))
    seconds = time.monotonic() - started
    verdict = told["verdict"]
    return Answer(
        kind=upload.kind,
        seconds=seconds,
        waited=waited,
        outcome=verdict["outcome"],
        reasons=tuple(reason["code"] for reason in verdict["reasons"]),
    )


def run_level(server: Server, uploads: Iterator[Upload], submitters: int, count: int) -> list[Answer]:
    """So many submissions by so many at a time."""
    lock = threading.Lock()
    left = iter(range(count))

    def work(_: int) -> list[Answer]:
        answers: list[Answer] = []
        with server.client() as client:
            while True:
                with lock:
                    if next(left, None) is None:
                        return answers
                    upload = next(uploads)
                answers.append(to_verdict(client, upload))

    with ThreadPoolExecutor(submitters) as pool:
        return list(itertools.chain.from_iterable(pool.map(work, range(submitters))))


def quantile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered) + 0.5) - 1))]


def show_level(submitters: int, answers: Sequence[Answer], wall: float, cpu: float) -> dict[str, float]:
    seconds = [one.seconds for one in answers]
    row = {f"p{round(100 * share)}": quantile(seconds, share) for share in (0.5, 0.95, 0.99)}
    row |= {"a_minute": 60 * len(answers) / wall, "cpu_s": cpu / len(answers)}
    queued = sum(one.waited for one in answers)
    print(
        f"{submitters:10d} {len(answers):6d} {row['p50']:8.2f} {row['p95']:8.2f} {row['p99']:8.2f}"
        f" {row['a_minute']:9.1f} {row['cpu_s']:7.2f} {queued:7d}", flush=True,
    )  # fmt: skip
    return row


def show_kinds(answers: Sequence[Answer]) -> None:
    print("\none at a time, by what was handed in:")
    for kind in dict.fromkeys(one.kind for one in answers):
        seconds = [one.seconds for one in answers if one.kind == kind]
        outcomes = Counter(one.outcome for one in answers if one.kind == kind)
        told = ", ".join(f"{name} {count}" for name, count in outcomes.most_common())
        print(f"  {kind:8} p50 {quantile(seconds, 0.5):.2f} s, p95 {quantile(seconds, 0.95):.2f} s ({told})")


def show_memory(memory: Memory, submissions: int) -> dict[str, float]:
    """Of the second tenth of the run, the last, and the most: flat when the first two are alike."""
    figures: dict[str, float] = {}
    print(f"\nmemory over {submissions} submissions, MB:   second tenth   last tenth   most")
    for name, samples in (("service", memory.service), ("largest worker", memory.worker)):
        tenth = max(1, len(samples) // 10)
        early, late = max(samples[tenth : 2 * tenth] or samples), max(samples[-tenth:])
        figures |= {f"{name} early": early, f"{name} late": late, f"{name} most": max(samples)}
        print(f"  {name:36} {early:12.0f} {late:12.0f} {max(samples):6.0f}")
    return figures


def measure_verdicts(folder: Path, submissions: int, levels: dict[int, int]) -> dict[str, Any]:
    uploads = make_uploads(folder / "uploads", 16)
    home = folder / "home"
    shutil.rmtree(home, ignore_errors=True)
    run_hotich(home, "register", "load", str(folder / "uploads" / "population.csv"))
    singles = distinct([one for one in uploads if one.kind != "dossier"])
    dossiers = distinct([one for one in uploads if one.kind == "dossier"])
    figures: dict[str, Any] = {"load_before": os.getloadavg()[0]}
    with serving(home) as server:
        run_level(server, singles, 2, 4)  # workers are loaded, and have their memory
        print(f"{'submitters':>10} {'count':>6} {'p50 s':>8} {'p95 s':>8} {'p99 s':>8} {'a minute':>9} {'CPU s':>7}"
              f" {'queued':>7}")  # fmt: skip
        alone: list[Answer] = []
        done = 4
        for submitters, count in levels.items():
            started, busy = time.monotonic(), server.cpu_seconds()
            answers = run_level(server, singles, submitters, count)
            row = show_level(submitters, answers, time.monotonic() - started, server.cpu_seconds() - busy)
            figures[f"{submitters}"] = row
            done += count
            alone = alone or answers
        alone += run_level(server, dossiers, 1, 6)
        show_kinds(alone)
        if submissions:
            run_long(server, uploads, submissions - done)
        figures |= show_memory(server.memory, max(done + 6, submissions))
    return figures


def run_long(server: Server, uploads: Sequence[Upload], count: int) -> None:
    """Every kind in turn, by two at a time."""
    started = time.monotonic()
    answers = run_level(server, distinct(uploads), 2, count)
    held = sum("document.held" in one.reasons for one in answers)
    print(f"\n{len(answers)} more submissions in {time.monotonic() - started:.0f} s; {held} held a paper that was"
          " kept before")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--submissions", type=int, default=0, help="measure memory over so many, e.g. 2000")
    parser.add_argument("--rows", type=int, default=10_000_000, help="stored documents for the look-up (0: leave out)")
    parser.add_argument("--keep", action="store_true", help="keep the databases of so many rows for the next run")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    arguments = parser.parse_args()
    folder = bench_folder("service")
    print(f"{os.cpu_count()} processors, load before: {os.getloadavg()[0]:.1f}\n")
    figures: dict[str, Any] = {"verdict": measure_verdicts(folder, arguments.submissions, LEVELS)}
    if arguments.rows:
        figures["holdings"] = service_holdings.measure(folder, arguments.rows, keep=arguments.keep)
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
