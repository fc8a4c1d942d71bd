"""The Prefect flows of the main job: one task per batch of files.

Tasks carry nothing but a job's id and a batch's number: Prefect stores and shows parameters, and
the names of files are often the names of people. What is done once and what again is the ledger's
affair, so a task that runs twice does nothing twice, and Prefect's own caching stays off.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from pipeline.domain.errors import ResourceError
from pipeline.domain.message import Message
from workers.batch.batches import Batches
from workers.batch.results import totals

OpenInbox = Callable[[bool], AbstractContextManager[Batches]]
"""Opens the batches of what lies in the inbox now; told whether to read again what was set aside."""

_JOBS: dict[str, Batches] = {}
_inboxes: list[OpenInbox] = []


def register_job(batches: Batches) -> str:
    """Makes the batches of this process known to the flow; gives the job's id."""
    number = uuid.uuid4().hex
    _JOBS[number] = batches
    return number


def provide_inbox(make: OpenInbox) -> None:
    """Says how an inbox is opened: the wiring calls it where deployed flows are loaded."""
    _inboxes[:] = [make]


@task(name="digitize-batch", task_run_name="batch-{batch}", cache_policy=NO_CACHE, persist_result=False)
def digitize_batch(job: str, batch: int) -> dict[str, float]:
    """Does one batch; gives counts, no names."""
    return totals(_JOBS[job].run(batch))


@flow(name="digitize", flow_run_name="job-{job}", persist_result=False, validate_parameters=False)
def digitize(job: str, batches: int) -> dict[str, float]:
    """Does every batch of a job in turn."""
    return _sums([digitize_batch(job, batch) for batch in range(batches)])


@flow(name="digitize-inbox", persist_result=False, retries=2, retry_delay_seconds=30)
def digitize_inbox(retry_set_aside: bool = False) -> dict[str, float]:
    """Does what lies in the office's inbox and is not done yet. Safe to run at any time, also twice at once."""
    if not _inboxes:
        raise ResourceError(Message.same("deployed without its wiring"), code="resource.not_wired")
    with _inboxes[0](retry_set_aside) as batches:
        number = register_job(batches)
        try:
            return _sums([digitize_batch(number, batch) for batch in range(len(batches))])
        finally:
            del _JOBS[number]


def _sums(counts: list[dict[str, float]]) -> dict[str, float]:
    return {name: sum(count[name] for count in counts) for name in (counts[0] if counts else {})}
