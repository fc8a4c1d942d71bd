"""One run of Prefect, as the process that its worker starts: a warm process is asked to carry it out.

Python and Prefect take four seconds of processor time to be imported, and a plain worker does so twice for each run.
Here nothing but the standard library is imported: the run is carried out in a process forked from one that has imported
everything (`flows.warm_engines`). This process stands for it: it passes signals on, and ends as the run's process ends.
Where no warm process is there, it becomes Prefect's own engine.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import struct
import sys

SOCKET = "HOTICH_ENGINES"
"""The environment variable that names the socket of warm engines."""

STARTED, ENDED = struct.Struct("!q"), struct.Struct("!i")
LENGTH = struct.Struct("!q")
_PASSED_ON = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def main() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, _PASSED_ON)
    connection = _asked(os.environ.get(SOCKET, ""))
    pid = None if connection is None else received(connection, STARTED)
    if connection is None or pid is None:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _PASSED_ON)
        os.execv(sys.executable, [sys.executable, "-m", "prefect.engine", *sys.argv[1:]])  # noqa: S606
    for number in _PASSED_ON:
        signal.signal(number, lambda signum, _: _pass_on(pid, signum))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _PASSED_ON)
    ended = received(connection, ENDED)
    _end_likewise(-signal.SIGKILL if ended is None else ended)


def received(connection: socket.socket, kind: struct.Struct) -> int | None:
    """A number; None where the other side has gone."""
    data = b""
    while len(data) < kind.size:
        try:
            part = connection.recv(kind.size - len(data))
        except OSError:
            return None
        if not part:
            return None
        data += part
    return int(kind.unpack(data)[0])


def _asked(path: str) -> socket.socket | None:
    """A connection over which the run was asked for."""
    if not path:
        return None
    connection = socket.socket(socket.AF_UNIX)
    asked = json.dumps({"environment": dict(os.environ), "folder": os.getcwd(), "arguments": sys.argv[1:]})  # noqa: PTH109
    data = asked.encode("utf-8", "surrogateescape")
    try:
        connection.connect(path)
        socket.send_fds(connection, [LENGTH.pack(len(data))], [0, 1, 2])
        connection.sendall(data)
    except OSError:
        connection.close()
        return None
    return connection


def _pass_on(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _end_likewise(code: int) -> None:
    """As the run's process did: with its code, or by its signal (negative)."""
    if code < 0:
        signal.signal(-code, signal.SIG_DFL) if -code not in (signal.SIGKILL, signal.SIGSTOP) else None
        os.kill(os.getpid(), -code)
    sys.exit(code)


if __name__ == "__main__":
    main()
