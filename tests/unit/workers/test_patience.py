from __future__ import annotations

import pytest

from pipeline.domain.errors import HotichError
from pipeline.domain.message import Message
from storage.errors import AccessRefused, StoreUnavailable
from workers.patience import Patience


class Store:
    """Away for so many askings; its clock goes on only while somebody waits."""

    def __init__(self, away: int) -> None:
        self.away = away
        self.now = 0.0
        self.held: list[bool] = []
        self.patience = Patience(60, hold=self.held.append, wait=self.wait, now=lambda: self.now)

    def wait(self, seconds: float) -> None:
        self.now += seconds

    def ask(self, error: type[HotichError] = StoreUnavailable) -> str:
        if self.away:
            self.away -= 1
            raise error(Message.same("away"))
        return "there"


def test_a_store_that_comes_back_is_waited_for_and_everybody_held_up_meanwhile() -> None:
    store = Store(away=4)
    assert store.patience.do(store.ask) == "there"
    assert store.now == 0.5 + 1 + 2 + 4
    assert store.held == [True, False]


def test_a_store_that_is_there_holds_nobody_up() -> None:
    store = Store(away=0)
    assert store.patience.do(store.ask) == "there"
    assert (store.now, store.held) == (0, [])


def test_patience_has_an_end_and_then_nobody_is_held_up() -> None:
    store = Store(away=1000)
    with pytest.raises(StoreUnavailable):
        store.patience.do(store.ask)
    assert store.now == 60
    assert store.held == [True, False]


def test_what_waiting_does_not_mend_is_told_at_once() -> None:
    store = Store(away=1)
    with pytest.raises(AccessRefused):
        store.patience.do(lambda: store.ask(AccessRefused))
    assert store.now == 0


def test_two_that_wait_hold_up_once_and_the_last_lets_go() -> None:
    store = Store(away=2)

    def with_another() -> str:
        store.patience.do(store.ask)
        return store.ask()

    store.patience.do(with_another)
    assert store.held == [True, False]
    assert store.patience.waits == 1
