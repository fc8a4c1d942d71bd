"""Documents that are kept and not used: in no search, standing in for no paper, until they are let go again.

A person may ask for that while it is disputed what a paper says or whether it may be kept. Nothing of the document
changes; who must see it (whoever answers the person, the desk where a question about it is open) names it by its code.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from pipeline.records.contract import read_record
from storage.catalogue import UnitOfWork
from storage.catalogue.tables import blocked_documents, documents, search_documents
from storage.objects import ObjectStore
from storage.telling import touch
from storage.times import clean, time_text

_LONGEST_REASON = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocked:
    document_id: str
    reason: str
    actor: str
    blocked_at: str
    office: str


def block(unit: UnitOfWork, document_ids: Iterable[str], *, reason: str, actor: str) -> list[str]:
    """Blocks these documents; returns those that were not. Raises WrongUse without a reason."""
    reason = clean(reason.strip())[:_LONGEST_REASON]
    if not reason:
        raise WrongUse(Message("Cần ghi lý do", "A reason is needed"))
    taken = []
    for document_id in document_ids:
        if blocked(unit.connection, document_id) is not None or unit.documents.current(document_id) is None:
            continue
        found = search_documents.c.document_id == document_id
        row = {
            "document_id": document_id, "reason": reason, "actor": clean(actor), "blocked_at": time_text(unit.clock()),
            "office": unit.connection.scalar(sa.select(search_documents.c.office).where(found)) or "",
        }  # fmt: skip
        unit.connection.execute(sa.insert(blocked_documents).values(row))
        touch(unit.connection, blocked_documents, document_id=document_id)
        unit.search.forget_document(document_id)
        unit.audit.append(actor=actor, action="document.blocked", subject=document_id)
        taken.append(document_id)
    return taken


def unblock(unit: UnitOfWork, objects: ObjectStore, document_ids: Iterable[str], *, actor: str) -> list[str]:
    """Lets these documents go again; returns those that were blocked."""
    back = []
    for document_id in document_ids:
        row = blocked(unit.connection, document_id)
        if row is None:
            continue
        this = blocked_documents.c.document_id == document_id
        unit.connection.execute(sa.delete(blocked_documents).where(this))
        for table in (blocked_documents, search_documents):
            touch(unit.connection, table, document_id=document_id)
        unit.audit.append(actor=actor, action="document.unblocked", subject=document_id)
        stored = unit.documents.current(document_id)
        if stored is not None:
            revision = (documents.c.document_id == document_id) & (documents.c.revision == stored.revision)
            work_id = str(unit.connection.scalar(sa.select(documents.c.work_id).where(revision)))
            record = read_record(objects.get(stored.json))
            unit.search.put(record, revision=stored.revision, work_id=work_id, office=row.office)
        back.append(document_id)
    return back


def blocked(connection: sa.Connection, document_id: str) -> Blocked | None:
    row = connection.execute(
        sa.select(blocked_documents).where(blocked_documents.c.document_id == document_id)
    ).one_or_none()
    return None if row is None else Blocked(**row._mapping)
