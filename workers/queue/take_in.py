"""What lies somewhere comes to wait in the queue: each file read once to know it, and not again until it changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from pipeline.domain.errors import ResourceError
from storage.catalogue import Catalogue, QueuedInput, Urgency
from workers.batch.inputs import in_series
from workers.queue.places import Places, Scan, Source

_AT_ONCE = 200  # places asked about at a time
_TOGETHER = 50  # new files in one transaction: the first batch is read while the rest is still looked at


@dataclass(slots=True)
class TakenIn:
    """Counts. `known`: looked at before, unchanged; `again`: new places of what waits or was done; `unreadable`: left
    for the next time; `full`: more waits than may, the rest comes later."""

    found: int = 0
    known: int = 0
    queued: int = 0
    again: int = 0
    unreadable: int = 0
    full: bool = False

    def as_counts(self) -> dict[str, int]:
        return {
            "found": self.found,
            "known": self.known,
            "queued": self.queued,
            "again": self.again,
            "unreadable": self.unreadable,
            "full": int(self.full),
        }


@dataclass(slots=True, kw_only=True)
class Intake:
    """Takes sources in. `bound`: so many inputs may wait; `pages` of a batch; `office`, `urgency`: of scans whose place
    says nothing of it."""

    catalogue: Catalogue
    places: Places
    actor: str
    bound: int
    pages: int = 50
    office: str = ""
    urgency: Urgency = Urgency.BATCH
    _taken: TakenIn = field(default_factory=TakenIn)
    _before: tuple[tuple[str, str, int] | None, str] = (None, "")

    def take_in(self, source: Source) -> TakenIn:
        """Everything that is new. Raises the stores' errors; what was queued until then stays so."""
        self._taken = TakenIn()
        for scans in _in_runs(source.scans(), _AT_ONCE):
            self._taken.found += len(scans)
            with self.catalogue.queue_as_it_is() as queue:
                known = queue.known({scan.place: scan.stamp for scan in scans})
                room = self.bound - queue.waiting()
            if not self._take(scans, known, room):
                break
        return self._taken

    def _take(self, scans: list[Scan], known: dict[str, str], room: int) -> bool:
        """Queues the new ones of these scans; False when the queue is full."""
        new: list[tuple[Scan, QueuedInput]] = []
        for scan in scans:
            sha256 = known.get(scan.place)
            if sha256 is not None:
                self._taken.known += 1
                self._goes_on_from(scan, sha256)
                continue
            if room <= 0:
                self._taken.full = True
                break
            entry = self._look_at(scan)
            if entry is None:
                continue
            room -= 1
            new.append((scan, entry))
            if len(new) == _TOGETHER:
                self._queue(new)
                new = []
        self._queue(new)
        return not self._taken.full

    def _look_at(self, scan: Scan) -> QueuedInput | None:
        try:
            sha256 = self.places.digest(scan.place)
        except ResourceError as error:
            if error.retryable and scan.place.startswith("s3:"):
                raise
            self._taken.unreadable += 1
            return None
        return QueuedInput(
            place=scan.place,
            stamp=scan.stamp,
            sha256=sha256,
            name=scan.name,
            size=scan.size,
            pages=scan.pages,
            after_sha256=self._goes_on_from(scan, sha256),
        )

    def _goes_on_from(self, scan: Scan, sha256: str) -> str | None:
        """The file just before this one, where their names are counted through. Remembers this one for the next."""
        series, (before, last) = in_series(scan.name), self._before
        self._before = (series, sha256)
        if series is None or before is None:
            return None
        return last if before == (series[0], series[1], series[2] - 1) else None

    def _queue(self, new: list[tuple[Scan, QueuedInput]]) -> None:
        if not new:
            return
        groups: dict[tuple[str, Urgency], list[QueuedInput]] = {}
        for scan, entry in new:
            key = (
                self.office if scan.office is None else scan.office,
                self.urgency if scan.urgency is None else scan.urgency,
            )
            groups.setdefault(key, []).append(entry)
        again: list[QueuedInput] = []
        with self.catalogue.queue() as queue:
            for (office, urgency), entries in groups.items():
                again += queue.add(entries, office=office, urgency=urgency)
            queue.form_batches(pages=self.pages)
        self._taken.queued += len(new) - len(again)
        self._taken.again += len(again)
        for entry in again:
            self.catalogue.found(entry.sha256, place=self.places.shown(entry.place), actor=self.actor)


def _in_runs(scans: Iterable[Scan], size: int) -> Iterator[list[Scan]]:
    rest = iter(scans)
    while run := list(islice(rest, size)):
        yield run
