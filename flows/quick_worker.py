"""Prefect's worker for processes, whose runs are started by `flows.engine`: from a process that is warm."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from prefect.utilities.processutils import command_to_string
from prefect.workers.process import ProcessJobConfiguration, ProcessWorker

from flows import engine

# Without the site's packages, of which it needs none: a fifth of the time.
_COMMAND = command_to_string([sys.executable, "-I", "-S", str(Path(engine.__file__).resolve())])


class QuickConfiguration(ProcessJobConfiguration):
    """A command of one's own spares the process that Prefect puts before each run to prepare a workspace: the code is
    installed on every machine."""

    def prepare_for_flow_run(self, *given: Any, **named: Any) -> None:
        self.command = self.command or _COMMAND
        super().prepare_for_flow_run(*given, **named)


def quick_worker(pool: str, *, limit: int) -> ProcessWorker:
    """Takes the runs of a process pool, at most `limit` at a time."""
    worker = ProcessWorker(work_pool_name=pool, limit=limit)
    worker.job_configuration = QuickConfiguration
    return worker
