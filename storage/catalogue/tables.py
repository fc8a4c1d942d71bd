"""The catalogue's tables. Values of fields stand in the record objects; what a search goes by stands here a second
time, in the tables whose names begin with `search_` (decision 0042), and nowhere else.

Times are UTC text (`2026-11-21T08:30:00.000000Z`), the same on both databases, so that the audit chain
hashes what is stored. References to objects are object names (`sha256/ab/cdef...`).
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from storage.migration import Schema, new_metadata

metadata = new_metadata()

sources = sa.Table(
    "sources",
    metadata,
    sa.Column("sha256", sa.String(64), primary_key=True),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("first_seen", sa.String(27), nullable=False),
)

source_names = sa.Table(
    "source_names",
    metadata,
    sa.Column("sha256", sa.ForeignKey("sources.sha256"), primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("first_seen", sa.String(27), nullable=False),
)

# Every place where a source file was found: which box or folder a scan lay in, and which were scanned twice.
source_places = sa.Table(
    "source_places",
    metadata,
    sa.Column("sha256", sa.ForeignKey("sources.sha256"), primary_key=True),
    sa.Column("place", sa.Text, primary_key=True),
    sa.Column("first_seen", sa.String(27), nullable=False),
)

# The book that whoever handed a file in says it is of.
source_books = sa.Table(
    "source_books",
    metadata,
    sa.Column("sha256", sa.ForeignKey("sources.sha256"), primary_key=True),
    sa.Column("book", sa.Text, nullable=False),
)

work = sa.Table(
    "work",
    metadata,
    sa.Column("work_id", sa.String(64), primary_key=True),
    sa.Column("input_sha256", sa.ForeignKey("sources.sha256"), nullable=False, index=True),
    sa.Column("software", sa.Text, nullable=False),
    sa.Column("models_sha256", sa.String(64), nullable=False),
    sa.Column("settings_sha256", sa.String(64), nullable=False),
    sa.Column("state", sa.String(16), nullable=False, index=True),
    sa.Column("code", sa.Text),
    sa.Column("message", sa.Text),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("owner", sa.Text),
    sa.Column("lease_until", sa.String(27)),
    sa.Column("created_at", sa.String(27), nullable=False),
    sa.Column("changed_at", sa.String(27), nullable=False),
)

documents = sa.Table(
    "documents",
    metadata,
    sa.Column("document_id", sa.Text, primary_key=True),
    sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("current", sa.Boolean, nullable=False),
    sa.Column("holding_code", sa.Text, nullable=False, index=True),
    sa.Column("work_id", sa.ForeignKey("work.work_id"), nullable=False, index=True),
    sa.Column("ordinal", sa.Integer, nullable=False),
    sa.Column("source_sha256", sa.ForeignKey("sources.sha256"), nullable=False, index=True),
    sa.Column("document_type", sa.Text, nullable=False),
    sa.Column("form", sa.Text),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("register_outcome", sa.String(16), nullable=False),
    sa.Column("original", sa.Text, nullable=False),
    sa.Column("archival", sa.Text),
    sa.Column("record", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("committed_at", sa.String(27), nullable=False),
)
sa.Index(
    "uq_documents_current",
    documents.c.document_id,
    unique=True,
    sqlite_where=documents.c.current,
    postgresql_where=documents.c.current,
)
sa.Index(
    "ix_documents_review",
    documents.c.status,
    sqlite_where=documents.c.current,
    postgresql_where=documents.c.current,
)

fields = sa.Table(
    "fields",
    metadata,
    sa.Column("document_id", sa.Text, primary_key=True),
    sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("page", sa.Integer, nullable=False),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("confidence", sa.Float),
    sa.Column("findings", sa.Text, nullable=False),
    sa.ForeignKeyConstraint(["document_id", "revision"], ["documents.document_id", "documents.revision"]),
)

# Where each page of a file ended: the object that says so, and the pages that a person must look at, each beside a
# document.
# The book that a separator sheet says the documents after it are of.
document_books = sa.Table(
    "document_books",
    metadata,
    sa.Column("work_id", sa.ForeignKey("work.work_id"), primary_key=True),
    sa.Column("document_id", sa.Text, primary_key=True),
    sa.Column("book", sa.Text, nullable=False),
)

page_ledgers = sa.Table(
    "page_ledgers",
    metadata,
    sa.Column("work_id", sa.ForeignKey("work.work_id"), primary_key=True),
    sa.Column("object", sa.Text, nullable=False),
)

open_pages = sa.Table(
    "open_pages",
    metadata,
    sa.Column("work_id", sa.ForeignKey("work.work_id"), primary_key=True),
    sa.Column("page", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("document_id", sa.Text, nullable=False),
    sa.Column("code", sa.Text, nullable=False),
)

# By what a document can be known again: see `storage.catalogue.act_keys`.
act_secret = sa.Table(
    "act_secret",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("secret", sa.String(64), nullable=False),
)

act_keys = sa.Table(
    "act_keys",
    metadata,
    sa.Column("document_id", sa.Text, primary_key=True),
    sa.Column("digest", sa.String(32), primary_key=True, index=True),
)

# What documents are found by (`storage.catalogue.search_index`): current documents only. `doc` numbers them in order of
# indexing and is never used again; `terms` as in `pipeline.records.searching.terms`, but of office, book and pages.
# The inverted index itself, `search_words`, is a table of each database's own kind: see migration 0009.
search_documents = sa.Table(
    "search_documents",
    metadata,
    sa.Column("doc", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("document_id", sa.Text, nullable=False, unique=True),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("source_sha256", sa.String(64), nullable=False, index=True),
    sa.Column("work_id", sa.String(64), nullable=False),
    sa.Column("office", sa.Text, nullable=False),
    sa.Column("book", sa.Text, nullable=False, index=True),
    sa.Column("pages", sa.Text, nullable=False),
    sa.Column("names", sa.Text, nullable=False),
    sa.Column("number", sa.Text, nullable=False),
    sa.Column("date", sa.Text, nullable=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("terms", sa.Text, nullable=False),
    sqlite_autoincrement=True,
)

# The words that were read on a page of a file.
search_pages = sa.Table(
    "search_pages",
    metadata,
    sa.Column("source_sha256", sa.String(64), primary_key=True),
    sa.Column("page", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("words", sa.Text, nullable=False),
)

# Every word that documents are found by, for what is typed a letter off.
search_spellings = sa.Table("search_spellings", metadata, sa.Column("word", sa.Text, primary_key=True))

# Whether every document is in the index: those of before there was one are not, until it is rebuilt.
search_head = sa.Table(
    "search_head",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("complete", sa.Boolean, nullable=False),
)

# What an office says of its books; scans in `folder` are of the book.
book_facts = sa.Table(
    "book_facts",
    metadata,
    sa.Column("book", sa.Text, primary_key=True),
    sa.Column("folder", sa.Text, unique=True),
    sa.Column("number", sa.Text, nullable=False),
    sa.Column("first_year", sa.Integer),
    sa.Column("last_year", sa.Integer),
    sa.Column("office", sa.Text, nullable=False),
    sa.Column("expected_pages", sa.Integer),
)

# What archivists signed of a book: the findings as text, with their digest (`storage.book_findings`).
book_sign_offs = sa.Table(
    "book_sign_offs",
    metadata,
    sa.Column("book", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("findings", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("signed_at", sa.String(27), nullable=False),
)

outputs = sa.Table(
    "outputs",
    metadata,
    sa.Column("path", sa.Text, primary_key=True),
    sa.Column("document_id", sa.Text, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("object", sa.Text, nullable=False),
    sa.Column("written_at", sa.String(27), nullable=False),
    sa.ForeignKeyConstraint(["document_id", "revision"], ["documents.document_id", "documents.revision"]),
)

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", sa.String(27), nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False, index=True),
    sa.Column("digest", sa.Text),
    sa.Column("prev_hash", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
)

audit_head = sa.Table(
    "audit_head",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
)

# What the store's own log does not hold yet (`storage.store_log`): texts of `catalogue.told` entries, by their number;
# how far that log has come, and whether all that was stored before there was one is told in it.
log_pending = sa.Table(
    "log_pending",
    metadata,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("text", sa.Text, nullable=False),
)

# Objects in which the log told something apart (`storage.telling`), by the source file they speak of; what is erased is
# here no more. `apart_pending`: their texts, as long as the store does not have them.
told_apart = sa.Table(
    "told_apart",
    metadata,
    sa.Column("object", sa.Text, primary_key=True),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("source_sha256", sa.String(64), nullable=False, index=True),
)

apart_pending = sa.Table(
    "apart_pending",
    metadata,
    sa.Column("object", sa.Text, primary_key=True),
    sa.Column("seq", sa.BigInteger, nullable=False, index=True),
    sa.Column("text", sa.Text, nullable=False),
)

log_state = sa.Table(
    "log_state",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("written", sa.BigInteger, nullable=False),
    sa.Column("told", sa.Boolean, nullable=False),
)

book_lines = sa.Table(
    "book_lines",
    metadata,
    sa.Column("book", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("image", sa.Text, nullable=False),
    sa.Column("correction", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("added_at", sa.String(27), nullable=False),
)

book_models = sa.Table(
    "book_models",
    metadata,
    sa.Column("book", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("weights", sa.Text, nullable=False),
    sa.Column("manifest", sa.Text, nullable=False),
    sa.Column("lines", sa.Integer, nullable=False),
    sa.Column("facts", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("made_at", sa.String(27), nullable=False),
)

book_choices = sa.Table(
    "book_choices",
    metadata,
    sa.Column("book", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("reason", sa.String(16), nullable=False),
    sa.Column("lines", sa.Integer, nullable=False),
    sa.Column("facts", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("chosen_at", sa.String(27), nullable=False),
)

# What left the office in an ink pack: of each document at most one piece of one line, the same in every pack.
ink_given = sa.Table(
    "ink_given",
    metadata,
    sa.Column("document_id", sa.Text, primary_key=True),
    sa.Column("image", sa.Text, nullable=False),
    sa.Column("part", sa.String(16), nullable=False),
    sa.Column("given_at", sa.String(27), nullable=False),
)

# What one run of `hotich digitize` read, so that it can be undone as a whole.
imports = sa.Table(
    "imports",
    metadata,
    sa.Column("import_id", sa.String(32), primary_key=True),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("started_at", sa.String(27), nullable=False),
)

import_works = sa.Table(
    "import_works",
    metadata,
    sa.Column("import_id", sa.ForeignKey("imports.import_id"), primary_key=True),
    sa.Column("work_id", sa.ForeignKey("work.work_id"), primary_key=True),
)

# Signed copies that left the archive (`storage.issued_copies`): objects of their own, of a document's revision.
issued_copies = sa.Table(
    "issued_copies",
    metadata,
    sa.Column("copy_code", sa.Text, primary_key=True),
    sa.Column("document_id", sa.Text, nullable=False, index=True),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("object", sa.Text, nullable=False, index=True),
    sa.Column("level", sa.Text, nullable=False),
    sa.Column("trial", sa.Boolean, nullable=False),
    sa.Column("office", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("issued_at", sa.String(27), nullable=False),
)

# Documents that an archivist took out of use: no longer current, restored or, after `keep_until`, removed where that is
# allowed (`storage.trash`). `import_id`: the undone import they came by; empty where it was one by itself.
withdrawn_documents = sa.Table(
    "withdrawn_documents",
    metadata,
    sa.Column("document_id", sa.Text, primary_key=True),
    sa.Column("import_id", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("withdrawn_at", sa.String(27), nullable=False),
    sa.Column("keep_until", sa.String(27), nullable=False),
    sa.Column("removed_at", sa.String(27)),
)

# Documents on legal hold: nothing removes them before it is lifted (`storage.holds`).
legal_holds = sa.Table(
    "legal_holds",
    metadata,
    sa.Column("document_id", sa.Text, primary_key=True),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("held_at", sa.String(27), nullable=False),
)

# Documents that are shown to nobody but those who must (`storage.blocking`): in force, and in no search and no holding.
# `office`: whose papers they are found among when they are let go again.
blocked_documents = sa.Table(
    "blocked_documents",
    metadata,
    sa.Column("document_id", sa.Text, primary_key=True),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("blocked_at", sa.String(27), nullable=False),
    sa.Column("office", sa.Text, nullable=False),
)

SCHEMA = Schema(
    metadata=metadata,
    folder=Path(__file__).parent / "migrations",
    head="0016",
    version_table="catalogue_version",
)
