"""Pictures of originals, made in one bounded worker process that is started when the first one is wanted."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path

from pipeline.domain.geometry import Quad
from pipeline.intake.limits import IntakeLimits
from workers.processes import OnDemandPool, WorkerLimits, WorkerSpec
from workers.view_jobs import CutLine, Job, ShowLine, Shown, ShowPage, ShowProof

_CPU_S, _WALL_S = 20.0, 40.0  # of one page; a clerk waits for it


class ViewRenderer:
    """Safe from several threads. Its futures raise what `workers.draw_view.Viewer` and the pool raise."""

    def __init__(self, limits: IntakeLimits, *, memory_mb: int) -> None:
        spec = WorkerSpec(
            factory="workers.draw_view:build_viewer",
            arguments={"limits": limits},
            limits=WorkerLimits(memory_mb=memory_mb, page_cpu_s=_CPU_S, page_wall_s=_WALL_S),
        )
        self._pool = OnDemandPool(spec, size=1)

    def wake(self) -> None:
        """Starts the process before anything is asked of it."""
        self._pool.start()

    def line(self, path: Path, *, sha256: str, page: int, box: Quad, lines: int = 1) -> Future[Shown]:
        return self._show(ShowLine(path=str(path), sha256=sha256, page=page, box=box, lines=lines))

    def page(self, path: Path, *, sha256: str, page: int) -> Future[Shown]:
        return self._show(ShowPage(path=str(path), sha256=sha256, page=page))

    def reading_line(self, path: Path, *, sha256: str, page: int, box: Quad) -> Future[Shown]:
        return self._show(CutLine(path=str(path), sha256=sha256, page=page, box=box))

    def proof(self, job: ShowProof) -> Future[Shown]:
        return self._show(job)

    def close(self) -> None:
        """Ends the worker, if one was started."""
        self._pool.close()

    def _show(self, job: Job) -> Future[Shown]:
        return self._pool.start().submit(job)
