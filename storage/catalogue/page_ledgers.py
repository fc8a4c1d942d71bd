"""The page ledgers of files: the object that holds each, which of its pages are open for a person, and what its
separator sheets say of its documents."""

from __future__ import annotations

import sqlalchemy as sa

from pipeline.page_ledger import PageLedger
from storage.catalogue.books import is_book
from storage.catalogue.ledger import WorkKey
from storage.catalogue.tables import document_books, documents, open_pages, page_ledgers, work
from storage.objects.key import ObjectKey
from storage.telling import touch


class PageLedgers:
    """The page ledgers within one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def put(self, key: WorkKey, ledger: PageLedger, stored: ObjectKey) -> None:
        """Notes the ledger of what this work read, stored as this object; it replaces an earlier one of this work."""
        there = self.of_work(key) is not None
        for table in (page_ledgers, open_pages, document_books):
            if there:
                self._connection.execute(sa.delete(table).where(table.c.work_id == key.work_id))
            touch(self._connection, table, work_id=key.work_id)
        self._connection.execute(sa.insert(page_ledgers).values(work_id=key.work_id, object=stored.name))
        rows = [
            {"work_id": key.work_id, "page": page.number, "document_id": page.beside, "code": page.code}
            for page in ledger.open
        ]
        if rows:
            self._connection.execute(sa.insert(open_pages), rows)
        said = {document: ledger.book_of(document) for pages in ledger.records.values() for document in pages}
        books = [
            {"work_id": key.work_id, "document_id": document, "book": book}
            for document, book in said.items()
            if book is not None and is_book(book)
        ]
        if books:
            self._connection.execute(sa.insert(document_books), books)

    def of_work(self, key: WorkKey) -> ObjectKey | None:
        """The object that holds the ledger; None where the file was read before ledgers were kept."""
        this = page_ledgers.c.work_id == key.work_id
        name = self._connection.scalar(sa.select(page_ledgers.c.object).where(this))
        return None if name is None else ObjectKey.parse(name)

    def all(self) -> dict[str, ObjectKey]:
        """Every ledger's object, under the name by which the audit log knows it (`ledger_name`)."""
        query = sa.select(page_ledgers, work.c.input_sha256).join(work, work.c.work_id == page_ledgers.c.work_id)
        return {
            _name(row.input_sha256, row.work_id): ObjectKey.parse(row.object) for row in self._connection.execute(query)
        }

    def in_force(self) -> dict[str, list[ObjectKey]]:
        """The ledgers of source files as their current documents were read, by the files' digests."""
        query = (
            sa.select(documents.c.source_sha256, page_ledgers.c.object)
            .join(page_ledgers, page_ledgers.c.work_id == documents.c.work_id)
            .where(documents.c.current)
            .distinct()
        )
        found: dict[str, list[ObjectKey]] = {}
        for row in self._connection.execute(query):
            found.setdefault(row.source_sha256, []).append(ObjectKey.parse(row.object))
        return found


def ledger_name(key: WorkKey) -> str:
    """What the audit log calls the ledger of this work."""
    return _name(key.input_sha256, key.work_id)


def _name(sha256: str, work_id: str) -> str:
    return f"{sha256}@{work_id[:16]}"
