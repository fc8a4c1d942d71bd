"""The audit log: append-only, each entry sealed with the hash of the one before."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import sqlalchemy as sa

from storage.catalogue.tables import audit, audit_head
from storage.sealed_log import ChainReport, check_chain, seal
from storage.telling import note_logged
from storage.times import Clock, clean, time_text

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


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """Who did what to what, and when. `digest` names the object that resulted, if one did."""

    seq: int
    at: str
    actor: str
    action: str
    subject: str
    digest: str | None
    prev_hash: str
    hash: str

    def expected_hash(self) -> str:
        """SHA-256 over the entry's other values as a JSON array without spaces, UTF-8."""
        values = [self.seq, self.at, self.actor, self.action, self.subject, self.digest, self.prev_hash]
        text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
        return seal(text)


class AuditLog:
    """The log within one transaction."""

    def __init__(self, connection: sa.Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def append(self, *, actor: str, action: str, subject: str, digest: str | None = None) -> AuditEntry:
        """Adds an entry; it stands when the transaction commits. Writers wait for one another here."""
        head = self._connection.execute(sa.select(audit_head).with_for_update()).one()
        entry = AuditEntry(
            seq=head.seq + 1,
            at=time_text(self._clock()),
            actor=clean(actor),
            action=action,
            subject=clean(subject),
            digest=digest,
            prev_hash=head.hash,
            hash="",
        )
        sealed = entry.expected_hash()
        row = {name: getattr(entry, name) for name in entry.__slots__} | {"hash": sealed}
        self._connection.execute(sa.insert(audit).values(row))
        self._connection.execute(sa.update(audit_head).values(seq=entry.seq, hash=sealed))
        note_logged(self._connection)
        return AuditEntry(**row)

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
