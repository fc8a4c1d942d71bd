"""Bodies that come too slowly, and answers that nobody takes, are given up; an address sends so many at a time.

Works on the caller's own address also behind a proxy that is trusted, since it looks at requests, not connections.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.domain.message import Message as Text
from service.wire.addresses import network_of
from service.wire.problems import refusal

_BUSY = Text("Quá nhiều yêu cầu đang gửi, xin thử lại", "Too many requests are being sent, please try again")


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyLimits:
    """`pause_s`: between two pieces of a body. After `grace_s` it has to have come with `least_per_s` bytes a second.
    `taken_s`: for the receiver to take a piece of the answer. `most` bodies at a time, `per_address` of one."""

    pause_s: float = 20.0
    grace_s: float = 30.0
    least_per_s: float = 2_000.0
    taken_s: float = 300.0
    most: int = 256
    per_address: int = 64
    settled_s: float = 2.0


@dataclass(slots=True, eq=False)
class _Body:
    address: str
    began: float
    came: int = 0
    timer: asyncio.Timeout | None = None
    given_up: bool = False

    def rate(self, now: float) -> float:
        return self.came / max(now - self.began, 0.001)

    def give_up(self) -> None:
        """Ends the wait for its next piece."""
        self.given_up = True
        if self.timer is not None and not self.timer.expired():
            self.timer.reschedule(asyncio.get_running_loop().time())


@dataclass(slots=True)
class Bodies:
    """Middleware. Where there are too many bodies the slowest that is no longer new is given up for the next."""

    app: ASGIApp
    limits: BodyLimits = field(default_factory=BodyLimits)
    now: Callable[[], float] = time.monotonic
    _open: set[_Body] = field(default_factory=set)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def taken(message: Message) -> None:
            async with asyncio.timeout(self.limits.taken_s):
                await send(message)

        if not _has_body(scope):
            await self.app(scope, receive, taken)
            return
        client = scope.get("client")
        body = _Body(network_of(client[0] if client else "?"), self.now())
        if not self._makes_room(body):
            headers = {"Retry-After": "2", "Connection": "close"}
            await refusal(scope, 503, "service.busy", _BUSY, headers)(scope, receive, taken)
            return
        self._open.add(body)
        try:
            await self.app(scope, lambda: self._next(body, receive), taken)
        finally:
            self._open.discard(body)

    async def _next(self, body: _Body, receive: Receive) -> Message:
        if body not in self._open:  # it is whole: what comes now is that the other side went away
            return await receive()
        try:
            async with asyncio.timeout(self.limits.pause_s) as body.timer:
                message = await receive()
        except TimeoutError:
            raise self._too_slow(body) from None
        finally:
            body.timer = None
        body.came += len(message.get("body", b""))
        if not message.get("more_body", False):
            self._open.discard(body)
        elif body.given_up or self._is_slow(body):
            raise self._too_slow(body)
        return message

    def _is_slow(self, body: _Body) -> bool:
        now = self.now()
        return now - body.began > self.limits.grace_s and body.rate(now) < self.limits.least_per_s

    def _too_slow(self, body: _Body) -> HTTPException:
        self._open.discard(body)
        return HTTPException(408, headers={"Connection": "close"})

    def _makes_room(self, body: _Body) -> bool:
        own = [other for other in self._open if other.address == body.address]
        enough = self._gives_one_up(own) if len(own) >= self.limits.per_address else True
        if enough and len(self._open) >= self.limits.most:
            return self._gives_one_up(list(self._open))
        return enough

    def _gives_one_up(self, among: list[_Body]) -> bool:
        now = self.now()
        settled = [body for body in among if now - body.began > self.limits.settled_s]
        if not settled:
            return False
        slowest = min(settled, key=lambda body: body.rate(now))
        self._open.discard(slowest)
        slowest.give_up()
        return True


def _has_body(scope: Scope) -> bool:
    for name, value in scope["headers"]:
        if name == b"transfer-encoding" or (name == b"content-length" and value.strip() not in (b"0", b"")):
            return True
    return False
