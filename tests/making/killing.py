"""A process that kills itself at a given step, as a power cut would."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa

WRITES = ("write", "fsync", "link")


def kill_at(step: int, calls: Sequence[str] = WRITES) -> Callable[..., None]:
    """Kills this process before its `step`-th step: one of these calls of `os`, a statement to a database or a commit.

    Returns what counts one step more.
    """
    steps = 0

    def count(*_arguments: object, **_options: object) -> None:
        nonlocal steps
        steps += 1
        if steps == step:
            os.kill(os.getpid(), signal.SIGKILL)

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            count()
            return real(*arguments, **options)

        return call

    for name in calls:
        setattr(os, name, counted(getattr(os, name)))
    for name in ("before_cursor_execute", "commit"):
        sa.event.listen(sa.Engine, name, count)
    return count
