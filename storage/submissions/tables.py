"""Submissions and the notices about them. Times are UTC text; contents are UTF-8 JSON."""

from __future__ import annotations

import sqlalchemy as sa

from storage.office_metadata import TIME, metadata

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
    sa.Column("proof_locked_until", TIME),
    sa.Column("email", sa.Text),
    sa.Column("phone", sa.Text),
    sa.Column("received_at", TIME, nullable=False),
    sa.Column("decided_at", TIME),
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
    sa.Column("turns", sa.Text),
)

# Who has a submission on the screen.
submission_claims = sa.Table(
    "submission_claims",
    metadata,
    sa.Column("submission_id", sa.ForeignKey("submissions.submission_id"), primary_key=True),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("lease", sa.String(32), nullable=False),
    sa.Column("lease_until", TIME, nullable=False),
)

# What people decided. Until `closes_at` it may be taken back; `closed`: what is not to be kept has been forgotten.
submission_rulings = sa.Table(
    "submission_rulings",
    metadata,
    sa.Column("ruling_id", sa.String(32), primary_key=True),
    sa.Column("submission_id", sa.ForeignKey("submissions.submission_id"), nullable=False, index=True),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("reasons", sa.Text, nullable=False),
    sa.Column("against", sa.Text, nullable=False),
    sa.Column("at", TIME, nullable=False),
    sa.Column("closes_at", TIME, nullable=False),
    sa.Column("closed", sa.Boolean, nullable=False),
    sa.Column("undone", sa.Boolean, nullable=False),
)
sa.Index("ix_submission_rulings_open", submission_rulings.c.closed, submission_rulings.c.closes_at)

submission_documents = sa.Table(
    "submission_documents",
    metadata,
    sa.Column("submission_id", sa.ForeignKey("submissions.submission_id"), primary_key=True),
    sa.Column("document_id", sa.Text, primary_key=True),
    sa.Column("holding_code", sa.Text, nullable=False),
)

# What a person may ask of what was handed in about them: that nobody uses it (blocked), that it goes (erased).
submission_limits = sa.Table(
    "submission_limits",
    metadata,
    sa.Column("submission_id", sa.ForeignKey("submissions.submission_id"), primary_key=True),
    sa.Column("limit", sa.String(8), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("at", TIME, nullable=False),
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
    sa.Column("next_at", TIME, nullable=False),
    sa.Column("error", sa.Text),
    sa.Column("created_at", TIME, nullable=False),
    sa.Column("sent_at", TIME),
)
sa.Index("ix_outbox_due", outbox.c.state, outbox.c.next_at)
