"""What says something of a person can be erased; the logs stay whole, and only a true erasure is taken for one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from pipeline.domain.errors import WrongUse
from pipeline.records.searching import Question
from storage.blocking import block, unblock
from storage.books import Correction, LineOrigin, corrections_of, keep_corrections
from storage.catalogue import Catalogue
from storage.catalogue.audit import ERASED
from storage.catalogue.tables import source_names, told_apart
from storage.holdings import HeldPerson
from storage.objects import LocalStore
from storage.office.store import OfficeStore
from storage.rebuilding import rebuild
from storage.removing import remove
from storage.repairing import erased
from storage.review.tables import review_decisions, review_documents, review_trail, trail_details
from storage.store_log import keep_log
from storage.verify import verify
from tests.contract.conftest import MakeDatabase
from tests.contract.storage.test_rebuilding import FIRST, SECOND, commit, tables_of, withdraw_all
from tests.contract.storage.test_trash import Archive
from tests.making.clock import Clock
from tests.making.desk_home import DeskHome

TYPED = "Kinh"


@pytest.fixture
def archive(catalogue: Catalogue, objects: LocalStore, clock: Clock, tmp_path: Path) -> Iterator[Archive]:
    """A paper on which a person decided, its log kept in the store."""
    keep_log(catalogue.database, objects, clock=clock)
    made = Archive(DeskHome(folder=tmp_path, catalogue=catalogue, objects=objects, clock=clock), clock)
    made.decide()
    yield made


def gone(archive: Archive) -> None:
    archive.withdraw(days=0)
    remove(archive.catalogue, archive.objects, [archive.paper.document_id], decision="QĐ 1", actor="luu")


def everything_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_words_on_pages_and_names_of_files_are_not_in_the_log_and_go_with_their_papers(
    catalogue: Catalogue, objects: LocalStore, clock: Clock, tmp_path: Path
) -> None:
    keep_log(catalogue.database, objects, clock=clock)
    commit(catalogue, objects, FIRST, "d1", "d2")
    commit(catalogue, objects, SECOND, "bachtuyet")
    folder = tmp_path / "objects"
    assert b"bachtuyet nguyen van" in everything_in(folder / "sha256")
    logged = everything_in(folder / "log")
    assert b"nguyen" not in logged and b"box/bachtuyet.pdf" not in logged
    withdraw_all(catalogue, objects, "bachtuyet", days=0)
    remove(catalogue, objects, ["bachtuyet"], decision="QĐ 1", actor="lan")
    left = everything_in(folder)
    assert b"bachtuyet nguyen van" not in left and b"box/bachtuyet.pdf" not in left
    with catalogue.database.read() as connection:
        names = connection.scalars(sa.select(source_names.c.name)).all()
    assert sorted(name.partition("-")[0] for name in names) == ["box/d1.pdf", "erased"]
    assert (report := verify(objects, catalogue)).ok, report


def test_what_people_typed_goes_with_the_paper_and_the_history_is_whole(archive: Archive) -> None:
    gone(archive)
    with archive.catalogue.database.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(review_trail)) == 4
        assert connection.scalars(sa.select(trail_details.c.details)).all() == []
        assert connection.scalars(sa.select(review_decisions.c.value)).all() == [None]
    with archive.store.read() as tables:
        said = tables.trail.of(archive.paper.document_id)
    assert [entry.action for entry in said] == ["document.read", "decided", "settled", "withdrawn"]
    assert all(entry.erased and not entry.details for entry in said)
    archive.check()


def test_the_same_catalogue_is_made_anew_after_an_erasure(archive: Archive, make_database: MakeDatabase) -> None:
    gone(archive)
    before = tables_of(archive.catalogue)
    anew = Catalogue.open(make_database("sqlite"))
    made = rebuild(archive.objects, anew)
    assert (made.untold, made.without_record, made.differing) == ((), (), ())
    for name in before.keys() - {"search_spellings"}:
        assert tables_of(anew)[name] == before[name], name
    assert verify(archive.objects, anew).ok
    anew.close()


def test_details_taken_out_without_a_tombstone_are_missed(archive: Archive) -> None:
    with archive.catalogue.unit() as unit:
        unit.connection.execute(sa.delete(trail_details).where(trail_details.c.seq == 2))
        unit.commit()
    report = verify(archive.objects, archive.catalogue)
    assert report.trail is not None and report.trail.ok, "the chain alone cannot tell"
    assert {one.what for one in report.differing} == {"trail"}, "of the document, and of what was decided there"


@pytest.mark.parametrize("forged", ["trail.erased", "document.removed:QĐ 1"])
def test_a_tombstone_that_somebody_forged_is_none(archive: Archive, forged: str) -> None:
    with archive.catalogue.unit() as unit:
        unit.connection.execute(sa.delete(trail_details).where(trail_details.c.seq == 2))
        unit.audit.append(actor="x", action=forged, subject=archive.paper.document_id, digest="sha256:" + "0" * 64)
        unit.commit()
    assert "trail" in [one.what for one in verify(archive.objects, archive.catalogue).differing]


@pytest.mark.parametrize("changed", ["details", "salt"])
def test_other_details_than_were_sealed_are_missed(archive: Archive, changed: str) -> None:
    with archive.catalogue.unit() as unit:
        other = {"details": sa.func.replace(trail_details.c.details, TYPED, "Tày"), "salt": "0" * 32}[changed]
        this = trail_details.c.seq == 2
        unit.connection.execute(sa.update(trail_details).where(this).values({changed: other}))
        unit.commit()
    report = verify(archive.objects, archive.catalogue)
    assert report.trail is not None and report.trail.broken_at == 2


def test_what_the_log_told_apart_is_missed_unless_its_papers_were_removed(archive: Archive) -> None:
    with archive.catalogue.database.read() as connection:
        name = connection.scalars(sa.select(told_apart.c.object)).first()
    [key] = [key for key in archive.objects.keys() if key.name == name]  # noqa: SIM118
    archive.objects.erase(key)
    missing = verify(archive.objects, archive.catalogue).missing
    assert [(one.kind.value, one.key) for one in missing] == [("told", key)]
    archive.catalogue.note(actor="x", action=ERASED, subject=key.name)
    differing = verify(archive.objects, archive.catalogue).differing
    assert ("erased", key.name) in [(one.what, one.subject) for one in differing]


def test_what_a_backup_of_the_desk_brings_back_is_found_and_goes_with_the_next_removal(archive: Archive) -> None:
    with archive.catalogue.database.read() as connection:
        before = connection.execute(sa.select(trail_details)).mappings().all()
    gone(archive)
    with archive.catalogue.unit() as unit:
        unit.connection.execute(sa.insert(trail_details), [dict(row) for row in before])
        unit.commit()
    assert "trail" in [one.what for one in verify(archive.objects, archive.catalogue).differing]
    remove(archive.catalogue, archive.objects, [], decision="QĐ 2", actor="luu")
    archive.check()


def test_what_was_decided_before_the_history_could_be_erased_keeps_its_paper(archive: Archive) -> None:
    with archive.catalogue.unit() as unit:  # as an older version left it
        if archive.catalogue.database.is_sqlite:
            unit.connection.exec_driver_sql("DROP TRIGGER review_trail_no_update")
        else:
            unit.connection.exec_driver_sql("ALTER TABLE review_trail DISABLE TRIGGER USER")
        unit.connection.execute(sa.update(review_trail).values(commitment=None))
        unit.commit()
    archive.withdraw(days=0)
    with pytest.raises(WrongUse, match="before what they typed"):
        remove(archive.catalogue, archive.objects, [archive.paper.document_id], decision="QĐ 1", actor="luu")


def test_lines_that_a_reader_learnt_from_go_with_the_paper_they_were_cut_from(archive: Archive) -> None:
    with archive.catalogue.unit() as unit:
        unit.connection.execute(sa.update(review_documents).values(book="KS 1990"))
        unit.commit()
    mine = LineOrigin(document_id=archive.paper.document_id, grammar="name")
    lines = [Correction(image=b"mine", text="Đàm Mai Hiền", origin=mine), Correction(image=b"other", text="Lê Ất")]
    keep_corrections(archive.objects, archive.catalogue, "KS 1990", lines, actor="lan")
    gone(archive)
    left = corrections_of(archive.objects, archive.catalogue, "KS 1990")
    assert [one.correction.text for one in left] == ["Lê Ất"]
    with archive.catalogue.database.read() as connection:
        assert not any(archive.objects.exists(key) for key in erased(connection))
    archive.check()


def test_a_blocked_paper_is_in_no_search_until_it_is_let_go(archive: Archive) -> None:
    question = Question(name="Đàm Mai Hiền")
    with archive.catalogue.unit() as unit:
        assert block(unit, [archive.paper.document_id], reason="đang tranh chấp", actor="luu")
        assert block(unit, [archive.paper.document_id], reason="đang tranh chấp", actor="luu") == []
        unit.commit()
    assert archive.catalogue.find(question).count == 0
    assert archive.catalogue.document(archive.paper.document_id) is not None
    archive.check()
    with archive.catalogue.unit() as unit:
        assert unblock(unit, archive.objects, [archive.paper.document_id], actor="luu")
        unit.commit()
    assert archive.catalogue.find(question).count == 1
    archive.check()


def test_a_blocked_paper_stands_in_for_none(archive: Archive) -> None:
    office = OfficeStore(archive.catalogue.database)
    with office.write() as tables:
        for pending in tables.holdings.pending(10):
            tables.holdings.index(
                pending, holding_code="HT-1", document_type="birth_certificate", identity="i",
                people=[HeldPerson(person="p", role="subject")],
            )  # fmt: skip
        assert tables.holdings.of_person("p", types=["birth_certificate"], offices=None)
    with archive.catalogue.unit() as unit:
        block(unit, [archive.paper.document_id], reason="đang tranh chấp", actor="luu")
        unit.commit()
    with office.read() as tables:
        assert tables.holdings.of_person("p", types=["birth_certificate"], offices=None) == []
        assert tables.holdings.by_code("HT-1", offices=None) is None
        assert tables.holdings.by_identity(["i"], offices=[""]) == {}
