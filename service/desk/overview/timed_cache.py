"""Values that take long to compute, kept for a while."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

_MOST = 256

Value = TypeVar("Value")


class TimedCache(Generic[Value]):
    """At most 256 values by key, each computed anew when it is older than `keep`. Of several threads that ask for one
    key at once, one computes and the others wait; threads that ask for other keys do not."""

    def __init__(self, *, clock: Callable[[], datetime], keep: timedelta) -> None:
        self._clock = clock
        self._keep = keep
        self._known: OrderedDict[Hashable, tuple[datetime, Value]] = OrderedDict()
        self._locks: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value of a key. What `make` raises is raised, and not kept."""
        with self._lock:
            known = self._fresh(key)
            if known is not None:
                return known[1]
            key_lock = self._locks.setdefault(key, threading.Lock())
        with key_lock:
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
