"""While a store is away, nothing is read that could not be stored."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from pipeline.domain.errors import HotichError

T = TypeVar("T")
_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 15.0


class Patience:
    """Tries again what a store that is away, or busy, did not do; meanwhile everybody else is held up.

    Safe from several threads.
    """

    def __init__(
        self,
        seconds: float,
        *,
        hold: Callable[[bool], None] = lambda _: None,
        wait: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """`seconds`: how long a step is tried again at most; 0: it is tried once. `hold` is told True when a store is
        found to be away, and False when the last that waited for it is through."""
        self._seconds = seconds
        self._hold = hold
        self._wait = wait
        self._now = now
        self._lock = threading.Lock()
        self._waiting = 0
        self.waits = 0

    @property
    def is_any(self) -> bool:
        """Whether anything is tried again at all."""
        return self._seconds > 0

    def do(self, step: Callable[[], T]) -> T:
        """The step's result. Raises what it raises, for what is worth trying again only when time is up."""
        ends, pause, held = self._now() + self._seconds, _FIRST_PAUSE_S, False
        try:
            while True:
                try:
                    return step()
                except HotichError as error:
                    if not error.retryable or self._now() >= ends:
                        raise
                if not held:
                    held = True
                    self._change(1)
                self._wait(min(pause, max(0.0, ends - self._now())))
                pause = min(2 * pause, _LONGEST_PAUSE_S)
        finally:
            if held:
                self._change(-1)

    def _change(self, step: int) -> None:
        with self._lock:
            self._waiting += step
            self.waits += step > 0
            if self._waiting == max(step, 0):
                self._hold(step > 0)
