"""Makes an archival copy light, or covers on its pages what is of others. Runs in a bounded worker process: its
pictures come from outside, and are decoded here and nowhere near a key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import cv2

from pipeline.domain.geometry import Quad
from pipeline.records.copies.own_act import only_places
from pipeline.records.copies.small import made_small
from workers.processes.process import Channel

Places = Mapping[int, tuple[tuple[int, int], tuple[Quad, ...]]]
"""By page, from 1: its width and height in scan pixels, and what stays of it in them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrepareCopy:
    """The archival copy at `path`; what is made of it is written to `target`. `places`: pages of which nothing else
    stays; None: its pictures are made light instead."""

    path: str
    target: str
    places: Places | None = None

    @property
    def reads(self) -> str | None:
        return self.path

    @property
    def writes(self) -> str | None:
        return self.target


def prepare(job: PrepareCopy, channel: Channel) -> None:
    """The worker's job handler."""
    channel.page(1)
    data = channel.source(job.path).read_bytes()
    made = made_small(data) if job.places is None else only_places(data, job.places)
    with channel.target() as target:
        target.write(made)


def load_preparer() -> Callable[[PrepareCopy, Channel], None]:
    """What the worker process loads: named by its `WorkerSpec`."""
    cv2.setNumThreads(1)
    return prepare
