"""The audit log: append-only, each entry sealed with the hash of the one before."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType

import sqlalchemy as sa

from storage.catalogue.audit_sealing import AuditEntry, seal_entries
from storage.catalogue.tables import audit, audit_head
from storage.ending import NewEntry, ending_of
from storage.sealed_log import ChainReport, check_chain
from storage.times import Clock, clean

__all__ = ["COLLECTED", "COPIED", "ERASED", "LINE_ERASED", "TRAIL_ERASED", "AuditEntry", "AuditLog"]

COPIED = "document.copied"
"""Of a document's revision: its place in its work behind a colon (`place_of`), its archival copy as the digest."""
REBUILT = "catalogue.rebuilt"
"""The catalogue was made anew from the store, which knows nothing of what an office keeps beside it: what the log says
of submissions and requests until then may be lost, where no backup has it."""
COLLECTED, ERASED = "object.collected", "object.erased"
"""Of an object that nothing named and that was taken out, and of one that went with removed documents."""
LINE_ERASED = "book.line_erased"
"""Of a line that a book's reader learnt from: the removed document that it was cut from behind a colon."""
TRAIL_ERASED = "trail.erased"
"""Of a removed document: what its entries in the desk's history said went with it. The digest is that of the list of
their numbers and commitments (`storage.review.erasing`)."""


class AuditLog:
    """The log within one transaction."""

    def __init__(self, connection: sa.Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def append(self, *, actor: str, action: str, subject: str, digest: str | None = None) -> NewEntry:
        """Adds an entry, which is written and sealed when the transaction ends: its number and time are known then
        (`NewEntry.sealed`). Entries keep the order in which they were added."""
        return self.append_new(NewEntry(actor=clean(actor), action=action, subject=clean(subject), digest=digest))

    def append_new(self, entry: NewEntry) -> NewEntry:
        """See `append`."""
        ending = ending_of(self._connection)
        ending.entries.append(entry)
        if ending.seal is None:
            ending.seal = lambda: seal_entries(self._connection, ending, self._clock)
        return entry

    def entries(self, *, subject: str | None = None) -> list[AuditEntry]:
        """The entries in order, of one subject or of all."""
        query = sa.select(audit).order_by(audit.c.seq)
        if subject is not None:
            query = query.where(audit.c.subject == clean(subject))
        return [AuditEntry(**row._mapping) for row in self._connection.execute(query)]

    def verify_chain(
        self,
        *,
        known_head: str | None = None,
        anchors: Mapping[int, str] = MappingProxyType({}),
        seen: Callable[[AuditEntry], None] | None = None,
    ) -> ChainReport:
        """See `storage.sealed_log.check_chain`. `seen` is shown every entry, those behind a break too."""
        head = self._connection.execute(sa.select(audit_head)).one_or_none()
        query = sa.select(audit).order_by(audit.c.seq).execution_options(yield_per=1000)
        with self._connection.execute(query) as rows:
            entries = _shown((AuditEntry(**row._mapping) for row in rows), seen)
            report = check_chain(
                entries,
                seq=-1 if head is None else head.seq,
                head="" if head is None else head.hash,
                known_head=known_head,
                anchors=anchors,
            )
            deque(entries, maxlen=0)
        return report


def _shown(entries: Iterable[AuditEntry], seen: Callable[[AuditEntry], None] | None) -> Iterator[AuditEntry]:
    for entry in entries:
        if seen is not None:
            seen(entry)
        yield entry
