"""Bodies that come drop by drop make room for those that come."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.exceptions import HTTPException

from service.wire.bodies import Bodies, BodyLimits

_SCOPE: dict[str, Any] = {
    "type": "http", "method": "POST", "path": "/", "headers": [(b"content-length", b"1000")], "client": ("10.0.0.1", 1),
}  # fmt: skip


class Now:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


class Sender:
    """Sends pieces of a body as they are put in; notes what became of the request."""

    def __init__(self, bodies: Bodies, *, address: str = "10.0.0.1") -> None:
        self.pieces: asyncio.Queue[Any] = asyncio.Queue()
        self.status = 0
        self.task = asyncio.create_task(self._run(bodies, {**_SCOPE, "client": (address, 1)}))

    def say(self, piece: bytes, *, more: bool = True) -> None:
        self.pieces.put_nowait({"type": "http.request", "body": piece, "more_body": more})

    async def _run(self, bodies: Bodies, scope: dict[str, Any]) -> None:
        try:
            await bodies(scope, self.pieces.get, self._send)
        except HTTPException as error:
            self.status = error.status_code

    async def _send(self, message: Any) -> None:
        self.status = message.get("status", self.status)


async def reading(scope: Any, receive: Any, send: Any) -> None:
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def test_a_body_that_stops_is_waited_for_no_longer() -> None:
    async def body() -> None:
        sender = Sender(Bodies(reading, BodyLimits(pause_s=0.01)))
        sender.say(b"x")
        await sender.task
        assert sender.status == 408

    asyncio.run(body())


@pytest.mark.parametrize(("came", "status"), [(1_000, 408), (200_000, 200)])
def test_a_body_has_to_come_at_some_pace(came: int, status: int) -> None:
    async def body() -> None:
        now = Now()
        sender = Sender(Bodies(reading, BodyLimits(), now))
        await settle()
        now.seconds = 60.0
        sender.say(bytes(came))
        await settle()
        sender.say(b"", more=False)
        await sender.task
        assert sender.status == status

    asyncio.run(body())


def test_where_there_are_too_many_the_slowest_gives_way_and_the_next_is_taken() -> None:
    async def body() -> None:
        now = Now()
        bodies = Bodies(reading, BodyLimits(most=2), now)
        slow, fast = Sender(bodies, address="10.0.0.1"), Sender(bodies, address="10.0.0.2")
        slow.say(b"x")
        fast.say(bytes(100_000))
        await settle()
        now.seconds = 5.0
        third = Sender(bodies, address="10.0.0.3")
        third.say(b"x", more=False)
        fast.say(b"", more=False)
        await asyncio.gather(slow.task, fast.task, third.task)
        assert (slow.status, fast.status, third.status) == (408, 200, 200)

    asyncio.run(body())


def test_one_address_takes_no_more_than_its_share() -> None:
    async def body() -> None:
        bodies = Bodies(reading, BodyLimits(per_address=2), Now())
        held = [Sender(bodies) for _ in range(2)]
        await settle()
        refused, other = Sender(bodies), Sender(bodies, address="10.0.0.2")
        other.say(b"x", more=False)
        await asyncio.gather(refused.task, other.task)
        assert (refused.status, other.status) == (503, 200)
        for sender in held:
            sender.say(b"", more=False)
        await asyncio.gather(*(sender.task for sender in held))

    asyncio.run(body())


def test_what_follows_a_whole_body_is_waited_for_as_long_as_it_takes() -> None:
    """An answer that streams listens whether its receiver is still there."""

    async def body() -> None:
        async def streaming(scope: Any, receive: Any, send: Any) -> None:
            while (await receive()).get("more_body"):
                pass
            assert (await receive())["type"] == "http.disconnect"
            await reading(scope, receive, send)

        sender = Sender(Bodies(streaming, BodyLimits(pause_s=0.01)))
        sender.say(b"x", more=False)
        await asyncio.sleep(0.03)
        sender.pieces.put_nowait({"type": "http.disconnect"})
        sender.say(b"", more=False)
        await sender.task
        assert sender.status == 200

    asyncio.run(body())
