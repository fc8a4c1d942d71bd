"""A process that has imported everything a run needs, and forks one for each run that is asked for.

Started by the worker beside itself. It only waits and forks: one thread, nothing opened but its socket, so that a fork
is as good as a new process. It ends when its worker is gone and the last run has ended; a run is killed when whoever
stands for it (`flows.engine`) is killed.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import runpy
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from flows.engine import ENDED, LENGTH, SOCKET, STARTED

_HEARD_S = 10.0
_BACKLOG = 64


@contextlib.contextmanager
def warm_engines(module: str) -> Iterator[None]:
    """Runs that are started by this process, meanwhile, are forked from one that has imported `module`. Where that is
    not to be had, they start by themselves."""
    if not hasattr(os, "pidfd_open"):
        yield
        return
    with listening() as listener:
        os.environ[SOCKET] = listener.getsockname()
        number = listener.fileno()
        command = [sys.executable, "-m", "flows.warm_engines", str(number), str(os.getpid()), module]
        root = str(Path(__file__).resolve().parents[1])
        # It ends after this process, with its last run.
        subprocess.Popen(command, cwd=root, stdin=subprocess.DEVNULL, pass_fds=[number])
    try:
        yield
    finally:
        os.environ.pop(SOCKET, None)


def listening() -> socket.socket:
    """A socket in a folder of its own that is this user's alone. From now on whoever asks waits for an answer."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(Path(tempfile.mkdtemp(prefix="hotich-engines-")) / "socket"))
    listener.listen(_BACKLOG)
    return listener


def serve(listener: int, parent: int, prepare: Callable[[], None], carry_out: Callable[[list[str]], None]) -> None:
    """Serves until the process `parent` is gone and the last run has ended. `listener`: the open socket. `prepare`:
    once, before anybody is answered. `carry_out`: in a process of each run, which ends with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the worker's affair
    server = os.getpid()
    with socket.socket(fileno=listener) as door:
        folder = Path(door.getsockname()).parent
        prepare()
        gc.collect()
        gc.freeze()  # what was imported stays shared with those forked
        asked = _Engines(door, parent).serve()
    if asked is None:
        shutil.rmtree(folder, ignore_errors=True)
    else:
        _become(asked, server)
        carry_out(asked.arguments)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A run as it was asked for, with its standard streams."""

    environment: dict[str, str]
    folder: str
    arguments: list[str]
    streams: list[int]


class _Engines:
    """Forks for whoever asks. `serve` returns in the forked process alone, with what was asked for."""

    def __init__(self, door: socket.socket, parent: int) -> None:
        self._door = door
        self._selector = selectors.DefaultSelector()
        self._selector.register(door, selectors.EVENT_READ, ("asked", 0))
        self._runs: dict[int, tuple[int, socket.socket]] = {}  # by process: its handle, and who stands for it
        self._parent = _handle(parent)
        if self._parent is not None:
            self._selector.register(self._parent, selectors.EVENT_READ, ("parent", parent))
        self._ending = self._parent is None

    def serve(self) -> _Asked | None:
        """None when the worker is gone and no run is left."""
        while not self._ending or self._runs:
            for key, _ in self._selector.select():
                what, pid = key.data
                if what == "asked":
                    asked = self._answer()
                    if asked is not None:
                        return asked
                elif what == "ended":
                    self._tell(pid)
                elif what == "parent":
                    self._end()
                elif pid in self._runs:  # whoever stood for it is gone
                    self._selector.unregister(key.fileobj)
                    os.kill(pid, signal.SIGKILL)
        return None

    def _end(self) -> None:
        """Nobody new is answered."""
        self._ending = True
        assert self._parent is not None
        self._selector.unregister(self._parent)
        self._selector.unregister(self._door)

    def _answer(self) -> _Asked | None:
        connection, _ = self._door.accept()
        try:
            connection.settimeout(_HEARD_S)
            asked = _read(connection)
            connection.settimeout(None)
        except (OSError, ValueError):
            connection.close()
            return None
        pid = os.fork()
        if pid == 0:
            self._let_go(connection)
            return asked
        for stream in asked.streams:
            os.close(stream)
        handle = _handle(pid)
        assert handle is not None  # not waited for yet
        self._runs[pid] = (handle, connection)
        self._selector.register(handle, selectors.EVENT_READ, ("ended", pid))
        self._selector.register(connection, selectors.EVENT_READ, ("gone", pid))
        with contextlib.suppress(OSError):
            connection.sendall(STARTED.pack(pid))
        return None

    def _tell(self, pid: int) -> None:
        handle, connection = self._runs.pop(pid)
        self._selector.unregister(handle)
        with contextlib.suppress(KeyError):
            self._selector.unregister(connection)
        os.close(handle)
        _, status = os.waitpid(pid, 0)
        with contextlib.suppress(OSError):
            connection.sendall(ENDED.pack(os.waitstatus_to_exitcode(status)))
        connection.close()

    def _let_go(self, connection: socket.socket) -> None:
        """In the forked process: nothing of the others stays open."""
        self._selector.close()
        connection.close()
        if self._parent is not None:
            os.close(self._parent)
        for handle, other in self._runs.values():
            os.close(handle)
            other.close()


def _handle(pid: int) -> int | None:
    """By which a process is waited for; None where it is no more."""
    try:
        return os.pidfd_open(pid)
    except OSError:
        return None


def _read(connection: socket.socket) -> _Asked:
    """Raises OSError or ValueError for what is no request."""
    head, streams, _, _ = socket.recv_fds(connection, LENGTH.size, 3)
    try:
        if len(head) != LENGTH.size or len(streams) != 3:
            raise ValueError("no request")
        (length,) = LENGTH.unpack(head)
        data = b""
        while len(data) < length:
            part = connection.recv(length - len(data))
            if not part:
                raise ValueError("no request")
            data += part
        said: dict[str, Any] = json.loads(data.decode("utf-8", "surrogateescape"))
        return _Asked(said["environment"], said["folder"], said["arguments"], streams)
    except BaseException:
        for stream in streams:
            os.close(stream)
        raise


def _become(asked: _Asked, server: int) -> None:
    """This process is as if whoever asked had started it; but it ends with `server`."""
    from workers.processes.confine import end_with_parent

    end_with_parent(server)
    for number, stream in enumerate(asked.streams):
        os.dup2(stream, number)
        os.close(stream)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(asked.environment)
    os.chdir(asked.folder)


def _import(module: str) -> None:
    import prefect.flow_engine  # noqa: F401

    import_module(module)


def _run_engine(arguments: list[str]) -> None:
    from prefect.context import refresh_global_settings_context

    refresh_global_settings_context()
    sys.argv = ["prefect.engine", *arguments]
    sys.modules.pop("prefect.engine", None)  # it is run as a program now
    runpy.run_module("prefect.engine", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    serve(int(sys.argv[1]), int(sys.argv[2]), partial(_import, sys.argv[3]), _run_engine)
