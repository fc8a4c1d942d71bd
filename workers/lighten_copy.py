"""Makes an archival copy light. Runs in a bounded worker process: its pictures come from outside, and are decoded here
and nowhere near a key."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2

from pipeline.domain.message import Message
from pipeline.records.copies.small import made_small
from storage.files import translated_os_errors
from workers.processes import WorkerLimits, WorkerPool, WorkerSpec
from workers.processes.process import Channel

_CPU_S, _WALL_S = 300.0, 600.0  # of a whole copy: a long book has hundreds of pages


@dataclass(frozen=True, slots=True, kw_only=True)
class LightenCopy:
    """The archival copy at `path`; the light one is written to `target`."""

    path: str
    target: str

    @property
    def reads(self) -> str | None:
        return self.path

    @property
    def writes(self) -> str | None:
        return self.target


def lighten(job: LightenCopy, channel: Channel) -> None:
    """The worker's job handler."""
    channel.page(1)
    small = made_small(channel.source(job.path).read_bytes())
    with channel.target() as target:
        target.write(small)


def load_lightener() -> Callable[[LightenCopy, Channel], None]:
    """What the worker process loads: named by its `WorkerSpec`."""
    cv2.setNumThreads(1)
    return lighten


def lightened(data: bytes, *, memory_mb: int) -> bytes:
    """The copy made light, in a process of its own. Raises what `WorkerPool` raises for a process that ends badly."""
    spec = WorkerSpec(
        factory="workers.lighten_copy:load_lightener",
        arguments={},
        limits=WorkerLimits(memory_mb=memory_mb, page_cpu_s=_CPU_S, page_wall_s=_WALL_S),
    )
    with (
        translated_os_errors(Message("làm bản nhẹ", "making the light copy")),
        tempfile.TemporaryDirectory(prefix="hotich-copy-") as folder,
        WorkerPool(spec, size=1) as pool,
    ):
        source, target = Path(folder) / "copy.pdf", Path(folder) / "light.pdf"
        source.write_bytes(data)
        pool.submit(LightenCopy(path=str(source), target=str(target))).result()
        return target.read_bytes()
