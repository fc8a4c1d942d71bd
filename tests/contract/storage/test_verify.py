"""`verify` finds what is damaged, missing or forged, and nothing else; on both databases."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import BinaryIO

import pytest
import sqlalchemy as sa

from pipeline.domain.errors import HotichError
from pipeline.domain.message import Message
from pipeline.judging.review.policy import default_policy
from pipeline.page_ledger import PageElsewhere, Place
from pipeline.records.contract import record_bytes
from storage.catalogue import Catalogue, StoredDocument
from storage.catalogue.tables import documents, page_ledgers
from storage.commit import Digitized, commit_documents
from storage.objects import LocalStore, ObjectKey
from storage.office.store import OfficeStore
from storage.review import ReviewStore
from storage.verify import LostPage, verify
from tests.contract.storage.samples import digitized, record, work_key

DATA = b"a scan"


def stored(objects: LocalStore, catalogue: Catalogue) -> StoredDocument:
    claim = catalogue.claim(work_key(DATA), name="a.pdf", size=len(DATA)).claim
    assert claim is not None
    made = commit_documents(objects, catalogue, claim, original=DATA, documents=[digitized(DATA, "d1")], actor="batch")
    return made[0]


def test_what_was_just_stored_is_whole(objects: LocalStore, catalogue: Catalogue) -> None:
    stored(objects, catalogue)
    report = verify(objects, catalogue)
    assert report.ok
    assert (report.objects, report.documents, report.chain.entries) == (4, 1, 4)


def test_an_empty_archive_is_whole(objects: LocalStore, catalogue: Catalogue) -> None:
    assert verify(objects, catalogue).ok


def test_a_damaged_object_is_named(objects: LocalStore, catalogue: Catalogue) -> None:
    key = stored(objects, catalogue).archival
    assert key is not None
    path = objects.folder / key.name
    path.chmod(0o644)
    path.write_bytes(b"damaged")
    report = verify(objects, catalogue)
    assert report.corrupt == (key,)
    assert not report.ok


class _Server(LocalStore):
    """Answers only when two are asked for at a time, as a distant server would be best used."""

    at_once = 4

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, read_only=True)
        self.two = threading.Barrier(2, timeout=30)

    def open(self, key: ObjectKey) -> BinaryIO:
        self.two.wait()
        return super().open(key)


def test_objects_behind_a_server_are_read_several_at_a_time_and_told_in_their_order(
    objects: LocalStore, catalogue: Catalogue
) -> None:
    for number in range(8):
        objects.put(b"%d" % number)
    damaged = [key for n, key in enumerate(objects.keys()) if n % 3 == 0]
    for key in damaged:
        (objects.folder / key.name).chmod(0o644)
        (objects.folder / key.name).write_bytes(b"damaged")
    told: list[int] = []
    report = verify(_Server(objects.folder), catalogue, progress=told.append)
    assert (list(report.corrupt), report.orphans_in_all) == (damaged, 5)
    assert told == list(range(1, 9))


def test_a_missing_object_is_named_with_its_document(objects: LocalStore, catalogue: Catalogue) -> None:
    key = stored(objects, catalogue).json
    (objects.folder / key.name).unlink()
    (gone,) = verify(objects, catalogue).missing
    assert (gone.document_id, gone.kind, gone.key) == ("d1", "record", key)


def test_objects_of_a_commit_that_was_cut_off_are_listed_and_no_fault(
    objects: LocalStore, catalogue: Catalogue
) -> None:
    left = objects.put(b"left behind")
    report = verify(objects, catalogue)
    assert report.orphans == (left,)
    assert report.ok


def test_a_record_exchanged_in_the_catalogue_is_found(objects: LocalStore, catalogue: Catalogue) -> None:
    stored(objects, catalogue)
    forged = objects.put(b"{}")
    with catalogue.database.write() as connection:
        connection.execute(sa.update(documents).values(record=forged.name))
    assert verify(objects, catalogue).unrecorded == ("d1@1",)


def test_progress_counts_every_object(objects: LocalStore, catalogue: Catalogue) -> None:
    stored(objects, catalogue)
    seen: list[int] = []
    verify(objects, catalogue, progress=seen.append)
    assert seen == [1, 2, 3, 4]


def test_the_original_is_stored_once_for_all_versions(objects: LocalStore, catalogue: Catalogue) -> None:
    stored(objects, catalogue)
    claim = catalogue.claim(work_key(DATA, software="next"), name="a.pdf", size=6).claim
    assert claim is not None
    commit_documents(objects, catalogue, claim, original=DATA, documents=[], actor="batch")
    assert list(objects.keys()).count(ObjectKey.of(DATA)) == 1
    assert verify(objects, catalogue).ok


def noted(catalogue: Catalogue) -> None:
    store = OfficeStore(catalogue.database)
    for subject in ("A", "B"):
        with store.write() as tables:
            tables.reads.append(actor="client:x", office="1", action="submission.read", subject=subject, purpose="why")


def test_a_whole_log_of_reads_is_counted(objects: LocalStore, catalogue: Catalogue) -> None:
    noted(catalogue)
    report = verify(objects, catalogue)
    assert report.ok
    assert report.reads is not None
    assert report.reads.entries == 2


def test_a_changed_log_of_reads_is_found(objects: LocalStore, catalogue: Catalogue) -> None:
    noted(catalogue)
    with catalogue.database.write() as connection:
        # As whoever owns the database could: around the guard that refuses changes.
        if catalogue.database.is_sqlite:
            connection.execute(sa.text("DROP TRIGGER record_reads_no_update"))
        else:
            connection.execute(sa.text("ALTER TABLE record_reads DISABLE TRIGGER ALL"))
        connection.execute(sa.text("UPDATE record_reads SET purpose = 'another' WHERE seq = 1"))
    report = verify(objects, catalogue)
    assert not report.ok
    assert report.reads is not None
    assert report.reads.broken_at == 1


def test_a_changed_trail_of_decisions_is_found(objects: LocalStore, catalogue: Catalogue) -> None:
    store = ReviewStore(catalogue.database, policy=default_policy(), draw=lambda _: 1.0)
    with store.write() as tables:
        for name in ("full_name", "sex"):
            tables.trail.append(actor="lan", action="decided", document_id="d1", field=name)
    assert verify(objects, catalogue).ok
    with catalogue.database.write() as connection:
        if catalogue.database.is_sqlite:
            connection.execute(sa.text("DROP TRIGGER review_trail_no_update"))
        else:
            connection.execute(sa.text("ALTER TABLE review_trail DISABLE TRIGGER USER"))
        connection.execute(sa.text("UPDATE review_trail SET actor = 'minh' WHERE seq = 2"))
    report = verify(objects, catalogue)
    assert report.trail is not None
    assert (report.ok, report.trail.broken_at) == (False, 2)


def stored_with_pages(objects: LocalStore, catalogue: Catalogue, pages: int, *blank: int) -> None:
    """A file of so many pages whose only record stands on page 1; these others were decided blank."""
    made = record(DATA, "d1")
    made = made.evolve(source=made.source.evolve(pages=pages))
    elsewhere = [
        PageElsewhere(number=n, place=Place.BLANK, code="page.blank", message=Message.same("blank"), beside="d1")
        for n in blank
    ]
    claim = catalogue.claim(work_key(DATA), name="sổ/a.pdf", size=len(DATA)).claim
    assert claim is not None
    document = Digitized(record=made, record_json=record_bytes(made), archival=None)
    commit_documents(objects, catalogue, claim, original=DATA, documents=[document], actor="batch", elsewhere=elsewhere)


def test_a_file_whose_pages_are_in_records_or_decided_is_whole(objects: LocalStore, catalogue: Catalogue) -> None:
    stored_with_pages(objects, catalogue, 3, 2, 3)
    report = verify(objects, catalogue)
    assert (report.ok, report.files, report.lost_pages) == (True, 1, ())


def test_a_page_of_which_nobody_spoke_is_named(objects: LocalStore, catalogue: Catalogue) -> None:
    stored_with_pages(objects, catalogue, 3, 2)
    report = verify(objects, catalogue)
    assert report.lost_pages == (LostPage(file="sổ/a.pdf", sha256=ObjectKey.of(DATA).sha256, page=3),)
    assert not report.ok


def test_a_page_in_no_record_of_a_file_without_a_ledger_is_named(objects: LocalStore, catalogue: Catalogue) -> None:
    stored_with_pages(objects, catalogue, 2, 2)
    with catalogue.database.write() as connection:
        connection.execute(sa.delete(page_ledgers))
    assert [page.page for page in verify(objects, catalogue).lost_pages] == [2]


def test_a_ledger_exchanged_in_the_catalogue_is_found(objects: LocalStore, catalogue: Catalogue) -> None:
    stored_with_pages(objects, catalogue, 2, 2)
    forged = objects.put(b"{}")
    with catalogue.database.write() as connection:
        connection.execute(sa.update(page_ledgers).values(object=forged.name))
    report = verify(objects, catalogue)
    assert [subject.partition("@")[0] for subject in report.unrecorded] == [ObjectKey.of(DATA).sha256]
    assert not report.ok


def test_a_missing_ledger_is_named_with_its_file(objects: LocalStore, catalogue: Catalogue) -> None:
    stored_with_pages(objects, catalogue, 2, 2)
    key = catalogue.page_ledger_of(work_key(DATA))
    assert key is not None
    (objects.folder / key.name).unlink()
    (gone,) = verify(objects, catalogue).missing
    assert (gone.document_id.startswith("file:"), gone.kind, gone.key) == (True, "pages", key)


def test_a_catalogue_opened_to_check_is_read_and_takes_no_change(
    objects: LocalStore, catalogue: Catalogue, database_url: str
) -> None:
    stored(objects, catalogue)
    reader = Catalogue.open_to_check(database_url)
    assert verify(objects, reader).ok
    with pytest.raises(HotichError):
        reader.note(actor="an", action="noted", subject="x")
    reader.close()
    assert catalogue.verify_chain().entries == 4
