"""What a worker's warm process imports before its first run: the flows, and what they import when they are called."""

from __future__ import annotations

from importlib import import_module

_WHEN_CALLED = (
    "anyio._backends._asyncio",
    "psycopg",
    "ocr_models.readers",
    "pipeline.read_page",
    "prefect.artifacts",
    "storage.checks",
    "storage.commit",
    "storage.objects",
    "storage.store_log",
    "workers.archive_reading",
    "workers.batch.batch_run",
    "workers.processes.pool",
    "workers.queue.read_batch",
    "workers.queue.take_in",
)

for _name in ("hotich.deployed", *_WHEN_CALLED):
    import_module(_name)
