"""What people typed of a removed document, taken out of the desk's history: the history stays whole.

An entry seals a commitment to its details, a salted digest, and not the details themselves. So they can go: that they
did, of which entries, stands in the audit log, and `hotich verify` holds the two against each other. Entries of before
seal their details: what people typed in them cannot go, and neither can the document.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

import sqlalchemy as sa

from storage.catalogue.audit import TRAIL_ERASED, AuditLog
from storage.catalogue.tables import audit
from storage.review.tables import review_decisions, review_items, review_trail, trail_details
from storage.sealed_log import seal

_TRAIL = review_trail.c
_HAS_DETAILS = sa.select(trail_details.c.seq).where(trail_details.c.seq == _TRAIL.seq).exists()
IS_ERASED = _TRAIL.commitment.is_not(None) & ~_HAS_DETAILS
CAN_GO = _TRAIL.commitment.is_not(None) & _HAS_DETAILS


def can_be_erased(connection: sa.Connection, document_id: str) -> bool:
    """Whether nothing that people decided of the document is sealed as it was typed."""
    decided = sa.select(review_decisions.c.decision_id).join(review_items)
    if connection.scalar(decided.where(review_items.c.document_id == document_id).limit(1)) is None:
        return True
    older = sa.select(_TRAIL.seq).where(_TRAIL.document_id == document_id, _TRAIL.commitment.is_(None))
    return connection.scalar(older.limit(1)) is None


def erase_history(connection: sa.Connection, log: AuditLog, document_id: str, *, actor: str) -> None:
    """Takes values, comments and what was shown out of every decision on the document and out of its history."""
    query = sa.select(_TRAIL.seq, _TRAIL.commitment).where(_TRAIL.document_id == document_id, CAN_GO)
    going = [(row.seq, row.commitment) for row in connection.execute(query.order_by(_TRAIL.seq))]
    _forget(connection, document_id)
    if going:
        log.append(actor=actor, action=TRAIL_ERASED, subject=document_id, digest=erased_digest(going))


def erase_what_came_back(connection: sa.Connection) -> None:
    """Takes out once more what the audit log says is erased: a backup of the desk's tables brought it back."""
    if not sa.inspect(connection).has_table(review_trail.name):
        return
    gone = sa.select(audit.c.subject).where(audit.c.action == TRAIL_ERASED)
    back = sa.select(_TRAIL.document_id).where(CAN_GO, _TRAIL.document_id.in_(gone)).distinct()
    for document_id in connection.scalars(back).all():
        _forget(connection, document_id)


def erased_digest(entries: Iterable[tuple[int, str]]) -> str:
    """Of numbers and commitments of the entries whose details went, in order."""
    return seal(json.dumps([list(entry) for entry in entries], separators=(",", ":")))


def _forget(connection: sa.Connection, document_id: str) -> None:
    seqs = sa.select(_TRAIL.seq).where(_TRAIL.document_id == document_id)
    connection.execute(sa.delete(trail_details).where(trail_details.c.seq.in_(seqs)))
    of_document = sa.select(review_items.c.item_id).where(review_items.c.document_id == document_id)
    decided = review_decisions.c.item_id.in_(of_document)
    empty = {"value": None, "verbatim": None, "comment": "", "page": None, "box": None}
    connection.execute(sa.update(review_decisions).where(decided).values(empty))
    connection.execute(sa.update(review_items).where(review_items.c.document_id == document_id).values(truth=None))
