"""A decoder that a file has taken over: it sees its input and changes nothing, whatever it tries."""

from __future__ import annotations

import ctypes
import os
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from workers.errors import WorkerCrashed
from workers.processes import WorkerLimits, WorkerPool, WorkerSpec, landlock

WAIT = 60
HANDLERS = "tests.making.worker_handlers"
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="enforced by the Linux kernel")
by_landlock = pytest.mark.skipif(landlock.version() == 0, reason="this kernel has no Landlock")


@dataclass(frozen=True, slots=True)
class GivenScan:
    """A job about a file, as jobs of the product are."""

    path: str

    @property
    def reads(self) -> str | None:
        return self.path

    @property
    def writes(self) -> str | None:
        return None

    def __iter__(self) -> Iterator[Any]:
        return iter(("read_given", self.path))


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    spec = WorkerSpec(factory=f"{HANDLERS}:make", limits=WorkerLimits(memory_mb=300), answer=lambda question: question)
    with WorkerPool(spec, size=1) as pool:
        yield pool


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The service's key and a scan in one folder."""
    (tmp_path / "service.key").write_bytes(b"secret")
    (tmp_path / "scan.jpg").write_bytes(b"\xff\xd8\xff")
    return tmp_path


def succeeds(pool: WorkerPool, attack: str, aim: object) -> bool:
    return bool(pool.submit(("attack", (attack, str(aim)))).result(WAIT))


def test_it_reads_the_file_that_it_was_given(pool: WorkerPool, home: Path) -> None:
    assert pool.submit(GivenScan(str(home / "scan.jpg"))).result(WAIT) == b"\xff\xd8\xff"


@by_landlock
@pytest.mark.parametrize("name", ["service.key", "scan.jpg"])
def test_it_reads_no_file_by_its_name_neither_the_key_nor_its_input(pool: WorkerPool, home: Path, name: str) -> None:
    assert not succeeds(pool, "read", home / name)


@by_landlock
@pytest.mark.parametrize("path", ["/etc/passwd", "/proc/self/environ", "/proc/1/status", "/var/log", "/root", "/home"])
def test_it_reads_nothing_of_the_machine(pool: WorkerPool, path: str) -> None:
    assert not succeeds(pool, "read", path)


@by_landlock
def test_it_lists_no_folder_beside_its_input(pool: WorkerPool, home: Path) -> None:
    assert not succeeds(pool, "list", home)


@pytest.mark.parametrize("attack", ["write", "overwrite", "truncate", "remove", "rename", "make a folder", "link"])
def test_it_changes_nothing_beside_its_input(pool: WorkerPool, home: Path, attack: str) -> None:
    before = sorted((path.name, path.read_bytes()) for path in home.iterdir())
    aim = home / ("new.txt" if attack == "write" else "service.key")
    assert not succeeds(pool, attack, aim)
    assert sorted((path.name, path.read_bytes()) for path in home.iterdir()) == before


def test_it_opens_no_file_for_others(pool: WorkerPool, home: Path) -> None:
    (home / "service.key").chmod(0o600)
    assert not succeeds(pool, "open for others", home / "service.key")
    assert (home / "service.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("attack", ["start a program", "spawn a program", "fork"])
def test_it_starts_no_program(pool: WorkerPool, tmp_path: Path, attack: str) -> None:
    assert not succeeds(pool, attack, tmp_path / "was-here")
    assert not (tmp_path / "was-here").exists()


@pytest.mark.parametrize(
    "attack", ["attach", "look into memory", "read the environment", "open memory", "signal", "limit"]
)
def test_it_attaches_to_no_process_not_even_to_its_parent(pool: WorkerPool, attack: str) -> None:
    assert not succeeds(pool, attack, os.getpid())


def test_it_copies_no_memory_of_its_parent_where_it_knows_the_address(pool: WorkerPool) -> None:
    secret = ctypes.create_string_buffer(b"secret")
    assert not succeeds(pool, "copy memory", f"{os.getpid()}:{ctypes.addressof(secret)}")


@by_landlock
def test_it_does_not_see_what_else_runs(pool: WorkerPool) -> None:
    assert not succeeds(pool, "list processes", "")


def test_it_gets_no_namespace_in_which_it_would_be_root(pool: WorkerPool) -> None:
    assert not succeeds(pool, "unshare", "")


@pytest.mark.parametrize("way", ["bomb", "bomb_by_question"])
def test_what_it_sends_back_runs_nothing_in_its_parent(pool: WorkerPool, tmp_path: Path, way: str) -> None:
    with pytest.raises(WorkerCrashed):
        pool.submit((way, str(tmp_path / "was-here"))).result(WAIT)
    assert not (tmp_path / "was-here").exists()


def test_it_asks_one_thing_at_a_time() -> None:
    """Each question has a thread of its parent: a thousand at once would take them all."""
    over = threading.Event()
    spec = WorkerSpec(factory=f"{HANDLERS}:make", limits=WorkerLimits(memory_mb=300), answer=lambda _: over.wait(WAIT))
    with WorkerPool(spec, size=1) as waiting:
        with pytest.raises(WorkerCrashed):
            waiting.submit(("ask_without_waiting", None)).result(WAIT)
        over.set()


def test_nonsense_that_it_sends_costs_its_file_and_no_other(pool: WorkerPool) -> None:
    with pytest.raises(WorkerCrashed):
        pool.submit(("nonsense", None)).result(WAIT)
    assert pool.submit(("echo", 1)).result(WAIT)[0] == 1


@by_landlock
def test_what_loading_needs_is_read_and_not_what_lies_beside_it(home: Path) -> None:
    """A book's own model, under the home folder."""
    model = home / "models" / "1957"
    model.mkdir(parents=True)
    (model / "weights").write_bytes(b"w")
    spec = WorkerSpec(factory=f"{HANDLERS}:make", limits=WorkerLimits(memory_mb=300), readable=(str(model),))
    with WorkerPool(spec, size=1) as with_model:
        assert succeeds(with_model, "read", model / "weights")
        assert not succeeds(with_model, "overwrite", model / "weights")
        assert not succeeds(with_model, "read", home / "service.key")
        assert not succeeds(with_model, "list", model.parent)


def test_without_confinement_the_attacks_would_succeed(home: Path) -> None:
    """Else the tests above would show nothing."""
    spec = WorkerSpec(factory=f"{HANDLERS}:make", limits=WorkerLimits(memory_mb=300), confined=False)
    with WorkerPool(spec, size=1) as open_pool:
        for attack, aim in (
            ("read", home / "service.key"), ("list", home), ("write", home / "new.txt"),
            ("start a program", home / "was-here"), ("spawn a program", home / "here-too"), ("fork", ""),
            ("attach", os.getpid()), ("read the environment", os.getpid()), ("signal", os.getpid()),
            ("list processes", ""), ("open for others", home / "scan.jpg"), ("remove", home / "scan.jpg"),
        ):  # fmt: skip
            assert succeeds(open_pool, attack, aim), attack
