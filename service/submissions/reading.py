"""Where files are read: a pool of bounded processes that the wiring hands in."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pipeline.domain.model import CivilRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanReading:
    """What one file holds. `archival` is the two-layer PDF, in a place that `discard` clears."""

    records: tuple[CivilRecord, ...]
    archival: Path
    pages: int

    def discard(self) -> None:
        """Removes the PDF; what was stored of it stays."""
        self.archival.unlink(missing_ok=True)


class ScanReader(Protocol):
    """Reads files in processes without network, bounded in memory and time."""

    def submit(
        self, path: Path, *, name: str, sha256: str, on_page: Callable[[int], None] | None = None
    ) -> Future[ScanReading]:
        """The future gives the reading or raises: `InputError` for the file's fault, `ResourceError` for ours.

        `on_page` hears of each page that was read, in a thread that must not be kept.
        """
        ...
