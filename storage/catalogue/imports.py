"""Imports: which work one run did, so that it can be told, and undone as a whole."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from storage.catalogue.tables import documents, import_works, imports, withdrawn_documents
from storage.telling import touch
from storage.times import Clock, clean, insert_new, time_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """One run: `files` that it read, of whose `documents` so many are in the trash."""

    import_id: str
    actor: str
    started_at: str
    files: int
    documents: int
    withdrawn: int


class Imports:
    """The imports within one transaction."""

    def __init__(self, connection: sa.Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def note(self, import_id: str, work_id: str, *, actor: str) -> None:
        """The import did this work. Idempotent."""
        row = {"import_id": import_id, "actor": clean(actor), "started_at": time_text(self._clock())}
        if insert_new(self._connection, imports, row):
            touch(self._connection, imports, import_id=import_id)
        if insert_new(self._connection, import_works, {"import_id": import_id, "work_id": work_id}):
            touch(self._connection, import_works, work_id=work_id)

    def newest(self, most: int) -> list[Import]:
        """The newest imports first."""
        query = sa.select(imports).order_by(imports.c.started_at.desc(), imports.c.import_id.desc()).limit(most)
        return [
            Import(
                import_id=row.import_id, actor=row.actor, started_at=row.started_at,
                files=self._count(import_works.c.work_id, row.import_id),
                documents=self._count(documents.c.document_id, row.import_id),
                withdrawn=self._count(withdrawn_documents.c.document_id, row.import_id),
            )
            for row in self._connection.execute(query).all()
        ]  # fmt: skip

    def _count(self, what: sa.Column[str], import_id: str) -> int:
        joined = import_works.outerjoin(documents, documents.c.work_id == import_works.c.work_id).outerjoin(
            withdrawn_documents, withdrawn_documents.c.document_id == documents.c.document_id
        )
        query = sa.select(sa.func.count(sa.distinct(what))).select_from(joined)
        return int(self._connection.scalar(query.where(import_works.c.import_id == import_id)) or 0)
