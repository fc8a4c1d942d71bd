"""Values that may be a little old."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from service.desk.overview.timed_cache import TimedCache

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


class Clock:
    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def cache(clock: Clock) -> TimedCache[int]:
    return TimedCache(clock=clock, keep=timedelta(seconds=60))


def test_it_is_made_once_while_it_is_fresh(cache: TimedCache[int], clock: Clock) -> None:
    assert cache.get("a", lambda: 1) == 1
    clock.now += timedelta(seconds=59)
    assert cache.get("a", lambda: 2) == 1


def test_it_is_made_anew_when_it_is_old(cache: TimedCache[int], clock: Clock) -> None:
    cache.get("a", lambda: 1)
    clock.now += timedelta(seconds=60)
    assert cache.get("a", lambda: 2) == 2


def test_each_key_has_its_own(cache: TimedCache[int]) -> None:
    cache.get(("00001",), lambda: 1)
    assert cache.get(("00002",), lambda: 2) == 2


def test_what_failed_is_tried_again(cache: TimedCache[int]) -> None:
    with pytest.raises(ZeroDivisionError):
        cache.get("a", lambda: 1 // 0)
    assert cache.get("a", lambda: 3) == 3


def test_of_many_who_ask_at_once_one_makes_it(cache: TimedCache[int]) -> None:
    begun, go = threading.Event(), threading.Event()
    made: list[int] = []

    def make() -> int:
        begun.set()
        assert go.wait(20)
        made.append(1)
        return 7

    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(cache.get, "a", make)]
        assert begun.wait(20)
        asked += [pool.submit(cache.get, "a", make) for _ in range(3)]
        go.set()
        assert [future.result(20) for future in asked] == [7] * 4
    assert made == [1]


def test_it_does_not_grow_without_end(cache: TimedCache[int]) -> None:
    for number in range(1000):
        cache.get(number, lambda: 1)
    assert len(cache._known) <= 256
    assert len(cache._locks) <= 256
