"""What takes long to count is counted once in a while, and told to whoever asks meanwhile."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

_MOST = 256

Value = TypeVar("Value")


class Lately(Generic[Value]):
    """Values that may be a little old, by key. Of several who ask for one at once, one counts and the rest wait; those
    who ask for another do not."""

    def __init__(self, *, clock: Callable[[], datetime], keep: timedelta) -> None:
        self._clock = clock
        self._keep = keep
        self._known: OrderedDict[Hashable, tuple[datetime, Value]] = OrderedDict()
        self._locks: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value of a key, made anew when it is older than it may be. What `make` raises is not kept."""
        with self._lock:
            known = self._fresh(key)
            if known is not None:
                return known[1]
            mine = self._locks.setdefault(key, threading.Lock())
        with mine:
            with self._lock:
                known = self._fresh(key)
            if known is not None:
                return known[1]
            value = make()
            with self._lock:
                self._known[key] = (self._clock(), value)
                self._known.move_to_end(key)
                while len(self._known) > _MOST:
                    oldest, _ = self._known.popitem(last=False)
                    self._locks.pop(oldest, None)
            return value

    def _fresh(self, key: Hashable) -> tuple[datetime, Value] | None:
        known = self._known.get(key)
        return known if known is not None and self._clock() - known[0] < self._keep else None
