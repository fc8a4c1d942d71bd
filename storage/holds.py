"""Legal holds: documents that nothing removes while a court, an inspection or a complaint needs them.

The catalogue holds a document, whatever its store can; a bucket with object lock holds its objects too, so that nobody
with the bucket's keys removes them either.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from storage.catalogue import UnitOfWork
from storage.catalogue.documents import removed_documents
from storage.catalogue.tables import documents, issued_copies, legal_holds, told_apart
from storage.objects import ObjectKey
from storage.replicas import Store
from storage.telling import touch
from storage.times import clean, time_text

HELD, LIFTED = "document.held", "document.hold_lifted"
_LONGEST_REASON = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A document on legal hold. `document_type`, `form`: of its newest revision."""

    document_id: str
    holding_code: str
    document_type: str
    form: str
    reason: str
    actor: str
    held_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectsHeld:
    """How many objects of documents a store holds, or no longer does; `without`: how many it cannot."""

    store: str
    done: int
    without: int


def hold(unit: UnitOfWork, document_ids: Iterable[str], *, reason: str, actor: str) -> list[str]:
    """Puts documents on hold; returns those that were not before. Raises WrongUse without a reason, and for a document
    that was removed."""
    reason = _checked(reason)
    removed: set[str] = set(unit.connection.scalars(removed_documents()))
    taken = []
    for document_id in dict.fromkeys(document_ids):
        if document_id in removed:
            raise WrongUse(Message(f"{document_id}: đã xóa hẳn", "it was removed for good"))
        if document_id in on_hold(unit.connection):
            continue
        row = {"document_id": document_id, "reason": reason, "actor": clean(actor), "held_at": time_text(unit.clock())}
        unit.connection.execute(sa.insert(legal_holds).values(row))
        touch(unit.connection, legal_holds, document_id=document_id)
        unit.audit.append(actor=actor, action=HELD, subject=document_id)
        taken.append(document_id)
    return taken


def lift(unit: UnitOfWork, document_ids: Iterable[str], *, reason: str, actor: str) -> list[str]:
    """Lifts the hold of documents; returns those that were held. Raises WrongUse without a reason."""
    reason = _checked(reason)
    held = on_hold(unit.connection)
    lifted = [document_id for document_id in dict.fromkeys(document_ids) if document_id in held]
    for document_id in lifted:
        unit.connection.execute(sa.delete(legal_holds).where(legal_holds.c.document_id == document_id))
        touch(unit.connection, legal_holds, document_id=document_id)
        unit.audit.append(actor=actor, action=f"{LIFTED}:{reason}", subject=document_id)
    return lifted


def on_hold(connection: sa.Connection) -> set[str]:
    """The ids of the documents on hold."""
    return set(connection.scalars(sa.select(legal_holds.c.document_id)))


def holds(connection: sa.Connection) -> list[Hold]:
    """Everything on hold, the newest hold first."""
    other = documents.alias()
    newest = sa.select(sa.func.max(other.c.revision)).where(other.c.document_id == documents.c.document_id)
    query = (
        sa.select(legal_holds, documents.c.holding_code, documents.c.document_type, documents.c.form)
        .join(documents, documents.c.document_id == legal_holds.c.document_id)
        .where(documents.c.revision == newest.scalar_subquery())
        .order_by(legal_holds.c.held_at.desc(), legal_holds.c.document_id)
    )
    return [Hold(**dict(row)) for row in connection.execute(query).mappings()]


def hold_objects(
    connection: sa.Connection, stores: Sequence[Store], document_ids: Collection[str], *, on: bool
) -> list[ObjectsHeld]:
    """Has the stores hold the objects of these documents, or no longer; what another document on hold has too stays
    held. Idempotent. Raises the stores' errors."""
    wanted = {key for document_id in document_ids for key in objects_of(connection, document_id)}
    if not on:
        for document_id in on_hold(connection) - set(document_ids):
            wanted.difference_update(objects_of(connection, document_id))
    found = []
    for store in stores:
        done = [store.objects.hold(key.name, on=on) for key in sorted(wanted)]
        found.append(ObjectsHeld(store=store.name, done=sum(done), without=len(done) - sum(done)))
    return found


def held_objects(connection: sa.Connection) -> frozenset[str]:
    """Names of every object of every document on hold."""
    return frozenset(key.name for document_id in on_hold(connection) for key in objects_of(connection, document_id))


def objects_of(connection: sa.Connection, document_id: str) -> list[ObjectKey]:
    """Every object that a revision of the document names, its signed copies, and those in which the log told something
    of its file apart; each once. Lines that its book's reader learnt from are told by their texts only: see
    `storage.removing`."""
    this = documents.c.document_id == document_id
    columns = (documents.c.original, documents.c.archival, documents.c.record)
    names = [name for row in connection.execute(sa.select(*columns).where(this)) for name in row if name is not None]
    names += connection.scalars(sa.select(issued_copies.c.object).where(issued_copies.c.document_id == document_id))
    of_file = told_apart.c.source_sha256.in_(sa.select(documents.c.source_sha256).where(this))
    names += connection.scalars(sa.select(told_apart.c.object).where(of_file).order_by(told_apart.c.seq))
    return [ObjectKey.parse(name) for name in dict.fromkeys(names)]


def _checked(reason: str) -> str:
    reason = clean(reason.strip())[:_LONGEST_REASON]
    if not reason:
        raise WrongUse(Message("Cần ghi lý do", "A reason is needed"))
    return reason
