"""Searches and exports are noted, and no log says what was asked."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from pipeline.records.searching import Question
from storage.catalogue import Catalogue
from storage.errors import StoreUnavailable
from storage.objects import LocalStore
from storage.office.store import OfficeStore
from tests.contract.storage.test_search import MAI, Archive
from workers.exporting import ExportFormat
from workers.finding import Finder, Seeker

SEEKER = Seeker(actor="user:lan", office="hn-01", purpose="trích lục")


@pytest.fixture
def finder(catalogue: Catalogue, objects: LocalStore) -> Finder:
    archive = Archive(catalogue, objects)
    archive.add("mai", MAI)
    archive.add("other", {"full_name": "Phạm Đức Long"})
    office = OfficeStore(catalogue.database)
    digest = lambda text: hashlib.sha256(text.encode()).hexdigest()  # noqa: E731
    return Finder(catalogue=catalogue, office=office, objects=objects, digest=digest)


def reads(catalogue: Catalogue) -> list[tuple[str, str]]:
    with OfficeStore(catalogue.database).read() as tables:
        entries = tables.reads.entries()
    assert {(entry.actor, entry.office, entry.purpose) for entry in entries} == {("user:lan", "hn-01", "trích lục")}
    return [(entry.action, entry.subject) for entry in entries]


def test_a_search_is_noted_with_what_it_showed_but_not_what_was_asked(finder: Finder, catalogue: Catalogue) -> None:
    finder.find(Question(name="Nguyễn Thị Mai", born="1990"), SEEKER)
    (action, asked), found = reads(catalogue)
    assert action == "archive.searched" and asked.startswith("name+born#")
    assert found == ("archive.found", "HT-mai")
    assert "mai" not in asked.lower().partition("#")[0] and "1990" not in asked


def test_a_search_that_cannot_be_noted_shows_nothing(finder: Finder, catalogue: Catalogue) -> None:
    with catalogue.database.write() as connection:
        connection.exec_driver_sql("DROP TABLE record_reads")
    with pytest.raises(Exception) as caught:
        finder.find(Question(name="mai"), SEEKER)
    assert not isinstance(caught.value, StoreUnavailable)


def test_an_export_is_noted_document_by_document_and_audited_with_its_digest(
    finder: Finder, catalogue: Catalogue, tmp_path: Path
) -> None:
    path = tmp_path / "e.csv"
    assert finder.export(Question(), SEEKER, path, ExportFormat.CSV) == 2
    assert [subject for action, subject in reads(catalogue) if action == "archive.exported"][1:] == [
        "HT-mai",
        "HT-other",
    ]
    entry = catalogue.audit_entries(subject=f"export:{hashlib.sha256(path.read_bytes()).hexdigest()}")[0]
    assert (entry.actor, entry.action) == ("user:lan", "documents.exported:csv:2")
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir() if file.is_file() and file.name.startswith(".")] == []


def test_copies_of_what_was_found_lie_under_their_codes(finder: Finder, catalogue: Catalogue, tmp_path: Path) -> None:
    finds = finder.find(Question(name="mai"), SEEKER)
    assert finder.copies(finds.documents, SEEKER, tmp_path / "c") == 2  # this one has no archival copy
    assert sorted(path.name for path in (tmp_path / "c").iterdir()) == ["HT-mai.json", "HT-mai.scan.pdf"]
    assert finder.copies(finds.documents, SEEKER, tmp_path / "c") == 0
    assert ("archive.copied", "HT-mai") in reads(catalogue)
