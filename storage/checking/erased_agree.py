"""What the log says was erased, held against what was removed: nothing is erased but with its documents."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import merge
from itertools import groupby

import sqlalchemy as sa

from storage.catalogue.audit import TRAIL_ERASED
from storage.catalogue.tables import documents, told_apart
from storage.checking.documents_agree import STORED
from storage.checking.findings import Difference
from storage.checking.scratch import Scratch
from storage.review.erasing import CAN_GO, IS_ERASED, erased_digest
from storage.review.tables import review_trail


def check_erased(connection: sa.Connection, scratch: Scratch) -> Iterator[Difference]:
    """See `_apart` and `_history`."""
    yield from _apart(connection, scratch)
    if sa.inspect(connection).has_table(review_trail.name):
        yield from _history(connection, scratch)


def _apart(connection: sa.Connection, scratch: Scratch) -> Iterator[Difference]:
    """Objects in which the log told something of a source file apart and that it says are erased, although documents
    that the file then had were not removed. What documents name is missed by name, whatever the log says was erased."""
    for name, source, seq in scratch.erased_apart():
        query = sa.select(documents.c.document_id).where(documents.c.source_sha256 == source).distinct()
        then = [document_id for document_id in connection.scalars(query) if _stored_before(scratch, document_id, seq)]
        if not then or not all(scratch.events("document.removed", document_id) for document_id in then):
            yield Difference(subject=name, what="erased")
    ordered = sa.select(told_apart.c.object, told_apart.c.source_sha256, told_apart.c.seq).order_by(
        told_apart.c.object.collate("C" if connection.dialect.name != "sqlite" else "BINARY")
    )
    there = (tuple(row) for row in connection.execute(ordered.execution_options(yield_per=1000)))
    for row, of_row in groupby(merge(there, scratch.apart())):
        if len(list(of_row)) != 2:  # once in the catalogue, once in the log
            yield Difference(subject=row[0], what="told_apart")


def _stored_before(scratch: Scratch, document_id: str, seq: int) -> bool:
    return any(event.seq < seq for event in scratch.events(STORED, f"{document_id}@1"))


def _history(connection: sa.Connection, scratch: Scratch) -> Iterator[Difference]:
    """Documents of which the desk's history has lost other details than the audit log says were erased with them, and
    those of which it still has some."""
    trail = review_trail.c
    query = sa.select(trail.document_id, trail.seq, trail.commitment).where(IS_ERASED)
    rows = connection.execute(query.order_by(trail.document_id, trail.seq).execution_options(yield_per=1000))
    for document_id, of_document in groupby(rows, key=lambda row: row.document_id):
        logged = {event.digest for event in scratch.events(TRAIL_ERASED, document_id)}
        digest = erased_digest((row.seq, row.commitment) for row in of_document)
        if digest not in logged or not scratch.events("document.removed", document_id):
            yield Difference(subject=document_id, what="trail")
    for event in scratch.all_events(TRAIL_ERASED):
        left = sa.select(trail.seq).where(trail.document_id == event.subject, CAN_GO)
        if connection.scalar(left.limit(1)) is not None:
            yield Difference(subject=event.subject, what="trail")
