"""Guessing passwords is slowed where the guesses come from, so that nobody locks somebody else out.

Tries are counted for an address and a login together, and for a login over all addresses that nobody signed in from.
A browser in which a person signed in before carries a device cookie: their tries are counted by themselves, whatever
others try ("Slow Down Online Guessing Attacks with Device Cookies", OWASP).
"""

from __future__ import annotations

import hmac
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from pipeline.domain.message import Message
from service.wire.errors import TooMany
from service.wire.keys import Keys

FREE_TRIES: Final = 5
"""Of an address or a device for one login; after them each try waits twice as long as the one before."""
_FREE_OF_ALL = 50  # of one login from everywhere, devices of its own aside
_LONGEST_S, _LONGEST_OF_ALL_S = 900.0, 60.0
_FORGOTTEN_S = 3600.0
_MOST_KEPT = 50_000
_MOST_PEOPLE = 8  # who share a browser
_DIGITS = 32


@dataclass(slots=True)
class _Tries:
    failed: int = 0
    at: float = 0.0
    free_at: float = 0.0


@dataclass(frozen=True, slots=True)
class _Bucket:
    key: str
    free: int
    longest_s: float


@dataclass(slots=True, kw_only=True)
class SignInPace:
    """Safe from several threads. In memory: a restart forgets, which gives an attacker nothing to cause."""

    keys: Keys
    now: Callable[[], float] = time.monotonic
    token: Callable[[int], str] = secrets.token_hex
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _tries: OrderedDict[str, _Tries] = field(default_factory=OrderedDict)

    def begin(self, login: str, *, address: str, device: str) -> None:
        """Counts a try, as one that fails until it is told otherwise. Raises TooMany, with the seconds to wait; the
        same for a login that there is not. `login`: in its one form; `device`: the cookie's value."""
        with self._lock:
            now = self.now()
            buckets = self._buckets(login, address, device)
            wait = max(self._tries[b.key].free_at - now if b.key in self._tries else 0.0 for b in buckets)
            if wait > 0:
                seconds = int(wait) + 1
                raise TooMany(
                    Message(
                        f"Đã thử sai nhiều lần, xin thử lại sau {seconds} giây",
                        f"Too many wrong tries, please try again in {seconds} seconds",
                    ),
                    code="auth.slowed",
                    retry_after=seconds,
                )
            for bucket in buckets:
                self._count(bucket, now)

    def succeeded(self, login: str, *, address: str, device: str) -> str:
        """Forgets the failures of this place; the value of its device cookie, with this person in it."""
        with self._lock:
            for bucket in self._buckets(login, address, device):
                self._tries.pop(bucket.key, None)
        device_id, people = self._opened(device)
        mark = self._mark(device_id, login)
        people = [mark, *(one for one in people if one != mark)][:_MOST_PEOPLE]
        return ".".join([device_id, *people])

    def _buckets(self, login: str, address: str, device: str) -> list[_Bucket]:
        device_id, people = self._opened(device)
        mark = self._mark(device_id, login)
        if any(hmac.compare_digest(mark.encode(), one.encode()) for one in people):
            return [_Bucket(f"device:{device_id}:{login}", FREE_TRIES, _LONGEST_S)]
        return [
            _Bucket(f"address:{address}:{login}", FREE_TRIES, _LONGEST_S),
            _Bucket(f"login:{login}", _FREE_OF_ALL, _LONGEST_OF_ALL_S),
        ]

    def _count(self, bucket: _Bucket, now: float) -> None:
        tries = self._tries.pop(bucket.key, None) or _Tries(at=now)
        if now - tries.at > _FORGOTTEN_S:
            tries = _Tries()
        tries.failed, tries.at = tries.failed + 1, now
        over = tries.failed - bucket.free
        if over >= 0:
            tries.free_at = now + min(2.0 ** min(over + 1, 20), bucket.longest_s)
        self._tries[bucket.key] = tries
        if len(self._tries) > _MOST_KEPT:
            self._tries.popitem(last=False)

    def _opened(self, device: str) -> tuple[str, list[str]]:
        device_id, *people = device.split(".")
        known = len(device_id) == _DIGITS and device_id.isalnum() and device_id.isascii()
        return (device_id, people[:_MOST_PEOPLE]) if known else (self.token(_DIGITS // 2), [])

    def _mark(self, device_id: str, login: str) -> str:
        return self.keys.digest("device", device_id, login)[:_DIGITS]
