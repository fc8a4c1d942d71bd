"""The catalogue that is made anew from the store alone is the one that was there, table by table."""

from __future__ import annotations

import contextlib
import itertools
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from pipeline.domain.message import Message
from pipeline.domain.model import Status
from pipeline.judging.review.policy import default_policy
from pipeline.page_ledger import PageElsewhere, Place
from pipeline.records.contract import record_bytes
from storage.blocking import block, unblock
from storage.book_findings import find_in_book, sign_off
from storage.catalogue import Catalogue
from storage.catalogue.books import Reason
from storage.catalogue.tables import metadata
from storage.commit import Digitized, commit_documents
from storage.described_books import BookFacts, describe_books
from storage.errors import DiskFull
from storage.holds import hold, lift
from storage.ink import GivenPiece, InkGiven
from storage.issued_copies import note_issued
from storage.log_parts import LogDamaged
from storage.objects import LocalStore, ObjectStore, S3Store
from storage.objects.paper_class import NO_PAPER, Classes
from storage.rebuilding import CatalogueThere, Rebuilt, rebuild
from storage.review import ReviewStore
from storage.store_log import keep_log, tell_older
from storage.trash import empty_trash, restore, withdraw
from storage.verify import verify
from tests.contract.conftest import MakeDatabase, S3Server
from tests.contract.storage.samples import field, record, work_key
from tests.making.clock import Clock

FIRST, SECOND, UNUSABLE = b"a scan of two papers", b"a scan of one paper", b"no scan"
BUCKETS = itertools.count()
# Told by nobody: where copies were delivered to, and what waits for the store.
LOCAL = {
    "outputs", "log_pending", "log_state", "apart_pending", "known_inputs", "queued", "queued_batches", "queue_totals",
}  # fmt: skip


def fill(catalogue: Catalogue, objects: ObjectStore, clock: Clock) -> None:
    """Everything that changes a catalogue, once."""
    commit(catalogue, objects, FIRST, "d1", "d2")
    commit(catalogue, objects, SECOND, "d3")
    commit(catalogue, objects, SECOND, "d3", "d4", software="hotich 0.2.0")  # read again by another version
    claim = catalogue.claim(work_key(UNUSABLE), name="c.pdf", size=len(UNUSABLE)).claim
    assert claim is not None
    catalogue.set_aside(claim, code="input.unreadable", message=Message.same("no"), actor="batch")
    catalogue.claim(work_key(FIRST), name="later.pdf", size=len(FIRST))
    catalogue.found(work_key(FIRST).input_sha256, place="/box/1", actor="batch")
    catalogue.of_book(work_key(SECOND).input_sha256, "KS 1990")
    describe_books(catalogue, [BookFacts(book="B1", folder="box", expected_pages=9)], actor="lan")
    for book in ("B2", "B3"):  # the second takes the folder over
        describe_books(catalogue, [BookFacts(book=book, folder="shelf", number="2")], actor="lan")
    with catalogue.unit() as unit:
        image, correction = objects.put(b"image"), objects.put(b"correction")
        unit.books.add_line("1961", image=image, correction=correction, actor="lan")
        facts = {"cer": 0.1}
        unit.books.add_model("1961", weights=image, manifest=correction, lines=1, facts=facts, actor="lan")
        unit.books.choose("1961", 1, Reason.BETTER, lines=1, facts=facts, actor="lan")
        InkGiven(unit).note({"d1": GivenPiece("x", "1-2")}, count=1, pack="sha256:" + "0" * 64, actor="lan")
        unit.search.of_office(["d1", "d2"], "00001")
        unit.commit()
    with catalogue.unit() as unit:
        key = objects.put(b"a signed copy")
        note_issued(
            unit, copy_code="BS-" + "A" * 16, document_id="d1", revision=1, key=key, level="PAdES B-B", office="00001",
            actor="lan",
        )  # fmt: skip
        unit.commit()
    withdraw_all(catalogue, objects, "d3", "d4")
    with catalogue.unit() as unit:
        unit.imports.note("20261121-083000-abcd", work_key(SECOND).work_id, actor="batch")
        restore(unit, objects, ["d4"], actor="lan")
        hold(unit, ["d1", "d2"], reason="an inspection", actor="lan")
        lift(unit, ["d2"], reason="it ended", actor="lan")
        unit.commit()
    found = find_in_book(catalogue, "B3")
    assert found is not None
    sign_off(catalogue, "B3", found.digest, note="pages are elsewhere", actor="lan")
    with catalogue.unit() as unit:
        assert block(unit, ["d1", "d4"], reason="disputed", actor="lan") == ["d1", "d4"]
        assert unblock(unit, objects, ["d4"], actor="lan") == ["d4"]
        unit.commit()
    desk = ReviewStore(catalogue.database, policy=default_policy(), draw=lambda _: 1.0, clock=clock)
    with desk.write() as tables:
        for _, document_id, revision in tables.items.pending(100):
            tables.items.open_for_revision(document_id, revision, suspended=())
    with catalogue.unit() as unit:  # a person joined one paper to another
        desk.over(unit.connection).items.retire("d2")
        unit.documents.forget_keys("d2")
        unit.search.forget_document("d2")
        unit.audit.append(actor="lan", action="document.joined", subject="d2")
        unit.commit()


def withdraw_all(catalogue: Catalogue, objects: ObjectStore, *names: str, days: int = 30) -> None:
    with catalogue.unit() as unit:
        assert withdraw(unit, objects, names, reason="not ours", actor="lan", days=days) == list(names)
        unit.commit()


def commit(catalogue: Catalogue, objects: ObjectStore, data: bytes, *names: str, **key: str) -> None:
    """A separator sheet, a page with these papers, a page that is open."""
    claim = catalogue.claim(work_key(data, **key), name=f"box/{names[0]}.pdf", size=len(data)).claim
    assert claim is not None
    sheet, unsure = (
        PageElsewhere(number=number, place=place, code=code, message=Message.same("-"), beside=names[0], book=book)
        for number, place, code, book in (
            (1, Place.SEPARATOR, "page.separator", "KS 1" if data == FIRST else None),
            (3, Place.OPEN, "page.unsure", None),
        )
    )
    commit_documents(
        objects, catalogue, claim, original=data, actor="batch", page_texts={2: f"Nguyễn Văn {names[0]}"},
        documents=[paper(data, name) for name in names], elsewhere=(sheet, unsure),
    )  # fmt: skip


def paper(data: bytes, name: str) -> Digitized:
    values = {"full_name": f"Đàm Mai {name}", "date_of_birth": "2026-07-11", "mother_full_name": "Cao Hải Uyên"}
    said = [replace(field(entry), value=value, verbatim=value, page=2) for entry, value in values.items()]
    unsure = field("sex", status=Status.REVIEW, findings=("field.unsure",))
    made = record(data, name, *said, unsure)
    made = made.evolve(source=made.source.evolve(pages=3), pages=(replace(made.pages[0], number=2),))
    return Digitized(record=made, record_json=record_bytes(made), archival=b"%PDF-1.7 " + name.encode())


def tables_of(catalogue: Catalogue) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, in order; the numbers of the index, which nothing else refers to, left out, and of work
    only what is at its end."""
    found = {}
    with catalogue.database.read() as connection:
        for name, table in metadata.tables.items():
            if name in LOCAL:
                continue
            columns = [column for column in table.columns if column.name != "doc"]
            rows = connection.execute(sa.select(*columns)).mappings()
            found[name] = sorted((dict(row) for row in rows), key=lambda row: [str(value) for value in row.values()])
    return found


@pytest.fixture
def store(request: pytest.FixtureRequest, tmp_path: Path, database_url: str) -> ObjectStore:
    """A folder beside SQLite, a bucket beside PostgreSQL."""
    if database_url.startswith("sqlite"):
        return LocalStore(tmp_path / "objects")
    server: S3Server = request.getfixturevalue("s3_server")
    made = S3Store(
        endpoint=server.endpoint, bucket=f"rebuilt-{next(BUCKETS)}",
        access_key=server.access_key, secret_key=server.secret_key, secure=False,
    )  # fmt: skip
    made.prepare()
    return made


@pytest.fixture
def other(make_database: MakeDatabase, database_url: str) -> Callable[[], Catalogue]:
    """A second, empty catalogue of the same kind."""
    return lambda: Catalogue.open(make_database(database_url.partition(":")[0]))


def rebuilt(objects: ObjectStore, other: Callable[[], Catalogue]) -> tuple[Rebuilt, dict[str, list[dict[str, Any]]]]:
    catalogue = other()
    try:
        report = rebuild(objects, catalogue)
        assert verify(objects, catalogue).ok
        return report, tables_of(catalogue)
    finally:
        catalogue.close()


def test_the_catalogue_made_anew_from_the_store_is_the_same(
    catalogue: Catalogue, store: ObjectStore, other: Callable[[], Catalogue], clock: Clock
) -> None:
    keep_log(catalogue.database, store, clock=clock)
    fill(catalogue, store, clock)
    before = tables_of(catalogue)
    report, after = rebuilt(store, other)
    assert (report.files, report.documents, report.faults, report.differing) == (3, 5, (), ())
    for name, rows in before.items():
        if name not in {"search_spellings"}:
            assert after[name] == rows, name
    assert {row["word"] for row in after["search_spellings"]} <= {row["word"] for row in before["search_spellings"]}
    assert [name for name, rows in before.items() if not rows] == []


def test_what_was_stored_before_the_store_had_a_log_is_told_later(
    tmp_path: Path, clock: Clock, make_database: MakeDatabase
) -> None:
    catalogue, store = Catalogue.open(make_database("sqlite"), clock=clock), LocalStore(tmp_path)
    fill(catalogue, store, clock)
    log = keep_log(catalogue.database, store, clock=clock)
    assert tell_older(catalogue.database) == 3
    assert tell_older(catalogue.database) == 0
    assert log.behind() == 0
    before = tables_of(catalogue)
    catalogue.close()
    _, after = rebuilt(store, lambda: Catalogue.open(make_database("sqlite")))
    for name in before.keys() - {"search_spellings"}:
        assert after[name] == before[name], name


@pytest.mark.parametrize("after", ["withdrawn", "restored", "removed"])
def test_what_the_trash_changes_is_told_at_each_step(
    after: str, catalogue: Catalogue, store: ObjectStore, other: Callable[[], Catalogue], clock: Clock
) -> None:
    keep_log(catalogue.database, store, clock=clock)
    commit(catalogue, store, FIRST, "d1", "d2")
    commit(catalogue, store, SECOND, "d3")
    withdraw_all(catalogue, store, "d2", "d3", days=0)
    if after == "restored":
        with catalogue.unit() as unit:
            restore(unit, store, ["d2"], actor="lan")
            unit.commit()
    if after == "removed":
        assert len(empty_trash(catalogue, store, decision="QĐ 1", actor="lan")) == 2
    assert (report := verify(store, catalogue)).ok, report
    before = tables_of(catalogue)
    made, anew = rebuilt(store, other)
    assert (made.without_record, made.differing) == ((), ())
    for name in before.keys() - {"search_spellings"}:
        assert anew[name] == before[name], name


class Full(LocalStore):
    """A store on a disk that is full, for files beside the objects, for a time."""

    full = True

    def put_file(self, name: str, data: bytes, *, anew: bool = False, of: Classes = NO_PAPER) -> None:
        if self.full:
            raise DiskFull(Message.same("full"))
        super().put_file(name, data, anew=anew, of=of)


def test_a_store_that_takes_no_log_holds_nobody_up_and_gets_it_later(
    tmp_path: Path, clock: Clock, make_database: MakeDatabase
) -> None:
    catalogue, objects = Catalogue.open(make_database("sqlite"), clock=clock), Full(tmp_path)
    log = keep_log(catalogue.database, objects, clock=clock)
    commit(catalogue, objects, SECOND, "d3")
    assert list(objects.files("log")) == []
    behind = log.behind()
    assert behind > 4
    with pytest.raises(DiskFull):
        log.catch_up()
    objects.full = False
    later = keep_log(catalogue.database, objects, clock=clock)  # another process, after this one was killed
    assert later.catch_up() == behind
    before = tables_of(catalogue)
    catalogue.close()
    _, after = rebuilt(objects, lambda: Catalogue.open(make_database("sqlite")))
    assert after == before


def test_a_log_with_any_byte_changed_or_a_part_gone_is_not_believed(
    tmp_path: Path, clock: Clock, make_database: MakeDatabase
) -> None:
    catalogue, objects = Catalogue.open(make_database("sqlite"), clock=clock), LocalStore(tmp_path)
    keep_log(catalogue.database, objects, clock=clock)
    commit(catalogue, objects, SECOND, "d3")
    with pytest.raises(CatalogueThere):
        rebuild(objects, catalogue)
    catalogue.close()
    empty = Catalogue.open(make_database("sqlite"))
    names = list(objects.files("log"))
    for name in names:
        path = tmp_path / name
        sound = path.read_bytes()
        path.chmod(0o644)
        for at in {0, 20, len(sound) // 3, len(sound) // 2, len(sound) - 70, len(sound) - 1}:
            path.write_bytes(sound[:at] + bytes([sound[at] ^ 1]) + sound[at + 1 :])
            with pytest.raises(LogDamaged):
                rebuild(objects, empty)
        path.unlink()
        if name != names[-1]:  # that the end is missing, only a checkpoint shows
            with pytest.raises(LogDamaged):
                rebuild(objects, empty)
        path.write_bytes(sound)
    assert rebuild(objects, empty).documents == 1
    empty.close()


def test_the_log_in_the_store_shows_what_was_cut_off_the_catalogue(
    tmp_path: Path, clock: Clock, make_database: MakeDatabase
) -> None:
    url = make_database("sqlite")
    catalogue, objects = Catalogue.open(url, clock=clock), LocalStore(tmp_path)
    keep_log(catalogue.database, objects, clock=clock)
    commit(catalogue, objects, SECOND, "d3")
    catalogue.note(actor="lan", action="documents.exported", subject="all")
    report = verify(objects, catalogue)
    assert report.ok, report
    assert report.log_in_store.entries == report.chain.entries
    with contextlib.closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as raw, raw:  # without a trace
        raw.execute("DROP TRIGGER audit_no_delete")
        raw.execute("DELETE FROM audit WHERE action = 'documents.exported'")
        raw.execute("UPDATE audit_head SET (seq, hash) = (SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1)")
    report = verify(objects, catalogue)
    assert not report.ok
    assert (report.chain.ok, report.log_in_store.differing) == (True, report.chain.entries + 1)
    catalogue.close()


def test_an_older_catalogue_from_a_backup_is_brought_on_to_where_the_store_is(
    tmp_path: Path, clock: Clock, make_database: MakeDatabase
) -> None:
    url = make_database("sqlite")
    catalogue, objects = Catalogue.open(url, clock=clock), LocalStore(tmp_path / "objects")
    keep_log(catalogue.database, objects, clock=clock)
    commit(catalogue, objects, SECOND, "d3")
    backup = tmp_path / "backup.db"
    with catalogue.database.autocommit() as connection:
        connection.exec_driver_sql(f"VACUUM INTO '{backup}'")
    fill_on(catalogue, objects, clock)
    now = tables_of(catalogue)
    catalogue.close()
    older = Catalogue.open(f"sqlite:///{backup}", clock=clock)
    with pytest.raises(CatalogueThere):
        rebuild(objects, older)
    rebuild(objects, older, forward=True)
    after = tables_of(older)
    for name in now.keys() - {"search_spellings"}:
        assert after[name] == now[name], name
    keep_log(older.database, objects, clock=clock)
    older.note(actor="lan", action="documents.exported", subject="x")
    assert verify(objects, older).ok
    older.close()
    stranger = Catalogue.open(make_database("sqlite"), clock=clock)
    stranger.note(actor="lan", action="documents.exported", subject="another history")
    with pytest.raises(LogDamaged):
        rebuild(objects, stranger, forward=True)
    stranger.close()


def fill_on(catalogue: Catalogue, objects: ObjectStore, clock: Clock) -> None:
    """More of everything after the backup: new papers, another reading of an old one, another name and book."""
    commit(catalogue, objects, FIRST, "d1", "d2")
    commit(catalogue, objects, SECOND, "d3", "d4", software="hotich 0.2.0")
    catalogue.claim(work_key(SECOND), name="later.pdf", size=len(SECOND))
    catalogue.of_book(work_key(SECOND).input_sha256, "KS 1990")
