"""The Prefect flows of the main job: one task per batch of files.

Tasks carry nothing but a job's id and a batch's number: Prefect stores and shows parameters, and
the names of files are often the names of people. What is done once and what again is the ledger's
affair, so a task that runs twice does nothing twice, and Prefect's own caching stays off.
"""

from __future__ import annotations

import uuid

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from workers.batch.batches import Batches
from workers.batch.results import totals

_JOBS: dict[str, Batches] = {}


def register_job(batches: Batches) -> str:
    """Makes the batches of this process known to the flow; gives the job's id."""
    number = uuid.uuid4().hex
    _JOBS[number] = batches
    return number


@task(name="digitize-batch", task_run_name="batch-{batch}", cache_policy=NO_CACHE, persist_result=False)
def digitize_batch(job: str, batch: int) -> dict[str, float]:
    """Does one batch; gives counts, no names."""
    return totals(_JOBS[job].run(batch))


@flow(name="digitize", flow_run_name="job-{job}", persist_result=False, validate_parameters=False)
def digitize(job: str, batches: int) -> dict[str, float]:
    """Does every batch of a job in turn."""
    return _sums([digitize_batch(job, batch) for batch in range(batches)])


def _sums(counts: list[dict[str, float]]) -> dict[str, float]:
    return {name: sum(count[name] for count in counts) for name in (counts[0] if counts else {})}
