"""Looking after the queue: what was lost waits again, what waits comes into batches, batches get their runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeline.domain.errors import HotichError
from pipeline.domain.message import Message
from storage.catalogue import Batch, Catalogue, Depth
from workers.queue.places import Source
from workers.queue.take_in import Intake, TakenIn

HOPELESS = "work.readers_lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack:
    """Counts, and Prefect's numbers of the `runs` that read nothing any more."""

    expired: int
    set_aside: int
    runs: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class QueueCare:
    """What the flows do with the queue; every step is safe at any time, also twice at once. Raises the stores' errors.

    `sources`: where the scheduled intake finds what is new.
    """

    catalogue: Catalogue
    intake: Intake
    sources: tuple[Source, ...]

    def take_in(self) -> dict[str, int]:
        """Queues what is new; counts. A source that cannot be reached keeps no other from being looked at: what it
        raises is raised at the end."""
        taken: list[dict[str, int]] = []
        troubles: list[HotichError] = []
        for source in self.sources:
            try:
                taken.append(self.intake.take_in(source).as_counts())
            except HotichError as error:
                troubles.append(error)
        if troubles:
            raise troubles[0]
        return {name: sum(one[name] for one in taken) for name in TakenIn().as_counts()}

    def form(self) -> int:
        """Puts what waits by itself into batches; how many."""
        with self.catalogue.queue() as queue:
            return queue.form_batches(pages=self.intake.pages)

    def take(self, room: int) -> list[Batch]:
        """Batches to start a run for; see `WorkQueue.take`."""
        with self.catalogue.queue() as queue:
            return queue.take(room)

    def started(self, batch: str, run: str) -> None:
        """A run was started for the batch."""
        with self.catalogue.queue() as queue:
            queue.started(batch, run)

    def alive(self) -> set[str]:
        """Batches that somebody reads."""
        with self.catalogue.queue_as_it_is() as queue:
            return queue.alive()

    def not_begun(self, *, since: datetime) -> list[Batch]:
        """Batches that were to be started before then and that nobody reads yet."""
        text = since.strftime("%Y-%m-%dT%H:%M:%S")
        with self.catalogue.queue_as_it_is() as queue:
            return [batch for batch in queue.not_begun() if (batch.started_at or "") < text]

    def waiting(self) -> list[Depth]:
        """How much of each office waits or is being read."""
        with self.catalogue.queue_as_it_is() as queue:
            return queue.depths()

    def end(self, batch: str) -> int:
        """No run will read the batch: its inputs wait for another; how many."""
        with self.catalogue.queue() as queue:
            return queue.end(batch)

    def take_back(self) -> TakenBack:
        """What was held by somebody who is gone waits again; what is lost every time is set aside."""
        with self.catalogue.queue() as queue:
            again, hopeless = queue.expire()
            gone = queue.abandoned()
            for batch in gone:
                queue.end(batch.batch)
        message = Message(
            "mỗi lần đọc tệp này, tiến trình đọc đều mất; hãy xem tệp rồi cho đọc lại",
            "whoever read this file was lost every time; look at it, then have it read again",
        )
        given_up = [
            self.catalogue.give_up(key, code=HOPELESS, message=message, actor=self.intake.actor) for key in hopeless
        ]
        runs = tuple(batch.run for batch in gone if batch.run is not None)
        return TakenBack(expired=len(again), set_aside=sum(given_up), runs=runs)
