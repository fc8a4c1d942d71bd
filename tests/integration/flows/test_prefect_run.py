"""The main job under a real Prefect server: recorded there, and never held up by it."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from flows.prefect_run import Orchestration, PrefectRun
from tests.making.batches import Bench
from workers.batch.batches import Batches, in_batches
from workers.batch.results import Fate

PATIENCE_S = 170


def driven(bench: Bench, mode: Orchestration, *, home: Path) -> PrefectRun:
    inputs = bench.inputs()
    batches = Batches(bench.batch_run(inputs), in_batches(inputs, most_files=2))
    return PrefectRun(batches, home=home, mode=mode, api_url=None)


def until(holds: Callable[[], bool]) -> None:
    """Looks ten times a second, and fails only when it never came true."""
    ends = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < ends
        threading.Event().wait(0.1)


def task_runs(folder: Path) -> int:
    """How many task runs Prefect's database holds as ended."""
    with closing(sqlite3.connect(folder / "prefect" / "prefect.db")) as database:
        try:
            return int(database.execute("select count(*) from task_run where state_type = 'COMPLETED'").fetchone()[0])
        except sqlite3.OperationalError:  # the server is still making its tables
            return 0


def done(bench: Bench) -> int:
    return sum(result.status is Fate.DONE for result in bench.heard.results)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    bench = Bench(tmp_path)
    for name in ("Nguyễn Văn An.png", "Trần Thị Bình.png", "Lê Văn Chi.png"):
        bench.scan(name)
    return bench


def test_an_order_is_done_before_prefect_is_up_and_recorded_when_it_is(bench: Bench, tmp_path: Path) -> None:
    run = driven(bench, Orchestration.ALWAYS, home=tmp_path / "prefect")
    try:
        run.run()
        assert done(bench) == 3
        assert not run.recorded  # all files were done while the server was still starting
        # Prefect notes what it is told of tasks in its own time: a server that is ended at once may lose it.
        until(lambda: run.recorded and task_runs(tmp_path) == 2)
        run.finish(patience_s=PATIENCE_S)
    finally:
        run.close()
    assert run.trouble is None
    assert run.recorded
    assert len(bench.reader.jobs) == 3  # the flow found everything done and did nothing twice
    with sqlite3.connect(tmp_path / "prefect" / "prefect.db") as database:
        flow_runs = database.execute("select state_type, parameters from flow_run").fetchall()
        tasks = database.execute("select name, state_type from task_run order by name").fetchall()
        everything = "\n".join(database.iterdump())
    assert [state for state, _ in flow_runs] == ["COMPLETED"]
    assert tasks == [("batch-0", "COMPLETED"), ("batch-1", "COMPLETED")]
    assert not [name for name in ("Nguyễn", "Bình", "Nguy\\u1ec5n") if name in everything]


def test_a_prefect_that_cannot_start_costs_no_scan(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "prefect").write_text("a file where the folder should be")
    run = driven(bench, Orchestration.ALWAYS, home=tmp_path / "prefect")
    run.run()
    run.finish(patience_s=PATIENCE_S)
    assert done(bench) == 3
    assert run.trouble is not None


def test_work_too_small_to_be_worth_a_server_starts_none(bench: Bench, tmp_path: Path) -> None:
    run = driven(bench, Orchestration.AUTO, home=tmp_path / "prefect")
    run.run()
    run.finish(patience_s=0)
    assert done(bench) == 3
    assert not (tmp_path / "prefect").exists()


def test_nothing_to_do_starts_no_server(bench: Bench, tmp_path: Path) -> None:
    bench.run()
    run = driven(bench, Orchestration.ALWAYS, home=tmp_path / "prefect")
    run.run()
    run.finish(patience_s=0)
    assert not (tmp_path / "prefect").exists()
