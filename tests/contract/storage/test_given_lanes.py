"""Lanes given to people: whose turn an item is, and that none waits for somebody who is away."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from pipeline.domain.errors import WrongUse
from pipeline.judging.review.policy import default_policy
from storage.catalogue import Catalogue
from storage.objects import LocalStore
from storage.office.store import OfficeStore
from storage.people.tables import users
from storage.review import Filters, Person, ReviewStore
from storage.review.given_lanes import GivenLane, GivenLanes, LaneChoice
from storage.review.tables import review_decisions, review_items
from storage.times import time_text
from tests.making.clock import Clock
from tests.making.desk_home import DeskHome

LAN = Person(login="lan", offices=("",), roles=frozenset({"reviewer"}))
MINH = Person(login="minh", offices=("",), roles=frozenset({"reviewer"}))
PLAIN = replace(default_policy(), sample_accepted=0.0, sample_reviewed=0.0, seed_share=0.0)


class Office:
    """A paper of the book so-1 and a later one of so-2, each with one doubt; Lan and Minh are reviewers."""

    def __init__(self, home: DeskHome, clock: Clock) -> None:
        self.home, self.clock = home, clock
        OfficeStore(home.catalogue.database)
        self.store = ReviewStore(home.catalogue.database, policy=PLAIN, draw=lambda *_: 1.0, clock=clock)
        with self.store.write() as tables:
            for login in ("lan", "minh"):
                row = {
                    "user_id": login.ljust(32, "0"), "login": login, "name": login, "office": "", "active": True,
                    "roles": json.dumps(["reviewer"]), "totp_step": 0, "failures": 0, "created_at": time_text(clock()),
                }  # fmt: skip
                tables.connection.execute(sa.insert(users).values(row))
        self.add("so-1", 0)
        self.add("so-2", 1)

    def add(self, book: str, copy: int) -> None:
        self.home.add(doubt=["ethnicity"], copy=copy, book=book)
        self.clock.advance(timedelta(seconds=1))
        with self.store.write() as tables:
            for seq, document_id, revision in tables.items.pending(10):
                tables.items.open_for_revision(document_id, revision, suspended=())
                tables.items.mark_followed(seq)

    def give(self, book: str, *people: str, days: int = 3) -> str:
        with self.store.write() as tables:
            choice = LaneChoice(office="", book=book)
            return GivenLanes(tables.connection, self.clock).give(choice, people, days=days, actor="quan")

    def lanes(self) -> list[GivenLane]:
        with self.store.read() as tables:
            return GivenLanes(tables.connection, self.clock).all([""])

    def books(self, person: Person, count: int = 10, *, book: str | None = None) -> list[str]:
        """The books of what this person is offered, in the order in which it comes; given back at once."""
        with self.store.write() as tables:
            claimed = tables.queue.claim(person, "tab", Filters(book=book), count, lease=timedelta(minutes=1))
            tables.queue.release(person, "tab")
        return [item.book for item in claimed]

    def decide_something(self, login: str) -> None:
        with self.store.write() as tables:
            item = tables.connection.scalar(sa.select(review_items.c.item_id).limit(1))
            row = {
                "decision_id": secrets.token_hex(16), "item_id": item, "stage": 1, "person": login, "choice": "accept",
                "comment": "", "agrees": True, "undone": True, "seconds": 1.0, "keys": 1,
                "at": time_text(self.clock()),
            }  # fmt: skip
            tables.connection.execute(sa.insert(review_decisions).values(row))


@pytest.fixture
def office(catalogue: Catalogue, objects: LocalStore, clock: Clock, tmp_path: Path) -> Iterator[Office]:
    yield Office(DeskHome(folder=tmp_path, catalogue=catalogue, objects=objects, clock=clock), clock)


def test_a_lane_comes_first_to_its_people_and_last_to_others(office: Office) -> None:
    assert office.books(LAN) == ["so-1", "so-2"]
    office.give("so-2", "lan")
    assert office.books(LAN) == ["so-2", "so-1"]
    assert office.books(MINH) == ["so-1", "so-2"]
    office.give("so-1", "lan")
    assert office.books(MINH, 1) == ["so-1"], "with nothing else left, what is given to others is offered"


def test_what_is_urgent_and_nobodys_comes_before_ones_own_lane(office: Office) -> None:
    office.give("so-2", "lan")
    with office.store.write() as tables:
        urgent = sa.update(review_items).where(review_items.c.book == "so-1").values(priority=1)
        tables.connection.execute(urgent)
    assert office.books(LAN) == ["so-1", "so-2"]


def test_whoever_asks_for_a_lane_of_others_gets_it(office: Office) -> None:
    office.give("so-2", "lan")
    assert office.books(MINH, book="so-2") == ["so-2"]


def test_a_lane_of_a_group_is_the_lane_of_each(office: Office) -> None:
    office.give("so-2", "lan", "minh")
    assert office.books(LAN) == office.books(MINH) == ["so-2", "so-1"]


def test_a_lane_rests_when_its_people_decided_nothing_for_its_term(office: Office) -> None:
    office.give("so-1", "lan", days=3)
    assert office.books(MINH) == ["so-2", "so-1"]
    office.clock.advance(timedelta(days=3, hours=1))
    assert [lane.rests for lane in office.lanes()] == [True]
    assert office.books(MINH) == ["so-1", "so-2"]
    office.decide_something("lan")
    assert [lane.rests for lane in office.lanes()] == [False], "who comes back has the lane again"


def test_a_lane_of_somebody_who_left_rests_at_once(office: Office) -> None:
    office.give("so-1", "lan")
    with office.store.write() as tables:
        tables.connection.execute(sa.update(users).where(users.c.login == "lan").values(active=False))
    assert office.books(MINH) == ["so-1", "so-2"]


def test_a_lane_given_anew_or_taken_back_is_in_the_log(office: Office) -> None:
    office.give("so-1", "lan")
    lane_id = office.give("so-1", "minh")
    assert [lane.people for lane in office.lanes()] == [("minh",)]
    with office.store.write() as tables:
        given = GivenLanes(tables.connection, office.clock)
        assert not given.take_back(lane_id, ["elsewhere"], actor="quan")
        assert given.take_back(lane_id, [""], actor="quan")
    noted = [one.action for one in office.home.catalogue.audit_entries() if one.action.startswith("desk.lane")]
    assert noted == ["desk.lane_given", "desk.lane_given", "desk.lane_taken_back"]


def test_a_lane_of_everything_of_nobody_or_for_ever_is_refused(office: Office) -> None:
    for book, people, days in (("", ["lan"], 3), ("so-1", [], 3), ("so-1", ["lan"], 0), ("so-1", ["lan"], 1000)):
        with pytest.raises(WrongUse):
            office.give(book, *people, days=days)
