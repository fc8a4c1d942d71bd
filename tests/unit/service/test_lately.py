"""Values that may be a little old."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from service.desk.overview.lately import Lately

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


class Clock:
    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def lately(clock: Clock) -> Lately[int]:
    return Lately(clock=clock, keep=timedelta(seconds=60))


def test_it_is_made_once_while_it_is_fresh(lately: Lately[int], clock: Clock) -> None:
    assert lately.get("a", lambda: 1) == 1
    clock.now += timedelta(seconds=59)
    assert lately.get("a", lambda: 2) == 1


def test_it_is_made_anew_when_it_is_old(lately: Lately[int], clock: Clock) -> None:
    lately.get("a", lambda: 1)
    clock.now += timedelta(seconds=60)
    assert lately.get("a", lambda: 2) == 2


def test_each_key_has_its_own(lately: Lately[int]) -> None:
    lately.get(("00001",), lambda: 1)
    assert lately.get(("00002",), lambda: 2) == 2


def test_what_failed_is_tried_again(lately: Lately[int]) -> None:
    with pytest.raises(ZeroDivisionError):
        lately.get("a", lambda: 1 // 0)
    assert lately.get("a", lambda: 3) == 3


def test_of_many_who_ask_at_once_one_makes_it(lately: Lately[int]) -> None:
    begun, go = threading.Event(), threading.Event()
    made: list[int] = []

    def make() -> int:
        begun.set()
        assert go.wait(20)
        made.append(1)
        return 7

    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(lately.get, "a", make)]
        assert begun.wait(20)
        asked += [pool.submit(lately.get, "a", make) for _ in range(3)]
        go.set()
        assert [one.result(20) for one in asked] == [7] * 4
    assert made == [1]


def test_it_does_not_grow_without_end(lately: Lately[int]) -> None:
    for number in range(1000):
        lately.get(number, lambda: 1)
    assert len(lately._known) <= 256
    assert len(lately._locks) <= 256
