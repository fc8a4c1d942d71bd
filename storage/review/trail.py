"""The history of every value: append-only, each entry sealed with the hash of the one before."""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from storage.review.tables import review_head, review_trail, trail_details
from storage.sealed_log import ChainReport, check_chain, no_log, seal
from storage.times import Clock, clean, time_text, utc_now


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailEntry:
    """Who did what to which value of which document, when and why. `field` is empty for the document itself.

    `details` says what the value was and what was shown: it holds values, so it is shown only to those concerned. What
    is sealed of it is its `commitment`, made with the `salt`; entries of before have none and seal the details.
    `erased`: the details went with the document (`storage.review.erasing`); what is left proves that there were some.
    """

    seq: int
    at: str
    actor: str
    action: str
    document_id: str
    field: str
    details: Mapping[str, Any]
    prev_hash: str
    hash: str
    commitment: str | None = None
    salt: str | None = None

    @property
    def erased(self) -> bool:
        return self.commitment is not None and self.salt is None

    def expected_hash(self) -> str:
        """SHA-256 over the entry's other values as a JSON array without spaces, sorted keys, UTF-8; the commitment
        stands in the place of the details. Raises ValueError for details that are not the ones committed to."""
        sealed: Any = dict(self.details) if self.commitment is None else self.commitment
        if self.commitment not in (None, commitment_to(self.details, self.salt or "")) and not self.erased:
            raise ValueError("other details than were committed to")
        values = [self.seq, self.at, self.actor, self.action, self.document_id, self.field, sealed]
        return seal(_json([*values, self.prev_hash]))

    def line(self) -> str:
        """The entry as one line of JSON, for export."""
        names = ("seq", "at", "actor", "action", "document_id", "field", "details", "prev_hash", "hash")
        more = () if self.commitment is None else ("commitment", "salt")
        return _json({name: getattr(self, name) for name in (*names, *more)})


def commitment_to(details: Mapping[str, Any], salt: str) -> str:
    """Says nothing of the details to whoever does not have the salt, and fits no others."""
    return seal(f"{salt}\n{_json(dict(details))}")


class Trail:
    """The trail within one transaction."""

    def __init__(self, connection: sa.Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def append(
        self, *, actor: str, action: str, document_id: str, field: str = "", details: Mapping[str, Any] | None = None
    ) -> TrailEntry:
        """Adds an entry; it stands when the transaction commits. Writers wait for one another here."""
        head = self._connection.execute(sa.select(review_head).with_for_update()).one()
        said, salt = _plain(details or {}), secrets.token_hex(16)
        entry = TrailEntry(
            seq=head.trail_seq + 1,
            at=time_text(self._clock()),
            actor=clean(actor),
            action=action,
            document_id=document_id,
            field=field,
            details=said,
            prev_hash=head.trail_hash,
            hash="",
            commitment=commitment_to(said, salt),
            salt=salt,
        )
        sealed = entry.expected_hash()
        row = {
            "seq": entry.seq,
            "at": entry.at,
            "actor": entry.actor,
            "action": action,
            "document_id": document_id,
            "field": field,
            "details": "",
            "prev_hash": entry.prev_hash,
            "hash": sealed,
            "commitment": entry.commitment,
        }
        self._connection.execute(sa.insert(review_trail).values(row))
        apart = {"seq": entry.seq, "salt": salt, "details": _json(said)}
        self._connection.execute(sa.insert(trail_details).values(apart))
        self._connection.execute(sa.update(review_head).values(trail_seq=entry.seq, trail_hash=sealed))
        return replace(entry, hash=sealed)

    def of(self, document_id: str, field: str | None = None) -> list[TrailEntry]:
        """The history of a document, or of one of its values, in order."""
        query = _ENTRIES.where(review_trail.c.document_id == document_id)
        if field is not None:
            query = query.where(review_trail.c.field.in_((field, "")))
        return [_entry(row._mapping) for row in self._connection.execute(query.order_by(review_trail.c.seq))]

    def all(self) -> Iterator[TrailEntry]:
        """Every entry in order, in constant memory."""
        query = _ENTRIES.order_by(review_trail.c.seq)
        with self._connection.execute(query.execution_options(yield_per=1000)) as rows:
            for row in rows:
                yield _entry(row._mapping)

    def _as_stored(self) -> Iterator[TrailEntry]:
        """Every entry in order; one whose details are not written as the trail writes them has others, so that its
        hash is not that of its values."""
        query = _ENTRIES.order_by(review_trail.c.seq)
        with self._connection.execute(query.execution_options(yield_per=1000)) as rows:
            for row in rows:
                try:
                    entry = _entry(row._mapping)
                    written = entry.erased or _json(entry.details) == _written(row)
                except (ValueError, TypeError):
                    written = False
                if not written or (row.commitment is not None and row.details):
                    values = {name: getattr(row, name) for name in _COLUMNS}
                    entry = TrailEntry(**{**values, "details": {"": _written(row)}, "salt": row.salt})
                yield entry

    def verify_chain(
        self, *, known_head: str | None = None, anchors: Mapping[int, str] = MappingProxyType({})
    ) -> ChainReport:
        """See `storage.sealed_log.check_chain`."""
        head = self._connection.execute(sa.select(review_head)).one_or_none()
        return check_chain(
            self._as_stored(),
            seq=-1 if head is None else head.trail_seq,
            head="" if head is None else head.trail_hash,
            known_head=known_head,
            anchors=anchors,
        )


def trail_of(connection: sa.Connection, document_id: str) -> list[TrailEntry]:
    """The history of a document, empty where there never was a review desk."""
    if not sa.inspect(connection).has_table(review_trail.name):
        return []
    return Trail(connection, utc_now).of(document_id)


def entries_of(connection: sa.Connection, actions: Collection[str]) -> Iterator[TrailEntry]:
    """The entries of these actions in the order of the trail, each with its details where they were not erased."""
    query = _ENTRIES.where(review_trail.c.action.in_(actions)).order_by(review_trail.c.seq)
    for row in connection.execute(query.execution_options(yield_per=1000)).mappings():
        yield _entry(row)


def check_trail(
    connection: sa.Connection, *, known_head: str | None = None, anchors: Mapping[int, str] = MappingProxyType({})
) -> ChainReport | None:
    """Whether the trail in this database is whole; None where there never was a review desk. Changes nothing."""
    if not sa.inspect(connection).has_table(review_trail.name):
        return no_log(anchors)
    return Trail(connection, utc_now).verify_chain(known_head=known_head, anchors=anchors)


# With their details, wherever they stand.
_ENTRIES = sa.select(review_trail, trail_details.c.details.label("apart"), trail_details.c.salt).outerjoin(
    trail_details, trail_details.c.seq == review_trail.c.seq
)
_COLUMNS = tuple(column.name for column in review_trail.columns)


def _entry(row: Any) -> TrailEntry:
    values = {name: row[name] for name in _COLUMNS}
    apart = row["commitment"] is not None
    text = row["apart"] if apart else row["details"]
    details = {} if apart and text is None else json.loads(text)
    return TrailEntry(**{**values, "details": details, "salt": row["salt"]})


def _written(row: Any) -> str:
    return str(row.details if row.commitment is None else row.apart)


def _plain(details: Mapping[str, Any]) -> Mapping[str, Any]:
    """The details as they will be read back, so that an entry's hash is that of what is stored."""
    plain: Mapping[str, Any] = json.loads(clean(_json(dict(details))))
    return plain


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
