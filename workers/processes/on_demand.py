"""A pool that is started when it is first needed, or earlier when somebody knows that it will be."""

from __future__ import annotations

import threading

from workers.processes.pool import WorkerPool, WorkerSpec


class OnDemandPool:
    """Starts its `WorkerPool` once. Safe from several threads."""

    def __init__(self, spec: WorkerSpec, *, size: int) -> None:
        self._spec = spec
        self._size = size
        self._lock = threading.Lock()
        self._pool: WorkerPool | None = None

    def start(self) -> WorkerPool:
        """The pool; its processes load beside whoever calls. Raises `WorkerUnusable`."""
        with self._lock:
            if self._pool is None:
                self._pool = WorkerPool(self._spec, size=self._size)
            return self._pool

    def hold(self, held: bool) -> None:
        """See `WorkerPool.hold`; nothing, where no process was started."""
        with self._lock:
            if self._pool is not None:
                self._pool.hold(held)

    def close(self) -> None:
        """Ends the processes, if any were started."""
        with self._lock:
            if self._pool is not None:
                self._pool.close()
