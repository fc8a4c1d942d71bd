"""The audit log in the store, beside the objects it speaks of: with it the catalogue can be made anew.

A transaction that changes the catalogue ends with an entry `catalogue.told`, whose digest is that of a text with the
rows as they now stand (`storage.telling`). After it the new entries, with these texts, go into the store as one file,
and what is told apart before it as objects; what came of a paper on legal hold is held with it. Until then the texts
wait in the catalogue: a store that is full or gone holds nobody up, and gets them later.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import suppress

import sqlalchemy as sa

from pipeline.domain.errors import HotichError
from storage.catalogue.audit import AuditLog
from storage.catalogue.documents import removed_documents
from storage.catalogue.tables import (
    act_secret,
    apart_pending,
    audit,
    audit_head,
    blocked_documents,
    book_choices,
    book_facts,
    book_lines,
    book_models,
    book_sign_offs,
    document_books,
    documents,
    fields,
    import_works,
    imports,
    ink_given,
    issued_copies,
    legal_holds,
    log_pending,
    log_state,
    open_pages,
    page_ledgers,
    search_documents,
    search_pages,
    source_books,
    source_names,
    source_places,
    sources,
    withdrawn_documents,
    work,
)
from storage.database import Database
from storage.ending import Ending, NewEntry, take_turns
from storage.holds import held_objects
from storage.log_parts import AUDIT, LogPart, named_objects
from storage.objects import ObjectStore
from storage.objects.paper_class import classes_of
from storage.telling import TOLD, touch
from storage.times import Clock, utc_now

_log = logging.getLogger(__name__)
_AT_ONCE = 1000
_PAUSE_S = 30.0  # after a store that could not take it: it is not to hold up every transaction
ACTOR = "hotich"
OF_SOURCE = {sources: "sha256", source_names: "sha256", source_places: "sha256", source_books: "sha256",
             work: "input_sha256", search_pages: "source_sha256"}  # fmt: skip
OF_WORK = (page_ledgers, open_pages, document_books)
WHOLE = (book_lines, book_models, book_choices, book_facts, book_sign_offs, ink_given)

# What another transaction is taking out is left to it: nobody waits crosswise.
_REMEMBER = sa.text("""
WITH setting AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true)), pending AS (
  DELETE FROM log_pending WHERE seq IN (SELECT seq FROM log_pending WHERE seq <= :written FOR UPDATE SKIP LOCKED)
), apart AS (
  DELETE FROM apart_pending WHERE object IN (
    SELECT object FROM apart_pending WHERE seq <= :written FOR UPDATE SKIP LOCKED)
)
UPDATE log_state SET written = :written FROM setting WHERE written < :written
""")


class StoreLog:
    """Keeps the audit log of one catalogue in its object store. See `storage.database.Keeper`."""

    def __init__(
        self,
        database: Database,
        objects: ObjectStore,
        *,
        clock: Clock = utc_now,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._monotonic = monotonic
        self._not_before = 0.0
        self._database = database
        self._objects = objects
        self._clock = clock
        self._written = 0

    def tell(self, connection: sa.Connection, ending: Ending) -> None:
        """An entry more of the transaction: what it changed. Who touches the same rows in another transaction tells of
        them after this one, so the last that is told of a row is as it stands."""
        take_turns(connection, "told", ending.told.names())
        text, apart = ending.told.text(connection, ending.dated)
        entry = NewEntry(actor=ACTOR, action=TOLD, subject="catalogue", text=text, apart=tuple(apart))
        AuditLog(connection, self._clock).append_new(entry)
        if self._written and self._database.is_sqlite:
            self._remember(connection)

    def keep(self) -> None:
        """Writes what the store does not have yet; where it cannot, a later call tries again."""
        if self._monotonic() < self._not_before:
            return
        try:
            if self._write_new() and not self._database.is_sqlite:
                self._remember_now()
        except HotichError as error:
            self._not_before = self._monotonic() + _PAUSE_S
            _log.warning("log not kept in the store: %s", error.code)

    def catch_up(self) -> int:
        """Writes what the store does not have yet, and remembers how far it came; returns how many entries. Raises the
        stores' errors."""
        count = self._write_new()
        with self._database.read() as connection:
            known = int(connection.scalar(sa.select(log_state.c.written)) or 0)
        if known < self._written:
            with self._database.write() as connection:
                self._remember(connection)
        return count

    def _remember(self, connection: sa.Connection) -> None:
        for table in (log_pending, apart_pending):
            connection.execute(sa.delete(table).where(table.c.seq <= self._written))
        newer = log_state.c.written < self._written
        connection.execute(sa.update(log_state).where(newer).values(written=self._written))

    def _remember_now(self) -> None:
        """Else all others would write it once more. A server that forgets it in a crash has it written twice, so nobody
        waits for its disk; on SQLite, where others seldom write, the next transaction does it."""
        with suppress(HotichError), self._database.write() as connection:
            connection.execute(_REMEMBER, {"written": self._written})

    def _write_new(self) -> int:
        count = 0
        while True:
            with self._database.read() as connection:
                part = self._next(connection)
                if part is None:
                    return count
                apart, data = self._apart(connection, part), part.file()
                held = sorted(held_objects(connection).intersection(named_objects(data)))
            for text in apart:  # first: the part names them
                self._objects.put(text.encode(), of=classes_of([]))  # names and words: encrypted where anything is
            for name in held:  # before the part is there: what could not be held is tried again with it
                self._objects.hold(name, on=True)
            self._objects.put_file(part.name(AUDIT), data)
            self._written = part.last
            count += len(part.entries)
            if len(part.entries) < _AT_ONCE:  # what came meanwhile, whoever wrote it keeps
                return count

    def behind(self) -> int:
        """How many entries the store does not have, as far as the catalogue knows."""
        with self._database.read() as connection:
            seq = connection.scalar(sa.select(audit_head.c.seq)) or 0
            return max(0, int(seq) - self._since(connection))

    def _since(self, connection: sa.Connection) -> int:
        return max(self._written, int(connection.scalar(sa.select(log_state.c.written)) or 0))

    def _next(self, connection: sa.Connection) -> LogPart | None:
        query = sa.select(audit).where(audit.c.seq > self._since(connection)).order_by(audit.c.seq).limit(_AT_ONCE)
        entries = [list(row) for row in connection.execute(query)]
        if not entries:
            return None
        first, last = entries[0][0], entries[-1][0]
        waiting = sa.select(log_pending).where(log_pending.c.seq.between(first, last))
        return LogPart(entries=entries, texts={row.seq: row.text for row in connection.execute(waiting)})

    def _apart(self, connection: sa.Connection, part: LogPart) -> list[str]:
        waiting = sa.select(apart_pending.c.text).where(apart_pending.c.seq.between(part.first, part.last))
        return list(connection.scalars(waiting.order_by(apart_pending.c.object)))


def keep_log(database: Database, objects: ObjectStore, *, clock: Clock = utc_now) -> StoreLog:
    """From now on the catalogue in this database keeps its log in this store. What was stored before is told by
    `tell_older`; where there is nothing yet, that is done at once."""
    log = StoreLog(database, objects, clock=clock)
    database.keeper = log
    with database.read() as connection:
        empty = not connection.scalar(sa.select(log_state.c.told | sa.exists(sa.select(sources.c.sha256))))
    if empty:
        tell_older(database)
    return log


def tell_older(database: Database, *, on_file: Callable[[], None] = lambda: None) -> int:
    """Tells of everything that was stored before the store had a log; returns how many files. Idempotent, and goes on
    where it was stopped at the cost of telling some things twice."""
    with database.read() as connection:
        if connection.scalar(sa.select(log_state.c.told)):
            return 0
        known = connection.scalars(sa.select(sources.c.sha256).order_by(sources.c.sha256)).all()
    for sha256 in known:
        with database.write() as connection:
            _tell_source(connection, sha256)
        on_file()
    with database.write() as connection:
        for table in WHOLE:
            touch(connection, table)
        touch(connection, act_secret)
        connection.execute(sa.update(log_state).values(told=True))
    return len(known)


def _tell_source(connection: sa.Connection, sha256: str) -> None:
    for table, column in OF_SOURCE.items():
        touch(connection, table, **{column: sha256})
    for work_id in connection.scalars(sa.select(work.c.work_id).where(work.c.input_sha256 == sha256)).all():
        for table in OF_WORK:
            touch(connection, table, work_id=work_id)
        runs = sa.select(import_works.c.import_id).where(import_works.c.work_id == work_id)
        for import_id in connection.scalars(runs).all():
            touch(connection, imports, import_id=import_id)
            touch(connection, import_works, work_id=work_id)
    of_source = sa.select(documents.c.document_id).where(documents.c.source_sha256 == sha256).distinct()
    for document_id in connection.scalars(of_source).all():
        touch(connection, documents, document_id=document_id)
        touch(connection, search_documents, document_id=document_id)
        touch(connection, issued_copies, document_id=document_id)
    removed = removed_documents().where(withdrawn_documents.c.document_id.in_(of_source))
    withdrawn = sa.select(withdrawn_documents.c.document_id).where(withdrawn_documents.c.document_id.in_(of_source))
    held = sa.select(legal_holds.c.document_id).where(legal_holds.c.document_id.in_(of_source))
    blocked = sa.select(blocked_documents.c.document_id).where(blocked_documents.c.document_id.in_(of_source))
    told = ((withdrawn_documents, withdrawn), (fields, removed), (legal_holds, held), (blocked_documents, blocked))
    for table, ids in told:
        for document_id in connection.scalars(ids).all():
            touch(connection, table, document_id=document_id)
