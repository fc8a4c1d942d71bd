"""The program as a person starts it: a process, its exit code, what it prints and writes."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.making.forked_program import ForkedProgram, Start
from workers.reading_identity import reading_digest

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "samples"
CERTIFICATE = SAMPLES / "giay-khai-sinh-2016-in.jpg"


@dataclass(frozen=True, slots=True)
class Ended:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@cache
def program() -> str:
    """A copy of the program as it stands now. Its version holds a digest of its code: a file saved in
    an editor between two runs of one test would rightly make the second run read everything anew. What is compiled
    comes along: where nothing compiled is written, each process would compile all of it for itself."""
    folder = tempfile.mkdtemp(prefix="hotich-e2e-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for package in ("hotich", "flows", "service", "workers", "storage", "ocr_models", "pipeline"):
        shutil.copytree(ROOT / package, Path(folder, package))
    return folder


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HOTICH_", "PREFECT_"))}
    # Prefect's own start is tested where it is the subject; here it would only cost time, as a second reading process
    # beside the one that a few files need.
    ours = {"HOTICH_ORCHESTRATION": "never", "HOTICH_WORKERS": "1", "PYTHONPATH": program()}
    return kept | ours | dict(more or {})


@cache
def reading_identity() -> bytes:
    """What a home keeps of which software reads: working it out anew in each takes longer than most commands."""
    kept = Path(program(), "reading-identity.json")
    reading_digest(kept)
    return kept.read_bytes()


def begin_home(arguments: tuple[object, ...]) -> None:
    """A home that is named must be there."""
    words = [str(argument) for argument in arguments]
    if "--home" in words:
        home = Path(words[words.index("--home") + 1])
        if not home.exists():
            home.mkdir(parents=True)
            (home / "reading-identity.json").write_bytes(reading_identity())


@cache
def forked_program() -> ForkedProgram:
    made = ForkedProgram(environment())
    atexit.register(made.close)
    return made


def hotich(*arguments: object, env: Mapping[str, str] | None = None, timeout: float = 300) -> Ended:
    """Runs one command to its end, in a home that is begun where it is not there."""
    begin_home(arguments)
    out, err = Path(program(), "out"), Path(program(), "err")
    start = Start([str(argument) for argument in arguments], environment(env), out, err)
    code = forked_program().run(start, timeout=timeout)
    return Ended(code, out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8"))


def start(*arguments: object, env: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
    """Starts one command and leaves it running."""
    begin_home(arguments)
    command = [sys.executable, "-m", "hotich", *(str(argument) for argument in arguments)]
    return subprocess.Popen(
        command, env=environment(env), cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


@dataclass(frozen=True, slots=True)
class DigitizedCertificate:
    """A printed birth certificate in an archive of its own, read once for all tests; whoever writes takes a copy."""

    home: Path
    out: Path
    ended: Ended


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> DigitizedCertificate:
    place = tmp_path_factory.mktemp("certificate")
    home, out = place / "home", place / "out"
    ended = hotich("digitize", CERTIFICATE, "--home", home, "--out", out, "--json")
    assert ended.code == 0, ended.err
    return DigitizedCertificate(home, out, ended)
