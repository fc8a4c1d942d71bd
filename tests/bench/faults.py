"""Faults, one after the other, against the production parts as processes: after each, every input is done exactly once
without a person doing anything, and how long that took.

Two workers on homes of their own, PostgreSQL, S3, a Prefect server on PostgreSQL. What is killed as a server is started
again, as a container's restart policy would; a dead worker stays dead until its work was done by the other.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from flows.deployments import RECONCILE_S
from tests.making.stack import Stack, draw_page, kill_tree, running_stack, unnumbered, wait_until

_RESTART_S = 3.0


@dataclass
class Round:
    """One fault's inputs in a folder of their own, and what is known of them."""

    stack: Stack
    name: str
    files: list[Path]

    def settled(self) -> int:
        """Inputs of this round that are done or set aside."""
        query = (
            "select count(distinct w.input_sha256) from work w join known_inputs k on k.sha256 = w.input_sha256"
            f" where w.state in ('done', 'set_aside') and k.place like 'share:{self.name}/%'"
        )
        return int(self.stack.sql(query)[0][0])

    def running(self) -> bool:
        return bool(self.stack.sql("select 1 from work where state = 'running' limit 1"))

    def doubled(self) -> list[tuple[object, ...]]:
        """Inputs that were done by more than one piece of work, or have more than one stored entry in the log."""
        return self.stack.sql(
            "select w.input_sha256 from work w where w.state = 'done' group by 1 having count(*) > 1"
            " union select subject from audit where action = 'work.done' group by 1 having count(*) > 1"
        )


def begin(stack: Stack, name: str, pages: int) -> Round:
    """Fresh pages, dispatched; some are being read when this returns."""
    files = [stack.inbox / name / unnumbered(number) for number in range(pages)]
    for number, path in enumerate(files):
        draw_page(path, number + 1000 * list(FAULTS).index(name))
    stack.hotich("dispatch", "--office", name)
    this = Round(stack, name, files)
    try:
        wait_until(this.running, f"{name}: nobody reads", seconds=400)
    except TimeoutError:
        _tell(stack)
        raise
    return this


def _tell(stack: Stack) -> None:
    """How things stand, where somebody has to look why."""
    print(stack.sql("select state, code, count(*) from work group by 1, 2"))
    print(stack.sql("select office, started_at, run, lease_until from queued_batches"))
    print(stack.sql("select office, batch, losses, not_before from queued"))
    query = "select name, state_name, expected_start_time from flow_run where expected_start_time < now() order by 3"
    for run in stack.sql(query, database="prefect")[-12:]:
        print(*run)


def worker(stack: Stack, _: Round) -> None:
    stack.kill_worker(_reading(stack))


def engine(stack: Stack, _: Round) -> None:
    for process in stack.engines():
        kill_tree(process)


def prefect(stack: Stack, _: Round) -> None:
    stack.kill_prefect()
    time.sleep(_RESTART_S)
    stack.start_prefect()


def postgres(stack: Stack, _: Round) -> None:
    stack.kill_postgres()
    time.sleep(_RESTART_S)
    stack.start_postgres()


def s3(stack: Stack, _: Round) -> None:
    stack.kill_s3()
    time.sleep(_RESTART_S)
    stack.start_s3()


def everything(stack: Stack, _: Round) -> None:
    """As a power cut."""
    for name in list(stack.workers):
        stack.kill_worker(name)
    stack.kill_prefect()
    stack.kill_s3()
    stack.kill_postgres()
    time.sleep(_RESTART_S)
    stack.start_s3()
    stack.start_postgres()
    stack.start_prefect()
    for name in ("one", "two"):
        stack.start_worker(name)


def duplicate(stack: Stack, this: Round) -> None:
    """The same files once more under other names, and a second run of every batch."""
    for path in this.files:
        copy = path.with_name(f"again {path.name}")
        copy.write_bytes(path.read_bytes())
        os.utime(copy, (time.time() - 60,) * 2)
    for run in stack.prefect("/flow_runs/filter"):
        if run["name"].startswith("batch-") and run["state"]["type"] != "COMPLETED":
            stack.prefect(f"/deployments/{run['deployment_id']}/create_flow_run", {"parameters": run["parameters"]})
    stack.hotich("dispatch", "--office", this.name)


def poison(stack: Stack, this: Round) -> None:
    """Files that no decoder can take, among good ones."""
    for number, content in enumerate((b"%PDF-1.7\n" + os.urandom(5000), b"\x89PNG\r\n\x1a\n" + os.urandom(5000))):
        path = stack.inbox / this.name / f"poison {number}.{'pdf' if number == 0 else 'png'}"
        path.write_bytes(content)
        os.utime(path, (time.time() - 60,) * 2)
        this.files.append(path)
    stack.hotich("dispatch", "--office", this.name)


def hanging(stack: Stack, _: Round) -> None:
    """A machine that stands still past its lease, and goes on afterwards."""
    stopped = [process for engine in stack.engines() for process in (engine, *engine.children(recursive=True))]
    for process in stopped:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGSTOP)
    time.sleep(int(stack.settings["HOTICH_LEASE_SECONDS"]) * 1.5)
    for process in stopped:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGCONT)


FAULTS: dict[str, Callable[[Stack, Round], None]] = {
    "worker": worker, "engine": engine, "prefect": prefect, "postgres": postgres, "s3": s3, "everything": everything,
    "duplicate": duplicate, "poison": poison, "hanging": hanging,
}  # fmt: skip


def _reading(stack: Stack) -> str:
    """The worker that reads now."""
    for name, process in stack.workers.items():
        family = psutil.Process(process.pid).children(recursive=True)
        with suppress(psutil.NoSuchProcess):
            if any("workers.processes.process" in " ".join(one.cmdline()) for one in family):
                return name
    return next(iter(stack.workers))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=8, help="pages of each fault")
    parser.add_argument("--lease", type=int, default=120, help="seconds that a claim lasts")
    parser.add_argument("--only", nargs="*", choices=FAULTS, default=list(FAULTS))
    parser.add_argument("--limit", type=float, default=600.0, help="seconds after which a fault counts as not healed")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(3))  # the parts are ended too
    failed = []
    with running_stack(lease_s=given.lease, HOTICH_BATCH_PAGES="4", HOTICH_WORKERS="1") as stack:
        print(f"{given.pages} pages a fault, leases of {given.lease} s, reconciled every {RECONCILE_S} s", flush=True)
        for name in given.only:
            for machine in ("one", "two"):
                if machine not in stack.workers:
                    stack.start_worker(machine)
            if not _healed(stack, name, given.pages, given.limit):
                failed.append(name)
        stack.hotich("verify")  # raises where the archive is not whole
        print("hotich verify: whole")
    if failed:
        raise SystemExit(f"not healed: {', '.join(failed)}")


def _healed(stack: Stack, name: str, pages: int, limit: float) -> bool:
    this = begin(stack, name, pages)
    FAULTS[name](stack, this)
    began = time.monotonic()
    try:
        wait_until(lambda: this.settled() >= len(this.files), name, seconds=limit)
    except TimeoutError as error:
        print(f"{name:12} NOT HEALED ({error}): {this.settled()} of {len(this.files)}", flush=True)
        _tell(stack)
        return False
    took, doubled = time.monotonic() - began, this.doubled()
    waiting = stack.sql("select count(*) from queued")[0][0]
    print(
        f"{name:12} {len(this.files)} inputs, each once: {'yes' if not doubled else 'NO'}; all done {took:.0f} s after;"
        f" still waiting: {waiting}",
        flush=True,
    )
    return not doubled


if __name__ == "__main__":
    main()
