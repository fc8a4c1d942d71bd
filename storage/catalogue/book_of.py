"""Which book a document is of, by what is known of it."""

from __future__ import annotations

from posixpath import dirname

import sqlalchemy as sa

from storage.catalogue.tables import book_facts, document_books, source_books, source_names


def book_of(connection: sa.Connection, document_id: str, work_id: str, source_sha256: str) -> str:
    """The book that a separator sheet names, else the one that whoever handed the file in named, else the folder the
    file lay in; empty where nothing says so."""
    said = sa.select(document_books.c.book).where(
        document_books.c.work_id == work_id, document_books.c.document_id == document_id
    )
    given = sa.select(source_books.c.book).where(source_books.c.sha256 == source_sha256)
    name = sa.select(sa.func.min(source_names.c.name)).where(source_names.c.sha256 == source_sha256)
    known = sa.select(said.scalar_subquery(), given.scalar_subquery(), name.scalar_subquery())
    of_sheet, of_file, lay_in = connection.execute(known).one()
    return of_sheet or of_file or book_of_folder(connection, dirname(lay_in or ""))


def book_of_folder(connection: sa.Connection, folder: str) -> str:
    """The book whose scans lie in the folder by what the office says of its books; else the folder's own name."""
    described = sa.select(book_facts.c.book).where(book_facts.c.folder == folder)
    return (connection.scalar(described) if folder else None) or folder
