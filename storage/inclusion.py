"""That an entry stands in the audit log below a signed checkpoint: the entries from it up to the checkpoint's head.

Each entry's hash covers the one before, so whoever has the checkpoint needs nothing else of the log.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from storage.catalogue import Catalogue
from storage.catalogue.audit import AuditEntry
from storage.catalogue.tables import audit
from storage.checkpoints import Checkpoints, SignedCheckpoint


class NotAnchored(WrongUse):
    """No checkpoint knows the entry yet."""

    code = "proof.no_checkpoint"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inclusion:
    """`entries`: the entry first, the checkpoint's head last. `stamp`: the authority's, where there is one."""

    entries: Sequence[AuditEntry]
    checkpoint: SignedCheckpoint
    stamp: bytes | None

    def lines(self) -> bytes:
        """An entry a line, as the log seals them: a JSON array without spaces, then the entry's hash."""
        return b"".join(_line(entry) for entry in self.entries)


def inclusion(catalogue: Catalogue, checkpoints: Checkpoints, entry: AuditEntry) -> Inclusion:
    """By the first checkpoint that knows the entry. Raises NotAnchored."""
    for signed in checkpoints.all():
        head = signed.checkpoint.logs.get("audit")
        if head is None or head.entries < entry.seq:
            continue
        query = sa.select(audit).where(audit.c.seq.between(entry.seq, head.entries)).order_by(audit.c.seq)
        with catalogue.database.read() as connection:
            entries = [AuditEntry(**row._mapping) for row in connection.execute(query)]
        if not entries or entries[-1].hash != head.head:
            break
        return Inclusion(entries=entries, checkpoint=signed, stamp=checkpoints.stamps.get(signed.checkpoint.number))
    raise NotAnchored(
        Message(
            "chưa có điểm mốc nào sau khi giấy tờ này được lưu: chạy hotich checkpoint trước",
            "no checkpoint was taken since this paper was stored: run hotich checkpoint first",
        )
    )


def last_entry(catalogue: Catalogue, subject: str, action: str) -> AuditEntry | None:
    """The newest entry of this action (whatever it has behind a colon) about a subject."""
    entries = [one for one in catalogue.audit_entries(subject=subject) if one.action.partition(":")[0] == action]
    return entries[-1] if entries else None


def _line(entry: AuditEntry) -> bytes:
    values = [entry.seq, entry.at, entry.actor, entry.action, entry.subject, entry.digest, entry.prev_hash, entry.hash]
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
