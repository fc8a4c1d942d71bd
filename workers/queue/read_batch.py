"""One batch of the queue is read: whoever takes it, and however often, each of its inputs is done once."""

from __future__ import annotations

import shutil
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from pipeline.domain.errors import HotichError, InputError
from storage.catalogue import Catalogue, Owner, WaitingInput, WorkKey
from workers.batch.batch_run import BatchRun, FileJob
from workers.batch.inputs import InputFile
from workers.batch.results import Fate, FileResult
from workers.leases import LeaseKeeper
from workers.patience import Patience
from workers.queue.places import Places

_WAIT_S = 60.0
_SOON, _LATER = timedelta(seconds=5), timedelta(seconds=20)


@dataclass(slots=True, kw_only=True)
class BatchReader:
    """Reads batches of the queue over one `BatchRun`. `key`: the work on an input as this release does it; `folder`:
    where inputs lie while they are read."""

    catalogue: Catalogue
    run: BatchRun
    places: Places
    leases: LeaseKeeper
    patience: Patience
    folder: Path
    key: Callable[[str], WorkKey]
    actor: str
    _held_before: dict[str, float] = field(default_factory=dict)

    def read(self, batch: str) -> dict[str, float]:
        """Reads what of the batch still waits; gives counts and the seconds of each stage. What is left waits for
        another batch: `left`. Raises the stores' errors where nothing could be begun."""
        started, owner = time.monotonic(), Owner.current()
        self._held_before = self.catalogue.database.log_times.figures()
        waiting = self.patience.do(lambda: self._begin(batch, owner))
        self.leases.start()
        counts: dict[str, float] = defaultdict(float, files=len(waiting))
        here = {one.sha256 for one in waiting}
        held: list[tuple[str, list[FileJob]]] = []
        jobs: list[FileJob] = []
        for one in waiting:
            looked = self._looked_at(one, counts)
            jobs += looked
            if one.after_sha256 is None or one.after_sha256 in here:
                self.run.begin(looked)
            else:
                held.append((one.after_sha256, looked))
        for before, looked in held:  # last: what they go on from is the last of another batch
            self._wait_for(before)
            self.run.begin(looked)
        self.run.finish(jobs)
        results = self.run.results
        for name, value in _counts(results).items():
            counts[name] += value
        for stage, seconds in self.run.stage_seconds.items():
            counts[f"{stage}_seconds"] += seconds
        shutil.rmtree(self.folder, ignore_errors=True)
        counts["seconds"] = time.monotonic() - started
        office = waiting[0].office if waiting else ""
        counts |= {name: value for name, value in self._held().items() if name in HELD}
        counts["left"] = self.patience.do(lambda: self._end(batch, office, counts))
        return {name: round(value, 4) for name, value in sorted(counts.items())}

    def _begin(self, batch: str, owner: Owner) -> list[WaitingInput]:
        with self.catalogue.queue() as queue:
            return queue.begin(batch, owner, lease=self.catalogue.lease)

    def _wait_for(self, sha256: str) -> None:
        """Until this input is read, or for a minute: then the reader says whether it has to be known at all."""
        ends = time.monotonic() + _WAIT_S
        with suppress(HotichError):
            while self.catalogue.is_waiting(sha256) and time.monotonic() < ends:
                time.sleep(0.5)

    def _looked_at(self, one: WaitingInput, counts: dict[str, float]) -> list[FileJob]:
        """The input fetched, to be read; none where it is gone, or cannot be fetched, or was done before."""
        started = time.monotonic()
        path = self.folder / f"{one.sha256}{Path(one.name).suffix[:16]}"
        try:
            sha256 = self.patience.do(lambda: self.places.fetch(one.place, path))
        except InputError as error:
            counts["set_aside"] += self.catalogue.give_up(
                self.key(one.sha256), code=error.code, message=error.message, actor=self.actor
            )
            return []
        except HotichError:
            counts["not_fetched"] += 1
            return []
        counts["fetch_seconds"] += time.monotonic() - started
        if sha256 != one.sha256:
            with self.catalogue.queue() as queue:
                queue.drop(one.sha256)
            counts["changed"] += 1
            return []
        file = InputFile(
            path=path,
            name=one.name,
            size=one.size,
            place=self.places.shown(one.place),
            sha256=sha256,
            after_sha256=one.after_sha256,
        )
        return self.run.look([file])

    def _end(self, batch: str, office: str, counts: dict[str, float]) -> int:
        figures = {name: counts[name] for name in COUNTED if counts[name]} | self._held()
        with self.catalogue.queue() as queue:
            queue.count(office, figures | {"batches": 1})
            return queue.end(
                batch,
                owner=Owner.current(),
                again_in=_LATER if counts["elsewhere"] or counts["failed_here"] else _SOON,
            )

    def _held(self) -> dict[str, float]:
        """How often and how long this batch held the head of the audit log (`storage.log_times`)."""
        now = self.catalogue.database.log_times.figures()
        held = {name: value - self._held_before.get(name, 0.0) for name, value in now.items()}
        return {name: value for name, value in held.items() if value}


HELD = ("log_holds", "log_held_sum", "log_waited_sum")
"""What of it a run shows."""

COUNTED = ("done", "set_aside", "pages", "records", "fetch_seconds", "read_seconds", "store_seconds", "seconds")
"""What of a batch is added up for good."""


def _counts(results: list[FileResult]) -> dict[str, int]:
    done = [result for result in results if result.status in (Fate.DONE, Fate.INCOMPLETE)]
    aside = [result for result in results if result.status is Fate.SET_ASIDE]
    elsewhere = sum(result.code in ("work.elsewhere", "storage.claim_lost", "work.later") for result in aside)
    here = sum(result.failed_here for result in aside if result.code != "storage.claim_lost")
    return {
        "done": len(done),
        "unchanged": sum(result.status is Fate.UNCHANGED for result in results),
        "elsewhere": elsewhere,
        "failed_here": here,
        "set_aside": len(aside) - elsewhere - here,
        "pages": sum(result.pages for result in done),
        "records": sum(len(result.records) for result in done),
        "accepted": sum(result.accepted for result in done),
        "review": sum(result.review for result in done),
    }
