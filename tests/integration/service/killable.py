"""The service in a process of its own, killed at a step.

Everything is real but the readers, which answer at once. A step is a write to the disk or a statement to the database;
before the one that is named the process is killed as by `kill -9`.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import uvicorn

from service.wire.limits import ServiceLimits
from storage.times import utc_now
from tests.integration.service.conftest import open_desk
from tests.making.clock import Clock
from tests.making.killing import WRITES, kill_at


class SystemClock(Clock):
    """The time of day, which goes on in every process alike."""

    def __call__(self) -> datetime:
        return utc_now()


def serve(home: str, port: int, step: int) -> None:
    """Serves until it is told to stop, or until the `step`-th step (0: never)."""
    limits = ServiceLimits(answer_s=20.0, anonymous_per_minute=1_000_000)
    desk = open_desk(Path(home), clock=SystemClock(), limits=limits)
    if step:
        kill_at(step, (*WRITES, "replace", "unlink"))
    uvicorn.run(desk.http.app, port=port, log_level="error", access_log=False)
