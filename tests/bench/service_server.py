"""A real `hotich serve` in a process of its own, its key, and what it and its workers cost."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

from tests.making.ports import free_port

_START_S = 120.0


@dataclass(slots=True)
class Memory:
    """Resident MB of the service and of the largest worker, sampled over a run."""

    service: list[float] = field(default_factory=list)
    worker: list[float] = field(default_factory=list)


@dataclass(slots=True)
class Server:
    """A running service. `key`: of a client that may do everything an office's program may."""

    address: str
    key: str
    process: psutil.Process
    memory: Memory = field(default_factory=Memory)

    def client(self) -> httpx.Client:
        return httpx.Client(
            base_url=self.address, headers={"Authorization": f"Bearer {self.key}"}, timeout=httpx.Timeout(600.0)
        )

    def cpu_seconds(self) -> float:
        """Of the service and all processes it ever started."""
        times = self.process.cpu_times()
        total = times.user + times.system + times.children_user + times.children_system
        for child in self.process.children(recursive=True):
            with contextlib.suppress(psutil.Error):
                used = child.cpu_times()
                total += used.user + used.system
        return float(total)

    def sample(self) -> None:
        sizes = [0.0]
        for child in self.process.children(recursive=True):
            with contextlib.suppress(psutil.Error):
                sizes.append(child.memory_info().rss / 2**20)
        self.memory.worker.append(max(sizes))
        self.memory.service.append(self.process.memory_info().rss / 2**20)


def run_hotich(home: Path, *arguments: str, env: Mapping[str, str] | None = None) -> str:
    """What a command printed. Raises CalledProcessError."""
    home.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "hotich", *arguments, "--home", str(home)]
    return subprocess.run(command, env=_environment(env), check=True, capture_output=True, text=True).stdout


@contextlib.contextmanager
def serving(home: Path, *, workers: int = 2, env: Mapping[str, str] | None = None) -> Iterator[Server]:
    """`hotich serve` over this home until the block ends; ready when it is entered."""
    scopes = [part for scope in ("submit", "status", "office", "holdings", "use", "ask") for part in ("--scope", scope)]
    client = f"bench-{time.monotonic_ns() % 10**9}"
    added = run_hotich(
        home, "client", "add", client, "--office", "00001", "--rate", "1000000", "--json", *scopes, env=env
    )
    port = free_port()
    log = (home / "serve.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "hotich", "serve", "--home", str(home), "--port", str(port), "--workers", str(workers)],
        env=_environment(env), stdout=log, stderr=log,
    )  # fmt: skip
    server = Server(f"http://127.0.0.1:{port}", json.loads(added)["key"], psutil.Process(process.pid))
    done = threading.Event()
    try:
        _wait_until_ready(server, process, home)
        watch = threading.Thread(target=_watch, args=(server, done), daemon=True)
        watch.start()
        yield server
        done.set()
        watch.join()
    finally:
        done.set()
        process.terminate()
        process.wait(30)
        log.close()


def _wait_until_ready(server: Server, process: subprocess.Popen[bytes], home: Path) -> None:
    until = time.monotonic() + _START_S
    with server.client() as client:
        while True:
            with contextlib.suppress(httpx.HTTPError):
                if client.get("/health").status_code == 200:
                    return
            if process.poll() is not None or time.monotonic() > until:
                raise SystemExit(f"the service did not start:\n{(home / 'serve.log').read_text()[-2000:]}")
            time.sleep(0.1)


def _watch(server: Server, done: threading.Event) -> None:
    while not done.wait(0.5):
        with contextlib.suppress(psutil.Error):
            server.sample()


def _environment(more: Mapping[str, str] | None) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HOTICH_")}
    return {**kept, "OMP_THREAD_LIMIT": "1", "OMP_NUM_THREADS": "1", **(more or {})}
