"""How fast so many workers would be, by the stage times of a few: what they all need stands between them.

Pure: times in, figures out. Workers draw batches like those that were recorded. What each has for itself (reading,
fetching) takes its recorded time; what is shared is waited for in turn.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

_ROUNDS = 30  # batches that each worker draws
FULL = 0.9
"""Busy so much of the time, a part holds the others up."""


@dataclass(frozen=True, slots=True)
class BatchTimes:
    """Seconds of one batch: `own` of a run that is neither fetching, reading nor storing; `idle` of its worker before
    it."""

    files: int
    fetch: float
    read: float
    store: float
    own: float
    idle: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What all workers share. `lanes`: how many are served at a time; `always`: the share of one lane that is busy
    whoever works; seconds of one lane that a batch needs, a file needs, and that are gone for each second a worker is
    there, working or not."""

    lanes: int = 1
    always: float = 0.0
    a_batch: float = 0.0
    a_file: float = 0.0
    a_worker_second: float = 0.0


@dataclass(frozen=True, slots=True)
class Simulated:
    """Files a second; and how much of the time each shared part is busy."""

    workers: int
    files_a_second: float
    busy: Mapping[str, float] = field(default_factory=dict)

    @property
    def bottleneck(self) -> str:
        return max(self.busy, key=lambda part: self.busy[part])


def as_if(batches: Sequence[BatchTimes], *, files: int | None = None, read_s: float | None = None) -> list[BatchTimes]:
    """The same batches, had each so many files, and had each file taken so many seconds to be read."""
    found = []
    for batch in batches:
        times = 1.0 if files is None else files / batch.files
        made = replace(batch, files=round(batch.files * times), fetch=batch.fetch * times, store=batch.store * times)
        found.append(replace(made, read=batch.read * times if read_s is None else read_s * made.files))
    return found


def simulate(batches: Sequence[BatchTimes], parts: Mapping[str, Part], workers: int, *, seed: int = 1) -> Simulated:
    """Everybody reads batches in turn. A part that is busy with workers' mere presence alone gives no file at all."""
    presence = {name: (part.always + workers * part.a_worker_second) / part.lanes for name, part in parts.items()}
    if max(presence.values(), default=0.0) >= 1.0:
        return Simulated(workers, 0.0, {name: min(1.0, share) for name, share in presence.items()})
    drawn = np.random.default_rng(seed).integers(len(batches), size=workers * _ROUNDS)
    lanes = {name: [0.0] * part.lanes for name, part in parts.items()}
    spent = dict.fromkeys(parts, 0.0)
    ready = [(0.0, number) for number in range(workers)]
    files, ends = 0, 0.0
    for choice in drawn:
        batch = batches[choice]
        now, number = heapq.heappop(ready)
        now += batch.idle + batch.own + batch.fetch + batch.read + batch.store
        for name, part in parts.items():
            need = (part.a_batch + part.a_file * batch.files) / (1 - presence[name])
            free = heapq.heappop(lanes[name])
            heapq.heappush(lanes[name], max(free, now) + need)
            now = max(now, free + need)  # what it needs of a free lane is in the times that were recorded
            spent[name] += need * (1 - presence[name])
        heapq.heappush(ready, (now, number))
        files, ends = files + batch.files, max(ends, now)
    busy = {name: presence[name] + spent[name] / part.lanes / ends for name, part in parts.items()}
    return Simulated(workers, files / ends, busy)


def first_bottleneck(
    batches: Sequence[BatchTimes], parts: Mapping[str, Part], *, most: int = 1000
) -> tuple[int, str] | None:
    """From how many workers on which part is the first that holds the others up; None where none does up to `most`."""
    low, high = 0, most
    if max(simulate(batches, parts, most).busy.values()) < FULL:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        full = max(simulate(batches, parts, middle).busy.values()) >= FULL
        low, high = (low, middle) if full else (middle, high)
    return high, simulate(batches, parts, high).bottleneck
