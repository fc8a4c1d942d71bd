"""What pushing costs everybody else: half-open connections and logins in parallel against a real `hotich serve`.

`python -m tests.bench.attacks` prints, while the attack goes on: how long `/health` takes, whether honest requests are
served, and by how much the service's memory grew. From 1,000 connections that never finish their request (each from
one of several addresses of this machine), 200 parallel logins, slow bodies, and logins while connections are held.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import socket
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from tests.bench.service_server import Server, serving

_HALF = b"POST /auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nX-A: "
_SLOW = _HALF[:-5] + b"Content-Length: 4000\r\n\r\n{"


@dataclass(slots=True)
class Seen:
    """What an honest caller met: seconds of each `/health`, and statuses."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    grown_mb: float = 0.0

    def told(self) -> dict[str, object]:
        worst = max(self.seconds, default=0.0)
        return {"health_max_s": round(worst, 3), "honest": dict(self.statuses), "memory_mb": round(self.grown_mb, 1)}


@contextlib.contextmanager
def half_open(address: str, count: int, *, said: bytes = _HALF, sources: int = 8) -> Iterator[list[socket.socket]]:
    """So many connections that said this and nothing more, from `sources` addresses of the loopback network."""
    parts = urlsplit(address)
    held: list[socket.socket] = []
    try:
        for n in range(count):
            source = (f"127.0.0.{10 + n % sources}", 0) if sources else None
            with contextlib.suppress(OSError):
                held.append(socket.create_connection((parts.hostname, parts.port), 5, source_address=source))
                held[-1].sendall(said)
        yield held
    finally:
        for connection in held:
            connection.close()


def asked(address: str, method: str, path: str, body: bytes = b"", *, source: str = "127.0.0.1") -> str:
    """The status on a connection of its own, or why there is none."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60, source_address=(source, 0))
    try:
        connection.request(method, path, body or None, {"Content-Type": "application/json"} if body else {})
        answer = connection.getresponse()
        answer.read()
        return str(answer.status)
    except (OSError, http.client.HTTPException) as error:
        return type(error).__name__
    finally:
        connection.close()


def watched(address: str, process: psutil.Process, during: Callable[[], None]) -> Seen:
    """Asks for `/health` and a page again and again while `during` runs, on connections of their own."""
    seen, before, done = Seen(), process.memory_info().rss, threading.Event()

    def attack() -> None:
        during()
        done.set()

    thread = threading.Thread(target=attack)
    thread.start()
    peak = before
    while not done.is_set() or not seen.seconds:
        for path in ("/health", "/"):
            started = time.monotonic()
            status = asked(address, "GET", path)
            if path == "/health":
                seen.seconds.append(time.monotonic() - started)
            seen.statuses[status] += 1
        peak = max(peak, process.memory_info().rss)
        done.wait(0.05)
    thread.join()
    seen.grown_mb = (peak - before) / 2**20
    return seen


def logins(address: str, count: int) -> Counter[str]:
    """Statuses of so many sign-ins at the same time, of people who are not there."""

    def one(n: int) -> str:
        sent = json.dumps({"login": f"khong.co.{n}", "password": "mật khẩu nào đó"}).encode()
        return asked(address, "POST", "/auth/login", sent, source=f"127.0.0.{10 + n % 20}")

    with ThreadPoolExecutor(count) as pool:
        return Counter(pool.map(one, range(count)))


def run(server: Server, *, connections: int, parallel: int, held_s: float) -> dict[str, dict[str, object]]:
    """Each attack, and what an honest caller met during it."""
    address, process, pause = server.address, server.process, threading.Event()

    def hold(said: bytes) -> None:
        with half_open(address, connections, said=said):
            pause.wait(held_s)

    answered: Counter[str] = Counter()
    told = {
        "half_open": watched(address, process, lambda: hold(_HALF)).told(),
        "slow_bodies": watched(address, process, lambda: hold(_SLOW)).told(),
        "logins": watched(address, process, lambda: answered.update(logins(address, parallel))).told(),
    }

    def both() -> None:
        with half_open(address, connections):
            answered.update(logins(address, parallel))

    told["both"] = watched(address, process, both).told()
    told["logins_answered"] = dict(sorted(answered.items()))
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--connections", type=int, default=1_000)
    parser.add_argument("--logins", type=int, default=200)
    parser.add_argument("--held", type=float, default=15.0, help="seconds for which connections are held")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), workers=1) as server:
        told = run(server, connections=arguments.connections, parallel=arguments.logins, held_s=arguments.held)
    print(json.dumps(told, indent=2))


if __name__ == "__main__":
    main()
