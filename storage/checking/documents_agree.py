"""Every document in the catalogue, held against the audit log, its record and the other documents of its file."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from pipeline.domain.errors import HotichError, WrongUse
from pipeline.domain.model import CivilRecord
from pipeline.page_ledger import UNACCOUNTED
from pipeline.records.contract import read_record
from pipeline.records.file_ledger import read_ledger
from storage.catalogue.audit import COPIED
from storage.catalogue.ledger import WorkState
from storage.catalogue.tables import (
    blocked_documents,
    documents,
    fields,
    legal_holds,
    page_ledgers,
    source_names,
    sources,
    withdrawn_documents,
    work,
)
from storage.checking.findings import Difference, LostPage
from storage.checking.record_agrees import disagreements
from storage.checking.scratch import Event, Scratch
from storage.objects import ObjectKey, ObjectRole, ObjectStore
from storage.review.tables import review_documents

STORED = "document.stored"
WHOLE = "object whole"
_MANY = 200
_APART = timedelta(hours=1)  # between two clock readings of one transaction, of which one may have waited


@dataclass
class DocumentsChecked:
    """`files`: source files with current documents whose pages were counted."""

    documents: int = 0
    files: int = 0
    lost_pages: list[LostPage] = field(default_factory=list)
    differing: list[Difference] = field(default_factory=list)
    unrecorded: list[str] = field(default_factory=list)


def check_documents(connection: sa.Connection, objects: ObjectStore, scratch: Scratch) -> DocumentsChecked:
    """Holds every revision against what else tells of it, and notes in `scratch` the objects that documents name."""
    return _Check(connection, objects, scratch).run()


class _Check:
    def __init__(self, connection: sa.Connection, objects: ObjectStore, scratch: Scratch) -> None:
        self._connection = connection
        self._objects = objects
        self._scratch = scratch
        self._found = DocumentsChecked()
        self._edited, self._retired = _edited(connection)
        self._withdrawn, self._removed = withdrawn_as_logged(scratch)

    def run(self) -> DocumentsChecked:
        for files in _batches(list(rows) for _, rows in groupby(self._rows(), key=lambda row: row.source_sha256)):
            self._look_up([row for rows in files for row in rows])
            for rows in files:
                self._check_file(rows[0].source_sha256, rows)
        found = self._found
        found.unrecorded += self._scratch.logged_but_not_met(STORED, STORED)
        found.unrecorded.sort()
        without = sa.select(fields.c.document_id, fields.c.revision).distinct().outerjoin(
            documents, (documents.c.document_id == fields.c.document_id) & (documents.c.revision == fields.c.revision)
        )  # fmt: skip
        for row in self._connection.execute(without.where(documents.c.document_id.is_(None))):
            found.differing.append(Difference(subject=f"{row.document_id}@{row.revision}", what="fields"))
        found.differing += self._trash_differs()
        found.differing += self._holds_differ()
        return found

    def _holds_differ(self) -> Iterator[Difference]:
        """Documents that the catalogue has on legal hold, or as blocked, and the log has not, or the other way."""
        held = self._begun_and_not_ended("document.held", "document.hold_lifted")
        there = set(self._connection.scalars(sa.select(legal_holds.c.document_id)))
        yield from (Difference(subject=document_id, what="legal_hold") for document_id in sorted(held ^ there))
        blocked = self._begun_and_not_ended("document.blocked", "document.unblocked") - self._removed
        there = set(self._connection.scalars(sa.select(blocked_documents.c.document_id)))
        yield from (Difference(subject=document_id, what="blocked") for document_id in sorted(blocked ^ there))

    def _begun_and_not_ended(self, begun: str, ended: str) -> set[str]:
        last = {event.subject: (event.seq, True) for event in self._scratch.all_events(begun)}
        for event in self._scratch.all_events(ended):
            if event.subject in last and last[event.subject][0] < event.seq:
                last[event.subject] = (event.seq, False)
        return {document_id for document_id, (_, goes_on) in last.items() if goes_on}

    def _trash_differs(self) -> Iterator[Difference]:
        """Documents that the catalogue has as withdrawn, or as removed, and the log has not; or the other way."""
        rows = self._connection.execute(sa.select(withdrawn_documents)).all()
        there = {row.document_id: row.removed_at is not None for row in rows}
        logged = {document_id: document_id in self._removed for document_id in self._withdrawn}
        for document_id in sorted({*there, *logged}):
            if there.get(document_id) != logged.get(document_id):
                yield Difference(subject=document_id, what="withdrawn")

    def _rows(self) -> Iterator[Any]:
        query = (
            sa.select(documents, sources.c.size, work.c.input_sha256, work.c.changed_at.label("work_done_at"))
            .outerjoin(sources, sources.c.sha256 == documents.c.source_sha256)
            .outerjoin(work, work.c.work_id == documents.c.work_id)
            .order_by(documents.c.source_sha256, documents.c.ordinal, documents.c.revision)
        )
        yield from self._connection.execute(query.execution_options(yield_per=1000))

    def _check_file(self, sha256: str, rows: Sequence[Any]) -> None:
        current: list[CivilRecord] = []
        unread = False
        for row in rows:
            self._found.documents += 1
            self._check_against_log(row)
            if row.document_id in self._removed:
                continue
            self._name_objects(row)
            record = self._record(row)
            if record is None:
                unread = unread or bool(row.current)
                continue
            for what in disagreements(row, self._fields.get((row.document_id, row.revision), []), record):
                self._differs(row, what)
            if row.current:
                current.append(record)
        self._check_in_force(sha256, rows)
        if any(row.current for row in rows) and not unread:
            withdrawn = {page for row in rows for page in self._withdrawn.get(row.document_id, ())}
            self._count_pages(sha256, [row for row in rows if row.current], current, withdrawn)

    def _look_up(self, rows: Sequence[Any]) -> None:
        """What other tables have of these documents: one question a table, not one a document."""
        self._fields: dict[tuple[str, int], list[Any]] = {}
        for ids in _chunks({row.document_id for row in rows}):
            query = sa.select(fields).where(fields.c.document_id.in_(ids))
            query = query.order_by(fields.c.document_id, fields.c.revision, fields.c.position)
            for row in self._connection.execute(query):
                self._fields.setdefault((row.document_id, row.revision), []).append(row)
        self._done: dict[str, dict[str, str]] = {}
        for ids in _chunks({row.source_sha256 for row in rows}):
            done = sa.select(work.c.input_sha256, work.c.work_id, work.c.changed_at)
            done = done.where(work.c.input_sha256.in_(ids), work.c.state == WorkState.DONE.value)
            for row in self._connection.execute(done):
                self._done.setdefault(row.input_sha256, {})[row.work_id] = row.changed_at
        self._ledgers: dict[str, str] = {}
        for ids in _chunks({row.work_id for row in rows}):
            ledgers = self._connection.execute(sa.select(page_ledgers).where(page_ledgers.c.work_id.in_(ids)))
            self._ledgers |= {row.work_id: row.object for row in ledgers}

    def _name_objects(self, row: Any) -> None:
        roles = {ObjectRole.ORIGINAL: row.original, ObjectRole.ARCHIVAL: row.archival, ObjectRole.RECORD: row.record}
        for role, name in roles.items():
            if name is None:
                continue
            try:
                self._scratch.name(ObjectKey.parse(name), row.document_id, row.revision, role)
            except WrongUse:
                self._differs(row, role.value)

    def _check_against_log(self, row: Any) -> None:
        subject = f"{row.document_id}@{row.revision}"
        self._scratch.meet(STORED, subject)
        entry = _last(self._scratch.events(STORED, subject))
        if entry is None or entry.digest != row.record:
            self._found.unrecorded.append(subject)
            return
        copied = _last(self._scratch.events(COPIED, subject))
        if row.actor != entry.actor:
            self._differs(row, "actor")
        # Before copies were noted, a document's time was read a moment before its entry's.
        if row.committed_at != entry.at and (copied is not None or not moments_before(row.committed_at, entry.at)):
            self._differs(row, "committed_at")
        if copied is not None and row.archival != copied.digest:
            self._differs(row, ObjectRole.ARCHIVAL.value)
        elsewhere = copied is not None and copied.detail != f"{row.work_id[:16]}#{row.ordinal}"
        if elsewhere or row.input_sha256 != row.source_sha256:
            self._differs(row, "work")

    def _record(self, row: Any) -> CivilRecord | None:
        """None where its object is damaged, missing or no record: then that is named elsewhere, or here."""
        try:
            key = ObjectKey.parse(row.record)
            data = self._objects.get(key)
        except HotichError:
            return None
        self._scratch.meet(WHOLE, key.sha256)
        try:
            return read_record(data)
        except HotichError:
            self._differs(row, ObjectRole.RECORD.value)
            return None

    def _check_in_force(self, sha256: str, rows: Sequence[Any]) -> None:
        """In force is a document's newest revision, and none where newer work on the file made other documents, or
        where a person joined it to another or withdrew it."""
        newest = {row.document_id: row.revision for row in sorted(rows, key=lambda row: row.revision)}
        times = self._done.get(sha256, {})
        for row in rows:
            if row.revision != newest[row.document_id]:
                if row.current:
                    self._differs(row, "current")
                continue
            later = [at for other, at in times.items() if other != row.work_id]
            of_work = row.work_done_at or ""
            if row.current and row.document_id not in self._edited and any(at > of_work for at in later):
                self._differs(row, "current")
            if row.document_id in self._withdrawn:
                if row.current:
                    self._differs(row, "current")
                continue
            if not row.current and not any(at >= of_work for at in later) and not self._was_joined(row.document_id):
                self._differs(row, "current")

    def _was_joined(self, document_id: str) -> bool:
        return document_id in self._retired or bool(self._scratch.events("document.joined", document_id))

    def _count_pages(
        self, sha256: str, rows: Sequence[Any], records: Sequence[CivilRecord], withdrawn: set[int]
    ) -> None:
        try:
            nowhere = self._pages_nowhere({row.work_id for row in rows}, records)
            missing = [page for page in nowhere if page not in withdrawn]
        except HotichError:
            return  # the ledger that cannot be read is named already
        self._found.files += 1
        if missing:
            name = sa.select(sa.func.min(source_names.c.name)).where(source_names.c.sha256 == sha256)
            file = self._connection.scalar(name) or ""
            self._found.lost_pages += [LostPage(file=file, sha256=sha256, page=page) for page in missing]

    def _pages_nowhere(self, works: set[str], records: Sequence[CivilRecord]) -> Iterator[int]:
        """The pages of one file that neither its current records nor its ledgers account for."""
        names = [self._ledgers[name] for name in works if name in self._ledgers]
        told = [read_ledger(self._objects.get(ObjectKey.parse(name))) for name in names]
        pages = max([record.source.pages for record in records] + [ledger.pages for ledger in told])
        found = {report.number for record in records for report in record.pages}
        found |= {page.number for ledger in told for page in ledger.elsewhere if page.code != UNACCOUNTED}
        yield from (number for number in range(1, pages + 1) if number not in found)

    def _differs(self, row: Any, what: str) -> None:
        self._found.differing.append(Difference(subject=f"{row.document_id}@{row.revision}", what=what))


def _batches(files: Iterable[list[Any]]) -> Iterator[list[list[Any]]]:
    """Files of some hundred documents together."""
    batch: list[list[Any]] = []
    count = 0
    for rows in files:
        batch.append(rows)
        count += len(rows)
        if count >= _MANY:
            yield batch
            batch, count = [], 0
    if batch:
        yield batch


def _chunks(ids: Collection[str]) -> Iterator[list[str]]:
    ordered = sorted(ids)
    for start in range(0, len(ordered), _MANY):
        yield ordered[start : start + _MANY]


def _last(events: Sequence[Event]) -> Event | None:
    return events[-1] if events else None


def moments_before(earlier: str, later: str) -> bool:
    """Whether two times of the catalogue can be clock readings of one transaction, the first being the earlier."""
    try:
        apart = datetime.fromisoformat(later) - datetime.fromisoformat(earlier)
    except (ValueError, TypeError):
        return False
    return timedelta(0) <= apart <= _APART


def withdrawn_as_logged(scratch: Scratch) -> tuple[dict[str, set[int]], set[str]]:
    """The pages of each document that the log has as withdrawn and not restored since, and which of them were
    removed."""
    last = {event.subject: event for event in scratch.all_events("document.withdrawn")}
    for event in scratch.all_events("document.restored"):
        if event.subject in last and last[event.subject].seq < event.seq:
            del last[event.subject]
    removed = {event.subject for event in scratch.all_events("document.removed")}
    return {subject: _pages(event.detail) for subject, event in last.items()}, removed & set(last)


def _pages(text: str) -> set[int]:
    pages: set[int] = set()
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        pages.update(range(int(first), int(last or first) + 1))
    return pages


def _edited(connection: sa.Connection) -> tuple[set[str], set[str]]:
    """Documents that people changed themselves, and those that went into others."""
    if not sa.inspect(connection).has_table(review_documents.name):
        return set(), set()
    query = sa.select(review_documents.c.document_id, review_documents.c.retired)
    rows = connection.execute(query.where(review_documents.c.edited_revision > 0)).all()
    return {row.document_id for row in rows}, {row.document_id for row in rows if row.retired}
