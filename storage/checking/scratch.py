"""What a check must remember of a whole archive, on the disk instead of in memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from storage.catalogue.audit import COPIED, ERASED, LINE_ERASED, REBUILT, TRAIL_ERASED, AuditEntry
from storage.objects.key import ObjectKey, ObjectRole
from storage.requests.requests import ANSWERED, TAKEN

_BATCH = 1000
_SCHEMA = """
CREATE TABLE events (kind TEXT, subject TEXT, detail TEXT, digest TEXT, actor TEXT, at TEXT, seq INTEGER);
CREATE TABLE named (key TEXT, document_id TEXT, revision INTEGER, role TEXT);
CREATE TABLE told (key TEXT PRIMARY KEY, digest TEXT) WITHOUT ROWID;
CREATE TABLE apart (key TEXT PRIMARY KEY, source TEXT, seq INTEGER) WITHOUT ROWID;
CREATE TABLE met (kind TEXT, subject TEXT, PRIMARY KEY (kind, subject)) WITHOUT ROWID;
"""
_KINDS = frozenset(
    {
        "document.stored", COPIED, "document.joined", "pages.counted", "work.done", "work.set_aside",
        "book.line_added", "book.model_made", "checkpoint.made", "checkpoint.stamped", "document.withdrawn",
        "document.restored", "document.removed", "document.held", "document.hold_lifted", "copy.issued",
        ERASED, TRAIL_ERASED, LINE_ERASED, "document.blocked", "document.unblocked",
        "submission.blocked", "submission.unblocked", "submission.erased", "submission.accepted", "submission.refused",
        "submission.reopened", "submission.contradiction_accepted", TAKEN, ANSWERED, REBUILT,
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An entry of the audit log that says what the catalogue must say. `detail`: what its action has behind a colon."""

    subject: str
    detail: str
    digest: str | None
    actor: str
    at: str
    seq: int


class Scratch:
    """A database of SQLite's own that is in no folder and ends with the check: a small part of it is in memory."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.executescript(_SCHEMA)
        self._database.execute("BEGIN")
        self._waiting: dict[str, list[tuple[Any, ...]]] = {}

    def close(self) -> None:
        self._database.close()

    def log(self, entry: AuditEntry) -> None:
        """Keeps an audit entry where the catalogue has something to say to it."""
        kind, _, detail = str(entry.action).partition(":")
        if kind in _KINDS:
            self._insert(
                "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)",
                (kind, entry.subject, detail, entry.digest, entry.actor, entry.at, entry.seq),
            )

    def logged(self) -> None:
        """Every entry was shown: they can be asked for."""
        self._flush()
        self._database.execute("CREATE INDEX events_by_subject ON events (subject, kind)")

    def events(self, kind: str, subject: str) -> list[Event]:
        """In the order of the log."""
        query = "SELECT subject, detail, digest, actor, at, seq FROM events WHERE subject = ? AND kind = ? ORDER BY seq"
        return [_event(row) for row in self._database.execute(query, (subject, kind))]

    def all_events(self, kind: str) -> Iterator[Event]:
        query = "SELECT subject, detail, digest, actor, at, seq FROM events WHERE kind = ? ORDER BY seq"
        return map(_event, self._database.execute(query, (kind,)).fetchall())

    def tell(self, key: str, digest: str) -> None:
        """What is told of something; what was told of it before counts no more."""
        self._insert("INSERT OR REPLACE INTO told VALUES (?, ?)", (key, digest))

    def told(self) -> Iterator[tuple[str, str]]:
        """What was told of each thing last."""
        self._flush()
        yield from self._database.execute("SELECT key, digest FROM told ORDER BY key")

    def tell_apart(self, key: ObjectKey, source: str, seq: int) -> None:
        """The log told something of this source file apart, in this object, with the entry of this number."""
        self._insert("INSERT OR REPLACE INTO apart VALUES (?, ?, ?)", (key.name, source, seq))

    def apart(self) -> Iterator[tuple[str, str, int]]:
        """Such objects that the log does not say were erased, by name."""
        self._flush()
        query = (
            "SELECT key, source, seq FROM apart WHERE NOT EXISTS (SELECT 1 FROM events"
            " WHERE events.subject = apart.key AND events.kind = ?) ORDER BY key"
        )
        yield from self._database.execute(query, (ERASED,))

    def erased_apart(self) -> list[tuple[str, str, int]]:
        """Names of such objects that the log says were erased, with their source files, and the entry that says so."""
        self._flush()
        query = (
            "SELECT key, source, min(events.seq) FROM apart"
            " JOIN events ON events.subject = apart.key AND events.kind = ?"
            " GROUP BY key, source ORDER BY key"
        )
        return list(self._database.execute(query, (ERASED,)))

    def name(self, key: ObjectKey, document_id: str, revision: int, role: ObjectRole) -> None:
        """Something names this object."""
        self._insert("INSERT INTO named VALUES (?, ?, ?, ?)", (key.sha256, document_id, revision, role.value))

    def all_named(self) -> None:
        """Everything that names an object was told."""
        self._flush()
        self._database.execute("CREATE INDEX named_by_key ON named (key)")

    def is_named(self, key: ObjectKey) -> bool:
        query = "SELECT 1 FROM named WHERE key = ? LIMIT 1"
        return self._database.execute(query, (key.sha256,)).fetchone() is not None

    def named_but_not_met(self, kind: str) -> Iterator[tuple[ObjectKey, str, int, ObjectRole]]:
        """What is named of objects that were not `meet`-ed, by key."""
        self._flush()
        query = (
            "SELECT key, document_id, revision, role FROM named WHERE NOT EXISTS"
            " (SELECT 1 FROM met WHERE met.kind = ? AND met.subject = named.key) ORDER BY key, named.rowid"
        )
        for key, document_id, revision, role in self._database.execute(query, (kind,)):
            yield ObjectKey(key), document_id, revision, ObjectRole(role)

    def meet(self, kind: str, subject: str) -> None:
        self._insert("INSERT OR IGNORE INTO met VALUES (?, ?)", (kind, subject))

    def flush(self) -> None:
        """What was met so far can be asked for."""
        self._flush()

    def met_only(self, kind: str, other: str) -> list[str]:
        """What was met as one and not as the other, in order."""
        self._flush()
        query = (
            "SELECT subject FROM met WHERE kind = ? AND subject NOT IN (SELECT subject FROM met WHERE kind = ?)"
            " ORDER BY subject"
        )
        return [subject for (subject,) in self._database.execute(query, (kind, other))]

    def has_met(self, kind: str, subject: str) -> bool:
        """Of what was met before `all_named` or `flush` was called."""
        query = "SELECT 1 FROM met WHERE kind = ? AND subject = ?"
        return self._database.execute(query, (kind, subject)).fetchone() is not None

    def logged_but_not_met(self, event: str, kind: str) -> list[str]:
        """Subjects that the log has for this event and the catalogue was not found to know, in order."""
        self._flush()
        query = (
            "SELECT DISTINCT subject FROM events WHERE kind = ? AND NOT EXISTS"
            " (SELECT 1 FROM met WHERE met.kind = ? AND met.subject = events.subject) ORDER BY subject"
        )
        return [subject for (subject,) in self._database.execute(query, (event, kind))]

    def _insert(self, statement: str, row: tuple[Any, ...]) -> None:
        rows = self._waiting.setdefault(statement, [])
        rows.append(row)
        if len(rows) >= _BATCH:
            self._database.executemany(statement, rows)
            rows.clear()

    def _flush(self) -> None:
        for statement, rows in self._waiting.items():
            if rows:
                self._database.executemany(statement, rows)
                rows.clear()


def _event(row: tuple[Any, ...]) -> Event:
    subject, detail, digest, actor, at, seq = row
    return Event(subject=subject, detail=detail, digest=digest, actor=actor, at=at, seq=seq)
