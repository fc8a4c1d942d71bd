"""The pool of bounded processes: whatever a file does to a worker, the others go on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.domain.errors import HotichError, InputError, ResourceError
from workers.errors import OverMemory, OverTime, WorkerCrashed, WorkerUnusable
from workers.processes import WorkerLimits, WorkerPool, WorkerSpec
from workers.processes.messages import Setup
from workers.processes.worker import Worker

HANDLERS = "tests.making.worker_handlers"
LIMITS = WorkerLimits(memory_mb=300, page_cpu_s=0.5, page_wall_s=60)
WAIT = 60


def make_pool(factory: str = "make", *, size: int = 1, limits: WorkerLimits = LIMITS, **more: Any) -> WorkerPool:
    spec = WorkerSpec(factory=f"{HANDLERS}:{factory}", limits=limits, **more)
    return WorkerPool(spec, size=size)


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    with make_pool(size=2, answer=lambda question: question * 2, arguments={"model": "m"}) as pool:
        yield pool


def test_a_job_comes_back_from_another_process(pool: WorkerPool) -> None:
    value, arguments, pid = pool.submit(("echo", "Đặng")).result(WAIT)
    assert (value, arguments) == ("Đặng", {"model": "m"})
    assert pid != os.getpid()


def test_a_worker_is_used_again() -> None:
    with make_pool() as pool:
        assert len({pool.submit(("echo", i)).result(WAIT)[2] for i in range(3)}) == 1


def test_a_job_can_ask_its_parent(pool: WorkerPool) -> None:
    assert pool.submit(("ask", 21)).result(WAIT) == 42


def test_a_jobs_own_answers_come_before_everybodys(pool: WorkerPool) -> None:
    answers: dict[type, Callable[[Any], Any]] = {str: str.upper}
    assert pool.submit(("ask", "xa"), answers=answers).result(WAIT) == "XA"
    assert pool.submit(("ask", 21), answers=answers).result(WAIT) == 42


def test_an_answer_that_nobody_waits_for_any_more_keeps_no_other_question_waiting() -> None:
    asked: list[int] = []
    over = threading.Event()

    def answer(pid: int) -> str:
        asked.append(pid)
        if len(asked) == 1:
            os.kill(pid, signal.SIGKILL)
            over.wait(WAIT)
        return "ja"

    with make_pool(answer=answer) as pool:
        assert pool.submit(("introduce", None)).result(WAIT / 2) == "ja"
        over.set()
    assert len(set(asked)) == 2


def test_waiting_for_an_answer_costs_a_page_no_time() -> None:
    limits = WorkerLimits(page_cpu_s=60, page_wall_s=0)
    worker = Worker(Setup(f"{HANDLERS}:make"))
    try:
        worker.begin_page(1)
        assert worker.exceeded(limits) == "time"
        worker.ask()
        assert worker.exceeded(limits) is None
        worker.answer("ja")
        assert worker.exceeded(limits) == "time"
    finally:
        worker.kill()


def test_an_input_error_keeps_its_code_and_gets_its_page(pool: WorkerPool) -> None:
    with pytest.raises(InputError) as caught:
        pool.submit(("refuse", None)).result(WAIT)
    assert (caught.value.code, caught.value.page) == ("input.corrupt", 3)


def test_an_unexpected_error_is_reported_without_what_stood_on_the_page(pool: WorkerPool) -> None:
    with pytest.raises(HotichError) as caught:
        pool.submit(("bug", "Nguyễn Văn An")).result(WAIT)
    assert caught.value.code == "internal.error"
    assert "KeyError" in str(caught.value)
    assert "Nguyễn" not in str(caught.value)


def test_a_crash_costs_one_file_and_no_other(pool: WorkerPool) -> None:
    jobs = [pool.submit((what, 1)) for what in ("echo", "die", "echo", "echo", "echo")]
    with pytest.raises(WorkerCrashed) as caught:
        jobs[1].result(WAIT)
    assert caught.value.page == 2
    assert all(job.result(WAIT)[0] == 1 for i, job in enumerate(jobs) if i != 1)


def test_a_worker_killed_from_outside_gets_its_file_read_again(tmp_path: Path) -> None:
    with make_pool(confined=False) as pool:
        assert pool.submit(("die_once", str(tmp_path / "marker"))).result(WAIT) == "done"


def test_a_page_that_takes_too_long_is_ended(pool: WorkerPool) -> None:
    with pytest.raises(OverTime) as caught:
        pool.submit(("spin", None)).result(WAIT)
    assert caught.value.page == 1


def test_a_page_that_hangs_without_working_is_ended_and_its_children_with_it(tmp_path: Path) -> None:
    with make_pool(limits=WorkerLimits(memory_mb=300, page_wall_s=0.5), confined=False) as pool:
        with pytest.raises(OverTime):
            pool.submit(("spin_in_child", str(tmp_path / "pid"))).result(WAIT)
        assert _ends(int((tmp_path / "pid").read_text()))


def test_a_page_that_needs_too_much_memory_is_set_aside_and_the_next_one_read(pool: WorkerPool) -> None:
    with pytest.raises(OverMemory) as caught:
        pool.submit(("allocate", 400 << 20)).result(WAIT)
    assert caught.value.page == 4
    assert pool.submit(("allocate", 1 << 20)).result(WAIT) == 1 << 20


@pytest.mark.skipif(sys.platform != "linux", reason="enforced by the Linux kernel")
def test_a_worker_has_no_network(pool: WorkerPool) -> None:
    assert pool.submit(("socket", None)).result(WAIT) is True
    assert pool.confined is not None
    assert pool.confined.calls


def test_a_worker_does_not_see_the_secrets_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTICH_S3_SECRET_KEY", "secret")
    with make_pool() as pool:
        assert "HOTICH_S3_SECRET_KEY" not in pool.submit(("environment", None)).result(WAIT)


def test_a_model_that_is_missing_answers_every_job_with_its_reason() -> None:
    with make_pool("refuse_to_load") as pool:
        for _ in range(2):
            with pytest.raises(ResourceError) as caught:
                pool.submit(("echo", 1)).result(WAIT)
            assert caught.value.code == "resource.model_missing"


def test_workers_that_cannot_be_loaded_do_not_start_for_ever() -> None:
    with make_pool("crash_while_loading") as pool, pytest.raises(WorkerUnusable):
        pool.submit(("echo", 1)).result(WAIT)


def test_closing_ends_running_and_waiting_jobs() -> None:
    pool = make_pool(limits=WorkerLimits(memory_mb=300))
    started: list[int] = []
    running = pool.submit(("echo", 1))
    running.result(WAIT)
    jobs = [pool.submit(("hang", None), on_page=started.append) for _ in range(2)]
    pool.close()
    for job in jobs:
        assert job.done()
        assert job.cancelled() or job.exception() is not None


def test_pages_are_told_as_they_are_done(pool: WorkerPool) -> None:
    pages: list[int] = []
    with pytest.raises(InputError):
        pool.submit(("refuse", None), on_page=pages.append).result(WAIT)
    assert pages == [2]


def test_workers_end_when_their_parent_is_killed() -> None:
    script = (
        "from workers.processes import *; import sys, time\n"
        f"spec = WorkerSpec(factory='{HANDLERS}:make', limits=WorkerLimits(memory_mb=300))\n"
        "pool = WorkerPool(spec, size=1)\n"
        "print(pool.submit(('echo', 1)).result()[2], flush=True); pool.submit(('hang', 1)); time.sleep(600)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    worker = int(parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    assert _ends(worker)


def _ends(pid: int) -> bool:
    until = time.monotonic() + 20
    while time.monotonic() < until and _alive(pid):
        os.sched_yield()
    return not _alive(pid)


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False
