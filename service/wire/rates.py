"""Limits on how often one caller may ask: a token bucket for each, in memory."""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from pipeline.domain.message import Message
from service.wire.errors import TooMany

_MOST_CALLERS = 50_000


class RateLimiter:
    """`take` admits so many requests of each caller in a time, in bursts of up to as many."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, caller: str, most: int, *, per_s: float = 60.0) -> None:
        """Counts one request against `most` in `per_s` seconds. Raises TooMany, with the seconds after which a request
        is admitted again."""
        with self._lock:
            now = self._now()
            tokens, before = self._buckets.pop(caller, (float(most), now))
            tokens = min(float(most), tokens + (now - before) * most / per_s)
            enough = tokens >= 1.0
            self._buckets[caller] = (tokens - 1.0 if enough else tokens, now)
            if len(self._buckets) > _MOST_CALLERS:
                self._buckets.popitem(last=False)
        if not enough:
            wait = math.ceil((1.0 - tokens) * per_s / max(most, 1))
            raise TooMany(Message("Quá nhiều yêu cầu, xin chờ", "Too many requests, please wait"), retry_after=wait)
