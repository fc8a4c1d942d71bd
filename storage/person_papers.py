"""What else than a search leads to a person's papers, and what becomes of them elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import sqlalchemy as sa

from storage.catalogue import Catalogue, StoredDocument
from storage.catalogue.documents import removed_documents
from storage.catalogue.tables import blocked_documents, documents, outputs, withdrawn_documents


def out_of_search(catalogue: Catalogue) -> list[str]:
    """Documents that are withdrawn and not removed, or blocked."""
    withdrawn = sa.select(withdrawn_documents.c.document_id).where(withdrawn_documents.c.removed_at.is_(None))
    with catalogue.database.read() as connection:
        return list(connection.scalars(withdrawn.union(sa.select(blocked_documents.c.document_id))))


def documents_of_files(catalogue: Catalogue, files: Iterable[str]) -> list[str]:
    """Whatever was ever made of these files, but for what was removed."""
    query = sa.select(documents.c.document_id).where(
        documents.c.source_sha256.in_(list(files)), documents.c.document_id.not_in(removed_documents())
    )
    with catalogue.database.read() as connection:
        return list(connection.scalars(query.distinct().order_by(documents.c.document_id)))


def acts_of_file(catalogue: Catalogue, source_sha256: str) -> list[StoredDocument] | None:
    """The newest of every document of the file that is or was in use, withdrawn and blocked ones too; None where one
    was removed for good, of which nobody knows any more where it stood."""
    query = sa.select(documents.c.document_id).where(documents.c.source_sha256 == source_sha256).distinct()
    with catalogue.database.read() as connection:
        ids = connection.scalars(query.order_by(documents.c.document_id)).all()
    found = [newest_and_state(catalogue, document_id) for document_id in ids]
    if any(stored is None for stored, _ in found):
        return None
    return [stored for stored, state in found if stored is not None and state != "superseded"]


def newest_and_state(catalogue: Catalogue, document_id: str) -> tuple[StoredDocument | None, str]:
    """The newest revision, and what has become of the document: current | withdrawn | blocked | superseded. None for
    one that there is none of, or that was removed."""
    with catalogue.database.read() as connection:
        newest = connection.scalar(
            sa.select(sa.func.max(documents.c.revision)).where(
                documents.c.document_id == document_id, documents.c.document_id.not_in(removed_documents())
            )
        )
        withdrawn, blocked = (
            connection.scalar(sa.select(table.c.document_id).where(table.c.document_id == document_id)) is not None
            for table in (withdrawn_documents, blocked_documents)
        )
    stored = None if newest is None else catalogue.document(document_id, newest)
    if stored is None:
        return None, ""
    if withdrawn or blocked:
        return stored, "withdrawn" if withdrawn else "blocked"
    return stored, "current" if stored.current else "superseded"


def others_in_file(connection: sa.Connection, source_sha256: str, going: Collection[str]) -> tuple[str, ...]:
    """Holding codes of what else was made of the file and is not removed: for these its scan stays."""
    stays = sa.select(documents.c.holding_code).where(
        documents.c.source_sha256 == source_sha256,
        documents.c.document_id.not_in(list(going)),
        documents.c.document_id.not_in(removed_documents()),
    )
    return tuple(connection.scalars(stays.distinct().order_by(documents.c.holding_code)))


def delivered_to(connection: sa.Connection, document_id: str) -> tuple[str, ...]:
    """Where copies of the document were written to."""
    written = sa.select(outputs.c.path).where(outputs.c.document_id == document_id)
    return tuple(connection.scalars(written.distinct().order_by(outputs.c.path)))
