"""Prefect's runs for batches of the queue: started in turn, one queue for each office and class, ended when dead."""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterName,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.exceptions import ObjectNotFound
from prefect.states import Crashed

from storage.catalogue import Batch, Urgency
from workers.queue.care import QueueCare

READ_BATCH = "read-batch/batch"
"""The deployment that reads a batch: flow and name."""

_PRIORITY = {Urgency.SUBMISSION: 10, Urgency.BATCH: 100}
_RUNS_A_WORKER = 2  # one that it reads, one that waits for it
_FEWEST_RUNS = 4
_SUSPECT_S = {StateType.RUNNING: 120, StateType.PENDING: 60}
"""A run that nobody was heard to read for so long; one that a worker took and that did not begin, within seconds."""
_LOOK_AGAIN_S = 10.0  # a run that has just ended its batch is not dead
_log = logging.getLogger(__name__)


def start_runs(care: QueueCare) -> int:
    """Starts a run for every submission, and for batches while few of them are under way: as many as the pool's
    workers need, so that an office that comes later waits for few. How many."""
    with get_client(sync_client=True) as client:
        deployment = client.read_deployment_by_name(READ_BATCH)
        pool = deployment.work_pool_name or ""
        room = max(_FEWEST_RUNS, _RUNS_A_WORKER * _workers(client, pool))
        batches = care.take(room)
        for batch in batches:
            queue = _queue(client, pool, batch)
            run = client.create_flow_run_from_deployment(
                deployment.id,
                parameters={"batch": batch.batch},
                name=f"batch-{batch.batch}",
                work_queue_name=queue,
                idempotency_key=batch.batch,
            )
            care.started(batch.batch, str(run.id))
    return len(batches)


def crash_dead_runs(care: QueueCare, runs: Sequence[str]) -> int:
    """Ends these runs in Prefect, and every run under way that reads no batch; how many. Nobody else tells Prefect that
    a machine is gone."""
    with get_client(sync_client=True) as client:
        suspects = [run for run in (_read(client, run) for run in runs) if run is not None]
        known = {run.id for run in suspects}
        suspects += [run for run in _silent(client, care.alive()) if run.id not in known]
        suspects = [run for run in suspects if not _is_over(run)]
        if suspects:
            time.sleep(_LOOK_AGAIN_S)
        alive = care.alive() if suspects else set()
        dead = [run for run in suspects if not _is_over(_read(client, str(run.id))) and _batch_of(run) not in alive]
        for run in dead:
            client.set_flow_run_state(run.id, Crashed(message="its reader was not heard of any more"), force=True)
    return len(dead)


def give_back_lost_runs(care: QueueCare) -> int:
    """Batches whose run is over, or never was, and that nobody read wait for another; how many."""
    since = datetime.now(UTC) - timedelta(seconds=60)
    lost = 0
    with get_client(sync_client=True) as client:
        for batch in care.not_begun(since=since):
            run = None if batch.run is None else _read(client, batch.run)
            if _is_over(run):
                care.end(batch.batch)
                lost += 1
    return lost


def queue_name(office: str, urgency: Urgency) -> str:
    """Office and class in the signs that Prefect takes in a name."""
    plain = "".join(sign if sign.isalnum() or sign in "-_. " else "_" for sign in office)[:100].strip()
    return f"{urgency.name.lower()}-{plain}" if plain else urgency.name.lower()


def _workers(client: SyncPrefectClient, pool: str) -> int:
    """Workers of the pool that were heard of lately."""
    return sum(worker.status == "ONLINE" for worker in client.read_workers_for_work_pool(pool))


def _queue(client: SyncPrefectClient, pool: str, batch: Batch) -> str:
    """The work queue of the batch's office and class, made where it is missing. All of a class have one priority, which
    Prefect keeps only where it is given afterwards: so their runs are taken in the order in which they were started."""
    name, priority = queue_name(batch.office, batch.urgency), _PRIORITY[batch.urgency]
    try:
        queue = client.read_work_queue_by_name(name, work_pool_name=pool)
    except ObjectNotFound:
        queue = client.create_work_queue(name, work_pool_name=pool)
    if queue.priority != priority:
        answer = client._client.patch(f"/work_pools/{pool}/queues/{name}", json={"priority": priority})
        answer.raise_for_status()
    return name


def _silent(client: SyncPrefectClient, alive: Collection[str]) -> list[FlowRun]:
    """Runs that are said to be under way, or about to be, for a while, of batches that nobody reads."""
    found: list[FlowRun] = []
    for state, seconds in _SUSPECT_S.items():
        runs: Iterable[FlowRun] = client.read_flow_runs(
            flow_run_filter=FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[state]))),
            deployment_filter=DeploymentFilter(name=DeploymentFilterName(any_=[READ_BATCH.partition("/")[2]])),
        )
        before = datetime.now(UTC) - timedelta(seconds=seconds)
        silent = [run for run in runs if run.state is not None and run.state.timestamp < before]
        found += [run for run in silent if _batch_of(run) not in alive]
    return found


def _batch_of(run: FlowRun) -> str:
    return str((run.parameters or {}).get("batch", ""))


def _read(client: SyncPrefectClient, run: str) -> FlowRun | None:
    try:
        found: Any = client.read_flow_run(UUID(run))
        return found  # type: ignore[no-any-return]
    except ObjectNotFound:
        return None


def _is_over(run: FlowRun | None) -> bool:
    return run is None or (run.state is not None and run.state.is_final())
