from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from pipeline.domain.message import Message
from storage.catalogue import Catalogue, QueuedInput, Urgency
from storage.errors import StoreUnavailable
from storage.objects import LocalStore
from tests.making.batches import Bench
from workers.queue.metrics import QueueMetrics


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def text(metrics: QueueMetrics) -> str:
    registry = CollectorRegistry()
    registry.register(metrics)
    return generate_latest(registry).decode()


def test_depth_age_and_what_was_done_are_told_by_office(bench: Bench) -> None:
    with bench.catalogue.queue() as queue:
        one = QueuedInput(place="share:a", stamp="1", sha256="a" * 64, name="a", size=1, pages=7)
        queue.add([one], office="Hàng Bài", urgency=Urgency.BATCH)
        queue.count("Hàng Bài", {"pages": 12, "read_seconds": 3.5, "lost_leases": 1})
    later = datetime.now(UTC) + timedelta(hours=1)
    said = text(QueueMetrics(lambda: bench.catalogue, lambda: bench.objects, now=lambda: later))
    assert 'hotich_queue_files{class="batch",office="Hàng Bài"} 1.0' in said
    assert 'hotich_queue_pages{class="batch",office="Hàng Bài"} 7.0' in said
    assert 'hotich_queue_oldest_seconds{class="batch",office="Hàng Bài"} 36' in said
    assert 'hotich_pages_total{office="Hàng Bài"} 12.0' in said
    assert 'hotich_stage_seconds_total{office="Hàng Bài",stage="read"} 3.5' in said
    assert 'hotich_lost_leases_total{office="Hàng Bài"} 1.0' in said
    assert 'hotich_store_up{store="objects"} 1.0' in said


def test_a_store_that_is_away_is_told_and_the_rest_left_out(bench: Bench) -> None:
    def away() -> Catalogue:
        raise StoreUnavailable(Message.same("away"))

    said = text(QueueMetrics(away, lambda: LocalStore(bench.home / "objects")))
    assert 'hotich_store_up{store="catalogue"} 0.0' in said
    assert "hotich_queue_files" not in said


def test_how_long_the_log_was_held_is_told_by_classes(bench: Bench) -> None:
    times = bench.catalogue.database.log_times
    before = times.figures()
    for held_s in (0.001, 0.02, 3.0):
        times.note(waited_s=0.5, held_s=held_s)
    figures = {name: value - before.get(name, 0.0) for name, value in times.figures().items()}
    with bench.catalogue.queue() as queue:
        for office in ("Hàng Bài", "Hàng Bông"):
            queue.count(office, figures)
    said = text(QueueMetrics(lambda: bench.catalogue, lambda: bench.objects))
    assert 'hotich_log_held_seconds_bucket{le="0.0025"} 2.0' in said
    assert 'hotich_log_held_seconds_bucket{le="0.025"} 4.0' in said
    assert 'hotich_log_held_seconds_bucket{le="1"} 4.0' in said
    assert 'hotich_log_held_seconds_bucket{le="+Inf"} 6.0' in said
    assert "hotich_log_held_seconds_sum 6.04" in said
    assert 'hotich_log_waited_seconds_total{office="Hàng Bài"} 1.5' in said
