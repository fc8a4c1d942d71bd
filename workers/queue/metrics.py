"""Prometheus' figures of the queue, asked of the catalogue at each scrape: exact, whatever machine did the work."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from pipeline.domain.errors import HotichError
from storage.catalogue import Catalogue, Depth
from storage.log_times import histogram
from storage.objects import ObjectStore

_STAGE = "_seconds"
_DONE = {
    "pages": "pages read and stored",
    "done": "files read and stored",
    "records": "records stored",
    "set_aside": "files set aside",
    "batches": "batches that came to their end",
    "lost_leases": "claims whose holder was not heard of any more",
    "log_waited_sum": "seconds for which transactions of batches waited for the head of the audit log",
}
_NAMES = {"log_waited_sum": "log_waited_seconds"}


class QueueMetrics(Collector):
    """Depth and age of the queue by office, what was done, and whether the stores answer. No names, no values."""

    def __init__(
        self,
        open_catalogue: Callable[[], Catalogue],
        open_objects: Callable[[], ObjectStore],
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Both are opened at the first scrape that finds them there."""
        self._open_catalogue = open_catalogue
        self._open_objects = open_objects
        self._now = now
        self._catalogue: Catalogue | None = None
        self._objects: ObjectStore | None = None

    def describe(self) -> list[Metric]:
        """Nothing is asked before the first scrape."""
        return []

    def collect(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("hotich_store_up", "whether the store answers", labels=["store"])
        queue = self._queue()
        up.add_metric(["catalogue"], float(queue is not None))
        up.add_metric(["objects"], float(self._objects_answer()))
        yield up
        if queue is not None:
            depths, totals, reading, unstarted = queue
            yield from self._depths(depths)
            yield from _totals(totals)
            yield GaugeMetricFamily("hotich_batches_reading", "batches that somebody reads now", value=reading)
            yield GaugeMetricFamily("hotich_batches_waiting", "batches that wait for their run", value=unstarted)

    def _queue(self) -> tuple[list[Depth], list[tuple[str, str, float]], int, int] | None:
        try:
            self._catalogue = self._catalogue or self._open_catalogue()
            with self._catalogue.queue_as_it_is() as queue:
                return queue.depths(), queue.totals(), len(queue.alive()), queue.not_started()
        except HotichError:
            return None

    def _objects_answer(self) -> bool:
        try:
            self._objects = self._objects or self._open_objects()
            next(iter(self._objects.files("log")), None)
            return True
        except HotichError:
            return False

    def _depths(self, depths: list[Depth]) -> Iterator[Metric]:
        labels = ["office", "class"]
        files = GaugeMetricFamily("hotich_queue_files", "files that wait or are being read", labels=labels)
        pages = GaugeMetricFamily("hotich_queue_pages", "pages that wait, about", labels=labels)
        oldest = GaugeMetricFamily("hotich_queue_oldest_seconds", "how long the oldest waits", labels=labels)
        for depth in depths:
            of = [depth.office, depth.urgency.name.lower()]
            files.add_metric(of, depth.files)
            pages.add_metric(of, depth.pages)
            since = datetime.fromisoformat(depth.oldest.replace("Z", "+00:00"))
            oldest.add_metric(of, max(0.0, (self._now() - since).total_seconds()))
        yield from (files, pages, oldest)


def _totals(totals: list[tuple[str, str, float]]) -> Iterator[Metric]:
    stages = CounterMetricFamily("hotich_stage_seconds", "seconds of each stage", labels=["office", "stage"])
    counters = {
        figure: CounterMetricFamily(f"hotich_{_NAMES.get(figure, figure)}", text, labels=["office"])
        for figure, text in _DONE.items()
    }
    for office, figure, value in totals:
        if figure.endswith(_STAGE):
            stages.add_metric([office, figure.removesuffix(_STAGE)], value)
        elif figure in counters:
            counters[figure].add_metric([office], value)
    yield stages
    yield from counters.values()
    yield _held(totals)


def _held(totals: list[tuple[str, str, float]]) -> Metric:
    """What all workers share, so without offices."""
    figures: dict[str, float] = defaultdict(float)
    for _, figure, value in totals:
        figures[figure] += value
    buckets, seconds = histogram(figures)
    text = "seconds for which a transaction of a batch held the head of the audit log"
    return HistogramMetricFamily("hotich_log_held_seconds", text, buckets=buckets, sum_value=seconds)
