"""The Prefect flows of work that many machines share. They carry batches' numbers and show counts: no names.

What is done and what is not stands in the ledger; a run says which machine tried, when, and how much it did. So a run
may be started twice, die, or be forgotten by Prefect: the next reconciliation starts another where work is left.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from prefect import flow
from prefect.artifacts import create_table_artifact
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from flows.runs import crash_dead_runs, give_back_lost_runs, start_runs
from pipeline.domain.errors import ResourceError
from pipeline.domain.message import Message
from workers.queue.care import QueueCare

OpenCare = Callable[[], AbstractContextManager[QueueCare]]
ReadBatch = Callable[[str], dict[str, float]]
"""Reads a batch of the queue; gives counts and the seconds of each stage."""

_care: list[OpenCare] = []
_read: list[ReadBatch] = []


def provide_queue(open_care: OpenCare, read: ReadBatch) -> None:
    """Says how the queue is opened and a batch read: the wiring calls it where deployed flows are loaded."""
    _care[:], _read[:] = [open_care], [read]


@flow(name="take-in", persist_result=False)
def take_in() -> dict[str, int]:
    """Queues what is new in the inbox, and starts runs for it. Safe to run at any time, also twice at once."""
    with _opened() as care:
        counts = care.take_in()
        return counts | {"started": start_runs(care)}


@flow(name="read-batch", flow_run_name="batch-{batch}", persist_result=False)
def read_batch(batch: str) -> State[Any]:
    """Reads one batch. Fails, and says so, where it leaves work: that is taken up again by itself."""
    if not _read:
        raise _not_wired()
    counts = _read[0](batch)
    _show(counts)
    with _opened() as care:
        care.form()
        start_runs(care)
    text = ", ".join(f"{name} {value:g}" for name, value in counts.items() if value)
    if counts["left"]:
        return Failed(name="LeftPending", message=f"left pending, taken up again by itself: {text}")
    return Completed(message=text or "nothing was left to do")


@flow(name="reconcile", persist_result=False)
def reconcile() -> dict[str, int]:
    """Takes back what dead readers held, ends their runs in Prefect, starts runs for what has none. Twice a minute."""
    with _opened() as care:
        back = care.take_back()
        lost = give_back_lost_runs(care)
        formed, started = care.form(), start_runs(care)  # before Prefect is tidied up: work does not wait for that
        crashed = crash_dead_runs(care, back.runs)
        if crashed:  # what they were to read gets another run now, not in a minute
            lost += give_back_lost_runs(care)
            formed, started = formed + care.form(), started + start_runs(care)
        counts = {"expired": back.expired, "set_aside": back.set_aside, "crashed": crashed, "lost_runs": lost}
        return counts | {"formed": formed, "started": started}


def _show(counts: dict[str, float]) -> None:
    """A table of the run, with the node that read it."""
    rows = [{"what": name, "count": value} for name, value in counts.items()]
    create_table_artifact(table=rows, key="batch", description=f"node {os.uname().nodename}")


def _opened() -> AbstractContextManager[QueueCare]:
    if not _care:
        raise _not_wired()
    return _care[0]()


def _not_wired() -> ResourceError:
    return ResourceError(Message.same("deployed without its wiring"), code="resource.not_wired")
