"""Documents withdrawn, restored and removed: nobody meets them meanwhile, and the archive is whole at each step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from pipeline.domain.errors import WrongUse
from pipeline.judging.review.policy import default_policy
from pipeline.records.searching import Question
from storage.catalogue import Catalogue, StoredDocument
from storage.catalogue.tables import withdrawn_documents
from storage.objects import LocalStore
from storage.office.store import OfficeStore
from storage.review import Choice, Filters, NewDecision, Person, Releasing, ReviewStore
from storage.trash import documents_of_import, empty_trash, ranges, restore, withdraw
from storage.verify import verify
from tests.making.clock import Clock
from tests.making.desk_home import CERTIFICATE, DeskHome

LAN = Person(login="lan", offices=("",), roles=frozenset({"reviewer"}))
PLAIN = replace(default_policy(), sample_accepted=0.0, sample_reviewed=0.0, seed_share=0.0)
CHILD = Question(name="Đàm Mai Hiền")


class Archive:
    """A paper with a doubt about the child's ethnicity, and shorthand for what is done to it."""

    def __init__(self, home: DeskHome, clock: Clock) -> None:
        self.home, self.clock = home, clock
        self.catalogue, self.objects = home.catalogue, home.objects
        OfficeStore(self.catalogue.database)
        self.store = ReviewStore(self.catalogue.database, policy=PLAIN, draw=lambda *_: 1.0, clock=clock)
        self.paper = self.add(0)

    def add(self, copy: int) -> StoredDocument:
        stored = self.home.add(CERTIFICATE, doubt=["ethnicity"], copy=copy)
        with self.store.write() as tables:
            for seq, document_id, revision in tables.items.pending(10):
                tables.items.open_for_revision(document_id, revision, suspended=())
                tables.items.mark_followed(seq)
        return stored

    def withdraw(self, *, days: int = 30) -> list[str]:
        with self.catalogue.unit() as unit:
            taken = withdraw(unit, self.objects, [self.paper.document_id], reason="quét nhầm", actor="luu", days=days)
            unit.commit()
        return taken

    def restore(self) -> list[str]:
        with self.catalogue.unit() as unit:
            back = restore(unit, self.objects, [self.paper.document_id], actor="luu")
            unit.commit()
        return back

    def open_fields(self) -> list[str]:
        with self.store.write() as tables:
            claimed = tables.queue.claim(LAN, "tab", Filters(), 10, lease=timedelta(minutes=1))
            tables.queue.release(LAN, "tab")
        return [item.field for item in claimed]

    def decide(self) -> None:
        with self.store.write() as tables:
            [item] = tables.queue.claim(LAN, "tab", Filters(), 1, lease=timedelta(minutes=1))
            tables.decisions.decide(
                NewDecision(
                    decision_id="d" * 32, item_id=item.item_id, lease=item.lease or "", choice=Choice.CORRECT,
                    value="Kinh", verbatim="Kinh", agrees=False,
                ),
                LAN,
            )  # fmt: skip

    def check(self) -> None:
        report = verify(self.objects, self.catalogue)
        assert report.ok, report


@pytest.fixture
def archive(catalogue: Catalogue, objects: LocalStore, clock: Clock, tmp_path: Path) -> Iterator[Archive]:
    made = Archive(DeskHome(folder=tmp_path, catalogue=catalogue, objects=objects, clock=clock), clock)
    yield made
    made.check()


def test_what_is_withdrawn_is_in_no_queue_and_in_no_search_and_all_of_it_is_kept(archive: Archive) -> None:
    before = {key.name for key in archive.objects.keys()}  # noqa: SIM118
    assert archive.withdraw() == [archive.paper.document_id]
    assert archive.open_fields() == []
    assert archive.catalogue.find(CHILD).count == 0
    assert archive.catalogue.document(archive.paper.document_id) is None
    assert {key.name for key in archive.objects.keys()} == before  # noqa: SIM118
    assert archive.withdraw() == [], "what is withdrawn is not withdrawn again"


def test_what_is_restored_is_as_it_was(archive: Archive) -> None:
    archive.withdraw()
    archive.clock.advance(timedelta(days=40))
    assert archive.restore() == [archive.paper.document_id], "until it is removed, the term's end changes nothing"
    assert archive.open_fields() == ["ethnicity"]
    assert archive.catalogue.find(CHILD).count == 1
    assert archive.catalogue.document(archive.paper.document_id) == archive.paper
    assert archive.restore() == []


def test_a_reason_is_asked_for(archive: Archive) -> None:
    with pytest.raises(WrongUse), archive.catalogue.unit() as unit:
        withdraw(unit, archive.objects, [archive.paper.document_id], reason=" ", actor="luu")


def test_within_the_term_nothing_is_removed(archive: Archive) -> None:
    archive.withdraw(days=30)
    archive.clock.advance(timedelta(days=29))
    assert empty_trash(archive.catalogue, archive.objects, decision="QĐ 1", actor="luu") == []


def test_after_the_term_its_objects_go_and_the_logs_still_tell_of_it(archive: Archive) -> None:
    other = archive.add(1)
    archive.withdraw(days=30)
    archive.clock.advance(timedelta(days=31))
    assert empty_trash(archive.catalogue, archive.objects, decision="QĐ 1/2026", actor="luu") == [
        archive.paper.document_id
    ]
    assert not archive.objects.exists(archive.paper.original)
    assert not archive.objects.exists(archive.paper.json)
    assert archive.objects.exists(other.original)
    noted = [one.action for one in archive.catalogue.audit_entries(subject=archive.paper.document_id)]
    assert noted == ["document.withdrawn:1", "document.removed:QĐ 1/2026", "trail.erased"]
    assert archive.restore() == []
    archive.check()


def test_what_a_crash_left_of_a_removed_paper_goes_the_next_time(archive: Archive) -> None:
    archive.withdraw(days=0)
    removed = archive.objects.remove
    archive.objects.remove = lambda key: None  # type: ignore[method-assign]
    empty_trash(archive.catalogue, archive.objects, decision="QĐ 1", actor="luu")
    archive.objects.remove = removed  # type: ignore[method-assign]
    archive.check()
    assert archive.objects.exists(archive.paper.original)
    empty_trash(archive.catalogue, archive.objects, decision="QĐ 2", actor="luu")
    assert not archive.objects.exists(archive.paper.original)


def test_no_removal_without_a_decision(archive: Archive) -> None:
    with pytest.raises(WrongUse):
        empty_trash(archive.catalogue, archive.objects, decision=" ", actor="luu")


def test_a_withdrawn_paper_stays_withdrawn_whatever_is_stored_of_it(archive: Archive) -> None:
    archive.decide()
    archive.withdraw()
    releasing = Releasing(store=archive.store, catalogue=archive.catalogue, objects=archive.objects)
    assert releasing.stale(10) == []
    assert releasing.release(archive.paper.document_id, actor="lan") is None
    archive.restore()
    assert releasing.release(archive.paper.document_id, actor="lan") is not None


def test_a_paper_that_people_changed_stays_withdrawn_when_its_file_is_read_anew(archive: Archive) -> None:
    with archive.store.write() as tables:
        tables.items.open_after_edit(archive.paper.document_id)
    archive.withdraw()
    with archive.store.write() as tables:  # what a newer reading of another paper of the file leads to
        tables.items._keep_edits(archive.paper.document_id, retired=False)
    assert archive.catalogue.document(archive.paper.document_id) is None


def test_an_import_is_withdrawn_as_a_whole(archive: Archive) -> None:
    with archive.catalogue.unit() as unit:
        row = unit.connection.execute(sa.text("SELECT work_id FROM work")).one()
        unit.imports.note("20261121-083000-abcd", row.work_id, actor="luu")
        unit.commit()
    archive.add(1)
    [one] = archive.catalogue.newest_imports(5)
    assert (one.files, one.documents, one.withdrawn) == (1, 1, 0)
    with archive.catalogue.database.read() as connection:
        assert documents_of_import(connection, one.import_id) == [archive.paper.document_id]
        with pytest.raises(WrongUse):
            documents_of_import(connection, "none")


@pytest.mark.parametrize("tampered", ["DELETE FROM withdrawn_documents", "UPDATE documents SET current = true"])
def test_a_withdrawal_changed_behind_the_log_is_found(archive: Archive, tampered: str) -> None:
    archive.withdraw()
    with archive.catalogue.unit() as unit:
        kept = unit.connection.execute(sa.select(withdrawn_documents)).mappings().all()
        unit.connection.exec_driver_sql(tampered)
        unit.commit()
    assert not verify(archive.objects, archive.catalogue).ok
    with archive.catalogue.unit() as unit:
        unit.connection.exec_driver_sql("UPDATE documents SET current = false")
        unit.connection.execute(sa.delete(withdrawn_documents))
        unit.connection.execute(sa.insert(withdrawn_documents), [dict(row) for row in kept])
        unit.commit()


def test_pages_are_told_in_ranges() -> None:
    assert ranges([3, 1, 2, 5]) == "1-3,5"
