"""Claims are renewed by a timer, and who lost one is told."""

from __future__ import annotations

import threading
from collections.abc import Collection

from pipeline.domain.message import Message
from storage.catalogue import Claim, Owner, WorkKey
from storage.errors import StoreUnavailable
from workers.leases import LeaseKeeper


def a_claim(name: str) -> Claim:
    key = WorkKey(input_sha256=name * 64, software="s", models_sha256="m", settings_sha256="t")
    return Claim(key=key, owner=Owner.current(), attempt=1)


class Store:
    def __init__(self) -> None:
        self.renewed: list[list[Claim]] = []
        self.batches: list[tuple[str, ...]] = []
        self.lost: list[Claim] = []
        self.away = False
        self.heard = threading.Event()

    def renew_all(self, claims: Collection[Claim], *, batches: Collection[str] = ()) -> list[Claim]:
        if self.away:
            raise StoreUnavailable(Message.same("away"))
        self.renewed.append(list(claims))
        self.batches.append(tuple(batches))
        self.heard.set()
        return self.lost


def test_what_is_held_is_renewed_by_itself_until_it_is_let_go() -> None:
    store, claim = Store(), a_claim("a")
    keeper = LeaseKeeper(store.renew_all, every_s=0.005)
    keeper.hold(claim)
    assert store.heard.wait(5)
    keeper.let_go(claim)
    keeper.close()
    assert store.renewed[0] == [claim]


def test_with_nothing_held_nobody_is_asked() -> None:
    store = Store()
    LeaseKeeper(store.renew_all, every_s=60).renew()
    assert store.renewed == []


def test_a_batch_of_the_queue_is_renewed_also_before_its_first_claim() -> None:
    store = Store()
    LeaseKeeper(store.renew_all, every_s=60, batch="b").renew()
    assert store.batches == [("b",)]


def test_a_lost_claim_is_told_once_and_renewed_no_more() -> None:
    store, claim, told = Store(), a_claim("a"), list[Claim]()
    keeper = LeaseKeeper(store.renew_all, every_s=60, lost=told.append)
    keeper.hold(claim)
    store.lost = [claim]
    keeper.renew()
    keeper.renew()
    keeper.close()
    assert told == [claim]
    assert store.renewed == [[claim]]


def test_a_store_that_is_away_costs_no_claim() -> None:
    store, claim, told = Store(), a_claim("a"), list[Claim]()
    keeper = LeaseKeeper(store.renew_all, every_s=60, lost=told.append)
    keeper.hold(claim)
    store.away = True
    keeper.renew()
    store.away = False
    keeper.renew()
    keeper.close()
    assert told == []
    assert store.renewed == [[claim]]
