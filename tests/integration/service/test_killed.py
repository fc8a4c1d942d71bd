"""`kill -9` at any step of many submissions, then the same requests again: nothing lost, nothing twice."""

from __future__ import annotations

import json
import multiprocessing
import shutil
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random

import httpx
import pytest
import sqlalchemy as sa

from storage.catalogue import Catalogue
from storage.objects import LocalStore
from storage.office.store import OfficeStore
from storage.submissions import State
from storage.submissions.tables import submission_documents, submissions
from storage.verify import verify
from tests.integration.service.conftest import CORRECTION, picture
from tests.integration.service.killable import serve
from tests.integration.service.test_submitting import ACT, APPLICANT
from tests.making.ports import free_port

CLIENT = "onestop"
SUBMITTERS = 4
STEPS = 60  # about half of what one submission takes
_PAUSE = threading.Event()
_HTTP = httpx.Client(timeout=30.0)
# Forked from a process that has everything loaded and no threads: a restart takes a blink.
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["tests.integration.service.killable"])


@dataclass
class Run:
    """A home, and what was seen of it."""

    home: Path
    port: int
    key: str
    kills: int = 0
    at_restart: list[Counter[str]] = field(default_factory=list)

    def start(self, step: int) -> BaseProcess:
        process = _PROCESSES.Process(target=serve, args=(str(self.home), self.port, step), daemon=True)
        process.start()
        return process

    @contextmanager
    def stores(self) -> Iterator[tuple[Catalogue, OfficeStore, LocalStore]]:
        catalogue = Catalogue.open(f"sqlite:///{self.home / 'catalogue.db'}")
        try:
            yield catalogue, OfficeStore(catalogue.database), LocalStore(self.home / "objects")
        finally:
            catalogue.close()


def a_run(home: Path) -> Run:
    run = Run(home, free_port(), "")
    with run.stores() as (_, store, _objects), store.write() as tables:
        tables.clients.add(CLIENT, name="x", office="00001", scopes=("submit", "status"), rate_per_minute=1_000_000)
        run.key = tables.clients.new_key(CLIENT, lambda n: "k" * 43)
    return run


def submit(run: Run, number: int, *, tries: int) -> str | None:
    """The lookup code of submission `number`, sent until it is answered; None once it broke off so many times."""
    files = [("files", (f"{n}.jpg", picture(what, number))) for n, what in enumerate(("act", "card"))]
    form = {"procedure": CORRECTION, "declared": json.dumps(ACT | APPLICANT)}
    headers = {"Authorization": f"Bearer {run.key}", "Idempotency-Key": f"submission-{number}"}
    address = f"http://127.0.0.1:{run.port}/submissions"
    while tries:
        try:
            answer = _HTTP.post(address, data=form, files=files, headers=headers)
        except httpx.ConnectError:  # it is not up yet
            _PAUSE.wait(0.05)
            continue
        except httpx.HTTPError:
            tries -= 1
            continue
        if answer.status_code == 200:
            return str(answer.json()["code"])
        assert answer.status_code in (202, 503), answer.text
        tries -= 1
        _PAUSE.wait(0.05)
    return None


def work_off(run: Run, count: int, kills: int, *, seed: int) -> None:
    """Hands in `count` submissions, each given up the first time it breaks off, to a service that is killed again and
    again; what is given up is handed in by nobody until `check`."""
    rng = Random(seed)
    numbers, lock, done = iter(range(count)), threading.Lock(), threading.Event()

    def keep_submitting() -> None:
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                return
            submit(run, number, tries=1)

    def keep_killing() -> None:
        while not done.is_set():
            process = run.start(rng.randint(20, STEPS * count // kills) if run.kills < kills else 0)
            while process.is_alive() and not done.wait(0.02):
                pass
            if process.is_alive():
                process.kill()
            process.join()
            run.kills += 1
            run.at_restart.append(states(run))

    killer = threading.Thread(target=keep_killing)
    killer.start()
    with ThreadPoolExecutor(SUBMITTERS) as pool:
        for submitter in [pool.submit(keep_submitting) for _ in range(SUBMITTERS)]:
            submitter.result()
    done.set()
    killer.join()


def states(run: Run) -> Counter[str]:
    with run.stores() as (_, store, _objects), store.read() as tables:
        return Counter(tables.submissions._connection.scalars(sa.select(submissions.c.state)))


@contextmanager
def served(run: Run) -> Iterator[None]:
    """The service, once it has worked off what the killed ones left."""
    process = run.start(0)
    try:
        for _ in range(1200):
            with suppress(httpx.HTTPError):
                if _HTTP.get(f"http://127.0.0.1:{run.port}/health").json()["waiting"] == 0:
                    break
            _PAUSE.wait(0.05)
        yield
    finally:
        process.terminate()
        process.join(30)


def check(run: Run, count: int) -> None:
    """Each is answered or absent; after the same requests again each is answered, once, and nothing lies about."""
    with served(run):
        assert State.RECEIVED.value not in states(run)
        with ThreadPoolExecutor(SUBMITTERS) as pool:
            codes = list(pool.map(lambda number: submit(run, number, tries=50), range(count)))
            again = list(pool.map(lambda number: submit(run, number, tries=50), range(0, count, 5)))
    assert None not in codes
    assert len(set(codes)) == count
    assert again == codes[::5]
    with run.stores() as (catalogue, store, objects):
        with store.read() as tables:
            held = tables.submissions._connection.execute(sa.select(submission_documents)).all()
        assert sum(states(run).values()) == count
        documents = list(catalogue.all_documents())
        assert len(documents) == len({document.document_id for document in documents}) == count == len(held)
        assert all(document.revision == 1 for document in documents)
        report = verify(objects, catalogue)
        assert report.ok
        assert report.orphans == ()
    assert list((run.home / "tray").glob("*/*")) == []


def kill_again_and_again(folder: Path, empty: Path, *, count: int, kills: int, seed: int) -> Run:
    folder.mkdir(exist_ok=True)
    shutil.copy(empty, folder / "catalogue.db")
    run = a_run(folder)
    work_off(run, count, kills, seed=seed)
    assert run.kills >= 1
    check(run, count)
    return run


def test_killed_at_random_steps_every_submission_is_answered_once(tmp_path: Path, empty_catalogue: Path) -> None:
    run = kill_again_and_again(tmp_path / "home", empty_catalogue, count=24, kills=4, seed=7)
    assert run.kills >= 4


@pytest.mark.slow
def test_killed_at_forty_random_steps_of_two_hundred_submissions_each_is_answered_once(
    tmp_path: Path, empty_catalogue: Path
) -> None:
    run = kill_again_and_again(tmp_path / "home", empty_catalogue, count=200, kills=40, seed=11)
    print(f"{run.kills} kills; states found after each: {[dict(counts) for counts in run.at_restart]}")
