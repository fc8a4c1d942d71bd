"""The catalogue made anew from the store alone: from its log, the records and the page ledgers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from pipeline.domain.errors import HotichError, ResourceError
from pipeline.domain.message import Message
from pipeline.domain.model import CivilRecord
from pipeline.records.contract import read_record
from pipeline.records.same_act import keys_of
from storage.catalogue import Catalogue
from storage.catalogue.act_keys import ActKeys
from storage.catalogue.audit import ERASED, AuditEntry
from storage.catalogue.documents import field_rows, removed_documents
from storage.catalogue.search_index import SearchIndex
from storage.catalogue.tables import (
    act_keys,
    act_secret,
    audit,
    audit_head,
    documents,
    fields,
    log_pending,
    log_state,
    metadata,
    search_head,
    sources,
    told_apart,
)
from storage.checking.record_agrees import disagreements
from storage.errors import EncryptionKeyMissing
from storage.log_parts import AUDIT, LogDamaged, PartFault, damaged, part_range, read_parts, text_digest
from storage.objects import ObjectKey, ObjectStore
from storage.sealed_log import START
from storage.telling import TOLD, Rows, objects_apart, read_told

_AT_ONCE = 500
_JOINED, _STORED = "document.joined", "document.stored"


class CatalogueThere(ResourceError):
    """A catalogue is only made anew where there is none: it replaces nothing."""

    code = "storage.catalogue_there"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """`without_record`: revisions (`ID@N`) whose record is damaged or missing: they are in the catalogue, without their
    fields. `differing`: revisions of which the log told otherwise than the record says; the record counts nothing then.
    `faults`: parts of the log that are damaged, where others have what they held. `untold`: objects in which the log
    told something apart that are damaged or missing and were not erased: names of files and words on pages that are not
    in the catalogue."""

    entries: int
    files: int
    documents: int
    without_record: tuple[str, ...]
    differing: tuple[str, ...]
    faults: tuple[PartFault, ...]
    untold: tuple[str, ...] = ()


def rebuild(
    objects: ObjectStore,
    catalogue: Catalogue,
    *,
    anchors: Mapping[int, str] = MappingProxyType({}),
    forward: bool = False,
    on_document: Callable[[], None] = lambda: None,
) -> Rebuilt:
    """Fills an empty catalogue with what the store tells, wholly or not at all. `forward`: the catalogue is an older
    one, as from a backup, and is brought on to where the store's log is; it must be the beginning of that history.

    The log of the store is checked entry by entry, and against `anchors`, the hashes that checkpoints know by their
    entries' numbers. Not told there, and so not made anew: what was handed out to which folder (`outputs`), work that
    was not at its end, and all that is no part of the catalogue (people, submissions, review). Raises CatalogueThere,
    LogDamaged for a log that is not whole, is none or is of another history, EncryptionKeyMissing, and the
    stores' errors.
    """
    with catalogue.database.write() as connection:
        known = connection.execute(sa.select(audit_head)).one()
        if bool(known.seq) != forward:
            raise CatalogueThere(
                Message(
                    "Ở đây đã có danh mục; không thay đổi gì (bản sao lưu cũ: --forward)",
                    "There is a catalogue here; nothing was changed (an older one, from a backup: --forward)",
                )
                if known.seq
                else Message("Ở đây chưa có danh mục: bỏ --forward", "There is no catalogue here: leave out --forward")
            )
        return _Rebuilding(connection, objects, anchors, (known.seq, known.hash), on_document).run()


class _Rebuilding:
    def __init__(
        self,
        connection: sa.Connection,
        objects: ObjectStore,
        anchors: Mapping[int, str],
        known: tuple[int, str],
        on_document: Callable[[], None],
    ) -> None:
        self._anchors = anchors
        self._known = known
        self._connection = connection
        self._objects = objects
        self._on_document = on_document
        self._offices: dict[str, str] = {}
        self._joined: set[str] = set()
        self._removed: set[str] = set()
        self._without: list[str] = []
        self._differing: list[str] = []
        self._untold: set[str] = set()

    def run(self) -> Rebuilt:
        faults: list[PartFault] = []
        connection = self._connection
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        if not self._known[0]:
            connection.execute(sa.delete(act_secret))
        head = self._follow(faults)
        if head is None:
            raise (
                damaged(faults)
                if faults
                else LogDamaged(Message("Kho không có nhật ký", "The store holds no log: nothing to make it from"))
            )
        if lost := [fault for fault in faults if (span := part_range(fault.name)) is not None and span[1] > head.seq]:
            raise damaged(lost)
        if self._anchors and max(self._anchors) > head.seq:  # a checkpoint knows more
            raise damaged([PartFault(name=f"{head.seq + 1}-{max(self._anchors)}", what="missing")])
        if head.seq < self._known[0]:
            raise damaged([PartFault(name=f"{head.seq + 1}-{self._known[0]}", what="missing")])
        connection.execute(sa.update(audit_head).values(seq=head.seq, hash=head.hash))
        connection.execute(sa.update(log_state).values(written=head.seq, told=True))
        connection.execute(sa.delete(log_pending).where(log_pending.c.seq <= head.seq))
        erased = sa.select(audit.c.subject).where(audit.c.action == ERASED)
        connection.execute(sa.delete(told_apart).where(told_apart.c.object.in_(erased)))
        self._removed = set(connection.scalars(removed_documents()))
        connection.execute(sa.delete(act_keys))
        connection.execute(sa.delete(fields).where(fields.c.document_id.not_in(removed_documents())))
        SearchIndex(connection).forget(sa.true())
        count = sum(1 for _ in self._documents())
        connection.execute(sa.update(search_head).values(complete=True))
        files = connection.scalar(sa.select(sa.func.count()).select_from(sources)) or 0
        return Rebuilt(
            entries=head.seq,
            files=files,
            documents=count,
            without_record=tuple(self._without),
            differing=tuple(self._differing),
            faults=tuple(faults),
            untold=tuple(sorted(self._untold.difference(connection.scalars(erased)))),
        )

    def _follow(self, faults: list[PartFault]) -> AuditEntry | None:
        """Every entry as it was, and what each told. Gives the last."""
        before: AuditEntry | None = None
        waiting: Rows = []
        for values, text in read_parts(self._objects, AUDIT, faults):
            entry = _entry(values)
            sound = entry is not None and entry.prev_hash == (START if before is None else before.hash)
            if entry is None or not sound or entry.seq != (0 if before is None else before.seq) + 1:
                raise damaged(faults or [PartFault(name=f"{values[0]}", what="altered")])
            if self._anchors.get(entry.seq, entry.hash) != entry.hash:
                raise damaged([PartFault(name=f"{entry.seq}", what="altered")])
            if entry.seq == self._known[0] and entry.hash != self._known[1]:
                raise damaged([PartFault(name=f"{entry.seq}", what="altered")])
            if entry.seq > self._known[0]:
                waiting.append({name: getattr(entry, name) for name in entry.__slots__})
            if len(waiting) >= _AT_ONCE:
                self._connection.execute(sa.insert(audit), waiting)
                waiting.clear()
            self._note(entry)
            if entry.action == TOLD:
                self._apply(entry, text)
            before = entry
        if waiting:
            self._connection.execute(sa.insert(audit), waiting)
        return before

    def _note(self, entry: AuditEntry) -> None:
        if entry.action == _JOINED:
            self._joined.add(entry.subject)
        elif entry.action == _STORED:
            self._joined.discard(entry.subject.rpartition("@")[0])

    def _apply(self, entry: AuditEntry, text: str | None) -> None:
        if text is None or text_digest(text) != entry.digest:
            raise damaged([PartFault(name=f"{entry.seq}", what="altered")])
        new = entry.seq > self._known[0]
        for name, where, rows in read_told(text, self._apart if new else lambda _: None):
            if name == "search_documents":
                self._offices.update({row["document_id"]: row["office"] for row in rows})
            elif new:
                _replace(self._connection, metadata.tables[name], where, rows)
        named = [{"object": key.name, "seq": entry.seq, "source_sha256": source} for key, source in objects_apart(text)]
        if new and named:
            self._connection.execute(sa.insert(told_apart), named)

    def _apart(self, name: str) -> str | None:
        try:
            return self._objects.get(ObjectKey.parse(name)).decode()
        except EncryptionKeyMissing:  # what is whole is not to be left out
            raise
        except HotichError:
            self._untold.add(name)
            return None

    def _documents(self) -> Iterator[None]:
        """What is made from records: fields, keys, search index."""
        keys, search = ActKeys(self._connection), SearchIndex(self._connection)
        for row in self._rows():
            self._on_document()
            yield
            if row.document_id in self._removed:
                continue
            record = self._record(row)
            if record is None:
                continue
            if made := field_rows(record, row.revision):
                self._connection.execute(sa.insert(fields), made)
            if row.revision != row.newest or row.document_id in self._joined:
                continue
            keys.put(row.document_id, keys_of(record))
            if row.current:
                office = self._offices.get(row.document_id, "")
                search.put(record, revision=row.revision, work_id=row.work_id, office=office)

    def _rows(self) -> Iterator[Any]:
        newest = documents.alias()
        of_document = newest.c.document_id == documents.c.document_id
        last = sa.select(sa.func.max(newest.c.revision)).where(of_document).scalar_subquery().label("newest")
        query = sa.select(documents, sources.c.size, last).join(sources, sources.c.sha256 == documents.c.source_sha256)
        query = query.order_by(documents.c.committed_at, documents.c.document_id, documents.c.revision)
        place = (documents.c.committed_at, documents.c.document_id, documents.c.revision)
        after: tuple[Any, ...] | None = None
        while True:
            this = query if after is None else query.where(sa.tuple_(*place) > sa.tuple_(*map(sa.literal, after)))
            rows = self._connection.execute(this.limit(_AT_ONCE)).all()
            yield from rows
            if len(rows) < _AT_ONCE:
                return
            after = (rows[-1].committed_at, rows[-1].document_id, rows[-1].revision)

    def _record(self, row: Any) -> CivilRecord | None:
        name = f"{row.document_id}@{row.revision}"
        try:
            record = read_record(self._objects.get(ObjectKey.parse(row.record)))
        except EncryptionKeyMissing:  # a catalogue without what the records say would be none
            raise
        except HotichError:
            self._without.append(name)
            return None
        if any(not what.startswith("field") for what in disagreements(row, [], record)):
            self._differing.append(name)
            return None
        return record


def _entry(values: Sequence[Any]) -> AuditEntry | None:
    try:
        entry = AuditEntry(**dict(zip(AuditEntry.__slots__, values, strict=True)))
        return entry if entry.expected_hash() == entry.hash else None
    except (TypeError, ValueError):
        return None


def _replace(connection: sa.Connection, table: sa.Table, where: Any, rows: Rows) -> None:
    """From now on these rows are all of the table that fulfil the condition. Children of rows that stay, stay."""
    held = sa.select(*table.primary_key.columns).where(*(table.c[name] == value for name, value in where.items()))
    names = [column.name for column in table.primary_key.columns]
    old = {tuple(row) for row in connection.execute(held)}
    new = {tuple(row[name] for name in names): row for row in rows}
    for key in old:
        this = [table.c[name] == value for name, value in zip(names, key, strict=True)]
        if key not in new:
            connection.execute(sa.delete(table).where(*this))
        else:
            connection.execute(sa.update(table).where(*this).values(new[key]))
    fresh = [row for key, row in new.items() if key not in old]
    if fresh:
        connection.execute(sa.insert(table), fresh)
