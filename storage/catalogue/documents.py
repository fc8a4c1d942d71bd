"""Stored documents: which objects they consist of, and which of their fields a person must see."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

import sqlalchemy as sa

from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from pipeline.domain.model import CivilRecord, RegisterOutcome, Status
from pipeline.records.same_act import ActKey, keys_of
from storage.catalogue.act_keys import ActKeys
from storage.catalogue.ledger import WorkKey
from storage.catalogue.tables import (
    document_books,
    documents,
    fields,
    outputs,
    source_books,
    source_names,
    withdrawn_documents,
)
from storage.ending import ending_of
from storage.objects.key import ObjectKey
from storage.telling import touch
from storage.times import Clock, clean, insert_new, time_text


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDocument:
    """A record and the objects that hold it, stored already. `ordinal` counts a file's records from 1."""

    record: CivilRecord
    ordinal: int
    original: ObjectKey
    archival: ObjectKey | None
    json: ObjectKey


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDocument:
    """A document as the catalogue knows it; its values stand in the `json` object."""

    document_id: str
    revision: int
    current: bool
    holding_code: str
    source_sha256: str
    ordinal: int
    document_type: str
    form: str | None
    status: Status
    register_outcome: RegisterOutcome
    original: ObjectKey
    archival: ObjectKey | None
    json: ObjectKey
    committed_at: str
    accepted: int
    review: int
    rejected: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRow:
    """One field a person must see. `findings` are codes, never values."""

    document_id: str
    holding_code: str
    source_name: str
    document_type: str
    field: str
    page: int
    status: Status
    confidence: float | None
    findings: tuple[str, ...]


class Documents:
    """The documents within one transaction."""

    def __init__(self, connection: sa.Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock
        self._keys = ActKeys(connection)

    def supersede(self, key: WorkKey) -> bool:
        """Documents that another version of the software made of this source stay stored, but are no longer current.
        Whether there are any."""
        older = (documents.c.source_sha256 == key.input_sha256) & (documents.c.work_id != key.work_id)
        found = self._connection.execute(sa.select(documents.c.document_id, documents.c.current).where(older)).all()
        for document_id in dict.fromkeys(row.document_id for row in found if row.current):
            touch(self._connection, documents, document_id=document_id)
        if found:
            self._connection.execute(sa.update(documents).where(older).values(current=False))
        return bool(found)

    def newest_revision(self, document_id: str) -> int:
        """The number of the document's newest revision; 0 where there is none."""
        same = documents.c.document_id == document_id
        return self._connection.scalar(sa.select(sa.func.max(documents.c.revision)).where(same)) or 0

    def add(self, key: WorkKey, new: NewDocument, *, after: int, actor: str) -> int:
        """Stores the document as its newest revision, `after` the one that was the newest, and returns its number.
        Raises WrongUse when two fields share a name.
        """
        record = new.record
        names = [value.name for value in record.fields]
        if len(set(names)) != len(names):
            raise WrongUse(Message.same("a record holds two fields of one name"))
        revision = after + 1
        if after:
            same = documents.c.document_id == record.document_id
            self._connection.execute(sa.update(documents).where(same).values(current=False))
            self._keys.forget(record.document_id)
        else:
            ending_of(self._connection).told.new.add(record.document_id)
        self._connection.execute(sa.insert(documents).values(self._row(key, new, revision, actor)))
        rows = field_rows(record, revision)
        if rows:
            self._connection.execute(sa.insert(fields), rows)
        self._keys.add(record.document_id, keys_of(record))
        touch(self._connection, documents, document_id=record.document_id)
        return revision

    def hold_back(self, document_id: str) -> bool:
        """Keeps a document that was withdrawn out of force, whatever was stored of it since; whether it was."""
        withdrawn = sa.select(withdrawn_documents.c.document_id).where(withdrawn_documents.c.document_id == document_id)
        if self._connection.scalar(withdrawn) is None:
            return False
        same = documents.c.document_id == document_id
        self._connection.execute(sa.update(documents).where(same).values(current=False))
        touch(self._connection, documents, document_id=document_id)
        return True

    def withdrawn(self, key: WorkKey) -> set[str]:
        """The documents of this work that were withdrawn, the removed ones among them."""
        query = sa.select(documents.c.document_id).join(
            withdrawn_documents, withdrawn_documents.c.document_id == documents.c.document_id
        )
        return set(self._connection.scalars(query.where(documents.c.work_id == key.work_id)))

    def removed(self, source_sha256: str) -> bool:
        """Whether everything that was made of this file was removed for good."""
        of_source = documents.c.source_sha256 == source_sha256
        left = sa.func.coalesce(sa.func.sum(sa.case((documents.c.document_id.in_(removed_documents()), 0), else_=1)), 1)
        return self._connection.scalar(sa.select(left).where(of_source)) == 0

    def forget_keys(self, document_id: str) -> None:
        """The document is not to be known again: it went into another one."""
        self._keys.forget(document_id)

    def key_digests(self, document_ids: Collection[str]) -> set[str]:
        """The digests of all keys of these documents."""
        return self._keys.digests_of(document_ids)

    def sharing(self, digests: Collection[str]) -> set[str]:
        """The documents that have one of these keys together with others, current or not."""
        return self._keys.shared(digests)

    def alike(self, document_id: str) -> list[StoredDocument]:
        """Current documents that share a key with this one (`pipeline.records.same_act`), the first held first."""
        return self._by_age(self._keys.sharing(document_id))

    def held_before(self, document_id: str) -> list[StoredDocument]:
        """Of `alike` those that were held before this one."""
        others = self._keys.sharing(document_id)
        return _before(document_id, self._by_age({document_id, *others})) if others else []

    def holding(self, keys: Collection[ActKey], *, document_id: str, besides: str) -> list[StoredDocument]:
        """Current documents that have one of the keys, of other source files than `besides`, and were held before this
        document, which may not be stored yet; the first held first."""
        holders = self._keys.holders(keys) - {document_id}
        found = _before(document_id, self._by_age({document_id, *holders})) if holders else []
        return [other for other in found if other.source_sha256 != besides]

    def of_work(self, key: WorkKey) -> list[StoredDocument]:
        """What one piece of work made, in reading order."""
        return self._stored(documents.c.work_id == key.work_id)

    def current(self, document_id: str) -> StoredDocument | None:
        stored = self._stored((documents.c.document_id == document_id) & documents.c.current)
        return stored[0] if stored else None

    def revision(self, document_id: str, revision: int) -> StoredDocument | None:
        stored = self._stored((documents.c.document_id == document_id) & (documents.c.revision == revision))
        return stored[0] if stored else None

    def newest(self, document_id: str) -> StoredDocument | None:
        """The newest revision, in force or not."""
        stored = self._stored(documents.c.document_id == document_id)
        return stored[-1] if stored else None

    def named(self, name: str) -> str | None:
        """The id of the document of this id or holding code, in force or not."""
        this = (documents.c.document_id == name) | (documents.c.holding_code == name)
        return self._connection.scalar(sa.select(documents.c.document_id).where(this).limit(1))

    def of_source(self, sha256: str) -> list[StoredDocument]:
        """Every revision of every document of a source file, in reading order."""
        return self._stored(documents.c.source_sha256 == sha256)

    def of_book(self, book: str) -> list[StoredDocument]:
        """Every revision of every document of the book, by source and in reading order: of a book by what a separator
        sheet says, else by whoever handed the file in."""
        said = sa.select(document_books.c.book).where(
            document_books.c.work_id == documents.c.work_id, document_books.c.document_id == documents.c.document_id
        )
        given = sa.select(source_books.c.book).where(source_books.c.sha256 == documents.c.source_sha256)
        return self._stored(sa.func.coalesce(said.scalar_subquery(), given.scalar_subquery()) == book)

    def all(self) -> Iterator[StoredDocument]:
        """Every revision of every document, in constant memory."""
        return self._iterate(sa.true())

    def review_list(self) -> Iterator[ReviewRow]:
        """Fields of current documents that are not accepted: by time of storing, then as on the paper."""
        name = sa.select(sa.func.min(source_names.c.name)).where(source_names.c.sha256 == documents.c.source_sha256)
        query = (
            sa.select(documents, fields, name.scalar_subquery().label("source_name"))
            .join_from(documents, fields)
            .where(documents.c.current, fields.c.status != Status.ACCEPTED.value)
            .order_by(documents.c.committed_at, documents.c.document_id, fields.c.position)
            .set_label_style(sa.LABEL_STYLE_TABLENAME_PLUS_COL)
        )
        for row in self._connection.execute(query.execution_options(yield_per=1000)):
            yield ReviewRow(
                document_id=row.documents_document_id,
                holding_code=row.documents_holding_code,
                source_name=row.source_name,
                document_type=row.documents_document_type,
                field=row.fields_name,
                page=row.fields_page,
                status=Status(row.fields_status),
                confidence=row.fields_confidence,
                findings=tuple(json.loads(row.fields_findings)),
            )

    def note_output(self, path: str, document: StoredDocument, *, kind: str, key: ObjectKey) -> None:
        """Notes that a copy of an object was written to `path`; a later note of that path replaces it."""
        row = {
            "path": clean(path),
            "document_id": document.document_id,
            "revision": document.revision,
            "kind": kind,
            "object": key.name,
            "written_at": time_text(self._clock()),
        }
        self._connection.execute(sa.delete(outputs).where(outputs.c.path == row["path"]))
        insert_new(self._connection, outputs, row)

    def output(self, path: str) -> ObjectKey | None:
        """The object last noted as written to `path`."""
        name = self._connection.scalar(sa.select(outputs.c.object).where(outputs.c.path == clean(path)))
        return None if name is None else ObjectKey.parse(name)

    def outputs_of(self, source_sha256: str) -> dict[str, ObjectKey]:
        """By path, the object last noted there, of all that was made of a source file."""
        query = sa.select(outputs.c.path, outputs.c.object).join(documents, _delivered())
        rows = self._connection.execute(query.where(documents.c.source_sha256 == source_sha256))
        return {row.path: ObjectKey.parse(row.object) for row in rows}

    def output_source(self, path: str) -> str | None:
        """The source file of which something was last noted as written to `path`."""
        query = sa.select(documents.c.source_sha256).join(outputs, _delivered())
        return self._connection.scalar(query.where(outputs.c.path == clean(path)))

    def _by_age(self, ids: Collection[str]) -> list[StoredDocument]:
        """The current ones of these documents in the order in which their first revisions were stored."""
        if not ids:
            return []
        of_these = documents.c.document_id.in_(ids)
        first = sa.select(documents.c.document_id, sa.func.min(documents.c.committed_at)).where(of_these)
        since: dict[str, str] = {
            row[0]: row[1] for row in self._connection.execute(first.group_by(documents.c.document_id))
        }
        found = self._stored(of_these & documents.c.current)
        return sorted(found, key=lambda one: (since[one.document_id], one.source_sha256, one.ordinal))

    def _row(self, key: WorkKey, new: NewDocument, revision: int, actor: str) -> dict[str, Any]:
        record = new.record
        return {
            "document_id": record.document_id,
            "revision": revision,
            "current": True,
            "holding_code": record.holding_code,
            "work_id": key.work_id,
            "ordinal": new.ordinal,
            "source_sha256": key.input_sha256,
            "document_type": record.document_type.value,
            "form": record.form,
            "status": record.status.value,
            "register_outcome": record.validation.outcome.value,
            "original": new.original.name,
            "archival": None if new.archival is None else new.archival.name,
            "record": new.json.name,
            "actor": clean(actor),
            "committed_at": time_text(self._clock()),
        }

    def _stored(self, which: sa.ColumnElement[bool]) -> list[StoredDocument]:
        return list(self._iterate(which))

    def _iterate(self, which: sa.ColumnElement[bool]) -> Iterator[StoredDocument]:
        counts = [_count(status).label(f"count_{status.value}") for status in Status]
        query = sa.select(documents, *counts).where(which)
        query = query.order_by(documents.c.source_sha256, documents.c.ordinal, documents.c.revision)
        for row in self._connection.execute(query.execution_options(yield_per=1000)):
            yield _stored(row)


def field_rows(record: CivilRecord, revision: int) -> list[dict[str, Any]]:
    """The rows of `fields` of this revision."""
    return [
        {
            "document_id": record.document_id,
            "revision": revision,
            "name": value.name,
            "position": position,
            "page": value.page,
            "status": value.status.value,
            "confidence": value.confidence,
            "findings": json.dumps(list(value.findings)),
        }
        for position, value in enumerate(record.fields)
    ]


def removed_documents() -> sa.Select[tuple[str]]:
    """The ids of documents that were removed for good: their rows stay, their objects went (`storage.trash`)."""
    return sa.select(withdrawn_documents.c.document_id).where(withdrawn_documents.c.removed_at.is_not(None))


def place_of(key: WorkKey, ordinal: int) -> str:
    """Which work made a document and which of its documents it is, as the audit log says it."""
    return f"{key.work_id[:16]}#{ordinal}"


def _delivered() -> sa.ColumnElement[bool]:
    return (documents.c.document_id == outputs.c.document_id) & (documents.c.revision == outputs.c.revision)


def _before(document_id: str, by_age: Sequence[StoredDocument]) -> list[StoredDocument]:
    """Those that come before the document; all where it is not among them."""
    return list(takewhile(lambda other: other.document_id != document_id, by_age))


def _count(status: Status) -> sa.ScalarSelect[int]:
    of_document = (fields.c.document_id == documents.c.document_id) & (fields.c.revision == documents.c.revision)
    query = sa.select(sa.func.count()).select_from(fields).where(of_document, fields.c.status == status.value)
    return query.correlate(documents).scalar_subquery()


def _stored(row: Any) -> StoredDocument:
    return StoredDocument(
        document_id=row.document_id,
        revision=row.revision,
        current=row.current,
        holding_code=row.holding_code,
        source_sha256=row.source_sha256,
        ordinal=row.ordinal,
        document_type=row.document_type,
        form=row.form,
        status=Status(row.status),
        register_outcome=RegisterOutcome(row.register_outcome),
        original=ObjectKey.parse(row.original),
        archival=None if row.archival is None else ObjectKey.parse(row.archival),
        json=ObjectKey.parse(row.record),
        committed_at=row.committed_at,
        accepted=row.count_accepted,
        review=row.count_review,
        rejected=row.count_rejected,
    )
