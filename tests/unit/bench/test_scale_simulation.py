"""What is said of many workers follows from the times of a few."""

from __future__ import annotations

import pytest

from tests.bench.scale import Asked, Round, shared_parts
from tests.bench.scale_simulation import BatchTimes, Part, as_if, first_bottleneck, simulate

BATCHES = [BatchTimes(files=10, fetch=1, read=90, store=5, own=2, idle=2)]


def test_workers_that_share_nothing_are_as_many_times_as_fast() -> None:
    alone = simulate(BATCHES, {}, 1).files_a_second
    assert simulate(BATCHES, {}, 100).files_a_second == pytest.approx(100 * alone)


def test_what_is_done_one_at_a_time_bounds_everybody() -> None:
    parts = {"log": Part(a_file=0.5), "database": Part(lanes=4, a_file=0.5)}
    crowd = simulate(BATCHES, parts, 200)
    assert crowd.files_a_second == pytest.approx(2, rel=0.05)
    assert crowd.bottleneck == "log"
    workers, part = first_bottleneck(BATCHES, parts) or (0, "")
    assert part == "log" and workers in range(18, 22)  # of 100 s that a batch takes, 5 in the log


def test_a_server_that_is_busy_with_being_asked_gives_nothing() -> None:
    crowd = simulate(BATCHES, {"server": Part(a_worker_second=0.01)}, 100)
    assert (crowd.files_a_second, crowd.bottleneck) == (0.0, "server")


def test_parts_that_nobody_fills_are_no_bottleneck() -> None:
    assert first_bottleneck(BATCHES, {"log": Part(a_file=1e-6)}) is None


def test_what_is_shared_is_taken_from_the_round_in_which_nobody_waits_for_another() -> None:
    alone = Round(
        workers=1, pages=20, seconds=100, first_s=1, by_node={}, batches=BATCHES * 2, readers=90,
        servers={"prefect": 4.0, "postgres": 2.0, "s3": 1.0}, log_held_s=0.1, dispatch_s=0.2,
    )  # fmt: skip
    parts = shared_parts(alone, Asked(idle=0.1, question=0.01, heartbeat=0.01))
    assert parts["audit log"].a_file == pytest.approx(0.005)
    assert parts["dispatcher"].a_file == pytest.approx(0.01)
    assert (parts["PostgreSQL"].a_file, parts["Prefect server"].a_batch) == (0.1, 2.0)


def test_recorded_batches_can_be_taken_for_larger_ones_of_slower_pages() -> None:
    (batch,) = as_if(BATCHES, files=50, read_s=2)
    assert batch == BatchTimes(files=50, fetch=5, read=100, store=25, own=2, idle=2)
    assert as_if(BATCHES) == BATCHES
