"""Work that is repeated in a thread of its own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from pipeline.domain.errors import HotichError

_log = logging.getLogger(__name__)


class RepeatedWork:
    """Calls `work` at once and then every `every_s` seconds until it is stopped. An error of the stores is logged, and
    the next call tries again."""

    def __init__(self, work: Callable[[], object], *, every_s: float, name: str) -> None:
        self._work = work
        self._every_s = every_s
        self._name = name
        self._stop = threading.Event()

    def start(self) -> None:
        threading.Thread(target=self._run, name=self._name, daemon=True).start()

    def stop(self) -> None:
        self._stop.set()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._work()
            except HotichError as error:
                _log.error("background.failed work=%s code=%s", self._name, error.code)
            self._stop.wait(self._every_s)
