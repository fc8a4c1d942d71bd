"""The entries of one transaction sealed together, as its last step: the head of the audit log is held from here on.

Two questions to a server and the commit: the head is read, and one statement writes everything that needs the entries'
numbers or their time. No other writer gets further than this meanwhile, so nothing else is done here.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import sqlalchemy as sa

from storage.catalogue.tables import apart_pending, audit, audit_head, documents, log_pending, told_apart
from storage.ending import Ending, NewEntry
from storage.objects.key import ObjectKey
from storage.sealed_log import seal
from storage.telling import Dated
from storage.times import Clock, time_text


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


@dataclass(frozen=True, slots=True)
class _Written:
    """Rows of one transaction's entries."""

    entries: list[AuditEntry]
    pending: list[dict[str, Any]]
    apart: list[dict[str, Any]]
    waiting: list[dict[str, Any]]


def seal_entries(connection: sa.Connection, ending: Ending, clock: Clock) -> None:
    """Writes the entries that the transaction collected, one after another at the end of the log, all with the time at
    which its turn came; and what is dated by it. Writers wait for one another here."""
    head = ending.wait(lambda: connection.execute(_HEAD).one())
    at = time_text(clock())
    written = _sealed(ending.entries, ending.told.moment, at, head.seq, head.hash)
    others = [one for one in ending.dated if one.column.table is not documents]
    dated = [one.where for one in ending.dated if one.column.table is documents]
    if connection.dialect.name == "sqlite":
        _write(connection, written)
        others = ending.dated
    else:
        connection.execute(_WRITE, _parameters(written, dated, at))
    for one in others:
        _date(connection, one, at)


def _sealed(new: Sequence[NewEntry], moment: str, at: str, seq: int, before: str) -> _Written:
    written = _Written([], [], [], [])
    for one in new:
        seq += 1
        text = None if one.text is None else one.text.replace(moment, at)
        digest = one.digest if text is None else ObjectKey.of(text.encode()).name
        entry = AuditEntry(
            seq=seq, at=at, actor=one.actor, action=one.action, subject=one.subject, digest=digest,
            prev_hash=before, hash="",
        )  # fmt: skip
        one.sealed = entry = replace(entry, hash=entry.expected_hash())
        before = entry.hash
        written.entries.append(entry)
        if text is not None:
            written.pending.append({"seq": seq, "text": text})
        for told in one.apart:
            named = {"object": told.key.name, "seq": seq}
            written.apart.append({**named, "source_sha256": told.source_sha256})
            written.waiting.append({**named, "text": told.text})
    return written


def _write(connection: sa.Connection, written: _Written) -> None:
    connection.execute(_INSERT, [asdict(entry) for entry in written.entries])
    for insert, rows in ((_PENDING, written.pending), (_APART, written.apart), (_WAITING, written.waiting)):
        if rows:
            connection.execute(insert, rows)
    last = written.entries[-1]
    connection.execute(_ADVANCE, {"last_seq": last.seq, "last_hash": last.hash})


def _parameters(written: _Written, dated: Sequence[dict[str, Any]], at: str) -> dict[str, Any]:
    last = written.entries[-1]
    found: dict[str, Any] = {"last_seq": last.seq, "last_hash": last.hash, "now": at}
    for name in AuditEntry.__slots__:
        found[f"audit_{name}"] = [getattr(entry, name) for entry in written.entries]
    for table, columns, rows in (
        ("pending", ("seq", "text"), written.pending),
        ("apart", ("object", "seq", "source_sha256"), written.apart),
        ("waiting", ("object", "seq", "text"), written.waiting),
        ("dated", ("document_id", "revision"), dated),
    ):
        for column in columns:
            found[f"{table}_{column}"] = [row[column] for row in rows]
    return found


def _date(connection: sa.Connection, dated: Dated, at: str) -> None:
    table = dated.column.table
    these = [table.c[name] == value for name, value in dated.where.items()]
    connection.execute(sa.update(table).where(*these).values({dated.column.name: at}))


# Made once: building a statement takes longer than running it, and here everybody would wait for it.
_HEAD = sa.select(audit_head).with_for_update()
_INSERT, _PENDING = sa.insert(audit), sa.insert(log_pending)
_APART, _WAITING = sa.insert(told_apart), sa.insert(apart_pending)
_ADVANCE = sa.update(audit_head).values(seq=sa.bindparam("last_seq"), hash=sa.bindparam("last_hash"))
_WRITE = sa.text("""
WITH entry AS (
  INSERT INTO audit (seq, at, actor, action, subject, digest, prev_hash, hash)
  SELECT * FROM unnest(
    CAST(:audit_seq AS bigint[]), CAST(:audit_at AS text[]), CAST(:audit_actor AS text[]),
    CAST(:audit_action AS text[]), CAST(:audit_subject AS text[]), CAST(:audit_digest AS text[]),
    CAST(:audit_prev_hash AS text[]), CAST(:audit_hash AS text[]))
), pending AS (
  INSERT INTO log_pending (seq, text)
  SELECT * FROM unnest(CAST(:pending_seq AS bigint[]), CAST(:pending_text AS text[]))
), apart AS (
  INSERT INTO told_apart (object, seq, source_sha256)
  SELECT * FROM unnest(
    CAST(:apart_object AS text[]), CAST(:apart_seq AS bigint[]), CAST(:apart_source_sha256 AS text[]))
), waiting AS (
  INSERT INTO apart_pending (object, seq, text)
  SELECT * FROM unnest(CAST(:waiting_object AS text[]), CAST(:waiting_seq AS bigint[]), CAST(:waiting_text AS text[]))
), dated AS (
  UPDATE documents SET committed_at = :now
  FROM unnest(CAST(:dated_document_id AS text[]), CAST(:dated_revision AS integer[])) AS this (document_id, revision)
  WHERE documents.document_id = this.document_id AND documents.revision = this.revision
)
UPDATE audit_head SET seq = :last_seq, hash = :last_hash
""")
