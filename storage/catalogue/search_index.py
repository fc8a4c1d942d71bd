"""The index that documents are found by: kept in the same transaction in which documents are stored, and rebuilt.

A row for each current document, of its newest revision: what people decided is found, what it replaced is not. Changing
a row gives it a new number, because SQLite's index without content cannot take a row back; the old number is then
nobody's.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from pipeline.domain.model import CivilRecord
from pipeline.records.searching import page_words, terms_of
from pipeline.records.searching.terms import book_term, office_term
from storage.catalogue.book_of import book_of
from storage.catalogue.tables import (
    blocked_documents,
    documents,
    search_documents,
    search_head,
    search_pages,
    search_spellings,
)
from storage.ending import Step, ending_of
from storage.telling import touch
from storage.times import clean, insert_all_new

_AT_ONCE = 500
_MOST_WORDS = 50_000  # kept until the end of a transaction: only making a whole index anew has more
BUCKET = 4096


class SearchIndex:
    """The index within one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._sqlite = connection.dialect.name == "sqlite"

    def put_pages(self, source_sha256: str, texts: Mapping[int, str]) -> None:
        """Notes what was read on a file's pages, by their numbers; a page noted before gets its new words."""
        of_source = search_pages.c.source_sha256 == source_sha256
        self._connection.execute(sa.delete(search_pages).where(of_source, search_pages.c.page.in_(list(texts) or [0])))
        rows = [
            {"source_sha256": source_sha256, "page": page, "words": " ".join(page_words(text))}
            for page, text in sorted(texts.items())
        ]
        if rows:
            self._connection.execute(sa.insert(search_pages), rows)
            touch(self._connection, search_pages, source_sha256=source_sha256)

    def put(
        self, record: CivilRecord, *, revision: int, work_id: str, office: str | None = None, is_new: bool = False
    ) -> None:
        """Indexes the document as this record tells it, in place of what was known of it. `office` None: as before. A
        document that is blocked is not found. `is_new`: nothing is known of it, so nobody blocked it."""
        if not is_new and self._is_blocked(record.document_id):
            return
        known = terms_of(record)
        before = None if is_new else self._row(record.document_id)
        row = {
            "document_id": record.document_id,
            "revision": revision,
            "source_sha256": record.source.sha256,
            "work_id": work_id,
            "office": office if office is not None else ("" if before is None else before["office"]),
            "book": book_of(self._connection, record.document_id, work_id, record.source.sha256),
            "pages": json.dumps(known.pages),
            "names": clean(known.names),
            "number": clean(known.number),
            "date": clean(known.date),
            "place": clean(known.place),
            "terms": clean(" ".join(known.terms)),
        }
        if before is None:
            self._insert(row)
        else:
            self._replace(row)
        self._note_spellings(known.words)

    def forget_pages(self, source_sha256: str) -> None:
        """What was read on this file's pages is known no more."""
        self._connection.execute(sa.delete(search_pages).where(search_pages.c.source_sha256 == source_sha256))
        touch(self._connection, search_pages, source_sha256=source_sha256)

    def of_office(self, document_ids: Collection[str], office: str) -> None:
        """The documents are papers of this office."""
        self._change(search_documents.c.document_id.in_(document_ids), office=office)
        for document_id in document_ids:
            touch(self._connection, search_documents, document_id=document_id)

    def of_source_book(self, source_sha256: str) -> None:
        """What is known of the book of a file has changed: its documents are found by what is known now."""
        for row in self._rows(search_documents.c.source_sha256 == source_sha256):
            book = book_of(self._connection, row["document_id"], row["work_id"], source_sha256)
            if book != row["book"]:
                self._replace({**row, "book": book})

    def of_folder(self, folder: str) -> None:
        """What is known of the book of a folder has changed: its documents are found by what is known now."""
        for row in self._rows(search_documents.c.book == folder):
            book = book_of(self._connection, row["document_id"], row["work_id"], row["source_sha256"])
            if book != row["book"]:
                self._replace({**row, "book": book})

    def forget(self, which: sa.ColumnElement[bool]) -> None:
        """These documents (a condition on `search_documents`) are found no more."""
        if not self._sqlite:
            gone = sa.select(search_documents.c.doc).where(which).scalar_subquery()
            self._connection.execute(sa.delete(_WORDS).where(_WORDS.c.doc.in_(gone)))
        self._connection.execute(sa.delete(search_documents).where(which))

    def forget_document(self, document_id: str) -> None:
        """The document is found no more: it went into another one."""
        self.forget(search_documents.c.document_id == document_id)

    def forget_superseded(self, source_sha256: str) -> None:
        """Documents of this file that are no longer current are found no more."""
        current = sa.select(documents.c.document_id).where(
            documents.c.source_sha256 == source_sha256, documents.c.current
        )
        of_source = search_documents.c.source_sha256 == source_sha256
        self.forget(of_source & search_documents.c.document_id.not_in(current))

    def clear(self) -> None:
        """Forgets everything: the first step of rebuilding."""
        for table in (search_documents, search_pages, search_spellings):
            self._connection.execute(sa.delete(table))
        if self._sqlite:
            self._connection.exec_driver_sql("INSERT INTO search_words(search_words) VALUES ('delete-all')")
        else:
            self._connection.exec_driver_sql("TRUNCATE search_words")
        self._connection.execute(sa.update(search_head).values(complete=False))

    def mark_complete(self) -> None:
        """Every document is in the index."""
        self._connection.execute(sa.update(search_head).values(complete=True))

    def _change(self, which: sa.ColumnElement[bool], **values: str) -> None:
        for row in self._rows(which):
            if any(row[name] != value for name, value in values.items()):
                self._replace({**row, **values})

    def _rows(self, which: sa.ColumnElement[bool]) -> list[dict[str, Any]]:
        rows = self._connection.execute(sa.select(search_documents).where(which)).mappings()
        return [{name: value for name, value in row.items() if name != "doc"} for row in rows]

    def _is_blocked(self, document_id: str) -> bool:
        query = sa.select(blocked_documents.c.document_id).where(blocked_documents.c.document_id == document_id)
        return self._connection.scalar(query) is not None

    def _row(self, document_id: str) -> dict[str, Any] | None:
        return next(iter(self._rows(search_documents.c.document_id == document_id)), None)

    def _replace(self, row: Mapping[str, Any]) -> None:
        self.forget(search_documents.c.document_id == row["document_id"])
        self._insert(row)

    def _insert(self, row: Mapping[str, Any]) -> None:
        doc = self._connection.execute(
            sa.insert(search_documents).values(row).returning(search_documents.c.doc)
        ).scalar_one()
        terms = all_terms(row, self._words_on(row["source_sha256"], json.loads(row["pages"])))
        if self._sqlite:
            text = " ".join(terms)
            self._connection.exec_driver_sql("INSERT INTO search_words(rowid, terms) VALUES (?, ?)", (doc, text))
        else:
            self._connection.execute(_INSERT_VECTOR, {"doc": doc, "terms": [*terms, bucket_term(doc)]})

    def _words_on(self, source_sha256: str, pages: Sequence[int]) -> set[str]:
        query = sa.select(search_pages.c.words).where(
            search_pages.c.source_sha256 == source_sha256, search_pages.c.page.in_(pages)
        )
        found: set[str] = set()
        for words in self._connection.scalars(query):
            found.update(words.split())
        self._note_spellings(found)
        return found

    def _note_spellings(self, words: Iterable[str]) -> None:
        """They are written when the transaction ends: two that write the same new words wait for one another."""
        ending = ending_of(self._connection)
        ending.words.update(words)
        if len(ending.words) < _MOST_WORDS:
            ending.do_last(Step.SPELL, self._spell)
        else:
            self._spell()

    def _spell(self) -> None:
        """In order, so that two transactions never wait for one another crosswise."""
        ending = ending_of(self._connection)
        ordered, ending.words = sorted(ending.words), set()
        for start in range(0, len(ordered), _AT_ONCE):
            part = ordered[start : start + _AT_ONCE]
            known = set(self._connection.scalars(sa.select(search_spellings).where(search_spellings.c.word.in_(part))))
            insert_all_new(self._connection, search_spellings, [{"word": word} for word in part if word not in known])


def all_terms(row: Mapping[str, Any], words: Iterable[str]) -> tuple[str, ...]:
    """Every term of an indexed document, each once."""
    terms = dict.fromkeys(row["terms"].split())
    terms[office_term(row["office"])] = None
    if row["book"]:
        terms[book_term(row["book"])] = None
    terms.update(dict.fromkeys(f"x_{word}" for word in words))
    return tuple(terms)


def bucket_term(doc: int) -> str:
    """The term of the 4,096 documents numbered about here: on PostgreSQL it leads to the newest without a look at all
    others."""
    return f"w_{doc // BUCKET}"


_WORDS = sa.table("search_words", sa.column("doc"))
_INSERT_VECTOR = sa.text(
    "INSERT INTO search_words (doc, terms) VALUES (:doc, array_to_tsvector(CAST(:terms AS text[])))"
)
