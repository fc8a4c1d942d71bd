"""Bounded worker processes: loaded once, limited, without network, replaced when they fall."""

from flows.workers.limits import WorkerLimits
from flows.workers.pool import WorkerPool, WorkerSpec

__all__ = ["WorkerLimits", "WorkerPool", "WorkerSpec"]
