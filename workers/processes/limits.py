"""What one worker process may use."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerLimits:
    """Bounds of a worker and of each page it reads.

    `memory_mb`: resident memory the parent tolerates, and the data segment the kernel grants.
    `page_cpu_s`: processor time of one page, the worker's own and its children's: other programs on
    the machine cannot push an innocent page over it. `page_wall_s`: wall-clock time, for what hangs.
    """

    memory_mb: int = 1536
    page_cpu_s: float = 60.0
    page_wall_s: float = 600.0
    start_s: float = 180.0
