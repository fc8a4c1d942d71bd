"""Work, files set aside, page ledgers and books in the catalogue, held against the audit log and the objects."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from pipeline.domain.errors import HotichError, WrongUse
from pipeline.page_ledger import PageLedger
from pipeline.records.file_ledger import read_ledger
from storage.catalogue.audit import ERASED, LINE_ERASED
from storage.catalogue.books import is_book
from storage.catalogue.ledger import WorkState
from storage.catalogue.tables import book_lines, book_models, document_books, open_pages, page_ledgers, work
from storage.checking.documents_agree import WHOLE, moments_before
from storage.checking.findings import Difference
from storage.checking.scratch import Scratch
from storage.objects import ObjectKey, ObjectRole, ObjectStore

_DONE, _ASIDE, _COUNTED = "work.done", "work.set_aside", "pages.counted"
_LINE, _MODEL = "book.line_added", "book.model_made"


def check_work(connection: sa.Connection, scratch: Scratch) -> Iterator[Difference]:
    """What was done with each file, and what was set aside with which reason, in both directions."""
    query = sa.select(work).order_by(work.c.input_sha256, work.c.changed_at, work.c.work_id)
    rows = connection.execute(query.execution_options(yield_per=1000))
    for sha256, of_file in groupby(rows, key=lambda row: row.input_sha256):
        works = list(of_file)
        for kind in (_DONE, _ASIDE):
            scratch.meet(kind, sha256)
        parts = (_work_id(row) != row.work_id for row in works)
        if any(parts) or not _as_logged(works, sha256, scratch):
            yield Difference(subject=sha256, what="work")
    for kind in (_DONE, _ASIDE):
        yield from (Difference(subject=sha256, what="work") for sha256 in scratch.logged_but_not_met(kind, kind))


def _as_logged(works: list[Any], sha256: str, scratch: Scratch) -> bool:
    done = [row.changed_at for row in works if row.state == WorkState.DONE.value]
    logged = [entry.at for entry in scratch.events(_DONE, sha256)]
    aside = Counter(row.code for row in works if row.state == WorkState.SET_ASIDE.value)
    reasons = Counter(entry.detail for entry in scratch.events(_ASIDE, sha256))
    if len(done) != len(logged) or not all(map(moments_before, done, logged)):
        return False
    clean = all(row.code is None for row in works if row.state == WorkState.DONE.value)
    return clean and not aside - reasons and all(row.state in list(WorkState) for row in works)


def _work_id(row: Any) -> str:
    parts = [row.input_sha256, row.software, row.models_sha256, row.settings_sha256]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def check_page_ledgers(
    connection: sa.Connection, objects: ObjectStore, scratch: Scratch
) -> tuple[list[str], list[Difference]]:
    """Ledgers that are not the ones in the audit log, and what the catalogue has otherwise than they say."""
    unrecorded: list[str] = []
    differing: list[Difference] = []
    with contextlib.closing(_Told(connection)) as told:
        for row in _ledgers(connection):
            name = f"{row.input_sha256}@{row.work_id[:16]}"
            scratch.meet(_COUNTED, name)
            events = scratch.events(_COUNTED, name)
            if not events or events[-1].digest != row.object:
                unrecorded.append(name)
            ledger = _ledger(row, name, objects, scratch)
            if ledger is None:
                continue
            if told.pages(row.work_id) != {page.number: (page.beside, page.code) for page in ledger.open}:
                differing.append(Difference(subject=name, what="open_pages"))
            if told.books(row.work_id) != _books(ledger):
                differing.append(Difference(subject=name, what="book"))
    unrecorded += scratch.logged_but_not_met(_COUNTED, _COUNTED)
    without = sa.select(open_pages.c.work_id).union(sa.select(document_books.c.work_id)).subquery()
    query = sa.select(without.c.work_id).where(without.c.work_id.not_in(sa.select(page_ledgers.c.work_id)))
    differing += [Difference(subject=f"work:{name[:16]}", what="open_pages") for name in connection.scalars(query)]
    return sorted(unrecorded), differing


def _ledgers(connection: sa.Connection) -> Iterator[Any]:
    query = sa.select(page_ledgers, work.c.input_sha256).outerjoin(work, work.c.work_id == page_ledgers.c.work_id)
    yield from connection.execute(query.order_by(page_ledgers.c.work_id).execution_options(yield_per=1000))


def _ledger(row: Any, name: str, objects: ObjectStore, scratch: Scratch) -> PageLedger | None:
    """None for one that is damaged or missing, which is told of its object, or that is no ledger: it is not the one in
    the log."""
    try:
        key = ObjectKey.parse(row.object)
    except WrongUse:
        return None
    scratch.name(key, f"file:{name}", 0, ObjectRole.PAGES)
    try:
        data = objects.get(key)
        scratch.meet(WHOLE, key.sha256)
        return read_ledger(data)
    except HotichError:
        return None


class _Told:
    """Open pages and books of work, asked for in order of `work_id`: each table is read once, side by side."""

    def __init__(self, connection: sa.Connection) -> None:
        self._pages = _ByWork(connection, open_pages)
        self._books = _ByWork(connection, document_books)

    def close(self) -> None:
        self._pages.rows.close()
        self._books.rows.close()

    def pages(self, work_id: str) -> dict[int, tuple[str, str]]:
        return {row.page: (row.document_id, row.code) for row in self._pages.of(work_id)}

    def books(self, work_id: str) -> dict[str, str]:
        return {row.document_id: row.book for row in self._books.of(work_id)}


class _ByWork:
    def __init__(self, connection: sa.Connection, table: sa.Table) -> None:
        query = sa.select(table).order_by(table.c.work_id).execution_options(yield_per=1000)
        self.rows = connection.execute(query)
        self._groups = groupby(self.rows, key=lambda row: row.work_id)
        self._next: tuple[str, list[Any]] | None = None

    def of(self, work_id: str) -> list[Any]:
        while self._next is None or self._next[0] < work_id:
            found = next(self._groups, None)
            if found is None:
                return []
            self._next = found[0], list(found[1])
        return self._next[1] if self._next[0] == work_id else []


def _books(ledger: PageLedger) -> dict[str, str]:
    """What its separator sheets say of its documents, as far as it names books."""
    said = {document: ledger.book_of(document) for pages in ledger.records.values() for document in pages}
    return {document: book for document, book in said.items() if book is not None and is_book(book)}


def check_books(connection: sa.Connection, scratch: Scratch) -> Iterator[Difference]:
    """Corrected lines and models of books, in both directions; notes in `scratch` the objects that they name."""
    for row in connection.execute(sa.select(book_lines).execution_options(yield_per=1000)):
        subject = f"book:{row.book}#{row.number}"
        named = {ObjectRole.LINE: row.image, ObjectRole.CORRECTION: row.correction}
        yield from _book_agrees(scratch, _LINE, subject, row.book, row.number, named, row.correction, row.actor)
    for row in connection.execute(sa.select(book_models).execution_options(yield_per=1000)):
        subject = f"book:{row.book}@{row.version}"
        named = {ObjectRole.WEIGHTS: row.weights, ObjectRole.MANIFEST: row.manifest}
        yield from _book_agrees(scratch, _MODEL, subject, row.book, row.version, named, row.weights, row.actor)
    for kind in (_LINE, _MODEL):
        yield from (Difference(subject=subject, what="missing") for subject in scratch.logged_but_not_met(kind, kind))


def _book_agrees(
    scratch: Scratch,
    kind: str,
    subject: str,
    book: str,
    number: int,
    named: dict[ObjectRole, str],
    sealed: str,
    actor: str,
) -> Iterator[Difference]:
    scratch.meet(kind, subject)
    gone = [event.detail for event in scratch.events(LINE_ERASED, subject)]
    if gone and not all(scratch.events("document.removed", document_id) for document_id in gone):
        yield Difference(subject=subject, what="erased")
    for role, name in named.items():
        if gone and scratch.events(ERASED, name):
            continue
        try:
            scratch.name(ObjectKey.parse(name), f"book:{book}", number, role)
        except WrongUse:
            yield Difference(subject=subject, what=role.value)
    events = scratch.events(kind, subject)
    if not events or (events[-1].digest, events[-1].actor) != (sealed, actor):
        yield Difference(subject=subject, what="entry")
