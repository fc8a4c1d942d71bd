"""What is counted of the desk's work, on both databases."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from pipeline.domain.model import Status
from pipeline.judging.review.places import template
from storage.catalogue import Catalogue
from storage.commit import commit_documents
from storage.migration import upgrade
from storage.objects import LocalStore
from storage.review import Kind
from storage.review.lanes import lanes
from storage.review.listing import ItemFilter, select_items
from storage.review.queue import Filters
from storage.review.statistics import Span, Statistics
from storage.review.tables import SCHEMA, review_decisions, review_documents, review_items
from storage.times import time_text
from tests.contract.storage.samples import digitized, field, work_key
from tests.making.clock import Clock

HERE = ("00001",)
NOW = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)
WEEK = Span(since=time_text(NOW - timedelta(days=7)), until=time_text(NOW))


class Rows:
    """Writes the desk's rows as they would come about, without the desk."""

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection
        self._numbers = itertools.count(1)

    def item(self, **changes: Any) -> str:
        """An open item of this office, a day old; any column can be changed. Given `done_h`, it was done so many
        hours ago."""
        done_h, opened_h = changes.pop("done_h", None), changes.pop("opened_h", 24.0)
        item_id = f"{next(self._numbers):032x}"
        row: dict[str, Any] = dict.fromkeys(column.name for column in review_items.columns) | {
            "item_id": item_id, "document_id": f"d{item_id}", "revision": 1, "field": "full_name",
            "kind": "doubt", "position": 1, "page": 1, "office": "00001", "book": "so-3",
            "document_type": "birth_certificate", "form": "2016", "field_class": "name",
            "reason": "field.low_confidence", "read_by": "r1",
            "scheme": "single", "stage": 1, "state": "open", "priority": 0,
            "opened_at": time_text(NOW - timedelta(hours=opened_h)),
        }  # fmt: skip
        if done_h is not None:
            done = time_text(NOW - timedelta(hours=done_h))
            row |= {"state": "done", "result": "accept", "done_at": done, "opened_at": done}
        row |= changes
        row["entry"] = template(row["field"])
        self.connection.execute(sa.insert(review_items).values(row))
        return item_id

    def decision(self, item_id: str, person: str = "lan", hours: float = 1.0, **changes: Any) -> None:
        row = {
            "decision_id": f"{next(self._numbers):032x}", "item_id": item_id, "stage": 1, "person": person,
            "choice": "accept", "value": "x", "verbatim": "x", "comment": "", "page": None, "box": None,
            "agrees": True, "upheld": None, "undone": False, "seconds": 2.0, "keys": 1,
            "at": time_text(NOW - timedelta(hours=hours)),
        }  # fmt: skip
        self.connection.execute(sa.insert(review_decisions).values(row | changes))

    def decided(self, person: str = "lan", *, item: dict[str, Any] | None = None, **changes: Any) -> str:
        item_id = self.item(**({"done_h": 1.0} | (item or {})))
        self.decision(item_id, person, **changes)
        return item_id


@pytest.fixture
def rows(catalogue: Catalogue) -> Iterator[Rows]:
    upgrade(catalogue.database, SCHEMA)
    with catalogue.database.write() as connection:
        yield Rows(connection)


@pytest.fixture
def statistics(rows: Rows, clock: Clock) -> Statistics:
    assert clock() == NOW
    return Statistics(rows.connection, clock)


# Lanes


def test_a_lane_counts_what_is_decided_alike(rows: Rows) -> None:
    for hours in (1, 5, 3):
        rows.item(opened_h=hours)
    rows.item(field="sex", field_class="choice")
    first, second = lanes(rows.connection, HERE, Filters())
    assert (first.entry, first.count, first.oldest) == ("full_name", 3, time_text(NOW - timedelta(hours=5)))
    assert (second.entry, second.count) == ("sex", 1)


def test_a_lane_names_its_reason_only_when_it_has_one(rows: Rows) -> None:
    rows.item()
    rows.item(book="so-4")
    rows.item(book="so-4", reason="field.unread")
    assert {lane.book: lane.reason for lane in lanes(rows.connection, HERE, Filters())} == {
        "so-3": "field.low_confidence",
        "so-4": "",
    }


def test_urgent_lanes_come_before_large_ones(rows: Rows) -> None:
    rows.item()
    rows.item()
    rows.item(book="so-9", priority=20)
    assert [lane.book for lane in lanes(rows.connection, HERE, Filters())] == ["so-9", "so-3"]


def test_a_field_of_all_members_of_a_household_is_one_lane(rows: Rows) -> None:
    for number in range(3):
        rows.item(field=f"members[{number}].full_name")
    [lane] = lanes(rows.connection, HERE, Filters())
    assert (lane.entry, lane.count) == ("members[].full_name", 3)


def test_a_lane_of_members_is_what_its_filter_gives(rows: Rows) -> None:
    rows.item(field="members[0].full_name")
    rows.item(field="members[1].full_name")
    rows.item(field="full_name")
    assert [lane.count for lane in lanes(rows.connection, HERE, Filters(field="members[].full_name"))] == [2]
    assert [lane.count for lane in lanes(rows.connection, HERE, Filters(field="members[1].full_name"))] == [1]


def test_lanes_hold_neither_other_offices_items_nor_decided_ones(rows: Rows) -> None:
    rows.item(office="00002")
    rows.item(done_h=1)
    assert lanes(rows.connection, HERE, Filters()) == []
    assert lanes(rows.connection, (), Filters()) == []


def test_lanes_of_several_offices_are_counted_together(rows: Rows) -> None:
    rows.item()
    rows.item(office="", opened_h=48)
    rows.item(office="00002")
    (lane,) = lanes(rows.connection, ("00001", ""), Filters())
    assert (lane.count, lane.oldest) == (2, time_text(NOW - timedelta(hours=48)))


def test_lanes_are_filtered(rows: Rows) -> None:
    rows.item(reason="field.unread")
    rows.item()
    (lane,) = lanes(rows.connection, HERE, Filters(reason="field.unread"))
    assert (lane.count, lane.reason) == (1, "field.unread")


def test_only_the_first_lanes_are_given(rows: Rows) -> None:
    for number in range(5):
        rows.item(book=f"so-{number}")
    assert len(lanes(rows.connection, HERE, Filters(), most=3)) == 3


# Speed and backlog


def test_decisions_are_counted_by_the_hour_without_those_undone(rows: Rows, statistics: Statistics) -> None:
    rows.decided(hours=1.0)
    rows.decided("mai", hours=1.2)
    rows.decided(hours=3.0)
    rows.decided(hours=1.0, undone=True)
    assert [(one.hour, one.decisions) for one in statistics.hours(HERE, WEEK)] == [
        ("2026-11-21T05", 1),
        ("2026-11-21T07", 2),
    ]
    assert [one.decisions for one in statistics.hours(HERE, WEEK, person="mai")] == [1]


def test_a_time_holds_its_beginning_and_not_its_end(rows: Rows, statistics: Statistics) -> None:
    rows.decided(hours=7 * 24)
    rows.decided(hours=0)
    assert [one.hour for one in statistics.hours(HERE, WEEK)] == ["2026-11-14T08"]


def test_another_offices_work_is_not_counted(rows: Rows, statistics: Statistics) -> None:
    rows.decided(item={"office": "00002"})
    rows.item(office="00002")
    rows.item(office="00002", kind="sample", done_h=1, wrong=True)
    assert statistics.hours(HERE, WEEK) == []
    assert statistics.people(HERE, WEEK) == []
    assert statistics.backlog(HERE, "type") == []
    assert sum(statistics.ages(HERE)) == 0
    assert statistics.settled(HERE, WEEK, "reason") == []
    assert statistics.measured(HERE, WEEK, "class") == []


def test_the_backlog_is_counted_by_each_thing(rows: Rows, statistics: Statistics) -> None:
    rows.item(opened_h=50)
    rows.item(book="so-4")
    rows.item(document_type="household_book", reason="field.unread")
    assert [(one.group, one.count) for one in statistics.backlog(HERE, "type")] == [
        (("birth_certificate",), 2),
        (("household_book",), 1),
    ]
    assert statistics.backlog(HERE, "book")[0].oldest == time_text(NOW - timedelta(hours=50))
    assert [one.count for one in statistics.backlog(HERE, "reason")] == [2, 1]
    assert len(statistics.backlog(HERE, "book", most=1)) == 1


def test_the_backlog_is_counted_by_age(rows: Rows, statistics: Statistics) -> None:
    for days in (0.5, 2, 2.5, 5, 10, 20, 31, 400):
        rows.item(opened_h=24 * days)
    assert statistics.ages(HERE) == [1, 2, 1, 1, 1, 2]


# What passes unseen, and how often that is wrong


def test_of_papers_read_the_fields_that_passed_unseen_are_counted(
    catalogue: Catalogue, objects: LocalStore, clock: Clock
) -> None:
    upgrade(catalogue.database, SCHEMA)
    item = catalogue.claim(work_key(b"scan"), name="a.pdf", size=4)
    assert item.claim is not None
    made = [
        digitized(b"scan", "d1", field("full_name"), field("sex", status=Status.REVIEW)),
        digitized(b"scan", "d2", field("full_name")),
    ]
    commit_documents(objects, catalogue, item.claim, original=b"scan", documents=made, actor="a")
    today = Span(since=WEEK.since, until=time_text(NOW + timedelta(seconds=1)))
    with catalogue.database.write() as connection:
        for number, office in ((1, "00001"), (2, "00002")):
            row = {"document_id": f"d{number}", "office": office, "book": "so-3", "base_revision": 1}
            row |= {"released_revision": 0, "stale": False, "confirmed": False, "edited_revision": 0, "retired": False}
            connection.execute(sa.insert(review_documents).values(row))
        statistics = Statistics(connection, clock)
        (passed,) = statistics.passed(HERE, today, "form")
        assert (passed.group, passed.accepted, passed.fields) == (("birth_certificate", "2016"), 1, 2)
        assert [one.group for one in statistics.passed(HERE, today, "book")] == [("so-3",)]
        assert statistics.passed(HERE, WEEK, "form") == []


def test_the_error_is_measured_on_the_sample_alone(rows: Rows, statistics: Statistics) -> None:
    rows.item(kind="sample", done_h=1, wrong=True)
    rows.item(kind="sample", done_h=1, wrong=False)
    rows.item(kind="sample", done_h=1, wrong=False, field_class="date")
    rows.item(kind="sample")
    rows.item(kind="doubt", done_h=1)
    rows.item(kind="seed", done_h=1, wrong=True)
    (whole,) = statistics.measured(HERE, WEEK)
    assert (whole.wrong, whole.looked) == (1, 3)
    assert {one.group: (one.wrong, one.looked) for one in statistics.measured(HERE, WEEK, "class")} == {
        ("name",): (1, 2),
        ("date",): (0, 1),
    }


def test_a_sample_of_what_a_person_decided_measures_people_not_the_machine(rows: Rows, statistics: Statistics) -> None:
    rows.item(document_id="d1", done_h=5)
    rows.item(document_id="d1", kind="sample", done_h=1, wrong=True)
    rows.item(document_id="d2", kind="sample", done_h=1, wrong=False)
    assert [(one.wrong, one.looked) for one in statistics.measured(HERE, WEEK)] == [(0, 1)]
    assert [(one.wrong, one.looked) for one in statistics.measured_people(HERE, WEEK)] == [(1, 1)]


def test_without_a_sample_nothing_was_looked_at(statistics: Statistics) -> None:
    assert [(one.wrong, one.looked) for one in statistics.measured(HERE, WEEK)] == [(0, 0)]


def test_what_people_settled_is_counted_with_what_they_changed(rows: Rows, statistics: Statistics) -> None:
    rows.item(done_h=1, result="correct")
    rows.item(done_h=1, result="accept")
    rows.item(done_h=1, result="illegible", book="so-9")
    rows.item(done_h=24 * 8)
    (whole,) = statistics.settled(HERE, WEEK)
    assert (whole.changed, whole.settled) == (2, 3)
    assert [(one.group, one.changed, one.settled) for one in statistics.settled(HERE, WEEK, "book")] == [
        (("so-3",), 1, 2),
        (("so-9",), 1, 1),
    ]


# People


def test_a_persons_work_is_counted(rows: Rows, statistics: Statistics) -> None:
    for seconds, keys in ((1.0, 1), (2.0, 1), (9.0, 10)):
        rows.decided(seconds=seconds, keys=keys, choice="correct" if keys > 1 else "accept")
    rows.decided("mai", seconds=4.0)
    (_, lan), (_, mai) = statistics.people(HERE, WEEK)
    assert (lan.person, lan.decisions, lan.changed, lan.keys, lan.median_s) == ("lan", 3, 1, 12, 2.0)
    assert (mai.person, mai.decisions, mai.median_s) == ("mai", 1, 4.0)


def test_agreement_counts_first_and_second_decisions_but_not_the_arbiters_own(
    rows: Rows, statistics: Statistics
) -> None:
    item = rows.decided("lan", upheld=False, hours=3)
    rows.decision(item, "mai", stage=2, upheld=True, hours=2)
    rows.decision(item, "tam", stage=3, upheld=True, hours=1)
    rows.decided("lan", upheld=True)
    rows.decided("lan")
    found = {one.person: (one.agreed, one.compared) for _, one in statistics.people(HERE, WEEK)}
    assert found == {"lan": (1, 2), "mai": (1, 1), "tam": (0, 0)}


def test_seeds_measure_whoever_decided_them(rows: Rows, statistics: Statistics) -> None:
    rows.decided("lan", item={"kind": "seed", "wrong": True})
    rows.decided("lan", item={"kind": "seed", "wrong": False})
    rows.decided("mai", item={"kind": "doubt"})
    found = {one.person: (one.wrong, one.seeds) for _, one in statistics.people(HERE, WEEK)}
    assert found == {"lan": (1, 2), "mai": (0, 0)}


def test_a_persons_work_is_told_apart_by_class_form_and_book(rows: Rows, statistics: Statistics) -> None:
    rows.decided(item={"field_class": "date"})
    rows.decided(item={"field_class": "date", "kind": "seed", "wrong": True})
    rows.decided(item={"form": "1999", "book": "so-8"})
    by_class = {group: one.decisions for group, one in statistics.people(HERE, WEEK, person="lan", by="class")}
    assert by_class == {("date",): 2, ("name",): 1}
    by_form = dict(statistics.people(HERE, WEEK, by="form"))
    assert by_form["birth_certificate", "2016"].wrong == 1
    assert {group for group, _ in statistics.people(HERE, WEEK, by="book")} == {("so-3",), ("so-8",)}


# The items behind a number


def test_open_items_behind_a_number_are_listed_as_the_queue_comes(rows: Rows) -> None:
    old, new, urgent = rows.item(opened_h=9), rows.item(opened_h=2), rows.item(opened_h=1, priority=5)
    rows.item(done_h=1)
    assert [one.item_id for one in select_items(rows.connection, HERE, ItemFilter(state="open"))] == [urgent, old, new]


def test_done_items_are_listed_by_when_they_were_done_and_by_whom(rows: Rows) -> None:
    rows.decided("mai", item={"done_h": 2, "result": "correct"})
    mine = rows.decided("lan", item={"done_h": 3, "result": "correct"})
    wanted = ItemFilter(state="done", changed=True, person="lan", span=WEEK)
    assert [one.item_id for one in select_items(rows.connection, HERE, wanted)] == [mine]


def test_samples_and_seeds_are_listed_only_once_they_are_done(rows: Rows) -> None:
    rows.item(kind="sample")
    done = rows.item(kind="sample", done_h=1, wrong=True)
    wanted = ItemFilter(state="all", kinds=(Kind.SAMPLE,), wrong=True)
    assert [one.item_id for one in select_items(rows.connection, HERE, wanted)] == [done]
    assert [
        one.item_id for one in select_items(rows.connection, HERE, ItemFilter(state="all", kinds=(Kind.SAMPLE,)))
    ] == [done]


def test_items_are_listed_by_who_decided_them_when_though_they_wait_for_another(rows: Rows) -> None:
    item = rows.item(stage=2)
    rows.decision(item, "lan", hours=2)
    wanted = ItemFilter(state="all", person="lan", decided=WEEK)
    assert [one.item_id for one in select_items(rows.connection, HERE, wanted)] == [item]
    earlier = Span(since=WEEK.since, until=time_text(NOW - timedelta(hours=3)))
    assert select_items(rows.connection, HERE, ItemFilter(state="all", decided=earlier)) == []


def test_a_list_goes_on_where_it_stopped(rows: Rows) -> None:
    made = [rows.item(opened_h=hours) for hours in (5, 4, 3, 2, 1)]
    first = select_items(rows.connection, HERE, ItemFilter(state="open"), most=2)
    rest = select_items(rows.connection, HERE, ItemFilter(state="open"), most=9, skip=2)
    assert [one.item_id for one in (*first, *rest)] == made


def test_another_offices_items_are_not_listed(rows: Rows) -> None:
    rows.item(office="00002")
    assert select_items(rows.connection, HERE, ItemFilter(state="all")) == []
