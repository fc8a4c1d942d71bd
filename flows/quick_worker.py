"""Prefect's worker for processes: its runs are started by `flows.engine`, from a process that is warm, and it asks the
server for runs only when it could take one.

A plain worker asks every few seconds, whatever it is doing, and each question costs the server some 30 ms: a score of
workers, all of them busy, would keep a server busy with nothing else.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from prefect.client.schemas.objects import FlowRun
from prefect.utilities.processutils import command_to_string
from prefect.workers.process import ProcessJobConfiguration, ProcessWorker

from flows import engine
from flows.asking import Asking

# Without the site's packages, of which it needs none: a fifth of the time.
_COMMAND = command_to_string([sys.executable, "-I", "-S", str(Path(engine.__file__).resolve())])


class QuickConfiguration(ProcessJobConfiguration):
    """A command of one's own spares the process that Prefect puts before each run to prepare a workspace: the code is
    installed on every machine."""

    def prepare_for_flow_run(self, *given: Any, **named: Any) -> None:
        self.command = self.command or _COMMAND
        super().prepare_for_flow_run(*given, **named)


def quick_worker(pool: str, *, limit: int, seldom_s: float = 0.0) -> ProcessWorker:
    """Takes the runs of a process pool, at most `limit` at a time. While it waits it asks every `seldom_s` seconds, or
    less often where many workers ask."""
    worker = ProcessWorker(work_pool_name=pool, limit=limit)
    worker.job_configuration = QuickConfiguration
    asking, ask = Asking(seldom_s), worker.get_and_submit_flow_runs

    async def ask_when_due() -> list[FlowRun]:
        now = time.monotonic()
        if not asking.is_due(now, has_room=worker.limiter.available_tokens > 0):
            worker._last_polled_time = datetime.now(UTC)  # by which its health is told
            return []
        if asking.counts(now):
            asking.workers = await _online(worker, pool)
        return await ask()

    worker.get_and_submit_flow_runs = ask_when_due  # type: ignore[method-assign]
    return worker


async def _online(worker: ProcessWorker, pool: str) -> int:
    """Workers of the pool that were heard of lately."""
    known = await worker.client.read_workers_for_work_pool(pool)
    return sum(one.status == "ONLINE" for one in known)
