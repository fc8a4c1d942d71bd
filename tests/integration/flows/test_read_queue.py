"""The flows of the shared queue: what a run says, and that another machine takes up what a dead one held."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, cast

import pytest

import flows.read_queue as read_queue
from flows.deployments import care_pool, deployments
from flows.runs import queue_name
from pipeline.domain.errors import ResourceError
from storage.catalogue import Urgency
from tests.making.stack import Stack, draw_page, running_stack, unnumbered, wait_until
from workers.queue.care import QueueCare


class Care:
    """A queue that only remembers that it was looked after."""

    def __init__(self) -> None:
        self.formed = 0

    def form(self) -> int:
        self.formed += 1
        return 0


@pytest.fixture
def care(monkeypatch: pytest.MonkeyPatch) -> Iterator[Care]:
    care = Care()
    monkeypatch.setattr(read_queue, "start_runs", lambda _: 0)
    monkeypatch.setattr(read_queue, "create_table_artifact", lambda **_: None)
    yield care
    read_queue._care.clear()
    read_queue._read.clear()


def says(care: Care, counts: dict[str, float]) -> Any:
    opened = cast(AbstractContextManager[QueueCare], nullcontext(care))
    read_queue.provide_queue(lambda: opened, lambda _: counts)
    return read_queue.read_batch.fn("b")


def test_a_run_that_leaves_work_says_so_and_its_counts(care: Care) -> None:
    state = says(care, {"done": 3, "left": 2, "set_aside": 0})
    assert (state.type.value, state.name) == ("FAILED", "LeftPending")
    assert state.message == "left pending, taken up again by itself: done 3, left 2"
    assert care.formed == 1


def test_a_run_that_did_everything_is_completed_with_its_counts(care: Care) -> None:
    state = says(care, {"done": 3, "left": 0, "pages": 4})
    assert (state.type.value, state.message) == ("COMPLETED", "done 3, pages 4")


@pytest.mark.parametrize("flow", [read_queue.take_in, read_queue.reconcile, read_queue.read_batch])
def test_deployed_without_its_wiring_it_says_so(flow: Any) -> None:
    with pytest.raises(ResourceError) as caught:
        flow.fn(*(["b"] if flow is read_queue.read_batch else []))
    assert caught.value.code == "resource.not_wired"


def test_only_reading_waits_for_reading() -> None:
    wanted = deployments("hotich.deployed", take_in_every_s=None)
    assert [one.name for one in wanted if one.reads] == ["batch"]
    assert {one.name: one.every_s for one in wanted}["queue"] == 30
    assert care_pool("a") != "a"


def test_a_queues_name_has_only_signs_that_prefect_takes() -> None:
    assert queue_name("Hàng Bài/1 & 2", Urgency.BATCH) == "batch-Hàng Bài_1 _ 2"
    assert queue_name("", Urgency.SUBMISSION) == "submission"


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with running_stack(
        lease_s=10, HOTICH_BATCH_PAGES="3", HOTICH_WORKERS="1",
        HOTICH_INBOX_S3="scans/phuong-a", HOTICH_OFFICE_FOLDERS="true",
    ) as stack:  # fmt: skip
        yield stack


def scans(folder: Path, numbers: range) -> list[Path]:
    paths = [folder / unnumbered(number) for number in numbers]
    for path, number in zip(paths, numbers, strict=True):
        draw_page(path, number)
    return paths


@pytest.mark.slow
def test_what_is_put_into_a_bucket_the_share_or_a_manifest_is_read_by_itself(stack: Stack, tmp_path: Path) -> None:
    """As docs/production.md says, on two machines."""
    stack.make_bucket("scans", {f"phuong-a/{path.name}": path for path in scans(tmp_path, range(4))})
    scans(stack.inbox / "phuong-b", range(4, 8))
    stack.hotich("deploy", "--every", "10")
    for name in ("one", "two"):
        stack.start_worker(name)
    wait_until(lambda: stack.done() == 8, "bucket and share", seconds=150)
    listed = [f"{path.name},phuong-c,submission" for path in scans(tmp_path / "listed", range(8, 10))]
    manifest = tmp_path / "listed" / "list.csv"
    manifest.write_text("\n".join(["file,office,class", *listed]))
    stack.hotich("dispatch", "--manifest", str(manifest))
    began = wait_until(lambda: stack.done() == 10, "manifest", seconds=90)
    assert began < 60
    totals = dict(stack.sql("select office, sum(value) from queue_totals where figure = 'done' group by 1"))
    assert totals == {"": 4, "phuong-b": 4, "phuong-c": 2}


@pytest.mark.slow
def test_another_machine_takes_up_what_a_dead_one_held(stack: Stack) -> None:
    before = stack.done()
    scans(stack.inbox / "A", range(20, 26))
    for name in list(stack.workers):
        stack.kill_worker(name)
    stack.hotich("dispatch")
    stack.start_worker("one")
    wait_until(lambda: bool(stack.sql("select 1 from work where state = 'running'")), "somebody reads")
    stack.kill_worker("one")
    stack.start_worker("two")
    wait_until(lambda: stack.done() == before + 6, "all is done", seconds=300)
    once = stack.sql("select subject from audit where action = 'work.done'")
    assert len(once) == len(set(once)) == before + 6
    assert stack.sql("select * from queued") == []
