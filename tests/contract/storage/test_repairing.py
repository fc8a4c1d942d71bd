"""What is damaged in one store comes back from another, and only what is proven; a folder and a real S3 server."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage.catalogue import Catalogue
from storage.catalogue.tables import told_apart
from storage.checkpoints import CheckpointKey
from storage.commit import commit_documents
from storage.objects import LocalStore, ObjectKey, S3Store
from storage.repairing import (
    Healed,
    Repaired,
    WorkGoesOn,
    collect_orphans,
    erased,
    named_objects,
    note_repair,
    repair,
    taken_out,
)
from storage.replicas import Store, replicate
from storage.store_log import keep_log
from storage.taking_checkpoint import take_checkpoint
from storage.trash import empty_trash, withdraw
from storage.verify import verify
from tests.contract.conftest import MakeDatabase, S3Server
from tests.contract.storage.samples import digitized, work_key
from tests.contract.storage.test_verify import DATA, stored
from tests.making.clock import Clock
from workers.archive_reading import ArchiveReading

BUCKETS = itertools.count()
DAY_S = 24 * 3600.0


class Archive:
    """An archive in a folder, with a second store beside it."""

    def __init__(self, folder: Path, catalogue: Catalogue, second: Store) -> None:
        self.folder, self.catalogue, self.second = folder, catalogue, second
        self.first = Store("first", LocalStore(folder / "objects"))
        keep_log(catalogue.database, self.first.objects)
        self.document = stored(self.local, catalogue)

    @property
    def local(self) -> LocalStore:
        assert isinstance(self.first.objects, LocalStore)
        return self.first.objects

    def replicate(self, cursor: Path | None = None) -> tuple[int, int]:
        made = replicate(self.local, self.second, cursor=cursor)
        assert made.unsound == ()
        return made.objects, made.files

    def damage(self, name: str, data: bytes | None) -> None:
        path = self.local.folder / name
        path.chmod(0o644)
        path.write_bytes(data) if data is not None else path.unlink()

    def repaired(self, *good: Path, dry_run: bool = False) -> Repaired:
        with self.catalogue.database.read() as connection:
            return repair(
                [self.first, self.second], wanted=named_objects(connection), without=taken_out(connection),
                erased=erased(connection), good=good, dry_run=dry_run,
            )  # fmt: skip

    def remove_for_good(self) -> set[ObjectKey]:
        """The document is withdrawn and removed; the objects that go with it."""
        with self.catalogue.database.read() as connection:
            apart = {ObjectKey.parse(name) for name in connection.scalars(sa.select(told_apart.c.object))}
        with self.catalogue.unit() as unit:
            withdraw(unit, self.local, [self.document.document_id], reason="not ours", actor="lan", days=0)
            unit.commit()
        assert empty_trash(self.catalogue, self.local, decision="1/QD", actor="lan") == [self.document.document_id]
        assert self.document.archival is not None
        return {self.document.original, self.document.archival, self.document.json, *apart}


BOTH = pytest.mark.parametrize("archive", ["folder", "s3"], indirect=True)


@pytest.fixture
def archive(request: pytest.FixtureRequest, tmp_path: Path, make_database: MakeDatabase, clock: Clock) -> Archive:
    if getattr(request, "param", "folder") == "folder":
        second = Store("second", LocalStore(tmp_path / "second"))
    else:
        server: S3Server = request.getfixturevalue("s3_server")
        bucket = S3Store(
            endpoint=server.endpoint, bucket=f"replica-{next(BUCKETS)}", access_key=server.access_key,
            secret_key=server.secret_key, secure=False,
        )  # fmt: skip
        bucket.prepare()
        second = Store("second", bucket)
    return Archive(tmp_path, Catalogue.open(make_database("sqlite"), clock=clock), second)


def commit(archive: Archive, data: bytes, name: str) -> None:
    claim = archive.catalogue.claim(work_key(data), name=f"{name}.pdf", size=len(data)).claim
    assert claim is not None
    commit_documents(
        archive.local, archive.catalogue, claim, original=data, documents=[digitized(data, name)], actor="batch"
    )


@BOTH
def test_a_replica_gets_what_is_new_and_nothing_twice(archive: Archive, tmp_path: Path) -> None:
    cursor = tmp_path / "cursor"
    assert archive.replicate(cursor) == (5, 2)
    assert archive.replicate(cursor) == (0, 0)
    commit(archive, b"another", "d9")
    assert archive.replicate(cursor) == (5, 1)
    there = archive.second.objects
    assert list(there.keys()) == list(archive.local.keys())
    assert verify(there, archive.catalogue).ok


def test_a_replica_that_is_exchanged_for_an_empty_one_gets_everything(archive: Archive, tmp_path: Path) -> None:
    cursor = tmp_path / "cursor"
    archive.replicate(cursor)
    archive.second = Store("third", LocalStore(tmp_path / "third"))
    assert archive.replicate(cursor) == (5, 2)


@BOTH
def test_what_is_damaged_or_gone_in_either_store_is_healed_from_the_other(archive: Archive) -> None:
    archive.replicate()
    document = archive.document
    assert document.archival is not None
    log = list(archive.local.files("log"))
    archive.damage(document.original.name, b"rotten")
    archive.damage(document.json.name, None)
    archive.damage(log[0], b"{}")
    archive.damage(log[1], None)
    archive.second.objects.remove(document.archival)
    expected = {
        (document.original.name, "first", "damaged"), (document.json.name, "first", "missing"),
        (document.archival.name, "second", "missing"), (log[0], "first", "damaged"), (log[1], "first", "missing"),
    }  # fmt: skip
    planned = archive.repaired(dry_run=True)
    assert not verify(archive.local, archive.catalogue).ok
    made = archive.repaired()
    assert {(healed.name, healed.store, healed.was) for healed in made.healed} == expected
    assert (planned, made.lost) == (made, ())
    note_repair(archive.catalogue, made, "first", actor="an")
    assert [one.subject for one in archive.catalogue.audit_entries() if one.action == "object.healed"] == sorted(
        [document.original.name, document.json.name]
    )
    for store in (archive.first, archive.second):
        assert verify(store.objects, archive.catalogue).corrupt == ()
    archive.replicate()
    assert archive.repaired().healed == ()


def test_what_no_store_has_whole_is_named_and_comes_back_from_a_good_file(archive: Archive, tmp_path: Path) -> None:
    document = archive.document
    archive.damage(document.original.name, None)
    archive.damage(document.json.name, b"{}")
    assert set(archive.repaired().lost) == {document.original.name, document.json.name}
    scan, wrong = tmp_path / "scan.pdf", tmp_path / "wrong.pdf"
    scan.write_bytes(DATA)
    wrong.write_bytes(b"not it")
    made = archive.repaired(scan, wrong)
    assert made.lost == (document.json.name,)
    assert Healed(name=document.original.name, store="first", was="missing", source=str(scan)) in made.healed
    assert archive.local.get(document.original) == archive.second.objects.get(document.original) == DATA


def test_a_forged_part_of_the_log_never_replaces_a_sound_one(archive: Archive) -> None:
    archive.replicate()
    name = list(archive.local.files("log"))[-1]
    sound = archive.local.get_file(name)
    archive.damage(name, sound.replace(b'"batch"', b'"other"'))
    (healed,) = archive.repaired().healed
    assert (healed.name, healed.store, healed.was) == (name, "first", "damaged")
    assert archive.local.get_file(name) == sound


def test_what_an_aborted_commit_left_is_collected_after_a_time_and_not_before(archive: Archive) -> None:
    orphan = archive.local.put(b"left behind")
    orphans = verify(archive.local, archive.catalogue).orphans
    assert orphans == (orphan,)
    stores = [archive.first, archive.second]
    collect = collecting(archive, stores, orphans)
    assert collect() == []
    os.utime(archive.local.folder / orphan.name, (time.time() - 8 * DAY_S,) * 2)
    archive.catalogue.claim(work_key(b"being read"), name="b.pdf", size=1)
    with pytest.raises(WorkGoesOn):
        collect()
    archive.catalogue.close()
    with archive.catalogue.database.write() as connection:
        connection.exec_driver_sql("UPDATE work SET state = 'pending' WHERE state = 'running'")
    assert collect() == [orphan]
    assert not archive.local.exists(orphan)
    archive.second.objects.put(b"left behind")
    assert archive.repaired().lost == ()
    assert not archive.local.exists(orphan)
    assert verify(archive.local, archive.catalogue).ok


def collecting(archive: Archive, stores: list[Store], orphans: tuple[ObjectKey, ...]) -> Callable[[], list[ObjectKey]]:
    return lambda: collect_orphans(archive.catalogue, stores, orphans, older_than_s=7 * DAY_S, actor="an")


def test_an_orphan_that_is_about_to_be_named_is_young_again(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    key = store.put(b"left behind")
    os.utime(store.folder / key.name, (time.time() - 8 * DAY_S,) * 2)
    store.put(b"left behind")
    assert store.age_s(key) < DAY_S


def test_checkpoints_are_replicated_and_healed(archive: Archive, tmp_path: Path) -> None:
    place = tmp_path / "objects" / "checkpoints"
    key = CheckpointKey.at(tmp_path / "office.key")
    signed = take_checkpoint(archive.catalogue, key, [place], actor="an").signed
    archive.replicate()
    name = f"checkpoints/{signed.name}"
    archive.damage(name, signed.file().replace(b'"number":1', b'"number":2'))
    assert [healed.name for healed in archive.repaired().healed] == [name]
    assert archive.local.get_file(name) == signed.file()


@BOTH
def test_what_was_removed_for_good_goes_from_the_replica_and_is_never_copied_there_again(
    archive: Archive, tmp_path: Path
) -> None:
    cursor = tmp_path / "cursor"
    archive.replicate(cursor)
    gone = archive.remove_for_good()
    assert gone <= set(archive.second.objects.keys())
    commit(archive, b"another", "d9")
    made = replicate(archive.local, archive.second, cursor=cursor)
    assert (set(made.erased), made.kept, made.unsound) == (gone, (), ())
    for store in (archive.first, archive.second):
        assert not gone & set(store.objects.keys())
        report = verify(store.objects, archive.catalogue)
        assert report.ok, report
        assert report.orphans == ()
    empty = Store("third", LocalStore(tmp_path / "third"))
    assert replicate(archive.local, empty).unsound == ()
    assert list(empty.objects.keys()) == list(archive.local.keys())


def test_what_was_removed_for_good_is_not_healed_but_removed_wherever_it_still_is(archive: Archive) -> None:
    archive.replicate()
    gone = archive.remove_for_good()
    expected = sorted(f"{key.name} (second)" for key in gone)
    assert list(archive.repaired(dry_run=True).erased) == expected
    made = archive.repaired()
    assert (list(made.erased), made.lost) == (expected, ())
    assert not gone & (set(archive.local.keys()) | set(archive.second.objects.keys()))
    assert archive.repaired().erased == ()


def test_what_is_named_again_after_its_removal_is_kept_and_healed(archive: Archive) -> None:
    archive.replicate()
    archive.remove_for_good()
    claim = archive.catalogue.claim(work_key(DATA, software="hotich 0.2.0"), name="a.pdf", size=len(DATA)).claim
    assert claim is not None
    commit_documents(
        archive.local, archive.catalogue, claim, original=DATA, documents=[digitized(DATA, "d7")], actor="batch"
    )
    archive.replicate()
    assert archive.second.objects.exists(archive.document.original)
    archive.damage(archive.document.original.name, None)
    assert archive.repaired().lost == ()
    assert archive.local.get(archive.document.original) == DATA
    assert verify(archive.local, archive.catalogue).ok


def test_a_scan_of_papers_that_were_removed_does_not_heal_their_original(archive: Archive, tmp_path: Path) -> None:
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(DATA)
    reading = ArchiveReading(catalogue=archive.catalogue, objects=archive.local, actor="lan")
    archive.damage(archive.document.original.name, None)
    assert reading.see_again(archive.document.original.sha256, scan)
    archive.remove_for_good()
    assert not reading.see_again(archive.document.original.sha256, scan)
    assert not archive.local.exists(archive.document.original)


def test_an_orphan_that_was_collected_is_not_missed_by_the_replica(archive: Archive, tmp_path: Path) -> None:
    orphan = archive.local.put(b"left behind")
    os.utime(archive.local.folder / orphan.name, (time.time() - 8 * DAY_S,) * 2)
    assert collecting(archive, [archive.first, archive.second], (orphan,))() == [orphan]
    archive.replicate(tmp_path / "cursor")
    assert archive.replicate(tmp_path / "cursor") == (0, 0)
