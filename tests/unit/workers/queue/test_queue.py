"""Scans are taken in once and read once, whoever reads them, and what a store's absence leaves comes again."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from pipeline.domain.model import FieldValue
from pipeline.intake.fixity import sha256_of_file
from pipeline.records.contract import read_record
from storage.catalogue import Batch, StoredDocument, Urgency, WorkKey
from storage.errors import StoreUnavailable
from storage.objects.intake import BucketFile, IntakeBucket
from tests.making.batches import PROVENANCE, Bench, PlainReader
from workers.archive_reading import ArchiveReading
from workers.batch.batch_run import BatchRun
from workers.batch.keep_results import ResultKeeper
from workers.leases import LeaseKeeper
from workers.patience import Patience
from workers.queue.care import QueueCare
from workers.queue.places import BucketSource, FolderSource, ManifestSource, Places, Scan, Source, place_of
from workers.queue.read_batch import BatchReader
from workers.queue.take_in import Intake
from workers.spool import new_spool

TEN = timedelta(minutes=10)


class Office(Bench):
    """A bench whose scans lie on a share."""

    def put(self, name: str, text: str | None = None) -> Path:
        """A scan that has been whole for a while."""
        path = self.scan(name, text)
        old = time.time() - 60
        os.utime(path, (old, old))
        return path

    def care(self, *sources: Source, bound: int = 1000, pages: int = 50, office_folders: bool = False) -> QueueCare:
        places = Places(share=self.scans)
        intake = Intake(catalogue=self.catalogue, places=places, actor="tester", bound=bound, pages=pages)
        folder = FolderSource(folder=self.scans, share=self.scans, office_folders=office_folders)
        return QueueCare(catalogue=self.catalogue, intake=intake, sources=sources or (folder,))

    def take_in(self, *, sources: tuple[Source, ...] = (), **options: Any) -> dict[str, int]:
        return self.care(*sources, **options).take_in()

    def batches(self) -> list[Batch]:
        return self.care().take(99)

    @contextmanager
    def reading(self, patience_s: float = 0) -> Iterator[BatchReader]:
        """A machine with a home of its own."""
        spool = new_spool(self.home / "spool")
        (spool / "inputs").mkdir()
        patience = Patience(patience_s, wait=lambda _: None)
        leases = LeaseKeeper(self.catalogue.renew_all, every_s=60)
        run = BatchRun(
            catalogue=self.catalogue,
            archive=ArchiveReading(catalogue=self.catalogue, objects=self.objects, actor="tester", alone=True),
            keeper=ResultKeeper(catalogue=self.catalogue, objects=self.objects, crops=self.home / "crops"),
            provenance=PROVENANCE,
            spool=spool,
            listener=self.heard,
            reader=lambda: self.reader,
            leases=leases,
            patience=patience,
        )
        try:
            yield BatchReader(
                catalogue=self.catalogue, run=run, places=Places(share=self.scans), leases=leases, patience=patience,
                folder=spool / "inputs", key=lambda sha256: WorkKey.of(sha256, PROVENANCE), actor="tester",
            )  # fmt: skip
        finally:
            run.close()

    def read(self, batch: Batch, **options: Any) -> dict[str, float]:
        self.reader = PlainReader()
        with self.reading(**options) as reader:
            return reader.read(batch.batch)

    def waiting(self) -> int:
        with self.catalogue.queue_as_it_is() as queue:
            return queue.waiting()


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_what_lies_in_the_inbox_is_queued_once_and_not_read_again_to_know_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.put("a.png")
    office.put("b.png")
    assert office.take_in()["queued"] == 2
    monkeypatch.setattr(Places, "digest", lambda *_: pytest.fail("read again"))
    assert office.take_in() == {"found": 2, "known": 2, "queued": 0, "again": 0, "unreadable": 0, "full": 0}


def test_a_file_that_is_still_being_written_is_left_for_the_next_time(office: Office) -> None:
    office.scan("now.png")
    office.put("half.png.part")
    office.put("link.png").unlink()
    (office.scans / "link.png").symlink_to("/etc/hostname")
    assert office.take_in()["found"] == 0


def test_a_source_that_cannot_be_reached_keeps_no_other_from_being_looked_at(office: Office) -> None:
    class Away:
        def scans(self) -> Iterator[Scan]:
            raise StoreUnavailable(Message.same("away"))

    office.put("a.png")
    with pytest.raises(StoreUnavailable):
        office.take_in(sources=(Away(), FolderSource(folder=office.scans, share=office.scans)))
    assert office.waiting() == 1


def test_a_bucket_is_looked_at_below_its_folder_only() -> None:
    class Bucket:
        def entries(self, prefix: str) -> Iterator[BucketFile]:
            names = ("phuong-a/so/1.png", "phuong-a2/1.png")
            return (BucketFile(name=name, size=9, stamp="s") for name in names if name.startswith(prefix))

    source = BucketSource(bucket=cast(IntakeBucket, Bucket()), prefix="phuong-a")
    assert [(scan.place, scan.name) for scan in source.scans()] == [("s3:phuong-a/so/1.png", "so/1.png")]


def test_a_changed_file_is_new(office: Office) -> None:
    office.put("a.png", "one")
    office.take_in()
    office.put("a.png", "another")
    assert office.take_in()["queued"] == 1


def test_no_more_waits_than_may_and_the_rest_comes_later(office: Office) -> None:
    for name in "abc":
        office.put(f"{name}.png")
    counts = office.take_in(bound=2)
    assert (counts["queued"], counts["full"]) == (2, 1)
    office.read(office.batches()[0])
    assert office.take_in(bound=2)["queued"] == 1


def test_the_first_folder_names_the_office_where_that_is_set(office: Office) -> None:
    office.put("Hàng Bài/a.png")
    office.put("Tràng Tiền/b.png")
    office.take_in(office_folders=True)
    assert sorted(depth.office for depth in office.care().waiting()) == ["Hàng Bài", "Tràng Tiền"]


def test_a_manifest_says_whose_a_scan_is_and_who_waits_for_it(office: Office) -> None:
    office.put("a.png")
    office.put("b.png")
    manifest = office.scans / "list.csv"
    manifest.write_text("file,office,class\na.png,A,submission\nb.png,B,\n")
    folder = FolderSource(folder=office.scans, share=office.scans)
    office.care(ManifestSource(manifest=manifest, folder=folder)).take_in()
    assert [(one.office, one.urgency) for one in office.care().waiting()] == [
        ("A", Urgency.SUBMISSION),
        ("B", Urgency.BATCH),
    ]


@pytest.mark.parametrize(
    "text", ["name\na.png\n", "file\ngone.png\n", "file\n../home/catalogue.db\n", "file,class\na.png,tomorrow\n"]
)
def test_a_manifest_that_is_none_is_refused(office: Office, text: str) -> None:
    office.put("a.png")
    manifest = office.scans / "list.csv"
    manifest.write_text(text)
    folder = FolderSource(folder=office.scans, share=office.scans)
    with pytest.raises(WrongUse):
        office.care(ManifestSource(manifest=manifest, folder=folder)).take_in()


def test_a_place_on_the_share_is_the_same_for_every_machine(tmp_path: Path) -> None:
    assert place_of(tmp_path / "x" / ".." / "a.png", tmp_path / "x" / "..") == "share:a.png"
    assert place_of(tmp_path / "a.png", tmp_path / "x") == f"file:{tmp_path}/a.png"


def test_a_batch_is_read_and_waits_no_longer(office: Office) -> None:
    office.put("a.png")
    office.put("bad.png", "bad")
    office.take_in()
    (batch,) = office.batches()
    counts = office.read(batch)
    assert (counts["done"], counts["set_aside"], counts["left"], counts["pages"]) == (1, 1, 0, 1)
    assert office.waiting() == 0
    assert counts["log_holds"] == 2 and counts["log_held_sum"] > 0
    with office.catalogue.queue_as_it_is() as queue:
        assert {figure: value for _, figure, value in queue.totals()}["log_holds"] == 2


def test_a_batch_read_twice_does_nothing_twice(office: Office) -> None:
    office.put("a.png")
    office.take_in()
    (batch,) = office.batches()
    office.read(batch)
    counts = office.read(batch)
    assert (counts["files"], counts["done"], office.reader.jobs) == (0, 0, [])


def test_what_another_machine_reads_is_left_to_it(office: Office) -> None:
    office.put("a.png")
    office.take_in()
    (batch,) = office.batches()
    with office.reading() as first:
        office.reader.before = lambda _: counts.append(second_reads(office, batch))
        counts: list[dict[str, float]] = []
        assert first.read(batch.batch)["done"] == 1
    assert (counts[0]["elsewhere"], counts[0]["done"]) == (1, 0)


def second_reads(office: Office, batch: Batch) -> dict[str, float]:
    first, office.reader = office.reader, PlainReader()
    with office.reading() as second:
        counts = second.read(batch.batch)
    office.reader = first
    return counts


def test_a_scan_that_is_gone_is_set_aside(office: Office) -> None:
    office.put("b.png")
    office.put("a.png").rename(office.scans / "c.part")
    office.put("a.png")
    office.take_in()
    (office.scans / "a.png").unlink()
    counts = office.read(office.batches()[0])
    assert (counts["done"], counts["set_aside"], office.waiting()) == (1, 1, 0)
    assert [item.code for item in office.catalogue.set_aside_items()] == ["input.vanished"]


def test_a_share_that_is_not_mounted_sets_nothing_aside(office: Office) -> None:
    office.put("a.png")
    office.take_in()
    (office.scans / "a.png").unlink()
    counts = office.read(office.batches()[0])
    assert (counts["not_fetched"], counts["left"]) == (1, 1)


def test_a_scan_that_changed_since_is_not_taken_for_the_old_one(office: Office) -> None:
    office.put("a.png", "one")
    office.take_in()
    office.put("a.png", "another")
    counts = office.read(office.batches()[0])
    assert (counts["changed"], counts["done"]) == (1, 0)
    assert office.take_in()["queued"] == 1


def test_a_store_that_comes_back_costs_nothing_but_time(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    away(office, monkeypatch, times=3)
    office.put("a.png")
    office.take_in()
    counts = office.read(office.batches()[0], patience_s=600)
    assert (counts["done"], len(office.reader.jobs)) == (1, 1)


def test_a_store_that_stays_away_leaves_the_work_to_be_done_later(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    away(office, monkeypatch, times=10**6)
    office.put("a.png")
    office.take_in()
    counts = office.read(office.batches()[0])
    assert (counts["done"], counts["failed_here"], counts["left"]) == (0, 1, 1)
    monkeypatch.undo()
    assert office.waiting() == 1


def away(office: Office, monkeypatch: pytest.MonkeyPatch, *, times: int) -> None:
    """The object store does not answer so many times."""
    put, left = office.objects.put, [times]

    def refuse(*arguments: Any, **options: Any) -> Any:
        if left[0]:
            left[0] -= 1
            raise StoreUnavailable(Message.same("away"))
        return put(*arguments, **options)

    monkeypatch.setattr(office.objects, "put", refuse)


def test_a_file_that_goes_on_from_another_batch_waits_for_it(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.queue.read_batch._WAIT_S", 0)
    office.put("scan 1.png", "1 book 2")
    office.put("scan 2.png", "1 book 3")
    office.take_in(pages=1)
    first, second = office.batches()
    counts = office.read(second)
    assert (counts["elsewhere"], counts["left"]) == (1, 1)
    assert office.read(first)["done"] == 1
    with office.catalogue.queue() as queue:
        queue.postpone(queue_sha(office), again_in=-TEN)
        queue.form_batches()
    assert office.read(office.batches()[0])["done"] == 1
    members = [field.name for document in office.catalogue.all_documents() for field in fields_of(office, document)]
    assert "members[4].full_name" in members


def queue_sha(office: Office) -> str:
    return sha256_of_file(office.scans / "scan 2.png")


def fields_of(office: Office, document: StoredDocument) -> tuple[FieldValue, ...]:
    return read_record(office.objects.get(document.json)).fields
