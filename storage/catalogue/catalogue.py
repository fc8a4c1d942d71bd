"""The catalogue: single steps, each its own transaction, and units of work over several."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

import sqlalchemy as sa

from pipeline.domain.message import Message
from pipeline.records.same_act import ActKey
from pipeline.records.searching import Closeness, Question
from storage.catalogue.audit import COPIED, AuditEntry, AuditLog
from storage.catalogue.books import Books
from storage.catalogue.documents import Documents, NewDocument, ReviewRow, StoredDocument, place_of
from storage.catalogue.imports import Import, Imports
from storage.catalogue.ledger import Claim, Ledger, WorkItem, WorkKey
from storage.catalogue.links import Links
from storage.catalogue.owner import Owner
from storage.catalogue.page_ledgers import PageLedgers
from storage.catalogue.rereading import RereadChoice, StoredSource, sources_to_reread
from storage.catalogue.search import Finds, FoundDocument, Search
from storage.catalogue.search_index import SearchIndex
from storage.catalogue.tables import SCHEMA
from storage.catalogue.work_queue import WorkQueue
from storage.database import Database
from storage.errors import CatalogueMissing, ClaimLost, OtherVersion
from storage.migration import upgrade, version
from storage.objects.key import ObjectKey
from storage.sealed_log import ChainReport
from storage.times import Clock, clean, utc_now

LEASE = timedelta(minutes=2)
"""How long a claim lasts without being renewed: `workers.leases` renews every quarter of it."""


class UnitOfWork:
    """One transaction over ledger, documents, page ledgers, search index, books, imports and audit log: rolled back
    unless `commit` is called.

    with catalogue.unit() as unit:
        unit.store(...)
        unit.ledger.finish(...)
        unit.audit.append(...)
        unit.commit()
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self.clock = clock
        self._stack = contextlib.ExitStack()
        self._committed = False

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack:
            self._connection = stack.enter_context(self._database.write())
            self._transaction = self._connection.get_transaction()
            self.ledger = Ledger(self._connection, self.clock)
            self.documents = Documents(self._connection, self.clock)
            self.page_ledgers = PageLedgers(self._connection)
            self.audit = AuditLog(self._connection, self.clock)
            self.search = SearchIndex(self._connection)
            self.books = Books(self._connection, self.clock)
            self.imports = Imports(self._connection, self.clock)
            self._links = Links(self._connection, self.documents, self.audit)
            self._stack = stack.pop_all()
        return self

    @property
    def connection(self) -> sa.Connection:
        """For other tables of storage that are to change in the same transaction."""
        return self._connection

    def store(self, key: WorkKey, new: NewDocument, *, actor: str) -> int:
        """Stores the document as its newest revision, found by what it says from now on and noted in the audit log
        with each document held before that it is now found to be alike (`Links`); returns the revision. A document that
        was withdrawn stays withdrawn. Raises what `Documents.add` raises."""
        document_id = new.record.document_id
        before = self.documents.newest_revision(document_id)
        known = {other.document_id for other in self.documents.alike(document_id)} if before else set()
        revision = self.documents.add(key, new, after=before, actor=actor)
        this = f"{document_id}@{revision}"
        stored = self.audit.append(actor=actor, action="document.stored", subject=this, digest=new.json.name)
        copy = None if new.archival is None else new.archival.name
        self.audit.append(actor=actor, action=f"{COPIED}:{place_of(key, new.ordinal)}", subject=this, digest=copy)
        self._links.add(document_id, revision, stored, known=known)
        if before and self.documents.hold_back(document_id):
            return revision
        self.search.put(new.record, revision=revision, work_id=key.work_id, is_new=not before)
        return revision

    def commit(self) -> None:
        """Makes everything done in this unit durable, in one step, when the unit ends."""
        self._committed = True

    def dated(self, document: StoredDocument) -> StoredDocument:
        """A document that this unit stored with the time at which it was stored, known when the unit has ended."""
        return self._links.dated(document)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None and not self._committed and self._transaction is not None:
            self._transaction.rollback()
        self._stack.__exit__(kind, error, trace)


class Catalogue:
    """The office's catalogue in one database. A process opens its own.

    Every method is one transaction and raises only `HotichError`s.
    """

    def __init__(self, database: Database, *, clock: Clock = utc_now, lease: timedelta = LEASE) -> None:
        """`lease`: how long claims last without being renewed."""
        self.database = database
        self.lease = lease
        self._clock = clock

    @classmethod
    def open(cls, url: str, *, clock: Clock = utc_now, lease: timedelta = LEASE) -> Self:
        """Connects, and creates or upgrades the tables. `url`: see `Database`."""
        database = Database(url)
        upgrade(database, SCHEMA)
        return cls(database, clock=clock, lease=lease)

    @classmethod
    def open_to_check(cls, url: str) -> Self:
        """Connects to a catalogue that is there, to read it only. Raises CatalogueMissing, and OtherVersion for tables
        that would have to be brought up to date."""
        database = Database(url, read_only=True)
        try:
            found = version(database, SCHEMA) if database.is_there() else None
            if found is None:
                raise CatalogueMissing(
                    Message(
                        "Không có danh mục ở đây: chưa lưu gì, hoặc danh mục đã bị xóa",
                        "There is no catalogue here: nothing was ever stored, or it was removed",
                    )
                )
            if found != SCHEMA.head:
                raise OtherVersion(
                    Message(
                        f"Danh mục thuộc phiên bản hotich khác ({found}, cần {SCHEMA.head}); không thay đổi gì",
                        f"The catalogue is of another version of hotich ({found}, not {SCHEMA.head}); it was left as"
                        " it is",
                    )
                )
        except BaseException:
            database.close()
            raise
        return cls(database)

    def close(self) -> None:
        self.database.close()

    def now(self) -> datetime:
        """The time by the catalogue's clock."""
        return self._clock()

    def unit(self) -> UnitOfWork:
        """A new unit of work."""
        return UnitOfWork(self.database, self._clock)

    def claim(
        self,
        key: WorkKey,
        *,
        name: str,
        size: int,
        lease: timedelta | None = None,
        retry_set_aside: bool = False,
        alone: bool = False,
        place: str | None = None,
        actor: str = "",
    ) -> WorkItem:
        """Notes the source file (`name`, `size` in bytes) and takes its work for this process if it is free; then
        notes too where it lies (`place`, found by `actor`), as `found` does.

        The work of a process that was killed is free at once when it ran here, after its lease when it
        ran on another machine. `alone`: what another release reads is not free either.
        """
        with self.database.write() as connection:
            ledger = Ledger(connection, self._clock)
            ledger.note_source(key.input_sha256, size=size, name=name)
            item = ledger.claim(
                key, Owner.current(), lease=lease or self.lease, retry_set_aside=retry_set_aside, alone=alone
            )
            if place is not None and item.claim is not None:
                self._found(connection, key.input_sha256, place, actor)
            return item

    def of_book(self, sha256: str, book: str) -> None:
        """Notes which book (a `checked_book`) a known source file belongs to."""
        with self.database.write() as connection:
            Ledger(connection, self._clock).of_book(sha256, book)
            SearchIndex(connection).of_source_book(sha256)

    def renew(self, claim: Claim, *, lease: timedelta | None = None) -> None:
        """Keeps long work from being taken over by another machine. Raises ClaimLost."""
        with self.database.write() as connection:
            Ledger(connection, self._clock).renew(claim, lease=lease or self.lease)

    def renew_all(self, claims: Collection[Claim], *, batches: Collection[str] = ()) -> list[Claim]:
        """Renews every claim, and the leases of these batches of the queue; the claims that are lost."""
        lost = []
        with self.database.write() as connection:
            ledger, owner = Ledger(connection, self._clock), Owner.current()
            for claim in sorted(claims, key=lambda one: one.key.work_id):  # one order: two of them never wait crosswise
                try:
                    ledger.renew(claim, lease=self.lease)
                except ClaimLost:
                    if ledger.has_lost(claim):
                        lost.append(claim)
            for batch in sorted(batches):
                WorkQueue(connection, self._clock).renew(batch, owner, lease=self.lease)
        return lost

    @contextlib.contextmanager
    def queue(self) -> Iterator[WorkQueue]:
        """The work that waits, in one transaction: committed when the block ends well."""
        with self.database.write() as connection:
            yield WorkQueue(connection, self._clock)

    @contextlib.contextmanager
    def queue_as_it_is(self) -> Iterator[WorkQueue]:
        """The work that waits, to read only."""
        with self.database.read() as connection:
            yield WorkQueue(connection, self._clock)

    def is_waiting(self, sha256: str) -> bool:
        """Whether this input waits to be read, or is being read."""
        with self.queue_as_it_is() as queue:
            return queue.is_waiting(sha256)

    def give_up(self, key: WorkKey, *, code: str, message: Message, actor: str) -> bool:
        """Sets work aside that nobody holds; whether it did."""
        with self.unit() as unit:
            claim = unit.ledger.claim(key, Owner.current(), lease=self.lease, retry_set_aside=False).claim
            if claim is None:
                return False
            unit.ledger.set_aside(claim, code=code, message=message)
            unit.audit.append(actor=actor, action=f"work.set_aside:{code}", subject=key.input_sha256)
            unit.commit()
        return True

    def release(self, claim: Claim, *, code: str | None = None, message: Message | None = None) -> None:
        """Gives the work back undone: the next run takes it. Raises ClaimLost."""
        with self.database.write() as connection:
            Ledger(connection, self._clock).release(claim, code=code, message=message)

    def set_aside(self, claim: Claim, *, code: str, message: Message, actor: str) -> None:
        """Closes the work with the reason why its input cannot be done, and notes it in the audit log."""
        with self.unit() as unit:
            unit.ledger.set_aside(claim, code=code, message=message)
            unit.audit.append(actor=actor, action=f"work.set_aside:{code}", subject=claim.key.input_sha256)
            unit.commit()

    def item(self, key: WorkKey) -> WorkItem | None:
        """The ledger's line for the work, None when it was never claimed."""
        with self.database.read() as connection:
            return Ledger(connection, self._clock).item(key)

    def done_before(self, sha256: str, *, models_sha256: str | None = None) -> WorkItem | None:
        """What was last done with this input, by whatever software; with `models_sha256` by these models only."""
        with self.database.read() as connection:
            return Ledger(connection, self._clock).done_before(sha256, models_sha256=models_sha256)

    def names(self, sha256: str) -> list[str]:
        """Every name a source file was found under."""
        with self.database.read() as connection:
            return Ledger(connection, self._clock).names(sha256)

    def places(self, sha256: str) -> list[str]:
        """Everywhere a source file was found, in order of time."""
        with self.database.read() as connection:
            return Ledger(connection, self._clock).places(sha256)

    def found(self, sha256: str, *, place: str, actor: str) -> list[str]:
        """Notes where a known source file was found; where it was found before, if this place is a new one.

        That it was found again is noted in the audit log.
        """
        with self.database.write() as connection:
            return self._found(connection, sha256, place, actor)

    def _found(self, connection: sa.Connection, sha256: str, place: str, actor: str) -> list[str]:
        ledger = Ledger(connection, self._clock)
        before = ledger.places(sha256)
        if clean(place) in before:
            return []
        ledger.note_place(sha256, place)
        if before:
            AuditLog(connection, self._clock).append(actor=actor, action="source.found_again", subject=sha256)
        return before

    def unfinished(self) -> list[WorkItem]:
        """Work that a killed or stopped run left behind: any of it can be claimed now."""
        with self.database.read() as connection:
            return Ledger(connection, self._clock).unfinished()

    def set_aside_items(self) -> list[WorkItem]:
        """Everything that waits for a person because it could not be done."""
        with self.database.read() as connection:
            return Ledger(connection, self._clock).set_aside_items()

    def to_reread(self, choice: RereadChoice) -> list[StoredSource]:
        """Source files whose current documents fit the choice: see `RereadChoice`."""
        with self.database.read() as connection:
            return sources_to_reread(connection, choice)

    def documents_of(self, key: WorkKey) -> list[StoredDocument]:
        """What one piece of work made, in reading order."""
        with self._documents() as documents:
            return documents.of_work(key)

    def newest_imports(self, most: int) -> list[Import]:
        """See `Imports.newest`."""
        with self.database.read() as connection:
            return Imports(connection, self._clock).newest(most)

    def withdrawn(self, key: WorkKey) -> set[str]:
        """The documents of this work that were withdrawn, the removed ones among them."""
        with self._documents() as documents:
            return documents.withdrawn(key)

    def removed(self, source_sha256: str) -> bool:
        """Whether everything that was made of this file was removed for good."""
        with self._documents() as documents:
            return documents.removed(source_sha256)

    def page_ledger_of(self, key: WorkKey) -> ObjectKey | None:
        """The object that says where each page of a file ended; None where it was read before this was kept."""
        with self.page_ledgers() as ledgers:
            return ledgers.of_work(key)

    def document(self, document_id: str, revision: int | None = None) -> StoredDocument | None:
        """The current revision of a document, or the one that is named."""
        with self._documents() as documents:
            return documents.current(document_id) if revision is None else documents.revision(document_id, revision)

    def named(self, name: str) -> StoredDocument | None:
        """The document in force of this id or holding code, as a person may type it."""
        with self._documents() as documents:
            document_id = documents.named(name.strip()) or documents.named(name.strip().upper())
            return None if document_id is None else documents.current(document_id)

    def in_file(self, source_sha256: str) -> list[StoredDocument]:
        """The documents in force that were made of this source file, in reading order."""
        with self._documents() as documents:
            return [one for one in documents.of_source(source_sha256) if one.current]

    def came_with_others(self, document: StoredDocument) -> bool:
        """Whether its source file holds other documents too, in force or not."""
        with self._documents() as documents:
            found = documents.of_source(document.source_sha256)
        return any(one.document_id != document.document_id for one in found)

    def alike(self, document_id: str) -> list[StoredDocument]:
        """Current documents of the same act or paper as this one, as far as keys tell, the first held first."""
        with self._documents() as documents:
            return documents.alike(document_id)

    def held_before(self, document_id: str) -> list[StoredDocument]:
        """Of `alike` those that were held before this one."""
        with self._documents() as documents:
            return documents.held_before(document_id)

    def holding(self, keys: Collection[ActKey], *, document_id: str, besides: str) -> list[StoredDocument]:
        """See `Documents.holding`."""
        with self._documents() as documents:
            return documents.holding(keys, document_id=document_id, besides=besides)

    def documents_of_book(self, book: str) -> list[StoredDocument]:
        """See `Documents.of_book`."""
        with self._documents() as documents:
            return documents.of_book(book)

    def all_documents(self) -> Iterator[StoredDocument]:
        """Every revision of every document, in constant memory."""
        with self._documents() as documents:
            yield from documents.all()

    def find(self, question: Question, *, most: int = 50, skip: int = 0) -> Finds:
        """See `Search.find`."""
        with self.database.read() as connection:
            return Search(connection).find(question, most=most, skip=skip)

    def find_all(self, question: Question, closeness: Closeness) -> Iterator[FoundDocument]:
        """See `Search.all`."""
        with self.database.read() as connection:
            yield from Search(connection).all(question, closeness)

    def finds_everything(self) -> bool:
        """See `Search.is_complete`."""
        with self.database.read() as connection:
            return Search(connection).is_complete()

    def review_list(self) -> Iterator[ReviewRow]:
        """The fields of current documents a person must see."""
        with self._documents() as documents:
            yield from documents.review_list()

    def note_output(self, path: str, document: StoredDocument, *, kind: str, key: ObjectKey) -> None:
        """Notes that a copy of an object (`kind`: "record", "pdf", ...) was delivered to `path`."""
        with self.database.write() as connection:
            Documents(connection, self._clock).note_output(path, document, kind=kind, key=key)

    def output(self, path: str) -> ObjectKey | None:
        """The object last delivered to `path`."""
        with self._documents() as documents:
            return documents.output(path)

    def outputs_of(self, source_sha256: str) -> dict[str, ObjectKey]:
        """By path, the object last delivered there, of all that was made of a source file."""
        with self._documents() as documents:
            return documents.outputs_of(source_sha256)

    def output_source(self, path: str) -> str | None:
        """SHA-256 of the source file of which something was last delivered to `path`."""
        with self._documents() as documents:
            return documents.output_source(path)

    def note(self, *, actor: str, action: str, subject: str, digest: str | None = None) -> AuditEntry:
        """An audit entry on its own."""
        with self.database.write() as connection:
            log = AuditLog(connection, self._clock)
            new = log.append(actor=actor, action=action, subject=subject, digest=digest)
        entry: AuditEntry = new.sealed
        return entry

    def audit_entries(self, *, subject: str | None = None) -> list[AuditEntry]:
        with self.database.read() as connection:
            return AuditLog(connection, self._clock).entries(subject=subject)

    def verify_chain(self, *, known_head: str | None = None) -> ChainReport:
        """Checks the whole audit log; see `AuditLog.verify_chain`."""
        with self.database.read() as connection:
            return AuditLog(connection, self._clock).verify_chain(known_head=known_head)

    @contextlib.contextmanager
    def page_ledgers(self) -> Iterator[PageLedgers]:
        """The files' page ledgers for reading, as they stand at one moment."""
        with self.database.read() as connection:
            yield PageLedgers(connection)

    @contextlib.contextmanager
    def books(self) -> Iterator[Books]:
        """The books for reading, as they stand at one moment; they are changed in a `unit`."""
        with self.database.read() as connection:
            yield Books(connection, self._clock)

    @contextlib.contextmanager
    def _documents(self) -> Iterator[Documents]:
        with self.database.read() as connection:
            yield Documents(connection, self._clock)
