"""What waits is handed out once, offices in turn, and comes back when whoever read it is lost; on both databases."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from pipeline.domain.message import Message
from storage.catalogue import Catalogue, Claim, Owner, QueuedInput, Urgency, WorkKey, WorkState
from storage.catalogue.catalogue import LEASE
from storage.catalogue.ledger import EXPIRED
from storage.catalogue.tables import work
from storage.catalogue.work_queue import MOST_LOSSES
from tests.contract.storage.samples import PROVENANCE
from tests.making.clock import Clock

LONG = LEASE + timedelta(seconds=1)
OTHER = Owner(boot="another machine's", space="its", pid=1, started=1, node="other")


def scan(name: str) -> QueuedInput:
    sha = hashlib.sha256(name.encode("utf-8", "backslashreplace")).hexdigest()
    return QueuedInput(place=f"share:{name}", stamp="1", sha256=sha, name=name, size=9)


def add(catalogue: Catalogue, *names: str, office: str = "A", urgency: Urgency = Urgency.BATCH, pages: int = 50) -> int:
    """Queues scans of these names, in batches of so many pages; how many were new."""
    with catalogue.queue() as queue:
        known = queue.add([scan(name) for name in names], office=office, urgency=urgency)
        queue.form_batches(pages=pages)
    return len(names) - len(known)


def take(catalogue: Catalogue, room: int = 99) -> list[str]:
    with catalogue.queue() as queue:
        return [batch.batch for batch in queue.take(room)]


def offices(catalogue: Catalogue, room: int) -> list[str]:
    with catalogue.queue() as queue:
        return [batch.office for batch in queue.take(room)]


def begin(catalogue: Catalogue, batch: str) -> list[str]:
    with catalogue.queue() as queue:
        return [one.name for one in queue.begin(batch, Owner.current(), lease=LEASE)]


def key(name: str) -> WorkKey:
    return WorkKey.of(scan(name).sha256, PROVENANCE)


def taken(catalogue: Catalogue, name: str) -> Claim:
    claim = catalogue.claim(key(name), name=name, size=9).claim
    assert claim is not None
    return claim


def claim(catalogue: Catalogue, name: str) -> None:
    taken(catalogue, name)


def held_elsewhere(catalogue: Catalogue) -> None:
    """As if another machine had claimed all that runs."""
    parts = {name: getattr(Owner.current(), name) for name in Owner.__slots__}
    with catalogue.database.write() as connection:
        connection.execute(sa.update(work).values(owner=str(Owner(**parts | {"space": "pid:[1]"}))))


def finish(catalogue: Catalogue, name: str) -> None:
    with catalogue.unit() as unit:
        item = unit.ledger.claim(key(name), Owner.current(), lease=LEASE, retry_set_aside=False)
        assert item.claim is not None
        unit.ledger.finish(item.claim)
        unit.commit()


def waiting(catalogue: Catalogue) -> int:
    with catalogue.queue_as_it_is() as queue:
        return queue.waiting()


def expire(catalogue: Catalogue) -> tuple[list[WorkKey], list[WorkKey]]:
    with catalogue.queue() as queue:
        return queue.expire()


def test_a_place_whose_stamp_is_the_same_is_known_and_a_changed_one_is_not(catalogue: Catalogue) -> None:
    add(catalogue, "a", "b")
    with catalogue.queue_as_it_is() as queue:
        known = queue.known({"share:a": "1", "share:b": "2", "share:c": "1"})
    assert known == {"share:a": scan("a").sha256}


def test_what_waits_or_is_done_does_not_wait_once_more(catalogue: Catalogue) -> None:
    assert add(catalogue, "a", "b") == 2
    assert add(catalogue, "a", "b") == 0
    finish(catalogue, "a")
    assert add(catalogue, "a") == 0
    assert waiting(catalogue) == 1


def test_what_was_set_aside_waits_no_longer(catalogue: Catalogue) -> None:
    add(catalogue, "a")
    item = catalogue.claim(key("a"), name="a", size=9)
    assert item.claim is not None
    catalogue.set_aside(item.claim, code="input.corrupt", message=Message.same("x"), actor="z")
    assert waiting(catalogue) == 0
    assert add(catalogue, "a") == 0


def test_a_batch_has_some_pages_of_one_office_in_the_order_they_came(catalogue: Catalogue) -> None:
    add(catalogue, *"abcde", pages=2)
    add(catalogue, "f", office="B", pages=2)
    assert [begin(catalogue, batch) for batch in take(catalogue)] == [["a", "b"], ["f"], ["c", "d"], ["e"]]


def test_a_batch_is_started_by_one_caller_only(catalogue: Catalogue) -> None:
    add(catalogue, *"abc", pages=1)
    assert len(take(catalogue)) == 3
    assert take(catalogue) == []


def test_offices_come_in_turn_however_much_one_of_them_has(catalogue: Catalogue) -> None:
    add(catalogue, *(f"a{n}" for n in range(8)), office="A", pages=1)
    add(catalogue, *(f"b{n}" for n in range(2)), office="B", pages=1)
    assert offices(catalogue, 4) == ["A", "B", "A", "B"]
    assert offices(catalogue, 5) == ["A"]


def test_submissions_start_whatever_is_under_way(catalogue: Catalogue) -> None:
    add(catalogue, *"abc", pages=1)
    assert len(take(catalogue, 1)) == 1
    add(catalogue, "s", urgency=Urgency.SUBMISSION)
    assert [begin(catalogue, batch) for batch in take(catalogue, 1)] == [["s"]]


def test_what_waits_in_a_batch_overtakes_when_it_is_handed_in(catalogue: Catalogue) -> None:
    add(catalogue, *"abc")
    assert add(catalogue, "b", urgency=Urgency.SUBMISSION) == 0
    first, second = take(catalogue)
    assert (begin(catalogue, first), begin(catalogue, second)) == (["b"], ["a", "c"])


def test_what_a_run_leaves_waits_for_another_batch_when_its_pause_is_over(catalogue: Catalogue, clock: Clock) -> None:
    add(catalogue, "a", "b")
    (batch,) = take(catalogue)
    begin(catalogue, batch)
    finish(catalogue, "a")
    with catalogue.queue() as queue:
        assert queue.end(batch, again_in=timedelta(seconds=30)) == 1
        assert queue.form_batches() == 0
    clock.advance(timedelta(seconds=31))
    with catalogue.queue() as queue:
        assert queue.form_batches() == 1
    assert [begin(catalogue, batch) for batch in take(catalogue)] == [["b"]]


def test_what_somebody_is_reading_comes_into_no_other_batch(catalogue: Catalogue) -> None:
    add(catalogue, "a")
    claim(catalogue, "a")
    with catalogue.queue() as queue:
        queue.postpone(scan("a").sha256, again_in=timedelta(0))
        assert queue.form_batches() == 0


def test_a_batch_that_one_node_reads_is_nothing_to_another(catalogue: Catalogue, clock: Clock) -> None:
    add(catalogue, "a")
    (batch,) = take(catalogue)
    assert begin(catalogue, batch) == ["a"]
    with catalogue.queue() as queue:
        assert queue.begin(batch, OTHER, lease=LEASE) == []
        assert queue.end(batch, owner=OTHER) == 0
    clock.advance(LONG)
    with catalogue.queue() as queue:
        assert len(queue.begin(batch, OTHER, lease=LEASE)) == 1


def test_a_lost_reader_costs_a_loss_and_its_inputs_wait_again(catalogue: Catalogue, clock: Clock) -> None:
    add(catalogue, "a", "b")
    (batch,) = take(catalogue)
    begin(catalogue, batch)
    claim(catalogue, "a")
    held_elsewhere(catalogue)
    assert expire(catalogue) == ([], [])
    clock.advance(LONG)
    assert expire(catalogue) == ([key("a")], [])
    item = catalogue.item(key("a"))
    assert item is not None
    assert (item.state, item.code) == (WorkState.PENDING, EXPIRED)
    with catalogue.queue_as_it_is() as queue:
        assert [one.batch for one in queue.abandoned()] == [batch]


def test_what_a_dead_process_of_this_machine_held_waits_again_at_once(catalogue: Catalogue) -> None:
    add(catalogue, "a", "b")
    claim(catalogue, "a")
    with catalogue.database.write() as connection:
        connection.execute(sa.update(work).values(owner=str(replace(Owner.current(), started=1))))
    claim(catalogue, "b")
    assert expire(catalogue) == ([key("a")], [])


def test_a_batch_that_a_dead_process_of_this_machine_read_is_free_at_once(catalogue: Catalogue) -> None:
    add(catalogue, "a")
    (batch,) = take(catalogue)
    dead = replace(Owner.current(), started=1, node="dead")
    with catalogue.queue() as queue:
        queue.begin(batch, dead, lease=LEASE)
        assert (queue.alive(), [one.batch for one in queue.abandoned()]) == (set(), [batch])
    assert begin(catalogue, batch) == ["a"]
    with catalogue.queue() as queue:
        assert (queue.alive(), queue.abandoned()) == ({batch}, [])


def test_a_renewed_batch_is_not_abandoned(catalogue: Catalogue, clock: Clock) -> None:
    add(catalogue, "a")
    (batch,) = take(catalogue)
    with catalogue.queue() as queue:
        queue.begin(batch, Owner.current(), lease=LEASE)
    clock.advance(LEASE / 2)
    catalogue.renew_all([], batches=[batch])
    clock.advance(LEASE / 2 + timedelta(seconds=1))
    with catalogue.queue_as_it_is() as queue:
        assert queue.abandoned() == []


def test_an_input_that_kills_whoever_reads_it_ends_alone_and_is_then_hopeless(
    catalogue: Catalogue, clock: Clock
) -> None:
    """The others of its batch lose twice at most."""
    add(catalogue, *"abc")
    sizes: list[int] = []
    hopeless: list[WorkKey] = []
    for _ in range(MOST_LOSSES):
        for batch in take(catalogue):
            names = begin(catalogue, batch)
            sizes.append(len(names))
            for name in names:
                claim(catalogue, name) if "a" in names else finish(catalogue, name)
            with catalogue.queue() as queue:
                queue.end(batch)
        held_elsewhere(catalogue)
        clock.advance(LONG)
        hopeless += expire(catalogue)[1]
        with catalogue.queue() as queue:
            queue.form_batches()
    assert sizes == [3, 3, 1, 1, 1, 1]
    assert hopeless == [key("a")]
    assert catalogue.give_up(hopeless[0], code="work.readers_lost", message=Message.same("x"), actor="z")
    assert waiting(catalogue) == 0


def test_one_input_is_never_read_by_two_releases_at_once(catalogue: Catalogue) -> None:
    claim(catalogue, "a")
    held_elsewhere(catalogue)
    newer = replace(key("a"), software="hotich 0.2.0")
    again = catalogue.claim(newer, name="a", size=9, alone=True)
    assert (again.claim, again.state) == (None, WorkState.RUNNING)


def test_renewing_many_tells_those_that_are_lost(catalogue: Catalogue, clock: Clock) -> None:
    kept, lost, ended = [taken(catalogue, name) for name in "abc"]
    with catalogue.unit() as unit:
        unit.ledger.finish(ended)
        unit.commit()
    catalogue.release(lost)
    taken(catalogue, "b")
    clock.advance(LEASE / 2)
    assert catalogue.renew_all([kept, lost, ended]) == [lost]


def test_what_was_done_is_added_up(catalogue: Catalogue) -> None:
    for pages in (3, 4):
        with catalogue.queue() as queue:
            queue.count("A", {"pages": pages, "read_seconds": 0.5})
    with catalogue.queue_as_it_is() as queue:
        assert queue.totals() == [("A", "pages", 7.0), ("A", "read_seconds", 1.0)]


def test_the_depth_of_an_office_says_how_much_and_since_when(catalogue: Catalogue, clock: Clock) -> None:
    add(catalogue, "a", "b")
    clock.advance(timedelta(hours=1))
    add(catalogue, "c", office="B", urgency=Urgency.SUBMISSION)
    with catalogue.queue_as_it_is() as queue:
        depths = queue.depths()
    assert [(one.office, one.urgency, one.files, one.oldest[11:16]) for one in depths] == [
        ("A", Urgency.BATCH, 2, "08:30"),
        ("B", Urgency.SUBMISSION, 1, "09:30"),
    ]


@pytest.mark.parametrize("names", [["quyển 2/a.jpg", b"gi\xe2y.pdf".decode("utf-8", "surrogateescape")]])
def test_names_of_any_kind_wait(catalogue: Catalogue, names: list[str]) -> None:
    assert add(catalogue, *names) == 2
