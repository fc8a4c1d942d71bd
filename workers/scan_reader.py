"""Files handed to the bounded worker processes one at a time, each with a place of its own for its archival copy."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Protocol

from workers.jobs import FileRead, ReadFile
from workers.processes import WorkerPool


class ScanReader(Protocol):
    """Reads files in processes without network, bounded in memory and time."""

    def submit(
        self, path: Path, *, name: str, sha256: str, on_page: Callable[[int], None] | None = None
    ) -> Future[FileRead]:
        """The future gives what was read or raises: `InputError` for the file's fault, `ResourceError` for ours.

        `on_page` hears of each page that was read, in a thread that must not be kept. Whoever takes what was read
        discards it when it is stored or not wanted (`FileRead.discard`).
        """
        ...


class PoolScanReader:
    """A `ScanReader` over a pool of worker processes; archival copies wait in `spool`."""

    def __init__(self, pool: WorkerPool, spool: Path) -> None:
        self._pool = pool
        self._spool = spool

    def submit(
        self, path: Path, *, name: str, sha256: str, on_page: Callable[[int], None] | None = None
    ) -> Future[FileRead]:
        pdf = self._spool / f"{secrets.token_hex(16)}.pdf"
        job = ReadFile(path=str(path), name=name, sha256=sha256, size=path.stat().st_size, pdf=str(pdf))
        future = self._pool.submit(job, on_page=on_page)
        future.add_done_callback(lambda done: _discard_failed(done, pdf))
        return future


def _discard_failed(done: Future[Any], pdf: Path) -> None:
    if done.cancelled() or done.exception() is not None:
        pdf.unlink(missing_ok=True)
