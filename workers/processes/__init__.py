"""Bounded worker processes: loaded once, limited, without network, replaced when they fall."""

from workers.processes.limits import WorkerLimits
from workers.processes.on_demand import OnDemandPool
from workers.processes.pool import WorkerPool, WorkerSpec

__all__ = ["OnDemandPool", "WorkerLimits", "WorkerPool", "WorkerSpec"]
