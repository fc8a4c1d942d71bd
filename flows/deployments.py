"""Production: the flows registered with a Prefect server, and a worker that takes their runs.

Two pools: one whose runs read, one run at a time on each machine; and one for what looks after the rest, so that this
never waits for reading. No deployment has a limit of its own: what is done once is the ledger's affair.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from dataclasses import dataclass, field
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

from flows.prefect_server import prefect_settings
from flows.warm_engines import warm_engines
from pipeline.domain.errors import HotichError, ResourceError
from pipeline.domain.message import Message
from workers.queue.care import QueueCare

_DAY_S = 24 * 3600
RECONCILE_S = 30
_CARE_AT_ONCE = 4
_CARE_ASKED_S = 6.0  # Prefect hands out what is due within ten seconds: it is known in time
_PAUSE_S = 5.0
_POLL_S = "2"  # between two looks whether to ask for work: at ten seconds a machine is idle between two batches
HEARTBEAT_S = "30"
GONE = ("digitize-inbox/inbox",)
"""Deployments of earlier versions, which are taken away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """A flow by its module path as workers import it, registered under `name`. `reads`: whether it belongs to the pool
    that reads."""

    flow: str
    name: str
    every_s: int | None = None
    reads: bool = False
    parameters: dict[str, str] = field(default_factory=dict)


def deployments(module: str, *, take_in_every_s: int | None) -> list[Deployment]:
    """Everything that is deployed of the module: the intake (by itself, or when somebody asks), reading a batch, and
    twice a minute reconciliation; once a day the hands of books; rereading when somebody asks; replicas every hour, a
    checkpoint a day, a check a week."""
    keeping = {"replicate": 3600, "checkpoint": _DAY_S, "verify": 7 * _DAY_S}
    return [
        Deployment(flow=f"{module}.read_batch", name="batch", reads=True),
        Deployment(flow=f"{module}.take_in", name="inbox", every_s=take_in_every_s),
        Deployment(flow=f"{module}.reconcile", name="queue", every_s=RECONCILE_S),
        Deployment(flow=f"{module}.adapt_due", name="books", every_s=_DAY_S),
        Deployment(flow=f"{module}.reread_archive", name="archive"),
        *(
            Deployment(flow=f"{module}.keep_archive", name=task, every_s=every_s, parameters={"task": task})
            for task, every_s in keeping.items()
        ),
    ]


def deploy(wanted: list[Deployment], *, pool: str, home: Path, api_url: str, version: str = "") -> list[str]:
    """Registers them for process work pools, which are made where they are missing, and what ends runs of machines
    that are gone; gives their names. Idempotent. Raises ResourceError when the server does not answer."""
    _point_prefect_at(home, api_url)
    try:
        _make_pools(pool)
        names = [_deploy(one, pool=pool if one.reads else care_pool(pool), version=version) for one in wanted]
        _take_away(GONE)
        from flows.zombies import crash_silent_runs

        crash_silent_runs()
    except Exception as error:
        raise _no_answer(api_url, error) from error
    return names


def start_queued(care: QueueCare, *, home: Path, api_url: str) -> int:
    """Starts runs for what waits, as a flow would; how many. Raises ResourceError when the server does not answer."""
    _point_prefect_at(home, api_url)
    try:
        from flows.runs import start_runs

        return start_runs(care)
    except HotichError:
        raise
    except Exception as error:
        raise _no_answer(api_url, error) from error


def care_pool(pool: str) -> str:
    """The pool of what looks after the rest."""
    return f"{pool}-care"


def run_worker(
    pool: str, module: str, *, home: Path, api_url: str, once: bool = False, health_port: int | None = None
) -> None:
    """Takes runs of both pools and starts each in a process of its own, until stopped: one that reads at a time. A
    server that goes away is waited for. `module`: the flows, imported once for all runs.

    `once`: takes what waits now, then returns. `health_port`: of this machine alone, where /health says whether it
    still asks for work. Raises ResourceError when the server does not answer at first.
    """
    _point_prefect_at(home, api_url)
    if health_port is not None:
        os.environ.update(
            {"PREFECT_WORKER_WEBSERVER_HOST": "127.0.0.1", "PREFECT_WORKER_WEBSERVER_PORT": str(health_port)}
        )
    _ask(api_url)
    with warm_engines(module):
        while True:
            try:
                asyncio.run(_work(pool, once, health=health_port is not None))
                return
            except KeyboardInterrupt:
                raise
            except Exception as error:
                if once:
                    raise _no_answer(api_url, error) from error
                time.sleep(_PAUSE_S)


async def _work(pool: str, once: bool, *, health: bool) -> None:
    from flows.quick_worker import quick_worker

    workers = [
        quick_worker(care_pool(pool), limit=_CARE_AT_ONCE, seldom_s=0 if once else _CARE_ASKED_S),
        quick_worker(pool, limit=1),
    ]
    if once:  # the care first: what it starts is read then
        for worker in workers:
            await worker.start(run_once=True, printer=lambda *_: None)
        return
    care, reading = workers
    await asyncio.gather(
        care.start(printer=lambda *_: None), reading.start(printer=lambda *_: None, with_healthcheck=health)
    )


def _ask(api_url: str) -> None:
    from prefect.client.orchestration import get_client

    try:
        with get_client(sync_client=True) as client:
            client.hello().raise_for_status()
    except Exception as error:
        raise _no_answer(api_url, error) from error


def _make_pools(pool: str) -> None:
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.actions import WorkPoolCreate
    from prefect.exceptions import ObjectAlreadyExists

    with get_client(sync_client=True) as client:
        for name in (pool, care_pool(pool)):
            with contextlib.suppress(ObjectAlreadyExists):
                client.create_work_pool(WorkPoolCreate(name=name, type="process"))


def _deploy(one: Deployment, *, pool: str, version: str) -> str:
    from prefect.deployments.runner import RunnerDeployment
    from prefect.types.entrypoint import EntrypointType

    module, _, name = one.flow.rpartition(".")
    flow: Any = getattr(import_module(module), name)
    deployment = RunnerDeployment.from_flow(
        flow,
        name=one.name,
        work_pool_name=pool,
        interval=timedelta(seconds=one.every_s) if one.every_s else None,
        entrypoint_type=EntrypointType.MODULE_PATH,
        version=version or None,
        parameters=one.parameters or None,
    )
    deployment.entrypoint = one.flow
    deployment.apply()
    return f"{flow.name}/{one.name}"


def _take_away(names: tuple[str, ...]) -> None:
    from prefect.client.orchestration import get_client
    from prefect.exceptions import ObjectNotFound

    with get_client(sync_client=True) as client:
        for name in names:
            with contextlib.suppress(ObjectNotFound):
                client.delete_deployment(client.read_deployment_by_name(name).id)


def _point_prefect_at(home: Path, api_url: str) -> None:
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.environ.update(prefect_settings(home) | {"PREFECT_API_URL": api_url, "PREFECT_LOGGING_LEVEL": "WARNING"})
    os.environ.setdefault("PREFECT_WORKER_QUERY_SECONDS", _POLL_S)
    os.environ.setdefault("PREFECT_FLOWS_HEARTBEAT_FREQUENCY", HEARTBEAT_S)


def _no_answer(api_url: str, error: Exception) -> ResourceError:
    return ResourceError(
        Message(
            f"Prefect server {api_url} không nhận yêu cầu ({type(error).__name__}); kiểm tra địa chỉ và máy chủ.",
            f"The Prefect server {api_url} did not take the request ({type(error).__name__}); check it.",
        ),
        code="resource.prefect",
    )
