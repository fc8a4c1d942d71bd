"""The program started many times at the price of one: a process that has loaded every command and forks for each start.

A start is a process of its own, with its own arguments, environment, folder, outputs and exit code, as
`python -m hotich` gives it; only the seconds of importing are gone. Starts by the interpreter itself are tested too.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_LOADED = ("hotich.commands", "hotich.wiring")  # packages whose modules bring everything else


@dataclass(frozen=True, slots=True)
class Start:
    """One start: what the program is given, and the files that its outputs go to."""

    arguments: Sequence[str]
    environment: Mapping[str, str]
    out: Path
    err: Path


class ForkedProgram:
    """Serves one start at a time. `environment`: what the program is loaded with, its place among it."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._ours, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-P", __file__, str(theirs.fileno())]
            self._process = subprocess.Popen(
                command, pass_fds=[theirs.fileno()], env=dict(environment), cwd="/", stdin=subprocess.DEVNULL,
                start_new_session=True,
            )  # fmt: skip
        self._answers = self._ours.makefile("r", encoding="utf-8")

    def run(self, start: Start, *, timeout: float) -> int:
        """The exit code; a signal's number as a negative one. Raises TimeoutError, and the process is ended."""
        asked = {
            "arguments": list(start.arguments), "environment": dict(start.environment), "out": str(start.out),
            "err": str(start.err),
        }  # fmt: skip
        self._ours.settimeout(timeout)
        self._ours.sendall(json.dumps(asked).encode() + b"\n")
        try:
            return int(self._answers.readline())
        except TimeoutError:
            self.close()
            raise

    def close(self) -> None:
        """Ends it and whatever it has started."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._ours.close()


def serve(descriptor: int) -> int:
    """Forks for each start that is asked for, until the asker is gone. In the fork: the program's exit code."""
    for package in _LOADED:
        for module in pkgutil.iter_modules(importlib.import_module(package).__path__):
            importlib.import_module(f"{package}.{module.name}")
    assert len([*Path("/proc/self/task").iterdir()]) == 1, "a thread would be lost in the fork"
    gc.freeze()
    with socket.socket(fileno=descriptor) as asker, asker.makefile("r", encoding="utf-8") as asked:
        while line := asked.readline():
            pid = os.fork()
            if pid == 0:
                break
            _, status = os.waitpid(pid, 0)
            asker.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))
    return _become(json.loads(line)) if line else 0


def _become(start: dict[str, Any]) -> int:
    """Runs the program as this start describes it."""
    os.environ.clear()
    os.environ.update(start["environment"])
    for number, name in ((1, start["out"]), (2, start["err"])):
        file = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(file, number)
        os.close(file)
    sys.argv = ["hotich", *start["arguments"]]
    main = importlib.import_module("hotich.cli").main
    return int(main())


if __name__ == "__main__":
    sys.exit(serve(int(sys.argv[1])))
