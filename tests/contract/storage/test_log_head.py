"""All writers wait for one another at the head of the audit log: it is held for no longer than a commit takes, and what
used to be kept in order by it is kept in order all the same."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from pipeline.records.contract import record_bytes
from storage.catalogue import Catalogue, Claim, StoredDocument, UnitOfWork
from storage.catalogue.ledger import Ledger
from storage.commit import Digitized, commit_documents
from storage.ending import take_turns
from storage.errors import StoreBusy
from storage.log_parts import AUDIT, part_range
from storage.objects import LocalStore
from storage.rebuilding import rebuild
from storage.store_log import keep_log
from storage.times import utc_now
from storage.verify import verify
from tests.contract.conftest import MakeDatabase
from tests.contract.storage.samples import field, record, work_key
from tests.making.clock import Clock

Also = Callable[[UnitOfWork, list[StoredDocument]], None]


def nothing_more(_unit: UnitOfWork, _stored: list[StoredDocument]) -> None:
    """Adds nothing to the transaction."""


@pytest.fixture
def server(make_database: MakeDatabase) -> Iterator[Catalogue]:
    """Where several write at once: on SQLite there is one writer at a time."""
    opened = Catalogue.open(make_database("postgresql"))
    yield opened
    opened.close()


def claimed(catalogue: Catalogue, name: str) -> Claim:
    claim = catalogue.claim(work_key(name.encode()), name=f"{name}.pdf", size=len(name)).claim
    assert claim is not None
    return claim


def store(
    catalogue: Catalogue, objects: LocalStore, *names: str, also: Also = nothing_more, born: str = "2026-07-11"
) -> list[StoredDocument]:
    """One file with papers of one act, named so."""
    data = names[0].encode()
    values = {"full_name": "Đàm Mai Hiền", "date_of_birth": born, "mother_full_name": f"Cao Hải Uyên {born[:2]}"}
    fields = [replace(field(entry), value=value, verbatim=value) for entry, value in values.items()]
    records = [record(data, name, *fields) for name in names]
    return commit_documents(
        objects, catalogue, claimed(catalogue, names[0]), original=data, actor="batch", also=also,
        documents=[Digitized(record=one, record_json=record_bytes(one), archival=None) for one in records],
        page_texts={1: f"Bạch Tuyết {names[0]}"},
    )  # fmt: skip


def at_once(*stores: Callable[[Also], Any]) -> list[Any]:
    """Each within its transaction before any of them ends."""
    all_there = threading.Barrier(len(stores), timeout=30)

    def wait(_unit: UnitOfWork, _stored: list[StoredDocument]) -> None:
        all_there.wait()

    with ThreadPoolExecutor(len(stores)) as threads:
        return [done.result() for done in [threads.submit(one, wait) for one in stores]]


def test_nothing_but_one_statement_comes_between_the_head_of_the_log_and_the_commit(
    server: Catalogue, objects: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_log(server.database, objects)
    engine, seen = server.database.engine, list[str]()

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append("head" if "audit_head" in statement and "FOR UPDATE" in statement else statement.split()[0])

    commit, put = engine.dialect.do_commit, objects.put

    def committed(connection: Any) -> None:
        seen.append("commit")
        commit(connection)

    def put_there(*source: Any, **how: Any) -> Any:
        seen.append("put")
        return put(*source, **how)

    sa.event.listen(engine, "before_cursor_execute", note)
    monkeypatch.setattr(engine.dialect, "do_commit", committed)
    monkeypatch.setattr(objects, "put", put_there)
    store(server, objects, "a", "b")
    assert seen.count("head") == 1
    assert seen[seen.index("head") :][:3] == ["head", "WITH", "commit"]
    assert "put" in seen[: seen.index("head")]


def test_how_long_the_head_is_held_is_counted(catalogue: Catalogue, objects: LocalStore) -> None:
    store(catalogue, objects, "a")
    catalogue.item(work_key(b"a"))
    figures = catalogue.database.log_times.figures()
    assert figures["log_holds"] == 1
    assert 0 < figures["log_held_sum"] < 10
    assert figures["log_waited_sum"] >= 0


def test_a_document_is_dated_by_its_entry_however_long_its_turn_took(
    catalogue: Catalogue, objects: LocalStore, clock: Clock, make_database: MakeDatabase
) -> None:
    keep_log(catalogue.database, objects, clock=clock)
    (made,) = store(catalogue, objects, "a", also=lambda *_: clock.advance(timedelta(minutes=1)))
    (stored,) = catalogue.documents_of(work_key(b"a"))
    entry = next(one for one in catalogue.audit_entries() if one.action == "document.stored")
    assert made.committed_at == stored.committed_at == entry.at
    assert verify(objects, catalogue).ok
    empty = Catalogue.open(make_database("sqlite"))
    rebuild(objects, empty)
    assert [one.committed_at for one in empty.all_documents()] == [entry.at]
    empty.close()


def test_papers_of_one_act_that_are_stored_at_once_are_linked_once(server: Catalogue, objects: LocalStore) -> None:
    store(
        server, objects, "another", born="2025-01-02"
    )  # with the same words, for new ones are waited for by themselves
    at_once(
        lambda also: store(server, objects, "a", also=also),
        lambda also: store(server, objects, "b", also=also),
    )
    links = [entry.action for entry in server.audit_entries() if "seen_before" in entry.action]
    assert links in (["document.seen_before:a"], ["document.seen_before:b"])


def test_papers_of_one_act_in_one_file_are_linked_to_those_before_them(
    catalogue: Catalogue, objects: LocalStore
) -> None:
    store(catalogue, objects, "a", "b", "c")
    links = [(e.action, e.subject) for e in catalogue.audit_entries() if "seen_before" in e.action]
    assert links == [
        ("document.seen_before:a", "b@1"),
        ("document.seen_before:a", "c@1"),
        ("document.seen_before:b", "c@1"),
    ]


def test_files_that_are_stored_at_once_wait_for_one_another_and_never_crosswise(
    server: Catalogue, objects: LocalStore
) -> None:
    keep_log(server.database, objects)
    names = ["abc", "bcd", "cde", "def"]
    at_once(*(lambda also, name=name: store(server, objects, name, f"{name}2", also=also) for name in names))
    assert sorted(one.document_id for one in server.all_documents()) == sorted([*names, *(f"{one}2" for one in names)])
    assert verify(objects, server).ok


def test_what_is_told_last_of_a_file_is_all_that_is_known_of_it(
    server: Catalogue, objects: LocalStore, make_database: MakeDatabase
) -> None:
    keep_log(server.database, objects)
    store(server, objects, "a")
    sha256 = work_key(b"a").input_sha256
    both = threading.Barrier(2, timeout=30)

    def found_as(name: str) -> None:
        with server.database.write() as connection:
            Ledger(connection, utc_now).note_source(sha256, size=1, name=name)
            both.wait()

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(found_as, ["b.pdf", "c.pdf"]))
    empty = Catalogue.open(make_database("sqlite"))
    rebuild(objects, empty)
    assert empty.names(sha256) == server.names(sha256) == ["a.pdf", "b.pdf", "c.pdf"]
    empty.close()


def test_what_one_machine_wrote_of_the_log_no_other_writes_again(
    server: Catalogue, objects: LocalStore, tmp_path: Path
) -> None:
    second = Catalogue(server.database.__class__(str(server.database.engine.url.render_as_string(False))))
    for one in (server, second):
        keep_log(one.database, objects)
    for number, one in enumerate([server, second] * 3):
        store(one, objects, f"file{number}")
    second.close()
    parts = sorted(span for name in objects.files(AUDIT) if (span := part_range(name)) is not None)
    assert [first for first, _ in parts] == [1, *(last + 1 for _, last in parts[:-1])]


def test_whoever_has_a_value_in_common_waits_for_its_turn_and_nobody_else(server: Catalogue) -> None:
    many = [str(number) for number in range(100)]

    def passes(space: str, values: Collection[str] | None) -> bool:
        try:
            with server.database.write() as second:
                second.exec_driver_sql("SET LOCAL lock_timeout = '20ms'")
                take_turns(second, space, values)
        except StoreBusy:
            return False
        return True

    with server.database.write() as first:
        take_turns(first, "acts", ["x", "y"])
        asked = [("acts", ["y", "z"]), ("acts", ["z"]), ("told", ["y"]), ("acts", many), ("acts", None), ("acts", [])]
        assert [passes(space, values) for space, values in asked] == [False, True, True, False, False, True]
    assert passes("acts", many)
