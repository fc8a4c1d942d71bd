"""Documents that are removed for good: what says something of people goes, and the logs stay whole.

What goes: the objects that nothing else names, what the log told apart of their files (`storage.telling`), the names of
these files, what people typed of them at the desk (`storage.review.erasing`), the lines that a book's reader learnt
from. What stays is the tombstone: rows, holding codes, and the entries of the sealed logs, which say that something
came, was withdrawn and removed, by whose decision, and which objects went (decisions 0050 and 0056).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from pipeline.domain.errors import HotichError, WrongUse
from pipeline.domain.message import Message
from pipeline.domain.model import DocumentType
from storage.catalogue import Catalogue, UnitOfWork
from storage.catalogue.audit import ERASED, LINE_ERASED
from storage.catalogue.documents import removed_documents
from storage.catalogue.tables import (
    apart_pending,
    blocked_documents,
    book_lines,
    documents,
    fields,
    ink_given,
    issued_copies,
    source_names,
    source_places,
    told_apart,
    withdrawn_documents,
)
from storage.errors import AccessRefused
from storage.holdings.tables import held_documents, held_persons, holding_uses
from storage.holds import objects_of, on_hold
from storage.objects import ObjectKey, ObjectStore
from storage.objects.store import strongest
from storage.repairing import erased
from storage.review.erasing import can_be_erased, erase_history, erase_what_came_back
from storage.review.tables import review_decisions, review_documents, review_items
from storage.submissions.tables import submission_documents
from storage.telling import touch
from storage.times import clean, time_text

# Registers of civil status are kept for ever (Luật Hộ tịch 2014 Điều 58).
PERMANENT = frozenset({DocumentType.BIRTH_REGISTER_ENTRY.value})
_LONGEST_DECISION = 200


def remove(
    catalogue: Catalogue, objects: ObjectStore, document_ids: Sequence[str], *, decision: str, actor: str
) -> list[ObjectKey]:
    """Removes these withdrawn documents, all or none; gives the objects that went. See `Removal`."""
    with catalogue.unit() as unit:
        removal = Removal(unit, objects)
        removal.note(document_ids, decision=decision, actor=actor)
        unit.commit()
    return removal.carry_out()


class Removal:
    """First the log says that documents go (`note`, within a transaction), then, when that is committed, the objects go
    (`carry_out`). What a crash leaves of them goes with the next removal, and what further stores have of them goes by
    the log (`storage.replicas`)."""

    def __init__(self, unit: UnitOfWork, objects: ObjectStore) -> None:
        self._unit = unit
        self._objects = objects
        self._going: list[ObjectKey] = []

    def note(self, document_ids: Sequence[str], *, decision: str, actor: str) -> None:
        """`decision`: the office's decision that says so, noted with each. Raises WrongUse without one, and for a
        document that must be kept or is not withdrawn."""
        decision = clean(decision.strip())[:_LONGEST_DECISION]
        if not decision:
            raise WrongUse(Message("Cần số quyết định tiêu hủy", "The decision to destroy them has to be named"))
        unit, connection = self._unit, self._unit.connection
        for document_id in document_ids:
            _check(connection, document_id, self._objects)
            this = withdrawn_documents.c.document_id == document_id
            removed = sa.update(withdrawn_documents).where(this).values(removed_at=time_text(unit.clock()))
            connection.execute(removed)
            for table in (withdrawn_documents, fields):  # the fields' record goes: without values they stay known
                touch(connection, table, document_id=document_id)
            unit.audit.append(actor=actor, action=f"document.removed:{decision}", subject=document_id)
        leaving: list[ObjectKey] = []
        for document_id in document_ids:
            leaving += _forget_lines(unit, self._objects, document_id, actor=actor)
            _forget(unit, document_id, actor=actor)
        leaving += [*_objects_of(connection, document_ids), *_forget_files(unit, document_ids)]
        for key in dict.fromkeys(leaving):
            unit.audit.append(actor=actor, action=ERASED, subject=key.name)
        left = [key for key in erased(connection) if self._objects.exists(key)]
        erase_what_came_back(connection)
        self._going = list(dict.fromkeys([*leaving, *left]))

    def carry_out(self) -> list[ObjectKey]:
        """Takes the objects away; gives which. Raises AccessRefused where the store lets something not go all the same:
        what it did let go is gone, the rest goes with the next removal."""
        refused: AccessRefused | None = None
        for key in self._going:
            try:
                self._objects.erase(key)
            except AccessRefused as error:  # what is noted as gone goes as far as it can
                refused = refused or error
        if refused is not None:
            raise refused
        return self._going


def kept_because(
    connection: sa.Connection, document_id: str, objects: ObjectStore | None = None, *, going: Collection[str] = ()
) -> Message | None:
    """Why a document may not be removed; None where nothing speaks against it. `objects`: the store is asked too: what
    it has locked of the document or of a line that a book's reader learnt from, and of no other in use, stays until
    that day. `going`: documents in use that are to
    go together with this one."""
    why = _kept_by_catalogue(connection, document_id)
    if why is not None or objects is None:
        return why
    mine = objects_of(connection, document_id)
    leaving = [key for key in mine if not _is_of_others(connection, key, {document_id, *going})]
    if objects.can_lock():  # each line of the book is read for it
        leaving += [key for _, keys in _lines_of(connection, objects, document_id) for key in keys]
    lock = strongest(*(objects.lock(key.name) for key in leaving))
    return None if lock is None else lock.told()


def _is_of_others(connection: sa.Connection, key: ObjectKey, these: Collection[str]) -> bool:
    """Whether a document that is in use and none of these names this object too, or is in the file of which it tells:
    then it stays in any case."""
    names = (documents.c.original, documents.c.archival, documents.c.record)
    of_file = sa.select(told_apart.c.source_sha256).where(told_apart.c.object == key.name)
    query = sa.select(documents.c.document_id).where(
        sa.or_(*(column == key.name for column in names), documents.c.source_sha256.in_(of_file)),
        documents.c.document_id.not_in(these),
        documents.c.document_id.not_in(sa.select(withdrawn_documents.c.document_id)),
    )
    return connection.scalar(query.limit(1)) is not None


def _kept_by_catalogue(connection: sa.Connection, document_id: str) -> Message | None:
    kind = connection.scalar(sa.select(documents.c.document_type).where(documents.c.document_id == document_id))
    if kind in PERMANENT:
        return Message("sổ hộ tịch lưu vĩnh viễn (Luật Hộ tịch Điều 58)", "registers are kept for ever")
    if document_id in on_hold(connection):
        return Message("đang giữ theo yêu cầu pháp lý (hotich hold)", "it is on legal hold (hotich hold)")
    reasons: Collection[tuple[sa.Table, Message]] = (
        (issued_copies, Message("đã cấp bản số hóa có ký số", "a signed copy of it was issued")),
        (submission_documents, Message("thuộc một hồ sơ đã nộp", "it belongs to a submission")),
        (holding_uses, Message("đã được dùng thay giấy tờ", "it was used in place of the paper")),
        (ink_given, Message("đã góp nét chữ viết cho gói nét chữ viết", "a piece of it is in an ink pack")),
    )
    for table, why in reasons:
        of_document = sa.select(table.c.document_id).where(table.c.document_id == document_id)
        if has_table(connection, table) and connection.scalar(of_document.limit(1)) is not None:
            return why
    if has_table(connection, review_decisions) and not can_be_erased(connection, document_id):
        return Message(
            "người duyệt đã quyết định trên đó từ trước khi lịch sử có thể xóa được nội dung",
            "people decided on it before what they typed could be erased from the sealed history",
        )
    return None


def has_table(connection: sa.Connection, table: sa.Table) -> bool:
    return sa.inspect(connection).has_table(table.name)


def _check(connection: sa.Connection, document_id: str, objects: ObjectStore) -> None:
    this = (withdrawn_documents.c.document_id == document_id) & withdrawn_documents.c.removed_at.is_(None)
    if connection.scalar(sa.select(withdrawn_documents.c.document_id).where(this)) is None:
        raise WrongUse(Message(f"{document_id}: chưa rút khỏi kho", "it is not withdrawn"))
    if (why := kept_because(connection, document_id, objects)) is not None:
        raise WrongUse(Message(f"{document_id}: {why.vi}", why.en))


def _forget(unit: UnitOfWork, document_id: str, *, actor: str) -> None:
    """What else than its objects tells of the document's people."""
    unit.documents.forget_keys(document_id)
    connection = unit.connection
    if has_table(connection, held_documents):
        for table in (held_persons, held_documents):
            connection.execute(sa.delete(table).where(table.c.document_id == document_id))
    if has_table(connection, review_items):
        erase_history(connection, unit.audit, document_id, actor=actor)
    blocked = blocked_documents.c.document_id == document_id
    if connection.execute(sa.delete(blocked_documents).where(blocked)).rowcount:
        touch(connection, blocked_documents, document_id=document_id)


def _forget_files(unit: UnitOfWork, document_ids: Sequence[str]) -> Iterator[ObjectKey]:
    """What is known of the files of which every document is removed; gives the objects in which the log told it."""
    connection = unit.connection
    left = documents.alias()
    others = sa.select(left.c.document_id).where(
        left.c.source_sha256 == documents.c.source_sha256, left.c.document_id.not_in(removed_documents())
    )
    of_these = documents.c.document_id.in_(document_ids)
    files = sa.select(documents.c.source_sha256).where(of_these, ~others.exists()).distinct()
    for sha256 in connection.scalars(files.order_by(documents.c.source_sha256)).all():
        unit.search.forget_pages(sha256)
        known = connection.scalars(sa.select(source_names.c.first_seen).where(source_names.c.sha256 == sha256)).all()
        for table in (source_names, source_places):
            connection.execute(sa.delete(table).where(table.c.sha256 == sha256))
            touch(connection, table, sha256=sha256)
        if known:
            row = {"sha256": sha256, "name": f"erased-{sha256[:12]}", "first_seen": min(known)}
            connection.execute(sa.insert(source_names).values(row))
        of_file = told_apart.c.source_sha256 == sha256
        for name in connection.scalars(sa.select(told_apart.c.object).where(of_file)).all():
            connection.execute(sa.delete(apart_pending).where(apart_pending.c.object == name))
            yield ObjectKey.parse(name)
        connection.execute(sa.delete(told_apart).where(of_file))


def _forget_lines(unit: UnitOfWork, objects: ObjectStore, document_id: str, *, actor: str) -> Iterator[ObjectKey]:
    """The lines cut from the document that its book's reader learnt from: what they show and say goes."""
    for row, keys in list(_lines_of(unit.connection, objects, document_id)):
        subject = f"book:{row.book}#{row.number}"
        unit.audit.append(actor=actor, action=f"{LINE_ERASED}:{document_id}", subject=subject)
        yield from keys


def _lines_of(
    connection: sa.Connection, objects: ObjectStore, document_id: str
) -> Iterator[tuple[Any, list[ObjectKey]]]:
    """The rows of these lines, each with its objects that no other line of the book names."""
    if not has_table(connection, review_documents):
        return
    book = sa.select(review_documents.c.book).where(review_documents.c.document_id == document_id)
    going: list[Any] = []
    staying: set[str] = set()
    for row in connection.execute(sa.select(book_lines).where(book_lines.c.book == connection.scalar(book))).all():
        if _is_of(objects, row.correction, document_id):
            going.append(row)
        else:
            staying.update((row.image, row.correction))
    for row in going:
        yield row, [ObjectKey.parse(name) for name in (row.image, row.correction) if name not in staying]


def _is_of(objects: ObjectStore, correction: str, document_id: str) -> bool:
    try:
        return bool(json.loads(objects.get(ObjectKey.parse(correction))).get("document") == document_id)
    except (HotichError, ValueError, AttributeError):
        return False


def _objects_of(connection: sa.Connection, document_ids: Sequence[str]) -> Iterator[ObjectKey]:
    """Objects that these documents named and no document does that is not removed."""
    columns = (documents.c.original, documents.c.archival, documents.c.record)
    named: set[str] = set()
    for row in connection.execute(sa.select(*columns).where(documents.c.document_id.in_(document_ids))):
        named.update(name for name in row if name is not None)
    for name in sorted(named):
        of_others = sa.or_(*(column == name for column in columns))
        of_others &= documents.c.document_id.not_in(removed_documents())
        if connection.scalar(sa.select(documents.c.document_id).where(of_others).limit(1)) is None:
            yield ObjectKey.parse(name)
