"""The tables of the submission service: what was handed in, who may, who read what, what is to be told to whom.

A schema of its own beside the catalogue's, in the same database, so that both change in one transaction.
Times are UTC text as in the catalogue. Secrets stand here only as digests, or encrypted.
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from storage.migration import Schema, new_metadata

metadata = new_metadata()

_TIME = sa.String(27)

submissions = sa.Table(
    "submissions",
    metadata,
    sa.Column("submission_id", sa.String(32), primary_key=True),
    sa.Column("code", sa.String(24), nullable=False, unique=True),
    sa.Column("client_id", sa.Text, nullable=False),
    sa.Column("office", sa.Text, nullable=False),
    sa.Column("request_key", sa.String(64)),
    sa.Column("fingerprint", sa.String(64), nullable=False),
    sa.Column("procedure", sa.Text, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("outcome", sa.String(16)),
    sa.Column("declared", sa.Text),
    sa.Column("verdict", sa.Text),
    sa.Column("proof", sa.Text),
    sa.Column("proof_failures", sa.Integer, nullable=False),
    sa.Column("proof_locked_until", _TIME),
    sa.Column("email", sa.Text),
    sa.Column("phone", sa.Text),
    sa.Column("received_at", _TIME, nullable=False),
    sa.Column("decided_at", _TIME),
    sa.UniqueConstraint("client_id", "request_key"),
)
sa.Index("ix_submissions_open", submissions.c.state, submissions.c.received_at)
sa.Index("ix_submissions_office", submissions.c.office, submissions.c.received_at)

submission_files = sa.Table(
    "submission_files",
    metadata,
    sa.Column("submission_id", sa.ForeignKey("submissions.submission_id"), primary_key=True),
    sa.Column("ordinal", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("media_type", sa.Text, nullable=False),
    sa.Column("object", sa.Text),
)

submission_documents = sa.Table(
    "submission_documents",
    metadata,
    sa.Column("submission_id", sa.ForeignKey("submissions.submission_id"), primary_key=True),
    sa.Column("document_id", sa.Text, primary_key=True),
    sa.Column("holding_code", sa.Text, nullable=False),
)

clients = sa.Table(
    "clients",
    metadata,
    sa.Column("client_id", sa.String(32), primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("office", sa.Text, nullable=False),
    sa.Column("scopes", sa.Text, nullable=False),
    sa.Column("rate_per_minute", sa.Integer, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("webhook_url", sa.Text),
    sa.Column("created_at", _TIME, nullable=False),
)

client_keys = sa.Table(
    "client_keys",
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("client_id", sa.ForeignKey("clients.client_id"), nullable=False, index=True),
    sa.Column("created_at", _TIME, nullable=False),
    sa.Column("expires_at", _TIME),
)

record_reads = sa.Table(
    "record_reads",
    metadata,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", _TIME, nullable=False),
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

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("message_id", sa.String(32), primary_key=True),
    sa.Column("submission_id", sa.ForeignKey("submissions.submission_id"), nullable=False, index=True),
    sa.Column("channel", sa.String(16), nullable=False),
    sa.Column("event", sa.String(32), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("next_at", _TIME, nullable=False),
    sa.Column("error", sa.Text),
    sa.Column("created_at", _TIME, nullable=False),
    sa.Column("sent_at", _TIME),
)
sa.Index("ix_outbox_due", outbox.c.state, outbox.c.next_at)

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
    sa.Column("used_at", _TIME, nullable=False),
    sa.UniqueConstraint("client_id", "request_key"),
)

users = sa.Table(
    "users",
    metadata,
    sa.Column("user_id", sa.String(32), primary_key=True),
    sa.Column("login", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("office", sa.Text, nullable=False),
    sa.Column("roles", sa.Text, nullable=False),
    sa.Column("password", sa.Text),
    sa.Column("totp", sa.Text),
    sa.Column("totp_step", sa.BigInteger, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("locked_until", _TIME),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("oidc_subject", sa.Text, unique=True),
    sa.Column("created_at", _TIME, nullable=False),
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("user_id", sa.ForeignKey("users.user_id"), nullable=False, index=True),
    sa.Column("created_at", _TIME, nullable=False),
    sa.Column("expires_at", _TIME, nullable=False),
)

SCHEMA = Schema(
    metadata=metadata,
    folder=Path(__file__).parent / "migrations",
    head="0001",
    version_table="service_version",
)
