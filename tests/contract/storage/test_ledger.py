"""Each input is done once per version, and what a killed process left is found again; on both databases."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
import sqlalchemy as sa

from pipeline.domain.message import Message
from storage.catalogue import Catalogue, Claim, Owner, WorkItem, WorkKey, WorkState
from storage.catalogue.catalogue import LEASE
from storage.catalogue.tables import work
from storage.errors import ClaimLost
from tests.contract.storage.samples import work_key
from tests.making.clock import Clock

KEY = work_key(b"scan")


def claim(
    catalogue: Catalogue,
    key: WorkKey = KEY,
    *,
    name: str = "a.pdf",
    lease: timedelta = LEASE,
    retry_set_aside: bool = False,
) -> WorkItem:
    return catalogue.claim(key, name=name, size=4, lease=lease, retry_set_aside=retry_set_aside)


def got(item: WorkItem) -> Claim:
    """The claim of who got the work."""
    assert item.claim is not None
    return item.claim


def finish(catalogue: Catalogue, item: WorkItem) -> None:
    with catalogue.unit() as unit:
        unit.ledger.finish(got(item))
        unit.commit()


def hold_as(catalogue: Catalogue, **changes: Any) -> None:
    """Makes the running work look as if another process had claimed it."""
    parts = {name: getattr(Owner.current(), name) for name in Owner.__slots__}
    with catalogue.database.write() as connection:
        connection.execute(sa.update(work).values(owner=str(Owner(**parts | changes))))


@cache
def dead_process() -> dict[str, int]:
    """Number and start of a process that has ended."""
    code = "from storage.catalogue import Owner; o = Owner.current(); print(o.pid, o.started)"
    pid, started = subprocess.check_output([sys.executable, "-c", code], text=True).split()
    return {"pid": int(pid), "started": int(started)}


def test_new_work_goes_to_who_asks(catalogue: Catalogue) -> None:
    item = claim(catalogue)
    assert item.claim is not None
    assert (item.state, item.attempts) == (WorkState.RUNNING, 1)


def test_running_work_is_given_to_nobody_else(catalogue: Catalogue) -> None:
    claim(catalogue)
    again = claim(catalogue)
    assert again.claim is None
    assert again.state is WorkState.RUNNING


def test_done_work_is_given_to_nobody(catalogue: Catalogue) -> None:
    finish(catalogue, claim(catalogue))
    again = claim(catalogue, retry_set_aside=True)
    assert again.claim is None
    assert again.state is WorkState.DONE


@pytest.mark.parametrize(
    "change", [{"software": "hotich 0.2.0"}, {"models_sha256": "c" * 64}, {"settings_sha256": "d" * 64}]
)
def test_another_version_of_anything_is_other_work(catalogue: Catalogue, change: dict[str, str]) -> None:
    finish(catalogue, claim(catalogue))
    assert claim(catalogue, work_key(b"scan", **change)).claim is not None


def test_work_set_aside_keeps_its_reason_and_waits_for_a_person(catalogue: Catalogue) -> None:
    catalogue.set_aside(
        got(claim(catalogue)), code="input.encrypted", message=Message.same("Có mật khẩu"), actor="batch"
    )
    again = claim(catalogue)
    assert again.claim is None
    assert (again.state, again.code, again.message) == (
        WorkState.SET_ASIDE,
        "input.encrypted",
        Message.same("Có mật khẩu"),
    )


def test_work_set_aside_is_listed(catalogue: Catalogue) -> None:
    catalogue.set_aside(got(claim(catalogue)), code="input.encrypted", message=Message.same("…"), actor="batch")
    assert [item.key for item in catalogue.set_aside_items()] == [KEY]


def test_work_set_aside_can_be_tried_again_on_request(catalogue: Catalogue) -> None:
    catalogue.set_aside(got(claim(catalogue)), code="input.encrypted", message=Message.same("…"), actor="batch")
    again = claim(catalogue, retry_set_aside=True)
    assert again.claim is not None
    assert again.attempts == 2


def test_setting_aside_stands_in_the_audit_log(catalogue: Catalogue) -> None:
    catalogue.set_aside(got(claim(catalogue)), code="input.encrypted", message=Message.same("…"), actor="batch")
    (entry,) = catalogue.audit_entries(subject=KEY.input_sha256)
    assert entry.action == "work.set_aside:input.encrypted"


def test_released_work_is_free_at_once(catalogue: Catalogue) -> None:
    catalogue.release(got(claim(catalogue)), code="resource.disk_full", message=Message.same("Đĩa đầy"))
    assert [item.code for item in catalogue.unfinished()] == ["resource.disk_full"]
    assert claim(catalogue).claim is not None


def test_work_of_a_process_that_ended_is_free_at_once(catalogue: Catalogue) -> None:
    claim(catalogue)
    hold_as(catalogue, **dead_process())
    assert [item.key for item in catalogue.unfinished()] == [KEY]
    assert claim(catalogue).claim is not None


def test_work_of_a_living_process_is_not_unfinished(catalogue: Catalogue) -> None:
    claim(catalogue)
    assert catalogue.unfinished() == []


def test_a_new_process_with_an_old_number_is_not_taken_for_the_old_one(catalogue: Catalogue) -> None:
    claim(catalogue)
    hold_as(catalogue, started=1)
    assert claim(catalogue).claim is not None


def test_work_from_another_machine_waits_for_its_lease(catalogue: Catalogue, clock: Clock) -> None:
    claim(catalogue, lease=timedelta(minutes=5))
    hold_as(catalogue, space="pid:[1]")
    clock.advance(timedelta(minutes=4))
    assert claim(catalogue).claim is None
    clock.advance(timedelta(minutes=2))
    assert claim(catalogue).claim is not None


def test_a_renewed_lease_keeps_the_work(catalogue: Catalogue, clock: Clock) -> None:
    item = claim(catalogue, lease=timedelta(minutes=5))
    catalogue.renew(got(item), lease=timedelta(minutes=60))
    hold_as(catalogue, space="pid:[1]")
    clock.advance(timedelta(minutes=30))
    assert claim(catalogue).claim is None


def test_after_a_restart_of_the_machine_a_local_catalogue_knows_that_nobody_is_left(
    catalogue: Catalogue,
) -> None:
    claim(catalogue)
    hold_as(catalogue, boot="another boot")
    assert (claim(catalogue).claim is not None) == catalogue.database.is_sqlite


def test_a_lost_claim_can_finish_nothing(catalogue: Catalogue) -> None:
    lost = claim(catalogue, lease=timedelta(0))
    hold_as(catalogue, **dead_process())
    assert claim(catalogue).claim is not None
    attempts: tuple[Callable[[], None], ...] = (
        lambda: finish(catalogue, lost),
        lambda: catalogue.renew(got(lost)),
        lambda: catalogue.release(got(lost)),
        lambda: catalogue.set_aside(got(lost), code="x", message=Message.same("y"), actor="z"),
    )
    for attempt in attempts:
        with pytest.raises(ClaimLost):
            attempt()
    assert catalogue.audit_entries() == []


def test_work_can_be_finished_only_once(catalogue: Catalogue) -> None:
    item = claim(catalogue)
    finish(catalogue, item)
    with pytest.raises(ClaimLost):
        finish(catalogue, item)


def test_every_name_of_a_file_is_kept(catalogue: Catalogue) -> None:
    for name in ("hồ sơ/giấy khai sinh.pdf", "bản sao\n2.pdf", "hồ sơ/giấy khai sinh.pdf"):
        claim(catalogue, name=name)
    assert catalogue.names(KEY.input_sha256) == sorted({"bản sao\n2.pdf", "hồ sơ/giấy khai sinh.pdf"})


def test_every_place_of_a_file_is_kept_and_a_second_one_is_audited(catalogue: Catalogue) -> None:
    claim(catalogue)
    digest = KEY.input_sha256
    first, second = "/hộp 1/a.pdf", b"/h\xe2p 2/a.pdf".decode("utf-8", "surrogateescape")
    assert catalogue.found(digest, place=first, actor="clerk") == []
    assert catalogue.audit_entries(subject=digest) == []
    assert catalogue.found(digest, place=second, actor="clerk") == [first]
    assert catalogue.found(digest, place=second, actor="clerk") == []
    assert set(catalogue.places(digest)) == {first, "/h\\udce2p 2/a.pdf"}
    assert [entry.action for entry in catalogue.audit_entries(subject=digest)] == ["source.found_again"]


def test_a_name_that_is_no_utf8_is_kept_readable(catalogue: Catalogue) -> None:
    claim(catalogue, name=b"gi\xe2y.pdf".decode("utf-8", "surrogateescape"))
    assert catalogue.names(KEY.input_sha256) == ["gi\\udce2y.pdf"]


def test_work_nobody_asked_for_is_unknown(catalogue: Catalogue) -> None:
    assert catalogue.item(KEY) is None


def test_of_many_who_ask_at_once_exactly_one_gets_the_work(catalogue: Catalogue) -> None:
    start = threading.Barrier(8)
    answers: list[bool] = []

    def ask() -> None:
        start.wait()
        answers.append(claim(catalogue).claim is not None)

    askers = [threading.Thread(target=ask) for _ in range(8)]
    for one in askers:
        one.start()
    for one in askers:
        one.join()
    assert sorted(answers) == [False] * 7 + [True]


def test_who_gets_the_work_notes_where_the_file_lies_and_that_it_was_found_again(catalogue: Catalogue) -> None:
    for place in ("/box/1", "/box/1", "/box/2"):
        item = catalogue.claim(KEY, name="a.pdf", size=4, place=place, actor="batch")
        assert catalogue.claim(KEY, name="a.pdf", size=4, place="/elsewhere", actor="other").claim is None
        catalogue.release(got(item))
    assert catalogue.places(KEY.input_sha256) == ["/box/1", "/box/2"]
    assert [(one.actor, one.action) for one in catalogue.audit_entries()] == [("batch", "source.found_again")]
