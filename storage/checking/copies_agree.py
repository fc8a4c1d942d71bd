"""Signed copies that left the archive, held against the audit log."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from pipeline.domain.errors import WrongUse
from storage.catalogue.tables import issued_copies
from storage.checking.findings import Difference
from storage.checking.scratch import Scratch
from storage.issued_copies import ISSUED
from storage.objects import ObjectKey, ObjectRole


def check_issued(connection: sa.Connection, scratch: Scratch) -> Iterator[Difference]:
    """Copies that are not as the log says, and those that only the log knows; notes in `scratch` the objects."""
    logged = {event.detail: event for event in scratch.all_events(ISSUED)}
    query = sa.select(issued_copies).order_by(issued_copies.c.copy_code)
    for row in connection.execute(query.execution_options(yield_per=1000)):
        event = logged.pop(row.copy_code, None)
        said = (f"{row.document_id}@{row.revision}", row.object, row.actor, row.issued_at)
        if event is None or said != (event.subject, event.digest, event.actor, event.at):
            yield Difference(subject=f"copy:{row.copy_code}", what="entry")
        try:
            scratch.name(ObjectKey.parse(row.object), row.document_id, row.revision, ObjectRole.COPY)
        except WrongUse:
            yield Difference(subject=f"copy:{row.copy_code}", what=ObjectRole.COPY.value)
    for code in sorted(logged):
        yield Difference(subject=f"copy:{code}", what="missing")
