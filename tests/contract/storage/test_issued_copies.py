"""Signed copies that left the archive: found by their code, held against the log, kept with what they were made of."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from storage.catalogue import Catalogue
from storage.catalogue.tables import issued_copies
from storage.checking.findings import Difference
from storage.issued_copies import (
    IssuedCopy,
    Standing,
    checked_copy_code,
    issued_copy,
    issued_of,
    new_copy_code,
    note_issued,
    standing,
)
from storage.objects import LocalStore
from storage.repairing import named_objects
from storage.store_log import keep_log
from storage.trash import empty_trash, in_trash, withdraw
from storage.verify import verify
from tests.contract.storage.samples import digitized
from tests.contract.storage.test_rebuilding import commit

SCAN = b"a scan of one paper"
CODE = "BS-ABCDEFGHIJ234567"


@pytest.fixture
def archive(catalogue: Catalogue, objects: LocalStore) -> Iterator[Catalogue]:
    commit(catalogue, objects, SCAN, "d1")
    yield catalogue


def issue(catalogue: Catalogue, objects: LocalStore, *, code: str = CODE, data: bytes = b"a signed copy") -> IssuedCopy:
    key = objects.put(data)
    with catalogue.unit() as unit:
        copy = note_issued(
            unit, copy_code=code, document_id="d1", revision=1, key=key, level="PAdES B-T", office="00001", actor="lan"
        )
        unit.commit()
    return copy


def stands(catalogue: Catalogue) -> Standing:
    with catalogue.database.read() as connection:
        copy = issued_copy(connection, CODE)
        assert copy is not None
        return standing(connection, copy)


def test_a_copy_is_found_by_its_code_and_by_its_document(archive: Catalogue, objects: LocalStore) -> None:
    copy = issue(archive, objects)
    with archive.database.read() as connection:
        assert issued_copy(connection, CODE) == copy
        assert issued_of(connection, "d1") == [copy]
        assert issued_copy(connection, new_copy_code()) is None
    [entry] = [entry for entry in archive.audit_entries() if entry.action.startswith("copy.issued")]
    assert (entry.subject, entry.digest, entry.at) == ("d1@1", copy.object.name, copy.issued_at)


def test_an_archive_with_issued_copies_is_whole(archive: Catalogue, objects: LocalStore) -> None:
    issue(archive, objects)
    report = verify(objects, archive)
    assert report.ok, report
    assert report.orphans == ()


def test_a_code_is_taken_as_a_person_types_it() -> None:
    assert checked_copy_code(" bs-abcd efgh ij23-4567 ") == CODE
    assert checked_copy_code("BS-ABCDEFGHIJ23456") is None
    assert checked_copy_code("") is None
    assert checked_copy_code(new_copy_code()) is not None


def test_a_lost_or_damaged_copy_is_found(archive: Catalogue, objects: LocalStore) -> None:
    copy = issue(archive, objects)
    objects.remove(copy.object)
    [missing] = verify(objects, archive).missing
    assert (missing.document_id, missing.kind.value, missing.key) == ("d1", "copy", copy.object)


@pytest.mark.parametrize(
    "values",
    [{"object": "sha256/00/" + "0" * 62}, {"actor": "nobody"}, {"document_id": "d9"}, {"copy_code": "BS-" + "B" * 16},
     {"issued_at": "2020-01-01T00:00:00.000000Z"}],
)  # fmt: skip
def test_a_row_that_says_otherwise_than_the_log_is_found(
    archive: Catalogue, objects: LocalStore, values: dict[str, str]
) -> None:
    issue(archive, objects)
    with archive.database.engine.begin() as connection:
        connection.execute(sa.update(issued_copies).values(values))
    subject = f"copy:{values.get('copy_code', CODE)}"
    assert Difference(subject=subject, what="entry") in verify(objects, archive).differing


@pytest.mark.parametrize("values", [{"level": "PAdES B-LTA"}, {"office": "00002"}])
def test_what_only_the_stores_log_tells_of_a_copy_is_compared_too(
    archive: Catalogue, objects: LocalStore, values: dict[str, str]
) -> None:
    keep_log(archive.database, objects)
    issue(archive, objects)
    assert verify(objects, archive).ok
    with archive.database.engine.begin() as connection:
        connection.execute(sa.update(issued_copies).values(values))
    assert Difference(subject="d1", what="issued_copies") in verify(objects, archive).differing


def test_a_row_that_is_taken_away_is_found(archive: Catalogue, objects: LocalStore) -> None:
    issue(archive, objects)
    with archive.database.engine.begin() as connection:
        connection.execute(sa.delete(issued_copies))
    assert Difference(subject=f"copy:{CODE}", what="missing") in verify(objects, archive).differing


def test_a_copy_is_named_so_that_repair_wants_it(archive: Catalogue, objects: LocalStore) -> None:
    copy = issue(archive, objects)
    with archive.database.read() as connection:
        assert copy.object in set(named_objects(connection))


def test_a_newer_revision_makes_it_an_older_copy(archive: Catalogue, objects: LocalStore) -> None:
    issue(archive, objects)
    assert stands(archive) is Standing.CURRENT
    commit(archive, objects, SCAN, "d1", software="hotich 0.2.0")
    assert stands(archive) is Standing.SUPERSEDED


def test_a_paper_that_copies_were_made_of_can_be_withdrawn_and_stays(archive: Catalogue, objects: LocalStore) -> None:
    issue(archive, objects)
    with archive.unit() as unit:
        withdraw(unit, objects, ["d1"], reason="x", actor="lan", days=0)
        unit.commit()
    assert stands(archive) is Standing.WITHDRAWN
    with archive.database.read() as connection:
        [paper] = in_trash(connection)
    assert paper.kept_because is not None
    assert empty_trash(archive, objects, decision="QĐ 1", actor="lan") == []


def test_a_signed_copy_is_confirmed_as_ours_by_its_digest(archive: Catalogue, objects: LocalStore) -> None:
    from storage.office.store import OfficeStore

    copy = issue(archive, objects)
    with OfficeStore(archive.database).read() as tables:
        assert tables.holdings.copy_is_ours("HT-d1", copy.object.name) is True
        assert tables.holdings.copy_is_ours("HT-d2", copy.object.name) is None
    assert digitized(SCAN, "d1").archival is not None
