"""What is done behind hotich's back to what keeps an archive in evidence (signed copies, holds, tombstones, what the
log tells apart, envelopes, the log in the store, checkpoints) is found, and named."""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from storage.catalogue import Catalogue
from storage.checkpoint_places import Place, StorePlace
from storage.checkpoints import CheckpointKey, read_checkpoints
from storage.log_parts import AUDIT
from storage.objects import LocalStore, ObjectKey
from storage.objects.encrypted import EncryptedStore
from storage.objects.envelope import Envelope, envelope_name
from storage.objects.key_ring import KeyEncryptionKey, KeyFiles
from storage.objects.paper_class import Chosen
from storage.office.store import OfficeStore
from storage.removing import remove
from storage.replicas import Store
from storage.store_log import StoreLog, keep_log
from storage.taking_checkpoint import take_checkpoint
from storage.verify import VerifyReport, verify
from tests.contract.storage.office_filled import BLOCKED, ERASED, RULED, TAKEN_BACK, fill_office
from tests.contract.storage.test_rebuilding import commit, fill, withdraw_all
from tests.contract.storage.test_tampering import GUARDED, Archive, resealed
from tests.making.clock import Clock

KEY, OTHER_KEY = KeyEncryptionKey(bytes(range(32))), KeyEncryptionKey(bytes(32))
COPY = "BS-" + "A" * 16
GONE = b"a scan of a paper that was removed"


class Kept(Archive):
    """An archive whose papers are encrypted, with its log in the store, two checkpoints in two places, a removed paper
    and one that was given out as a signed copy."""

    @property
    def encrypted(self) -> EncryptedStore:
        return EncryptedStore(self.objects, KeyFiles([KEY]), chosen=Chosen(everything=True))

    @property
    def cipher(self) -> LocalStore:
        return self.objects.below("encrypted")

    @property
    def places(self) -> list[Path | Place]:
        return [self.folder / "checkpoints", StorePlace(Store("store", self.encrypted))]

    def report(self) -> VerifyReport:
        with contextlib.closing(Catalogue.open_to_check(f"sqlite:///{self.database}")) as catalogue:
            return verify(self.encrypted, catalogue, checkpoints=read_checkpoints(self.places))

    def one(self, query: str) -> str:
        with contextlib.closing(sqlite3.connect(self.database)) as connection:
            return str(connection.execute(query).fetchone()[0])

    def envelope_of(self, name: str) -> Path:
        return self.cipher.folder / envelope_name(name)

    def write(self, path: Path, data: bytes) -> None:
        path.chmod(0o644)
        path.write_bytes(data)

    def logs(self) -> list[Path]:
        """The log's parts in the store, in their order: envelopes, as everything is encrypted."""
        return sorted((self.cipher.folder / "envelopes" / AUDIT).rglob("*.json"))

    def checkpoints(self) -> list[list[Path]]:
        here = sorted((self.folder / "checkpoints").rglob("*.json"))
        return [here, sorted((self.objects.folder / "checkpoints").rglob("*.json"))]


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kept")
    made = Kept(folder, Clock())
    with contextlib.closing(made.catalogue()) as catalogue:
        office = OfficeStore(catalogue.database, clock=made.clock)
        keep_log(catalogue.database, made.encrypted, clock=made.clock)
        fill(catalogue, made.encrypted, made.clock)
        commit(catalogue, made.encrypted, GONE, "gone")
        withdraw_all(catalogue, made.encrypted, "gone", days=0)
        remove(catalogue, made.encrypted, ["gone"], decision="QĐ 1/2026", actor="lan")
        with office.write() as tables:
            for number in range(3):
                tables.reads.append(actor="lan", office="", action="record.read", subject=f"HT-{number}", purpose="xem")
        fill_office(catalogue, made.clock, document="d4", code="HT-d4")
        key = CheckpointKey.at(folder.parent / f"{folder.name}.key")
        for _ in range(2):
            take_checkpoint(catalogue, key, made.places, actor="an", clock=made.clock)
        assert isinstance(catalogue.database.keeper, StoreLog)
        catalogue.database.keeper.catch_up()  # as every command does at its end
    return folder


@pytest.fixture
def archive(tmp_path: Path, untouched: Path) -> Kept:
    shutil.copytree(untouched, tmp_path / "home")
    return Kept(tmp_path / "home", Clock())


def test_an_archive_that_nobody_touched_is_whole(archive: Kept) -> None:
    report = archive.report()
    assert (report.ok, report.checkpoints) == (True, 2), report


# What was done -> the statement that does it, and what the report names.
IN_THE_CATALOGUE = {
    "a signed copy pointed at another object": (
        "UPDATE issued_copies SET object = (SELECT record FROM documents WHERE document_id = 'd1')", COPY),
    "a signed copy forgotten": ("DELETE FROM issued_copies", COPY),
    "a signed copy invented": (
        "INSERT INTO issued_copies SELECT 'BS-BBBBBBBBBBBBBBBB', document_id, revision, object, level, trial, office,"
        " actor, issued_at FROM issued_copies", "BS-BBBBBBBBBBBBBBBB"),
    "a signed copy given another code": ("UPDATE issued_copies SET copy_code = 'BS-CCCCCCCCCCCCCCCC'", COPY),
    "a signed copy of another revision": ("UPDATE issued_copies SET revision = 2", COPY),
    "a signature called better": ("UPDATE issued_copies SET level = 'PAdES B-LTA'", "issued_copies"),
    "a test signature called none": ("UPDATE issued_copies SET trial = 1 - trial", "issued_copies"),
    "a hold lifted": ("DELETE FROM legal_holds", "d1:legal_hold"),
    "a hold invented": (
        "INSERT INTO legal_holds VALUES ('d4', 'x', 'x', '2026-01-01T00:00:00.000000Z')", "d4:legal_hold"),
    "a hold given another reason": ("UPDATE legal_holds SET reason = 'none'", "d1:legal_holds"),
    "a blocked paper let go": ("DELETE FROM blocked_documents", "d1:blocked_documents"),
    "a paper blocked": (
        "INSERT INTO blocked_documents VALUES ('d4', 'x', 'x', '2026-01-01T00:00:00.000000Z', '')",
        "d4:blocked_documents"),
    "a withdrawal forgotten": ("DELETE FROM withdrawn_documents WHERE document_id = 'd3'", "d3:withdrawn"),
    "a paper withdrawn": (
        "INSERT INTO withdrawn_documents SELECT 'd4', '', 'x', 'x', withdrawn_at, keep_until, NULL"
        " FROM withdrawn_documents WHERE document_id = 'd3'", "d4:withdrawn"),
    "a removed paper called there": (
        "UPDATE withdrawn_documents SET removed_at = NULL WHERE document_id = 'gone'", "gone:withdrawn"),
    "a paper called removed": (
        "UPDATE withdrawn_documents SET removed_at = withdrawn_at WHERE document_id = 'd3'", "d3:withdrawn"),
    "a tombstone taken away": ("DELETE FROM withdrawn_documents WHERE document_id = 'gone'", "gone:withdrawn"),
    "a file renamed": ("UPDATE source_names SET name = 'x.pdf' WHERE name = 'box/d1.pdf'", "source_names"),
    "a place a file lay in changed": ("UPDATE source_places SET place = '/x'", "source_places"),
    "what the log told apart forgotten": (
        "DELETE FROM told_apart WHERE seq = (SELECT min(seq) FROM told_apart)", "told_apart"),
    "what the log told apart said of another file": (
        "UPDATE told_apart SET source_sha256 = '00' WHERE seq = (SELECT min(seq) FROM told_apart)", "told_apart"),
    "a read taken out of its log": ("DELETE FROM record_reads WHERE seq = 2", "reads"),
    "a read by somebody else": ("UPDATE record_reads SET actor = 'an' WHERE seq = 2", "reads"),
    "a step of a value's history changed": ("UPDATE review_trail SET actor = 'an' WHERE seq = 1", "trail"),
    "a book's findings signed by another": ("UPDATE book_sign_offs SET actor = 'an'", "book_sign_offs"),
    "a blocked submission let go": (
        "DELETE FROM submission_limits WHERE \"limit\" = 'blocked'", f"{BLOCKED}:submission_limits"),
    "a submission blocked": (
        f"INSERT INTO submission_limits SELECT submission_id, 'blocked', 'x', 'x', received_at FROM submissions"
        f" WHERE code = '{RULED}'", f"{RULED}:submission_limits"),
    "a submission erased by another decision": (
        "UPDATE submission_limits SET reason = 'QĐ 1' WHERE \"limit\" = 'erased'", f"{ERASED}:submission_limits"),
    "what was erased of a submission back from a backup": (
        f"UPDATE submissions SET email = 'mau@example.vn' WHERE code = '{ERASED}'", f"{ERASED}:erased"),
    "a submission's state changed": (
        f"UPDATE submissions SET state = 'refused' WHERE code = '{RULED}'", f"{RULED}:submission_rulings"),
    "a submission that people decided forgotten": (
        f"DELETE FROM submissions WHERE code = '{RULED}'", f"{RULED}:missing"),
    "a ruling by another": (
        "UPDATE submission_rulings SET actor = 'user:an' WHERE against <> '[]'", f"{RULED}:submission_rulings"),
    "a contradiction accepted for another reason": (
        "UPDATE submission_rulings SET reasons = '[]' WHERE against <> '[]'", f"{RULED}:submission_rulings"),
    "a ruling that was taken back in force": (
        "UPDATE submission_rulings SET undone = 0", f"{TAKEN_BACK}:submission_rulings"),
    "a use of a paper forgotten": ("DELETE FROM holding_uses", "HT-d4:holding_uses"),
    "a request's term put off": ("UPDATE person_requests SET due_on = '2027-01-01'", ":person_requests"),
    "a request that is late forgotten": ("DELETE FROM person_requests", "request:"),
    "a decision changed": ("UPDATE review_decisions SET value = 'female'", f"decision:{'d' * 32}:trail"),
    "a decision taken out": ("DELETE FROM review_decisions", f"decision:{'d' * 32}:trail"),
    "a decision called taken back": ("UPDATE review_decisions SET undone = 1", f"decision:{'d' * 32}:trail"),
    "a paper called part of another": (
        "UPDATE review_documents SET retired = 1 WHERE document_id = 'd4'", "d4:document.joined"),
    "details of a value's history changed": (
        "UPDATE trail_details SET details = '{}' WHERE seq = (SELECT max(seq) FROM trail_details)", "trail"),
    "the end of the log of reads moved": ("UPDATE record_reads_head SET seq = seq + 1", "reads"),
    "the end of the trail moved": ("UPDATE review_head SET trail_seq = trail_seq + 1", "trail"),
    "another model in use": ("UPDATE book_choices SET version = 0", "book_choices"),
    "a model taken out": ("DELETE FROM book_models", "missing"),
    "an import's file forgotten": ("DELETE FROM import_works", "import_works"),
    "an import forgotten": ("DELETE FROM imports", "imports"),
    "ink that left forgotten": ("DELETE FROM ink_given", "ink_given"),
    "a file given to another book": ("UPDATE source_books SET book = 'x'", "source_books"),
    "what is known of a book changed": ("UPDATE book_facts SET number = '9' WHERE book = 'B3'", "book_facts"),
}  # fmt: skip


def tampered(archive: Kept, *statements: str) -> None:
    connection = sqlite3.connect(archive.database)
    with connection:
        for table in GUARDED:
            for verb in ("update", "delete"):
                connection.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}")
        for statement in statements:
            assert connection.execute(statement).rowcount > 0, statement
    connection.close()


def rounds() -> list[list[str]]:
    """Everything once, as little as may be at a time: no two things that are done to the same table."""
    made: list[dict[str, str]] = []
    for done, (statement, _) in IN_THE_CATALOGUE.items():
        table = statement.removeprefix("DELETE FROM ").removeprefix("INSERT INTO ").removeprefix("UPDATE ").split()[0]
        free = next((one for one in made if table not in one), None)
        if free is None:
            made.append(free := {})
        free[table] = done
    return [list(one.values()) for one in made]


@pytest.mark.parametrize("together", rounds(), ids=", ".join)
def test_what_was_done_in_the_catalogue_is_named(archive: Kept, together: list[str]) -> None:
    tampered(archive, *(IN_THE_CATALOGUE[done][0] for done in together))
    report = archive.report()
    told = [f"{one.subject}:{one.what}" for one in report.differing]
    told += [name for name in ("reads", "trail") if not getattr(report, name).ok]
    unseen = [done for done in together if not any(IN_THE_CATALOGUE[done][1] in one for one in told)]
    assert unseen == [], told


def _first(archive: Kept, column: str, table: str = "documents") -> str:
    return archive.one(f"SELECT {column} FROM {table} ORDER BY {column} LIMIT 1")


def apart_deleted(archive: Kept) -> ObjectKey:
    name = _first(archive, "object", "told_apart")
    archive.envelope_of(name).unlink()
    return ObjectKey.parse(name)


def apart_exchanged(archive: Kept) -> ObjectKey:
    one, other = (archive.one(f"SELECT object FROM told_apart ORDER BY seq LIMIT 1 OFFSET {n}") for n in (0, 1))
    archive.write(archive.envelope_of(one), archive.envelope_of(other).read_bytes())
    return ObjectKey.parse(one)


def copy_deleted(archive: Kept) -> ObjectKey:
    name = _first(archive, "object", "issued_copies")
    archive.envelope_of(name).unlink()
    return ObjectKey.parse(name)


def _changed(archive: Kept, change: Callable[[Envelope], Envelope]) -> ObjectKey:
    name = _first(archive, "original")
    path = archive.envelope_of(name)
    envelope = Envelope.parse(name, path.read_bytes())
    assert envelope is not None
    archive.write(path, change(envelope).data())
    return ObjectKey.parse(name)


def wrapped_key_flipped(archive: Kept) -> ObjectKey:
    return _changed(archive, lambda one: replace(one, wrapped=bytes([one.wrapped[0] ^ 1]) + one.wrapped[1:]))


def envelope_of_another_size(archive: Kept) -> ObjectKey:
    return _changed(archive, lambda one: replace(one, size=one.size + 1))


def envelope_of_another_ciphertext(archive: Kept) -> ObjectKey:
    other = Envelope.parse(
        name := _first(archive, "record"), archive.envelope_of(name).read_bytes()
    )  # fmt: skip
    assert other is not None
    return _changed(archive, lambda one: replace(one, cipher=other.cipher))


def envelope_rewritten_with_spaces(archive: Kept) -> ObjectKey:
    name = _first(archive, "original")
    path = archive.envelope_of(name)
    archive.write(path, json.dumps(json.loads(path.read_bytes())).encode())
    return ObjectKey.parse(name)


def _cipher_of(archive: Kept, name: str) -> Path:
    envelope = Envelope.parse(name, archive.envelope_of(name).read_bytes())
    assert envelope is not None
    return archive.cipher.folder / envelope.cipher.name


def ciphertext_cut(archive: Kept) -> ObjectKey:
    path = _cipher_of(archive, name := _first(archive, "original"))
    archive.write(path, path.read_bytes()[:-20])
    return ObjectKey.parse(name)


def ciphertext_flipped(archive: Kept) -> ObjectKey:
    path = _cipher_of(archive, name := _first(archive, "original"))
    data = path.read_bytes()
    archive.write(path, data[:9] + bytes([data[9] ^ 4]) + data[10:])
    return ObjectKey.parse(name)


def ciphertext_deleted(archive: Kept) -> ObjectKey:
    _cipher_of(archive, name := _first(archive, "original")).unlink()
    return ObjectKey.parse(name)


def forged_in_the_open(archive: Kept) -> ObjectKey:
    """The administrator's own bytes, laid where the object would lie if it were not encrypted."""
    name = _first(archive, "original")
    path = archive.objects.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"forged")
    return ObjectKey.parse(name)


AT_OBJECTS = (
    apart_deleted, apart_exchanged, copy_deleted, wrapped_key_flipped, envelope_of_another_size,
    envelope_of_another_ciphertext, envelope_rewritten_with_spaces, ciphertext_cut, ciphertext_flipped,
    ciphertext_deleted, forged_in_the_open,
)  # fmt: skip


@pytest.mark.parametrize("done", AT_OBJECTS, ids=lambda one: one.__name__)
def test_what_was_done_to_an_encrypted_object_is_named(archive: Kept, done: Callable[[Kept], ObjectKey]) -> None:
    key = done(archive)
    report = archive.report()
    assert not report.ok
    assert key in report.corrupt or key in {one.key for one in report.missing}, report


def test_an_envelope_for_a_key_that_is_not_here_is_told_as_such(archive: Kept) -> None:
    """Whoever writes another key's id makes the object unreadable: it is named with the key that is missing."""
    _changed(archive, lambda one: replace(one, key_id=OTHER_KEY.key_id))
    report = archive.report()
    assert not report.ok
    assert report.keys_missing == {OTHER_KEY.key_id: 1} or report.corrupt


def log_part_deleted(archive: Kept) -> None:
    archive.logs()[2].unlink()


def last_log_part_deleted(archive: Kept) -> None:
    archive.logs()[-1].unlink()


def log_parts_exchanged(archive: Kept) -> None:
    one, other = archive.logs()[2:4]
    kept = one.read_bytes()
    archive.write(one, other.read_bytes())
    archive.write(other, kept)


def log_cut_off_and_sealed_anew(archive: Kept) -> None:
    tampered(archive, "DELETE FROM audit WHERE seq > 20")
    resealed(archive.database)


def log_sealed_anew(archive: Kept) -> None:
    tampered(archive, "UPDATE audit SET actor = 'an' WHERE seq = 3")
    resealed(archive.database)


@pytest.mark.parametrize(
    "done",
    [log_part_deleted, last_log_part_deleted, log_parts_exchanged, log_cut_off_and_sealed_anew, log_sealed_anew],
    ids=lambda one: one.__name__,
)
def test_what_was_done_to_the_log_in_the_store_or_in_the_catalogue_is_found_where_it_was_done(
    archive: Kept, done: Callable[[Kept], None]
) -> None:
    done(archive)
    report = archive.report()
    assert not report.log_in_store.ok or not report.chain.ok


def checkpoint_deleted_everywhere(archive: Kept) -> None:
    for place in archive.checkpoints():
        place[0].unlink()


def last_checkpoint_deleted_everywhere(archive: Kept) -> None:
    for place in archive.checkpoints():
        place[-1].unlink()


def checkpoint_altered(archive: Kept) -> None:
    for place in archive.checkpoints():
        told = place[-1].read_bytes()
        at = told.index(b"20")  # a digit of the hour at which it was taken
        archive.write(place[-1], told[:at] + b"21" + told[at + 2 :])


def checkpoint_signed_by_another_key(archive: Kept) -> None:
    """All of them taken away, and one signed anew by somebody who owns the machine but not the key."""
    for place in archive.checkpoints():
        for path in place:
            path.unlink()
    key = CheckpointKey.at(archive.folder.parent / "another.key")
    with contextlib.closing(archive.catalogue()) as catalogue:
        take_checkpoint(catalogue, key, archive.places, actor="an", clock=archive.clock)


@pytest.mark.parametrize(
    "done",
    [
        checkpoint_deleted_everywhere, last_checkpoint_deleted_everywhere, checkpoint_altered,
        checkpoint_signed_by_another_key,
    ],
    ids=lambda one: one.__name__,
)  # fmt: skip
def test_what_was_done_to_checkpoints_is_found(archive: Kept, done: Callable[[Kept], None]) -> None:
    done(archive)
    assert archive.report().checkpoint_faults
