"""The log of reads: who saw which record, for what purpose. Append-only, sealed like the audit log."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

import sqlalchemy as sa

from storage.catalogue.audit import START, ChainReport
from storage.catalogue.text import Clock, clean, time_text, utc_now
from storage.database import Database
from storage.service.tables import record_reads, record_reads_head


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRead:
    """One read. `actor` is a client or a person, `subject` what was read: a code, never a value."""

    seq: int
    at: str
    actor: str
    office: str
    action: str
    subject: str
    purpose: str
    prev_hash: str
    hash: str

    def expected_hash(self) -> str:
        """SHA-256 over the other values as a JSON array without spaces, UTF-8."""
        values = [self.seq, self.at, self.actor, self.office, self.action, self.subject, self.purpose, self.prev_hash]
        text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
        return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


class ReadLog:
    """The log within one transaction."""

    def __init__(self, connection: sa.Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def append(self, *, actor: str, office: str, action: str, subject: str, purpose: str) -> RecordRead:
        """Notes a read; it stands when the transaction commits. Readers wait for one another here."""
        head = self._connection.execute(sa.select(record_reads_head).with_for_update()).one()
        values = {
            "seq": head.seq + 1,
            "at": time_text(self._clock()),
            "actor": clean(actor),
            "office": clean(office),
            "action": action,
            "subject": clean(subject),
            "purpose": clean(purpose),
            "prev_hash": head.hash,
        }
        values["hash"] = RecordRead(**values, hash="").expected_hash()
        self._connection.execute(sa.insert(record_reads).values(values))
        self._connection.execute(sa.update(record_reads_head).values(seq=values["seq"], hash=values["hash"]))
        return RecordRead(**values)

    def entries(self, *, subject: str | None = None) -> list[RecordRead]:
        """In order, of one subject or of all."""
        query = sa.select(record_reads).order_by(record_reads.c.seq)
        if subject is not None:
            query = query.where(record_reads.c.subject == clean(subject))
        return [RecordRead(**row._mapping) for row in self._connection.execute(query)]

    def verify_chain(self) -> ChainReport:
        """Recomputes every hash and link, in constant memory."""
        head = self._connection.execute(sa.select(record_reads_head)).one()
        before, count = START, 0
        query = sa.select(record_reads).order_by(record_reads.c.seq).execution_options(yield_per=1000)
        for row in self._connection.execute(query):
            entry = RecordRead(**row._mapping)
            count += 1
            if entry.seq != count or entry.prev_hash != before or entry.hash != entry.expected_hash():
                return ChainReport(entries=count, head=head.hash, broken_at=count)
            before = entry.hash
        whole = head.seq == count and head.hash == before
        return ChainReport(entries=count, head=head.hash, broken_at=None if whole else count + 1)


def check_reads(database: Database) -> ChainReport | None:
    """Whether the log of reads in this database is whole; None where no service ever kept one. Changes nothing."""
    with database.read() as connection:
        if not sa.inspect(connection).has_table(record_reads.name):
            return None
        return ReadLog(connection, utc_now).verify_chain()
