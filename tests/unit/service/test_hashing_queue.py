"""Sign-ins wait their turn for a hash, few hold memory, and nobody crowds the others out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from service.people.hashing import HashingBusy, HashingQueue


async def _hold(queue: HashingQueue, address: str, over: asyncio.Event, began: list[str]) -> None:
    async with queue.place(address):
        began.append(address)
        await over.wait()


async def _settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def run(body: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(body())  # type: ignore[arg-type]


def test_no_more_hash_at_once_than_there_are_places() -> None:
    async def body() -> None:
        queue, over, began = HashingQueue(at_once=2), asyncio.Event(), []  # type: ignore[var-annotated]
        tasks = [asyncio.create_task(_hold(queue, "a", over, began)) for _ in range(6)]
        await _settle()
        assert len(began) == 2
        over.set()
        await asyncio.gather(*tasks)
        assert len(began) == 6

    run(body)


def test_an_address_that_asks_very_often_keeps_another_waiting_no_longer() -> None:
    async def body() -> None:
        queue, over, began = HashingQueue(at_once=1), asyncio.Event(), []  # type: ignore[var-annotated]
        gates = [asyncio.Event() for _ in range(8)]
        tasks = [asyncio.create_task(_hold(queue, "many", gate, began)) for gate in gates]
        await _settle()
        tasks.append(asyncio.create_task(_hold(queue, "honest", over, began)))
        await _settle()
        for gate in gates[:2]:
            gate.set()
            await _settle()
        assert "honest" in began
        over.set()
        for gate in gates:
            gate.set()
        await asyncio.gather(*tasks)

    run(body)


def test_too_many_that_wait_are_told_so_at_once() -> None:
    async def body() -> None:
        queue, over, began = HashingQueue(at_once=1, most=3, per_address=2), asyncio.Event(), []  # type: ignore[var-annotated]
        tasks = [asyncio.create_task(_hold(queue, "a", over, began)) for _ in range(3)]
        await _settle()
        with pytest.raises(HashingBusy):
            async with queue.place("a"):
                pass
        tasks.append(asyncio.create_task(_hold(queue, "b", over, began)))
        await _settle()
        with pytest.raises(HashingBusy):
            async with queue.place("c"):
                pass
        over.set()
        await asyncio.gather(*tasks)

    run(body)


def test_one_that_gave_up_waiting_takes_no_place_with_it() -> None:
    async def body() -> None:
        queue, over, began = HashingQueue(at_once=1, patience_s=0.01), asyncio.Event(), []  # type: ignore[var-annotated]
        first = asyncio.create_task(_hold(queue, "a", over, began))
        await _settle()
        with pytest.raises(HashingBusy):
            async with queue.place("b"):
                pass
        over.set()
        await first
        async with queue.place("b"):
            began.append("b")
        assert began == ["a", "b"]

    run(body)
