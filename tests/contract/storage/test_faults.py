"""A disk that is full, fails, lies or is gone at any step of a commit: what was acknowledged is there, and the same
command finishes the rest."""

from __future__ import annotations

import contextlib
import errno
import os
import resource
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from pipeline.domain.errors import HotichError
from storage.catalogue import Catalogue, StoredDocument
from storage.commit import commit_documents
from storage.errors import DiskFull
from storage.objects import LocalStore
from storage.rebuilding import rebuild
from storage.store_log import keep_log
from storage.verify import verify
from tests.contract.conftest import MakeDatabase
from tests.contract.storage.samples import digitized, work_key

DATA = b"a scan of two acts"
KEY = work_key(DATA)
_CALLS = ("write", "fsync", "link", "open")
_MOST = 400


@contextlib.contextmanager
def failing(step: int, number: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], bool]]:
    """From the `step`-th call of the system on, every one fails with this error; says whether it came to that."""
    count = 0

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            nonlocal count
            count += 1
            if count >= step:
                raise OSError(number, os.strerror(number))
            return real(*arguments, **options)

        return call

    with monkeypatch.context() as patch:
        for name in _CALLS:
            patch.setattr(os, name, counted(getattr(os, name)))
        yield lambda: count >= step


class Machine:
    """A catalogue that was opened before the disk failed, and its store."""

    def __init__(self, url: str, folder: Path) -> None:
        self.objects = LocalStore(folder)
        self.catalogue = Catalogue.open(url)
        self.log = keep_log(self.catalogue.database, self.objects)

    def digitize(self) -> list[StoredDocument]:
        """What a batch does with one file; a claim that came to nothing is given back."""
        item = self.catalogue.claim(KEY, name="a.pdf", size=len(DATA))
        if item.claim is None:
            return self.catalogue.documents_of(KEY)
        documents = [digitized(DATA, "d1"), digitized(DATA, "d2")]
        try:
            return commit_documents(
                self.objects, self.catalogue, item.claim, original=DATA, documents=documents, actor="batch"
            )
        except BaseException:
            with contextlib.suppress(HotichError):
                self.catalogue.release(item.claim)
            raise


def test_a_disk_that_is_full_at_some_steps_loses_nothing_that_was_acknowledged(
    make_database: MakeDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_at_every(23, errno.ENOSPC, make_database, tmp_path, monkeypatch)


@pytest.mark.slow
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.ENOENT])
def test_a_disk_that_fails_at_any_step_loses_nothing_that_was_acknowledged(
    number: int, make_database: MakeDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_at_every(1, number, make_database, tmp_path, monkeypatch)


def fail_at_every(
    stride: int, number: int, make_database: MakeDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fresh machines whose disk fails one step later each time, until one never comes to that step."""
    for step in range(1, _MOST, stride):
        machine = Machine(make_database("sqlite"), tmp_path / str(step))
        with failing(step, number, monkeypatch) as failed:
            try:
                acknowledged = len(machine.digitize())
            except HotichError as error:
                acknowledged = 0
                assert error.code.startswith("resource."), error.code
            if acknowledged:
                assert len(list(machine.catalogue.all_documents())) == 2
        came_to_that = failed()
        assert len(machine.digitize()) == 2
        machine.log.catch_up()
        report = verify(machine.objects, machine.catalogue)
        assert report.ok, (step, report)
        again = Catalogue.open(make_database("sqlite"))
        rebuild(machine.objects, again)
        assert list(again.all_documents()) == list(machine.catalogue.all_documents())
        again.close()
        machine.catalogue.close()
        if not came_to_that:
            assert step > 20
            return
    pytest.fail("no run came to its end")


def test_a_real_limit_of_the_system_is_a_full_disk_and_leaves_nothing_behind(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        with pytest.raises(DiskFull):
            store.put(bytes(10_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_database_without_room_is_a_full_disk_and_the_work_is_free_again(
    make_database: MakeDatabase, tmp_path: Path
) -> None:
    machine = Machine(make_database("sqlite"), tmp_path)
    engine = machine.catalogue.database.engine
    limit = 0

    def bounded(connection: sqlite3.Connection, _record: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages if limit else 1 << 30}")

    sa.event.listen(engine, "connect", bounded)
    claim = machine.catalogue.claim(KEY, name="a.pdf", size=len(DATA)).claim
    assert claim is not None
    limit = 1
    engine.dispose()
    many = [digitized(DATA, f"d{n}") for n in range(60)]
    with pytest.raises(DiskFull):
        commit_documents(machine.objects, machine.catalogue, claim, original=DATA, documents=many, actor="batch")
    limit = 0
    engine.dispose()
    assert list(machine.catalogue.all_documents()) == []
    machine.catalogue.release(claim)
    assert len(machine.digitize()) == 2
    assert verify(machine.objects, machine.catalogue).ok
    machine.catalogue.close()


def test_a_disk_that_says_it_wrote_what_it_did_not_is_caught_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, real = LocalStore(tmp_path), os.write

    def half(handle: int, data: bytes) -> int:
        real(handle, bytes(data)[: len(data) // 2])
        return len(data)

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", half)
        with pytest.raises(HotichError) as caught:
            store.put(b"every byte of it")
    assert caught.value.code == "resource.disk_error"
    assert list(store.keys()) == []
