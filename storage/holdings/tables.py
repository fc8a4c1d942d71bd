"""Which stored documents stand in for paper, how they were used, and who read what."""

from __future__ import annotations

import sqlalchemy as sa

from storage.office_metadata import TIME, metadata

record_reads = sa.Table(
    "record_reads",
    metadata,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", TIME, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("office", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False, index=True),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("prev_hash", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
)

record_reads_head = sa.Table(
    "record_reads_head",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
)

held_documents = sa.Table(
    "held_documents",
    metadata,
    sa.Column("document_id", sa.Text, primary_key=True),
    sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("holding_code", sa.Text, nullable=False, index=True),
    sa.Column("document_type", sa.Text, nullable=False),
    sa.Column("office", sa.Text, nullable=False),
    sa.Column("identity", sa.String(64), index=True),
)

held_persons = sa.Table(
    "held_persons",
    metadata,
    sa.Column("person", sa.String(64), primary_key=True),
    sa.Column("document_id", sa.Text, primary_key=True),
    sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("role", sa.String(16), nullable=False),
    sa.ForeignKeyConstraint(["document_id", "revision"], ["held_documents.document_id", "held_documents.revision"]),
)

holdings_head = sa.Table(
    "holdings_head",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
)

# Wrong birth dates typed to see what stands on a signed copy.
copy_checks = sa.Table(
    "copy_checks",
    metadata,
    sa.Column("copy_code", sa.Text, primary_key=True),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("locked_until", TIME),
)

holding_uses = sa.Table(
    "holding_uses",
    metadata,
    sa.Column("use_id", sa.String(32), primary_key=True),
    sa.Column("holding_code", sa.Text, nullable=False, index=True),
    sa.Column("document_id", sa.Text, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("client_id", sa.Text, nullable=False),
    sa.Column("request_key", sa.String(64)),
    sa.Column("officer", sa.Text, nullable=False),
    sa.Column("office", sa.Text, nullable=False),
    sa.Column("procedure", sa.Text, nullable=False),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("used_at", TIME, nullable=False),
    sa.UniqueConstraint("client_id", "request_key"),
)
