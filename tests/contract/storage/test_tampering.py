"""What somebody who owns the machine changes behind hotich's back, with `sqlite3` and an editor, is found and named."""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.domain.errors import HotichError
from pipeline.domain.message import Message
from pipeline.domain.model import Status
from pipeline.page_ledger import PageElsewhere, Place
from pipeline.records.contract import record_bytes
from storage.catalogue import Catalogue
from storage.commit import Digitized, commit_documents
from storage.objects import LocalStore
from storage.sealed_log import START, seal
from storage.verify import Difference, VerifyReport, verify
from tests.contract.storage.samples import digitized, field, record, work_key
from tests.making.clock import Clock

FIRST, SECOND, UNUSABLE = b"a scan of two papers", b"a scan of one paper", b"no scan"
GUARDED = ("audit", "book_lines", "book_models", "book_choices", "record_reads", "review_trail")


@dataclass
class Archive:
    """A small archive on disk, and the database as its administrator has it."""

    folder: Path
    clock: Clock

    @property
    def database(self) -> Path:
        return self.folder / "catalogue.db"

    @property
    def objects(self) -> LocalStore:
        return LocalStore(self.folder / "objects")

    def catalogue(self) -> Catalogue:
        return Catalogue.open(f"sqlite:///{self.database}", clock=self.clock)

    def sql(self, *statements: str) -> None:
        """As plain `sqlite3` does it: the guards away first, foreign keys not looked at."""
        connection = sqlite3.connect(self.database)
        with connection:
            for table in GUARDED:
                for verb in ("update", "delete"):
                    connection.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}")
            for statement in statements:
                connection.execute(statement)
        connection.close()

    def verified(self) -> VerifyReport:
        catalogue = self.catalogue()
        try:
            return verify(self.objects, catalogue)
        finally:
            catalogue.close()


def filled(archive: Archive) -> None:
    """Two files with three documents, an open page and a blank one, a file set aside, a corrected line of a book."""
    catalogue, objects = archive.catalogue(), archive.objects
    claim = catalogue.claim(work_key(FIRST), name="a.pdf", size=len(FIRST)).claim
    assert claim is not None
    two = record(FIRST, "d1", field("full_name"), field("sex", status=Status.REVIEW, findings=("field.unsure",)))
    two = two.evolve(source=two.source.evolve(pages=3))
    papers = [Digitized(record=two, record_json=record_bytes(two), archival=b"%PDF d1"), digitized(FIRST, "d2")]
    elsewhere = [
        PageElsewhere(number=2, place=Place.BLANK, code="page.blank", message=Message.same("blank"), beside="d1"),
        PageElsewhere(number=3, place=Place.OPEN, code="page.unsure", message=Message.same("open"), beside="d1"),
    ]
    commit_documents(
        objects, catalogue, claim, original=FIRST, documents=papers, actor="batch", elsewhere=elsewhere
    )  # fmt: skip
    claim = catalogue.claim(work_key(SECOND), name="b.pdf", size=len(SECOND)).claim
    assert claim is not None
    commit_documents(objects, catalogue, claim, original=SECOND, documents=[digitized(SECOND, "d3")], actor="batch")
    claim = catalogue.claim(work_key(UNUSABLE), name="c.pdf", size=len(UNUSABLE)).claim
    assert claim is not None
    catalogue.set_aside(claim, code="input.unreadable", message=Message.same("no"), actor="batch")
    with catalogue.unit() as unit:
        image, correction = objects.put(b"image"), objects.put(b"correction")
        unit.books.add_line("1961", image=image, correction=correction, actor="lan")
        unit.commit()
    catalogue.close()


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once: every test tampers with a copy."""
    folder = tmp_path_factory.mktemp("untouched")
    filled(Archive(folder, Clock()))
    return folder


@pytest.fixture
def archive(tmp_path: Path, clock: Clock, untouched: Path) -> Archive:
    shutil.copytree(untouched, tmp_path, dirs_exist_ok=True)
    return Archive(tmp_path, clock)


def test_an_archive_that_nobody_touched_is_whole(archive: Archive) -> None:
    report = archive.verified()
    assert report.ok, report


_OTHERS = "(SELECT {0} FROM documents WHERE document_id = 'd3')"
# What was done -> the statements that do it.
TAMPERINGS = {
    "documents pointed at another original": [f"UPDATE documents SET original = {_OTHERS.format('original')}"],
    "a document pointed at another copy": [
        f"UPDATE documents SET archival = {_OTHERS.format('archival')} WHERE document_id = 'd1'"
    ],
    "a document without its copy": ["UPDATE documents SET archival = NULL WHERE document_id = 'd1'"],
    "a document pointed at another record": [
        f"UPDATE documents SET record = {_OTHERS.format('record')} WHERE document_id = 'd1'"
    ],
    "every status changed": ["UPDATE documents SET status = 'rejected'"],
    "a doubt called settled": ["UPDATE documents SET status = 'accepted' WHERE document_id = 'd1'"],
    "a holding code changed": ["UPDATE documents SET holding_code = 'HT-X' WHERE document_id = 'd1'"],
    "a type changed": ["UPDATE documents SET document_type = 'death_certificate' WHERE document_id = 'd1'"],
    "a form changed": ["UPDATE documents SET form = '1999' WHERE document_id = 'd1'"],
    "a form forgotten": ["UPDATE documents SET form = NULL WHERE document_id = 'd1'"],
    "an outcome changed": ["UPDATE documents SET register_outcome = 'conflict' WHERE document_id = 'd1'"],
    "a date changed": ["UPDATE documents SET committed_at = '2020-01-01T00:00:00.000000Z' WHERE document_id = 'd1'"],
    "an actor changed": ["UPDATE documents SET actor = 'another' WHERE document_id = 'd1'"],
    "a document out of force": ["UPDATE documents SET current = 0 WHERE document_id = 'd1'"],
    "an order changed": ["UPDATE documents SET ordinal = 9 WHERE document_id = 'd2'"],
    "a document given to another source": [
        f"UPDATE documents SET source_sha256 = {_OTHERS.format('source_sha256')} WHERE document_id = 'd1'"
    ],
    "a document given to other work": [
        f"UPDATE documents SET work_id = {_OTHERS.format('work_id')} WHERE document_id = 'd1'"
    ],
    "a revision renumbered": ["UPDATE documents SET revision = 7 WHERE document_id = 'd3'",
                              "UPDATE fields SET revision = 7 WHERE document_id = 'd3'"],
    "a document removed": ["DELETE FROM fields WHERE document_id = 'd2'",
                           "DELETE FROM documents WHERE document_id = 'd2'"],
    "a document invented": [
        "INSERT INTO documents SELECT 'd9', 1, 1, 'HT-d9', work_id, 9, source_sha256, document_type, form, status,"
        " register_outcome, original, archival, record, actor, committed_at FROM documents WHERE document_id = 'd3'"
    ],
    "all fields deleted": ["DELETE FROM fields"],
    "one field deleted": ["DELETE FROM fields WHERE document_id = 'd1' AND name = 'sex'"],
    "a field called accepted": ["UPDATE fields SET status = 'accepted' WHERE name = 'sex'"],
    "a field made surer": ["UPDATE fields SET confidence = 0.999 WHERE name = 'sex'"],
    "a finding taken away": ["UPDATE fields SET findings = '[]' WHERE name = 'sex'"],
    "a field on another page": ["UPDATE fields SET page = 2 WHERE name = 'sex'"],
    "a field renamed": ["UPDATE fields SET name = 'gender' WHERE name = 'sex'"],
    "fields in another order": ["UPDATE fields SET position = 5 WHERE document_id = 'd1' AND name = 'full_name'"],
    "a field invented": ["INSERT INTO fields VALUES ('d3', 1, 'sex', 1, 1, 'accepted', 0.9, '[]')"],
    "fields of no document": ["INSERT INTO fields VALUES ('d8', 1, 'sex', 1, 1, 'accepted', 0.9, '[]')"],
    "a file no longer set aside": ["DELETE FROM work WHERE state = 'set_aside'"],
    "a file set aside called done": ["UPDATE work SET state = 'done', code = NULL WHERE state = 'set_aside'"],
    "another reason to set aside": ["UPDATE work SET code = 'input.other' WHERE state = 'set_aside'"],
    "work called set aside": ["UPDATE work SET state = 'set_aside', code = 'input.unreadable' WHERE state = 'done'"],
    "work by other software": ["UPDATE work SET software = 'hotich 9' WHERE state = 'done'"],
    "a page ledger removed": ["DELETE FROM page_ledgers"],
    "an open page forgotten": ["DELETE FROM open_pages"],
    "an open page beside another": ["UPDATE open_pages SET document_id = 'd3'"],
    "a document said to be of a book": ["INSERT INTO document_books SELECT work_id, 'd3', '1999' FROM documents"
                                        " WHERE document_id = 'd3'"],
    "a source of another size": ["UPDATE sources SET size = 1"],
    "a correction exchanged": [f"UPDATE book_lines SET correction = {_OTHERS.format('record')}"],
    "a corrected line removed": ["DELETE FROM book_lines"],
    "an audit entry changed": ["UPDATE audit SET actor = 'another' WHERE seq = 2"],
    "an audit entry removed": ["DELETE FROM audit WHERE seq = 2"],
}  # fmt: skip


@pytest.mark.parametrize("done", TAMPERINGS)
def test_a_tampered_catalogue_is_not_whole(archive: Archive, done: str) -> None:
    archive.sql(*TAMPERINGS[done])
    assert not archive.verified().ok


def test_what_was_tampered_with_is_named(archive: Archive) -> None:
    archive.sql("UPDATE documents SET status = 'accepted', holding_code = 'HT-X' WHERE document_id = 'd1'")
    assert archive.verified().differing == (
        Difference(subject="d1@1", what="holding_code"),
        Difference(subject="d1@1", what="status"),
    )


def test_a_field_that_was_tampered_with_is_named_without_its_value(archive: Archive) -> None:
    archive.sql("UPDATE fields SET status = 'accepted' WHERE name = 'sex'")
    assert archive.verified().differing == (Difference(subject="d1@1", what="field sex"),)


def flipped(value: str | float | None, place: int) -> str | float:
    """The value with one bit of one byte of it another."""
    if value is None:
        return "0"
    if not isinstance(value, str):
        return value + 1
    if not value:
        return "x"
    at = place % len(value)
    return value[:at] + chr(ord(value[at]) ^ 1) + value[at + 1 :]


# Columns that say what is sealed elsewhere. Not among them: owners and leases of work, times of first sight.
_COLUMNS = {
    "documents": "document_id revision current holding_code work_id ordinal source_sha256 document_type form status"
    " register_outcome original archival record actor committed_at",
    "fields": "document_id revision name position page status confidence findings",
    "work": "work_id input_sha256 software models_sha256 settings_sha256 state code",
    "sources": "sha256 size",
    "page_ledgers": "work_id object",
    "open_pages": "work_id page document_id code",
    "book_lines": "book number image correction actor",
    "audit": "seq at actor action subject digest prev_hash hash",
    "audit_head": "seq hash",
}


def test_any_byte_of_any_row_that_is_changed_is_found(archive: Archive, tmp_path: Path) -> None:
    """Every row of every table, each column at another byte."""
    archive.sql()
    kept = tmp_path / "kept.db"
    archive.database.rename(kept)
    place, unseen = 0, []
    for table, columns in _COLUMNS.items():
        for row in range(rows_of(kept, table)):
            for column in columns.split():
                place += 7
                for rest in tmp_path.glob("catalogue.db*"):
                    rest.unlink()
                shutil.copy(kept, archive.database)
                if change_one(archive.database, table, column, row, place) and not is_found(archive):
                    unseen.append(f"{table}.{column} {row}")
    assert place > 400
    assert set(unseen) <= {f"sources.size {row}" for row in range(3)}  # the log says nothing of a file set aside
    assert len(unseen) <= 1


def rows_of(database: Path, table: str) -> int:
    with contextlib.closing(sqlite3.connect(database)) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def change_one(database: Path, table: str, column: str, row: int, place: int) -> bool:
    """Whether the table took the change."""
    with contextlib.closing(sqlite3.connect(database)) as connection:
        found = connection.execute(f"SELECT {column} FROM {table} LIMIT 1 OFFSET {row}").fetchone()
        which = f"(SELECT * FROM (SELECT rowid FROM {table} LIMIT 1 OFFSET {row}))"
        if table == "documents" and column == "current":
            found = (-1,)
        try:
            connection.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = {which}", (flipped(found[0], place),))
        except sqlite3.IntegrityError:
            return False
        connection.commit()
    return True


def is_found(archive: Archive) -> bool:
    try:
        return not archive.verified().ok
    except HotichError:
        return True


def test_any_byte_of_any_object_that_is_changed_is_found(archive: Archive) -> None:
    place = 0
    for key in list(archive.objects.keys()):
        path = archive.objects.folder / key.name
        whole = path.read_bytes()
        path.chmod(0o644)
        for _ in range(3):
            place += 31
            at = place % len(whole)
            path.write_bytes(whole[:at] + bytes([whole[at] ^ (1 << place % 8)]) + whole[at + 1 :])
            report = archive.verified()
            assert key in report.corrupt
        path.write_bytes(whole)
    assert archive.verified().ok


def test_a_page_of_the_database_that_is_damaged_is_found(archive: Archive) -> None:
    archive.sql("VACUUM")
    connection = sqlite3.connect(archive.database)
    (size,) = connection.execute("PRAGMA page_size").fetchone()
    (root,) = connection.execute(
        "SELECT rootpage FROM sqlite_master WHERE name = 'ix_documents_holding_code'"
    ).fetchone()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    data = bytearray(archive.database.read_bytes())
    start = (root - 1) * size + size - 40
    data[start : start + 40] = bytes(40)
    archive.database.write_bytes(data)
    assert is_found(archive)


def test_foreign_files_and_orphans_are_named_and_no_fault(archive: Archive) -> None:
    left = archive.objects.put(b"left behind")
    (archive.objects.folder / "notes.txt").write_text("x")
    (archive.objects.folder / "sha256" / "ab").mkdir(exist_ok=True)
    (archive.objects.folder / "sha256" / "ab" / "cd.tmp").write_text("x")
    report = archive.verified()
    assert report.ok
    assert left in report.orphans
    assert report.foreign == ("notes.txt", "sha256/ab/cd.tmp")


def test_time_that_runs_backwards_is_told_and_no_fault(archive: Archive) -> None:
    archive.clock.advance(-timedelta(days=1))
    catalogue = archive.catalogue()
    entry = catalogue.note(actor="an", action="noted", subject="x")
    catalogue.close()
    report = archive.verified()
    assert (report.ok, report.chain.backwards_at) == (True, entry.seq)


def test_a_document_stored_before_copies_were_sealed_is_whole(archive: Archive) -> None:
    """A store of an earlier version: its log says nothing of copies, its times are moments apart."""
    archive.sql(
        "DELETE FROM audit WHERE action LIKE 'document.copied%'",
        "UPDATE documents SET committed_at = '2026-11-21T08:29:59.500000Z'",
    )
    resealed(archive.database)
    report = archive.verified()
    assert report.ok, report


def resealed(database: Path) -> None:
    """The audit log numbered and sealed anew from what is left of it."""
    with contextlib.closing(sqlite3.connect(database)) as connection:
        rows = connection.execute("SELECT seq, at, actor, action, subject, digest FROM audit ORDER BY seq").fetchall()
        before, number = START, 0
        for number, (seq, *values) in enumerate(rows, start=1):
            hashed = seal(json.dumps([number, *values, before], ensure_ascii=False, separators=(",", ":")))
            change = "UPDATE audit SET seq = ?, prev_hash = ?, hash = ? WHERE seq = ?"
            connection.execute(change, (number, before, hashed, seq))
            before = hashed
        connection.execute("UPDATE audit_head SET seq = ?, hash = ?", (number, before))
        connection.commit()
