"""An archive whose papers are encrypted is checked, replicated, healed, rebuilt and erased as any other is."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from pipeline.domain.model import DocumentType
from pipeline.records.contract import record_bytes
from storage.catalogue import Catalogue
from storage.catalogue.tables import told_apart
from storage.commit import Digitized, commit_documents, heal_original
from storage.encrypting import encrypt_stored
from storage.errors import EncryptionKeyMissing
from storage.issued_copies import note_issued
from storage.objects import LocalStore, ObjectKey, ObjectStore, S3Store
from storage.objects.encrypted import EncryptedStore
from storage.objects.key_ring import KeyEncryptionKey, KeyFiles
from storage.objects.paper_class import Chosen, PaperClass
from storage.paper_classes import classes_of_object
from storage.rebuilding import rebuild
from storage.repairing import named_objects, repair
from storage.replicas import Store, replicate
from storage.store_log import keep_log
from storage.trash import empty_trash, withdraw
from storage.verify import verify
from tests.contract.conftest import MakeDatabase, S3Server
from tests.contract.storage.samples import record, work_key
from tests.making.clock import Clock

KEY, OTHER = KeyEncryptionKey(bytes(32)), KeyEncryptionKey(b"o" * 32)
CARD, PAPER = b"a scan of a card", b"a scan of a certificate"
IDENTITY = Chosen(classes=frozenset({PaperClass.IDENTITY}))
BUCKETS = itertools.count()


def over(plain: ObjectStore, *keys: KeyEncryptionKey, chosen: Chosen = IDENTITY) -> EncryptedStore:
    return EncryptedStore(plain, KeyFiles(keys), chosen=chosen)


class Archive:
    """A card and a certificate in an archive that encrypts cards."""

    def __init__(self, plain: ObjectStore, catalogue: Catalogue) -> None:
        self.plain, self.catalogue = plain, catalogue
        self.objects = over(plain, KEY)
        keep_log(catalogue.database, self.objects)
        self.card = self.commit(CARD, "d1", DocumentType.CITIZEN_ID_CHIP)
        self.paper = self.commit(PAPER, "d2", DocumentType.BIRTH_CERTIFICATE)

    def commit(self, data: bytes, name: str, kind: DocumentType) -> list[ObjectKey]:
        claim = self.catalogue.claim(work_key(data), name=f"{name}.pdf", size=len(data)).claim
        assert claim is not None
        made = record(data, name).evolve(document_type=kind)
        paper = Digitized(record=made, record_json=record_bytes(made), archival=b"%PDF " + name.encode())
        [stored] = commit_documents(
            self.objects, self.catalogue, claim, original=data, documents=[paper], actor="batch"
        )  # fmt: skip
        ledger = self.catalogue.page_ledger_of(work_key(data))
        assert stored.archival is not None
        assert ledger is not None
        return [stored.original, stored.archival, stored.json, ledger]

    def told_apart(self) -> list[ObjectKey]:
        """The objects in which the log tells names of files and words on pages."""
        with self.catalogue.database.read() as connection:
            return [ObjectKey.parse(name) for name in connection.scalars(sa.select(told_apart.c.object))]


@pytest.fixture
def catalogue(make_database: MakeDatabase, clock: Clock) -> Iterator[Catalogue]:
    opened = Catalogue.open(make_database("sqlite"), clock=clock)
    yield opened
    opened.close()


@pytest.fixture(params=["folder", "s3"])
def plain(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    if request.param == "folder":
        return LocalStore(tmp_path / "objects")
    server: S3Server = request.getfixturevalue("s3_server")
    bucket = S3Store(
        endpoint=server.endpoint, bucket=f"encrypted-{next(BUCKETS)}", access_key=server.access_key,
        secret_key=server.secret_key, secure=False,
    )  # fmt: skip
    bucket.prepare()
    return bucket


@pytest.fixture
def archive(tmp_path: Path, catalogue: Catalogue) -> Archive:
    return Archive(LocalStore(tmp_path / "objects"), catalogue)


def test_all_of_a_card_is_encrypted_all_of_another_paper_is_not_and_the_check_finds_both_whole(
    plain: ObjectStore, catalogue: Catalogue
) -> None:
    archive = Archive(plain, catalogue)
    assert [archive.objects.is_encrypted(key) for key in (*archive.card, *archive.paper)] == [True] * 4 + [False] * 4
    assert [plain.size(key) for key in archive.card] == [None] * 4
    report = verify(archive.objects, catalogue)
    assert (report.ok, report.objects, report.foreign, report.orphans) == (True, 10, (), ())
    second = Store("second", over(plain.below("second"), KEY))
    assert replicate(archive.objects, second).objects == 10, "what the log tells apart of each file too"
    assert verify(second.objects, catalogue).ok


@pytest.mark.parametrize("keys", [(), (OTHER,)], ids=["no key", "another key"])
def test_without_its_key_the_check_names_the_key_and_counts_what_it_opens(
    archive: Archive, keys: tuple[KeyEncryptionKey, ...]
) -> None:
    report = verify(over(archive.plain, *keys), archive.catalogue)
    assert (report.ok, report.keys_missing, report.corrupt, report.missing) == (False, {KEY.key_id: 7}, (), ()), (
        "the log too"
    )


def test_a_catalogue_is_made_anew_with_the_key_and_not_without(
    archive: Archive, make_database: MakeDatabase, clock: Clock
) -> None:
    for keys in ((), (KEY,)):
        anew = Catalogue.open(make_database("sqlite"), clock=clock)
        if not keys:
            with pytest.raises(EncryptionKeyMissing):
                rebuild(over(archive.plain), anew)
            assert list(anew.all_documents()) == []
        else:
            assert rebuild(over(archive.plain, *keys), anew).documents == 2
            assert list(anew.all_documents()) == list(archive.catalogue.all_documents())
            assert verify(over(archive.plain, *keys), anew).ok
        anew.close()


def test_stores_that_hold_the_same_heal_each_other_without_the_key(archive: Archive, tmp_path: Path) -> None:
    second = Store("second", over(LocalStore(tmp_path / "second"), KEY))
    replicate(archive.objects, second)
    logs = list(archive.objects.files("log"))
    for path in (tmp_path / "objects" / "encrypted").rglob("*"):
        if path.is_file():
            path.unlink()
    keyless = [Store("first", over(archive.plain)), Store("second", over(LocalStore(tmp_path / "second")))]
    with archive.catalogue.database.read() as connection:
        made = repair(keyless, wanted=named_objects(connection))
    healed = [one.name for one in made.healed]
    apart = [key.name for key in archive.told_apart()]
    assert (sorted(healed), made.lost) == (sorted([*(key.name for key in archive.card), *apart, *logs]), ())
    assert verify(archive.objects, archive.catalogue).ok


def test_of_names_of_files_and_words_on_pages_nothing_lies_in_the_open(tmp_path: Path, catalogue: Catalogue) -> None:
    archive = Archive(LocalStore(tmp_path / "objects"), catalogue)
    everything = b"".join(path.read_bytes() for path in (tmp_path / "objects").rglob("*") if path.is_file())
    assert b"d1.pdf" not in everything
    assert b"Nguyen" not in everything
    assert any(b"d1.pdf" in archive.objects.get(key) for key in archive.told_apart()), "but apart, encrypted"
    assert b"d1.pdf" not in b"".join(archive.objects.get_file(name) for name in archive.objects.files("log"))


@pytest.mark.parametrize("how", ["flip", "swap", "gone"])
def test_a_part_of_the_log_that_is_altered_exchanged_or_gone_is_found(
    archive: Archive, tmp_path: Path, how: str
) -> None:
    folder = tmp_path / "objects" / "encrypted" / "envelopes" / "log"
    first, second, *_ = sorted(path for path in folder.rglob("*.json"))
    if how == "gone":
        second.unlink()
    else:
        data = first.read_bytes() if how == "swap" else second.read_bytes().replace(b'"size":', b'"size":1')
        second.chmod(0o644)
        second.write_bytes(data)
    report = verify(archive.objects, archive.catalogue)
    assert (report.ok, report.log_in_store.ok) == (False, False)


def test_a_log_of_before_is_encrypted_on_demand_and_goes_on(catalogue: Catalogue, tmp_path: Path) -> None:
    plain = LocalStore(tmp_path / "objects")
    keep_log(catalogue.database, plain)
    catalogue.note(actor="an", action="documents.exported", subject="before")
    store = over(plain, KEY)
    with catalogue.database.read() as connection:
        encrypt_stored(connection, store)
    keep_log(catalogue.database, store)
    catalogue.note(actor="an", action="documents.exported", subject="after")
    assert list(plain.files("log")) == []
    names = list(store.files("log"))
    assert list(store.files("log", after=names[0])) == names[1:]
    assert verify(store, catalogue).ok


def test_a_good_scan_heals_a_card_that_is_gone_and_lies_in_no_open_place(archive: Archive, tmp_path: Path) -> None:
    scan = tmp_path / "scan"
    scan.write_bytes(CARD)
    for again in ("see again", "repair"):
        archive.objects.erase(archive.card[0])
        if again == "repair":
            with archive.catalogue.database.read() as connection:
                repair(
                    [Store("first", archive.objects)], wanted=named_objects(connection), good=[scan],
                    classes=lambda key: classes_of_object(connection, key),
                )  # fmt: skip
        else:
            assert heal_original(archive.objects, archive.catalogue, scan, archive.card[0], actor="lan")
        assert archive.objects.is_encrypted(archive.card[0])
        assert archive.plain.size(archive.card[0]) is None
        assert verify(archive.objects, archive.catalogue).ok


def test_papers_stored_before_are_encrypted_wherever_they_lie(catalogue: Catalogue, tmp_path: Path) -> None:
    plain = LocalStore(tmp_path / "objects")
    archive = Archive(plain, catalogue)
    open_store = LocalStore(tmp_path / "open")
    for key in archive.objects.keys():  # noqa: SIM118
        open_store.put(archive.objects.get(key))
    store = over(open_store, KEY)
    with catalogue.database.read() as connection:
        assert encrypt_stored(connection, store).done == 6, "with what is told apart of two files; it keeps no log"
        assert encrypt_stored(connection, store).done == 0
        assert encrypt_stored(connection, over(open_store, KEY, chosen=Chosen(everything=True))).done == 4
    assert list(open_store.keys()) == []
    assert list(store.keys()) == list(archive.objects.keys())
    assert all(store.get(key) for key in store.keys())  # noqa: SIM118


def test_a_card_that_is_removed_for_good_goes_with_its_envelope(archive: Archive, tmp_path: Path) -> None:
    with archive.catalogue.unit() as unit:
        withdraw(unit, archive.objects, ["d1"], reason="not ours", actor="lan", days=0)
        unit.commit()
    assert empty_trash(archive.catalogue, archive.objects, decision="1/QD", actor="lan") == ["d1"]
    left = archive.told_apart()
    assert set(archive.objects.encrypted_keys()) == {archive.card[3], *left}, "the page ledger stays"
    assert not any(b"d1.pdf" in archive.objects.get(key) for key in left)
    assert not any((tmp_path / "objects" / "encrypted" / key.name).exists() for key in archive.card[:3])
    assert verify(archive.objects, archive.catalogue).ok


def test_an_object_is_of_the_classes_of_the_papers_that_name_it(archive: Archive) -> None:
    with archive.catalogue.database.read() as connection:
        assert classes_of_object(connection, archive.card[0]) == {PaperClass.IDENTITY}
        assert classes_of_object(connection, archive.paper[3]) == {PaperClass.PAPERS}
        assert classes_of_object(connection, ObjectKey.of(b"nobody's")) == frozenset()


def test_a_signed_copy_is_of_its_papers_classes_and_encrypted_with_it(archive: Archive) -> None:
    key = archive.objects.put(b"%PDF signed", of=frozenset({PaperClass.IDENTITY}))
    with archive.catalogue.unit() as unit:
        note_issued(unit, copy_code="BS-1", document_id="d1", revision=1, key=key, level="B-B", office="", actor="lan")
        unit.commit()
    with archive.catalogue.database.read() as connection:
        assert classes_of_object(connection, key) == {PaperClass.IDENTITY}
    assert key in list(archive.objects.encrypted_keys())
