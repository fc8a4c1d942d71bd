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

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "samples"


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
    an editor between two runs of one test would rightly make the second run read everything anew."""
    folder = tempfile.mkdtemp(prefix="hotich-e2e-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for package in ("hotich", "flows", "service", "workers", "storage", "ocr_models", "pipeline"):
        shutil.copytree(ROOT / package, Path(folder, package), ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HOTICH_", "PREFECT_"))}
    # Prefect's own start is tested where it is the subject; here it would only cost time.
    return kept | {"HOTICH_ORCHESTRATION": "never", "PYTHONPATH": program()} | dict(more or {})


def begin_home(arguments: tuple[object, ...]) -> None:
    """A home that is named must be there."""
    words = [str(argument) for argument in arguments]
    if "--home" in words:
        Path(words[words.index("--home") + 1]).mkdir(parents=True, exist_ok=True)


def hotich(*arguments: object, env: Mapping[str, str] | None = None, timeout: float = 300) -> Ended:
    """Runs one command to its end, in a home that is begun where it is not there."""
    begin_home(arguments)
    command = [sys.executable, "-m", "hotich", *(str(argument) for argument in arguments)]
    done = subprocess.run(command, env=environment(env), cwd="/", capture_output=True, timeout=timeout, check=False)
    return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())


def start(*arguments: object, env: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
    """Starts one command and leaves it running."""
    begin_home(arguments)
    command = [sys.executable, "-m", "hotich", *(str(argument) for argument in arguments)]
    return subprocess.Popen(
        command, env=environment(env), cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
