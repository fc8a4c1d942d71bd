"""Drives batches through Prefect without anybody waiting for Prefect.

Workers load and read from the first moment. Prefect's server and client need twenty seconds of processor
time to start: they come up beside the reading as soon as the first file is done, so that this one has the
machine to itself. Until then a head start jobs the batches off, and the flow, once it runs, takes
over: batches that are done count as done, the one under way is waited for. If Prefect cannot be
started the head start simply goes on to the end: the ledger, not Prefect, knows what is done.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

from flows.prefect_server import EmbeddedServer, prefect_settings
from workers.batch.batches import Batches

_START_S = 180.0
_HEAD_START_S = 10.0
# A server costs 8 s of processor time, 19 s where it has to make its database first: a twentieth of what reading so
# many pages takes at 2 s each.
_WORTH_A_SERVER, _WORTH_A_NEW_ONE = 80, 200


class Orchestration(StrEnum):
    """`auto`: Prefect where there is a server, or work enough to be worth starting one."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


class PrefectRun:
    """Runs one job's batches. `recorded` tells afterwards whether a Prefect flow run holds it."""

    def __init__(
        self, batches: Batches, *, home: Path, mode: Orchestration, api_url: str | None, worth_it: int | None = None
    ) -> None:
        """`api_url`: a Prefect server to use; None starts one under `home` when it is worth it, from `worth_it` files
        on."""
        self._batches = batches
        self._home = home
        self._mode = mode
        self._api_url = api_url
        known = (home / "prefect.db").exists()
        self._worth_it = worth_it or (_WORTH_A_SERVER if known else _WORTH_A_NEW_ONE)
        self._flow_runs = threading.Event()
        self._flow_ended = threading.Event()
        self._server: EmbeddedServer | None = None
        self._thread: threading.Thread | None = None
        self.recorded = False
        self.trouble: str | None = None

    def run(self) -> None:
        """Works the batches off; returns when every file has its result, whether Prefect is up or not."""
        for batch in range(len(self._batches)):
            if self._flow_runs.is_set():
                break
            jobs = self._batches.look(batch)
            if jobs and self._thread is None:
                self._start_prefect(len(jobs) + self._batches.files_after(batch))
            self._batches.run(batch)
        for batch in range(len(self._batches)):
            while not self._batches.is_finished(batch, wait_s=0.1):
                if self._flow_ended.is_set():  # it failed: what it left is done without it
                    self._batches.run(batch)

    def finish(self, *, patience_s: float, tell: Callable[[], None] | None = None) -> None:
        """Lets the flow run be recorded, waiting at most so long; then ends the server.

        `tell` is called when there is something to wait for.
        """
        if self._thread is not None and self.trouble is None:
            if tell is not None and not self._flow_ended.is_set():
                tell()
            self._flow_ended.wait(patience_s)
        self.close()

    def close(self) -> None:
        if self._server is not None:
            self._server.stop()

    def _start_prefect(self, files: int) -> None:
        worth_it = self._mode is Orchestration.ALWAYS or self._api_url is not None or files >= self._worth_it
        if self._mode is Orchestration.NEVER or not worth_it:
            return
        self._thread = threading.Thread(target=self._run_flow, name="hotich-flow", daemon=True)
        self._thread.start()

    def _run_flow(self) -> None:
        try:
            self._batches.wait_for_first(_HEAD_START_S)
            url = self._api_url
            if url is None:
                self._server = EmbeddedServer(self._home)
                url = self._server.url
                if not self._server.wait(seconds=_START_S):
                    self.trouble = "server"
                    return
            os.environ.update(prefect_settings(self._home) | {"PREFECT_API_URL": url})
            from flows.digitize import digitize, register_job

            number = register_job(self._batches)
            self._flow_runs.set()
            digitize(job=number, batches=len(self._batches))
            self.recorded = True
        except Exception as error:  # whatever Prefect meets must not cost anybody a scan
            self.trouble = type(error).__name__
        finally:
            self._flow_ended.set()
