"""Of which classes the papers are that a stored object shows or tells of, as the catalogue has it."""

from __future__ import annotations

import sqlalchemy as sa

from pipeline.domain.model import DocumentType
from storage.catalogue.tables import book_lines, documents, issued_copies, page_ledgers, told_apart
from storage.objects import ObjectKey
from storage.objects.paper_class import NO_PAPER, Classes, PaperClass, classes_of
from storage.submissions.tables import submission_documents


def classes_of_object(connection: sa.Connection, key: ObjectKey) -> Classes:
    """Of every paper that names this object; none where no paper does."""
    names = (documents.c.original, documents.c.archival, documents.c.record)
    query = sa.select(documents.c.document_id, documents.c.document_type)
    found = query.where(sa.or_(*(column == key.name for column in names)))
    ledger = query.join(page_ledgers, page_ledgers.c.work_id == documents.c.work_id)
    copy = query.join(issued_copies, issued_copies.c.document_id == documents.c.document_id)
    others = (ledger.where(page_ledgers.c.object == key.name), copy.where(issued_copies.c.object == key.name))
    rows = connection.execute(found.union(*others)).all()
    classes = classes_of(map(_type, (row.document_type for row in rows))) if rows else NO_PAPER
    if handed_in(connection, [row.document_id for row in rows]):
        classes |= {PaperClass.SUBMISSIONS}
    apart = sa.select(told_apart.c.object).where(told_apart.c.object == key.name)
    if connection.scalar(apart.limit(1)) is not None:
        classes |= classes_of([])  # what the log tells of a file: nobody knows of whom
    cut = sa.select(book_lines.c.book).where(
        sa.or_(book_lines.c.image == key.name, book_lines.c.correction == key.name)
    )
    return classes | {PaperClass.REGISTERS} if connection.scalar(cut.limit(1)) is not None else classes


def handed_in(connection: sa.Connection, document_ids: list[str]) -> bool:
    """Whether any of these papers belongs to a submission."""
    if not document_ids or not sa.inspect(connection).has_table(submission_documents.name):
        return False
    query = sa.select(submission_documents.c.document_id).where(submission_documents.c.document_id.in_(document_ids))
    return connection.scalar(query.limit(1)) is not None


def _type(name: str) -> DocumentType:
    try:
        return DocumentType(name)
    except ValueError:
        return DocumentType.UNKNOWN
