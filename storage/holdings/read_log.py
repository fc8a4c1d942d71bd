"""The log of reads: who saw which record, for what purpose. Append-only, sealed like the audit log."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from types import MappingProxyType

import sqlalchemy as sa

from storage.holdings.tables import record_reads, record_reads_head
from storage.sealed_log import ChainReport, check_chain, no_log, seal
from storage.times import Clock, clean, time_text, utc_now

# Made once: building a statement takes longer than running it.
_HEAD = sa.select(record_reads_head).with_for_update()
_INSERT = sa.insert(record_reads)
_ADVANCE = sa.update(record_reads_head).values(seq=sa.bindparam("new_seq"), hash=sa.bindparam("new_hash"))


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
        return seal(text)


class ReadLog:
    """The log within one transaction."""

    def __init__(self, connection: sa.Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def append(self, *, actor: str, office: str, action: str, subject: str, purpose: str) -> RecordRead:
        """Notes a read; it stands when the transaction commits. Readers wait for one another here."""
        return self.append_all([(action, subject)], actor=actor, office=office, purpose=purpose)[0]

    def append_all(
        self, read: Sequence[tuple[str, str]], *, actor: str, office: str, purpose: str
    ) -> Sequence[RecordRead]:
        """Notes what one request read, as (action, subject), in this order."""
        head = self._connection.execute(_HEAD).one()
        common = {"at": time_text(self._clock()), "actor": clean(actor), "office": clean(office)}
        seq, before, entries = head.seq, head.hash, []
        for action, subject in read:
            seq += 1
            values = {**common, "seq": seq, "action": action, "subject": clean(subject), "purpose": clean(purpose)}
            entry = RecordRead(**values, prev_hash=before, hash="")
            entries.append(replace(entry, hash=entry.expected_hash()))
            before = entries[-1].hash
        if entries:
            self._connection.execute(_INSERT, [asdict(entry) for entry in entries])
            self._connection.execute(_ADVANCE, {"new_seq": seq, "new_hash": before})
        return entries

    def entries(self, *, subject: str | None = None) -> list[RecordRead]:
        """In order, of one subject or of all."""
        query = sa.select(record_reads).order_by(record_reads.c.seq)
        if subject is not None:
            query = query.where(record_reads.c.subject == clean(subject))
        return [RecordRead(**row._mapping) for row in self._connection.execute(query)]

    def latest(self, actions: Sequence[str], *, office: str, most: int) -> list[RecordRead]:
        """The last entries of these actions in an office, the last first."""
        query = sa.select(record_reads).where(
            record_reads.c.office == clean(office), record_reads.c.action.in_(actions)
        )
        rows = self._connection.execute(query.order_by(record_reads.c.seq.desc()).limit(most))
        return [RecordRead(**row._mapping) for row in rows]

    def verify_chain(
        self, *, known_head: str | None = None, anchors: Mapping[int, str] = MappingProxyType({})
    ) -> ChainReport:
        """See `storage.sealed_log.check_chain`."""
        head = self._connection.execute(sa.select(record_reads_head)).one_or_none()
        query = sa.select(record_reads).order_by(record_reads.c.seq).execution_options(yield_per=1000)
        with self._connection.execute(query) as rows:
            return check_chain(
                (RecordRead(**row._mapping) for row in rows),
                seq=-1 if head is None else head.seq,
                head="" if head is None else head.hash,
                known_head=known_head,
                anchors=anchors,
            )


def check_reads(
    connection: sa.Connection, *, known_head: str | None = None, anchors: Mapping[int, str] = MappingProxyType({})
) -> ChainReport | None:
    """Whether the log of reads in this database is whole; None where no service ever kept one. Changes nothing."""
    if not sa.inspect(connection).has_table(record_reads.name):
        return no_log(anchors)
    return ReadLog(connection, utc_now).verify_chain(known_head=known_head, anchors=anchors)
