"""`kill -9` at every step of a commit, then the same work again: nothing lost, nothing twice."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from storage.catalogue import Catalogue, WorkState
from storage.commit import commit_documents
from storage.objects import LocalStore, ObjectKey
from storage.rebuilding import rebuild
from storage.store_log import keep_log
from storage.telling import TOLD
from storage.verify import verify
from tests.contract.conftest import MakeDatabase
from tests.contract.storage.samples import digitized, work_key
from tests.making.killing import kill_at

DATA = b"a scan of two acts"
KEY = work_key(DATA)
_MANY = 1000


def digitize(url: str, folder: Path) -> None:
    """What a batch does with one file: claim it, and store what was read if it got it."""
    catalogue, objects = Catalogue.open(url), LocalStore(folder)
    log = keep_log(catalogue.database, objects)
    item = catalogue.claim(KEY, name="a.pdf", size=len(DATA))
    if item.claim is not None:
        documents = [digitized(DATA, "d1"), digitized(DATA, "d2")]
        commit_documents(objects, catalogue, item.claim, original=DATA, documents=documents, actor="batch")
    log.catch_up()
    catalogue.close()


def killed_at(step: int, url: str, folder: Path) -> None:
    """Runs `digitize`, and kills the process before its n-th write to disk or statement to the database."""
    count = kill_at(step)
    digitize(url, folder)
    count()


def run(target: Callable[..., None], *arguments: object) -> int:
    """Exit code of a forked process: it opens every connection itself."""
    process = multiprocessing.get_context("fork").Process(target=target, args=arguments)
    process.start()
    process.join(60)
    assert process.exitcode is not None
    return process.exitcode


def check_whole(url: str, folder: Path, empty: str) -> None:
    """Everything is there once, and the store alone says the same."""
    catalogue, objects = Catalogue.open(url), LocalStore(folder)
    try:
        stored = [(one.document_id, one.revision, one.current) for one in catalogue.all_documents()]
        assert stored == [("d1", 1, True), ("d2", 1, True)]
        item = catalogue.item(KEY)
        assert item is not None
        assert item.state is WorkState.DONE
        assert objects.get(ObjectKey(KEY.input_sha256)) == DATA
        told = [entry.action.partition(":")[0] for entry in catalogue.audit_entries()]
        actions = [action for action in told if action != TOLD]
        of_each = ["document.stored", "document.copied"]
        assert actions == [*of_each, *of_each, "pages.counted", "work.done"]
        report = verify(objects, catalogue)
        assert report.ok
        assert report.orphans == ()
        assert report.log_in_store.behind == 0
        rebuilt = Catalogue.open(empty)
        try:
            assert rebuild(objects, rebuilt).entries == len(told)
            assert list(rebuilt.all_documents()) == list(catalogue.all_documents())
        finally:
            rebuilt.close()
    finally:
        catalogue.close()


def kill_at_every(stride: int, kind: str, make_database: MakeDatabase, folder: Path) -> None:
    """Kills fresh runs one step later each time, until one outlives its own end."""
    for step in range(1, _MANY, stride):
        url, objects = make_database(kind), folder / str(step)
        code = run(killed_at, step, url, objects)
        assert code in {-signal.SIGKILL, 0}
        assert run(digitize, url, objects) == 0
        check_whole(url, objects, make_database("sqlite"))
        if code == 0:
            assert step > 40
            return
    pytest.fail("no run came to its end")


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_killed_at_a_step_the_same_command_finishes_the_work(
    kind: str, make_database: MakeDatabase, tmp_path: Path
) -> None:
    kill_at_every({"sqlite": 13, "postgresql": 29}[kind], kind, make_database, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_killed_at_any_step_the_same_command_finishes_the_work(
    kind: str, make_database: MakeDatabase, tmp_path: Path
) -> None:
    kill_at_every(1, kind, make_database, tmp_path)
