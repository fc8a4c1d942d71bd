"""A Prefect server of our own process's life time, for machines that have none.

Prefect would start one itself, but only after importing the whole server into the client, which costs
six seconds of processor time in the process that stores results.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

# What an embedded server has no use for: no schedules, no pools, no automations, no cleaning up.
_QUIET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_SERVER_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_TO_API_ENABLED": "false",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",
    "PREFECT_CLI_COLORS": "false",
    "PREFECT_SHOW_RICH_TRACEBACKS": "false",
}
_SERVER_ONLY = {
    "PREFECT_UI_ENABLED": "0",
    "PREFECT__SERVER_EPHEMERAL": "1",
    "PREFECT__SERVER_FINAL": "1",
    "PREFECT_SERVER_SERVICES_SCHEDULER_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_LATE_RUNS_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_TRIGGERS_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_FOREMAN_ENABLED": "false",
}


def prefect_settings(home: Path) -> dict[str, str]:
    """The environment under which Prefect keeps to itself: state under `home`, no telemetry, no chatter."""
    return {"PREFECT_HOME": str(home), **_QUIET}


class EmbeddedServer:
    """A Prefect server on this machine only, on a free port. Ends with `stop` or with this process."""

    def __init__(self, home: Path) -> None:
        """Starts it; returns at once."""
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        with contextlib.closing(socket.socket()) as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("HOTICH_", "PREFECT_"))}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "flows.prefect_server", str(self.port), str(os.getpid())],
            env=environment | prefect_settings(home) | _SERVER_ONLY,
            cwd=Path(__file__).resolve().parents[1],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=None if os.environ.get("HOTICH_DEBUG") else subprocess.DEVNULL,
            start_new_session=True,
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api"

    def is_up(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/health", timeout=1) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except (OSError, ValueError):
            return False

    def wait(self, *, seconds: float) -> bool:
        """True once it answers; False when it ended or the time is over."""
        limit = time.monotonic() + seconds
        while time.monotonic() < limit and self._process.poll() is None:
            if self.is_up():
                return True
            time.sleep(0.2)
        return False

    def stop(self) -> None:
        """Ends it: politely, then at once."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(timeout=3)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()


def main(port: int, parent: int) -> None:
    """Serves Prefect's API on this machine until the parent ends."""
    from workers.processes.confine import end_with_parent

    end_with_parent(parent)
    import uvicorn
    from prefect.server.api.server import create_app

    uvicorn.run(create_app(ephemeral=True), host="127.0.0.1", port=port, log_level="critical", lifespan="on")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
