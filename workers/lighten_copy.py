"""Makes an archival copy light. Runs in a bounded worker process: its pictures come from outside, and are decoded here
and nowhere near a key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2

from pipeline.records.copies.small import made_small
from workers.processes.process import Channel


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
