"""Every example of docs/service.md, run as it stands there, in its order, against a real `hotich serve`."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from pipeline.domain.model import DocumentType
from pipeline.records.contract import record_bytes
from storage.catalogue import Catalogue, WorkKey
from storage.commit import Digitized, commit_documents
from storage.objects import LocalStore, ObjectKey
from tests.e2e.conftest import ROOT, SAMPLES, environment, hotich, program
from tests.making.ports import free_port
from tests.making.submitted import CARD, a_field, a_record

PAGE = ROOT / "docs" / "service.md"
_BLOCK = re.compile(r"^```(\w+) (run|webhook)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_PERSON = "001190123456"


@dataclass(frozen=True, slots=True)
class Example:
    """One block of code. `kind`: run, or webhook for the receiver that runs beside the others."""

    language: str
    kind: str
    code: str


def examples() -> list[Example]:
    return [Example(*found.groups()) for found in _BLOCK.finditer(PAGE.read_text(encoding="utf-8"))]


@dataclass
class Reader:
    """Somebody who follows the page: a folder, the variables that its shell blocks export."""

    folder: Path
    variables: dict[str, str]

    def run(self, one: Example) -> str:
        """What it printed. Fails with all it said when the block fails."""
        if one.language == "sh":
            told = self._bash(f"set -eo pipefail\n{one.code}\nexport -p > .exports")
            self._take_exports()
            return told
        (self.folder / "example.py").write_text(one.code, encoding="utf-8")
        return self._done([sys.executable, "example.py"])

    def _bash(self, code: str) -> str:
        return self._done(["bash", "-c", code])

    def _done(self, command: list[str]) -> str:
        done = subprocess.run(
            command, cwd=self.folder, env=self.variables, capture_output=True, text=True, timeout=180, check=False
        )
        assert done.returncode == 0, f"{command[-1]}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def _take_exports(self) -> None:
        for name, value in re.findall(r'^declare -x (\w+)="(.*)"$', (self.folder / ".exports").read_text(), re.M):
            if name in ("KEY", "CODE", "HOLDING", "WEBHOOK_SECRET"):
                self.variables[name] = value


def ready(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/health", timeout=2) as answer:
            return int(answer.status) == 200
    except (urllib.error.URLError, OSError):
        return False


def archive_a_card(home: Path) -> None:
    """A card in the archive that was checked already: what is read of a picture is not this test's subject."""
    values = {**CARD, "personal_id": _PERSON, "date_of_expiry": "2049-01-15"}
    fields = tuple(a_field(name, value) for name, value in values.items())
    record = a_record(DocumentType.CITIZEN_ID_2024, "2024", fields=fields)
    catalogue, objects, scan = Catalogue.open(f"sqlite:///{home / 'catalogue.db'}"), LocalStore(home / "objects"), b"x"
    record = record.evolve(
        source=replace(record.source, sha256=ObjectKey.of(scan).sha256), holding_code="HT-" + "A" * 16
    )
    claim = catalogue.claim(WorkKey.of(record.source.sha256, record.provenance), name="a.jpg", size=1).claim
    assert claim is not None
    made = [Digitized(record=record, record_json=record_bytes(record), archival=b"%PDF-1.7 a copy")]
    commit_documents(objects, catalogue, claim, original=scan, documents=made, actor="test")
    catalogue.close()


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """A home with an archive of one specimen, the service over it, and a folder like the repository's."""
    folder, home = tmp_path_factory.mktemp("reader"), tmp_path_factory.mktemp("service") / "home"
    (folder / "samples").symlink_to(SAMPLES)
    commands = folder / "bin"
    commands.mkdir()
    (commands / "hotich").write_text(f'#!/bin/sh\nexec {sys.executable} -m hotich "$@"\n')
    (commands / "hotich").chmod(0o755)
    assert hotich("register", "load", SAMPLES / "population.csv", "--home", home).code == 0
    archive_a_card(home)
    port = free_port()
    more = {
        "HOTICH": f"http://127.0.0.1:{port}",
        "HOTICH_HOME": str(home),
        "HOTICH_WEBHOOK_NETWORKS": "127.0.0.0/8",
        "WEBHOOK_PORT": str(free_port()),
        "PERSON": _PERSON,
        "PYTHONPATH": program(),
        "PATH": f"{commands}:{os.environ['PATH']}",
    }
    made = Reader(folder, environment(more))
    serve = [sys.executable, "-m", "hotich", "serve", "--port", str(port), "--workers", "1"]
    with running(serve, folder, made.variables) as process:
        pause = threading.Event()
        for _ in range(1200):
            if ready(more["HOTICH"]) or process.poll() is not None:
                break
            pause.wait(0.1)
        yield made


class running:  # noqa: N801
    """A program beside the test, stopped at the end of the block; `output` is what it printed."""

    def __init__(self, command: list[str], folder: Path, variables: Mapping[str, str]) -> None:
        self._log = folder / f"{Path(command[-1]).stem}.log"
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(command, cwd=folder, env=variables, stdout=log, stderr=subprocess.STDOUT)

    def __enter__(self) -> subprocess.Popen[bytes]:
        return self.process

    def __exit__(self, *_: object) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


def test_the_page_has_examples_for_both_languages() -> None:
    languages = [one.language for one in examples()]
    assert languages.count("sh") >= 8
    assert languages.count("python") >= 4


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_every_example_runs_and_the_webhook_is_told_of_every_answer(reader: Reader) -> None:
    told: dict[int, str] = {}
    beside = None
    try:
        for number, one in enumerate(examples()):
            if one.kind == "run":
                told[number] = reader.run(one)
            if "WEBHOOK_SECRET" in reader.variables and beside is None:
                beside = _receiver(reader)
        said = "\n".join(told.values())
        assert '"status"' in said
        assert "event: status" in said
        notices = reader.folder / "receiver.log"
        pause = threading.Event()
        for _ in range(200):
            if reader.variables["CODE"] in notices.read_text():
                break
            pause.wait(0.1)
        assert reader.variables["CODE"] in notices.read_text()
    finally:
        if beside is not None:
            beside.kill()
            beside.wait()


def _receiver(reader: Reader) -> subprocess.Popen[bytes]:
    (code,) = (one.code for one in examples() if one.kind == "webhook")
    (reader.folder / "receiver.py").write_text(code, encoding="utf-8")
    with (reader.folder / "receiver.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "receiver.py"], cwd=reader.folder, env=reader.variables, stdout=log, stderr=log
        )


def test_the_page_says_nothing_of_this_machine() -> None:
    assert not re.search(r"/(root|work|home|tmp)/", PAGE.read_text(encoding="utf-8"))
