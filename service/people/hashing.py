"""Password hashes take much memory each (argon2, 64 MB): few at a time, the others wait their turn or are told to."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from argon2 import PasswordHasher

from pipeline.domain.errors import ResourceError
from pipeline.domain.message import Message

AT_ONCE = 2


class HashingBusy(ResourceError):
    code = "auth.busy"
    retryable = True


@dataclass(slots=True, kw_only=True)
class HashingQueue:
    """Places for sign-ins, without a thread for those that wait. Addresses take turns, so that one that asks very
    often keeps the others waiting no longer. Belongs to one event loop."""

    at_once: int = AT_ONCE
    most: int = 64
    per_address: int = 16
    patience_s: float = 10.0
    _busy: int = 0
    _count: int = 0
    _waiting: OrderedDict[str, deque[asyncio.Future[None]]] = field(default_factory=OrderedDict)

    @contextlib.asynccontextmanager
    async def place(self, address: str) -> AsyncIterator[None]:
        """Waits for a place and holds it. Raises HashingBusy where too many wait, or it takes too long."""
        if self._busy < self.at_once:
            self._busy += 1
        else:
            await self._wait(address)
        try:
            yield
        finally:
            self._pass_on()

    async def _wait(self, address: str) -> None:
        own = self._waiting.setdefault(address, deque())
        if self._count >= self.most or len(own) >= self.per_address:
            if not own:
                del self._waiting[address]
            raise _busy()
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        own.append(turn)
        self._count += 1
        try:
            await asyncio.wait_for(asyncio.shield(turn), self.patience_s)
        except TimeoutError:
            self._leave(address, turn)
            raise _busy() from None
        except asyncio.CancelledError:
            self._leave(address, turn)
            raise

    def _leave(self, address: str, turn: asyncio.Future[None]) -> None:
        """Gives up waiting; a place that came at that moment goes to the next."""
        if turn.done():
            self._pass_on()
            return
        own = self._waiting[address]
        own.remove(turn)
        self._count -= 1
        if not own:
            del self._waiting[address]

    def _pass_on(self) -> None:
        if not self._waiting:
            self._busy -= 1
            return
        address, own = self._waiting.popitem(last=False)
        turn = own.popleft()
        self._count -= 1
        if own:
            self._waiting[address] = own
        turn.set_result(None)


class BoundedHasher:
    """argon2 by whoever asks, `AT_ONCE` at a time; the bound holds also for what is not a sign-in."""

    def __init__(self, hasher: PasswordHasher) -> None:
        self._hasher = hasher
        self._places = threading.BoundedSemaphore(AT_ONCE)

    def hash(self, password: str) -> str:
        with self._places:
            return self._hasher.hash(password)

    def verify(self, stored: str, password: str) -> bool:
        """Raises what `PasswordHasher.verify` raises."""
        with self._places:
            return self._hasher.verify(stored, password)

    def check_needs_rehash(self, stored: str) -> bool:
        return self._hasher.check_needs_rehash(stored)


def _busy() -> HashingBusy:
    return HashingBusy(
        Message("Đang có nhiều người đăng nhập, xin thử lại sau giây lát", "Many are signing in, please try again soon")
    )
