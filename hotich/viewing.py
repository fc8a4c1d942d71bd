"""The process that makes pictures of originals, as the service's renderer."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hotich.settings import Settings
from hotich.wiring import pipeline_settings

if TYPE_CHECKING:
    from pipeline.domain.geometry import Quad
    from service.desk.views import View
    from workers.processes import WorkerPool

_CPU_S, _WALL_S = 20.0, 40.0  # of one page; a clerk waits for it


class PoolRenderer:
    """One bounded worker of `workers.draw_view`, started when the first picture is wanted. Safe from several threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._pool: WorkerPool | None = None

    def wake(self) -> None:
        self._started()

    def line(self, path: Path, *, sha256: str, page: int, box: Quad, lines: int = 1) -> Future[View]:
        from workers.draw_view import ShowLine

        return self._show(ShowLine(path=str(path), sha256=sha256, page=page, box=box, lines=lines))

    def page(self, path: Path, *, sha256: str, page: int) -> Future[View]:
        from workers.draw_view import ShowPage

        return self._show(ShowPage(path=str(path), sha256=sha256, page=page))

    def reading_line(self, path: Path, *, sha256: str, page: int, box: Quad) -> Future[View]:
        from workers.draw_view import CutLine

        return self._show(CutLine(path=str(path), sha256=sha256, page=page, box=box))

    def close(self) -> None:
        """Ends the worker, if one was started."""
        with self._lock:
            if self._pool is not None:
                self._pool.close()

    def _show(self, job: Any) -> Future[View]:
        from service.desk.views import View

        out: Future[View] = Future()

        def done(shown: Future[Any]) -> None:
            if shown.cancelled():
                out.cancel()
            elif (error := shown.exception()) is not None:
                out.set_exception(error)
            else:
                found = shown.result()
                out.set_result(View(picture=found.picture, scan_size=found.scan_size))

        self._started().submit(job).add_done_callback(done)
        return out

    def _started(self) -> WorkerPool:
        from workers.processes import WorkerLimits, WorkerPool, WorkerSpec

        with self._lock:
            if self._pool is None:
                limits = pipeline_settings(self._settings).limits
                memory = self._settings.worker_memory_mb
                self._pool = WorkerPool(
                    WorkerSpec(
                        factory="workers.draw_view:build_viewer",
                        arguments={"limits": limits},
                        limits=WorkerLimits(memory_mb=memory, page_cpu_s=_CPU_S, page_wall_s=_WALL_S),
                    ),
                    size=1,
                )
            return self._pool
