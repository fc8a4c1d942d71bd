"""Papers that are locked or held: a real S3 server lets none of them go, and whoever would remove them is told why."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from minio import Minio
from minio.error import S3Error

from pipeline.domain.errors import WrongUse
from pipeline.domain.model import DocumentType
from pipeline.records.contract import record_bytes
from storage.books import Correction, LineOrigin, keep_corrections
from storage.catalogue import Catalogue
from storage.catalogue.tables import told_apart
from storage.commit import Digitized, commit_documents
from storage.errors import ObjectLocked
from storage.holds import held_objects, hold, hold_objects, holds, lift
from storage.migration import upgrade
from storage.objects import LocalStore, ObjectKey, ObjectStore, S3Store
from storage.objects.encrypted import EncryptedStore
from storage.objects.envelope import envelope_name
from storage.objects.key_ring import KeyEncryptionKey, KeyFiles
from storage.objects.lock_rules import LockRules, read_years
from storage.objects.paper_class import Chosen, PaperClass
from storage.objects.store import Lock
from storage.replicas import Store, replicate
from storage.review.tables import SCHEMA, review_documents
from storage.store_log import keep_log
from storage.trash import empty_trash, in_trash, withdraw
from storage.verify import verify
from tests.contract.conftest import MakeDatabase, S3Server
from tests.contract.storage.samples import record, work_key
from tests.making.clock import Clock

BUCKETS = itertools.count()
YEARS = {PaperClass.IDENTITY: 20, PaperClass.SUBMISSIONS: 10}
IDENTITY = frozenset({PaperClass.IDENTITY})
SUBMITTED = frozenset({PaperClass.SUBMISSIONS})
CARD = b"a scan of a card"


class Buckets:
    """Makes buckets of the session's server, and reaches around them as their administrator."""

    def __init__(self, server: S3Server) -> None:
        self.server = server
        self.client = Minio(
            endpoint=server.endpoint, access_key=server.access_key, secret_key=server.secret_key, secure=False
        )

    def make(
        self, mode: str = "compliance", *, bucket: str = "", years: dict[PaperClass, int] | None = None
    ) -> S3Store:
        made = S3Store(
            endpoint=self.server.endpoint, bucket=bucket or f"locked-{next(BUCKETS)}", secure=False,
            access_key=self.server.access_key, secret_key=self.server.secret_key,
            locks=LockRules(mode=mode, years=YEARS if years is None else years) if mode else None,
        )  # fmt: skip
        made.prepare()
        return made

    def refuses_to_delete(self, store: S3Store, name: str) -> bool:
        """Whether every version of what has this name outlives the administrator's attempt to delete it."""
        versions = list(self.client.list_objects(store.bucket, prefix=name, include_version=True))
        for version in versions:
            with pytest.raises(S3Error, match="AccessDenied"):
                self.client.remove_object(store.bucket, name, version_id=version.version_id)
        return bool(versions)


@pytest.fixture
def buckets(s3_server: S3Server) -> Buckets:
    return Buckets(s3_server)


def years_left(lock: Lock | None) -> float:
    assert lock is not None
    assert lock.until is not None
    return (lock.until - datetime.now(UTC)) / timedelta(days=365.2425)


@pytest.mark.parametrize("mode", ["governance", "compliance"])
def test_a_paper_is_locked_from_its_first_moment_for_as_long_as_its_class_wants(buckets: Buckets, mode: str) -> None:
    store = buckets.make(mode)
    card, other = store.put(CARD, of=IDENTITY), store.put(b"certificate", of=frozenset({PaperClass.PAPERS}))
    lock = store.lock(card.name)
    assert lock is not None
    assert (lock.mode, lock.held, round(years_left(lock), 1)) == (mode, False, 20.0)
    assert store.lock(other.name) is None
    assert buckets.refuses_to_delete(store, card.name)
    with pytest.raises(ObjectLocked, match=str(lock.until.date() if lock.until else "")):
        store.erase(card)
    assert store.get(card) == CARD
    store.erase(other)
    assert not store.exists(other)


def test_of_two_classes_the_longer_counts_and_a_lock_is_never_shortened(buckets: Buckets) -> None:
    store = buckets.make()
    key = store.put(CARD, of=SUBMITTED)
    assert round(years_left(store.lock(key.name))) == 10
    store.put(CARD, of=IDENTITY | SUBMITTED)
    assert round(years_left(store.lock(key.name))) == 20
    store.put(CARD, of=SUBMITTED)
    assert round(years_left(store.lock(key.name))) == 20


def test_what_is_written_anew_over_a_damaged_version_is_locked_as_that_was(buckets: Buckets) -> None:
    store = buckets.make()
    key = store.put(CARD, of=IDENTITY)
    store.hold(key.name, on=True)
    store.put(CARD, expected=key, anew=True)
    newest = buckets.client.stat_object(store.bucket, key.name)
    assert newest.metadata is not None
    assert newest.metadata["x-amz-object-lock-mode"] == "COMPLIANCE"
    assert newest.metadata["x-amz-object-lock-legal-hold"] == "ON"


def test_a_hidden_paper_is_still_there_and_still_locked(buckets: Buckets) -> None:
    store = buckets.make()
    key = store.put(CARD, of=IDENTITY)
    store.remove(key)
    assert (store.exists(key), round(years_left(store.lock(key.name)))) == (False, 20)
    with pytest.raises(ObjectLocked):
        store.erase(key)


def test_a_legal_hold_keeps_what_no_class_does_until_it_is_lifted(buckets: Buckets) -> None:
    store = buckets.make()
    key = store.put(b"certificate")
    assert store.hold(key.name, on=True)
    assert store.hold(key.name, on=True)
    assert store.lock(key.name) == Lock(held=True)
    assert buckets.refuses_to_delete(store, key.name)
    with pytest.raises(ObjectLocked):
        store.erase(key)
    assert store.hold(key.name, on=False)
    store.erase(key)
    assert not store.exists(key)


def test_a_bucket_without_object_lock_says_that_it_cannot_hold_and_gets_it_when_it_is_to_lock(buckets: Buckets) -> None:
    plain = buckets.make("")
    key = plain.put(CARD, of=IDENTITY)
    assert (plain.hold(key.name, on=True), plain.lock(key.name)) == (False, None)
    locking = buckets.make(bucket=plain.bucket)
    locking.put(CARD, of=IDENTITY)
    assert round(years_left(locking.lock(key.name))) == 20


def test_an_encrypted_paper_is_locked_with_its_envelope_also_after_a_change_of_keys(buckets: Buckets) -> None:
    bucket = buckets.make()
    old, new = KeyEncryptionKey(bytes(32)), KeyEncryptionKey(b"n" * 32)
    store = EncryptedStore(bucket, KeyFiles([old]), chosen=Chosen(classes=IDENTITY))
    key = store.put(CARD, of=IDENTITY)
    store = EncryptedStore(bucket, KeyFiles([new, old]), chosen=Chosen(classes=IDENTITY))
    assert store.rewrap().done == 1
    assert round(years_left(store.lock(key.name))) == 20
    assert buckets.refuses_to_delete(bucket, f"encrypted/{envelope_name(key.name)}")
    with pytest.raises(ObjectLocked):
        store.erase(key)
    assert store.get(key) == CARD


def test_what_lay_in_the_open_and_is_locked_is_told_and_stays_beside_what_is_encrypted(buckets: Buckets) -> None:
    bucket = buckets.make()
    key = bucket.put(CARD, of=IDENTITY)
    store = EncryptedStore(bucket, KeyFiles([KeyEncryptionKey(bytes(32))]), chosen=Chosen(classes=IDENTITY))
    with pytest.raises(ObjectLocked):
        store.encrypt(key, of=IDENTITY)
    assert (store.is_encrypted(key), bucket.get(key)) == (True, CARD)


class Archive:
    """A card in an archive."""

    def __init__(self, objects: ObjectStore, catalogue: Catalogue, clock: Clock) -> None:
        self.objects, self.catalogue, self.clock = objects, catalogue, clock
        keep_log(catalogue.database, objects)
        self.keys = self.commit("d1", CARD)

    def commit(self, name: str, data: bytes, *more: str) -> set[ObjectKey]:
        """A file with one paper or several; the objects of the first."""
        claim = self.catalogue.claim(work_key(data), name="a.pdf", size=len(data)).claim
        assert claim is not None
        made = [record(data, one).evolve(document_type=DocumentType.CITIZEN_ID_CHIP) for one in (name, *more)]
        papers = [
            Digitized(record=one, record_json=record_bytes(one), archival=b"%PDF " + one.document_id.encode())
            for one in made
        ]
        stored, *_ = commit_documents(
            self.objects, self.catalogue, claim, original=data, documents=papers, actor="batch"
        )  # fmt: skip
        assert stored.archival is not None
        return {stored.original, stored.archival, stored.json}

    def withdraw(self, *names: str) -> None:
        with self.catalogue.unit() as unit:
            withdraw(unit, self.objects, names or ("d1",), reason="not ours", actor="lan", days=0)
            unit.commit()

    def empty(self) -> list[str]:
        return empty_trash(self.catalogue, self.objects, decision="1/QD", actor="lan")

    def kept_because(self) -> str:
        with self.catalogue.database.read() as connection:
            [one] = in_trash(connection, objects=self.objects)
        return str(one.kept_because)

    def hold(self, *, on: bool, name: str = "d1") -> list[str]:
        change = hold if on else lift
        with self.catalogue.unit() as unit:
            done = change(unit, [name], reason="thanh tra 7/TTr", actor="lan")
            unit.commit()
        return done


@pytest.fixture
def catalogue(make_database: MakeDatabase, clock: Clock) -> Iterator[Catalogue]:
    opened = Catalogue.open(make_database("sqlite"), clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def archive(catalogue: Catalogue, tmp_path: Path, clock: Clock) -> Archive:
    return Archive(LocalStore(tmp_path / "objects"), catalogue, clock)


def test_a_locked_paper_leaves_the_trash_whole_or_not_at_all(
    buckets: Buckets, catalogue: Catalogue, clock: Clock
) -> None:
    archive = Archive(buckets.make(), catalogue, clock)
    archive.withdraw()
    assert archive.empty() == []
    year = datetime.now(UTC).year + 20
    assert f"locked until {year}" in archive.kept_because()
    assert all(archive.objects.exists(key) for key in archive.keys)
    assert verify(archive.objects, catalogue).ok


def test_one_locked_part_keeps_the_whole_paper_and_no_other(
    buckets: Buckets, catalogue: Catalogue, clock: Clock
) -> None:
    bucket = buckets.make(years={PaperClass.REGISTERS: 70})
    archive = Archive(bucket, catalogue, clock)
    archive.commit("d2", b"another")
    bucket.hold(min(archive.keys).name, on=True)
    archive.withdraw("d1", "d2")
    assert archive.empty() == ["d2"]
    assert all(archive.objects.exists(key) for key in archive.keys)
    bucket.hold(min(archive.keys).name, on=False)
    assert archive.empty() == ["d1"]
    assert not any(archive.objects.exists(key) for key in archive.keys)
    assert verify(archive.objects, catalogue).ok


def test_a_paper_stays_whole_where_what_the_log_tells_of_its_file_apart_is_locked(
    buckets: Buckets, catalogue: Catalogue, clock: Clock
) -> None:
    archive = Archive(buckets.make(years={PaperClass.UNKNOWN: 5}), catalogue, clock)
    archive.withdraw()
    assert (archive.empty(), "locked until" in archive.kept_because()) == ([], True)
    assert all(archive.objects.exists(key) for key in archive.keys)


def test_a_locked_line_that_a_reader_learnt_from_keeps_the_paper_it_was_cut_from(
    buckets: Buckets, catalogue: Catalogue, clock: Clock
) -> None:
    archive = Archive(buckets.make(years={PaperClass.REGISTERS: 70}), catalogue, clock)
    upgrade(catalogue.database, SCHEMA)
    row: dict[str, Any] = dict.fromkeys(("base_revision", "released_revision", "edited_revision"), 0)
    row |= dict.fromkeys(("stale", "confirmed", "retired"), False)
    with catalogue.unit() as unit:
        unit.connection.execute(sa.insert(review_documents).values(document_id="d1", office="", book="KS 1990", **row))
        unit.commit()
    line = Correction(image=b"ink", text="Lê Ất", origin=LineOrigin(document_id="d1", grammar="name"))
    keep_corrections(archive.objects, catalogue, "KS 1990", [line], actor="lan")
    archive.withdraw()
    assert (archive.empty(), "locked until" in archive.kept_because()) == ([], True)
    assert archive.objects.exists(ObjectKey.of(b"ink"))
    assert all(archive.objects.exists(key) for key in archive.keys)


def test_what_comes_of_a_paper_after_its_hold_began_is_held_in_the_bucket_and_in_its_replica(
    buckets: Buckets, catalogue: Catalogue, clock: Clock
) -> None:
    archive = Archive(buckets.make(years={PaperClass.REGISTERS: 70}), catalogue, clock)
    archive.hold(on=True)
    with catalogue.database.read() as connection:
        before = set(connection.scalars(sa.select(told_apart.c.object)))
    with catalogue.unit() as unit:
        unit.search.put_pages(hashlib.sha256(CARD).hexdigest(), {1: "CĂN CƯỚC CÔNG DÂN"})
        unit.commit()
    with catalogue.database.read() as connection:
        told = [ObjectKey.parse(name) for name in connection.scalars(sa.select(told_apart.c.object))]
        held = held_objects(connection)
    (since,) = (key for key in told if key.name not in before)
    assert len(told) == 2
    assert archive.objects.lock(since.name) == Lock(held=True)
    replica = Store("third", buckets.make(years={PaperClass.REGISTERS: 70}))
    replicate(archive.objects, replica, held=held)
    assert {replica.objects.lock(key.name) for key in (*told, *archive.keys)} == {Lock(held=True)}


def test_a_locked_replica_keeps_what_the_first_store_lost_and_says_until_when(
    buckets: Buckets, archive: Archive, tmp_path: Path
) -> None:
    replica = Store("third", buckets.make())
    replicate(archive.objects, replica)
    archive.withdraw()
    assert archive.empty() == ["d1"]
    made = replicate(archive.objects, replica, cursor=tmp_path / "cursor")
    assert len(made.kept) == 3
    assert all(f"locked until {datetime.now(UTC).year + 20}" in told for told in made.kept)
    assert all(replica.objects.exists(key) for key in archive.keys)


def test_a_paper_on_hold_is_removed_by_nobody_until_the_hold_is_lifted(archive: Archive) -> None:
    assert (archive.hold(on=True), archive.hold(on=True)) == (["d1"], [])
    archive.withdraw()
    assert (archive.empty(), "legal hold" in archive.kept_because()) == ([], True)
    with archive.catalogue.database.read() as connection:
        [one] = holds(connection)
    assert (one.document_id, one.reason, one.actor) == ("d1", "thanh tra 7/TTr", "lan")
    assert verify(archive.objects, archive.catalogue).ok
    assert (archive.hold(on=False), archive.hold(on=False)) == (["d1"], [])
    assert archive.empty() == ["d1"]
    noted = [one.action for one in archive.catalogue.audit_entries(subject="d1")]
    assert noted[0] == "document.held"
    assert "document.hold_lifted:thanh tra 7/TTr" in noted
    with pytest.raises(WrongUse):
        archive.hold(on=True)


def test_a_hold_lifted_or_set_behind_the_log_is_found(archive: Archive) -> None:
    archive.hold(on=True)
    for change in ("DELETE FROM legal_holds", "INSERT INTO legal_holds VALUES ('d1', 'x', 'x', 'x')"):
        with archive.catalogue.database.write() as connection:
            connection.exec_driver_sql(change)
        found = verify(archive.objects, archive.catalogue)
        assert "d1" in {one.subject for one in found.differing}
        if change.startswith("DELETE"):
            assert archive.hold(on=True) == ["d1"]
            assert archive.hold(on=False) == ["d1"]


def test_what_another_paper_on_hold_needs_stays_held(buckets: Buckets, catalogue: Catalogue, clock: Clock) -> None:
    archive = Archive(buckets.make(years={PaperClass.REGISTERS: 70}), catalogue, clock)
    archive.commit("d2", b"two papers", "d3")
    stores, scan = [Store("first", archive.objects)], ObjectKey.of(b"two papers")
    for name in ("d2", "d3"):
        archive.hold(on=True, name=name)
    with catalogue.database.read() as connection:
        [found] = hold_objects(connection, stores, ["d2", "d3"], on=True)
        assert (found.done, found.without) == (6, 0), "with what the log tells of the file apart"
        [found] = hold_objects(connection, stores, ["d2"], on=False)
        assert (found.done, archive.objects.lock(scan.name)) == (2, Lock(held=True))
    archive.hold(on=False, name="d2")
    with catalogue.database.read() as connection:
        hold_objects(connection, stores, ["d3"], on=False)
    assert archive.objects.lock(scan.name) is None


def test_a_folder_holds_by_the_catalogue_alone_and_says_so(archive: Archive) -> None:
    archive.hold(on=True)
    with archive.catalogue.database.read() as connection:
        [found] = hold_objects(connection, [Store("folder", archive.objects)], ["d1"], on=True)
    assert (found.done, found.without) == (0, 4)


@pytest.mark.parametrize("text", ["identity", "identity=0", "identity=101", "cards=5", "identity=x"])
def test_a_retention_that_cannot_be_is_wrong_use(text: str) -> None:
    with pytest.raises(WrongUse, match="s3_lock_years"):
        read_years(text)


def test_a_retention_is_read_by_class() -> None:
    assert read_years("identity=20, registers = 70") == {PaperClass.IDENTITY: 20, PaperClass.REGISTERS: 70}
