"""The audit log only grows, and shows when anybody touched it; on both databases."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa

from pipeline.domain.errors import HotichError
from storage.catalogue import Catalogue
from storage.catalogue.tables import audit, audit_head


def write(catalogue: Catalogue, count: int = 3) -> None:
    for number in range(count):
        catalogue.note(actor="Cán bộ A", action="document.stored", subject=f"d{number}", digest="sha256/…")


def tamper(catalogue: Catalogue, *statements: sa.Executable) -> None:
    """Changes the log as somebody would who owns the database: the guards first."""
    with catalogue.database.write() as connection:
        if catalogue.database.is_sqlite:
            for verb in ("update", "delete"):
                connection.exec_driver_sql(f"DROP TRIGGER audit_no_{verb}")
        else:
            connection.exec_driver_sql("ALTER TABLE audit DISABLE TRIGGER ALL")
        for statement in statements:
            connection.execute(statement)


def test_an_empty_log_is_whole(catalogue: Catalogue) -> None:
    assert catalogue.verify_chain().ok


def test_a_log_as_written_is_whole(catalogue: Catalogue) -> None:
    write(catalogue)
    report = catalogue.verify_chain()
    assert (report.ok, report.entries) == (True, 3)


def test_entries_are_numbered_and_linked(catalogue: Catalogue) -> None:
    write(catalogue)
    entries = catalogue.audit_entries()
    assert [entry.seq for entry in entries] == [1, 2, 3]
    assert [entry.prev_hash for entry in entries[1:]] == [entry.hash for entry in entries[:-1]]


def test_entries_keep_who_what_and_when(catalogue: Catalogue) -> None:
    write(catalogue, 1)
    (entry,) = catalogue.audit_entries(subject="d0")
    assert (entry.actor, entry.action, entry.at) == (
        "Cán bộ A",
        "document.stored",
        "2026-11-21T08:30:00.000000Z",
    )


@pytest.mark.parametrize("statement", [sa.update(audit).values(actor="B"), sa.delete(audit)])
def test_the_database_refuses_to_change_entries(catalogue: Catalogue, statement: sa.Executable) -> None:
    write(catalogue)
    with pytest.raises(HotichError), catalogue.database.write() as connection:
        connection.execute(statement)
    assert catalogue.verify_chain().entries == 3


@pytest.mark.parametrize("column", ["at", "actor", "action", "subject", "digest", "prev_hash", "hash"])
def test_a_changed_entry_is_found(catalogue: Catalogue, column: str) -> None:
    write(catalogue)
    tamper(catalogue, sa.update(audit).where(audit.c.seq == 2).values({column: "changed"}))
    assert catalogue.verify_chain().broken_at == 2


@pytest.mark.parametrize("gone", [1, 2, 3])
def test_a_removed_entry_is_found(catalogue: Catalogue, gone: int) -> None:
    write(catalogue)
    tamper(catalogue, sa.delete(audit).where(audit.c.seq == gone))
    assert not catalogue.verify_chain().ok


def test_two_entries_that_changed_places_are_found(catalogue: Catalogue) -> None:
    write(catalogue)
    swap = [sa.update(audit).where(audit.c.seq == old).values(seq=new) for old, new in ((1, 9), (2, 1), (9, 2))]
    tamper(catalogue, *swap)
    assert not catalogue.verify_chain().ok


def test_a_log_cut_off_with_its_head_is_found_by_a_head_noted_earlier(catalogue: Catalogue) -> None:
    write(catalogue)
    noted = catalogue.verify_chain().head
    second = catalogue.audit_entries()[1]
    tamper(
        catalogue,
        sa.delete(audit).where(audit.c.seq == 3),
        sa.update(audit_head).values(seq=2, hash=second.hash),
    )
    assert catalogue.verify_chain().ok
    assert not catalogue.verify_chain(known_head=noted).holds_known


def test_an_older_head_noted_earlier_is_still_found_in_a_longer_log(catalogue: Catalogue) -> None:
    write(catalogue)
    noted = catalogue.verify_chain().head
    write(catalogue)
    assert catalogue.verify_chain(known_head=noted).holds_known


def test_writers_at_the_same_time_make_one_chain(catalogue: Catalogue) -> None:
    writers = [threading.Thread(target=write, args=(catalogue, 5)) for _ in range(4)]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    report = catalogue.verify_chain()
    assert (report.ok, report.entries) == (True, 20)
