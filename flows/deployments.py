"""Production: the flows registered with a Prefect server, and a worker that takes their runs."""

from __future__ import annotations

import asyncio
import contextlib
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

from flows.prefect_server import prefect_settings
from pipeline.domain.errors import ResourceError
from pipeline.domain.message import Message

_DAY_S = 24 * 3600
KEEPING = {"replicate": 3600, "checkpoint": _DAY_S, "verify": 7 * _DAY_S}
"""How often each task of the flow that keeps the archive runs, in seconds."""


def deploy_inbox(
    entrypoint: str, *, pool: str, home: Path, api_url: str, every_s: int | None = None, version: str = ""
) -> str:
    """Registers the inbox flow for a process work pool, which is made if it is missing; gives its name.

    `entrypoint`: the module path of the wired flow, as the worker imports it. `every_s`: run it on a
    schedule; without one it runs when somebody asks. Raises ResourceError when the server does not answer.
    """
    _point_prefect_at(home, api_url)
    from flows.digitize import digitize_inbox

    return _deploy(digitize_inbox, "inbox", entrypoint, pool=pool, api_url=api_url, every_s=every_s, version=version)


def deploy_learning(entrypoint: str, *, pool: str, home: Path, api_url: str, version: str = "") -> str:
    """Registers the flow that learns the hands of books with corrected lines enough, once a day; as `deploy_inbox`."""
    _point_prefect_at(home, api_url)
    from flows.adapt_books import adapt_due

    return _deploy(adapt_due, "books", entrypoint, pool=pool, api_url=api_url, every_s=_DAY_S, version=version)


def deploy_reread(entrypoint: str, *, pool: str, home: Path, api_url: str, version: str = "") -> str:
    """Registers the flow that reads the archive again; it runs when somebody asks. As `deploy_inbox`."""
    _point_prefect_at(home, api_url)
    from flows.reread import reread_archive

    return _deploy(reread_archive, "archive", entrypoint, pool=pool, api_url=api_url, every_s=None, version=version)


def deploy_keeping(entrypoint: str, *, pool: str, home: Path, api_url: str, version: str = "") -> list[str]:
    """Registers what keeps the archive whole: replicas every hour, a checkpoint a day, a check a week; as
    `deploy_inbox`."""
    _point_prefect_at(home, api_url)
    from flows.keep_archive import keep_archive

    return [
        _deploy(
            keep_archive, task, entrypoint, pool=pool, api_url=api_url, every_s=every_s, version=version,
            parameters={"task": task},
        )
        for task, every_s in KEEPING.items()
    ]  # fmt: skip


def _deploy(
    flow: Any,
    name: str,
    entrypoint: str,
    *,
    pool: str,
    api_url: str,
    every_s: int | None,
    version: str,
    parameters: dict[str, str] | None = None,
) -> str:
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.actions import WorkPoolCreate
    from prefect.deployments.runner import RunnerDeployment
    from prefect.exceptions import ObjectAlreadyExists
    from prefect.types.entrypoint import EntrypointType

    try:
        with get_client(sync_client=True) as client, contextlib.suppress(ObjectAlreadyExists):
            client.create_work_pool(WorkPoolCreate(name=pool, type="process"))
        deployment = RunnerDeployment.from_flow(
            flow,
            name=name,
            work_pool_name=pool,
            interval=timedelta(seconds=every_s) if every_s else None,
            entrypoint_type=EntrypointType.MODULE_PATH,
            version=version or None,
            parameters=parameters,
            # One at a time: a second run would find all work taken by the first.
            concurrency_limit=1,
        )
        deployment.entrypoint = entrypoint
        deployment.apply()
    except Exception as error:
        raise _no_answer(api_url, error) from error
    return f"{flow.name}/{name}"


def run_worker(pool: str, *, home: Path, api_url: str, once: bool = False) -> None:
    """Takes runs of the pool and starts each in a process of its own, until stopped.

    `once`: takes what waits now, then returns. Raises ResourceError when the server does not answer.
    """
    _point_prefect_at(home, api_url)
    from prefect.workers.process import ProcessWorker

    try:
        worker = ProcessWorker(work_pool_name=pool)
        asyncio.run(worker.start(run_once=once, printer=lambda *_: None))
    except KeyboardInterrupt:
        raise
    except Exception as error:
        raise _no_answer(api_url, error) from error


def _point_prefect_at(home: Path, api_url: str) -> None:
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.environ.update(prefect_settings(home) | {"PREFECT_API_URL": api_url, "PREFECT_LOGGING_LEVEL": "WARNING"})


def _no_answer(api_url: str, error: Exception) -> ResourceError:
    return ResourceError(
        Message(
            f"Prefect server {api_url} không nhận yêu cầu ({type(error).__name__}); kiểm tra địa chỉ và máy chủ.",
            f"The Prefect server {api_url} did not take the request ({type(error).__name__}); check it.",
        ),
        code="resource.prefect",
    )
