"""The audit log: append-only, each entry sealed with the hash of the one before."""

from __future__ import annotations

import json
from dataclasses import dataclass

import sqlalchemy as sa

from storage.catalogue.tables import audit, audit_head
from storage.sealed_log import ChainReport, check_chain, seal
from storage.times import Clock, clean, time_text


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
        return AuditEntry(**row)

    def entries(self, *, subject: str | None = None) -> list[AuditEntry]:
        """The entries in order, of one subject or of all."""
        query = sa.select(audit).order_by(audit.c.seq)
        if subject is not None:
            query = query.where(audit.c.subject == clean(subject))
        return [AuditEntry(**row._mapping) for row in self._connection.execute(query)]

    def verify_chain(self, *, known_head: str | None = None) -> ChainReport:
        """See `storage.sealed_log.check_chain`."""
        head = self._connection.execute(sa.select(audit_head)).one()
        query = sa.select(audit).order_by(audit.c.seq).execution_options(yield_per=1000)
        with self._connection.execute(query) as rows:
            entries = (AuditEntry(**row._mapping) for row in rows)
            return check_chain(entries, seq=head.seq, head=head.hash, known_head=known_head)
