"""Papers of one act that came to be held: each link stands once in the audit log, however many store at once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import sqlalchemy as sa

from storage.catalogue.audit import AuditLog
from storage.catalogue.documents import Documents, StoredDocument
from storage.catalogue.tables import documents as documents_table
from storage.ending import NewEntry, Step, ending_of, take_turns
from storage.telling import Dated


@dataclass(frozen=True, slots=True)
class _Added:
    document_id: str
    revision: int
    entry: NewEntry
    known: frozenset[str]


class Links:
    """Of the documents that one transaction stores. They are looked for at its end: of two transactions that store
    papers of one act at the same time, the second waits for the first and finds its paper."""

    def __init__(self, connection: sa.Connection, documents: Documents, audit: AuditLog) -> None:
        self._connection = connection
        self._documents = documents
        self._audit = audit
        self._added: list[_Added] = []

    def add(self, document_id: str, revision: int, entry: NewEntry, *, known: Collection[str]) -> None:
        """This revision is stored, by this entry, with which it is dated. `known`: documents that it was found to be
        alike before."""
        self._added.append(_Added(document_id, revision, entry, frozenset(known)))
        ending = ending_of(self._connection)
        where: dict[str, str | int] = {"document_id": document_id, "revision": revision}
        ending.dated.append(Dated(column=documents_table.c.committed_at, where=where))
        ending.do_last(Step.LINK, self._link)

    def dated(self, document: StoredDocument) -> StoredDocument:
        """With the time of its entry; as it is where this transaction did not store it."""
        for one in self._added:
            if (one.document_id, one.revision) == (document.document_id, document.revision):
                return replace(document, committed_at=one.entry.sealed.at)
        return document

    def _link(self) -> None:
        digests = self._documents.key_digests([one.document_id for one in self._added])
        if not digests:
            return
        take_turns(self._connection, "acts", digests)
        shared = self._documents.sharing(digests)
        later = {one.document_id for one in self._added}
        for one in self._added:
            later.discard(one.document_id)
            if one.document_id in shared:
                self._note(one, later)

    def _note(self, one: _Added, later: Collection[str]) -> None:
        held = (
            self._documents.alike(one.document_id)
            if one.revision == 1  # whatever its clock says, all that is there was held before it
            else self._documents.held_before(one.document_id)
        )
        for other in held:
            if other.document_id not in one.known and other.document_id not in later:
                action = f"document.seen_before:{other.document_id}"
                actor, subject = one.entry.actor, one.entry.subject
                self._audit.append(actor=actor, action=action, subject=subject)
